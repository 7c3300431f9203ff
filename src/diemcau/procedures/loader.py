"""From a file's text to a procedure, or to all its faults."""

import re
import tomllib
from collections.abc import Collection
from datetime import date, timedelta
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

from diemcau.domain.procedure import (
    NO_TEXT,
    CheckItem,
    Deadline,
    Event,
    Evidence,
    Gate,
    Procedure,
    Step,
)
from diemcau.domain.refusal import Text, Unknown
from diemcau.procedures import values
from diemcau.procedures.faults import Fault, ProcedureFaulty
from diemcau.procedures.lines import Lines
from diemcau.procedures.rules import broken
from diemcau.procedures.table import Table

TIERS = ("central", "province", "district", "commune")
"""The tiers of the unit lists; a directory that has others says which."""

_UNREADABLE_MOMENT = Deadline(Event.END, timedelta.max)
"""Of a gate whose own could not be read: nothing is due after it."""


def shipped() -> tuple[str, ...]:
    """The procedures that ship with the package."""
    files = resources.files(__package__).iterdir()
    return tuple(sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml")))


def load(name: str, tiers: Collection[str] = TIERS) -> Procedure:
    """The procedure of that name, or of that path if it ends in ``.toml``.

    Raises ``Unknown`` if there is none and ``ProcedureFaulty`` if it cannot be used.
    """
    return parse(text(name), Path(name).name, tiers)


def parse(text: str, name: str, tiers: Collection[str] = TIERS) -> Procedure:
    """The procedure that a file's text lays down; ``name`` is the file's, for the refusal.

    ``tiers``: those of the directory it is for. Raises ``ProcedureFaulty`` with every fault there
    is; only where the TOML cannot be read is it the first.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProcedureFaulty(name, [_syntax(str(error), text)]) from None
    lines, faults = Lines(text), list[Fault]()
    procedure = _procedure(content, sha256(text.encode()).hexdigest()[:12], lines, faults)
    faults += broken(procedure, tiers, lines)
    if faults:
        raise ProcedureFaulty(name, faults)
    return procedure


def text(name: str) -> str:
    """The file of that name or path, as it is written."""
    if name.endswith(".toml"):
        file = Path(name)
        if not file.is_file():
            raise Unknown(f"Không có tệp «{name}».", f"No file {name!r}.")
        return _decoded(file.read_bytes(), file.name)
    if name not in shipped():
        known = ", ".join(shipped())
        raise Unknown(
            f"Không có quy trình «{name}»; chọn một trong: {known}, hoặc đường dẫn một tệp .toml.",
            f"No procedure {name!r}; choose one of: {known}, or the path of a .toml file.",
        )
    return resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8")


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        why = Text(
            "không phải UTF-8; hãy lưu tệp bằng UTF-8.", "not UTF-8; save the file as UTF-8."
        )
        line = content.count(b"\n", 0, error.start) + 1
        raise ProcedureFaulty(name, [Fault(line, why)]) from None


def _syntax(message: str, text: str) -> Fault:
    """tomllib says where in its message only, as "… (at line 3, column 5)"."""
    place = re.search(r"\(at line (\d+), column \d+\)", message)
    line = int(place[1]) if place else text.rstrip("\n").count("\n") + 1
    return Fault(
        line,
        Text(
            "sai cú pháp TOML; hãy xem ở đây hay ngay trên có thiếu dấu nháy hoặc dấu ngoặc, "
            f"hoặc một khóa viết hai lần ({message}).",
            "not TOML; look here or just above for a missing quote or bracket, "
            f"or a key written twice ({message}).",
        ),
    )


def _procedure(
    content: dict[str, Any], version: str, lines: Lines, faults: list[Fault]
) -> Procedure:
    top = Table("", 0, content, lines, faults)
    head: dict[str, Any] | None = top.need("procedure", values.table, None)
    parts = {key: _parts(key, top, lines, faults) for key in ("step", "check", "gate")}
    top.close()
    table = Table("procedure", 0, head or {}, lines, [] if head is None else faults)
    steps = tuple(_step(part) for part in parts["step"])
    limits = [s.deadline.offset for s in steps if s.deadline and s.deadline.event is Event.CALL]
    procedure = Procedure(
        id=table.need("id", values.word, ""),
        version=version,
        name=table.need("name", values.text, NO_TEXT),
        kind=table.need("kind", values.word, ""),
        source=table.need("source", values.word, ""),
        tiers=table.need("tiers", values.some_words, ()),
        steps=steps,
        checks=tuple(_check(part) for part in parts["check"]),
        gates=tuple(_gate(part) for part in parts["gate"]),
        valid_from=table.may("valid_from", values.day, date.min),
        valid_to=table.may("valid_to", values.day, date.max),
        call_within=min(limits, default=Procedure.call_within),
    )
    table.close()
    return procedure


def _parts(key: str, top: Table, lines: Lines, faults: list[Fault]) -> list[Table]:
    take = top.need if key == "step" else top.may
    found: list[dict[str, Any]] = take(key, values.tables, [])
    return [Table(key, nth, part, lines, faults) for nth, part in enumerate(found)]


def _step(table: Table) -> Step:
    step = Step(
        id=table.need("id", values.word, ""),
        number=table.need("number", values.word, ""),
        title=table.need("title", values.text, NO_TEXT),
        roles=table.need("roles", values.some_words, ()),
        clause=table.need("clause", values.word, ""),
        evidence=table.may("evidence", values.evidence, Evidence.WORD),
        text=table.may("text", values.text, NO_TEXT),
        deadline=table.may("deadline", values.deadline, None),
        warn=table.may("warn", values.duration, Step.warn),
        escalate=table.may("escalate", values.some_time, Step.escalate),
        escalations=table.may("escalations", values.count, Step.escalations),
        after=table.may("after", values.words, ()),
        checks=table.may("checks", values.words, ()),
        forms=table.may("forms", values.words, ()),
        tiers=table.may("tiers", values.words, ()),
        requirement=table.may("requirement", values.word, ""),
    )
    table.close()
    return step


def _check(table: Table) -> CheckItem:
    item = CheckItem(table.need("id", values.word, ""), table.need("title", values.text, NO_TEXT))
    table.close()
    return item


def _gate(table: Table) -> Gate:
    gate = Gate(
        id=table.need("id", values.word, ""),
        title=table.need("title", values.text, NO_TEXT),
        at=table.need("at", values.deadline, _UNREADABLE_MOMENT),
        steps=table.need("steps", values.some_words, ()),
        clause=table.need("clause", values.word, ""),
    )
    table.close()
    return gate
