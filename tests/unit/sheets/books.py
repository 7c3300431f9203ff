"""Workbooks as clerks make them, and a small directory to read them against."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter

from diemcau.domain.directory import (
    Contact,
    Directory,
    Duty,
    Line,
    Mcu,
    Person,
    Room,
    Site,
    Tier,
)
from diemcau.domain.units import Unit
from diemcau.sheets.columns import SHEETS

END = date(2026, 1, 1)
HEADINGS = {sheet.vi: [column.vi for column in sheet.columns] for sheet in SHEETS}


@dataclass(frozen=True)
class Formula:
    """A cell with a formula and the value that was computed of it."""

    text: str
    value: Any


def small() -> Directory:
    """Two communes of one name, one that ends, and one of everything else."""
    return Directory(
        [
            Tier("central", "Trung ương", "Central", 0),
            Tier("province", "Tỉnh", "Province", 1),
            Tier("commune", "Xã", "Commune", 2),
            Unit("u-vn", "Chính phủ", "central", code="vn"),
            Unit("u-25", "Tỉnh Phú Thọ", "province", "u-vn", code="25"),
            Unit("u-24", "Tỉnh Cũ", "province", "u-vn", valid_to=END, code="24"),
            Unit("u-001", "Xã Một", "commune", "u-25", code="001"),
            Unit("u-002", "Xã Hai", "commune", "u-25", code="002"),
            Unit("u-003", "Xã Hai", "commune", "u-25", code="003"),
            Unit("u-005", "Xã Năm", "commune", "u-25", code="005"),
            Unit("u-004", "Xã Cũ", "commune", "u-25", valid_to=END, code="004"),
            Room("r-1", "Phòng họp lớn", "u-001", "Nhà A", 30),
            Mcu("trung-tam", "MCU trung tâm", "", "", ("u-25",), "u-25"),
            Mcu("vnpt", "MCU VNPT", "VNPT", "trung-tam", ("u-001",)),
            Line("l-1", "vnpt", "trung-tam", 200.0, 1, "VNPT", "18001166", "u-25"),
            Site("s-001", "25-001", "UBND xã Một", "u-001", "vnpt", 1, "r-1"),
            Person("p-a", "Nguyễn Văn A", "u-001", "Công chức", "0912 000 000", "a@pt.gov.vn"),
            Contact("c-1", "p-a", "s-001", "room-operator"),
            Duty("d-1", "p-a", "u-001", utc(2026, 1, 1, 0), utc(2026, 1, 1, 12)),
        ]
    )


def utc(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


Rows = Sequence[Sequence[Any]]


def workbook(pages: Mapping[str, Rows], merges: Sequence[tuple[str, str, Any]] = ()) -> bytes:
    """Pages by name, each a list of rows; ``merges``: page, range, value."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    formats: dict[type, Any] = {
        date: book.add_format({"num_format": "dd/mm/yyyy"}),
        datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
    }
    for name, rows in pages.items():
        page = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for at, value in enumerate(cells):
                _write(page, row, at, value, formats)
        for where, cells_range, value in merges:
            if where == name:
                page.merge_range(cells_range, value)
    book.close()
    return buffer.getvalue()


def _write(page: Any, row: int, at: int, value: Any, formats: Mapping[type, Any]) -> None:
    match value:
        case None | "":
            pass
        case bool():
            page.write_boolean(row, at, value)
        case Formula():
            page.write_formula(row, at, value.text, None, value.value)
        case str():
            page.write_string(row, at, value)
        case int() | float():
            page.write_number(row, at, value)
        case _:
            page.write_datetime(row, at, value, formats[type(value)])


def filled(page: str, row: Mapping[str, Any]) -> list[Any]:
    """The cells of a row given by headings."""
    assert row.keys() <= set(HEADINGS[page]), row
    return [row.get(heading) for heading in HEADINGS[page]]


def of(page: str, *rows: Mapping[str, Any]) -> bytes:
    """A workbook of one page with all its headings."""
    return workbook({page: [HEADINGS[page], *(filled(page, row) for row in rows)]})


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return buffer.getvalue()
