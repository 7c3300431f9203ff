"""Sites from whom nothing comes are told before whoever misses them looks for the cause."""

from typing import Any

import pytest

from diemcau.domain.resources import Input, Publisher, Uplink
from diemcau.domain.source import content_of
from diemcau.mcu.ground import Ground
from diemcau.mcu.janus import Handle, JanusError
from diemcau.mcu.present import Held, Present
from diemcau.mcu.silence import EVERY_S, SILENT_S, Silence


class Media:
    """A driver's ground, with an admin interface that counts what a test lets come."""

    def __init__(self) -> None:
        self.present = Present(lambda: None)
        self.ground = Ground("tinh", self.present, None)  # type: ignore[arg-type]
        self.ground.session = type("Session", (), {"number": 1})  # type: ignore[assignment]
        self.ground.admin = self  # type: ignore[assignment]
        self.packets: dict[int, int] = {}
        self.asked: list[int] = []
        self.now = 100.0

    async def info(self, session: int, handle: int) -> dict[str, Any]:
        assert session == 1
        self.asked.append(handle)
        if handle not in self.packets:
            raise JanusError(459, "no such handle")
        each = {"stats": {"in": {"packets": self.packets[handle]}}}
        return {"webrtc": {"media": {"0": each, "1": each}}}

    def put(self, resource: Any, handle: int = 0) -> Held:
        return self.present.put(Held(resource, Handle(None, 1, handle) if handle else None))  # type: ignore[arg-type]

    def site(self, name: str, handle: int) -> Held:
        self.packets[handle] = 50
        return self.put(Publisher("c1", name, "one"), handle)


class Play:
    def __init__(self) -> None:
        self.media = Media()
        self.silence = Silence(self.media.ground, lambda: self.media.now)

    async def goes_on(self, seconds: float, *coming: int) -> None:
        for _ in range(round(seconds / EVERY_S)):
            self.media.now += EVERY_S
            for handle in coming:
                self.media.packets[handle] += 3
            await self.silence.look()


@pytest.fixture
def play() -> Play:
    return Play()


async def test_who_goes_silent_is_told_within_a_look_more_than_a_second(play: Play) -> None:
    one, other = play.media.site("s1", 11), play.media.site("s2", 12)
    play.media.put(Uplink("c1", 0, "tinh", "e1", "site/s1"))
    play.media.put(Uplink("c1", 1, "tinh", "e1", "site/s2"))
    await play.goes_on(5, 11, 12)
    assert not one.silent
    await play.goes_on(SILENT_S - EVERY_S, 12)
    assert not one.silent
    await play.goes_on(2 * EVERY_S, 12)
    assert one.silent
    assert not other.silent
    await play.goes_on(EVERY_S, 11, 12)
    assert not one.silent


async def test_only_those_are_counted_whose_media_go_on_from_here(play: Play) -> None:
    play.media.site("s1", 11)
    play.media.site("s2", 12)
    play.media.site(content_of("s2"), 13)
    play.media.put(Input("c1", 3, "s2", "site/s2"))
    play.media.put(Input("c1", 4, content_of("s2"), f"site/{content_of('s2')}"))
    await play.goes_on(3)
    assert set(play.media.asked) == {12}


async def test_what_janus_says_of_a_picture_alone_stands(play: Play) -> None:
    held = play.media.site("s1", 11)
    play.media.put(Uplink("c1", 0, "tinh", "e1", "site/s1"))
    await play.goes_on(2, 11)
    play.media.present.set_silent(held, True)  # its sound goes on
    await play.goes_on(3, 11)
    assert held.silent


async def test_who_never_sent_anything_or_is_gone_is_not_silent(play: Play) -> None:
    new, gone = play.media.site("s1", 11), play.media.site("s2", 12)
    play.media.packets[11] = 0
    play.media.put(Uplink("c1", 0, "tinh", "e1", "site/s1"))
    play.media.put(Uplink("c1", 1, "tinh", "e1", "site/s2"))
    await play.goes_on(1)
    del play.media.packets[12]
    await play.goes_on(5)
    assert not new.silent
    assert not gone.silent
