"""The agents' socket of docs/protocol.md section 4: real connections, a real store, no media."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from diemcau.api import agents, gateway
from diemcau.api.context import Server
from diemcau.bootstrap import Settings, build_server, listen, serving
from diemcau.domain.directory import Site
from diemcau.domain.roles import Role
from diemcau.identity import DerivedAgentKeys, load_secret
from diemcau.services.clock import SystemClock
from diemcau.store import open_store
from diemcau.testing import FakeAgent
from diemcau.testing.samples import MASTER, NORTH, OFFER, SOUTH, directory
from diemcau.wire import Params, RemoteError

SITES = list(directory().sites)


@dataclass
class Running:
    url: str
    server: Server
    client: httpx2.AsyncClient
    keys: DerivedAgentKeys

    def agent(self, mcu: str, **options: Any) -> FakeAgent:
        return FakeAgent(self.url, mcu, self.keys.key(mcu), **options)

    async def open(self) -> str:
        body = {"title": "Họp", "master": MASTER, "sites": SITES, "chair": "s-tinh"}
        answer = await self.client.post("/api/conferences", json=body)
        assert answer.status_code == 201, answer.text
        name: str = answer.json()["id"]
        return name

    async def mcu(self, conference: str, mcu: str) -> Any:
        snapshot = (await self.client.get(f"/api/conferences/{conference}")).json()
        return snapshot["state"]["mcus"][mcu]


@asynccontextmanager
async def running(data: Path) -> AsyncIterator[Running]:
    """A server of its own on a data folder with the sample directory."""
    store = await open_store(Settings(data).database_url)
    if not await store.records(Site):
        await store.commit(directory().entries, (), (), SystemClock().now())
    await store.close()
    app = build_server(Settings(data, province=""))
    sockets = listen(["127.0.0.1"], 0)
    url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    async with serving(app, sockets):
        token, _ = app.state.server.tokens.issue("operator", Role.OPERATOR)
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(base_url=url, headers=headers) as client:
            keys = DerivedAgentKeys(load_secret(data))
            yield Running(url, app.state.server, client, keys)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def refused(house: Running, path: str, headers: dict[str, str]) -> int:
    url = f"{house.url.replace('http', 'ws')}{path}"
    async with connect(url, additional_headers=headers) as socket:
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 5)
        assert socket.close_code is not None
        return socket.close_code


async def test_a_wrong_key_and_an_unknown_mcu_are_told_apart(house: Running) -> None:
    key = {"Authorization": f"Bearer {house.keys.key(NORTH)}"}
    assert await refused(house, f"/agents/{NORTH}", {}) == agents.WRONG_KEY
    assert await refused(house, f"/agents/{SOUTH}", key) == agents.WRONG_KEY
    assert await refused(house, "/agents/nowhere", key) == agents.UNKNOWN_MCU


async def test_an_agent_is_told_all_it_shall_have_at_once_and_at_every_change(
    house: Running,
) -> None:
    async with house.agent(NORTH) as agent:
        assert await agent.hello() == []
        conference = await house.open()
        kinds = [r["kind"] for r in await agent.next_desired()]
        assert kinds == ["room", "admission", "admission"]
        await house.client.delete(f"/api/conferences/{conference}")
        assert await agent.next_desired() == []


async def test_an_agent_that_comes_later_is_told_what_it_missed(house: Running) -> None:
    conference = await house.open()
    async with house.agent(NORTH) as agent:
        assert {r["conference"] for r in await agent.hello()} == {conference}


async def test_links_are_desired_once_the_parents_life_is_known_and_redone_with_a_new_one(
    house: Running,
) -> None:
    await house.open()
    async with house.agent(NORTH) as child:
        assert not [r for r in await child.hello() if r["kind"] == "uplink"]
        async with house.agent(MASTER, epoch="first") as parent:
            await parent.hello()
            links = [r for r in await child.next_desired() if r["kind"] == "uplink"]
            assert {link["epoch"] for link in links} == {"first"}
            parent.epoch = "second"
            await parent.observe([])
            links = [r for r in await child.next_desired() if r["kind"] == "uplink"]
            assert {link["epoch"] for link in links} == {"second"}


async def test_a_restarted_server_desires_the_same_byte_for_byte(tmp_path: Path) -> None:
    async def desired(house: Running) -> dict[str, str]:
        texts = {}
        for mcu in (MASTER, NORTH, SOUTH):
            async with house.agent(mcu, epoch=f"{mcu}-1") as agent:
                texts[mcu] = json.dumps(await agent.hello())
        return texts

    async with running(tmp_path) as house:
        await desired(house)
        first, second = await house.open(), await house.open()
        path = f"/api/conferences/{first}"
        await house.client.post(f"{path}/call", json={"site": "s-bac-1"})
        scene = {"layout": "one-plus-five", "sites": ["s-nam-2", "", "s-bac-2"]}
        await house.client.post(f"{path}/preview", json={"scene": scene})
        panes = {"panes": [[0, 0, 0.5, 1], [0.5, 0, 0.5, 1]], "sites": ["s-nam-1"]}
        await house.client.post(f"/api/conferences/{second}/take", json={"scene": panes})
        before = await desired(house)
        state = (await house.client.get(path)).json()["state"]
    async with running(tmp_path) as house:
        assert await desired(house) == before
        assert (await house.client.get(path)).json()["state"]["conference"] == state["conference"]


async def test_a_site_publishes_through_its_agent_and_becomes_ready(house: Running) -> None:
    conference = await house.open()
    async with house.agent(NORTH) as agent:
        await agent.hello()
        headers = {"Content-Type": "application/sdp"}
        url = f"/whip/{conference}/s-bac-1"
        answer = await house.client.post(url, content=OFFER, headers=headers)
        assert answer.status_code == 201
        method, params = agent.asked[-1]
        assert (method, params["offer"]) == ("whip.publish", OFFER)
        watcher = house.server.hub.subscribe(conference, "*")
        await watcher.next()
        room = {"kind": "room", "conference": conference}
        published = {**room, "kind": "publisher", "site": "s-bac-1", "session": params["session"]}
        await agent.observe([room, published])
        patch = json.loads(await asyncio.wait_for(watcher.next(), 5))["patch"]
        assert patch["sites"] == {
            "s-bac-1": {"state": "ready", "home": "ready", "session": params["session"]}
        }
        assert patch["mcus"]["bac"]["publishers"] == 1


async def test_what_an_agent_refuses_reaches_the_site(house: Running) -> None:
    async def refuse(_: Params) -> None:
        raise RemoteError("bad-sdp", "no such codec")

    conference = await house.open()
    async with house.agent(NORTH, requests={"whip.publish": refuse}) as agent:
        await agent.hello()
        headers = {"Content-Type": "application/sdp"}
        url = f"/whip/{conference}/s-bac-1"
        answer = await house.client.post(url, content=OFFER, headers=headers)
        assert answer.status_code == 400
        assert "no such codec" in answer.json()["detail_en"]


async def test_an_agent_that_goes_while_it_is_asked_is_away(house: Running) -> None:
    leaving = asyncio.Event()

    async def leave(_: Params) -> None:
        leaving.set()
        await asyncio.Event().wait()

    conference = await house.open()
    async with house.agent(NORTH, requests={"whip.publish": leave}) as agent:
        await agent.hello()
        headers = {"Content-Type": "application/sdp"}
        url = f"/whip/{conference}/s-bac-1"
        posting = asyncio.create_task(house.client.post(url, content=OFFER, headers=headers))
        await asyncio.wait_for(leaving.wait(), 5)
    answer = await asyncio.wait_for(posting, 5)
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:diemcau:mcu-away"
    assert answer.headers["retry-after"]


async def test_an_mcu_is_seen_coming_and_going(house: Running) -> None:
    conference = await house.open()
    assert (await house.mcu(conference, NORTH))["state"] == "offline"
    async with house.agent(NORTH) as agent:
        await agent.hello()
        assert (await house.mcu(conference, NORTH))["state"] == "starting"
        watcher = house.server.hub.subscribe(conference, "*")
        await watcher.next()
        room = {"kind": "room", "conference": conference}
        program = {"kind": "downlink", "conference": conference, "feed": "program"}
        await agent.observe([room, program])
        await asyncio.wait_for(watcher.next(), 5)
        assert (await house.mcu(conference, NORTH))["state"] == "online"
    patch = json.loads(await asyncio.wait_for(watcher.next(), 5))["patch"]
    assert patch["mcus"][NORTH]["state"] == "offline"


async def test_an_agent_that_answers_no_more_is_away(
    house: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "PING_EVERY_S", 0.05)
    monkeypatch.setattr(gateway, "AWAY_AFTER_S", 0.3)

    async def silent(_: Params) -> None:
        await asyncio.Event().wait()

    async with house.agent(NORTH, requests={"ping": silent}) as agent:
        await agent.hello()
        assert house.server.gateway.online(NORTH)
        await asyncio.wait_for(agent.socket.wait_closed(), 5)
        assert not house.server.gateway.online(NORTH)


async def test_an_agent_that_does_not_know_pings_is_there_all_the_same(
    house: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "PING_EVERY_S", 0.02)
    monkeypatch.setattr(gateway, "AWAY_AFTER_S", 0.3)
    pings = 0
    enough = asyncio.Event()

    async def unknown(_: Params) -> None:
        nonlocal pings
        pings += 1
        if pings == 20:
            enough.set()
        raise RemoteError("unknown-method")

    async with house.agent(NORTH, requests={"ping": unknown}) as agent:
        await agent.hello()
        await asyncio.wait_for(enough.wait(), 5)
        assert house.server.gateway.online(NORTH)


async def test_the_newest_connection_of_an_mcu_counts(house: Running) -> None:
    conference = await house.open()
    async with house.agent(NORTH) as old:
        await old.hello()
        async with house.agent(NORTH) as new:
            await new.hello()
            await asyncio.wait_for(old.socket.wait_closed(), 5)
            assert old.socket.close_code == agents.REPLACED
            assert (await house.mcu(conference, NORTH))["state"] == "starting"
            assert house.server.gateway.online(NORTH)


async def test_parent_and_child_reach_each_other_through_the_server(house: Running) -> None:
    async with house.agent(NORTH) as child, house.agent(MASTER) as parent:
        await child.hello()
        await parent.hello()
        inner = {"conference": "c1", "child": NORTH, "lane": 0, "offer": "v=0"}
        ask = {"to": MASTER, "method": "link.up", "params": inner}
        assert await child.peer.call("relay", ask) == {"answer": "v=0\r\n"}
        assert parent.asked[-1] == ("link.up", inner)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": SOUTH}, "not-relayed"),
        ({"to": "nowhere"}, "not-relayed"),
        ({"method": "whip.publish"}, "not-relayed"),
        ({"params": {"conference": "c1", "child": SOUTH, "lane": 0}}, "not-relayed"),
        ({}, "away"),
    ],
)
async def test_an_agent_asks_its_neighbours_for_its_own_links_only(
    change: dict[str, Any], code: str, house: Running
) -> None:
    async with house.agent(NORTH) as child:
        await child.hello()
        inner = {"conference": "c1", "child": NORTH, "lane": 0, "offer": "v=0"}
        ask = {"to": MASTER, "method": "link.up", "params": inner, **change}
        with pytest.raises(RemoteError) as caught:
            await child.peer.call("relay", ask)
        assert caught.value.code == code


async def test_what_a_parent_refuses_reaches_the_child(house: Running) -> None:
    async def refuse(_: Params) -> None:
        raise RemoteError("no-room", "not yet")

    async with (
        house.agent(NORTH) as child,
        house.agent(MASTER, requests={"link.up": refuse}) as parent,
    ):
        await child.hello()
        await parent.hello()
        inner = {"conference": "c1", "child": NORTH, "lane": 0, "offer": "v=0"}
        with pytest.raises(RemoteError) as caught:
            await child.peer.call("relay", {"to": MASTER, "method": "link.up", "params": inner})
        assert (caught.value.code, str(caught.value)) == ("no-room", "not yet")


@pytest.mark.parametrize(
    "message",
    [
        "nonsense",
        "[]",
        '{"method": "observed"}',
        '{"method": "observed", "params": {"epoch": "e1", "resources": 5}}',
        '{"method": "observed", "params": {"epoch": "e1", "resources": [{}]}}',
        '{"method": "levels", "params": {"conference": "c", "sites": 1}}',
        '{"method": "stats", "params": {"publishers": [{}]}}',
        '{"method": "on_air", "params": {}}',
        '{"method": "unknown", "params": {}}',
        '{"id": 1, "method": "relay", "params": {}}',
        '{"id": 9, "result": null}',
    ],
)
async def test_a_malformed_message_is_dropped_and_the_connection_goes_on(
    message: str, house: Running
) -> None:
    conference = await house.open()
    async with house.agent(NORTH) as agent:
        await agent.hello()
        await agent.socket.send(message)
        await house.client.delete(f"/api/conferences/{conference}")
        assert await agent.next_desired() == []


async def test_a_call_is_measured_by_the_mixers_reports(house: Running) -> None:
    conference = await house.open()
    async with house.agent(MASTER) as master:
        await master.hello()
        path = f"/api/conferences/{conference}"
        await house.client.post(f"{path}/call", json={"site": "s-bac-1"})
        watcher = house.server.hub.subscribe(conference, "*")
        await watcher.next()
        report = {"conference": conference, "bus": "program", "take": "1", "slot": 1}
        ages = {"site": "s-bac-1", "picture_age_ms": 0.1, "sound_age_ms": 0.2}
        await master.peer.notify("on_air", {**report, **ages})
        patch = json.loads(await asyncio.wait_for(watcher.next(), 5))["patch"]
        call = patch["conference"]["calls"][0]
        assert call["state"] == "connected"
        assert 0 < call["connect_ms"] < 5000
        assert call["connect_ms"] == max(call["picture_ms"], call["sound_ms"])
