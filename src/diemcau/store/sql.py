"""``ports.store.Store`` over SQLAlchemy's asynchronous engine."""

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Table, delete, event, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from diemcau.domain.conference import Conference
from diemcau.domain.directory import Directory, Mcu, Site
from diemcau.domain.units import Unit
from diemcau.ports.store import StoreFailed
from diemcau.store import tables
from diemcau.store.codec import decode, encode
from diemcau.store.migrate import upgrade

T = TypeVar("T", Unit, Mcu)


async def open_store(url: str) -> "SqlStore":
    """Connect, bring the tables up to date, and give the store.

    ``url`` as SQLAlchemy writes it: ``sqlite+aiosqlite:///file`` or ``postgresql+psycopg://…``.
    Raises ``StoreFailed``.
    """
    try:
        address = make_url(url)
        engine = create_async_engine(address, pool_pre_ping=address.get_backend_name() != "sqlite")
    except (SQLAlchemyError, ImportError) as error:
        raise StoreFailed(
            f"{error}; use sqlite+aiosqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
        ) from error
    try:
        if engine.dialect.name == "sqlite":
            _try_sqlite(address.database or "")
            event.listen(engine.sync_engine, "connect", _tune_sqlite)
        async with engine.begin() as connection:
            await connection.run_sync(upgrade)
    except (SQLAlchemyError, OSError, sqlite3.Error) as error:
        await engine.dispose()
        shown = address.render_as_string(hide_password=True)
        raise StoreFailed(f"{shown}: {error}") from error
    return SqlStore(engine)


def _try_sqlite(file: str) -> None:
    """Raises ``sqlite3.Error`` for a file that is no database, before aiosqlite starts a thread
    for it: that thread would fail a second time, loudly, when the event loop ends."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA schema_version")


def _tune_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class SqlStore:
    """One engine; a transaction for each call."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def close(self) -> None:
        await self._engine.dispose()

    async def directory(self) -> Directory | None:
        async with self._transaction() as connection:
            units = [_unit(row) for row in await _rows(connection, tables.units, "position")]
            sites = [_site(row) for row in await _rows(connection, tables.sites, "number")]
            mcus = [_mcu(row) for row in await _rows(connection, tables.mcus, "position")]
        return Directory([*units, *sites, *mcus]) if units else None

    async def save_directory(self, directory: Directory) -> None:
        mcus = _parents_first(list(directory.mcus.values()))
        units = _parents_first(list(directory.units))
        async with self._transaction() as connection:
            for table in (tables.sites, tables.mcus, tables.units):
                await connection.execute(delete(table))
            await _insert(connection, tables.units, [_unit_row(u, i) for i, u in units])
            await _insert(connection, tables.mcus, [_mcu_row(m, i) for i, m in mcus])
            sites = [_site_row(site) for site in directory.sites.values()]
            await _insert(connection, tables.sites, sites)

    async def conferences(self) -> list[Conference]:
        table = tables.conferences
        query = select(table.c.state).where(table.c.closed_at.is_(None)).order_by(table.c.id)
        async with self._transaction() as connection:
            return [decode(state) for state in (await connection.execute(query)).scalars()]

    async def save_conference(self, conference: Conference, now: datetime) -> None:
        values = {"title": conference.title, "state": encode(conference)}
        async with self._transaction() as connection:
            await self._upsert(
                connection,
                tables.conferences,
                {"id": conference.id, **values, "opened_at": now},
                changed=("title", "state"),
            )

    async def close_conference(self, conference_id: str, now: datetime) -> None:
        table = tables.conferences
        async with self._transaction() as connection:
            await connection.execute(
                update(table).where(table.c.id == conference_id).values(closed_at=now)
            )

    async def epochs(self) -> Mapping[str, str]:
        table = tables.mcu_lives
        async with self._transaction() as connection:
            rows = await connection.execute(select(table.c.mcu, table.c.epoch))
            return {row.mcu: row.epoch for row in rows}

    async def save_epoch(self, mcu: str, epoch: str, now: datetime) -> None:
        row = {"mcu": mcu, "epoch": epoch, "seen_at": now}
        async with self._transaction() as connection:
            await self._upsert(connection, tables.mcu_lives, row, changed=("epoch", "seen_at"))

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise StoreFailed(str(error)) from error

    async def _upsert(
        self,
        connection: AsyncConnection,
        table: Table,
        row: dict[str, Any],
        changed: tuple[str, ...],
    ) -> None:
        dialect = sqlite if self._engine.dialect.name == "sqlite" else postgresql
        statement = dialect.insert(table).values(row)
        excluded = {name: statement.excluded[name] for name in changed}
        key = list(table.primary_key.columns)
        await connection.execute(statement.on_conflict_do_update(index_elements=key, set_=excluded))


async def _rows(connection: AsyncConnection, table: Table, order: str) -> list[Any]:
    return list(await connection.execute(select(table).order_by(table.c[order])))


async def _insert(connection: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(insert(table), rows)


def _parents_first(items: list[T]) -> list[tuple[int, T]]:
    """Each with its position in the list, so ordered that no parent comes after its child."""
    waiting = list(enumerate(items))
    placed: list[tuple[int, T]] = []
    known = {""}
    while waiting:
        ready = [(i, item) for i, item in waiting if item.parent in known]
        if not ready:
            raise StoreFailed(f"no parent for {waiting[0][1].id!r}")
        placed += ready
        known |= {item.id for _, item in ready}
        waiting = [(i, item) for i, item in waiting if item.id not in known]
    return placed


def _unit_row(unit: Unit, position: int) -> dict[str, Any]:
    return {
        "id": unit.id,
        "position": position,
        "name": unit.name,
        "tier": unit.tier,
        "parent": unit.parent or None,
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
    }


def _unit(row: Any) -> Unit:
    return Unit(row.id, row.name, row.tier, row.parent or "", row.valid_from, row.valid_to)


def _mcu_row(mcu: Mcu, position: int) -> dict[str, Any]:
    return {
        "id": mcu.id,
        "position": position,
        "name": mcu.name,
        "operator": mcu.operator,
        "parent": mcu.parent or None,
        "areas": list(mcu.areas),
    }


def _mcu(row: Any) -> Mcu:
    return Mcu(row.id, row.name, row.operator, row.parent or "", tuple(row.areas))


def _site_row(site: Site) -> dict[str, Any]:
    return {
        "id": site.id,
        "code": site.code,
        "name": site.name,
        "unit": site.unit,
        "mcu": site.mcu,
        "number": site.number,
    }


def _site(row: Any) -> Site:
    return Site(row.id, row.code, row.name, row.unit, row.mcu, row.number)
