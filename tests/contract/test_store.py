"""One contract for every store: the fake, SQLite and PostgreSQL."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from diemcau.domain.conference import Conference, called, full, opened
from diemcau.domain.directory import Directory, Duty, Tier
from diemcau.domain.journal import verify
from diemcau.domain.planner import allocate
from diemcau.domain.units import Unit
from diemcau.ports.store import KINDS, Store
from diemcau.provinces import load
from diemcau.testing.samples import MASTER, directory
from tests.contract.databases import Place
from tests.kept import AT, BARE, ODD, RECORDS
from tests.logs import NOW, note

UNITS = [Unit(f"u-{number}", f"Xã {number}", "commune") for number in range(5)]


def conference(name: str = "c1") -> Conference:
    book = directory()
    made = opened(Conference(name, "Họp «quý»", MASTER, tuple(book.sites), chair="s-tinh"))
    return allocate(called(allocate(made, book), "s-bac-1", "k1", NOW), book)


async def kept(store: Store) -> list[Any]:
    """All records, kind by kind."""
    return [record for kind in KINDS.values() for record in await store.records(kind)]


def inside(value: object) -> Iterator[object]:
    """A value and all that it consists of."""
    yield value
    if is_dataclass(value):
        parts: Sequence[object] = [getattr(value, field.name) for field in fields(value)]
    elif isinstance(value, Mapping):
        parts = [*value.keys(), *value.values()]
    else:
        parts = list(value) if isinstance(value, tuple | frozenset) else []
    for part in parts:
        yield from inside(part)


def test_there_is_a_sample_of_every_kind_that_uses_every_field() -> None:
    assert [type(record) for record in RECORDS] == list(KINDS.values())
    for record in RECORDS:
        for field in fields(record):
            default = field.default_factory() if callable(field.default_factory) else field.default
            assert default is MISSING or getattr(record, field.name) != default, field.name


async def test_a_new_store_is_empty(store: Store) -> None:
    assert await kept(store) == []
    assert await store.conferences() == []
    assert await store.epochs() == {}
    assert await store.last() is None


@pytest.mark.parametrize("record", [*RECORDS, *BARE], ids=lambda r: type(r).__name__)
async def test_a_record_is_read_as_it_was_kept(record: Any, store: Store, place: Place) -> None:
    await store.commit([record], [], [], NOW)
    (found,) = await (await place.store()).records(type(record))
    assert found == record
    for one, other in zip(inside(found), inside(record), strict=True):
        assert type(one) is type(other) or isinstance(one, Mapping)
        if isinstance(one, datetime):
            assert one.utcoffset() == timedelta(0)


async def test_records_keep_the_order_in_which_they_came(store: Store, place: Place) -> None:
    first, second, *rest = UNITS
    await store.commit([second, first], [], [], NOW)
    await store.commit([RECORDS[0], *rest], [], [], NOW)
    changed = replace(second, name="Phường")
    await store.commit([changed], [], [], NOW)
    assert await (await place.store()).records(Unit) == [changed, first, *rest]


async def test_what_is_kept_twice_is_there_once(store: Store) -> None:
    await store.commit([UNITS[0], replace(UNITS[0], name="Phường")], [], [], NOW)
    assert await store.records(Unit) == [replace(UNITS[0], name="Phường")]


async def test_records_of_two_kinds_may_have_one_id(store: Store) -> None:
    tier = Tier(UNITS[0].id, "Xã", "Commune", 3)
    await store.commit([tier, UNITS[0]], [], [], NOW)
    await store.commit([], [tier], [], NOW)
    assert await kept(store) == [UNITS[0]]


async def test_what_is_removed_is_gone(store: Store, place: Place) -> None:
    await store.commit(UNITS, [], [], NOW)
    await store.commit([], [UNITS[1], replace(UNITS[3], name="Phường")], [], NOW)
    assert await (await place.store()).records(Unit) == [UNITS[0], UNITS[2], UNITS[4]]


async def test_removing_what_is_not_there_is_no_error(store: Store) -> None:
    await store.commit([], UNITS, [], NOW)
    assert await kept(store) == []


async def test_what_is_removed_and_kept_at_once_is_new(store: Store) -> None:
    await store.commit(UNITS[:2], [], [], NOW)
    await store.commit([UNITS[0]], [UNITS[0]], [], NOW)
    assert await store.records(Unit) == [UNITS[1], UNITS[0]]


@pytest.mark.parametrize("province", ["vinh-phuc-2022", "phu-tho-2025"])
async def test_a_directory_is_kept_as_it_is(province: str, store: Store, place: Place) -> None:
    entries = load(province).directory().entries
    await store.commit(entries, [], [], NOW)
    again = Directory(await kept(await place.store()))
    assert list(again.entries) == sorted(entries, key=lambda e: list(KINDS.values()).index(type(e)))
    await store.commit([], entries, [], NOW)
    assert await kept(store) == []


async def test_half_a_character_does_not_make_a_record_unreadable(store: Store) -> None:
    await store.commit([replace(UNITS[0], name="x\ud83d")], [], [], NOW)
    assert await store.records(Unit) == [replace(UNITS[0], name="x\ufffd")]


NO_RECORD = Duty("d-1", "p-1", "u-1", starts="soon", ends=AT)  # type: ignore[arg-type]


async def test_with_one_record_that_has_no_written_form_nothing_changes(store: Store) -> None:
    await store.commit(UNITS[:2], [], [note()], NOW)
    with pytest.raises(ValueError, match="soon"):
        await store.commit([UNITS[2], NO_RECORD], [UNITS[0]], [note()], NOW)
    assert await kept(store) == UNITS[:2]
    assert [entry.seq for entry in await store.entries()] == [1]


async def test_with_one_note_that_cannot_be_sealed_nothing_changes(store: Store) -> None:
    await store.commit(UNITS[:2], [], [], NOW)
    with pytest.raises(ValueError, match="zone"):
        await store.commit([UNITS[2]], [UNITS[0]], [note()], NOW.replace(tzinfo=None))
    assert await kept(store) == UNITS[:2]
    assert await store.last() is None


async def test_a_commit_gives_the_entries_as_they_are_read(store: Store, place: Place) -> None:
    sealed = await store.commit(UNITS, [], [note(1), note(2)], NOW)
    sealed += await store.commit([], [], [replace(note(3), reason=ODD)], AT)
    again = await place.store()
    assert await again.entries() == sealed
    assert await again.last() == sealed[-1]
    assert [entry.seq for entry in sealed] == [1, 2, 3]
    assert verify(sealed).ok


async def test_commits_at_the_same_time_lose_nothing(store: Store) -> None:
    units = [Unit(f"u-{number}", "Xã", "commune") for number in range(30)]
    commits = (store.commit([u], [], [note(n), note(n)], NOW) for n, u in enumerate(units))
    given = await asyncio.gather(*commits)
    assert {unit.id for unit in await store.records(Unit)} == {unit.id for unit in units}
    entries = await store.entries()
    assert verify(entries).ok
    assert len(entries) == 60
    assert sorted((e for sealed in given for e in sealed), key=lambda e: e.seq) == entries


async def test_records_and_conferences_are_saved_at_the_same_time(store: Store) -> None:
    commits = (store.commit([unit], [], [note()], NOW) for unit in UNITS)
    saves = (store.save_conference(conference(f"c{n}"), NOW) for n in range(10))
    lives = (store.save_epoch(f"m{n}", "1", NOW) for n in range(10))
    await asyncio.gather(*commits, *saves, *lives)
    assert len(await store.records(Unit)) == 5
    assert len(await store.conferences()) == len(await store.epochs()) == 10


async def test_a_conference_is_kept_with_all_that_it_is(store: Store, place: Place) -> None:
    odd = replace(conference(), title="Họp ' \" \\ ☃ 🎥", banner="% ; -- ")
    await store.save_conference(odd, NOW)
    again = await place.store()
    assert await again.conferences() == [odd]
    assert await again.conference("c1") == odd
    assert await again.conference("c2") is None


async def test_a_saved_conference_replaces_itself(store: Store) -> None:
    await store.save_conference(conference(), NOW)
    changed = replace(conference(), program=full("s-nam-1"), title="Khác", take_number=7)
    await store.save_conference(changed, NOW)
    assert await store.conferences() == [changed]


async def test_open_conferences_come_in_the_order_of_their_ids(store: Store) -> None:
    names = ["c-1", "c-a1", "c-a", "c1", "ca", "c-b", "c-1-2"]
    for name in names:
        await store.save_conference(conference(name), NOW)
    await store.close_conference("c-a", NOW)
    assert [c.id for c in await store.conferences()] == sorted({*names} - {"c-a"})


async def test_a_closed_conference_is_kept_as_it_was_saved_last(store: Store) -> None:
    await store.save_conference(conference(), NOW)
    await store.close_conference("c1", NOW)
    assert await store.conferences() == []
    assert await store.conference("c1") == conference()


async def test_closing_what_is_not_there_is_no_error(store: Store) -> None:
    await store.close_conference("c9", NOW)
    assert await store.conferences() == []


async def test_the_last_life_of_an_mcu_is_kept(store: Store, place: Place) -> None:
    await store.save_epoch("a", "1", NOW)
    await store.save_epoch("b", "1", NOW)
    await store.save_epoch("a", "2", NOW.astimezone(UTC))
    assert await (await place.store()).epochs() == {"a": "2", "b": "1"}
