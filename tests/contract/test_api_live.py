"""The live socket of docs/protocol.md section 2, over a real connection."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from diemcau.api import live
from diemcau.bootstrap import listen, serving
from diemcau.domain.conference import full
from diemcau.domain.roles import Role
from diemcau.services.patches import apply
from diemcau.testing.app import FakeServer
from diemcau.testing.samples import NORTH


class Served:
    def __init__(self, house: FakeServer, url: str) -> None:
        self.house, self.url = house, url

    def events(self, conference: str = "", **options: Any) -> connect:
        name = conference or self.house.conference.id
        return connect(f"{self.url}/api/conferences/{name}/events", **options)


@pytest.fixture
async def served(house: FakeServer) -> AsyncIterator[Served]:
    sockets = listen(["127.0.0.1"], 0)
    async with serving(house.app, sockets):
        yield Served(house, f"ws://127.0.0.1:{sockets[0].getsockname()[1]}")


async def receive(socket: ClientConnection) -> Any:
    async with asyncio.timeout(5):
        return json.loads(await socket.recv())


async def closed(socket: ClientConnection) -> int:
    """Read on until the server closes; its code."""
    try:
        async with asyncio.timeout(5):
            while True:
                await socket.recv()
    except ConnectionClosed:
        assert socket.close_code is not None
        return socket.close_code


async def test_a_page_follows_the_conference(served: Served) -> None:
    house = served.house
    async with served.events() as socket:
        await socket.send(json.dumps({"token": house.token(Role.OPERATOR)}))
        snapshot = await receive(socket)
        assert snapshot["type"] == "snapshot"
        await house.server.control.take(house.conference.id, full("s-nam-1"))
        patch = await receive(socket)
        assert patch["patch"]["sites"]["s-nam-1"]["tally"] == "on_air"
        now = house.server.hub.snapshot(house.conference.id, "*")["state"]
        assert apply(snapshot["state"], patch["patch"]) == now


async def test_a_sites_page_tells_its_quality(served: Served) -> None:
    house = served.house
    room = {"kind": "room", "conference": house.conference.id}
    published = {**room, "kind": "publisher", "site": "s-bac-1", "session": "p"}
    house.server.observations.observed(NORTH, {"epoch": "e", "resources": [room, published]})
    async with served.events() as socket:
        await socket.send(json.dumps({"token": house.token(Role.SITE, "s-bac-1")}))
        assert set((await receive(socket))["state"]["sites"]) == {"s-bac-1", "s-tinh"}
        said = {"rtt_ms": 7, "fps": 25, "can_send_kbps": 1750, "frozen_pct": 12, "loss_pct": 101}
        await socket.send(json.dumps({"type": "quality", "quality": said}))
        patch = (await receive(socket))["patch"]
        shown = {"rtt_ms": 7, "fps": 25, "can_send_kbps": 1750, "frozen_pct": 12, "class": "good"}
        assert patch == {"sites": {"s-bac-1": {"quality": shown}}}


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("nonsense", live.MALFORMED),
        ("[]", live.MALFORMED),
        ("[" * 5000, live.MALFORMED),
        (b"\x00", live.MALFORMED),
        ("{}", live.NOT_IDENTIFIED),
        ('{"token": 5}', live.NOT_IDENTIFIED),
        ('{"token": "x.y.z"}', live.NOT_IDENTIFIED),
    ],
)
async def test_who_does_not_say_who_he_is_is_sent_away(
    first: str | bytes, code: int, served: Served
) -> None:
    async with served.events() as socket:
        await socket.send(first)
        assert await closed(socket) == code


async def test_tokens_of_elsewhere_and_unknown_conferences_are_told_apart(served: Served) -> None:
    house = served.house
    async with served.events() as socket:
        token = house.token(Role.VIEWER, conference="c-other")
        await socket.send(json.dumps({"token": token}))
        assert await closed(socket) == live.NOT_ALLOWED
    async with served.events("c-none") as socket:
        await socket.send(json.dumps({"token": house.token(Role.OPERATOR)}))
        assert await closed(socket) == live.NOT_OPEN


async def test_a_closed_conference_ends_its_sockets(served: Served) -> None:
    house = served.house
    async with served.events() as socket:
        await socket.send(json.dumps({"token": house.token(Role.OPERATOR)}))
        await receive(socket)
        await house.server.control.close(house.conference.id)
        assert await closed(socket) == live.CLOSED


async def test_a_page_without_news_is_told_that_the_server_is_there(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "ALIVE_EVERY_S", 0.1)
    house = served.house
    async with served.events() as socket:
        await socket.send(json.dumps({"token": house.token(Role.OPERATOR)}))
        await receive(socket)
        assert await receive(socket) == {"type": "alive"}
        assert await receive(socket) == {"type": "alive"}
        await house.server.control.banner(house.conference.id, "x")
        assert (await receive(socket))["type"] == "patch"


async def test_a_socket_ends_with_its_token(served: Served) -> None:
    house = served.house
    token, _ = house.server.tokens.issue(
        "v", Role.VIEWER, conference=house.conference.id, hours=2 / 3600
    )
    house.clock.advance(1.9)
    async with served.events() as socket:
        await socket.send(json.dumps({"token": token}))
        await receive(socket)
        assert await closed(socket) == live.NOT_IDENTIFIED


async def test_a_page_that_does_not_read_is_dropped_and_others_are_not_held_up(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SENT_WITHIN_S", 0.3)
    house = served.house
    token = json.dumps({"token": house.token(Role.OPERATOR)})
    async with served.events(max_queue=1, max_size=None) as slow, served.events() as quick:
        await slow.send(token)
        await quick.send(token)
        state = (await receive(quick))["state"]
        slow.transport.pause_reading()
        watching = house.server.hub._channels[house.conference.id].subscriptions
        assert len(watching) == 2
        try:
            async with asyncio.timeout(10):
                while len(watching) == 2:
                    state = await shown(house, quick, state)
        finally:
            slow.transport.abort()


async def shown(house: FakeServer, page: ClientConnection, state: Any) -> Any:
    """Put a long text on the screen and wait until the page has it; the page's state then."""
    conference = house.server.control.get(house.conference.id)
    text = f"{len(conference.banner)} " + "x" * (60_000 + len(conference.banner) % 7)
    object.__setattr__(conference, "banner", text)
    house.server.hub.changed(house.conference.id)
    state = apply(state, (await receive(page))["patch"])
    assert state["conference"]["banner"] == text
    return state
