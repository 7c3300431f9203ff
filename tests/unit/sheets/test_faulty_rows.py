"""Every kind of fault is named with its cell and its reason, and nothing is imported."""

from collections.abc import Iterable

import pytest

from diemcau.sheets import SheetFault, read
from tests.unit.sheets.books import HEADINGS, Rows, filled, small, workbook
from tests.unit.sheets.faulty import Faulty, faulty_rows

FAULTY = faulty_rows()


def told(faults: Iterable[SheetFault]) -> dict[tuple[str, str], str]:
    return {(fault.sheet, fault.cell): fault.text.vi for fault in faults}


@pytest.mark.parametrize("case", FAULTY, ids=lambda case: case.name)
def test_a_fault_is_named_with_its_cell_and_nothing_else_is(case: Faulty) -> None:
    rows = [HEADINGS[case.page], *(filled(case.page, row) for row in case.rows)]
    result = read(workbook({case.page: rows}), small())
    found = told(result.faults)
    expected = case.cells(first=2)
    assert {cell for _, cell in found} == {cell for cell, _ in expected}, found
    for cell, words in expected:
        assert words in found[case.page, cell]
    assert result.entries == small().entries
    assert (result.added, result.changed, result.removed) == ((), (), ())


def test_all_kinds_of_fault_in_one_workbook_are_all_named() -> None:
    pages = {page: [list(headings)] for page, headings in HEADINGS.items()}
    expected = []
    for case in FAULTY:
        first = len(pages[case.page]) + 1
        pages[case.page] += [filled(case.page, row) for row in case.rows]
        expected += [(case.page, cell, words) for cell, words in case.cells(first)]
    pages["Dơn vị"] = [["x"]]
    result = read(workbook(pages), small())
    found = told(result.faults)
    assert len({case.name for case in FAULTY}) >= 30
    for page, cell, words in expected:
        assert words in found.get((page, cell), ""), (page, cell, words)
    assert len(found) == len(expected) + 1
    assert "«Đơn vị»?" in found["Dơn vị", ""]
    assert result.entries == small().entries


def test_a_fault_says_its_row_and_heading_and_has_both_languages() -> None:
    rows: Rows = [HEADINGS["Điểm cầu"], [], ["a", "A", "002", "vnpt", 5000]]
    (fault,) = read(workbook({"Điểm cầu": rows}), small()).faults
    assert (fault.sheet, fault.cell, fault.row, fault.column) == ("Điểm cầu", "E3", 3, "Số")
    assert "1 to 4095" in fault.text.en


def test_faults_come_in_the_order_of_the_sheets() -> None:
    site, unit = HEADINGS["Điểm cầu"], HEADINGS["Đơn vị"]
    pages: dict[str, Rows] = {
        "Điểm cầu": [site, ["a", "", "002", "vnpt", 9]],
        "Đơn vị": [unit, ["", "X"]],
    }
    faults = read(workbook(pages), small()).faults
    assert [(f.sheet, f.cell) for f in faults] == [
        ("Đơn vị", "A2"),
        ("Đơn vị", "C2"),
        ("Điểm cầu", "B2"),
    ]
