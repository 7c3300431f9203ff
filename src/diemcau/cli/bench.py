"""``diemcau bench``: run one measurement; its last line is one JSON object."""

import asyncio
import importlib
import json
import sys

from diemcau.domain.refusal import Invalid
from diemcau.lab.errors import LabError

NAMES = (
    "take", "program", "fanout", "hop", "recover", "loss", "province", "directory", "plan",
    "stills", "page", "chair", "checks", "watch", "alarms",
)  # fmt: skip


def run(name: str, json_only: bool, quick: bool) -> None:
    if name not in NAMES:
        known = ", ".join(NAMES)
        raise Invalid(
            f"Không có phép đo «{name}»; có: {known}.", f"No bench {name!r}; there are: {known}."
        )
    if not json_only:
        print(f"diemcau: bench {name} …", file=sys.stderr, flush=True)
    module = importlib.import_module(f"diemcau.benches.{name}")
    try:
        figures = asyncio.run(module.run(quick))
    except LabError as error:
        raise SystemExit(f"diemcau: bench {name}: {error}") from None
    print(json.dumps(figures, ensure_ascii=False), flush=True)
