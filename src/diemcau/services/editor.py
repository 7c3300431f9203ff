"""Changing the directory: one record, a whole workbook, or units of the national lists.

Whatever comes is judged together with all that is there, and kept only if every rule holds.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from diemcau.domain.differences import differences
from diemcau.domain.directory import KINDS, Directory, Entry, Mcu, Site
from diemcau.domain.directory_rules import NOUNS, Fault, faults
from diemcau.domain.journal import Note
from diemcau.domain.refusal import Conflict, Invalid, Text, Unknown
from diemcau.domain.units import Unit
from diemcau.ports.sheets import Import, Sheets
from diemcau.services.places import Book
from diemcau.services.records import Records

DIRECTORY = "directory"
MOST_NOTED = 200
"""Lines of the log book for one import; beyond that one line counts them."""


class DirectoryFaulty(Invalid):
    id = "directory-faulty"
    title = Text("Danh bạ không hợp lệ", "The directory would not be sound")


@dataclass(frozen=True)
class Change:
    """What an import would do, or did."""

    added: tuple[Entry, ...] = ()
    changed: tuple[tuple[Entry, Entry], ...] = ()
    removed: tuple[Entry, ...] = ()


class Editor:
    """``running``: ids of sites and MCUs that an open conference stands on."""

    def __init__(
        self,
        records: Records,
        book: Book,
        sheets: Sheets,
        running: Callable[[], Collection[str]],
    ) -> None:
        self._records = records
        self._book = book
        self._sheets = sheets
        self._running = running

    async def template(self) -> bytes:
        return await asyncio.to_thread(self._sheets.template)

    async def export(self) -> bytes:
        return await asyncio.to_thread(self._sheets.export, self._book.directory)

    async def read(self, data: bytes) -> Import:
        """A dry run: what a workbook would change, or each of its faults."""
        return await asyncio.to_thread(self._sheets.read, data, self._book.directory)

    async def put(self, entry: Entry, by: str) -> None:
        """Add or change one record; raises ``DirectoryFaulty``."""
        async with self._records.lock(DIRECTORY):
            former = self._find(entry)
            if former == entry:
                return
            pair = ((former, entry),) if former is not None else ()
            await self._keep(Change(() if pair else (entry,), pair), by)

    async def remove(self, entry: Entry, by: str) -> None:
        """Raises ``DirectoryFaulty`` while something refers to it."""
        async with self._records.lock(DIRECTORY):
            await self._keep(Change(removed=(entry,)), by)

    async def apply(self, change: Change, by: str) -> None:
        """All of an import, or nothing; raises ``Conflict`` if the directory changed meanwhile."""
        async with self._records.lock(DIRECTORY):
            was = [*(old for old, _ in change.changed), *change.removed]
            if any(self._find(old) != old for old in was) or any(map(self._find, change.added)):
                raise Conflict(
                    "Danh bạ đã thay đổi trong lúc nhập; hãy nhập lại tệp.",
                    "The directory changed meanwhile; import the file again.",
                )
            await self._keep(change, by)

    def listed(self, units: Sequence[Unit]) -> Change:
        """What units of a list add and change; units that are not on it stay."""
        known = {unit.id: unit for unit in self._book.directory.units}
        added = tuple(unit for unit in units if unit.id not in known)
        changed = tuple((known[u.id], u) for u in units if u.id in known and known[u.id] != u)
        return Change(added, changed)

    def entry(self, kind: str, entry_id: str) -> Entry:
        found: Entry | None = self._records.get(KINDS[kind], entry_id)
        if found is None:
            noun = NOUNS[KINDS[kind]]
            raise Unknown(
                f"Không có {noun.vi} «{entry_id}» trong danh bạ.", f"No {noun.en} {entry_id!r}."
            )
        return found

    def _find(self, entry: Entry) -> Entry | None:
        found: Entry | None = self._records.get(type(entry), entry.id)
        return found

    async def _keep(self, change: Change, by: str) -> None:
        self._require_idle(change)
        puts = [*change.added, *(after for _, after in change.changed)]
        before = self._book.directory
        after = tuple(_replaced(before, puts, change.removed))
        found = await asyncio.to_thread(_new_faults, before.entries, after)
        if found:
            raise DirectoryFaulty(_all(found, "vi"), _all(found, "en"))
        await self._records.commit(*puts, removes=change.removed, notes=_notes(change, by))

    def _require_idle(self, change: Change) -> None:
        """A site or MCU of a running session does not go, nor move to another place."""
        running = set(self._running())
        gone = {entry.id for entry in change.removed if isinstance(entry, Site | Mcu)}
        moved = {old.id for old, new in change.changed if _place(old) != _place(new)}
        stuck = sorted(running & (gone | moved))
        if stuck:
            raise Conflict(
                f"Đang họp: {', '.join(stuck)}; đợi bế mạc rồi mới xóa hoặc chuyển MCU.",
                f"In session: {', '.join(stuck)}; wait until it is closed to remove or move them.",
            )


def _place(entry: Entry) -> tuple[object, ...]:
    """What a running conference rests on."""
    return tuple(getattr(entry, name, None) for name in ("mcu", "parent", "number"))


def _replaced(
    directory: Directory, puts: Sequence[Entry], removes: Sequence[Entry]
) -> Iterable[Entry]:
    new = {(type(entry), entry.id): entry for entry in puts}
    gone = {(type(entry), entry.id) for entry in removes}
    kept = [e for e in directory.entries if (type(e), e.id) not in gone]
    yield from (new.pop((type(entry), entry.id), entry) for entry in kept)
    yield from new.values()


def _new_faults(before: Sequence[Entry], after: Sequence[Entry]) -> list[Fault]:
    """The faults that a change would bring; those that were there need not be mended with it."""
    known = {(fault.entry, fault.field) for fault in faults(before)}
    return [fault for fault in faults(after) if (fault.entry, fault.field) not in known]


def _all(found: Sequence[Fault], language: str) -> str:
    return " ".join(f"{fault.entry.id}: {getattr(fault.text, language)}" for fault in found[:20])


def _notes(change: Change, by: str) -> list[Note]:
    """A line for each record, or one for a large import."""
    total = len(change.added) + len(change.changed) + len(change.removed)
    if total > MOST_NOTED:
        text = Text(
            f"Nhập danh bạ: thêm {len(change.added)}, sửa {len(change.changed)},"
            f" xóa {len(change.removed)}",
            f"Directory imported: {len(change.added)} added, {len(change.changed)} changed,"
            f" {len(change.removed)} removed",
        )
        return [Note(by, "directory.imported", DIRECTORY, text)]
    triples: list[tuple[str, Entry | None, Entry | None]] = [
        *(("added", None, entry) for entry in change.added),
        *(("changed", old, new) for old, new in change.changed),
        *(("removed", entry, None) for entry in change.removed),
    ]
    return [_note(verb, old, new, by) for verb, old, new in triples]


_VERBS = {
    "added": Text("Thêm", "added"),
    "changed": Text("Sửa", "changed"),
    "removed": Text("Xóa", "removed"),
}


def _note(verb: str, old: Entry | None, new: Entry | None, by: str) -> Note:
    entry = new or old
    assert entry is not None
    noun, said = NOUNS[type(entry)], _VERBS[verb]
    name = getattr(entry, "name", entry.id)
    return Note(
        by,
        f"directory.{verb}",
        f"{DIRECTORY}/{entry.id}",
        Text(f"{said.vi} {noun.vi}: {name}", f"{noun.en} {said.en}: {name}"),
        differences(old, new),
    )
