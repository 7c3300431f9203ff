"""What the next agent finds of the sites that the former one had."""

from typing import Any

import pytest

from diemcau.domain.resources import BLANK, MixerFeed, Room
from diemcau.mcu import adoption
from diemcau.mcu.adoption import adopt
from diemcau.mcu.present import Held
from tests.unit.mcu.janus_ground import JanusGround


class House(JanusGround):
    """A site by handle 7, which sent something of each medium."""

    def __init__(self) -> None:
        super().__init__()
        self.counts = {kind: {"packets": 50, "bytes_lastsec": 900} for kind in ("audio", "video")}

    def site(self) -> dict[str, Any]:
        media = {k: {"type": k, "stats": {"in": dict(c)}} for k, c in self.counts.items()}
        up = {"ice": {"state": "ready"}, "dtls": {"dtls-state": "connected"}}
        return {"opaque_id": "publisher|c1|s1|one", "webrtc": {**up, "media": media}}

    async def adopted(self) -> Held:
        self.infos[7] = self.site()
        await adopt(self.ground, self, self)  # type: ignore[arg-type]
        (held,) = self.present.held
        return held

    async def a_second_later(self) -> None:
        self.infos[7] = self.site()
        while self.ground._tasks:
            await next(iter(self.ground._tasks))


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(adoption, "AGAIN_S", 0)
    return House()


@pytest.mark.parametrize(
    ("stopped", "silent", "blind"),
    [
        ((), False, False),
        (("video",), False, True),
        (("audio",), False, False),
        (("audio", "video"), True, False),
    ],
)
async def test_what_stopped_before_is_known(
    house: House, stopped: tuple[str, ...], silent: bool, blind: bool
) -> None:
    """Janus says it once, and said it to the former agent."""
    for kind in stopped:
        house.counts[kind]["bytes_lastsec"] = 0
    held = await house.adopted()
    await house.a_second_later()
    assert (held.silent, held.blind) == (silent, blind)


async def test_what_began_a_moment_before_comes(house: House) -> None:
    """Janus knows no rate of it yet."""
    house.counts["video"]["bytes_lastsec"] = 0
    held = await house.adopted()
    house.counts["video"]["packets"] += 10
    await house.a_second_later()
    assert not held.blind


async def test_what_never_came_is_not_missed(house: House) -> None:
    house.counts["video"] = {"packets": 0, "bytes_lastsec": 0}
    assert not (await house.adopted()).blind


async def test_what_was_offered_to_the_former_agent_is_answered(house: House) -> None:
    """Or nothing that is switched to afterwards would flow: Janus waits, and says it once."""
    listener = house.site() | {"opaque_id": "listener|c1|one|s1|program"}
    for number, answered in ((7, True), (8, False)):
        plugin = {"answered": answered, "streams": [{"type": "audio"}]}
        house.infos[number] = listener | {"plugin_specific": plugin, "sdps": {"remote": "v=0"}}
    await adopt(house.ground, house, house)  # type: ignore[arg-type]
    while house.ground._tasks:
        await next(iter(house.ground._tasks))
    assert (house.said[7], house.said[8]) == ([], [{"request": "start"}])


async def test_a_room_is_whole_with_its_blank_feed(house: House) -> None:
    """The former agent may have died between the two: the room is made again, and gets it."""
    house.rooms = {"c1": [BLANK, "program"], "c2": ["program"]}
    await adopt(house.ground, house, house)  # type: ignore[arg-type]
    feeds = {MixerFeed("c1", "program"), MixerFeed("c2", "program")}
    assert set(house.present.resources) == {Room("c1"), *feeds}
