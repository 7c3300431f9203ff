"""Time as the services see it, so that tests can hold it still."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The time of day, in UTC."""
        ...

    def seconds_until(self, moment: datetime) -> float:
        """How long to wait for that moment, in real seconds; 0 once it has come."""
        ...

    def monotonic(self) -> float:
        """Seconds of a clock that never jumps; only differences mean anything."""
        ...
