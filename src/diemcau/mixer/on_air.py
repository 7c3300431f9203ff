"""Books when a source's first picture and first sound left on a bus: the connection time's end.

Times are seconds of one monotonic clock, given by those who saw the packet leave.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PROGRAM = "program"


@dataclass
class Showing:
    """A slot shown on a bus, and the source it had then (None: none yet)."""

    take: str
    source: str | None
    picture: float | None = None
    sound: float | None = None


class OnAir:
    """Which sources are shown where, and what is known of each."""

    def __init__(self) -> None:
        self._showings: dict[tuple[str, int], Showing] = {}
        self._sounding: dict[int, tuple[str, float]] = {}

    def shown(
        self, bus: str, take: str, sources: Mapping[int, str | None]
    ) -> list[tuple[str, int]]:
        """The slots a bus is asked to show, with their sources; what is new gets booked.

        Returns bus and slot of showings whose sound is already heard on the program.
        """
        for key in [key for key in self._showings if key[0] == bus and key[1] not in sources]:
            del self._showings[key]
        fresh = []
        for slot, source in sources.items():
            known = self._showings.get((bus, slot))
            if known is None or known.source != source:
                self._showings[bus, slot] = Showing(take, source)
                fresh.append(slot)
        return [(bus, slot) for slot in fresh if self._sounds_already(bus, slot)]

    def changed(self, slot: int, source: str | None) -> None:
        """A slot got another source: it is newly shown wherever it is shown."""
        self._sounding.pop(slot, None)
        for (bus, shown), showing in list(self._showings.items()):
            if shown == slot and showing.source != source:
                self._showings[bus, slot] = Showing(showing.take, source)

    def picture_left(self, bus: str, slot: int, source: str, left: float) -> bool:
        """The first frame with this picture left at `left`; True when that was not known yet."""
        showing = self._showings.get((bus, slot))
        if showing is None or showing.source != source or showing.picture is not None:
            return False
        showing.picture = left
        return True

    def sound_left(self, slot: int, source: str, left: float) -> bool:
        """Sound left on the program at `left`; True when a showing waited for it."""
        if self._sounding.get(slot, ("", left))[0] != source:
            self._sounding[slot] = (source, left)
        showing = self._showings.get((PROGRAM, slot))
        if showing is None or showing.source != source or showing.sound is not None:
            return False
        showing.sound = left
        return True

    def closed(self, slot: int) -> None:
        """The slot is not heard any more."""
        self._sounding.pop(slot, None)

    def events(self, now: float) -> list[dict[str, Any]]:
        """The lines of all showings of which something has left."""
        return [
            self.event(bus, slot, now)
            for (bus, slot), showing in self._showings.items()
            if (showing.picture, showing.sound) != (None, None)
        ]

    def event(self, bus: str, slot: int, now: float) -> dict[str, Any]:
        """The `on_air` line for a showing, with ages at `now` in milliseconds."""
        showing = self._showings[bus, slot]
        return {
            "event": "on_air",
            "bus": bus,
            "take": showing.take,
            "slot": slot,
            "source": showing.source,
            "picture_age_ms": _age(showing.picture, now),
            "sound_age_ms": _age(showing.sound, now),
        }

    def _sounds_already(self, bus: str, slot: int) -> bool:
        showing = self._showings[bus, slot]
        source, left = self._sounding.get(slot, ("", 0.0))
        if bus != PROGRAM or source != showing.source:
            return False
        showing.sound = left
        return True


def _age(left: float | None, now: float) -> float | None:
    return None if left is None else round((now - left) * 1000, 2)
