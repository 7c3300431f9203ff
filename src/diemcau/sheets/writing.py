"""Making workbooks: the whole directory, or an empty one to fill in."""

import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from diemcau.domain.directory import SITE_NUMBERS, Directory, Entry, Mcu, Site, Tier, validity
from diemcau.domain.units import Unit
from diemcau.sheets.cells import Cell, written
from diemcau.sheets.columns import FUNCTION_NAMES, GUIDE, SHEETS, Column, Form, Sheet
from diemcau.sheets.guide import EXAMPLES, LINES
from diemcau.sheets.naming import SEPARATOR, Days, Named, Names

SPARE_ROWS = 2000
"""Rows below the last one that are ready to be filled in."""

LISTS: Mapping[type[Entry], str] = {Tier: "B", Unit: "A", Mcu: "A"}
"""Kinds whose names a drop-down list offers, from this column of their sheet."""


class Labels:
    """The names of a directory's entries, for each set of kinds that a column refers to."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._named = [(type(entry), Named.of(entry)) for entry in entries]
        self._names: dict[tuple[type[Entry], ...], Names] = {}

    def of(self, kinds: tuple[type[Entry], ...]) -> Names:
        if kinds not in self._names:
            self._names[kinds] = Names(n for kind, n in self._named if kind in kinds)
        return self._names[kinds]


def cell_of(sheet: Sheet, column: Column, entry: Entry, labels: Labels) -> Cell | None:
    """What stands in an entry's cell; None: blank."""
    if column.form is Form.DELETE:
        return None
    value = getattr(entry, column.field)
    if column.form is Form.REFERENCE:
        names = labels.of(sheet.reference(column).to)
        value = _labelled(names, value, validity(entry))
    return written(column.form, value)


def _labelled(names: Names, value: str | tuple[str, ...], days: Days) -> str:
    if isinstance(value, tuple):
        return f"{SEPARATOR} ".join(names.label(one, days) for one in value)
    return names.label(value, days) if value else ""


def template() -> bytes:
    """A workbook without entries."""
    return export(Directory([]))


def export(directory: Directory) -> bytes:
    """All entries as an XLSX file: a sheet for each kind, and a guide."""
    return _Book(directory).made()


class _Book:
    def __init__(self, directory: Directory) -> None:
        self._buffer = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._buffer, {"in_memory": True})
        self._labels = Labels(directory.entries)
        self._entries: dict[type[Entry], list[Entry]] = {sheet.kind: [] for sheet in SHEETS}
        for entry in directory.entries:
            self._entries[type(entry)].append(entry)
        self._heading = self._book.add_format(
            {"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "valign": "top"}
        )
        self._bold = self._book.add_format({"bold": True})
        self._formats = {form: self._format(form) for form in Form}

    def _format(self, form: Form) -> Format:
        formats = {
            Form.SINCE: "dd/mm/yyyy",
            Form.UNTIL: "dd/mm/yyyy",
            Form.MOMENT: "dd/mm/yyyy hh:mm",
            Form.WHOLE: "0",
            Form.NUMBER: "General",
        }
        # "@" keeps the zeros in front of a code that is typed in.
        return self._book.add_format({"num_format": formats.get(form, "@")})

    def made(self) -> bytes:
        self._write_guide(self._book.add_worksheet(GUIDE.vi))
        for sheet in SHEETS:
            self._write_sheet(sheet, self._book.add_worksheet(sheet.vi))
        self._book.close()
        return self._buffer.getvalue()

    def _write_sheet(self, sheet: Sheet, page: Worksheet) -> None:
        entries = self._entries[sheet.kind]
        last = len(entries) + SPARE_ROWS
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, max(len(entries), 1), len(sheet.columns) - 1)
        for at, column in enumerate(sheet.columns):
            options = {"hidden": True} if column.hidden else {}
            page.set_column(at, at, column.width, self._formats[column.form], options)
            page.write_string(0, at, column.vi, self._heading)
            page.write_comment(0, at, column.en, {"author": "Điểm Cầu"})
            self._validate(sheet, column, page, at, last)
        for row, entry in enumerate(entries, start=1):
            for at, column in enumerate(sheet.columns):
                value = cell_of(sheet, column, entry, self._labels)
                if value is not None:
                    self._write(page, row, at, value, self._formats[column.form])

    @staticmethod
    def _write(page: Worksheet, row: int, at: int, value: Cell, form: Format) -> None:
        """A text is never taken for a formula or an address."""
        if isinstance(value, str):
            page.write_string(row, at, value, form)
        elif isinstance(value, date | datetime):
            page.write_datetime(row, at, value, form)
        else:
            page.write_number(row, at, value, form)

    def _validate(self, sheet: Sheet, column: Column, page: Worksheet, at: int, last: int) -> None:
        if rule := self._rule(sheet, column):
            page.data_validation(1, at, last, at, rule)

    def _rule(self, sheet: Sheet, column: Column) -> dict[str, Any]:
        match column.form:
            case Form.DELETE:
                return {"validate": "list", "source": ["x"]}
            case Form.FUNCTION:
                first = _first_function_row()
                source = f"='{GUIDE.vi}'!$A${first}:$A${first + len(FUNCTION_NAMES) - 1}"
                return {"validate": "list", "source": source}
            case Form.REFERENCE:
                return self._choice(sheet, column)
            case Form.WHOLE if (sheet.kind, column.field) == (Site, "number"):
                first, last = SITE_NUMBERS[0], SITE_NUMBERS[-1]
                message = f"Một số từ {first} đến {last}"
                return {
                    "validate": "integer",
                    "criteria": "between",
                    "minimum": first,
                    "maximum": last,
                    "error_title": "Số điểm cầu",
                    "error_message": message,
                }
            case Form.SINCE | Form.UNTIL | Form.MOMENT:
                return {
                    "validate": "date",
                    "criteria": ">=",
                    "value": date(1900, 3, 1),
                    "error_type": "warning",
                    "error_title": "Ngày",
                    "error_message": "Ghi dạng NN/TT/NNNN, ví dụ 01/07/2025",
                }
            case _:
                return {}

    def _choice(self, sheet: Sheet, column: Column) -> dict[str, Any]:
        """A list of what there is; other names of the same things may be typed all the same."""
        to = sheet.reference(column).to[0]
        if to not in LISTS or column.field == "areas":
            return {}
        name = next(s.vi for s in SHEETS if s.kind is to)
        last = len(self._entries[to]) + SPARE_ROWS
        source = f"='{name}'!${LISTS[to]}$2:${LISTS[to]}${last}"
        return {"validate": "list", "source": source, "show_error": False}

    def _write_guide(self, page: Worksheet) -> None:
        page.set_column(0, 0, 40)
        page.set_column(1, 12, 24)
        for row, line in enumerate(LINES):
            page.write_string(row, 0, line.vi, self._bold if row == 0 else None)
            page.write_string(row, 4, line.en, self._bold if row == 0 else None)
        for row, name in enumerate(FUNCTION_NAMES.values(), start=_first_function_row() - 1):
            page.write_string(row, 0, name.vi)
            page.write_string(row, 4, name.en)
        row = _first_function_row() + len(FUNCTION_NAMES) + 1
        for sheet in SHEETS:
            row = self._write_example(page, row, sheet)

    def _write_example(self, page: Worksheet, row: int, sheet: Sheet) -> int:
        page.write_string(row, 0, f"Ví dụ: trang «{sheet.vi}»", self._bold)
        shown = [column for column in sheet.columns if not column.hidden]
        for at, column in enumerate(shown):
            page.write_string(row + 1, at, column.vi, self._heading)
            page.write_string(row + 2, at, EXAMPLES[sheet.kind].get(column.field, ""))
        return row + 4


def _first_function_row() -> int:
    """Where the guide lists the functions, counted from 1."""
    return len(LINES) + 2
