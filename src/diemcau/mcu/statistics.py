"""How the sites' and links' media fare, read from Janus."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from diemcau.domain.resources import Listener, Publisher, Uplink
from diemcau.mcu.ground import Ground
from diemcau.mcu.janus import Json, Size
from diemcau.mcu.present import Held

READINGS = 2
"""So many of each handle are kept: rates are of the time since the older one."""


@dataclass(frozen=True)
class Reading:
    """The totals of one medium in all its sizes, or of several media (``sum_of``), one way ("in":
    to Janus, or "out") at a moment. A packet that was lost and sent again was lost by the line,
    and is in Janus's ``lost`` already (its ``rtcp.c``)."""

    at: float
    bytes: int
    packets: int
    lost: int

    @classmethod
    def of(cls, medium: Json, way: str, at: float) -> Self:
        sizes = _sizes(medium, way)
        return cls(
            at,
            sum(size["bytes"] for size in sizes),
            sum(size["packets"] for size in sizes),
            sum(max(0, _signed(report.get(_LOST[way], 0))) for report in _reports(medium)),
        )

    def since(self, before: Self) -> dict[str, float]:
        """``kbps`` and ``loss_pct`` between two readings of the same; none where no time
        passed."""
        if self.at <= before.at:
            return {}
        lost, packets = max(0, self.lost - before.lost), max(0, self.packets - before.packets)
        return {
            "kbps": 8 * (self.bytes - before.bytes) / (self.at - before.at) / 1000,
            "loss_pct": 100 * lost / max(1, packets + lost),
        }


def sum_of(readings: Iterable[Reading]) -> Reading:
    """Several media as one."""
    all_of_them = list(readings)
    return Reading(
        max(one.at for one in all_of_them),
        sum(one.bytes for one in all_of_them),
        sum(one.packets for one in all_of_them),
        sum(one.lost for one in all_of_them),
    )


class Statistics:
    """Turns Janus's totals into rates since the reading before the last, for a few packets more or
    less lost in one second say little. A delay of 0 is what Janus says as long as it knows none: it
    is left out.

    ``clock`` gives seconds that never go back.
    """

    def __init__(self, ground: Ground, clock: Callable[[], float] = time.monotonic) -> None:
        self._ground = ground
        self._clock = clock
        self._last: dict[int, deque[Reading]] = {}
        self._sizes: dict[int, dict[Size, Json]] = {}

    async def collect(self) -> dict[str, Any]:
        """The ``stats`` report of docs/protocol.md section 4."""
        publishers, links = [], []
        listeners: dict[str, int] = {}
        for held in self._ground.present.held:
            match held.resource:
                case Publisher(conference=conference, site=site):
                    figures = await self._figures(held, "in")
                    publishers.append({"conference": conference, "site": site, **figures})
                case Uplink(conference=conference, lane=lane, parent=parent):
                    figures = await self._figures(held, "out")
                    links.append(
                        {"conference": conference, "lane": lane, "parent": parent, **figures}
                    )
                case Listener(conference=conference):
                    listeners[conference] = listeners.get(conference, 0) + 1
        self._forget_the_gone()
        return {"publishers": publishers, "links": links, "listeners": listeners}

    def _forget_the_gone(self) -> None:
        here = {held.handle.number for held in self._ground.present.held if held.handle is not None}
        self._last = {number: last for number, last in self._last.items() if number in here}
        self._sizes = {number: last for number, last in self._sizes.items() if number in here}

    async def _figures(self, held: Held, way: str) -> dict[str, float]:
        media = await self._ground.media(held)
        if not media or held.handle is None:
            return {}
        at = self._clock()
        now = sum_of(Reading.of(medium, way, at) for medium in media)
        readings = self._last.setdefault(held.handle.number, deque(maxlen=READINGS))
        delay = max(report.get("rtt", 0) for medium in media for report in _reports(medium))
        figures = {"rtt_ms": float(delay)} if delay else {}
        figures |= self._jitter(held.handle.number, media, way)
        if readings:
            figures |= now.since(readings[0])
        readings.append(now)
        return {name: round(value, 2) for name, value in figures.items()}

    def _jitter(self, number: int, media: list[Json], way: str) -> dict[str, float]:
        """``jitter_ms`` of what came since the reading before. Of a size that stopped Janus says
        for ever what it said last."""
        before, now = self._sizes.get(number, {}), sizes_of(media, way)
        self._sizes[number] = now
        moved = moved_on(before, now)
        jitters = [
            report.get(_JITTER[way], 0)
            for medium in media
            for size, report in enumerate(_reports(medium))
            if (medium["type"], size) in moved
        ]
        return {"jitter_ms": float(max(jitters))} if jitters else {}


_LOST = {"in": "lost", "out": "lost-by-remote"}
_JITTER = {"in": "jitter-local", "out": "jitter-remote"}


def _signed(lost: int) -> int:
    """RFC 3550 6.4.1: 24 bits, below zero where more came than was sent (some of it twice). Janus
    takes them for a number without a sign."""
    return lost - (1 << 24) if lost >= 1 << 23 else lost


def sizes_of(media: Iterable[Json], way: str) -> dict[Size, Json]:
    """Janus's counts of a handle's sound, and of each size of its picture."""
    return {
        (medium["type"], number): size
        for medium in media
        for number, size in enumerate(_sizes(medium, way))
    }


def moved_on(before: Mapping[Size, Json], now: Mapping[Size, Json]) -> set[Size]:
    """Those of which packets came, or went, between two looks."""
    none: Json = {"packets": 0}
    return {key for key, size in now.items() if size["packets"] > before.get(key, none)["packets"]}


def _sizes(medium: Json, way: str) -> list[Json]:
    """The counts of each size of a picture (simulcast); Janus has the others in the first one's."""
    first: Json = medium["stats"][way]
    return [first, *(first[name] for name in _OTHER_SIZES if name in first)]


_OTHER_SIZES = ("video-simulcast-1", "video-simulcast-2")


def _reports(medium: Json) -> list[Json]:
    """What RTCP says of each size."""
    return list((medium.get("rtcp") or {}).values()) or [{}]
