"""A workbook changes what it says, and nothing else."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from diemcau.domain.directory import Directory, Duty, Mcu, Person, Site
from diemcau.domain.units import Unit
from diemcau.sheets import read
from tests.unit.sheets.books import END, HEADINGS, Formula, Rows, of, small, utc, workbook

UNIT = {"Mã đơn vị": "006", "Tên đơn vị": "Xã Sáu", "Cấp": "Xã", "Đơn vị cấp trên": "25"}
SIX = Unit("u-006", "Xã Sáu", "commune", "u-25", code="006")


def added(page: str, row: dict[str, Any]) -> Any:
    result = read(of(page, row), small())
    assert result.faults == ()
    (entry,) = result.added
    return entry


def test_a_new_row_is_an_entry_whose_id_comes_from_its_code() -> None:
    result = read(of("Đơn vị", UNIT), small())
    assert result.added == (SIX,)
    assert result.entries == (*small().entries, SIX)
    assert (result.changed, result.removed, result.faults) == ((), (), ())


def test_the_same_workbook_twice_adds_once() -> None:
    once = read(of("Đơn vị", UNIT), small())
    again = read(of("Đơn vị", UNIT), Directory(once.entries))
    assert again.entries == once.entries
    assert (again.added, again.changed) == ((), ())


def test_a_row_of_a_known_code_changes_that_entry() -> None:
    result = read(of("Đơn vị", UNIT | {"Mã đơn vị": "005"}), small())
    ((before, after),) = result.changed
    assert (before.id, after) == ("u-005", replace(SIX, id="u-005", code="005"))


def test_an_id_knows_its_entry_when_the_code_changes_and_others_still_mean_it() -> None:
    unit = UNIT | {"Mã hệ thống": "u-001", "Mã đơn vị": "111", "Tên đơn vị": "Phường Một"}
    person = ["Lê Thị B", "001"]
    pages = {
        "Đơn vị": [list(unit), list(unit.values())],
        "Cán bộ": [["Họ và tên", "Đơn vị"], person],
    }
    result = read(workbook(pages), small())
    assert result.faults == ()
    assert [after.id for _, after in result.changed] == ["u-001"]
    assert result.added == (Person("p-le-thi-b", "Lê Thị B", "u-001"),)


def test_a_successor_of_the_same_code_gets_an_id_of_its_own() -> None:
    later = UNIT | {"Mã đơn vị": "004", "Hiệu lực từ": END}
    unit = added("Đơn vị", later)
    assert (unit.id, unit.code, unit.valid_from) == ("u-004-2", "004", END)


def test_a_code_means_the_one_that_is_in_force() -> None:
    later = Unit("u-004-2", "Xã Mới", "commune", "u-25", END, code="004")
    directory = Directory([*small().entries, later])
    row = {"Họ và tên": "B", "Đơn vị": "004", "Hiệu lực từ": "01/02/2026"}
    (person,) = read(of("Cán bộ", row), directory).added
    assert person == Person("p-b", "B", "u-004-2", valid_from=date(2026, 2, 1))
    assert "u-004, u-004-2" in read(of("Cán bộ", {"Họ và tên": "B", "Đơn vị": "004"}),
                                    directory).faults[0].text.vi  # fmt: skip


def test_rows_may_refer_to_new_rows_above_and_below() -> None:
    child = UNIT | {"Mã đơn vị": "26", "Cấp": "Tỉnh", "Đơn vị cấp trên": "moi"}
    parent = {"Mã đơn vị": "moi", "Tên đơn vị": "Chính phủ mới", "Cấp": "central"}
    result = read(of("Đơn vị", child, parent), small())
    assert [(unit.id, unit.parent) for unit in result.added if isinstance(unit, Unit)] == [
        ("u-26", "u-moi"),
        ("u-moi", ""),
    ]


def test_a_row_with_x_is_deleted_and_its_other_cells_do_not_matter() -> None:
    row = {"Họ và tên": "Nguyễn Văn A", "Đơn vị": "001", "Xóa": "X", "Thư điện tử": "?"}
    pages: dict[str, Rows] = {
        "Cán bộ": [list(row), list(row.values())],
        "Đầu mối": [["Mã hệ thống", "Chức năng", "Xóa"], ["c-1", "", "x"]],
        "Lịch trực": [["Mã hệ thống", "Bắt đầu", "Kết thúc", "Xóa"], ["d-1", "", "", True]],
    }
    result = read(workbook(pages), small())
    assert result.faults == ()
    assert [entry.id for entry in result.removed] == ["p-a", "c-1", "d-1"]
    assert result.entries == small().entries[: -len(result.removed)]


def test_what_still_needs_a_deleted_entry_is_named_by_its_sheet() -> None:
    result = read(of("Cán bộ", {"Mã hệ thống": "p-a", "Xóa": "x"}), small())
    assert [(f.sheet, f.cell, f.column) for f in result.faults] == [
        ("Đầu mối", "", "Cán bộ"),
        ("Lịch trực", "", "Cán bộ"),
    ]
    assert result.removed == ()


def test_faults_that_were_there_before_do_not_stand_in_the_way() -> None:
    old = Directory([*small().entries, Person("p-z", "Z", "u-001", email="?")])
    assert read(of("Đơn vị", UNIT), old).added == (SIX,)


def test_columns_that_are_not_there_change_nothing() -> None:
    row: Rows = [["Mã điểm cầu", "Tên điểm cầu", "Số"], ["25-001", "UBND xã Mới", 1]]
    result = read(workbook({"Điểm cầu": row}), small())
    ((before, after),) = result.changed
    assert isinstance(before, Site)
    assert after == replace(before, name="UBND xã Mới")


def test_a_blank_cell_takes_away_what_was_there() -> None:
    row = {"Mã hệ thống": "p-a", "Họ và tên": "Nguyễn Văn A", "Đơn vị": "001"}
    ((_, after),) = read(of("Cán bộ", row), small()).changed
    assert after == Person("p-a", "Nguyễn Văn A", "u-001")


TEXTS = {
    "decomposed letters": ("Xa\u0303 Sa\u0301u", "Xã Sáu"),
    "blanks around": ("\u00a0 Xã Sáu\u3000 \n", "Xã Sáu"),
    "a no-break blank within": ("Xã\u00a0Sáu", "Xã Sáu"),
    "what nobody sees": ("\ufeffXã\u200b Sáu", "Xã Sáu"),
    "a formula's value": (Formula('="Xã "&"Sáu"', "Xã Sáu"), "Xã Sáu"),
    "a number": (6, "6"),
    "a fraction": (6.5, "6.5"),
    "a formula that is none": ("=1+1", "=1+1"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_read_in_one_form(name: str) -> None:
    cell, text = TEXTS[name]
    assert added("Đơn vị", UNIT | {"Tên đơn vị": cell}).name == text


@pytest.mark.parametrize("code", ["00123", "1e5", "0912.345", "TRUE", "01/02"])
def test_a_code_stays_as_it_is_written(code: str) -> None:
    assert added("Đơn vị", UNIT | {"Mã đơn vị": code}).code == code


DATES = (date(2026, 7, 1), datetime(2026, 7, 1, 8, 30), "01/07/2026", "1/7/2026", "2026-07-01")


@pytest.mark.parametrize("cell", DATES, ids=str)
def test_a_date_may_be_one_or_be_written(cell: Any) -> None:
    assert added("Đơn vị", UNIT | {"Hiệu lực từ": cell}).valid_from == date(2026, 7, 1)


MOMENTS = (
    datetime(2026, 7, 1, 7, 30),
    "07:30 01/07/2026",
    "01/07/2026 7:30",
    "07:30 ngày 01/07/2026",
    "7h30, 01/07/2026",
)


@pytest.mark.parametrize("cell", MOMENTS, ids=str)
def test_an_hour_is_viet_nams(cell: Any) -> None:
    row = {"Cán bộ": "p-a", "Đơn vị": "001", "Bắt đầu": cell, "Kết thúc": "23:59 01/07/2026"}
    duty: Duty = added("Lịch trực", row)
    assert duty.starts == utc(2026, 7, 1, 0).replace(minute=30)
    assert duty.id == "d-a-20260701-0730"


def test_an_mcu_serves_several_units_of_one_cell() -> None:
    row = {"Mã MCU": "Viettel 2", "Tên MCU": "MCU Viettel", "Đơn vị phụ trách": "002;\n003 ; "}
    mcu: Mcu = added("MCU", row)
    assert (mcu.id, mcu.areas, mcu.capacity) == ("viettel-2", ("u-002", "u-003"), Mcu.capacity)


def test_numbers_may_be_written_as_text() -> None:
    row = {"Mã MCU": "b", "Tên MCU": "B", "Số cổng": "12", "Băng thông (Mbit/s)": "12,5"}
    mcu: Mcu = added("MCU", row)
    assert (mcu.capacity, mcu.mbps) == (12, 12.5)


def test_captions_and_empty_rows_count_for_nothing_and_merged_cells_for_all_their_rows() -> None:
    rows = [
        [],
        [],
        HEADINGS["Đơn vị"],
        [],
        ["006", "Xã Sáu", "Xã"],
        ["007", "Xã Bảy", "Xã"],
        [" ", "\u00a0"],
    ]
    merges = [("Đơn vị", "A1:F1", "Danh sách đơn vị"), ("Đơn vị", "D5:D9", "25")]
    result = read(workbook({"Đơn vị": rows, "Sheet2": []}, merges), small())
    assert result.faults == ()
    assert result.added == (SIX, Unit("u-007", "Xã Bảy", "commune", "u-25", code="007"))


def test_a_name_twice_is_one_persons_only_with_ids() -> None:
    row = {"Họ và tên": "Lê Thị B", "Đơn vị": "001"}
    result = read(of("Cán bộ", row | {"Mã hệ thống": "p-b1"}, row), small())
    assert [entry.id for entry in result.added] == ["p-b1", "p-le-thi-b"]


def test_an_mcu_names_a_gateway_that_comes_with_the_same_workbook() -> None:
    site = {"Mã điểm cầu": "90", "Tên điểm cầu": "Điểm nối", "Đơn vị": "25", "MCU": "trung-tam"}
    mcu = {"Mã MCU": "hang", "Tên MCU": "MCU hãng khác", "Điểm nối (MCU hãng khác)": "Điểm nối"}
    pages: dict[str, Rows] = {
        "MCU": [list(mcu), list(mcu.values())],
        "Điểm cầu": [[*site, "Số"], [*site.values(), 90]],
    }
    result = read(workbook(pages), small())
    assert result.faults == ()
    assert [(e.id, e.gateway) for e in result.added if isinstance(e, Mcu)] == [("hang", "s-90")]
