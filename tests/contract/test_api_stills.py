"""Stills of docs/protocol.md sections 1 and 4: from an agent to whoever may see the site."""

import asyncio
import base64
import json
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from diemcau.domain.roles import Role
from diemcau.ports.mcus import Report
from diemcau.services.observations import JPEG
from diemcau.testing.app import FakeServer
from diemcau.testing.samples import MASTER, NORTH
from tests.contract.rights_world import GUEST, SECRET, World
from tests.contract.test_api_agents import Running, running

PICTURE = JPEG + bytes(range(200))
SITE = "s-bac-1"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def still(conference: str, site: str, jpeg: bytes = PICTURE) -> dict[str, Any]:
    return {"conference": conference, "site": site, "jpeg": base64.b64encode(jpeg).decode()}


def resources(conference: str, *sites: str) -> list[dict[str, Any]]:
    publishers = [{"kind": "publisher", "site": site, "session": "p"} for site in sites]
    return [{**one, "conference": conference} for one in ({"kind": "room"}, *publishers)]


def take(house: FakeServer, conference: str, mcu: str, *sites: str, jpeg: bytes = PICTURE) -> None:
    """These sites publish at their MCU, and a still of each comes."""
    observations = house.server.observations
    observations.observed(mcu, {"epoch": "e", "resources": resources(conference, *sites)})
    for site in sites:
        report = Report(mcu, "still", still(conference, site, jpeg))
        assert observations.still(report, house.clock.now())


async def next_version(house: Running, conference: str) -> str:
    """Wait until live state shows a still of the site."""
    watcher = house.server.hub.subscribe(conference, "*")
    async with asyncio.timeout(5):
        while True:
            message = json.loads(await watcher.next())
            state = message.get("state") or message["patch"]
            version: str = state.get("sites", {}).get(SITE, {}).get("still", "")
            if version:
                return version


async def test_what_an_agent_takes_is_told_and_served_until_the_site_leaves(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as house:
        conference = await house.open()
        path = f"/api/conferences/{conference}/stills/{SITE}"
        async with house.agent(NORTH) as agent:
            await agent.hello()
            await agent.observe(resources(conference, SITE))
            await agent.peer.notify("still", still(conference, SITE))
            version = await next_version(house, conference)
            answer = await house.client.get(path)
            assert (answer.status_code, answer.content) == (200, PICTURE)
            assert answer.headers["content-type"] == "image/jpeg"
            assert answer.headers["etag"] == f'"{version}"'
            watcher = house.server.hub.subscribe(conference, "*")
            await watcher.next()
            await agent.observe(resources(conference))
            patch = json.loads(await asyncio.wait_for(watcher.next(), 5))["patch"]
            assert patch["sites"][SITE]["still"] is None
            gone = await house.client.get(path)
            assert gone.status_code == 404
            assert gone.json()["type"] == "urn:diemcau:no-still"


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"jpeg": 5},
        {"jpeg": "not base64!"},
        {"jpeg": base64.b64encode(b"<svg>").decode()},
        {"jpeg": base64.b64encode(JPEG + bytes(40_000)).decode()},
    ],
)
async def test_what_is_no_still_is_dropped_and_the_connection_goes_on(
    params: dict[str, Any], tmp_path: Path
) -> None:
    async with running(tmp_path) as house:
        conference = await house.open()
        async with house.agent(NORTH) as agent:
            await agent.hello()
            await agent.observe(resources(conference, SITE))
            named = {"conference": conference, "site": SITE} if params else {}
            await agent.peer.notify("still", named | params)
            await agent.peer.notify("still", still(conference, SITE))
            await next_version(house, conference)
            answer = await house.client.get(f"/api/conferences/{conference}/stills/{SITE}")
            assert answer.content == PICTURE


async def test_whoever_has_it_already_is_told_so(
    house: FakeServer, client: httpx2.AsyncClient
) -> None:
    path = f"/api/conferences/{house.conference.id}/stills/{SITE}"
    client.headers.update(bearer(house.token(Role.OPERATOR)))
    take(house, house.conference.id, NORTH, SITE)
    first = await client.get(path)
    tag, time = first.headers["etag"], first.headers["last-modified"]
    assert first.headers["cache-control"] == "private, no-cache"
    earlier = format_datetime(parsedate_to_datetime(time) - timedelta(seconds=1), usegmt=True)

    async def status(**headers: str) -> int:
        asked = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await client.get(path, headers=asked)
        assert answer.content == (b"" if answer.status_code == 304 else PICTURE)
        assert answer.headers["etag"] == tag
        return answer.status_code

    assert await status(if_none_match=tag) == 304
    assert await status(if_none_match=f'"other", W/{tag}') == 304
    assert await status(if_none_match="*") == 304
    assert await status(if_none_match='"other"', if_modified_since=time) == 200
    assert await status(if_modified_since=time) == 304
    assert await status(if_modified_since=earlier) == 200
    assert await status(if_modified_since="yesterday") == 200
    house.clock.advance(10)
    take(house, house.conference.id, NORTH, SITE, jpeg=PICTURE + b"newer")
    newer = await client.get(path, headers={"if-none-match": tag, "if-modified-since": time})
    assert newer.status_code == 200
    assert newer.content == PICTURE + b"newer"


@pytest.mark.parametrize(
    ("role", "site", "seen"),
    [
        (Role.OPERATOR, "", {"s-tinh": 200, "s-bac-1": 200, "s-bac-2": 200}),
        (Role.CHAIR, "s-tinh", {"s-tinh": 200, "s-bac-1": 200, "s-bac-2": 200}),
        (Role.SITE, "s-bac-1", {"s-tinh": 200, "s-bac-1": 200, "s-bac-2": 403}),
        (Role.VIEWER, "", {"s-tinh": 200, "s-bac-1": 403, "s-bac-2": 403}),
    ],
)
async def test_a_still_is_for_those_who_see_the_site_in_the_live_state(
    role: Role, site: str, seen: dict[str, int], house: FakeServer, client: httpx2.AsyncClient
) -> None:
    path = f"/api/conferences/{house.conference.id}"
    client.headers.update(bearer(house.token(role, site)))
    state = (await client.get(path)).json()["state"]
    take(house, house.conference.id, MASTER, "s-tinh")
    take(house, house.conference.id, NORTH, "s-bac-1", "s-bac-2")
    answers = {name: (await client.get(f"{path}/stills/{name}")).status_code for name in seen}
    assert answers == seen
    assert {name for name, status in seen.items() if status == 200} == seen.keys() & state[
        "sites"
    ].keys()


async def test_a_site_that_is_called_is_seen_by_the_others(
    house: FakeServer, client: httpx2.AsyncClient
) -> None:
    path = f"/api/conferences/{house.conference.id}/stills/{SITE}"
    take(house, house.conference.id, NORTH, SITE)
    headers = bearer(house.token(Role.SITE, "s-nam-1"))
    assert (await client.get(path, headers=headers)).status_code == 403
    await house.server.control.call(house.conference.id, SITE, house.clock.monotonic())
    assert (await client.get(path, headers=headers)).status_code == 200


@pytest.mark.parametrize(("name", "problem"), [("s-none", "unknown"), ("s-bac-2", "no-still")])
async def test_of_who_is_not_there_there_is_no_still(
    name: str, problem: str, house: FakeServer, client: httpx2.AsyncClient
) -> None:
    headers = bearer(house.token(Role.OPERATOR))
    path = f"/api/conferences/{house.conference.id}/stills/{name}"
    answer = await client.get(path, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (404, f"urn:diemcau:{problem}")


async def test_a_secret_sessions_stills_are_for_its_list_and_are_kept_nowhere(
    tmp_path: Path,
) -> None:
    world = await World().build(tmp_path)
    conference = f"c-{SECRET}"
    take(world, conference, "m-bac", "s-bac", "s-bac-1")
    transport = httpx2.ASGITransport(app=world.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://server") as asks:

        async def ask(who: str, site: str) -> httpx2.Response:
            path = f"/api/conferences/{conference}/stills/{site}"
            return await asks.get(path, headers=bearer(world.tokens[who]))

        for who in ("technician-nam", "delegate-nam", "link-secret-viewer"):
            assert (await ask(who, "s-bac")).status_code == 403, who
        office = await ask("office-bac", "s-bac-1")
        assert (office.status_code, office.headers["cache-control"]) == (200, "no-store")
        assert (await ask(GUEST, "s-bac")).status_code == 200
        assert (await ask(GUEST, "s-bac-1")).status_code == 403
