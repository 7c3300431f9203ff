"""A viewer does not take its own lateness for what it sees."""

from __future__ import annotations

import asyncio
import time

from diemcau.lab.lateness import LATE_MS, less_lateness, tell_lateness


async def test_a_loop_that_is_kept_waiting_says_for_how_long() -> None:
    told: asyncio.Queue[float] = asyncio.Queue()
    watching = asyncio.create_task(tell_lateness(told.put_nowait))
    asyncio.get_running_loop().call_later(0.01, time.sleep, 0.4)
    try:
        async with asyncio.timeout(5):
            assert await told.get() > 2 * LATE_MS
    finally:
        watching.cancel()


def test_only_what_a_viewer_was_late_within_a_gap_is_taken_off_it() -> None:
    events = [
        {"event": "late", "t": 900, "ms": 100},  # before it
        {"event": "late", "t": 1100, "ms": 300},  # into it
        {"event": "picture", "t": 1300, "panes": [7]},
        {"event": "late", "t": 1500, "ms": 200},  # in it
        {"event": "late", "t": 2500, "ms": 600},  # out of it
    ]
    assert less_lateness(1000, 2000, events) == 1000 - 100 - 200 - 100
    assert less_lateness(1000, 2000, []) == 1000
