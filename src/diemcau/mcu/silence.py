"""Which sites nothing comes from any more, though they are connected.

Janus says that media stopped one to three seconds after the last packet. For the sites whose media
go on from here, to a mixer or up a lane, that is too late: the mixer misses them after one second,
and whoever judges has to know by then whose line it is (``services/sight.py``). So their packets
are counted here several times a second. What Janus says beside that stands: of a picture that
stops alone, and of sites that go no further.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from diemcau.domain.resources import Input, Publisher, Uplink, feed_key
from diemcau.domain.source import is_content
from diemcau.mcu.ground import Ground
from diemcau.mcu.present import Held
from diemcau.mcu.statistics import sizes_of
from diemcau.ports.media import MediaError

EVERY_S = 0.25
SILENT_S = 1.0
"""As long as a mixer waits before it says so (``mixer/watch.py``)."""

STOOD_STILL_S = 2 * EVERY_S
"""An answer so late was not awaited: this host stood still, and what came meanwhile Janus has not
counted yet."""


class _Heard(NamedTuple):
    """The packets so far, and since when there were no more (``Silence._watched``)."""

    packets: int
    at: float


class Silence:
    """``clock`` gives seconds that never go back. What a site shares is left out: a picture in
    which nothing moves may send nothing."""

    def __init__(self, ground: Ground, clock: Callable[[], float] = time.monotonic) -> None:
        self._ground = ground
        self._clock = clock
        self._heard: dict[int, _Heard] = {}
        self._answered = clock()
        self._watched = 0.0
        """Seconds in which somebody looked."""

    async def run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            with contextlib.suppress(MediaError):
                await self.look()

    async def look(self) -> None:
        """Count once, and mark those whose packets have ceased; not those that come again, or are
        counted no more."""
        heard: dict[int, _Heard] = {}
        for held in list(self._carried()):
            assert held.handle is not None
            number = held.handle.number
            media = await self._ground.media(held)
            if not media:
                continue
            now = self._moved_on()
            packets = sum(size["packets"] for size in sizes_of(media, "in").values())
            known = self._heard.get(number)
            if known is None or packets != known.packets:
                known = _Heard(packets, now)
            heard[number] = known
            ceased = packets > 0 and now - known.at >= SILENT_S
            self._ground.present.set_missed(held, ceased)
        for held in self._ground.present.held:
            if held.handle is None or held.handle.number not in heard:
                self._ground.present.set_missed(held, False)
        self._heard = heard

    def _moved_on(self) -> float:
        now = self._clock()
        self._watched += min(now - self._answered, STOOD_STILL_S)
        self._answered = now
        return self._watched

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
