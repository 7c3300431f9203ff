"""What Janus says of a handle of its own accord."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from diemcau.domain.resources import Publisher
from diemcau.mcu.present import Held
from diemcau.ports.media import MediaError
from tests.unit.mcu.janus_ground import JanusGround, media_in

SITE = Publisher("c1", "s1", "one")


class House:
    """An MCU's media on a Janus that says what a test lets it say."""

    def __init__(self, folder: Path) -> None:
        self.janus = JanusGround()
        self.media = media_in(folder)
        self.media.ground.session = self.janus  # type: ignore[assignment]
        self.media.ground.admin = self.janus  # type: ignore[assignment]

    def comes(self) -> Held:
        """A site on its way, by handle 7."""
        held = Held(SITE, self.janus.handle(7))
        self.media.ground.keep_when_up(held)
        return held

    def say(self, janus: str, **more: Any) -> None:
        self.media._on_event({"janus": janus, "sender": 7, **more})

    async def settled(self) -> None:
        """Until all that the events began is done."""
        while self.media._tasks:
            await next(iter(self.media._tasks))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.mark.parametrize(
    ("said", "silent", "blind"),
    [
        ([], False, False),
        ([("audio", 0, True)], False, False),
        ([("audio", 0, True), ("video", 0, True), ("audio", 0, False)], False, False),
        ([("audio", 0, True), ("video", 0, True), ("video", 0, False)], False, True),
        ([("audio", 0, True), ("video", 0, False), ("video", 1, True)], False, False),
        ([("audio", 0, True), ("video", 0, False), ("video", 1, False)], False, True),
        ([("video", 0, True), ("video", 0, False)], True, False),
        ([("video", 0, False), ("audio", 0, False)], True, False),
        ([("video", 0, False), ("audio", 0, False), ("audio", 0, True)], False, True),
    ],
)
async def test_what_stopped_of_a_site_is_told(
    house: House, said: list[tuple[str, int, bool]], silent: bool, blind: bool
) -> None:
    """A site whose picture alone stopped is heard all the same."""
    house.media.present.put(house.comes())
    for kind, size, receiving in said:
        house.say("media", type=kind, substream=size, receiving=receiving)
    assert house.media.silent == [("c1", "s1")] * silent
    assert house.media.blind == [("c1", "s1")] * blind


async def test_one_that_hangs_up_before_it_is_up_is_waited_for_no_longer(house: House) -> None:
    house.comes()
    house.say("hangup", reason="ICE failed")
    await house.settled()
    assert house.janus.said[7] == [{"request": "detach"}]
    assert house.media.ground.find(SITE.key) is None


async def test_what_is_offered_anew_is_answered_as_before(house: House) -> None:
    house.media.present.put(house.comes())
    house.janus.infos[7] = {"sdps": {"remote": "v=0"}}
    house.say("event", plugindata={"data": {}}, jsep={"type": "offer", "sdp": "v=0"})
    house.say("event", plugindata={"data": {}})
    while len(house.media.ground._tasks) > 1:  # one waits for the site to be up
        await asyncio.sleep(0)
    assert house.janus.said[7] == [{"request": "start"}]


async def test_a_janus_found_without_its_session_is_ended(house: House) -> None:
    """Its rooms hold the ports at which they are to be made."""
    ended = []

    class Found:
        async def stop(self) -> None:
            ended.append(self)

        async def sessions(self) -> list[int]:
            return []

    house.media._process = house.media.admin = found = Found()  # type: ignore[assignment]
    with pytest.raises(MediaError) as refused:
        await house.media._open_session(house.janus, found=True)  # type: ignore[arg-type]
    assert (refused.value.code, ended) == ("janus-empty", [found])
