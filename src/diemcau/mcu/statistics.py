"""How the sites' and links' media fare, read from Janus."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from diemcau.domain.resources import Listener, Publisher, Uplink
from diemcau.mcu.janus import JanusError, Json
from diemcau.mcu.media import JanusMedia
from diemcau.mcu.present import Held


@dataclass
class _Counters:
    """The totals of one reading of one handle."""

    at: float
    bytes: int
    packets: int
    lost: int


class Statistics:
    """Turns Janus's totals into rates since the last reading. A delay of 0 is what Janus says as
    long as it knows none: it is left out. What was lost and sent again was lost by the line.

    ``clock`` gives seconds that never go back.
    """

    def __init__(self, media: JanusMedia, clock: Callable[[], float] = time.monotonic) -> None:
        self._media = media
        self._clock = clock
        self._last: dict[int, _Counters] = {}

    async def collect(self) -> dict[str, Any]:
        """The ``stats`` report of docs/protocol.md section 4."""
        publishers, links = [], []
        listeners: dict[str, int] = {}
        for held in self._media.present.held:
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
        here = {held.handle.number for held in self._media.present.held if held.handle is not None}
        self._last = {number: last for number, last in self._last.items() if number in here}

    async def _figures(self, held: Held, way: str) -> dict[str, float]:
        admin, session = self._media.admin, self._media.session
        if admin is None or session is None or held.handle is None:
            return {}
        try:
            info = await admin.info(session.number, held.handle.number)
        except JanusError:  # it hung up a moment ago
            return {}
        media = list(((info.get("webrtc") or {}).get("media") or {}).values())
        now = _Counters(
            at=self._clock(),
            bytes=sum(medium["stats"][way]["bytes"] for medium in media),
            packets=sum(medium["stats"][way]["packets"] for medium in media),
            lost=sum(
                max(0, _rtcp(medium).get(_LOST[way], 0))
                + medium["stats"][way].get("retransmissions", 0)
                for medium in media
            ),
        )
        before = self._last.get(held.handle.number)
        self._last[held.handle.number] = now
        delay = max((_rtcp(medium).get("rtt", 0) for medium in media), default=0)
        figures = {"rtt_ms": float(delay)} if delay else {}
        if media:
            figures["jitter_ms"] = float(max(_rtcp(m).get(_JITTER[way], 0) for m in media))
        if before is not None and now.at > before.at:
            figures["kbps"] = 8 * (now.bytes - before.bytes) / (now.at - before.at) / 1000
            lost, packets = now.lost - before.lost, now.packets - before.packets
            figures["loss_pct"] = 100 * max(0, lost) / max(1, packets + max(0, lost))
        return {name: round(value, 2) for name, value in figures.items()}


_LOST = {"in": "lost", "out": "lost-by-remote"}
_JITTER = {"in": "jitter-local", "out": "jitter-remote"}


def _rtcp(medium: Json) -> Json:
    main: Json = (medium.get("rtcp") or {}).get("main") or {}
    return main
