"""WHIP and WHEP of docs/protocol.md section 3: every bad input has its status and its document."""

import asyncio
from typing import Any

import httpx2
import pytest

from diemcau.domain.roles import Role
from diemcau.services import sessions
from diemcau.testing.app import FakeServer
from diemcau.testing.samples import MASTER, NORTH, OFFER

SDP = {"Content-Type": "application/sdp"}
FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}
CANDIDATE = "a=ice-ufrag:abcd\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


class Site:
    """A site that publishes and plays."""

    def __init__(self, house: FakeServer, client: httpx2.AsyncClient) -> None:
        self.house, self.client = house, client
        self.conference = house.conference.id
        self.headers = bearer(house.token(Role.SITE, "s-bac-1"))

    async def publish(self, query: str = "", offer: str = OFFER) -> httpx2.Response:
        url = f"/whip/{self.conference}/s-bac-1{query}"
        return await self.client.post(url, content=offer, headers={**self.headers, **SDP})

    async def play(self, feed: str = "program", **more: Any) -> httpx2.Response:
        url = f"/whep/{self.conference}/{feed}"
        return await self.client.post(url, headers={**self.headers, **more.pop("h", {})}, **more)

    def observe(self, mcu: str, **sessions: str) -> None:
        """The MCU tells which sites publish there ("_" for "-" in their ids)."""
        resources: list[dict[str, Any]] = [{"kind": "room", "conference": self.conference}]
        for site, session in sessions.items():
            entry = {"kind": "publisher", "site": site.replace("_", "-"), "session": session}
            resources.append({**entry, "conference": self.conference})
        params = {"epoch": "e", "resources": resources}
        self.house.server.observations.observed(mcu, params)


@pytest.fixture
def site(house: FakeServer, client: httpx2.AsyncClient) -> Site:
    return Site(house, client)


def is_problem(answer: httpx2.Response, status: int, name: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:diemcau:{name}"
    assert answer.headers["access-control-allow-origin"] == "*"
    if status == 503:
        assert int(answer.headers["retry-after"]) > 0


async def test_a_site_publishes_at_its_home_mcu(site: Site) -> None:
    answer = await site.publish()
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/sdp"
    mcu, method, params = site.house.mcus.requests[-1]
    assert (mcu, method, params["site"], params["offer"]) == (
        NORTH,
        "whip.publish",
        "s-bac-1",
        OFFER,
    )
    assert answer.headers["location"] == f"/whip/{site.conference}/s-bac-1/{params['session']}"
    assert answer.headers["etag"] == f'"{params["session"]}"'


async def test_candidates_trickle_and_the_session_ends(site: Site) -> None:
    location = (await site.publish()).headers["location"]
    headers = {**site.headers, **FRAGMENT}
    assert (
        await site.client.patch(location, content=CANDIDATE, headers=headers)
    ).status_code == 204
    assert site.house.mcus.requests[-1][2]["fragment"] == CANDIDATE
    assert (await site.client.delete(location, headers=site.headers)).status_code == 200
    assert site.house.mcus.requests[-1][1] == "whip.end"
    site.observe(NORTH)
    is_problem(await site.client.delete(location, headers=site.headers), 404, "unknown-session")


async def test_a_published_site_is_connecting_and_a_refused_one_is_not(site: Site) -> None:
    def state() -> Any:
        snapshot = site.house.server.hub.snapshot(site.conference, "*")
        return snapshot["state"]["sites"]["s-bac-1"]["state"]

    site.house.mcus.refusals["whip.publish"] = "no-room"
    await site.publish()
    assert state() == "off"
    site.house.mcus.refusals.clear()
    await site.publish()
    assert state() == "connecting"


async def test_a_site_that_never_came_is_not_connecting_for_ever(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "UP_WITHIN_S", 0.05)
    assert (await site.publish("?client=kiosk000")).status_code == 201
    said = site.house.server.observations.of(site.conference)
    async with asyncio.timeout(5):
        while said.expected:
            await asyncio.sleep(0.01)
    ask = site.house.mcus.request

    async def is_up_at_once(mcu: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = await ask(mcu, method, params)
        site.observe(NORTH, s_bac_1=params["session"])
        return answer

    monkeypatch.setattr(site.house.mcus, "request", is_up_at_once)
    assert (await site.publish("?client=laptop00")).status_code == 201
    await asyncio.sleep(2 * sessions.UP_WITHIN_S)  # timers go off in their order
    assert said.expected == {"s-bac-1": True}


async def test_a_site_whose_media_ended_before_its_farewell_came_has_left(site: Site) -> None:
    location = (await site.publish()).headers["location"]
    site.observe(NORTH, s_bac_1=location.rpartition("/")[2])
    site.observe(NORTH)
    site.house.mcus.refusals["whip.end"] = "no-session"
    is_problem(await site.client.delete(location, headers=site.headers), 404, "unknown-session")
    snapshot = site.house.server.hub.snapshot(site.conference, "*")
    assert snapshot["state"]["sites"]["s-bac-1"]["state"] == "off"


async def test_a_second_publisher_of_a_site_must_ask_to_replace_the_first(site: Site) -> None:
    first = await site.publish()
    session = first.headers["location"].rpartition("/")[2]
    site.observe(NORTH, s_bac_1=session)
    is_problem(await site.publish(), 409, "already-publishing")
    again = await site.publish("?replace=true")
    assert again.status_code == 201
    assert site.house.mcus.requests[-1][2]["replace"] is True


async def test_a_second_publisher_that_is_refused_leaves_the_first_on_its_way(site: Site) -> None:
    location = (await site.publish()).headers["location"]
    site.observe(NORTH)
    site.house.mcus.refusals["whip.publish"] = "already-publishing"
    is_problem(await site.publish(), 409, "already-publishing")
    headers = {**site.headers, **FRAGMENT}
    answer = await site.client.patch(location, content=CANDIDATE, headers=headers)
    assert answer.status_code == 204


async def test_a_page_makes_its_own_session_anew_but_takes_no_other_ones_place_unasked(
    site: Site,
) -> None:
    """Also while the other is only about to publish, and the MCU still has the first."""
    kiosk, laptop = "?client=kiosk000", "?client=laptop00"
    first = (await site.publish(kiosk)).headers["location"].rpartition("/")[2]
    assert first.startswith("kiosk000-")
    site.observe(NORTH, s_bac_1=first)
    assert (await site.publish(kiosk)).status_code == 201
    assert site.house.mcus.requests[-1][2]["replace"] is True
    is_problem(await site.publish(laptop), 409, "already-publishing")
    assert (await site.publish(laptop + "&replace=true")).status_code == 201
    is_problem(await site.publish(kiosk), 409, "already-publishing")
    second = site.house.mcus.requests[-1][2]["session"]
    site.observe(NORTH, s_bac_1=second)
    is_problem(await site.publish(kiosk), 409, "already-publishing")
    await site.client.delete(f"/whip/{site.conference}/s-bac-1/{second}", headers=site.headers)
    site.observe(NORTH)
    assert (await site.publish(kiosk)).status_code == 201


@pytest.mark.parametrize("name", ["short", "With-Dash-00", "x" * 33])
async def test_a_name_of_a_client_that_fits_in_no_id_is_refused(name: str, site: Site) -> None:
    is_problem(await site.publish(f"?client={name}"), 422, "invalid")


async def test_a_full_conference_takes_no_further_site_but_a_returning_one(site: Site) -> None:
    others = ["s-bac-2", "s-nam-1"]
    object.__setattr__(site.house.conference, "max_sites", 2)
    site.observe(NORTH, s_bac_2="1")
    site.house.server.observations.joining(site.conference, others[1], "2")
    is_problem(await site.publish(), 503, "conference-full")
    site.house.server.observations.left(site.conference, others[1], "2")
    assert (await site.publish()).status_code == 201
    site.observe(NORTH, s_bac_1="3", s_bac_2="1")
    assert (await site.publish("?replace=true")).status_code == 201


async def test_content_is_published_beside_its_site_and_ends_without_it(site: Site) -> None:
    first = await site.publish()
    session = first.headers["location"].rpartition("/")[2]
    site.observe(NORTH, s_bac_1=session)
    answer = await site.publish("?content=true")
    assert answer.status_code == 201
    mcu, method, params = site.house.mcus.requests[-1]
    assert (mcu, method, params["site"]) == (NORTH, "whip.publish", "s-bac-1.content")
    location = answer.headers["location"]
    assert location == f"/whip/{site.conference}/s-bac-1/{params['session']}?content=true"
    site.observe(NORTH, **{"s_bac_1": session, "s_bac_1.content": params["session"]})
    is_problem(await site.publish("?content=true"), 409, "already-publishing")
    assert (await site.publish("?content=true&replace=true")).status_code == 201
    headers = {**site.headers, **FRAGMENT}
    trickled = await site.client.patch(location, content=CANDIDATE, headers=headers)
    assert trickled.status_code == 204
    assert (await site.client.delete(location, headers=site.headers)).status_code == 200
    assert site.house.mcus.requests[-1][2]["session"] == params["session"]
    ours = first.headers["location"]
    assert (await site.client.delete(ours, headers=site.headers)).status_code == 200


async def test_a_session_of_the_site_is_none_of_its_content(site: Site) -> None:
    location = (await site.publish()).headers["location"]
    site.observe(NORTH)
    answer = await site.client.delete(f"{location}?content=true", headers=site.headers)
    is_problem(answer, 404, "unknown-session")


async def test_nobody_publishes_the_content_of_another_site(site: Site) -> None:
    url = f"/whip/{site.conference}/s-bac-2?content=true"
    answer = await site.client.post(url, content=OFFER, headers={**site.headers, **SDP})
    assert answer.status_code == 403


async def test_content_counts_for_no_site_and_comes_in_where_its_site_may(site: Site) -> None:
    object.__setattr__(site.house.conference, "max_sites", 1)
    site.observe(NORTH, **{"s_bac_2": "1", "s_bac_2.content": "2"})
    is_problem(await site.publish("?content=true"), 503, "conference-full")
    site.observe(NORTH, **{"s_bac_1": "3", "s_bac_2.content": "2"})
    assert (await site.publish("?content=true")).status_code == 201
    object.__setattr__(site.house.conference, "locked", True)
    object.__setattr__(site.house.conference, "admitted", frozenset({"s-bac-1"}))
    assert (await site.publish("?content=true&replace=true")).status_code == 201
    object.__setattr__(site.house.conference, "admitted", frozenset())
    is_problem(await site.publish("?content=true"), 409, "conference-locked")


async def test_content_is_played_from_its_sites_mcu(site: Site) -> None:
    site.headers = bearer(site.house.token(Role.OPERATOR))
    assert (await site.play("site/s-bac-1.content")).status_code == 201
    assert site.house.mcus.requests[-1][0] == NORTH
    is_problem(await site.play("site/nobody.content"), 404, "unknown")


async def test_sessions_survive_a_restart_of_the_server(site: Site) -> None:
    site.observe(NORTH, s_bac_1="from-before")
    site.house.server.observations.reported.add(NORTH)
    url = f"/whip/{site.conference}/s-bac-1/from-before"
    assert (await site.client.delete(url, headers=site.headers)).status_code == 200


BAD_OFFERS = [
    ("", 400, "bad-sdp"),
    ("hello", 400, "bad-sdp"),
    ("v=0\r\ns=-\r\n", 400, "bad-sdp"),
    (OFFER.replace("a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n", ""), 400, "bad-sdp"),
    (OFFER.replace("opus", "PCMA"), 422, "no-common-codec"),
    (OFFER.replace("H264", "VP9"), 422, "no-common-codec"),
    (OFFER.replace("42e01f", "64001f"), 422, "no-common-codec"),
    (OFFER.replace("sendonly", "recvonly"), 422, "no-common-codec"),
    (OFFER + "a=x:" + "y" * 65536, 413, "too-large"),
]


@pytest.mark.parametrize(("offer", "status", "name"), BAD_OFFERS)
async def test_a_bad_offer_is_refused_before_any_mcu_is_asked(
    offer: str, status: int, name: str, site: Site
) -> None:
    is_problem(await site.publish(offer=offer), status, name)
    assert site.house.mcus.requests == []


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"v=0\x00"])
async def test_an_offer_that_is_no_text_is_malformed(body: bytes, site: Site) -> None:
    url = f"/whip/{site.conference}/s-bac-1"
    answer = await site.client.post(url, content=body, headers={**site.headers, **SDP})
    is_problem(answer, 400, "bad-sdp")


@pytest.mark.parametrize(
    ("role", "mine", "conference", "status", "name"),
    [
        (None, "", None, 401, "no-token"),
        (Role.SITE, "s-bac-2", None, 403, "token-elsewhere"),
        (Role.SITE, "s-bac-1", "c-other", 403, "token-elsewhere"),
        (Role.CHAIR, "", None, 403, "token-elsewhere"),
        (Role.VIEWER, "", None, 403, "not-allowed"),
        (Role.OPERATOR, "", "c-other", 403, "token-elsewhere"),
    ],
)
async def test_nobody_publishes_for_a_site_that_is_not_his(
    role: Role | None, mine: str, conference: str | None, status: int, name: str, site: Site
) -> None:
    token = site.house.token(role, mine, conference) if role else ""
    site.headers = bearer(token) if role else {}
    is_problem(await site.publish(), status, name)


async def test_bad_and_expired_tokens_are_told_apart(site: Site) -> None:
    good = dict(site.headers)
    site.headers = bearer("x.y.z")
    is_problem(await site.publish(), 401, "token-invalid")
    site.house.clock.advance(13 * 3600)
    site.headers = good
    is_problem(await site.publish(), 401, "token-expired")


@pytest.mark.parametrize("path", ["/whip/c-none/s-bac-1", "/whip/{c}/s-none", "/whip/{c}/s-bac-9"])
async def test_unknown_conferences_and_sites_are_not_found(path: str, site: Site) -> None:
    headers = {**bearer(site.house.token(Role.OPERATOR)), **SDP}
    answer = await site.client.post(
        path.replace("{c}", site.conference), content=OFFER, headers=headers
    )
    assert answer.status_code == 404
    assert answer.json()["type"].startswith("urn:diemcau:unknown")


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
async def test_another_content_type_is_refused(kind: str, site: Site) -> None:
    headers = {**site.headers, "Content-Type": kind}
    url = f"/whip/{site.conference}/s-bac-1"
    is_problem(
        await site.client.post(url, content=OFFER, headers=headers), 415, "wrong-content-type"
    )
    patch = await site.client.patch(f"{url}/x", content=CANDIDATE, headers=headers)
    is_problem(patch, 415, "wrong-content-type")
    play = await site.play(content=OFFER, h={"Content-Type": kind})
    is_problem(play, 415, "wrong-content-type")


@pytest.mark.parametrize(
    ("code", "status", "name"),
    [
        ("already-publishing", 409, "already-publishing"),
        ("bad-sdp", 400, "bad-sdp"),
        ("not-admitted", 503, "mcu-not-ready"),
        ("no-room", 503, "mcu-not-ready"),
        ("internal", 503, "mcu-not-ready"),
    ],
)
async def test_what_an_mcu_refuses_is_passed_on(
    code: str, status: int, name: str, site: Site
) -> None:
    site.house.mcus.refusals["whip.publish"] = code
    is_problem(await site.publish(), status, name)


async def test_an_mcu_that_is_away_is_told_with_when_to_come_back(site: Site) -> None:
    location = (await site.publish()).headers["location"]
    played = (await site.play()).headers["location"]
    site.house.mcus.present.clear()
    is_problem(await site.publish(), 503, "mcu-away")
    is_problem(await site.play(), 503, "mcu-away")
    is_problem(await site.client.delete(location, headers=site.headers), 503, "mcu-away")
    is_problem(await site.client.delete(played, headers=site.headers), 503, "mcu-away")


async def test_an_unknown_session_is_not_found(site: Site) -> None:
    site.observe(NORTH)
    site.house.mcus.refusals = dict.fromkeys(
        ("whep.answer", "whep.keyframe", "whep.end"), "no-session"
    )
    whip = f"/whip/{site.conference}/s-bac-1/none"
    whep = f"/whep/{site.conference}/{NORTH}/none"
    client, mine = site.client, site.headers
    answers = [
        await client.patch(whip, content=CANDIDATE, headers={**mine, **FRAGMENT}),
        await client.delete(whip, headers=mine),
        await client.patch(whep, content=OFFER, headers={**mine, **SDP}),
        await client.post(f"{whep}/keyframe", headers=mine),
        await client.delete(whep, headers=mine),
        await client.delete(f"/whep/{site.conference}/elsewhere/none", headers=mine),
    ]
    for answer in answers:
        is_problem(answer, 404, "unknown-session")


async def test_a_patch_for_another_session_is_refused(site: Site) -> None:
    location = (await site.publish()).headers["location"]
    headers = {**site.headers, **FRAGMENT, "If-Match": '"other"'}
    answer = await site.client.patch(location, content=CANDIDATE, headers=headers)
    is_problem(answer, 412, "other-session")


@pytest.mark.parametrize("fragment", ["", "nonsense"])
async def test_a_bad_fragment_is_malformed(fragment: str, site: Site) -> None:
    location = (await site.publish()).headers["location"]
    headers = {**site.headers, **FRAGMENT}
    answer = await site.client.patch(location, content=fragment, headers=headers)
    is_problem(answer, 400, "bad-sdp")


async def test_a_site_plays_at_its_own_mcu_and_is_known_there(site: Site) -> None:
    answer = await site.play()
    assert answer.status_code == 201
    mcu, method, params = site.house.mcus.requests[-1]
    assert (mcu, method, params["site"], params["feed"]) == (
        NORTH, "whep.play", "s-bac-1", "program",
    )  # fmt: skip
    location = answer.headers["location"]
    assert location == f"/whep/{site.conference}/{NORTH}/{params['session']}"
    headers = {**site.headers, **SDP}
    assert (await site.client.patch(location, content=OFFER, headers=headers)).status_code == 204
    assert site.house.mcus.requests[-1][2]["answer"] == OFFER
    asked = await site.client.post(f"{location}/keyframe", headers=site.headers)
    assert asked.status_code == 204
    assert (await site.client.delete(location, headers=site.headers)).status_code == 200
    assert [method for _, method, _ in site.house.mcus.requests[1:]] == [
        "whep.answer", "whep.keyframe", "whep.end",
    ]  # fmt: skip


async def test_an_offer_of_the_player_gets_a_counter_offer(site: Site) -> None:
    answer = await site.play(content=OFFER, h=SDP)
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/sdp"
    assert answer.headers["location"].startswith("/whep/")
    assert answer.text.startswith("v=0")


@pytest.mark.parametrize(
    ("feed", "mcu"),
    [
        ("program", MASTER),
        ("chair", MASTER),
        ("slot/3", MASTER),
        ("site/s-bac-1", NORTH),
        ("program?mcu=bac", NORTH),
    ],
)
async def test_an_operator_plays_where_the_feed_is(feed: str, mcu: str, site: Site) -> None:
    site.headers = bearer(site.house.token(Role.OPERATOR))
    assert (await site.play(feed)).status_code == 201
    asked, _, params = site.house.mcus.requests[-1]
    assert (asked, params["feed"], params["site"]) == (mcu, feed.partition("?")[0], "")


@pytest.mark.parametrize(
    ("feed", "name"),
    [
        ("nothing", "no-feed"),
        ("slot/16", "no-feed"),
        ("slot/x", "no-feed"),
        ("slot/²", "no-feed"),
        ("return/1", "no-feed"),
        ("site/s-none", "unknown"),
        ("program?mcu=none", "unknown"),
    ],
)
async def test_unknown_feeds_are_not_found(feed: str, name: str, site: Site) -> None:
    site.headers = bearer(site.house.token(Role.OPERATOR))
    is_problem(await site.play(feed), 404, name)
    assert site.house.mcus.requests == []


@pytest.mark.parametrize("feed", ["slot/1", "site/s-bac-2"])
async def test_a_site_does_not_look_into_others(feed: str, site: Site) -> None:
    is_problem(await site.play(feed), 403, "not-allowed")


async def test_a_slot_that_receives_nothing_is_not_found(site: Site) -> None:
    site.house.mcus.refusals["whep.play"] = "no-feed"
    operator = {"Authorization": f"Bearer {site.house.token(Role.OPERATOR)}"}
    is_problem(await site.play("slot/3", h=operator), 404, "no-feed")


async def test_a_programme_that_is_not_there_yet_is_worth_another_try(site: Site) -> None:
    site.house.mcus.refusals["whep.play"] = "no-feed"
    is_problem(await site.play(), 503, "mcu-not-ready")


async def test_a_malformed_answer_is_refused(site: Site) -> None:
    location = (await site.play()).headers["location"]
    answer = await site.client.patch(location, content="x", headers={**site.headers, **SDP})
    is_problem(answer, 400, "bad-sdp")


@pytest.mark.parametrize("path", ["/whip/c/s", "/whip/c/s/x", "/whep/c/program", "/whep/c/site/x"])
async def test_options_tell_what_is_taken_without_a_token(
    path: str, client: httpx2.AsyncClient
) -> None:
    answer = await client.options(path)
    assert answer.status_code == 204
    assert answer.headers["accept-post"] == "application/sdp"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert "Location" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
async def test_other_methods_are_refused(method: str, client: httpx2.AsyncClient) -> None:
    assert (await client.request(method, "/whip/c/s")).status_code == 405
    assert (await client.request(method, "/whip/c/s/x")).status_code == 405
