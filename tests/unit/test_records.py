"""All records in memory as they are stored, and the one way to change them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from diemcau.domain.casework import Attendance
from diemcau.domain.dossier import Dossier
from diemcau.domain.journal import Sealed
from diemcau.domain.units import Unit
from diemcau.ports.store import KINDS, Record
from diemcau.services.records import Records
from diemcau.services.refusals import NotStored
from diemcau.testing import FakeClock, MemoryStore
from tests.kept import BARE, RECORDS
from tests.logs import note

UNIT, OTHER = Unit("u-1", "Xã 1", "commune"), Unit("u-2", "Xã 2", "commune")
ROLL, ROLL_2 = Attendance("d1.s-1", "d1", "s-1"), Attendance("d1.s-2", "d1", "s-2")
ELSEWHERE = Attendance("d2.s-1", "d2", "s-1")

Told = tuple[Sequence[Record], Sequence[Record], Sequence[Sealed]]


class Kept:
    """Records over a store, with all that a listener was told."""

    def __init__(self, store: MemoryStore | None = None) -> None:
        self.store = store or MemoryStore()
        self.told: list[Told] = []
        self.records = Records(self.store, FakeClock())
        self.records.listeners.append(lambda *change: self.told.append(change))

    def shown(self) -> dict[type, dict[str, Record]]:
        return {kind: dict(self.records.all(kind)) for kind in KINDS.values()}

    def of(self, dossier: str) -> list[Attendance]:
        return list(self.records.of(Attendance, dossier).values())


@pytest.fixture
def kept() -> Kept:
    return Kept()


async def test_what_was_stored_is_there_after_loading(kept: Kept) -> None:
    await kept.records.commit(*RECORDS, *BARE)
    again = Kept(kept.store)
    await again.records.load()
    assert again.shown() == kept.shown()
    assert again.of("d1") == kept.of("d1") != []
    assert again.told == []


async def test_a_change_is_shown_once_it_is_stored(kept: Kept) -> None:
    await kept.records.commit(UNIT, OTHER)
    await kept.records.commit(replace(UNIT, name="Phường"), removes=[OTHER])
    assert kept.records.all(Unit) == {"u-1": replace(UNIT, name="Phường")}
    assert kept.records.get(Unit, "u-2") is None
    assert await kept.store.records(Unit) == list(kept.records.all(Unit).values())


async def test_memory_keeps_the_order_of_the_store(kept: Kept) -> None:
    await kept.records.commit(OTHER, UNIT)
    await kept.records.commit(replace(OTHER, name="Phường"))
    assert list(kept.records.all(Unit)) == ["u-2", "u-1"]
    await kept.records.commit(OTHER, removes=[OTHER])
    assert list(kept.records.all(Unit)) == ["u-1", "u-2"]
    assert await kept.store.records(Unit) == list(kept.records.all(Unit).values())


async def test_a_change_that_cannot_be_stored_leaves_memory_as_it_was(kept: Kept) -> None:
    await kept.records.commit(UNIT, ROLL, notes=[note()])
    before, told = kept.shown(), list(kept.told)
    kept.store.failing = True
    with pytest.raises(NotStored):
        await kept.records.commit(
            replace(UNIT, name="Phường"), ROLL_2, removes=[ROLL], notes=[note()]
        )
    assert kept.shown() == before
    assert kept.of("d1") == [ROLL]
    assert kept.told == told
    kept.store.failing = False
    await kept.records.commit(ROLL_2, removes=[ROLL], notes=[note()])
    assert kept.of("d1") == [ROLL_2]
    assert [entry.seq for entry in kept.store.journal] == [1, 2]


async def test_a_record_that_cannot_be_written_leaves_memory_as_it_was(kept: Kept) -> None:
    with pytest.raises(ValueError, match="name"):
        await kept.records.commit(UNIT, replace(OTHER, name=7))  # type: ignore[arg-type]
    assert kept.records.all(Unit) == {}
    assert kept.told == []
    await kept.records.commit(UNIT)
    assert kept.records.all(Unit) == {"u-1": UNIT}


async def test_listeners_are_told_of_each_change_with_its_lines(kept: Kept) -> None:
    await kept.records.commit(UNIT, removes=[OTHER], notes=[note(1), note(2)])
    await kept.records.commit(notes=[note(3)])
    (puts, removes, sealed), (no_puts, no_removes, last) = kept.told
    assert (list(puts), list(removes)) == ([UNIT], [OTHER])
    assert (list(no_puts), list(no_removes)) == ([], [])
    assert [*sealed, *last] == kept.store.journal
    assert [entry.at for entry in last] == [FakeClock().now()]


async def test_a_listener_sees_the_change_already(kept: Kept) -> None:
    seen: list[object] = []
    kept.records.listeners.append(lambda *_: seen.append(kept.records.get(Unit, "u-1")))
    await kept.records.commit(UNIT)
    assert seen == [UNIT]


async def test_a_listener_that_fails_hinders_nobody(kept: Kept) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("not me")

    kept.records.listeners.insert(0, broken)
    await kept.records.commit(UNIT)
    assert [list(puts) for puts, _, _ in kept.told] == [[UNIT]]
    assert kept.records.get(Unit, "u-1") == UNIT


async def test_records_are_found_by_their_dossier(kept: Kept) -> None:
    await kept.records.commit(ROLL, ELSEWHERE, ROLL_2)
    assert kept.of("d1") == [ROLL, ROLL_2]
    assert kept.of("d2") == [ELSEWHERE]
    assert kept.of("d3") == []
    assert kept.records.of(Dossier, "d1") == {}


async def test_a_replaced_record_is_in_its_dossier_once(kept: Kept) -> None:
    await kept.records.commit(ROLL, ROLL_2)
    changed = replace(ROLL, people=7)
    await kept.records.commit(changed)
    assert kept.of("d1") == [changed, ROLL_2]


async def test_a_removed_record_is_in_no_dossier(kept: Kept) -> None:
    await kept.records.commit(ROLL, ROLL_2)
    await kept.records.commit(removes=[replace(ROLL, people=7), ELSEWHERE])
    assert kept.of("d1") == [ROLL_2]
    assert kept.records.get(Attendance, ROLL.id) is None


async def test_a_record_that_moves_leaves_its_former_dossier(kept: Kept) -> None:
    await kept.records.commit(ROLL)
    moved = replace(ROLL, dossier="d2")
    await kept.records.commit(moved)
    assert (kept.of("d1"), kept.of("d2")) == ([], [moved])
    await kept.records.commit(removes=[ROLL])
    assert (kept.of("d1"), kept.of("d2")) == ([], [])


async def test_a_lock_is_one_for_each_name(kept: Kept) -> None:
    async with kept.records.lock("d1"):
        assert kept.records.lock("d1").locked()
        assert not kept.records.lock("d2").locked()
    assert not kept.records.lock("d1").locked()


async def test_under_the_lock_no_change_is_lost(kept: Kept) -> None:
    await kept.records.commit(ROLL)

    async def one_more() -> None:
        async with kept.records.lock("d1"):
            found = kept.records.get(Attendance, ROLL.id)
            assert found is not None
            await asyncio.sleep(0)
            await kept.records.commit(replace(found, people=found.people + 1))

    await asyncio.gather(*(one_more() for _ in range(20)))
    assert kept.of("d1") == [replace(ROLL, people=20)]
