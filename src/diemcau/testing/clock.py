"""A clock that stands still until it is moved, and one that goes with the event loop."""

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 24, 1, tzinfo=UTC)


class FakeClock:
    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def seconds_until(self, moment: datetime) -> float:
        return max((moment - self.now()).total_seconds(), 0)

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds


class LoopClock:
    """Tells the running loop's time: with ``looptime`` days pass in milliseconds.

    It is ``now`` at the loop's time 0.
    """

    def __init__(self, now: datetime = START) -> None:
        self._start = now

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def seconds_until(self, moment: datetime) -> float:
        return max((moment - self.now()).total_seconds(), 0)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()
