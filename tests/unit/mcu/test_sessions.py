"""The sites' sessions while they are on their way, and those that never come."""

from typing import Any

import pytest

from diemcau.domain.resources import Admission, Key, MixerFeed, Resource, Room
from diemcau.mcu import sessions
from diemcau.mcu.janus import JanusError
from diemcau.mcu.present import Held
from diemcau.mcu.sessions import Sessions
from diemcau.ports.media import MediaError
from tests.unit.mcu.janus_ground import JanusGround

C, SITE = "c1", "s1"
FRAGMENT = "a=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\n"


class House(JanusGround):
    """Sessions on a Janus in which a feed has one publisher at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions = Sessions(self.ground, None, self._expected)  # type: ignore[arg-type]
        self.put(Room(C))

    def _expected(self, key: Key) -> Resource | None:
        return Admission(C, SITE, "program") if key == ("admission", C, SITE) else None

    async def request(self, body: dict[str, Any]) -> dict[str, Any]:
        joins = body.get("body", {}).get("request") == "joinandconfigure"
        if joins and any(self.is_publishing(handle) for handle in self.said):
            raise JanusError(sessions.FEED_EXISTS, "taken")
        return await super().request(body)

    def is_publishing(self, handle: int) -> bool:
        told = [said["request"] for said in self.said[handle]]
        return "joinandconfigure" in told and "detach" not in told

    @property
    def publishing(self) -> list[int]:
        return [handle for handle in self.said if self.is_publishing(handle)]

    async def post(self, session: str, *, replace: bool = False) -> None:
        params = {"conference": C, "site": SITE, "session": session, "offer": "v=0"}
        await self.sessions.publish({**params, "replace": replace})

    async def play(self, session: str) -> Held:
        """The listener, as it is there at once."""
        await self.sessions.play({"conference": C, "session": session, "feed": "program"})
        held = self.present.get(("listener", C, session))
        assert held is not None
        return held

    async def settled(self) -> None:
        """Until what was waited for came, or was given up."""
        while self.ground._tasks:
            await next(iter(self.ground._tasks))


@pytest.fixture
def house() -> House:
    return House()


async def test_one_that_is_not_up_yet_is_replaced_at_once(house: House) -> None:
    await house.post("one")
    (first,) = house.publishing
    await house.post("two", replace=True)
    assert len(house.publishing) == 1
    assert not house.is_publishing(first)


async def test_one_that_is_not_up_yet_is_there_for_whoever_would_not_replace_it(
    house: House,
) -> None:
    await house.post("one")
    with pytest.raises(MediaError) as refused:
        await house.post("two")
    assert refused.value.code == "already-publishing"


async def test_one_that_is_not_up_yet_hears_its_clients_candidates_and_ends(house: House) -> None:
    await house.post("one")
    (handle,) = house.publishing
    of_it = {"conference": C, "session": "one"}
    await house.sessions.trickle({**of_it, "fragment": FRAGMENT})
    assert house.said[handle][-1] == {"request": "trickle"}
    await house.sessions.unpublish(of_it)
    assert house.publishing == []
    await house.post("two")


async def test_a_player_that_never_answers_is_there_at_once_and_given_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "JOIN_TIMEOUT_S", 0)
    house.put(MixerFeed(C, "program"))
    listener = await house.play("one")
    await house.settled()
    assert house.present.get(listener.resource.key) is None
    assert listener.handle is not None
    assert house.said[listener.handle.number][-1] == {"request": "detach"}


async def test_a_player_that_answers_stays(house: House) -> None:
    house.put(MixerFeed(C, "program"))
    listener = await house.play("one")
    assert listener.handle is not None
    listener.handle.up.set()
    await house.settled()
    assert house.present.get(listener.resource.key) is listener
