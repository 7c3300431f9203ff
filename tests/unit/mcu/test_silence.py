"""Sites from whom nothing comes are told before whoever misses them looks for the cause."""

from typing import Any

import pytest

from diemcau.domain.resources import Input, Publisher, Uplink
from diemcau.domain.source import content_of
from diemcau.mcu.present import Held
from diemcau.mcu.silence import EVERY_S, SILENT_S, Silence
from tests.unit.mcu.janus_ground import JanusGround

SOUND, PICTURE = ("audio", 0), ("video", 0)


class Media(JanusGround):
    """Counts the packets that a test lets come."""

    def site(self, name: str, handle: int) -> Held:
        self.infos[handle] = {"webrtc": {"media": {"0": _medium("audio"), "1": _medium("video")}}}
        self.come(handle, 50)
        return self.put(Publisher("c1", name, "one"), handle)

    def come(self, handle: int, packets: int) -> None:
        for medium in self.infos[handle]["webrtc"]["media"].values():
            medium["stats"]["in"]["packets"] += packets


def _medium(kind: str) -> dict[str, Any]:
    return {"type": kind, "stats": {"in": {"packets": 0, "bytes": 0}}}


class Play:
    def __init__(self) -> None:
        self.media, self.now = Media(), 100.0
        self.silence = Silence(self.media.ground, lambda: self.now)

    async def goes_on(self, seconds: float, *coming: int) -> None:
        for _ in range(round(seconds / EVERY_S)):
            self.now += EVERY_S
            for handle in coming:
                self.media.come(handle, 3)
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


async def test_what_could_not_be_counted_while_the_host_stood_still_is_not_missed(
    play: Play,
) -> None:
    """It is answered first, and Janus counts then what came meanwhile."""
    one, gone = play.media.site("s1", 11), play.media.site("s2", 12)
    play.media.put(Uplink("c1", 0, "tinh", "e1", "site/s1"))
    play.media.put(Uplink("c1", 1, "tinh", "e1", "site/s2"))
    await play.goes_on(3, 11)
    assert gone.silent
    play.now += 3
    await play.silence.look()
    assert not one.silent
    assert gone.silent
    await play.goes_on(1, 11)
    assert not one.silent
    await play.goes_on(SILENT_S + EVERY_S)
    assert one.silent


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
    assert held.handle is not None
    held.handle.comes = {SOUND: True, PICTURE: False}
    await play.goes_on(3, 11)
    assert held.blind
    assert not held.silent


async def test_when_all_stopped_and_the_sound_alone_returns_the_picture_is_still_missed(
    play: Play,
) -> None:
    held = play.media.site("s1", 11)
    play.media.put(Uplink("c1", 0, "tinh", "e1", "site/s1"))
    await play.goes_on(2, 11)
    await play.goes_on(3)
    assert held.handle is not None
    held.handle.comes = {SOUND: False, PICTURE: False}
    assert held.silent
    assert not held.blind
    held.handle.comes[SOUND] = True
    await play.goes_on(2, 11)
    assert held.blind
    assert not held.silent


async def test_whoever_goes_no_further_is_missed_no_more(play: Play) -> None:
    held = play.media.site("s1", 11)
    lane = Uplink("c1", 0, "tinh", "e1", "site/s1")
    play.media.put(lane)
    await play.goes_on(3)
    assert held.silent
    play.media.present.drop(lane.key)
    await play.goes_on(EVERY_S, 11)
    assert not held.silent


async def test_any_size_of_a_picture_is_heard(play: Play) -> None:
    held = play.media.site("s1", 11)
    picture = play.media.infos[11]["webrtc"]["media"]["1"]["stats"]["in"]
    other = picture["video-simulcast-1"] = {"packets": 0, "bytes": 0}
    play.media.put(Uplink("c1", 0, "tinh", "e1", "site/s1"))
    for _ in range(12):
        other["packets"] += 1
        await play.goes_on(EVERY_S)
    assert not held.silent


async def test_who_never_sent_anything_or_is_gone_is_not_silent(play: Play) -> None:
    new, gone = play.media.site("s1", 11), play.media.site("s2", 12)
    play.media.come(11, -50)
    play.media.put(Uplink("c1", 0, "tinh", "e1", "site/s1"))
    play.media.put(Uplink("c1", 1, "tinh", "e1", "site/s2"))
    await play.goes_on(1)
    del play.media.infos[12]
    await play.goes_on(5)
    assert not new.silent
    assert not gone.silent
