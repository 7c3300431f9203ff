"""``ports.store.Store`` over SQLAlchemy's asynchronous engine."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Insert,
    Row,
    Table,
    and_,
    bindparam,
    delete,
    event,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from diemcau.domain.conference import Conference
from diemcau.domain.journal import Note, Sealed, entry_of, seal_all
from diemcau.domain.measures import Minute
from diemcau.domain.refusal import Text
from diemcau.ports.store import R, Record, StoreFailed
from diemcau.store import minutes, records, tables
from diemcau.store.codec import decode, encode
from diemcau.store.migrate import upgrade
from diemcau.store.records import kind_name

LIMIT_S = 5.0
"""After how long a transaction is given up on a database that is elsewhere: a conference's lock is
held over it. Where nothing answers the driver's request to cancel either, it takes 10 s more.
SQLite waits as long for another program by itself; what its thread is about cannot be given up."""

GONE_S = 3
"""A host that acknowledges nothing for so long is gone, and what is connected to it with it."""


async def open_store(url: str) -> "SqlStore":
    """Connect, bring the tables up to date, and give the store.

    ``url`` as SQLAlchemy writes it: ``sqlite+aiosqlite:///file`` or ``postgresql+psycopg://…``.
    Raises ``StoreFailed``.
    """
    engine = _engine(url)
    try:
        if engine.dialect.name == "sqlite":
            _try_sqlite(engine.url.database or "", "journal_mode=WAL")
            event.listen(engine.sync_engine, "connect", _tune_sqlite)
        async with engine.begin() as connection:
            await connection.run_sync(upgrade)
    except (SQLAlchemyError, OSError, sqlite3.Error) as error:
        await engine.dispose()
        raise _failed(engine, error) from error
    return SqlStore(engine)


async def open_store_to_read(url: str) -> "SqlStore":
    """A store as it is, whose server may be running: nothing is made, brought up to date or
    written. Raises ``StoreFailed``."""
    engine = _engine(url)
    try:
        if engine.dialect.name == "sqlite":
            _require_file(engine.url.database or "")
            _try_sqlite(engine.url.database or "", "schema_version")
            event.listen(engine.sync_engine, "connect", _only_read_sqlite)
        async with engine.connect() as connection:
            await connection.execute(select(tables.journal.c.seq).limit(1))
    except (SQLAlchemyError, OSError, sqlite3.Error) as error:
        await engine.dispose()
        raise _failed(engine, error) from error
    return SqlStore(engine)


def _engine(url: str) -> AsyncEngine:
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            return create_async_engine(address)
        gone = {"connect_timeout": GONE_S, "tcp_user_timeout": GONE_S * 1000}
        unsaid = {name: value for name, value in gone.items() if name not in address.query}
        return create_async_engine(address, pool_pre_ping=True, connect_args=unsaid)
    except (SQLAlchemyError, ImportError) as error:
        raise StoreFailed(
            f"{error}; use sqlite+aiosqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
        ) from error


def _failed(engine: AsyncEngine, error: Exception) -> StoreFailed:
    return StoreFailed(f"{engine.url.render_as_string(hide_password=True)}: {error}")


def _require_file(file: str) -> None:
    """SQLite would make it."""
    if not Path(file).is_file():
        raise FileNotFoundError(f"there is no file {file}")


def _try_sqlite(file: str, pragma: str) -> None:
    """Raises ``sqlite3.Error`` for a file that is no database, before aiosqlite starts a thread
    for it: that thread would fail a second time, loudly, when the event loop ends. A new one is
    its owner's alone to read: it will hold secrets of accounts. Its journal is made WAL here, once
    for all: SQLite does not wait for another that is just doing so within a transaction."""
    if file not in ("", ":memory:"):
        Path(file).touch(mode=0o600)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA {pragma}")


def _tune_sqlite(connection: Any, _record: object) -> None:
    """Full synchronisation: what is answered as stored outlasts a power cut, as the outbox and the
    signed head of the log book rely on."""
    cursor = connection.cursor()
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _only_read_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()


class SqlStore:
    """One engine; a transaction for each call."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._sealing = asyncio.Lock()

    async def close(self) -> None:
        await self._engine.dispose()

    async def records(self, kind: type[R]) -> list[R]:
        table = tables.records
        query = select(table.c.id, table.c.data).where(table.c.kind == kind_name(kind))
        async with self._transaction(limited=False) as connection:  # all there is, at the start
            rows = (await connection.execute(query.order_by(table.c.number))).all()
        return [_read(kind, row) for row in rows]

    async def commit(
        self,
        puts: Sequence[Record],
        removes: Sequence[Record],
        notes: Sequence[Note],
        now: datetime,
    ) -> list[Sealed]:
        table = tables.records
        gone = [{"its": records.name_of(record), "named": record.id} for record in removes]
        kept = [records.row(record) for record in puts]
        this = (table.c.kind == bindparam("its"), table.c.id == bindparam("named"))
        async with self._sealing, self._transaction() as connection:
            if gone:
                await connection.execute(delete(table).where(*this), gone)
            if kept:
                key = (table.c.kind, table.c.id)
                upsert = self._insert_or_update(table, ("dossier", "data"), key)
                await connection.execute(upsert, kept)
            return await _append(connection, notes, now)

    async def entries(
        self,
        after: int = 0,
        limit: int = 500,
        subject: str = "",
        actor: str = "",
        before: int | None = None,
    ) -> list[Sealed]:
        table = tables.journal
        query = select(table).where(table.c.seq > after)
        if subject:
            its = table.c.subject
            under = and_(its >= f"{subject}/", its < f"{subject}0")  # "0" comes next after "/"
            query = query.where(or_(its == subject, under))
        if actor:
            query = query.where(table.c.actor == actor)
        if before is None:
            query = query.order_by(table.c.seq)
        else:
            query = query.where(table.c.seq < before).order_by(table.c.seq.desc())
        async with self._transaction() as connection:
            found = [_entry(row) for row in await connection.execute(query.limit(limit))]
        return found if before is None else found[::-1]

    async def last(self) -> Sealed | None:
        async with self._transaction() as connection:
            return await _last(connection)

    async def conferences(self) -> list[Conference]:
        table = tables.conferences
        query = select(table.c.state).where(table.c.closed_at.is_(None))
        async with self._transaction() as connection:
            found = [decode(state) for state in (await connection.execute(query)).scalars()]
        return sorted(found, key=lambda conference: conference.id)

    async def conference(self, conference_id: str) -> Conference | None:
        table = tables.conferences
        query = select(table.c.state).where(table.c.id == conference_id)
        async with self._transaction() as connection:
            state = (await connection.execute(query)).scalar_one_or_none()
        return decode(state) if state else None

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

    async def keep_minutes(self, kept: Sequence[Minute]) -> None:
        if not kept:
            return
        table = tables.minutes
        upsert = self._insert_or_update(table, ("data",), tuple(table.primary_key.columns))
        async with self._transaction() as connection:
            await connection.execute(upsert, [minutes.row(minute) for minute in kept])

    async def minutes(self, session: str, subject: str = "") -> list[Minute]:
        its = tables.minutes.c
        wanted = (its.session == session, *([its.subject == subject] if subject else ()))
        return await self._minutes(and_(*wanted), its.subject, its.start)

    async def minutes_of(self, subject: str, since: datetime, until: datetime) -> list[Minute]:
        its = tables.minutes.c
        within = and_(its.start >= since.timestamp(), its.start < until.timestamp())
        return await self._minutes(and_(its.subject == subject, within), its.start, its.session)

    async def _minutes(
        self, wanted: ColumnElement[bool], *order: ColumnElement[Any]
    ) -> list[Minute]:
        its = tables.minutes.c
        query = select(its.session, its.subject, its.start, its.data).where(wanted)
        async with self._transaction() as connection:
            rows = (await connection.execute(query.order_by(*order))).all()
        return await asyncio.to_thread(minutes.read, rows)

    @asynccontextmanager
    async def _transaction(self, *, limited: bool = True) -> AsyncIterator[AsyncConnection]:
        limit_s = LIMIT_S if limited and not self._is_sqlite else None
        try:
            async with asyncio.timeout(limit_s), self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise StoreFailed(str(error) or f"no answer within {limit_s} s") from error

    async def _upsert(
        self,
        connection: AsyncConnection,
        table: Table,
        row: dict[str, Any],
        changed: tuple[str, ...],
    ) -> None:
        key = tuple(table.primary_key.columns)
        await connection.execute(self._insert_or_update(table, changed, key), row)

    def _insert_or_update(
        self, table: Table, changed: tuple[str, ...], key: tuple[Column[Any], ...]
    ) -> Insert:
        dialect = sqlite if self._is_sqlite else postgresql
        statement = dialect.insert(table)
        excluded = {name: statement.excluded[name] for name in changed}
        upsert: Insert = statement.on_conflict_do_update(index_elements=list(key), set_=excluded)
        return upsert


def _read(kind: type[Any], row: Row[*tuple[Any, ...]]) -> Any:
    try:
        return records.decode(kind, row.data)
    except ValueError as error:
        raise StoreFailed(f"{kind_name(kind)} {row.id}: {error}") from error


def _entry(row: Row[*tuple[Any, ...]]) -> Sealed:
    """A row of the log book, with the columns that find it. Whatever was changed in either gives
    an entry that its hash does not fit: verifying names it, and nothing else fails."""
    try:
        entry = entry_of(row.entry)
    except ValueError:
        at, nothing = row.at.replace(tzinfo=UTC), Text("", "")
        return Sealed(row.actor, "", row.subject, nothing, seq=row.seq, at=at, previous="", hash="")
    if _columns(entry) == {"subject": row.subject, "actor": row.actor}:
        return replace(entry, seq=row.seq)
    return replace(entry, seq=row.seq, subject=row.subject, actor=row.actor)


def _columns(entry: Sealed) -> dict[str, str]:
    """What an entry is found by."""
    return {"subject": entry.subject[: tables.SUBJECT], "actor": entry.actor[: tables.ACTOR]}


async def _last(connection: AsyncConnection) -> Sealed | None:
    table = tables.journal
    query = select(table).order_by(table.c.seq.desc()).limit(1)
    row = (await connection.execute(query)).one_or_none()
    return _entry(row) if row else None


async def _append(
    connection: AsyncConnection, notes: Sequence[Note], now: datetime
) -> list[Sealed]:
    """Write notes into the log book, each sealed upon the one before it."""
    if not notes:
        return []
    sealed = seal_all(notes, now, await _last(connection))
    rows = [
        {"seq": entry.seq, "at": entry.at, **_columns(entry), "entry": entry.form()}
        for entry in sealed
    ]
    await connection.execute(insert(tables.journal), rows)
    return sealed
