"""Which sites nothing comes from any more, though they are connected.

Janus says that media stopped one to three seconds after the last packet. For the sites whose media
go on from here, to a mixer or up a lane, that is too late: the mixer misses them after one second,
and whoever judges has to know by then whose line it is (``services/sight.py``). So their packets
are counted here several times a second. Where nothing but a picture stops, Janus's word stands.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from diemcau.domain.resources import Input, Publisher, Uplink, feed_key
from diemcau.domain.source import is_content
from diemcau.mcu.ground import Ground
from diemcau.mcu.present import Held
from diemcau.mcu.statistics import Reading, sum_of
from diemcau.ports.media import MediaError

EVERY_S = 0.25
SILENT_S = 1.0
"""As long as a mixer waits before it says so (``mixer/watch.py``)."""


@dataclass
class _Heard:
    """The packets so far, since when there were no more, and whether that was told."""

    packets: int
    at: float
    told: bool = False


class Silence:
    """``clock`` gives seconds that never go back. What a site shares is left out: a picture in
    which nothing moves may send nothing."""

    def __init__(self, ground: Ground, clock: Callable[[], float] = time.monotonic) -> None:
        self._ground = ground
        self._clock = clock
        self._heard: dict[int, _Heard] = {}

    async def run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            with contextlib.suppress(MediaError):
                await self.look()

    async def look(self) -> None:
        """Count once, and mark those that have become silent, or are not any more."""
        heard: dict[int, _Heard] = {}
        for held in list(self._carried()):
            assert held.handle is not None
            number = held.handle.number
            media = await self._ground.media(held)
            if not media:
                continue
            now = self._clock()
            packets = sum_of(Reading.of(medium, "in", now) for medium in media).packets
            known = heard[number] = self._heard.get(number) or _Heard(packets, now)
            if packets != known.packets:
                if known.told:
                    self._ground.present.set_silent(held, False)
                heard[number] = _Heard(packets, now)
            elif packets and now - known.at >= SILENT_S and not known.told:
                known.told = True
                self._ground.present.set_silent(held, True)
        self._heard = heard

    def _carried(self) -> Iterator[Held]:
        """The sites whose media go on from here."""
        present = self._ground.present
        feeds = set()
        for held in present.held:
            match held.resource:
                case (
                    Uplink(conference=conference, source=feed)
                    | Input(conference=conference, feed=feed)
                ):
                    feeds.add(feed_key(conference, feed))
        for held in present.held:
            resource = held.resource
            if not isinstance(resource, Publisher) or is_content(resource.site):
                continue
            if held.handle is not None and not feeds.isdisjoint(resource.provides):
                yield held
