"""A full disk or a lost database: the answer is ``not-stored``, memory is as it was, and it goes on
when the database is back. The same server over each store."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from diemcau.api.app import create_app
from diemcau.bootstrap import Settings, assemble
from diemcau.domain.roles import Role
from diemcau.domain.units import Unit
from diemcau.ports.store import Store
from diemcau.services.refusals import NotStored
from diemcau.testing import FakeMcus, MemoryStore
from diemcau.testing.app import FakeServer
from diemcau.testing.samples import MASTER, directory
from tests.contract.databases import Limits, Place
from tests.contract.test_api_rest import bearer, is_problem

Switch = Callable[[bool], Awaitable[None]]


@pytest.fixture
def lost(place: Place, store: Store, limits: Limits) -> Switch:
    """Takes the database away, and gives it back."""

    async def switch(away: bool) -> None:
        if isinstance(store, MemoryStore):
            store.failing = away
        elif place.server is None:
            limits.pragma = f"query_only = {'ON' if away else 'OFF'}"
        else:
            await asyncio.to_thread(place.server.stop if away else place.server.start)

    return switch


@pytest.fixture
async def server(store: Store, lost: Switch, tmp_path: Path) -> AsyncIterator[FakeServer]:
    """A whole server over the store; the database is back when the test ends."""
    house = FakeServer()
    await store.commit(directory().entries, [], [], house.clock.now())
    settings = Settings(tmp_path, province="", clock=house.clock)
    house.app = create_app(house.clock)
    house.house = await assemble(settings, store, FakeMcus(MASTER), house.parts())
    house.server = house.app.state.server = house.house.server
    yield house
    await lost(False)


@pytest.fixture
async def client(server: FakeServer) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=server.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(
        transport=transport,
        base_url="http://server",
        headers=bearer(server.token(Role.OPERATOR)),
    ) as client:
        yield client


UNIT = {"name": "Xã đổi tên", "tier": "commune", "parent": "u-bac"}


async def test_a_change_that_cannot_be_stored_is_refused_and_not_shown(
    server: FakeServer, client: httpx2.AsyncClient, lost: Switch, store: Store
) -> None:
    before = (await client.get("/api/directory")).json()
    seen = server.server.book.directory
    await lost(True)
    answer = await client.put("/api/directory/unit/u-bac-1", json=UNIT)
    is_problem(answer, 503, "not-stored")
    assert answer.headers["retry-after"]
    gone = await client.delete("/api/directory/site/s-bac-1")
    is_problem(gone, 503, "not-stored")
    assert (await client.get("/api/directory")).json() == before
    assert server.server.book.directory is seen
    await lost(False)
    assert (await client.put("/api/directory/unit/u-bac-1", json=UNIT)).status_code == 200
    found = {unit.id: unit for unit in await store.records(Unit)}
    assert found["u-bac-1"].name == "Xã đổi tên"
    assert await store.records(Unit) == list(server.server.records.all(Unit).values())
    assert (await server.server.journal.verify()).ok


async def test_the_log_book_cannot_be_read_meanwhile_and_says_so(
    server: FakeServer, client: httpx2.AsyncClient, lost: Switch, place: Place
) -> None:
    if place.server is None:
        pytest.skip("what is only full can be read")
    await lost(True)
    is_problem(await client.get("/api/log-book"), 503, "not-read")
    await lost(False)
    assert (await client.get("/api/log-book")).status_code == 200


async def test_an_account_is_as_it_was_when_it_could_not_be_stored(
    server: FakeServer, lost: Switch
) -> None:
    await server.account("an.nguyen", (Role.OFFICE, "u-tinh"))
    accounts = server.server.accounts
    before = accounts.get("an.nguyen")
    await lost(True)
    with pytest.raises(NotStored):
        await accounts.rename("an.nguyen", "Khác", "", "test")
    assert accounts.get("an.nguyen") == before
    await lost(False)
    assert await accounts.rename("an.nguyen", "Khác", "", "test") == replace(before, name="Khác")
