"""What the store promises of the databases themselves, beside the contract of all stores: versions
old and new, tampering, failures in the middle, and what is done behind its back."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from diemcau.domain.dossier import Dossier
from diemcau.domain.journal import FaultKind, verify
from diemcau.domain.units import Unit
from diemcau.ports.store import Store, StoreFailed
from diemcau.services.journal import verify_store
from diemcau.store import open_store, sql
from diemcau.testing import FakeSealer
from diemcau.testing.postgres import Postgres
from tests.contract.databases import Limits, Place, on_databases, on_postgresql, on_sqlite
from tests.kept import RECORDS
from tests.logs import NOW, note

UNITS = [Unit(f"u-{number}", f"Xã {number}", "commune") for number in range(5)]
DOSSIER = next(record for record in RECORDS if isinstance(record, Dossier))
TOO_MUCH = [replace(UNITS[0], id=f"v-{number}", name="x" * 1000) for number in range(200)]


async def rewrite(place: Place, kind: str, **members: Any) -> None:
    """Write members into every record of a kind, None: take it away, as another version would."""
    engine = place.engine()
    async with engine.begin() as connection:
        found = await connection.execute(
            text(f"SELECT id, data FROM records WHERE kind = '{kind}'")
        )
        for row in found.all():
            data = json.loads(row.data) if isinstance(row.data, str) else row.data
            data = {n: v for n, v in (data | members).items() if v is not None}
            await connection.execute(
                text("UPDATE records SET data = :data WHERE kind = :kind AND id = :id"),
                {"data": json.dumps(data), "kind": kind, "id": row.id},
            )
    await engine.dispose()


@on_databases
async def test_a_newer_record_is_read_without_what_is_unknown(store: Store, place: Place) -> None:
    await store.commit([DOSSIER], [], [], NOW)
    letter = {"number": "1", "day": None, "sender": "", "subject": "", "pages": 3}
    await rewrite(place, "dossier", colour={"of": ["the", "folder"]}, letter=letter)
    (found,) = await store.records(Dossier)
    assert found == replace(DOSSIER, letter=replace(found.letter, number="1"))


@on_databases
async def test_an_older_record_is_read_with_defaults_for_what_it_lacks(
    store: Store, place: Place
) -> None:
    await store.commit([DOSSIER, *UNITS[:1]], [], [], NOW)
    await rewrite(place, "dossier", secrecy=None, admitted=None, raised=None, letter=None)
    await rewrite(place, "unit", code=None, valid_from=None)
    (found,) = await store.records(Dossier)
    assert found.letter == Dossier.letter
    assert (found.secrecy, found.admitted, found.raised) == (Dossier.secrecy, (), frozenset())
    assert await store.records(Unit) == UNITS[:1]


@on_databases
async def test_a_record_that_cannot_be_read_is_named(store: Store, place: Place) -> None:
    await store.commit(UNITS[:1], [], [], NOW)
    await rewrite(place, "unit", tier=None)
    with pytest.raises(StoreFailed, match=r"unit u-0: .*tier"):
        await store.records(Unit)


REFUSING = {
    "sqlite": (
        "CREATE TRIGGER refusing BEFORE INSERT ON journal"
        " BEGIN SELECT RAISE(ABORT, 'not now'); END",
        "DROP TRIGGER refusing",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'not now'; END $$;"
        " CREATE TRIGGER refusing BEFORE INSERT ON journal EXECUTE FUNCTION refuse()",
        "DROP TRIGGER refusing ON journal",
    ),
}


@on_databases
async def test_with_one_line_of_the_log_book_refused_no_record_is_kept(
    store: Store, place: Place
) -> None:
    refuse, allow = REFUSING["postgresql" if place.server else "sqlite"]
    await store.commit(UNITS[:2], [], [note()], NOW)
    await place.execute(refuse)
    with pytest.raises(StoreFailed, match="not now"):
        await store.commit(UNITS[2:], UNITS[:1], [note()], NOW)
    assert await store.records(Unit) == UNITS[:2]
    await place.execute(allow)
    await store.commit(UNITS[2:], UNITS[:1], [note()], NOW)
    assert await store.records(Unit) == UNITS[1:]
    assert [entry.seq for entry in await store.entries()] == [1, 2]


@on_databases
async def test_two_processes_at_once_do_not_fork_the_log(store: Store, place: Place) -> None:
    stores = (store, await place.store())
    commits = (s.commit([u], [], [note()], NOW) for s in stores for u in UNITS)
    done = await asyncio.gather(*commits, return_exceptions=True)
    assert all(isinstance(one, list | StoreFailed) for one in done)
    entries = await store.entries()
    assert verify(entries).ok
    assert len(entries) == sum(isinstance(one, list) for one in done) > 0


@on_databases
async def test_stores_opened_at_once_make_the_tables_once(place: Place) -> None:
    stores = await asyncio.gather(*(place.store() for _ in range(3)))
    await stores[0].commit(UNITS, [], [], NOW)
    assert await stores[2].records(Unit) == UNITS


async def log_of_five(store: Store) -> None:
    await store.commit([], [], [note(number) for number in range(1, 6)], NOW)


NOTE_3 = "WHERE seq = 3"
TAMPERED = {
    "its subject": f"UPDATE journal SET subject = 'dossier/d9' {NOTE_3}",
    "its actor": f"UPDATE journal SET actor = 'system' {NOTE_3}",
    "its content": f"UPDATE journal SET entry = '{{}}' {NOTE_3}",
    "no content": f"UPDATE journal SET entry = 'null' {NOTE_3}",
    "another's content": f"UPDATE journal SET entry = (SELECT entry FROM journal WHERE seq = 1)"
    f" {NOTE_3}",
}


@pytest.mark.parametrize("what", TAMPERED)
@on_databases
async def test_tampering_with_a_row_is_found_and_named(
    what: str, store: Store, place: Place
) -> None:
    await log_of_five(store)
    await place.execute(TAMPERED[what])
    verdict = await verify_store(store, FakeSealer())
    assert {f.seq for f in verdict.faults if f.kind is FaultKind.ALTERED} == {3}
    assert verdict.count == 5


@on_databases
async def test_a_log_whose_last_row_is_spoilt_goes_on(store: Store, place: Place) -> None:
    await log_of_five(store)
    await place.execute("UPDATE journal SET entry = '[]' WHERE seq = 5")
    (added,) = await store.commit(UNITS, [], [note()], NOW)
    assert added.seq == 6
    verdict = await verify_store(store, FakeSealer())
    assert [(f.seq, f.kind) for f in verdict.faults] == [
        (5, FaultKind.ALTERED),
        (5, FaultKind.REPLACED),
    ]


@pytest.mark.parametrize(
    ("limit", "reason", "lifted"),
    [
        ("max_page_count = 1", "full", "max_page_count = 100000"),
        ("query_only = ON", "readonly", "query_only = OFF"),
    ],
)
@on_sqlite
async def test_a_full_or_read_only_disk_loses_nothing(
    limit: str, reason: str, lifted: str, limits: Limits, store: Store, place: Place
) -> None:
    await store.commit(UNITS, [], [note()], NOW)
    limits.pragma = limit
    with pytest.raises(StoreFailed, match=reason):
        await store.commit(TOO_MUCH, UNITS[:1], [note()], NOW)
    assert await store.records(Unit) == UNITS
    limits.pragma = lifted
    await store.commit(TOO_MUCH, UNITS[:1], [note()], NOW)
    assert await (await place.store()).records(Unit) == [*UNITS[1:], *TOO_MUCH]
    assert [entry.seq for entry in await store.entries()] == [1, 2]


@on_sqlite
async def test_while_another_program_holds_the_file_a_commit_waits(
    store: Store, place: Place
) -> None:
    engine = place.engine()
    async with engine.connect() as connection:
        await connection.execute(text("BEGIN IMMEDIATE"))
        commit = asyncio.create_task(store.commit(UNITS, [], [note()], NOW))
        assert await store.records(Unit) == []
        assert not commit.done()
        await connection.rollback()
        await commit
    await engine.dispose()
    assert await store.records(Unit) == UNITS


@on_sqlite
async def test_what_is_answered_as_stored_outlasts_a_power_cut(
    limits: Limits, store: Store
) -> None:
    found: list[Any] = []

    def asked(connection: Any, _record: object, _proxy: object) -> None:
        cursor = connection.cursor()
        for pragma in ("synchronous", "journal_mode"):
            cursor.execute(f"PRAGMA {pragma}")
            found.append(cursor.fetchone()[0])
        cursor.close()

    event.listen(Engine, "checkout", asked)
    await store.last()
    event.remove(Engine, "checkout", asked)
    assert found == [2, "wal"]


@on_postgresql
async def test_a_database_that_went_is_used_again_when_it_is_back(
    store: Store, place: Place
) -> None:
    server = place.server
    assert isinstance(server, Postgres)
    await store.commit(UNITS[:1], [], [note()], NOW)
    server.stop()
    try:
        with pytest.raises(StoreFailed):
            await store.commit(UNITS[1:2], [], [note()], NOW)
        with pytest.raises(StoreFailed):
            await store.records(Unit)
    finally:
        server.start()
    await store.commit(UNITS[2:3], [], [note()], NOW)
    assert await store.records(Unit) == [UNITS[0], UNITS[2]]
    assert verify(await store.entries()).ok


@on_postgresql
async def test_a_database_that_does_not_answer_is_given_up_and_used_again(
    store: Store, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is read when the server starts may take as long as it takes."""
    engine = place.engine()
    async with engine.begin() as connection:
        await connection.execute(text("LOCK TABLE journal, records"))
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(sql, "LIMIT_S", 0.1)
            starting = asyncio.create_task(store.records(Unit))
            with pytest.raises(StoreFailed, match="no answer"):
                await store.commit(UNITS[:1], [], [note()], NOW)
            with pytest.raises(StoreFailed, match="no answer"):
                await store.entries()
        assert not starting.done()
    assert await starting == []
    await engine.dispose()
    await store.commit(UNITS[1:2], [], [note()], NOW)
    assert await store.records(Unit) == UNITS[1:2]
    assert [entry.seq for entry in await store.entries()] == [1]


@on_sqlite
async def test_a_damaged_database_is_an_error_of_the_store(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "diemcau.db"
    file.write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreFailed):
        await place.store()
    assert file.read_bytes() == b"no database at all" * 100


async def test_a_store_that_cannot_be_opened_says_which_without_its_password() -> None:
    with pytest.raises(StoreFailed, match="nowhere") as caught:
        await open_store("sqlite+aiosqlite:////proc/nowhere/x.db")
    assert "No such file" in str(caught.value)
    with pytest.raises(StoreFailed) as refused:
        await open_store("postgresql+psycopg://me:geheim@127.0.0.1:1/x")
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("url", ["", "nonsense", "mysql+nothing://x/y", "sqlite:///x.db"])
async def test_a_senseless_address_is_answered_with_how_it_should_be(url: str) -> None:
    with pytest.raises(StoreFailed, match=r"sqlite\+aiosqlite:///FILE"):
        await open_store(url)
