"""How late a viewer itself was: a busy machine keeps it waiting, and it sees nothing meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

LATE_MS = 100.0
_CHECK_SECONDS = 0.05


async def tell_lateness(tell: Callable[[float], None]) -> None:
    """Tell by how many milliseconds this event loop was late, each time it was, until cancelled."""
    while True:
        due = time.monotonic() + _CHECK_SECONDS
        await asyncio.sleep(_CHECK_SECONDS)
        late = 1000 * (time.monotonic() - due)
        if late >= LATE_MS:
            tell(late)


def less_lateness(begin: float, end: float, events: Iterable[Mapping[str, Any]]) -> float:
    """Return how much of a time (ms) a viewer that said these events was not late itself."""
    own = [(event["t"] - event["ms"], event["t"]) for event in events if event["event"] == "late"]
    asleep: float = sum(max(0.0, min(end, to) - max(begin, at)) for at, to in own)
    return end - begin - asleep
