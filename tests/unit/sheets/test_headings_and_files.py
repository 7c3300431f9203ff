"""What is no workbook of the directory is refused before anything is made of it."""

import io
import random
import struct
import zipfile
from collections.abc import Callable

import pytest

from diemcau.sheets import export, read
from diemcau.sheets.columns import SHEETS
from diemcau.sheets.package import ENCRYPTED, OLE, UNPACKED_LIMIT
from tests.unit.sheets.books import HEADINGS, packed, parts, small, workbook

SHEET = "xl/worksheets/sheet1.xml"
UNITS = [HEADINGS["Đơn vị"], ["006", "Xã Sáu", "Xã", "25"]]


def units() -> bytes:
    return workbook({"Đơn vị": UNITS})


def with_part(name: str, change: Callable[[bytes], bytes]) -> bytes:
    found = parts(units())
    assert change(found[name]) != found[name]
    return packed(found | {name: change(found[name])})


def bomb() -> bytes:
    return packed(parts(units()) | {"xl/more.xml": b" " * (UNPACKED_LIMIT + 1)})


def lying_bomb() -> bytes:
    """A bomb whose size, in the package's list of contents, is said to be small."""
    data = bytearray(bomb())
    size = struct.pack("<I", UNPACKED_LIMIT + 1)
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            if data[at + offset : at + offset + 4] == size:
                data[at + offset : at + offset + 4] = struct.pack("<I", 10)
    return bytes(data)


def locked() -> bytes:
    data = bytearray(units())
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + 8] |= 1
    return bytes(data)


def far_cell() -> bytes:
    return with_part(SHEET, lambda xml: xml.replace(b'r="D2"', b'r="XFD1048576"'))


def no_place() -> bytes:
    return with_part(SHEET, lambda xml: xml.replace(b'r="D2"', b'r="D99999999999"'))


def entities() -> bytes:
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet'
    return with_part(SHEET, lambda xml: xml.replace(b"<worksheet", doctype, 1))


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "không phải tệp Excel"),
    "text": (lambda: "Mã;Tên".encode(), "không phải tệp Excel"),
    "another package": (lambda: packed({"word/document.xml": b"<a/>"}), "không phải tệp Excel"),
    "an old .xls": (lambda: OLE + bytes(1000), ".xls"),
    "a password": (lambda: OLE + bytes(500) + ENCRYPTED, "mật khẩu"),
    "a locked package": (locked, "mật khẩu"),
    "half a file": (lambda: units()[:2000], "hỏng"),
    "broken XML": (lambda: with_part(SHEET, lambda xml: xml[:300]), "hỏng"),
    "a zip bomb": (bomb, "quá lớn"),
    "a zip bomb that lies": (lying_bomb, "hỏng"),
    "a cell far off": (far_cell, "quá xa"),
    "a cell nowhere": (no_place, "hỏng"),
    "entities": (entities, "hỏng"),
    "too many bytes": (lambda: units() + bytes(17 * 2**20), "quá lớn"),
    "no sheet of the directory": (lambda: workbook({"Sheet1": []}), "không có trang nào"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_workbook_is_answered_with_what_to_do(name: str) -> None:
    made, words = FILES[name]
    result = read(made(), small())
    (fault,) = result.faults
    assert words in fault.text.vi
    assert fault.text.en
    assert (fault.cell, fault.row) == ("", 0)
    assert result.entries == small().entries


def test_the_limits_leave_room_for_a_whole_country() -> None:
    data = export(small())
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = max(package.infolist(), key=lambda info: info.file_size)
    assert sheet.file_size * 500 < UNPACKED_LIMIT


def test_a_file_damaged_anywhere_gives_faults_or_entries_and_no_error() -> None:
    found = parts(export(small()))
    names = [name for name in found if name.endswith((".xml", ".rels"))]
    chance = random.Random(429)
    for _ in range(150):
        name = chance.choice(names)
        part = bytearray(found[name])
        at = chance.randrange(len(part))
        part[at : at + chance.randrange(3)] = bytes([chance.randrange(256)])
        result = read(packed(found | {name: bytes(part)}), small())
        assert result.entries


HEADING_FAULTS = {
    "missing": (["Tên đơn vị"], "A1", "Thiếu cột «Mã đơn vị»"),
    "unknown, but nearly known": (["Mã đơn vị", "Tên đơn vi"], "B1", "có phải «Tên đơn vị»?"),
    "unknown": (["Mã đơn vị", "Tên đơn vị", "Màu sắc"], "C1", "hãy xóa cột này"),
    "twice": (["Mã đơn vị", "Tên đơn vị", "Tên đơn vị"], "C1", "có hai lần"),
}


@pytest.mark.parametrize("name", HEADING_FAULTS)
def test_a_heading_that_is_wrong_is_named(name: str) -> None:
    headings, cell, words = HEADING_FAULTS[name]
    faults = read(workbook({"Đơn vị": [headings, ["1", "A"]]}), small()).faults
    assert words in next(fault.text.vi for fault in faults if fault.cell == cell)


def test_what_refers_to_a_sheet_that_cannot_be_read_is_not_blamed() -> None:
    person = ["Lê Thị B", "006"]
    pages = {"Đơn vị": [["Mã đơn vị"], ["006"]], "Cán bộ": [["Họ và tên", "Đơn vị"], person]}
    faults = read(workbook(pages), small()).faults
    assert [(fault.sheet, fault.cell) for fault in faults] == [("Đơn vị", "A1")]


def test_two_sheets_of_one_list_are_refused() -> None:
    (fault,) = read(workbook({"Đơn vị": UNITS, "Units": UNITS}), small()).faults
    assert (fault.sheet, "hai trang" in fault.text.vi) == ("Units", True)


def test_headings_and_sheets_may_be_english() -> None:
    pages = {
        sheet.en: [[column.en for column in sheet.columns]] for sheet in SHEETS if sheet.vi != "MCU"
    }
    assert read(workbook(pages), small()).faults == ()
