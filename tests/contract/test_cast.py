"""The office at work as the demo shows it, on a server over fakes: every call is one of a user."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from diemcau.domain.directory import Directory
from diemcau.domain.roles import Role
from diemcau.lab.cast import PASSWORD, Cast, fill
from diemcau.lab.office import Office
from diemcau.provinces import load
from diemcau.testing.app import FakeServer

TITLE = "Hội nghị toàn tỉnh"


class Stage:
    """A province with its cast; ``sites``: the chair's, the communes of two satellites."""

    def __init__(self, house: FakeServer, client: httpx2.AsyncClient, province: str) -> None:
        loaded = load(province)
        self.house, self.client = house, client
        self.directory: Directory = loaded.directory()
        self.master = loaded.master
        by_mcu = [
            [s.id for s in self.directory.sites.values() if s.mcu == mcu]
            for mcu in (self.master, "vnpt", "viettel")
        ]
        self.sites = [by_mcu[0][0], *by_mcu[1][-3:], *by_mcu[2][-3:]]

    async def filled(self) -> Office:
        now = self.house.clock.now()
        self.cast: Cast = await fill(self.client, self.directory, self.sites, now)
        return Office(self.client, self.cast, self.directory, self.master, now)


@pytest.fixture(params=["vinh-phuc-2022", "phu-tho-2025"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    house = await FakeServer(province=request.param).start(tmp_path, conference=False)
    transport = httpx2.ASGITransport(app=house.app)
    headers = {"Authorization": f"Bearer {house.token(Role.OPERATOR, conference='')}"}
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://server", headers=headers
    ) as client:
        yield Stage(house, client, request.param)


async def test_everybody_of_the_cast_signs_in_with_the_common_password(stage: Stage) -> None:
    await stage.filled()
    for member in stage.cast.members.values():
        answer = await stage.client.post(
            "/api/sign-in", json={"account": member.login, "password": PASSWORD}
        )
        assert answer.status_code == 200, member.login
    roles = {grant.role for member in stage.cast.members.values() for grant in member.grants}
    assert {Role.ADMIN, Role.OFFICE, Role.DIC, Role.TELECOM, Role.ROOM_OPERATOR} <= roles


async def test_somebody_is_on_duty_day_and_night_for_every_unit_with_a_roster(stage: Stage) -> None:
    office = await stage.filled()
    for hours in (0, 6, 12, 18):
        at = stage.house.clock.now() + timedelta(hours=hours)
        on_duty = await office.as_("office").get(f"/api/duty?at={at:%Y-%m-%dT%H:%M:%SZ}")
        ranks: dict[str, set[int]] = {}
        for one in on_duty:
            ranks.setdefault(one["unit"], set()).add(one["rank"])
        assert stage.cast.organiser in ranks
        assert set(map(frozenset, ranks.values())) == {frozenset({1, 2})}


async def test_the_session_in_progress_has_its_conference_and_nothing_late(stage: Stage) -> None:
    office = await stage.filled()
    held = await office.in_session(TITLE, stage.sites)
    conference = stage.house.server.control.get(held["conference"])
    assert set(conference.sites) == set(stage.sites)
    assert conference.chair == stage.sites[0]
    agenda = {item["step"]["id"]: item for item in held["agenda"]}
    assert agenda["plan"]["state"] == "done"
    assert not any(item["late"] for item in agenda.values())
    checks = await office.as_("room").get(f"/api/dossiers/{held['id']}/checks")
    assert [step["missing"] for step in checks["steps"] if step["id"] == "connect"] == [
        [stage.sites[-1]]
    ]


async def test_tomorrows_session_waits_for_some_answers_and_one_site_has_failed(
    stage: Stage,
) -> None:
    office = await stage.filled()
    planned = await office.tomorrow(TITLE, stage.sites)
    assert planned["stage"] == "prepared"
    assert planned["starts_at"].endswith("T08:00:00+07:00")
    path = f"/api/dossiers/{planned['id']}"
    answers = (await office.as_("office").get(f"{path}/notices"))["answers"]
    missing = [answer["unit"] for answer in answers if answer["missing"]]
    assert 0 < len(missing) < len(answers)
    assert (await office.as_("office").get(f"{path}/script"))["in_force"] == 1
    assert (await office.as_("office").get(f"{path}/plan"))["agreed_at"]
    sheets = (await office.as_("office").get(f"{path}/checks"))["sheets"]
    failed = {s["site"] for s in sheets for mark in s["marks"] if not mark["passed"]}
    assert len(failed) == 1
    tasks = (await office.as_("room").get("/api/desk"))["tasks"]
    assert "contacts" in {task["subject"] for task in tasks}


async def test_a_department_calls_an_urgent_session_of_its_own(stage: Stage) -> None:
    office = await stage.filled()
    department = stage.cast["department"].unit
    made = await office.as_("department").post(
        "/api/urgent",
        title="Ứng phó bão số 3",
        unit=department,
        master=stage.master,
        sites=stage.sites,
        in_minutes=0,
    )
    assert made["stage"] == "held"
    assert made["notice"] == 1
