"""Recordings over REST: begun and ended, in the log book, listed and fetched through an agent."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from diemcau.domain.conference import Conference
from diemcau.testing.samples import MASTER
from diemcau.wire import Params, RemoteError
from tests.contract.rights_world import HELD, SECRET, World
from tests.contract.test_api_agents import Running, running

Json = dict[str, Any]
FILE = bytes(range(256)) * 1000
PART = {"number": 1, "part": 2, "file": "/r/c1/1-2.mkv", "bytes": len(FILE), "writing": False}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


@pytest.fixture
async def asks(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=world.app)
    headers = {"Authorization": f"Bearer {world.tokens['office-bac']}"}
    url = "http://server"
    async with httpx2.AsyncClient(transport=transport, base_url=url, headers=headers) as client:
        yield client


class Disk:
    """What the master's agent has; ``pieces`` are the lengths it was asked for."""

    def __init__(self) -> None:
        self.pieces: list[int] = []
        self.gone_after = len(FILE)
        self.requests = {"recording.list": self._list, "recording.read": self._read}

    async def _list(self, params: Params) -> Json:
        return {"parts": [PART]}

    async def _read(self, params: Params) -> Json:
        begin, length = params["offset"], params["length"]
        if begin >= self.gone_after:
            raise RemoteError("no-recording")
        self.pieces.append(length)
        return {"data": base64.b64encode(FILE[begin : begin + length]).decode()}


async def recording(house: Running, conference: str) -> Json:
    state = (await house.client.get(f"/api/conferences/{conference}")).json()["state"]
    found: Json = state["conference"].get("recording", {})
    return found


async def test_it_is_desired_of_the_master_and_shown_as_its_agent_says(house: Running) -> None:
    conference = await house.open()
    url = f"/api/conferences/{conference}/recording"
    async with house.agent(MASTER) as agent:
        await agent.hello()
        assert await recording(house, conference) == {}
        assert (await house.client.post(url, json={"on": True})).json() == {}
        desired = await agent.next_desired()
        assert {"kind": "recording", "conference": conference, "number": 1} in desired
        assert (await recording(house, conference))["state"] == "starting"
        figures = {"seconds": 2.0, "bytes": 7, "free_bytes": 9, "plays": True}
        said = {"conference": conference, "number": 1, "part": 1, "state": "recording", **figures}
        await agent.peer.notify("recording", said)
        await house.client.get(f"/api/conferences/{conference}/recordings")  # it has been heard
        now = await recording(house, conference)
        assert now == now | figures | {"state": "recording", "number": 1}
        await house.client.post(url, json={"on": False})
        assert not [r for r in await agent.next_desired() if r["kind"] == "recording"]
        assert (await recording(house, conference))["state"] == "stopped"


async def test_a_file_comes_in_pieces_whole_or_in_part(house: Running) -> None:
    conference = await house.open()
    disk = Disk()
    async with house.agent(MASTER, requests=disk.requests) as agent:
        await agent.hello()
        url = f"/api/conferences/{conference}/recordings"
        assert (await house.client.get(url)).json() == [{**PART, "mcu": MASTER}]
        whole = await house.client.get(f"{url}/1/2")
        assert (whole.status_code, whole.content) == (200, FILE)
        assert whole.headers["content-type"] == "video/x-matroska"
        assert f"{conference}-1-2.mkv" in whole.headers["content-disposition"]
        assert max(disk.pieces) <= 2**16
        some = await house.client.get(f"{url}/1/2", headers={"Range": "bytes=70000-200000"})
        assert (some.status_code, some.content) == (206, FILE[70000:200001])
        assert some.headers["content-range"] == f"bytes 70000-200000/{len(FILE)}"
        missing = await house.client.get(f"{url}/1/1")
        assert (missing.status_code, missing.json()["type"]) == (
            404,
            "urn:diemcau:unknown-recording",
        )


async def test_a_file_that_vanishes_ends_the_answer_early_and_is_seen_to(house: Running) -> None:
    conference = await house.open()
    disk = Disk()
    disk.gone_after = 2**16
    async with house.agent(MASTER, requests=disk.requests) as agent:
        await agent.hello()
        with pytest.raises(httpx2.RemoteProtocolError):
            await house.client.get(f"/api/conferences/{conference}/recordings/1/2")


async def test_an_mcu_that_is_away_is_said_to_be(house: Running) -> None:
    conference = await house.open()
    answer = await house.client.get(f"/api/conferences/{conference}/recordings")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:diemcau:mcu-away")


async def log_book(asks: httpx2.AsyncClient, dossier: str) -> list[str]:
    entries = (await asks.get(f"/api/dossiers/{dossier}/log-book")).json()
    return [e["action"] for e in entries if e["action"].startswith("recording.")]


def running_of(world: World, dossier: str) -> Conference:
    return world.server.control.get(f"c-{dossier}")


async def test_beginning_and_ending_are_in_the_log_book_once(
    world: World, asks: httpx2.AsyncClient
) -> None:
    url = f"/api/conferences/c-{HELD}/recording"
    for on in (True, True, False, False):
        assert (await asks.post(url, json={"on": on})).status_code == 200
    assert await log_book(asks, HELD) == ["recording.started", "recording.stopped"]


async def test_a_secret_session_is_not_recorded(world: World, asks: httpx2.AsyncClient) -> None:
    answer = await asks.post(f"/api/conferences/c-{SECRET}/recording", json={"on": True})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:diemcau:conflict")
    assert running_of(world, SECRET).recording == 0


async def test_one_that_becomes_secret_is_recorded_no_more(
    world: World, asks: httpx2.AsyncClient
) -> None:
    await asks.post(f"/api/conferences/c-{HELD}/recording", json={"on": True})
    assert running_of(world, HELD).recording == 1
    await asks.patch(f"/api/dossiers/{HELD}", json={"secrecy": "secret"})
    await world.server.office.sitting.stop()
    assert running_of(world, HELD).recording == 0


async def test_recordings_are_found_by_their_dossier_when_the_session_is_over(
    world: World, asks: httpx2.AsyncClient
) -> None:
    assert (await asks.post(f"/api/dossiers/{HELD}/close", json={})).status_code == 200
    path = f"/api/dossiers/{HELD}/recordings"
    assert (await asks.get(path)).json() == []
    [(mcu, method, params)] = world.mcus.requests[-1:]
    assert (method, params) == ("recording.list", {"conference": f"c-{HELD}"})
    assert mcu == world.server.files.dossier(HELD).master
    assert (await asks.get(f"{path}/1/1")).status_code == 404
