"""The people of a province at work: accounts, people, contacts and today's duty roster.

They are made as the offices themselves would make them, over HTTP alone, so that whatever stands on
them shows what a user can do. For the demo, tests and pictures: everybody has the same password.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta

import httpx2

from diemcau.domain.directory import Contact, Directory, Duty, Person, Site, validity
from diemcau.domain.localtime import VIETNAM
from diemcau.domain.roles import Grant, Role
from diemcau.domain.units import Unit
from diemcau.lab.caller import Caller

PASSWORD = "troi-xanh-may-trang"
"""Everybody's; where these accounts are, nothing is secret."""

DIC_CODES = ("STTTT", "SKHCN")
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
MIDDLES = ("Văn", "Thị", "Minh", "Thu", "Quốc", "Thanh", "Ngọc")
GIVEN = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh", "Lan", "Nam", "Oanh", "Phúc", "Sơn",
         "Trang")  # fmt: skip


@dataclass(frozen=True)
class Member:
    """An account and whose it is; ``part`` says what he plays, ``token`` speaks for him."""

    part: str
    login: str
    name: str
    title: str
    grants: tuple[Grant, ...]
    token: str = ""

    @property
    def unit(self) -> str:
        return self.grants[0].unit

    @property
    def person(self) -> str:
        """Who this is in the directory."""
        return f"p-{self.login}"


@dataclass(frozen=True)
class Cast:
    """``members`` by part; ``organiser`` is the unit whose office calls the province's sessions."""

    members: Mapping[str, Member]
    organiser: str

    def __getitem__(self, part: str) -> Member:
        return self.members[part]

    def of_unit(self, unit: str) -> Member | None:
        """Who answers for a unit, if somebody of the cast does."""
        return next(
            (m for m in self.members.values() if m.unit == unit and m.part in _ANSWER), None
        )


_ANSWER = ("telecom", "telecom-2", "telecom-3", "district", "room", "department")


async def fill(
    client: httpx2.AsyncClient,
    directory: Directory,
    sites: Sequence[str] = (),
    now: datetime | None = None,
) -> Cast:
    """Make the cast of a province; ``client`` may do everything.

    The last of ``sites`` gets a room operator with an account, every other one people who are told.
    ``now``: the day of the roster.
    """
    home = (await Caller(client).get("/api/directory"))["home"]
    chosen = [site for site in sites if site in directory.sites] or list(directory.sites)[-1:]
    plan = _Plan(directory, home, chosen[-1])
    members = await asyncio.gather(*(_account(client, member) for member in plan.members()))
    caller = Caller(client)
    for kind, entry in _entries(plan, members, chosen, now or datetime.now(UTC)):
        await caller.put(f"/api/directory/{kind}/{entry.id}", **_body(entry))
    return Cast({member.part: member for member in members}, plan.office)


class _Plan:
    """Who plays what in this province, by what units it has."""

    def __init__(self, directory: Directory, home: str, site: str) -> None:
        self.directory, self.home = directory, home
        units = directory.units
        masters = [mcu.unit for mcu in directory.mcus.values() if home in mcu.areas and mcu.unit]
        self.office = masters[0] if masters else home
        self.room = directory.site(site).unit
        above = [unit.id for unit in units.above(self.room)]
        self.district = above[0] if above and above[0] != home else self.room
        departments = [u for u in units if u.parent == home and u.tier == "department"]
        self.dic = next((u.id for u in departments if u.code in DIC_CODES), home)
        others = [u.id for u in departments if u.id not in (self.office, self.dic)]
        self.department = others[-1] if others else ""
        run = dict.fromkeys(mcu.unit for mcu in directory.mcus.values() if mcu.unit in units)
        self.telecoms = [
            unit for unit in run if unit != self.office and _below(units.above(unit), home)
        ]

    def members(self) -> Iterator[Member]:
        names = _names()
        for part, login, title, grants in self._parts():
            yield Member(part, login, next(names), title, tuple(grants))

    def _parts(self) -> Iterator[tuple[str, str, str, list[Grant]]]:
        home = self.home
        yield "admin", "quan-tri-vien", "Quản trị hệ thống", [Grant(Role.ADMIN, home)]
        yield "office", "van-phong", self._title(self.office), [Grant(Role.OFFICE, home)]
        yield "dic", "cntt", self._title(self.dic), [Grant(Role.DIC, home)]
        yield "technician", "ky-thuat", "Kỹ thuật MCU trung tâm", [Grant(Role.TECHNICIAN, home)]
        for number, unit in enumerate(self.telecoms, 1):
            login = unit.removeprefix("u-")
            both = [Grant(Role.TELECOM, unit), Grant(Role.TECHNICIAN, unit)]
            yield f"telecom-{number}" if number > 1 else "telecom", login, self._title(unit), both
        if self.district != self.room:
            yield "district", "huyen", self._title(self.district), [
                Grant(Role.MANAGER, self.district),
                Grant(Role.ROOM_MANAGER, self.district),
            ]  # fmt: skip
        yield "room", "phong-hop", self._title(self.room), [Grant(Role.ROOM_OPERATOR, self.room)]
        if self.department:
            grants = [Grant(Role.OFFICE, self.department)]
            yield "department", "so-chuyen-nganh", self._title(self.department), grants
        yield "chair", "chu-toa", "Chủ tọa", [Grant(Role.CHAIR, home)]
        yield "delegate", "dai-bieu", "Đại biểu", [Grant(Role.DELEGATE, home)]
        yield "inspector", "thanh-tra", "Thanh tra", [Grant(Role.INSPECTOR, home)]

    def workplace(self, member: Member) -> str:
        """The unit whose he is: a role on the whole province is an office's or the DIC's."""
        if member.unit != self.home:
            return member.unit
        return self.dic if member.part == "dic" else self.office

    def _title(self, unit: str) -> str:
        return self.directory.unit(unit).name

    @property
    def watched(self) -> list[str]:
        """The units with a roster: somebody is there day and night (R11-duty)."""
        return list(dict.fromkeys([self.office, self.dic, *self.telecoms]))


def _below(above: Iterable[Unit], home: str) -> bool:
    return home in {unit.id for unit in above}


async def _account(client: httpx2.AsyncClient, member: Member) -> Member:
    """The account, its first password changed already."""
    grants = [{"role": str(grant.role), "unit": grant.unit} for grant in member.grants]
    caller = Caller(client)
    made = await caller.post(
        "/api/accounts", id=member.login, name=member.name, person=member.person, grants=grants
    )
    changed = await caller.post(
        "/api/account/password", account=member.login, old=made["password"], new=PASSWORD
    )
    return Member(member.part, member.login, member.name, member.title, member.grants,
                  changed["token"])  # fmt: skip


def _entries(
    plan: _Plan, members: Sequence[Member], sites: Sequence[str], now: datetime
) -> Iterator[tuple[str, Person | Contact | Duty]]:
    """People before what names them; each for as long as there is what it belongs to."""
    directory = plan.directory
    numbers = iter(range(1, 10_000))
    names = _names(len(members))

    def person(person_id: str, name: str, unit: str, position: str) -> tuple[str, Person]:
        mail, phone = f"{person_id}@tinh.example", f"0900 000 {next(numbers):03}"
        since, until = validity(directory.unit(unit))
        return "person", Person(person_id, name, unit, position, phone, mail, since, until)

    def contact(person_id: str, subject: Site | Unit, function: Role) -> tuple[str, Contact]:
        since, until = validity(subject)
        contact_id = f"c-{subject.id}"
        return "contact", Contact(contact_id, person_id, subject.id, str(function), since, until)

    for member in members:
        yield person(member.person, member.name, plan.workplace(member), member.title)
    for site in map(directory.site, sites):
        yield person(f"p-{site.id}", next(names), site.unit, "Cán bộ vận hành phòng họp")
        yield contact(f"p-{site.id}", site, Role.ROOM_OPERATOR)
    for unit in plan.watched:
        first, second = f"p-{unit}-a", f"p-{unit}-b"
        yield person(first, next(names), unit, "Trực hệ thống, ca ngày")
        yield person(second, next(names), unit, "Trực hệ thống, ca đêm")
        yield contact(first, directory.unit(unit), Role.TECHNICIAN)
        for duty in _shifts(unit, first, second, now):
            yield "duty", duty


def _shifts(unit: str, first: str, second: str, now: datetime) -> Iterator[Duty]:
    """Today and tomorrow, by day and by night; whoever is off duty is called second."""
    morning = now.astimezone(VIETNAM).replace(hour=7, minute=0, second=0, microsecond=0)
    for number in range(-1, 4):
        starts = morning + number * timedelta(hours=12)
        ends = starts + timedelta(hours=12)
        order = (first, second) if number % 2 == 0 else (second, first)
        for rank, one in enumerate(order, 1):
            yield Duty(f"d-{unit}-{starts:%d%m-%H}-{rank}", one, unit, starts, ends, rank)


def _body(entry: Person | Contact | Duty) -> dict[str, object]:
    """As JSON, without the id, which stands in the address."""
    named = {field.name: getattr(entry, field.name) for field in fields(entry)}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in named.items()
        if name != "id"
    }


def _names(skip: int = 0) -> Iterator[str]:
    """Names that nobody chose, the same in every run."""
    number = skip
    while True:
        parts = (FAMILIES[number * 3 % 11], MIDDLES[number % 7], GIVEN[number * 5 % 13])
        yield " ".join(parts)
        number += 1
