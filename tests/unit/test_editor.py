"""Changes of the directory that meet other changes."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from diemcau import sheets
from diemcau.domain.directory import KINDS, Directory, Tier
from diemcau.domain.refusal import Conflict
from diemcau.domain.units import Unit
from diemcau.services.editor import MOST_NOTED, Change, DirectoryFaulty, Editor
from diemcau.services.places import Book
from diemcau.services.records import Records
from diemcau.services.refusals import NotStored
from diemcau.testing import FakeClock, MemoryStore
from diemcau.testing.samples import directory

NEW = Unit("u-moi", "Xã mới", "commune", "u-bac")
OLD = directory().unit("u-bac-1")
RENAMED = replace(OLD, name="Phường")
FREE = Unit("u-dong", "Xã đông", "commune", "u-bac")


@dataclass
class Rig:
    store: MemoryStore = field(default_factory=MemoryStore)

    async def start(self, *more: Any) -> "Rig":
        self.records = Records(self.store, FakeClock())
        self.book = Book(self.records)
        await self.records.commit(*directory().entries, *more)
        self.editor = Editor(self.records, self.book, sheets, lambda: ())
        return self

    @property
    def directory(self) -> Directory:
        return self.book.directory


@pytest.mark.parametrize(
    ("meanwhile", "change"),
    [
        (Change(added=(NEW,)), Change(added=(replace(NEW, name="Khác"),))),
        (Change(changed=((OLD, RENAMED),)), Change(changed=((OLD, replace(OLD, code="9")),))),
        (Change(changed=((FREE, replace(FREE, code="8")),)), Change(removed=(FREE,))),
        (Change(removed=(FREE,)), Change(changed=((FREE, replace(FREE, code="8")),))),
        (Change(removed=(FREE,)), Change(removed=(FREE,))),
    ],
)
async def test_an_import_that_was_overtaken_is_refused(meanwhile: Change, change: Change) -> None:
    rig = await Rig().start(FREE)
    await rig.editor.apply(meanwhile, "binh")
    before, lines = rig.directory.entries, len(rig.store.journal)
    with pytest.raises(Conflict, match="import the file again"):
        await rig.editor.apply(change, "an")
    assert rig.directory.entries == before
    assert len(rig.store.journal) == lines


async def test_faults_that_were_there_need_not_be_mended_first() -> None:
    homeless = Unit("u-x", "Xã", "hamlet", "u-bac")
    rig = await Rig().start(homeless)
    await rig.editor.put(NEW, "an")
    with pytest.raises(DirectoryFaulty, match="u-x"):
        await rig.editor.put(replace(homeless, name="Y", tier="village"), "an")
    await rig.editor.put(replace(homeless, tier="commune"), "an")
    assert rig.directory.unit("u-x").tier == "commune"


async def test_a_change_keeps_each_record_in_its_place() -> None:
    rig = await Rig().start()
    await rig.editor.put(RENAMED, "an")
    after = [RENAMED if entry == OLD else entry for entry in directory().entries]
    assert list(rig.directory.entries) == after
    kept = [e for kind in KINDS.values() for e in await rig.store.records(kind)]
    assert kept == after


async def test_what_could_not_be_stored_is_not_in_the_directory() -> None:
    rig = await Rig().start()
    before = rig.directory
    rig.store.failing = True
    with pytest.raises(NotStored):
        await rig.editor.put(NEW, "an")
    assert rig.directory is before
    rig.store.failing = False
    await rig.editor.put(NEW, "an")
    assert rig.directory.unit("u-moi") == NEW


async def test_a_tier_that_units_are_of_does_not_go() -> None:
    rig = await Rig().start()
    commune = rig.records.get(Tier, "commune")
    assert commune is not None
    with pytest.raises(DirectoryFaulty, match="commune"):
        await rig.editor.remove(commune, "an")
    assert rig.directory.tiers["commune"] == commune


@pytest.mark.parametrize(("more", "lines"), [(0, MOST_NOTED), (1, 1)])
async def test_a_large_import_is_one_line(more: int, lines: int) -> None:
    rig = await Rig().start()
    units = [replace(NEW, id=f"u-n{number}") for number in range(MOST_NOTED + more)]
    await rig.editor.apply(Change(added=tuple(units)), "an")
    assert len(rig.store.journal) == lines
