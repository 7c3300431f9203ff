"""One contract for every store: the fake, SQLite and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from diemcau.domain.conference import Conference, called, full, opened
from diemcau.domain.directory import Directory
from diemcau.domain.planner import allocate
from diemcau.ports.store import Store, StoreFailed
from diemcau.provinces import load
from diemcau.store import open_store
from diemcau.store.tables import metadata
from diemcau.testing import MemoryStore
from diemcau.testing.samples import MASTER, directory

NOW = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
Reopen = Callable[[Store], Awaitable[Store]]


def conference(name: str = "c1") -> Conference:
    book = directory()
    made = opened(Conference(name, "Họp «quý»", MASTER, tuple(book.sites), chair="s-tinh"))
    return allocate(called(allocate(made, book), "s-bac-1", "k1", NOW), book)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'diemcau.db'}"
    if request.param == "postgresql":
        address: str = request.getfixturevalue("postgresql")
        await _emptied(address)
        return address
    return "memory"


async def _emptied(address: str) -> None:
    engine = create_async_engine(address)
    async with engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await engine.dispose()


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened_store: Store = MemoryStore() if url == "memory" else await open_store(url)
    yield opened_store
    await opened_store.close()


@pytest.fixture
def reopened(url: str) -> Reopen:
    """The same store as the next process finds it."""

    async def reopen(store: Store) -> Store:
        if url == "memory":
            return store
        await store.close()
        return await open_store(url)

    return reopen


def same(one: Directory | None, other: Directory) -> bool:
    assert one is not None
    return (list(one.units), list(one.sites.items()), list(one.mcus.items())) == (
        list(other.units),
        list(other.sites.items()),
        list(other.mcus.items()),
    )


async def test_a_new_store_is_empty(store: Store) -> None:
    assert await store.directory() is None
    assert await store.conferences() == []
    assert await store.epochs() == {}


async def test_a_directory_is_kept_in_its_order(store: Store, reopened: Reopen) -> None:
    await store.save_directory(load("vinh-phuc-2022").directory())
    again = await reopened(store)
    assert same(await again.directory(), load("vinh-phuc-2022").directory())
    await again.close()


async def test_a_directory_replaces_the_former_one(store: Store) -> None:
    await store.save_directory(directory())
    await store.save_directory(load("phu-tho-2025").directory())
    assert same(await store.directory(), load("phu-tho-2025").directory())


async def test_a_conference_is_kept_with_all_that_it_is(store: Store, reopened: Reopen) -> None:
    await store.save_conference(conference(), NOW)
    again = await reopened(store)
    assert await again.conferences() == [conference()]
    await again.close()


async def test_a_saved_conference_replaces_itself(store: Store) -> None:
    await store.save_conference(conference(), NOW)
    changed = replace(conference(), program=full("s-nam-1"), title="Khác", take_number=7)
    await store.save_conference(changed, NOW)
    assert await store.conferences() == [changed]


async def test_open_conferences_come_in_the_order_of_their_ids(store: Store) -> None:
    for name in ("c3", "c1", "c2"):
        await store.save_conference(conference(name), NOW)
    await store.close_conference("c2", NOW)
    assert [c.id for c in await store.conferences()] == ["c1", "c3"]


async def test_closing_what_is_not_there_is_no_error(store: Store) -> None:
    await store.close_conference("c9", NOW)


async def test_the_last_life_of_an_mcu_is_kept(store: Store) -> None:
    await store.save_epoch("a", "1", NOW)
    await store.save_epoch("b", "1", NOW)
    await store.save_epoch("a", "2", NOW)
    assert await store.epochs() == {"a": "2", "b": "1"}


async def test_writers_at_the_same_time_wait_for_each_other(store: Store) -> None:
    names = [f"c{number:02}" for number in range(20)]
    await asyncio.gather(*(store.save_conference(conference(n), NOW) for n in names))
    assert [c.id for c in await store.conferences()] == names


async def test_odd_characters_are_kept(store: Store) -> None:
    odd = replace(conference(), title="Họp ' \" \\ ☃ 🎥", banner="% ; -- ")
    await store.save_conference(odd, NOW)
    assert await store.conferences() == [odd]


async def test_the_migrations_lead_to_the_tables_of_the_code(url: str, store: Store) -> None:
    if url == "memory":
        pytest.skip("the fake has no tables")
    engine = create_async_engine(url)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_a_store_that_cannot_be_opened_says_which_without_its_password() -> None:
    with pytest.raises(StoreFailed, match="nowhere") as caught:
        await open_store("sqlite+aiosqlite:////proc/nowhere/x.db")
    assert "unable to open" in str(caught.value)
    with pytest.raises(StoreFailed) as refused:
        await open_store("postgresql+psycopg://me:geheim@127.0.0.1:1/x")
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("url", ["", "nonsense", "mysql+nothing://x/y", "sqlite:///x.db"])
async def test_a_senseless_address_is_answered_with_how_it_should_be(url: str) -> None:
    with pytest.raises(StoreFailed, match=r"sqlite\+aiosqlite:///FILE"):
        await open_store(url)


async def test_a_damaged_database_is_an_error_of_the_store(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    file.write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreFailed):
        await open_store(f"sqlite+aiosqlite:///{file}")
    assert file.read_bytes() == b"no database at all" * 100
