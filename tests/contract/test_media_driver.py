"""One contract for the media of an MCU, in memory and in Janus, under the real reconciler."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from diemcau.domain.resources import (
    BLANK,
    Admission,
    ChildLink,
    Downlink,
    Listener,
    MixerFeed,
    Resource,
    Room,
    Uplink,
)
from diemcau.domain.source import content_of
from diemcau.examiner import sender
from diemcau.lab.net import Network
from diemcau.lab.watching import now_ms
from diemcau.mcu import media
from diemcau.mcu.ground import Ground
from diemcau.mcu.media import JanusMedia
from diemcau.mcu.mixers import AUDIO_SSRC, audio_index
from diemcau.mcu.ports import free_udp_ports
from diemcau.mcu.present import Held
from diemcau.mcu.rooms import Rooms, feed_mids
from diemcau.mcu.statistics import sizes_of
from diemcau.ports.media import MediaError
from diemcau.testing import FakeMedia
from tests.contract.media_rigs import CHILD, CONFERENCE, PARENT, FakeRig, JanusRig, Rig, until
from tests.offers import accept, is_up, publisher

LANE = "up/B/0"
SILENCE = b"\xf8\xff\xfe"
"""A packet of Opus."""

ABOVE = (
    Room(CONFERENCE),
    ChildLink(CONFERENCE, CHILD, "up/0"),
    ChildLink(CONFERENCE, CHILD, "return/0", BLANK),
)


@pytest.fixture(params=["fake", pytest.param("janus", marks=pytest.mark.media)])
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    if request.param == "fake":
        async with FakeRig() as made:
            yield made
        return
    with Network() as network:
        network.host("neighbour")  # a bridge without a neighbour is down
        async with JanusRig(tmp_path, network.address) as made:
            yield made


def below(rig: Rig, source: str = BLANK, *sites: str) -> tuple[Resource, ...]:
    """What the child shall have: a lane with its return, and these sites (by default two)."""
    epoch = rig.nodes[PARENT].media.epoch
    admitted = (Admission(CONFERENCE, site, "program") for site in sites or ("s1", "s2"))
    lane = Uplink(CONFERENCE, 0, PARENT, epoch, source)
    return Room(CONFERENCE), lane, Downlink(CONFERENCE, "return/0", PARENT, epoch), *admitted


async def linked(rig: Rig, source: str = BLANK) -> None:
    rig.desire(PARENT, *ABOVE)
    rig.desire(CHILD, *below(rig, source))
    await rig.settled()
    above = rig.nodes[PARENT]
    await until(lambda: above.has("child-link", CONFERENCE, CHILD, "up/0"), "the lane above")


async def test_rooms_come_and_go(rig: Rig) -> None:
    rig.desire(PARENT, Room("c1"), Room("c2"))
    await rig.settled()
    assert set(rig.nodes[PARENT].media.observed) == {Room("c1"), Room("c2")}
    rig.desire(PARENT, Room("c2"))
    await rig.settled()
    assert rig.nodes[PARENT].media.observed == (Room("c2"),)
    rig.desire(PARENT)
    await rig.settled()
    assert rig.nodes[PARENT].media.observed == ()


async def test_a_link_comes_up_and_is_switched_from_site_to_site_to_nothing(rig: Rig) -> None:
    await linked(rig)
    assert rig.nodes[PARENT].has("child-link", CONFERENCE, CHILD, "up/0")
    assert rig.nodes[CHILD].has("downlink", CONFERENCE, "return/0")
    await rig.join("s1", "one")
    await rig.join("s2", "two")
    watch = await rig.watch(LANE)
    for site in ("s1", "s2", "s1"):
        rig.desire(CHILD, *below(rig, f"site/{site}"))
        await rig.settled()
        await until(lambda site=site: watch.shows(site), f"{site} at the parent")  # type: ignore[misc]
    rig.desire(CHILD, *below(rig))
    await rig.settled()
    await until(lambda: watch.shows(""), "nothing at the parent")


async def test_a_lane_waits_for_a_site_that_is_not_there_yet(rig: Rig) -> None:
    await linked(rig, "site/s1")
    lane = next(r for r in rig.nodes[CHILD].media.observed if isinstance(r, Uplink))
    assert lane.source == BLANK
    watch = await rig.watch(LANE)
    await rig.join("s1", "one")
    await until(lambda: watch.shows("s1"), "the site, as soon as it is there")


async def test_a_publisher_that_leaves_and_returns_is_switched_to_again(rig: Rig) -> None:
    await linked(rig, "site/s1")
    await rig.join("s1", "one")
    watch = await rig.watch(LANE)
    await until(lambda: watch.shows("s1"), "the site")
    await rig.part("s1")
    await until(lambda: not rig.nodes[CHILD].has("publisher", CONFERENCE, "s1"), "it is gone")
    await until(lambda: watch.shows(""), "no picture of it")
    await rig.settled()
    await rig.join("s1", "two")
    await until(lambda: watch.shows("s1"), "the site again")
    await rig.settled()


async def test_content_goes_up_like_its_site_and_ends_without_it(rig: Rig) -> None:
    content = content_of("s1")
    await linked(rig, f"site/{content}")
    await rig.join("s1", "one")
    await rig.join(content, "two")
    watch = await rig.watch(LANE)
    await until(lambda: watch.shows(content), "the content")
    await rig.nodes[CHILD].leave()
    await rig.enter(CHILD)
    assert rig.nodes[CHILD].has("publisher", CONFERENCE, content)
    rig.desire(CHILD, *below(rig, "site/s1"))
    await until(lambda: watch.shows("s1"), "its site, by the successor's doing")
    await rig.part(content)
    await until(lambda: not rig.nodes[CHILD].has("publisher", CONFERENCE, content), "it ended")
    assert rig.nodes[CHILD].has("publisher", CONFERENCE, "s1")
    rig.desire(CHILD, *below(rig, BLANK, "s2"))
    await rig.settled()
    assert not rig.nodes[CHILD].has("publisher", CONFERENCE, "s1")


async def test_an_agent_that_leaves_is_succeeded_and_nothing_is_made_anew(rig: Rig) -> None:
    await linked(rig, "site/s1")
    await rig.join("s1", "one")
    await rig.join("s2", "two")
    watch = await rig.watch(LANE)
    await until(lambda: watch.shows("s1"), "the site")
    await rig.settled()
    before, handles = set(rig.nodes[CHILD].media.observed), rig.handles(CHILD)
    begun = now_ms()
    await rig.nodes[CHILD].leave()
    await rig.enter(CHILD)
    assert set(rig.nodes[CHILD].media.observed) == before
    rig.desire(CHILD, *below(rig, "site/s1"))
    await rig.settled()
    assert rig.handles(CHILD) == handles
    assert watch.longest_gap_ms(begun) < 500
    rig.desire(CHILD, *below(rig, "site/s2"))
    await until(lambda: watch.shows("s2"), "the other site, by the successor's doing")


async def test_a_successor_that_knows_no_wish_touches_nothing(rig: Rig) -> None:
    await linked(rig)
    await rig.nodes[CHILD].leave()
    await rig.enter(CHILD)
    handles = rig.handles(CHILD)
    assert rig.nodes[CHILD].has("uplink", CONFERENCE, "0")
    rig.nodes[CHILD].reconciler.wake()
    assert rig.handles(CHILD) == handles


async def test_a_parents_new_life_gets_new_links(rig: Rig) -> None:
    await linked(rig, "site/s1")
    await rig.join("s1", "one")
    old = rig.nodes[PARENT].media.epoch
    rig.kill(PARENT)
    await until(lambda: rig.nodes[PARENT].media.epoch not in ("", old), "another life")
    rig.desire(CHILD, *below(rig, "site/s1"))
    await until(lambda: rig.nodes[PARENT].has("child-link", CONFERENCE, CHILD, "up/0"), "a link")
    await rig.settled()
    watch = await rig.watch(LANE)
    await until(lambda: watch.shows("s1"), "the site over the new link")


async def test_a_link_that_is_not_planned_is_refused(rig: Rig) -> None:
    rig.desire(PARENT, Room(CONFERENCE))
    rig.desire(CHILD, *below(rig))
    await until(lambda: rig.nodes[CHILD].has("room", CONFERENCE), "the child's room")
    await until(lambda: rig.nodes[PARENT].has("room", CONFERENCE), "the parent's room")
    with pytest.raises(MediaError) as refused:
        await rig.request(PARENT, "link.up", child=CHILD, lane=0, offer=rig.offer())
    assert refused.value.code == "not-planned"
    with pytest.raises(MediaError) as refused:
        await rig.request(PARENT, "link.down", child=CHILD, feed="program")
    assert refused.value.code == "not-planned"
    assert not rig.nodes[CHILD].has("uplink", CONFERENCE, "0")
    rig.desire(PARENT, *ABOVE)  # once it is planned, the child gets it by itself
    await rig.settled()


REFUSALS: list[tuple[str, dict[str, str], str]] = [
    ("whip.publish", {"site": "s3", "session": "x", "offer": "v=0"}, "not-admitted"),
    ("whip.publish", {"site": "s1", "session": "x", "offer": "hello"}, "bad-sdp"),
    ("whip.publish", {"site": "s1"}, "bad-params"),
    ("whip.trickle", {"session": "x", "fragment": ""}, "no-session"),
    ("whip.end", {"session": "x"}, "no-session"),
    ("whep.play", {"session": "x", "site": "s3", "feed": BLANK}, "not-admitted"),
    ("whep.play", {"session": "x", "site": "s1", "feed": "program"}, "no-feed"),
    ("whep.answer", {"session": "x", "answer": "v=0"}, "no-session"),
    ("whep.keyframe", {"session": "x"}, "no-session"),
    ("whep.end", {"session": "x"}, "no-session"),
    ("link.down-answer", {"child": "B", "feed": "program", "answer": ""}, "no-link"),
    ("make.coffee", {}, "unknown-method"),
]


@pytest.mark.parametrize(("method", "params", "code"), REFUSALS)
async def test_senseless_requests_are_refused_by_code(
    method: str, params: dict[str, str], code: str
) -> None:
    """In memory; Janus is asked all of them in one go below."""
    async with FakeRig() as rig:
        await refuses(rig, method, params, code)


@pytest.mark.media
async def test_janus_refuses_by_the_same_codes(tmp_path: Path) -> None:
    with Network() as network:
        network.host("neighbour")
        async with JanusRig(tmp_path, network.address) as rig:
            for method, params, code in REFUSALS:
                await refuses(rig, method, params, code)


def stopped(rig: Rig) -> tuple[list[str], list[str]]:
    """The sites that are silent, and those that are blind."""
    media = rig.nodes[CHILD].media
    assert isinstance(media, JanusMedia)
    return [site for _, site in media.silent], [site for _, site in media.blind]


@pytest.mark.media
async def test_a_picture_that_stops_alone_is_told_also_by_the_next_agent(tmp_path: Path) -> None:
    with Network() as network:
        network.host("neighbour")
        async with JanusRig(tmp_path, network.address) as rig, publisher() as (connection, offer):
            rig.desire(CHILD, Room(CONFERENCE), Admission(CONFERENCE, "s1", "program"))
            await rig.settled()
            about = {"site": "s1", "session": "one", "offer": offer}
            reply = await rig.request(CHILD, "whip.publish", **about)
            await accept(connection, reply["answer"])
            await is_up(connection)
            camera = next(one for one in connection.getSenders() if one.kind == "video")
            picture = camera.track
            node = rig.nodes[CHILD]
            await until(lambda: node.has("publisher", CONFERENCE, "s1"), "the site")
            assert stopped(rig) == ([], [])
            camera.replaceTrack(None)
            await until(lambda: stopped(rig) == ([], ["s1"]), "its picture missed")
            await rig.nodes[CHILD].leave()
            await rig.enter(CHILD)
            assert stopped(rig) == ([], ["s1"])
            camera.replaceTrack(picture)
            await until(lambda: stopped(rig) == ([], []), "its picture back")


@pytest.mark.media
async def test_whoever_drew_on_a_feed_of_rtp_outlives_it(tmp_path: Path) -> None:
    """Of such feeds Janus offers anew when they end, whatever it was asked."""
    with Network() as network:
        network.host("neighbour")
        async with JanusRig(tmp_path, network.address) as rig:
            await linked(rig, "site/s1")
            await rig.join("s1", "one")
            watch = await rig.watch(LANE)
            await until(lambda: watch.shows("s1"), "the site")
            ground, held = watching(rig)
            rooms = Rooms(ground, None)  # type: ignore[arg-type]
            port, rtcp_port = free_udp_ports(2)
            await rooms.add_feed(CONFERENCE, "program", port, rtcp_port, video=True)
            await ground.switch(held, [("program", "0", "0"), ("program", "1", "1")])
            await until(lambda: watch.shows(""), "nothing comes of it")
            await rooms.remove_feed(CONFERENCE, "program")
            lane = ground.present.feed(CONFERENCE, LANE)
            assert lane is not None
            streams = [(LANE, lane.mids.audio, "0"), (LANE, lane.mids.video, "1")]
            await ground.switch(held, streams)
            await until(lambda: watch.shows("s1"), "the site again")


def watching(rig: Rig) -> tuple[Ground, Held]:
    """The parent's ground, and whoever watches there."""
    media = rig.nodes[PARENT].media
    assert isinstance(media, JanusMedia)
    (held,) = (one for one in media.present.held if isinstance(one.resource, Listener))
    return media.ground, held


@pytest.mark.media
async def test_a_source_that_comes_back_after_a_quarter_of_an_hour_is_heard_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its packets' numbers went on meanwhile, and are more than half of them all ahead."""
    feed, link = "return/3", ChildLink(CONFERENCE, CHILD, "return/0")
    with Network() as network:
        network.host("neighbour")
        async with JanusRig(tmp_path, network.address) as rig:
            rig.desire(PARENT, *ABOVE)
            await rig.settled()
            above = rig.nodes[PARENT].media
            assert isinstance(above, JanusMedia)
            rooms = Rooms(above.ground, None)  # type: ignore[arg-type]
            port, rtcp_port = free_udp_ports(2)
            await rooms.add_feed(CONFERENCE, feed, port, rtcp_port)
            made = MixerFeed(CONFERENCE, feed)
            above.present.put(Held(made, mids=feed_mids(feed)))
            rig.desire(PARENT, *ABOVE[:2], made, replace(link, source=BLANK))
            rig.desire(CHILD, *below(rig))
            await rig.settled()
            await until(lambda: rig.nodes[PARENT].has(*link.key), "the return")
            ssrc = AUDIO_SSRC + 10 * audio_index(feed)
            for quarter in range(3):
                rig.desire(PARENT, *ABOVE[:2], made, replace(link, source=feed))
                await rig.settled()
                clock = SimpleNamespace(time=lambda now=900.0 * quarter: now)
                monkeypatch.setattr(sender, "time", clock)
                before, start = await came(rig), asyncio.get_running_loop().time()
                await sender.send([SILENCE] * 20, ("127.0.0.1", port), ssrc, start)
                async with asyncio.timeout(5):
                    while await came(rig) < before + 20:
                        await asyncio.sleep(0.02)
                rig.desire(PARENT, *ABOVE[:2], made, replace(link, source=BLANK))
                await rig.settled()


async def came(rig: Rig) -> int:
    """Packets of sound that came down to the child."""
    media = rig.nodes[CHILD].media
    assert isinstance(media, JanusMedia)
    held = media.present.get(("downlink", CONFERENCE, "return/0"))
    assert held is not None
    return sum(size["packets"] for size in sizes_of(await media.ground.media(held), "in").values())


@pytest.mark.media
async def test_a_janus_that_many_feeds_came_and_went_in_begins_afresh_when_nothing_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each leaves two ports behind."""
    monkeypatch.setattr(media, "WORN_OUT", 2)
    with Network() as network:
        network.host("neighbour")
        async with JanusRig(tmp_path, network.address) as rig:
            node = rig.nodes[PARENT]
            first = node.media.epoch
            rig.desire(PARENT, Room("c1"), Room("c2"), Room("c3"))
            await rig.settled()
            rig.desire(PARENT, Room("c1"))
            await rig.settled()
            assert node.media.epoch == first
            rig.desire(PARENT)
            await until(lambda: node.media.epoch not in ("", first), "another life")
            second = node.media.epoch
            rig.desire(PARENT, Room("c4"))
            await rig.settled()
            rig.desire(PARENT)
            await rig.settled()
            assert node.media.epoch == second


@pytest.mark.media
async def test_media_outlive_an_agent_that_is_away(tmp_path: Path) -> None:
    """For a week; nothing else ends a session of Janus."""
    with Network() as network:
        network.host("neighbour")
        async with JanusRig(tmp_path, network.address) as rig:
            above = rig.nodes[PARENT].media
            assert isinstance(above, JanusMedia)
            assert above.ground.session is not None
            info = await above.ground.session._connection.request({"janus": "info"})
            assert (info["session-timeout"], info["reclaim-session-timeout"]) == (0, 7 * 24 * 3600)


async def refuses(rig: Rig, method: str, params: dict[str, str], code: str) -> None:
    rig.desire(CHILD, Room(CONFERENCE), Admission(CONFERENCE, "s1", "program"))
    await rig.settled()
    before = rig.nodes[CHILD].media.observed
    with pytest.raises(MediaError) as refused:
        await rig.request(CHILD, method, **params)
    assert refused.value.code == code
    assert rig.nodes[CHILD].media.observed == before


async def test_a_key_that_fails_holds_up_no_other() -> None:
    async with FakeRig() as rig:
        media = rig.nodes[CHILD].media
        assert isinstance(media, FakeMedia)
        media.failing.add(("uplink", CONFERENCE, "0"))
        rig.desire(PARENT, *ABOVE, ChildLink(CONFERENCE, CHILD, "up/1"))
        second = replace(next(r for r in below(rig) if isinstance(r, Uplink)), lane=1)
        rig.desire(CHILD, *below(rig), second)
        await until(lambda: rig.nodes[CHILD].has("uplink", CONFERENCE, "1"), "the other lane")
        await until(lambda: rig.nodes[CHILD].has("downlink", CONFERENCE, "return/0"), "the return")
        assert not rig.nodes[CHILD].has("uplink", CONFERENCE, "0")
        media.failing.clear()
        await rig.settled()
        assert rig.nodes[CHILD].has("uplink", CONFERENCE, "0")
        tries = [done for done in media.done if done == ("create", ("uplink", CONFERENCE, "0"))]
        assert 1 < len(tries) < 20  # it is tried again, at growing intervals
