"""What a sending end of a link is told when it is to draw on another feed."""

from dataclasses import replace
from typing import Any

import pytest

from diemcau.domain.resources import BLANK, ChildLink, Downlink, MixerFeed, Room, Uplink
from diemcau.mcu.adoption import _resource
from diemcau.mcu.links import Links, link_mids
from diemcau.mcu.rooms import feed_mids
from diemcau.ports.media import MediaError
from tests.unit.mcu.janus_ground import JanusGround

C, CHILD = "c1", "vnpt"
BUS, RETURN = ChildLink(C, CHILD, "program", ""), ChildLink(C, CHILD, "return/0", "")


def changed(feed: str, *mids: tuple[str, str]) -> list[dict[str, str]]:
    return [{"feed": feed, "mid": mid, "sub_mid": sub_mid} for mid, sub_mid in mids]


@pytest.fixture
def janus() -> JanusGround:
    made = JanusGround()
    made.put(Room(C))
    made.put(Downlink(C, "program", "chinh-phu", "e2"))
    made.put(MixerFeed(C, "return/3"), mids=feed_mids("return/3"))
    made.put(ChildLink(C, "viettel", "up/1"))
    return made


@pytest.mark.parametrize(
    ("old", "source", "told"),
    [
        (BUS, "program", changed("program", ("0", "0"), ("1", "1"))),
        (RETURN, "return/3", changed("return/3", ("5", "0"))),
        (RETURN, BLANK, changed(BLANK, ("0", "0"))),
        (Uplink(C, 0, "t", "e1"), "up/viettel/1", changed("up/viettel/1", ("0", "0"), ("1", "1"))),
    ],
)
async def test_all_that_a_link_has_is_switched(
    janus: JanusGround, old: Any, source: str, told: list[dict[str, str]]
) -> None:
    """After a parent's new life a child gets back the programme's picture with its sound."""
    held = janus.put(old, 7, link_mids(getattr(old, "link", "")))
    janus.infos[7] = {}
    new = type(old)(**{**vars(old), "source": source})
    await Links(janus.ground, lambda key: None).switch(old, new)
    assert janus.said[7][0] == {"request": "switch", "streams": told}
    assert held.resource == new


async def test_what_janus_passed_over_is_not_believed(janus: JanusGround) -> None:
    held = janus.put(RETURN, 7, link_mids(RETURN.link))
    janus.drawn = {"feed_id": BLANK}
    with pytest.raises(MediaError) as refused:
        await Links(janus.ground, lambda key: None).switch(
            RETURN, replace(RETURN, source="return/3")
        )
    assert refused.value.code == "not-switched"
    assert held.resource == RETURN


async def test_what_does_not_flow_yet_is_answered_whether_it_was_offered_or_not(
    janus: JanusGround,
) -> None:
    """The answer to a former offer may have failed."""
    janus.put(RETURN, 7, link_mids(RETURN.link))
    janus.infos[7] = {"sdps": {"remote": "v=0"}}
    janus.drawn = {"ready": False}
    await Links(janus.ground, lambda key: None).switch(RETURN, replace(RETURN, source="return/3"))
    assert [told["request"] for told in janus.said[7]] == ["switch", "start"]


@pytest.mark.parametrize(
    ("picture", "sound", "source"),
    [("program", "program", "program"), ("", "program", ""), ("", "", "")],
)
def test_a_bus_that_lacks_its_picture_is_found_to_lack_its_source(
    picture: str, sound: str, source: str
) -> None:
    """… by the next agent, which then gives it back."""
    streams = [{"type": "audio", "feed_id": sound}, {"type": "video", "feed_id": picture}]
    found = _resource("child-link|c1|vnpt|program", {"streams": streams})
    assert found == ChildLink(C, CHILD, "program", source)


def test_a_return_has_no_picture_to_lack() -> None:
    streams = [{"type": "audio", "feed_id": "return/3"}]
    found = _resource("child-link|c1|vnpt|return/0", {"streams": streams})
    assert found == ChildLink(C, CHILD, "return/0", "return/3")
