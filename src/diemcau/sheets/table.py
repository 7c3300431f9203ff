"""From a sheet to its rows: where the headings are, what stands in which cell.

Clerks merge cells, leave rows empty and write captions above and between. A cell merged downwards
counts in every row it covers; a row that is one cell merged across is a caption.
"""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from python_calamine import CalamineSheet

from diemcau.domain.directory import Entry, validity
from diemcau.domain.entry_rules import shown
from diemcau.domain.refusal import Text
from diemcau.sheets.cells import Cell, parsed, tidy
from diemcau.sheets.columns import Column, Sheet
from diemcau.sheets.faults import SheetFault, Unfit
from diemcau.sheets.naming import slug

FILLED_LIMIT = 200_000
"""Cells that merges downwards may fill."""
TIMES = ("valid_from", "valid_to", "starts", "ends")
CHOICES_LIMIT = 500
"""Among more names a likely one is not looked for: it would take too long for every fault."""


@dataclass(eq=False)
class Row:
    """A row of a sheet. ``values`` by field, without those whose cell is blank or faulty.

    ``id``, ``former`` and ``entry`` become known while the rows are put together; ``unsure``:
    fields of which nothing more can be said, for they are faulty or refer to what is.
    """

    sheet: Sheet
    number: int
    places: dict[str, int]
    values: dict[str, Any]
    faults: dict[str, Text] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    former: Entry | None = None
    entry: Entry | None = None
    id: str = ""
    deleted: bool = False

    @property
    def days(self) -> tuple[date, date]:
        """The validity that the row gives; a sheet without these columns changes none."""
        since, until = validity(self.former) if self.former else (date.min, date.max)
        if "valid_from" in self.places:
            since = self.values.get("valid_from", date.min)
        if "valid_to" in self.places:
            until = self.values.get("valid_to", date.max)
        return since, until

    @property
    def undated(self) -> bool:
        """A date is faulty: what the entry's time contradicts cannot be said."""
        return any(name in self.faults for name in TIMES)

    def refuse(self, field: str, text: Text) -> None:
        """Only the first fault of a cell is told."""
        self.faults.setdefault(field, text)
        self.unsure.add(field)

    def located(self, field: str, text: Text) -> SheetFault:
        """The fault with its cell; a field without a column is in the row's first cell."""
        column = self.places.get(field, min(self.places.values()))
        named = field if field in self.places else min(self.places, key=self.places.__getitem__)
        heading = self.sheet.column(named).vi
        return SheetFault(
            self.sheet.vi, f"{letters(column)}{self.number}", self.number, heading, text
        )


@dataclass
class Table:
    """A sheet's rows, or why its headings cannot be read."""

    sheet: Sheet
    places: dict[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    faults: list[SheetFault] = field(default_factory=list)


def table(sheet: Sheet, source: CalamineSheet) -> Table:
    """The rows of a sheet. A faulty heading leaves it without rows: which values belong where is
    not sure then."""
    grid: list[list[Cell]] = source.to_python(skip_empty_area=False) if source.start else []
    captions = _merged(grid, source.merged_cell_ranges or ())
    lines = [
        (number, line)
        for number, line in enumerate(grid, start=1)
        if not _blank(line) and not _is_caption(number - 1, line, captions)
    ]
    found = Table(sheet)
    if not lines:
        return found
    _read_headings(found, *lines[0])
    if not found.faults:
        found.rows = [_row(found, number, line) for number, line in lines[1:]]
        found.rows = [row for row in found.rows if row.values or row.faults]
    return found


Merge = tuple[tuple[int, int], tuple[int, int]]


def _merged(grid: list[list[Cell]], merges: Iterable[Merge]) -> set[tuple[int, int]]:
    """Fill merges downwards; give the first cells of those across."""
    across: set[tuple[int, int]] = set()
    downwards = []
    for (top, left), (bottom, right) in merges:
        if left < right:
            across.add((top, left))
        elif top < len(grid):
            downwards.append((top, min(bottom, len(grid) - 1), left))
    cells = ((top, row, at) for top, last, at in downwards for row in range(top + 1, last + 1))
    for top, row, at in islice(cells, FILLED_LIMIT):
        if at < len(grid[row]) and not _blank(grid[row]):
            grid[row][at] = grid[top][at]
    return across


def _blank(line: list[Cell]) -> bool:
    return not any(_filled(cell) for cell in line)


def _filled(cell: Cell) -> bool:
    return bool(tidy(cell)) if isinstance(cell, str) else True


def _is_caption(row: int, line: list[Cell], across: set[tuple[int, int]]) -> bool:
    filled = [at for at, cell in enumerate(line) if _filled(cell)]
    return len(filled) == 1 and (row, filled[0]) in across


def _read_headings(found: Table, number: int, line: list[Cell]) -> None:
    known = {name.casefold(): c for c in found.sheet.columns for name in (c.en, c.vi)}
    for at, cell in enumerate(line):
        name = tidy(str(cell))
        if not name:
            continue
        column = known.get(name.casefold())
        if column is None:
            text = _unknown_heading(name, found.sheet)
        elif column.field in found.places:
            text = Text(
                f"Tiêu đề «{column.vi}» có hai lần; hãy bỏ một cột.",
                f"The heading {column.en!r} is there twice; remove one column.",
            )
        else:
            found.places[column.field] = at
            continue
        where = f"{letters(at)}{number}"
        found.faults.append(SheetFault(found.sheet.vi, where, number, shown(name), text))
    found.faults += (_missing(found.sheet, column, number) for column in _absent(found))


def _absent(found: Table) -> Iterator[Column]:
    for column in found.sheet.columns:
        if column.required and column.field not in found.places:
            yield column


def _missing(sheet: Sheet, column: Column, number: int) -> SheetFault:
    text = Text(
        f"Thiếu cột «{column.vi}»; hãy thêm tiêu đề này vào hàng {number}.",
        f"The column {column.en!r} is missing; add that heading in row {number}.",
    )
    return SheetFault(sheet.vi, f"A{number}", number, column.vi, text)


def _unknown_heading(name: str, sheet: Sheet) -> Text:
    vi = nearest(name, [c.vi for c in sheet.columns])
    en = next((c.en for c in sheet.columns if c.vi == vi), "")
    return Text(
        f"Không có cột «{shown(name)}»{f'; có phải «{vi}»?' if vi else '; hãy xóa cột này.'}",
        f"No column {shown(name)!r}{f'; {en!r} perhaps?' if en else '; delete it.'}",
    )


def _row(found: Table, number: int, line: list[Cell]) -> Row:
    row = Row(found.sheet, number, found.places, {})
    forms = {column.field: column.form for column in found.sheet.columns}
    for name, at in found.places.items():
        cell = line[at] if at < len(line) else ""
        if _filled(cell):
            try:
                row.values[name] = parsed(forms[name], cell)
            except Unfit as unfit:
                row.refuse(name, unfit.text)
    return row


def nearest(name: str, choices: Iterable[str]) -> str:
    """The choice that was probably meant, "" for none."""
    by_form = {slug(choice): choice for choice in islice(choices, CHOICES_LIMIT + 1)}
    if len(by_form) > CHOICES_LIMIT:
        return ""
    found = difflib.get_close_matches(slug(name), by_form, n=1, cutoff=0.7)
    return by_form[found[0]] if found else ""


def letters(column: int) -> str:
    """A column's letters; 0 is A."""
    name = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(65 + digit) + name
    return name
