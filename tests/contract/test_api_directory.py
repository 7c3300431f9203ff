"""Changing the directory over the API: one record, a workbook, units of the national lists."""

import json
from typing import Any

import httpx2
import pytest

from diemcau.domain.roles import Role
from diemcau.testing.app import FakeServer
from diemcau.testing.samples import directory
from tests.contract.directory_rigs import entries, lines, office, warden
from tests.contract.test_api_rest import bearer, is_problem

__all__ = ["office", "warden"]

UNIT = {"name": "Xã mới", "tier": "commune", "parent": "u-bac"}
JSON = {"Content-Type": "application/json"}
PERSON = {"name": "Trần Thị Bình", "unit": "u-bac-1", "phone": "0211 1234"}


async def test_a_record_is_added_changed_and_removed(
    house: FakeServer, office: httpx2.AsyncClient
) -> None:
    added = await office.put("/api/directory/unit/u-moi", json=UNIT)
    assert added.json() == {
        "id": "u-moi",
        **UNIT,
        "valid_from": "0001-01-01",
        "valid_to": "9999-12-31",
        "code": "",
        "latitude": 0.0,
        "longitude": 0.0,
    }
    changed = await office.put("/api/directory/unit/u-moi", json={**UNIT, "code": "007"})
    assert changed.json()["code"] == "007"
    assert house.server.book.directory.unit("u-moi").code == "007"
    assert (await office.delete("/api/directory/unit/u-moi")).status_code == 200
    assert entries(house) == set(directory().entries)
    assert lines(house) == [
        ("an.nguyen", "directory.added", "directory/u-moi"),
        ("an.nguyen", "directory.changed", "directory/u-moi"),
        ("an.nguyen", "directory.removed", "directory/u-moi"),
    ]
    changes = [entry for entry in house.store.journal if entry.action == "directory.changed"]
    assert [(c.path, c.old, c.new) for c in changes[0].changes] == [("code", "", "007")]


async def test_what_is_as_it_was_leaves_no_line(
    house: FakeServer, office: httpx2.AsyncClient
) -> None:
    for _ in range(3):
        assert (await office.put("/api/directory/unit/u-moi", json=UNIT)).status_code == 200
    assert len(lines(house)) == 1


@pytest.mark.parametrize(
    ("kind", "name", "body"),
    [
        ("tier", "hamlet", {"name": "Thôn", "name_en": "Hamlet", "rank": 9}),
        ("room", "r-1", {"name": "Phòng họp", "unit": "u-bac-1", "seats": 30}),
        ("mcu", "moi", {"name": "MCU mới", "parent": "tinh", "mbps": 100.5}),
        ("line", "l-1", {"lower": "bac", "upper": "nam", "carrier": "VNPT"}),
        ("site", "s-moi", {"code": "x", "name": "Y", "unit": "u-bac", "mcu": "bac", "number": 99}),
        ("person", "p-1", PERSON),
    ],
)
async def test_every_kind_of_record_is_kept(
    kind: str, name: str, body: dict[str, Any], house: FakeServer, office: httpx2.AsyncClient
) -> None:
    answer = await office.put(f"/api/directory/{kind}/{name}", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json() == answer.json() | body | {"id": name}
    assert (await office.delete(f"/api/directory/{kind}/{name}")).status_code == 200
    assert entries(house) == set(directory().entries)


async def test_contacts_and_duties_are_kept(house: FakeServer, office: httpx2.AsyncClient) -> None:
    contact = {"person": "p-1", "subject": "s-bac-1", "function": "room-operator"}
    duty = {"person": "p-1", "unit": "u-bac-1", "starts": "2026-11-24T00:00:00Z"}
    duty["ends"] = "2026-11-24T20:00:00+07:00"
    assert (await office.put("/api/directory/person/p-1", json=PERSON)).status_code == 200
    assert (await office.put("/api/directory/contact/c-1", json=contact)).status_code == 200
    assert (await office.put("/api/directory/duty/d-1", json=duty)).status_code == 200
    (found,) = (await office.get("/api/duty")).json()
    assert (found["name"], found["phone"]) == ("Trần Thị Bình", "0211 1234")
    refused = await office.delete("/api/directory/person/p-1")
    is_problem(refused, 422, "directory-faulty")


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("unit/u-moi", {**UNIT, "tier": "hamlet"}, "hamlet"),
        ("unit/u-moi", {**UNIT, "name": " "}, "name"),
        ("unit/U_Moi", UNIT, "U_Moi"),
        ("unit/bac", UNIT, "MCU"),
        ("unit/u-moi", {**UNIT, "name": "\ud83d"}, "control characters"),
        ("unit/u-moi", {**UNIT, "latitude": 91}, "-90 to 90"),
        ("unit/u-bac", {"name": "X", "tier": "district", "parent": "u-bac-1"}, "→"),
        ("site/s-moi", {"code": "x", "name": "Y", "unit": "u-bac", "mcu": "bac", "number": 1}, "1"),
        ("mcu/moi", {"name": "X", "mbps": "Infinity"}, "0 Mbit/s"),
    ],
)
async def test_what_breaks_a_rule_is_refused_with_the_reason(
    path: str, body: dict[str, Any], said: str, house: FakeServer, office: httpx2.AsyncClient
) -> None:
    before = entries(house)
    answer = await office.put(f"/api/directory/{path}", content=json.dumps(body), headers=JSON)
    document = is_problem(answer, 422, "directory-faulty")
    assert said in document["detail_en"]
    assert entries(house) == before
    assert lines(house) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"tier": "commune"}, "name"),
        ({**UNIT, "name": 7}, "name"),
        ({**UNIT, "valid_from": "soon"}, "valid_from"),
        ({**UNIT, "nmae": "x"}, "nmae"),
    ],
)
async def test_what_is_no_record_is_refused(
    body: dict[str, Any], said: str, house: FakeServer, office: httpx2.AsyncClient
) -> None:
    answer = await office.put("/api/directory/unit/u-moi", json=body)
    document = is_problem(answer, 422, "invalid")
    assert said in document["detail_en"]
    assert lines(house) == []


async def test_no_record_of_no_kind(office: httpx2.AsyncClient) -> None:
    is_problem(await office.put("/api/directory/planet/x", json={}), 422, "invalid")
    answer = await office.delete("/api/directory/unit/u-9")
    assert answer.status_code == 404
    assert "u-9" in answer.json()["detail"]


async def test_a_site_of_a_running_session_does_not_go_nor_move(
    house: FakeServer, office: httpx2.AsyncClient
) -> None:
    site = (await office.get("/api/directory")).json()["sites"][1]
    assert site.pop("id") == "s-bac-1"
    address = "/api/directory/site/s-bac-1"
    for answer in (
        await office.delete(address),
        await office.put(address, json={**site, "mcu": "nam"}),
        await office.put(address, json={**site, "number": 77}),
        await office.put("/api/directory/mcu/bac", json={"name": "MCU bắc", "areas": ["u-bac"]}),
    ):
        is_problem(answer, 409, "conflict")
        assert "s-bac-1" in answer.json()["detail"] or "bac" in answer.json()["detail"]
    renamed = await office.put(address, json={**site, "name": "UBND xã đổi tên"})
    assert renamed.status_code == 200
    await house.server.control.close(house.conference.id)
    assert (await office.delete(address)).status_code == 200


async def test_people_are_their_units_business_and_all_else_is_not(
    house: FakeServer, warden: httpx2.AsyncClient
) -> None:
    assert (await warden.put("/api/directory/person/p-1", json=PERSON)).status_code == 200
    elsewhere = {**PERSON, "unit": "u-nam-1"}
    for answer in (
        await warden.put("/api/directory/person/p-2", json=elsewhere),
        await warden.put("/api/directory/person/p-1", json=elsewhere),
        await warden.put("/api/directory/unit/u-bac-1", json=UNIT),
        await warden.delete("/api/directory/site/s-bac-1"),
        await warden.post("/api/directory/listed", json={"source": "2025", "province": "25"}),
    ):
        assert answer.status_code == 403, answer.text
    assert [p.unit for p in house.server.book.directory.people.values()] == ["u-bac-1"]


async def test_a_record_of_another_unit_is_not_taken_over(
    house: FakeServer, office: httpx2.AsyncClient, warden: httpx2.AsyncClient
) -> None:
    await office.put("/api/directory/person/p-1", json={**PERSON, "unit": "u-nam-1"})
    answer = await warden.put("/api/directory/person/p-1", json=PERSON)
    assert answer.status_code == 403
    assert house.server.book.directory.person("p-1").unit == "u-nam-1"


async def test_a_unit_does_not_leave_the_one_above_it_by_itself(
    house: FakeServer, office: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    moved = {"name": "Xã bac-1", "tier": "commune", "parent": "u-nam"}
    manager = bearer(await house.account("chi.le", (Role.MANAGER, "u-bac-1")))
    address = "/api/directory/unit/u-bac-1"
    for parent in ("u-nam", "", "u-tinh"):
        answer = await client.put(address, json={**moved, "parent": parent}, headers=manager)
        assert answer.status_code == 403
    assert house.server.book.directory.unit("u-bac-1").parent == "u-bac"
    stays = {**moved, "parent": "u-bac", "code": "9"}
    assert (await client.put(address, json=stays, headers=manager)).status_code == 200
    assert (await office.put(address, json=moved)).status_code == 200
