"""What the services ask of the MCUs, and hear from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from diemcau.domain.resources import Resource


class McuAway(Exception):
    """The MCU's agent is not connected, or did not answer in time."""


class McuRefused(Exception):
    """The MCU's agent refused a request; ``code`` as in docs/protocol.md section 4."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class Mcus(Protocol):
    """The MCUs as the services see them."""

    def online(self, mcu: str) -> bool: ...

    def desire(self, mcu: str, resources: Sequence[Resource]) -> None:
        """Tell the MCU all it shall have. Kept, and sent at once and after every reconnection."""
        ...

    async def request(self, mcu: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Ask its agent; raises ``McuAway`` or ``McuRefused``."""
        ...


@dataclass(frozen=True)
class Report:
    """Something an agent said (``method`` and ``params`` of docs/protocol.md section 4).

    ``transit_s``: half the measured round trip to that agent, in seconds.
    """

    mcu: str
    method: str
    params: dict[str, Any]
    transit_s: float = 0.0


class McuListener(Protocol):
    """Who hears what the MCUs say: called in the order in which it was said."""

    def report(self, report: Report) -> None: ...

    def connected(self, mcu: str) -> None:
        """An agent said ``hello``; its report follows."""
        ...

    def away(self, mcu: str) -> None:
        """Its agent is no longer connected."""
        ...

    def slow(self, mcu: str, is_slow: bool) -> None:
        """Its agent has not answered for a while, or does again."""
        ...
