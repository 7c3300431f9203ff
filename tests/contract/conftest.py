"""A server over fakes for the edge; the fake, SQLite and PostgreSQL for the store's contracts."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Engine, event

from diemcau.ports.store import Store
from diemcau.testing.app import FakeServer
from diemcau.testing.postgres import NoPostgres, Postgres
from tests.contract import databases
from tests.contract.databases import Limits, Place
from tests.contract.rights_world import World


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole session, in a folder with a short name, as its socket needs."""
    with tempfile.TemporaryDirectory(prefix="diemcau-pg-", ignore_cleanup_errors=True) as folder:
        try:
            server = Postgres(Path(folder))
        except NoPostgres as missing:
            pytest.skip(str(missing))
        try:
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture(params=databases.KINDS)
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """Where a store is that nobody has used; ``databases.on_sqlite`` … choose which."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        await server.empty()
        found = Place(server.url, server)
    else:
        file = tmp_path / "diemcau.db"
        found = Place(f"sqlite+aiosqlite:///{file}" if request.param == "sqlite" else "")
    yield found
    await found.close()


@pytest.fixture
async def store(place: Place) -> Store:
    return await place.store()


@pytest.fixture
def limits() -> Iterator[Limits]:
    limits = Limits()
    event.listen(Engine, "checkout", limits)
    yield limits
    event.remove(Engine, "checkout", limits)


@pytest.fixture
async def house(tmp_path: Path) -> FakeServer:
    return await FakeServer().start(tmp_path)


@pytest.fixture
async def client(house: FakeServer) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the application without a token; unhandled errors are answers, as on the wire."""
    transport = httpx2.ASGITransport(app=house.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://server") as client:
        yield client


@pytest.fixture
async def world(tmp_path: Path) -> World:
    """A province with units, people and sessions, whose MCUs do as they are told."""
    world = await World().build(tmp_path)
    world.watched.failing = False
    return world


@pytest.fixture
async def asks(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """As ``client``, of that province."""
    transport = httpx2.ASGITransport(app=world.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://server") as client:
        yield client
