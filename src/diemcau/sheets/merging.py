"""Putting a workbook's rows into the directory: whose row each is, what its references mean."""

from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from math import isclose
from typing import Any

from diemcau.domain.directory import KINDS, Directory, Entry, validity
from diemcau.domain.directory_rules import LOCAL, NOUNS
from diemcau.domain.entry_rules import ID, shown
from diemcau.domain.refusal import Text
from diemcau.sheets.cells import parsed, tidy
from diemcau.sheets.columns import BY_KIND, Column, Form, Sheet
from diemcau.sheets.faults import Unfit
from diemcau.sheets.naming import SEPARATOR, Days, Named, Names, fresh, slug
from diemcau.sheets.table import Row, Table, nearest
from diemcau.sheets.writing import Labels, cell_of

Kind = type[Entry]

NEEDED: dict[Form, Any] = {
    Form.WHOLE: 0,
    Form.MOMENT: datetime(2000, 1, 1, tzinfo=UTC),
    Form.FUNCTION: "",
}
"""Cells of these forms may not be blank, unless the field has a default; until they are filled in,
this stands in for their value."""


class Merge:
    """The entries that result, and how they differ from the current ones."""

    def __init__(self, current: Directory, tables: Iterable[Table]) -> None:
        self._current = _by_kind(current.entries)
        self._former = Labels(current.entries)
        self._named = {
            kind: {entry.id: Named.of(entry) for entry in found.values()}
            for kind, found in self._current.items()
        }
        self._names: dict[tuple[Kind, ...], Names] = {}
        self._unread: set[Kind] = set()
        self._gone: set[tuple[Kind, str]] = set()
        self._later: list[tuple[list[Row], list[Column]]] = []
        self.rows: list[Row] = []
        for table in tables:
            if table.faults:
                self._unread.add(table.sheet.kind)
            self._take(table)
        for rows, columns in self._later:
            self._complete(rows, columns)
        self._conclude(current)

    def _take(self, table: Table) -> None:
        sheet = table.sheet
        own: list[Column] = []
        others: list[Column] = []
        later: list[Column] = []
        for column in sheet.columns:
            if column.form is Form.REFERENCE and column.field in table.places:
                to = sheet.reference(column).to
                kinds = later if _is_later(sheet.kind, to) else others
                (own if sheet.kind in to else kinds).append(column)
        for row in table.rows:
            self._resolve(row, others)
        _Claims(sheet, self._current[sheet.kind]).settle(table.rows)
        kept = [row for row in table.rows if not row.deleted]
        for row in table.rows:
            if row.deleted and row.former is not None:
                self._gone.add((sheet.kind, row.id))
                del self._named[sheet.kind][row.id]
        for row in kept:
            self._named[sheet.kind][row.id] = self._called(row)
        for row in kept:
            self._resolve(row, own)
        if later:
            self._later.append((kept, later))
        else:
            self._complete(kept, ())
        self.rows += table.rows

    def _complete(self, rows: Iterable[Row], columns: Iterable[Column]) -> None:
        for row in rows:
            self._resolve(row, columns)
            row.entry = self._entry(row)

    @staticmethod
    def _called(row: Row) -> Named:
        former = Named.of(row.former) if row.former is not None else Named(row.id, "", "", row.days)
        return Named(
            row.id,
            str(row.values.get("code", former.code)),
            str(row.values.get("name", former.name)),
            row.days,
        )

    def _resolve(self, row: Row, columns: Iterable[Column]) -> None:
        """Put ids in place of what the cells call other entries."""
        for column in columns:
            word = row.values.pop(column.field, None)
            if word is None:
                continue
            reference = row.sheet.reference(column)
            if column.field != "areas":
                value: Any = self._found(row, column, reference.to, word)
            else:
                words = [part for part in map(tidy, _split(word)) if part]
                ids = [self._found(row, column, reference.to, part) for part in words]
                value = None if None in ids else tuple(ids)
            if value is not None:
                row.values[column.field] = value

    def _found(self, row: Row, column: Column, to: tuple[Kind, ...], word: str) -> str | None:
        """The id that a word means; None if that is not sure, and the row then says so."""
        names = self._all_names(to)
        ids = names.find(word, row.days) or self._stale(to, word, row.days)
        if len(ids) == 1:
            return ids[0]
        if not ids and self._unread & set(to):
            row.unsure.add(column.field)
        elif ids:
            row.refuse(column.field, _ambiguous(word, ids))
        else:
            row.refuse(column.field, _unknown(word, to, names))
        return None

    def _all_names(self, to: tuple[Kind, ...]) -> Names:
        if to not in self._names:
            self._names[to] = Names(one for kind in to for one in self._named[kind].values())
        return self._names[to]

    def _stale(self, to: tuple[Kind, ...], word: str, days: Days) -> list[str]:
        """What the word meant before this workbook changed codes and names."""
        found = self._former.of(to).find(word, days)
        return [one for one in found if any(one in self._named[kind] for kind in to)]

    def _entry(self, row: Row) -> Entry:
        kind, sheet = row.sheet.kind, row.sheet
        values = {"id": row.id}
        for field in fields(kind):
            if field.name == "id":
                continue
            column = sheet.column(field.name)
            default = NEEDED.get(column.form, "") if field.default is MISSING else field.default
            if field.name in row.values:
                values[field.name] = self._kept(row, column, row.values[field.name])
            elif row.former is not None and not self._blanked(row, column):
                values[field.name] = getattr(row.former, field.name)
            else:
                values[field.name] = default
                if field.default is MISSING and column.form in NEEDED:
                    row.refuse(field.name, _needed(column))
        made = kind(**values)  # type: ignore[arg-type]
        return row.former if made == row.former and row.former is not None else made

    def _kept(self, row: Row, column: Column, value: Any) -> Any:
        """The former value, where the cell is as ``export`` would write that: a cell keeps neither
        microseconds nor a decomposed letter nor a number's last digit."""
        if row.former is None or column.form is Form.REFERENCE:
            return value
        former = getattr(row.former, column.field)
        if isinstance(value, float) and isclose(value, former, rel_tol=1e-12):
            return former
        cell = cell_of(row.sheet, column, row.former, self._former)
        try:
            return former if cell is not None and parsed(column.form, cell) == value else value
        except Unfit:
            return value

    def _blanked(self, row: Row, column: Column) -> bool:
        """Whether a blank cell says something: it has a column, and was not blank before."""
        if column.field in row.unsure or column.field not in row.places or row.former is None:
            return False
        cell = cell_of(row.sheet, column, row.former, self._former)
        return cell is not None and tidy(str(cell)) != ""

    def _conclude(self, current: Directory) -> None:
        changed = {
            (row.sheet.kind, row.id): row.entry
            for row in self.rows
            if row.entry is not None and row.former is not None
        }
        self.removed = [e for e in current.entries if (type(e), e.id) in self._gone]
        kept = [e for e in current.entries if (type(e), e.id) not in self._gone]
        self.added = [r.entry for r in self.rows if r.entry is not None and r.former is None]
        after = [changed.get((type(e), e.id), e) for e in kept]
        self.changed = [(a, b) for a, b in zip(kept, after, strict=True) if a != b]
        self.entries: list[Entry] = [*after, *self.added]


class _Claims:
    """Which entry each row of a sheet is: by its id, else by its key, else a new one."""

    def __init__(self, sheet: Sheet, current: dict[str, Entry]) -> None:
        self._sheet = sheet
        self._current = current
        self._by_key: dict[tuple[Any, ...], list[Entry]] = {}
        for entry in current.values():
            key = tuple(getattr(entry, name) for name in sheet.key)
            self._by_key.setdefault(key, []).append(entry)
        self._rows: dict[str, Row] = {}
        self._keyed: dict[tuple[Any, ...], list[Row]] = {}

    def settle(self, rows: list[Row]) -> None:
        """Give each row its id and former entry, and say whether it is to be deleted."""
        for row in rows:
            if "id" in row.values:
                self._by_id(row)
        for row in rows:
            if not row.id:
                self._without_id(row)
        for row in rows:
            if row.values.pop("delete", False):
                self._delete(row)

    def _by_id(self, row: Row) -> None:
        written = row.values.pop("id")
        wanted = written.casefold()
        if not ID.fullmatch(wanted) and not self._sheet.prefix:
            wanted = slug(written) or written
        if wanted in self._rows:
            row.refuse("id", _row_twice(self._rows[wanted]))
            wanted = fresh("x", (wanted,), self._taken)
        self._claim(row, wanted)

    def _claim(self, row: Row, entry_id: str) -> None:
        row.id = entry_id
        row.former = self._current.get(entry_id)
        self._rows[entry_id] = row

    def _without_id(self, row: Row) -> None:
        sheet = self._sheet
        first = sheet.key[0]
        if len(sheet.key) == 1 and first not in row.values:
            row.refuse(first, _needed(sheet.column(first)))
        key = tuple(row.values.get(name, "") for name in sheet.key)
        for entry in self._by_key.get(key, ()):
            if entry.id not in self._rows and _meet(validity(entry), row.days):
                self._claim(row, entry.id)
                break
        else:
            self._claim(row, fresh(sheet.prefix or "x", self._parts(row), self._taken))
        if len(sheet.key) > 1 and not row.unsure & set(sheet.key):
            self._refuse_twin(row, key)

    def _refuse_twin(self, row: Row, key: tuple[Any, ...]) -> None:
        twins = self._keyed.setdefault(key, [])
        for twin in twins:
            if _meet(twin.days, row.days):
                row.refuse(self._sheet.key[-1], _row_twice(twin))
                break
        twins.append(row)

    def _taken(self, entry_id: str) -> bool:
        return entry_id in self._current or entry_id in self._rows

    def _parts(self, row: Row) -> Iterator[str]:
        for name in self._sheet.made_of:
            value = row.values.get(name, "")
            if isinstance(value, datetime):
                yield f"{value.astimezone(LOCAL):%Y%m%d-%H%M}"
            elif self._sheet.column(name).form is Form.REFERENCE:
                yield value.partition("-")[2] if value[1:2] == "-" else value
            else:
                yield str(value)

    @staticmethod
    def _delete(row: Row) -> None:
        """Nothing else in the row matters then."""
        row.deleted = True
        row.faults.clear()
        if row.former is None:
            row.refuse("delete", _nothing_to_delete())


def _by_kind(entries: Iterable[Entry]) -> dict[Kind, dict[str, Entry]]:
    found: dict[Kind, dict[str, Entry]] = {kind: {} for kind in BY_KIND}
    for entry in entries:
        found[type(entry)][entry.id] = entry
    return found


def _is_later(kind: Kind, to: tuple[Kind, ...]) -> bool:
    """Whether what is referred to is on a sheet that comes after."""
    order = list(KINDS.values())
    return all(order.index(other) > order.index(kind) for other in to)


def _meet(one: Days, other: Days) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _split(word: str) -> list[str]:
    return word.replace("\n", SEPARATOR).split(SEPARATOR)


def _needed(column: Column) -> Text:
    return Text(f"Chưa ghi «{column.vi}».", f"{column.en!r} is blank; fill it in.")


def _row_twice(other: Row) -> Text:
    return Text(
        f"Trùng với hàng {other.number}; hãy xóa một trong hai hàng (nếu là hai mục khác nhau, ghi"
        " «Mã hệ thống» khác nhau).",
        f"The same as row {other.number}; delete one of them (if they are two entries, write"
        " different ids).",
    )


def _nothing_to_delete() -> Text:
    return Text(
        "Không có mục này trong danh bạ để xóa; hãy bỏ hàng này.",
        "There is no such entry to delete; remove this row.",
    )


def _ambiguous(word: str, ids: list[str]) -> Text:
    which = ", ".join(ids[:5]) + (", …" if len(ids) > 5 else "")
    return Text(
        f"«{shown(word)}» có thể là {len(ids)} mục: {which}; hãy ghi một trong các mã này.",
        f"{shown(word)!r} may be any of {len(ids)}: {which}; write one of these ids.",
    )


def _unknown(word: str, to: tuple[Kind, ...], names: Names) -> Text:
    vi = ", ".join(NOUNS[kind].vi for kind in to)
    en = " or ".join(NOUNS[kind].en for kind in to)
    meant = nearest(word, names.words())
    return Text(
        f"Không có {vi} «{shown(word)}»"
        + (f"; có phải «{meant}»?" if meant else "; hãy ghi mã hoặc tên có trong danh bạ."),
        f"There is no {en} {shown(word)!r}"
        + (f"; {meant!r} perhaps?" if meant else "; write a code or name of the directory."),
    )
