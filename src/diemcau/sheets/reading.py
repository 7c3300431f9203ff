"""Reading a workbook as a change of the directory: all of it, or every fault with its cell."""

from collections.abc import Iterable
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from diemcau.domain.directory import Directory, Duty, Entry
from diemcau.domain.directory_rules import Fault, faults
from diemcau.domain.entry_rules import shown
from diemcau.domain.refusal import Text
from diemcau.sheets.cells import tidy
from diemcau.sheets.columns import BY_KIND, GUIDE, SHEETS
from diemcau.sheets.faults import SheetFault, Unreadable
from diemcau.sheets.merging import Merge
from diemcau.sheets.package import damaged, opened
from diemcau.sheets.table import Table, nearest, table


@dataclass(frozen=True)
class Import:
    """What the directory would be, and how it would differ; with any fault nothing differs.

    ``changed`` holds pairs: before, after.
    """

    entries: tuple[Entry, ...]
    added: tuple[Entry, ...] = ()
    changed: tuple[tuple[Entry, Entry], ...] = ()
    removed: tuple[Entry, ...] = ()
    faults: tuple[SheetFault, ...] = ()


def read(data: bytes, current: Directory) -> Import:
    """The directory as an XLSX file wants it. Nothing is saved here, so to read is a dry run.

    A row with an id, or of a known code, changes that entry; other rows are new. Entries without a
    row, and kinds without a sheet, stay as they are.
    """
    try:
        tables, found = _tables(opened(data))
    except Unreadable as error:
        return Import(current.entries, faults=(SheetFault("", "", 0, "", error.text),))
    merge = Merge(current, tables)
    found += [fault for each in tables for fault in each.faults]
    found += _judged(current, merge)
    if found:
        return Import(current.entries, faults=tuple(sorted(found, key=_position)))
    return Import(
        tuple(merge.entries), tuple(merge.added), tuple(merge.changed), tuple(merge.removed)
    )


def _tables(book: CalamineWorkbook) -> tuple[list[Table], list[SheetFault]]:
    known = {name.casefold(): sheet for sheet in SHEETS for name in (sheet.en, sheet.vi)}
    guide = {GUIDE.vi.casefold(), GUIDE.en.casefold()}
    tables: list[Table] = []
    found: list[SheetFault] = []
    for about in book.sheets_metadata:
        name = tidy(about.name)
        if about.typ != SheetTypeEnum.WorkSheet or name.casefold() in guide:
            continue
        try:
            source = book.get_sheet_by_name(about.name)
            sheet = known.get(name.casefold())
            if sheet is None:
                found += [] if source.start is None else [_unknown_sheet(name)]
            elif any(other.sheet is sheet for other in tables):
                found.append(_sheet_twice(name, sheet.vi))
            else:
                tables.append(table(sheet, source))
        except (CalamineError, OSError, ValueError) as error:
            raise damaged() from error
    if not tables and not found:
        found.append(_no_sheet())
    return sorted(tables, key=lambda each: SHEETS.index(each.sheet)), found


def _judged(current: Directory, merge: Merge) -> list[SheetFault]:
    """The faults of the rows' cells, then those that the rules find between the entries."""
    rows = {id(row.entry): row for row in merge.rows if row.entry is not None}
    timeless = {at for at, row in rows.items() if row.undated and isinstance(row.entry, Duty)}
    elsewhere: list[Fault] = []
    for fault in faults(entry for entry in merge.entries if id(entry) not in timeless):
        row = rows.get(id(fault.entry))
        if row is None:
            elsewhere.append(fault)
        elif not row.undated and fault.field not in row.unsure:
            row.refuse(fault.field, fault.text)
    found = [row.located(name, text) for row in merge.rows for name, text in row.faults.items()]
    before = set(faults(current.entries)) if elsewhere else set()
    return found + [_elsewhere(fault) for fault in elsewhere if fault not in before]


def _elsewhere(fault: Fault) -> SheetFault:
    """A fault that the change makes in an entry which has no row."""
    sheet = BY_KIND[type(fault.entry)]
    name = shown(str(getattr(fault.entry, "name", fault.entry.id)))
    text = Text(f"«{name}»: {fault.text.vi}", f"{name!r}: {fault.text.en}")
    return SheetFault(sheet.vi, "", 0, sheet.column(fault.field).vi, text)


def _position(fault: SheetFault) -> tuple[int, int, int, str]:
    order = [sheet.vi for sheet in SHEETS]
    place = order.index(fault.sheet) if fault.sheet in order else len(order)
    return place, fault.row, len(fault.cell), fault.cell


def _unknown_sheet(name: str) -> SheetFault:
    meant = nearest(name, _sheet_names())
    return SheetFault(
        name,
        "",
        0,
        "",
        Text(
            f"Không có danh sách «{shown(name)}»; "
            + (f"có phải «{meant}»?" if meant else f"tên trang là một trong: {_listed()}."),
            f"There is no list {shown(name)!r}; "
            + (f"{meant!r} perhaps?" if meant else f"a sheet's name is one of: {_listed()}."),
        ),
    )


def _sheet_twice(name: str, vi: str) -> SheetFault:
    text = Text(
        f"Danh sách «{vi}» có hai trang; hãy gộp làm một.",
        f"There are two sheets of the list {vi!r}; make them one.",
    )
    return SheetFault(name, "", 0, "", text)


def _no_sheet() -> SheetFault:
    text = Text(
        f"Tệp không có trang nào của danh bạ; tên trang là một trong: {_listed()}.",
        f"The file has no sheet of the directory; a sheet's name is one of: {_listed()}.",
    )
    return SheetFault("", "", 0, "", text)


def _sheet_names() -> Iterable[str]:
    return (sheet.vi for sheet in SHEETS)


def _listed() -> str:
    return ", ".join(_sheet_names())
