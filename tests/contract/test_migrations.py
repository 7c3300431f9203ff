"""Databases of former versions come out as the records that the code reads, on both databases."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from diemcau.domain.directory import Directory, Mcu, Site
from diemcau.domain.units import Unit
from diemcau.ports.store import Store, StoreFailed
from diemcau.store.tables import metadata
from diemcau.testing.samples import directory
from tests.contract.databases import Place, on_databases
from tests.contract.test_store import conference, kept
from tests.logs import NOW

pytestmark = on_databases

ODD = 'Xã "Nguyễn" \' \\ ☃'
UNITS = [
    Unit("u-2", "Tỉnh", "province"),
    Unit("u-1", ODD, "commune", "u-2", date(2025, 7, 1), date(2030, 1, 1)),
    Unit("u-3", "Xã 3", "commune", "u-2"),
]
MCUS = [Mcu("tinh", "MCU tỉnh", "VP", "", ("u-2",)), Mcu("bac", "MCU bắc", "", "tinh", ())]
SITES = [
    Site("s-2", "02", "Điểm 2", "u-2", "tinh", 1),
    Site("s-1", "01", ODD, "u-1", "bac", 7),
]


async def as_it_was(place: Place, areas: str | None = None) -> None:
    """A database of version 0001, filled as its code did; ``areas``: spoils the last MCU's."""
    engine = place.engine()
    async with engine.begin() as connection:
        await connection.run_sync(_migrated, "0001")
        for number, unit in enumerate(UNITS):
            values = vars(unit) | {"position": number, "parent": unit.parent or None}
            statement = _insert("units", values, "code", "latitude", "longitude")
            await connection.execute(statement, _dates(values, place))
        for number, mcu in enumerate(MCUS):
            written = json.dumps(mcu.areas) if areas is None else areas
            values = vars(mcu) | {"position": number, "parent": mcu.parent or None}
            left_out = ("unit", "capacity", "mbps", "gateway", "valid_from", "valid_to")
            statement = _insert("mcus", values, *left_out)
            await connection.execute(statement, values | {"areas": written})
        for site in reversed(SITES):
            statement = _insert("sites", vars(site), "room", "valid_from", "valid_to")
            await connection.execute(statement, vars(site))
        await connection.execute(
            text("INSERT INTO mcu_lives VALUES ('bac', 'e1', '2026-01-01 00:00:00+00')")
        )
    await engine.dispose()


def _migrated(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "diemcau.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _insert(table: str, values: dict[str, Any], *left_out: str) -> Any:
    columns = [name for name in values if name not in left_out]
    named = ", ".join(f":{name}" for name in columns)
    return text(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({named})")


def _dates(values: dict[str, Any], place: Place) -> dict[str, Any]:
    """SQLite keeps dates as text."""
    if place.server:
        return values
    return {n: v.isoformat() if isinstance(v, date) else v for n, v in values.items()}


async def test_a_directory_of_the_first_version_becomes_records(place: Place) -> None:
    await as_it_was(place)
    store = await place.store()
    assert await store.records(Unit) == UNITS
    assert await store.records(Mcu) == MCUS
    dated = replace(SITES[1], valid_from=UNITS[1].valid_from, valid_to=UNITS[1].valid_to)
    assert await store.records(Site) == [SITES[0], dated]
    assert await store.epochs() == {"bac": "e1"}
    assert list(Directory(await kept(store)).entries) == [*UNITS, *MCUS, SITES[0], dated]


async def test_what_was_moved_is_changed_and_added_to_like_all_else(place: Place) -> None:
    await as_it_was(place)
    store = await place.store()
    more = Unit("u-4", "Xã 4", "commune", "u-2")
    await store.commit([more, UNITS[2]], UNITS[:1], [], NOW)
    assert await store.records(Unit) == [*UNITS[1:], more]


async def test_an_empty_database_of_the_first_version_is_an_empty_store(place: Place) -> None:
    engine = place.engine()
    async with engine.begin() as connection:
        await connection.run_sync(_migrated, "0001")
    await engine.dispose()
    assert await kept(await place.store()) == []


async def test_a_migration_that_fails_changes_nothing(place: Place) -> None:
    await as_it_was(place, areas='["u-1"]')
    obstacle = "CREATE TABLE journal (seq INTEGER)"
    await place.execute(obstacle)
    with pytest.raises(StoreFailed, match="journal"):
        await place.store()
    await place.execute("DROP TABLE journal")
    assert await (await place.store()).records(Unit) == UNITS


async def test_the_migrations_lead_to_the_tables_of_the_code(place: Place, store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    engine = place.engine()
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_conferences_stay_where_they_are(place: Place) -> None:
    first = await place.store()
    await first.save_conference(conference(), NOW)
    assert await (await place.store()).conferences() == [conference()]
    assert set(conference().sites) == set(directory().sites)
