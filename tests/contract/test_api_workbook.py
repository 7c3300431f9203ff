"""Changing the directory by lists: a workbook, and units of the national lists."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from diemcau.domain.roles import Role
from diemcau.domain.units import Unit
from diemcau.provinces import load
from diemcau.testing.app import FakeServer
from diemcau.testing.samples import directory
from tests.contract.directory_rigs import entries, lines, office, warden
from tests.contract.test_api_rest import bearer, is_problem
from tests.unit.sheets.books import HEADINGS, filled, of, workbook

__all__ = ["office", "warden"]

MIB = 1024 * 1024

SITE = {"Mã điểm cầu": "m-1", "Tên điểm cầu": "Điểm mới", "Đơn vị": "u-bac", "MCU": "bac", "Số": 90}
GOOD = of("Điểm cầu", SITE, {**SITE, "Mã điểm cầu": "m-2", "Số": 91})
FAULTY = of("Điểm cầu", SITE, {**SITE, "Mã điểm cầu": "m-2", "Số": 5000})


async def imported(client: httpx2.AsyncClient, data: bytes, query: str = "") -> httpx2.Response:
    return await client.post(f"/api/directory/workbook{query}", content=data)


async def test_a_dry_run_says_what_would_change_and_changes_nothing(
    house: FakeServer, office: httpx2.AsyncClient
) -> None:
    answer = (await imported(office, GOOD, "?dry_run=true")).json()
    assert answer == {"added": 2, "changed": 0, "removed": 0, "faults": [], "saved": False}
    assert entries(house) == set(directory().entries)
    assert lines(house) == []


async def test_a_workbook_is_imported(house: FakeServer, office: httpx2.AsyncClient) -> None:
    answer = (await imported(office, GOOD)).json()
    assert answer == {"added": 2, "changed": 0, "removed": 0, "faults": [], "saved": True}
    codes = [site.code for site in house.server.book.directory.sites.values()]
    assert codes[-2:] == ["m-1", "m-2"]
    assert [line[:2] for line in lines(house)] == [("an.nguyen", "directory.added")] * 2
    again = (await imported(office, GOOD)).json()
    assert (again["added"], again["changed"], again["removed"]) == (0, 0, 0)
    assert len(lines(house)) == 2


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
async def test_with_one_fault_nothing_is_imported_and_it_is_named(
    query: str, house: FakeServer, office: httpx2.AsyncClient
) -> None:
    answer = (await imported(office, FAULTY, query)).json()
    (fault,) = answer["faults"]
    assert (fault["sheet"], fault["cell"], fault["row"], fault["column"]) == (
        "Điểm cầu",
        "E3",
        3,
        "Số",
    )
    assert "4095" in fault["text"]["vi"]
    assert "4095" in fault["text"]["en"]
    assert (answer["saved"], answer["added"]) == (False, 0)
    assert entries(house) == set(directory().entries)
    assert lines(house) == []


async def test_a_running_sessions_site_cannot_go_by_a_workbook_either(
    house: FakeServer, office: httpx2.AsyncClient
) -> None:
    row = {"Mã điểm cầu": "bac-1", "Tên điểm cầu": "UBND xã bac-1", "Số": 2, "Xóa": "x"}
    row |= {"Đơn vị": "u-bac-1", "MCU": "bac", "Mã hệ thống": "s-bac-1"}
    removing = of("Điểm cầu", row, SITE)
    is_problem(await imported(office, removing), 409, "conflict")
    assert entries(house) == set(directory().entries)
    await house.server.control.close(house.conference.id)
    answer = (await imported(office, removing)).json()
    assert (answer["removed"], answer["added"], answer["saved"]) == (1, 1, True)
    assert "s-bac-1" not in house.server.book.directory.sites


async def test_an_export_imported_again_changes_nothing(
    house: FakeServer, office: httpx2.AsyncClient
) -> None:
    exported = await office.get("/api/directory/workbook")
    assert exported.headers["content-type"].endswith("spreadsheetml.sheet")
    assert "danh-ba.xlsx" in exported.headers["content-disposition"]
    answer = (await imported(office, exported.content)).json()
    assert answer == {"added": 0, "changed": 0, "removed": 0, "faults": [], "saved": True}
    assert entries(house) == set(directory().entries)
    assert lines(house) == []


async def test_an_empty_workbook_to_fill_in_is_given(office: httpx2.AsyncClient) -> None:
    given = await office.get("/api/directory/template")
    assert given.content.startswith(b"PK")
    answer = (await imported(office, given.content)).json()
    assert (answer["added"], answer["removed"]) == (0, 0)


@pytest.mark.parametrize("data", [b"", b"no workbook", b"PK\x03\x04" + b"\x00" * 100])
async def test_what_is_no_workbook_is_refused(
    data: bytes, house: FakeServer, office: httpx2.AsyncClient
) -> None:
    answer = await imported(office, data)
    assert answer.status_code == 422 or answer.json()["faults"], answer.text
    assert entries(house) == set(directory().entries)


async def test_a_workbook_may_touch_only_what_one_may_edit(
    house: FakeServer, warden: httpx2.AsyncClient
) -> None:
    person = {"Họ và tên": "Bình", "Đơn vị": "u-bac-1"}
    own = of("Cán bộ", person)
    others = of("Cán bộ", person, {**person, "Đơn vị": "u-nam-1"})
    assert (await imported(warden, others)).status_code == 403
    assert (await imported(warden, GOOD)).status_code == 403
    assert house.server.book.directory.people == {}
    assert (await imported(warden, own)).json()["saved"] is True


@pytest.fixture
def government(house: FakeServer) -> Unit:
    """The unit above all provinces, which the lists hang them under."""
    return next(unit for unit in load("phu-tho-2025").units if not unit.parent)


LISTED = {"source": "2025", "province": "25"}


async def listed(client: httpx2.AsyncClient, **members: object) -> httpx2.Response:
    return await client.post("/api/directory/listed", json={**LISTED, **members})


async def test_units_of_the_national_list_are_added_once(
    house: FakeServer, office: httpx2.AsyncClient, government: Unit
) -> None:
    await house.server.editor.put(government, "an.nguyen")
    dry = (await listed(office, dry_run=True)).json()
    assert dry["added"] > 100
    assert (dry["saved"], dry["faults"]) == (False, [])
    assert len(house.server.book.directory.units.below(government.id)) == 1
    assert (await listed(office)).json() == {**dry, "saved": True}
    units = house.server.book.directory.units
    assert len(units.below(government.id)) == 1 + dry["added"]
    again = (await listed(office)).json()
    assert (again["added"], again["changed"], again["removed"]) == (0, 0, 0)


async def test_many_units_are_one_line_of_the_log_book(
    house: FakeServer, office: httpx2.AsyncClient, government: Unit
) -> None:
    await house.server.editor.put(government, "an.nguyen")
    before = len(lines(house))
    added = (await listed(office, source="legacy", province="25")).json()["added"]
    assert added > 200
    assert len(lines(house)) == before + 1
    line = house.store.journal[-1]
    assert (line.actor, line.action) == ("an.nguyen", "directory.imported")
    assert str(added) in line.text.en


async def test_a_list_whose_units_would_hang_in_the_air_is_refused(
    house: FakeServer, office: httpx2.AsyncClient
) -> None:
    is_problem(await listed(office), 422, "directory-faulty")
    assert entries(house) == set(directory().entries)


@pytest.mark.parametrize(
    ("members", "status"),
    [({"province": "zz"}, 404), ({"source": "1990"}, 422), ({"dry-run": True}, 422)],
)
async def test_a_list_or_province_that_is_not_there_is_refused(
    members: dict[str, object], status: int, house: FakeServer, office: httpx2.AsyncClient
) -> None:
    assert (await listed(office, **members)).status_code == status
    assert entries(house) == set(directory().entries)


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/directory/workbook"), ("PUT", "/api/templates/notice.docx")],
)
async def test_files_may_be_larger_than_json_but_not_without_end(
    method: str, path: str, office: httpx2.AsyncClient
) -> None:
    taken = await office.request(method, path, content=b" " * 16 * MIB)
    assert taken.status_code != 413
    declared = await office.request(method, path, content=b" " * (16 * MIB + 1))
    is_problem(declared, 413, "too-large")
    assert "16 MiB" in declared.json()["detail"]

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b" " * MIB

    is_problem(await office.request(method, path, content=chunks()), 413, "too-large")


async def test_what_comes_with_a_new_unit_is_the_business_of_the_unit_above(
    house: FakeServer, office: httpx2.AsyncClient
) -> None:
    unit = {"Mã đơn vị": "n1", "Tên đơn vị": "Huyện mới", "Cấp": "district"}
    unit |= {"Đơn vị cấp trên": "u-tinh"}
    below = {**unit, "Mã đơn vị": "n2", "Tên đơn vị": "Xã mới", "Cấp": "commune"}
    below["Đơn vị cấp trên"] = "n1"
    pages: dict[str, list[dict[str, Any]]] = {
        "Đơn vị": [unit, below],
        "Điểm cầu": [{**SITE, "Đơn vị": "n2"}],
        "Cán bộ": [{"Họ và tên": "Bình", "Đơn vị": "n2"}],
        "Đầu mối": [{"Cán bộ": "Bình", "Phụ trách": "m-1", "Chức năng": "room-operator"}],
    }
    data = workbook({p: [HEADINGS[p], *(filled(p, r) for r in rows)] for p, rows in pages.items()})
    answer = (await imported(office, data)).json()
    assert answer == {"added": 5, "changed": 0, "removed": 0, "faults": [], "saved": True}


async def test_a_new_name_does_not_open_another_units_door(
    house: FakeServer, client: httpx2.AsyncClient
) -> None:
    manager = bearer(await house.account("chi.le", (Role.MANAGER, "u-bac-1")))
    site = {**SITE, "Đơn vị": "u-bac-1", "Mã hệ thống": "u-nam-1"}
    pages: dict[str, list[dict[str, Any]]] = {
        "Điểm cầu": [site],
        "Cán bộ": [{"Họ và tên": "Bình", "Đơn vị": "u-nam-1"}],
    }
    data = workbook({p: [HEADINGS[p], *(filled(p, r) for r in rows)] for p, rows in pages.items()})
    answer = await client.post("/api/directory/workbook", content=data, headers=manager)
    assert answer.status_code == 403 or answer.json()["faults"]
    assert house.server.book.directory.people == {}
