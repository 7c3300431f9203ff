"""The real clock, and one that runs faster: a day's procedure rehearsed in minutes."""

import time
from datetime import UTC, datetime


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def seconds_until(self, moment: datetime) -> float:
        return max((moment - self.now()).total_seconds(), 0)

    def monotonic(self) -> float:
        return time.monotonic()


class FastClock:
    """A time of day that runs ``speed`` times as fast from a moment on: from now, or as given.

    Only what is decided by the time of day runs faster; what is measured (``monotonic``) does not.
    """

    def __init__(self, speed: float, began: datetime | None = None) -> None:
        self._speed = speed
        self._began = began or datetime.now(UTC)

    def now(self) -> datetime:
        return self._began + (datetime.now(UTC) - self._began) * self._speed

    def seconds_until(self, moment: datetime) -> float:
        return max((moment - self.now()).total_seconds() / self._speed, 0)

    def monotonic(self) -> float:
        return time.monotonic()
