"""A province in which everybody stands somewhere: what the permission walk walks through.

The government above, the province with a department, two districts with two communes each, and two
telecom enterprises that stand outside the tree and each run the MCU of one district. Each district
has a dossier in preparation and one that is held; one district holds a secret session as well.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from diemcau.bootstrap import Parts
from diemcau.domain.directory import (
    Contact,
    Directory,
    Duty,
    Entry,
    Line,
    Mcu,
    Person,
    Room,
    Site,
    Tier,
)
from diemcau.domain.dossier import Secrecy
from diemcau.domain.incident import Incident
from diemcau.domain.roles import ACCOUNT_ROLES, Grant, Role
from diemcau.domain.units import Unit
from diemcau.services.dossiers.cases import Request
from diemcau.services.dossiers.post import ACKNOWLEDGE
from diemcau.services.guard import link_subject
from diemcau.testing.app import FakeServer
from diemcau.testing.clock import START
from diemcau.testing.mcus import FakeMcus
from diemcau.testing.store import MemoryStore

BAC, HELD, SECRET = "ho-so-bac", "dang-hop-bac", "mat-bac"
NAM, HELD_NAM = "ho-so-nam", "dang-hop-nam"
GUEST, CLERK, VICTIM = "khach", "can-bo-bac-1", "nan-nhan"
DISTRICTS = {"bac": "vnpt", "nam": "viettel"}
TITLE = "Phiên họp Sao Mai"
CONTENT = "Kế hoạch Sao Băng"


def province() -> Directory:
    entries: list[Entry] = [
        Tier("central", "Trung ương", "Central", 0),
        Tier("province", "Tỉnh", "Province", 1),
        Tier("district", "Huyện, sở", "District", 2),
        Tier("commune", "Xã", "Commune", 3),
        Unit("u-gov", "Văn phòng Chính phủ", "central"),
        Unit("u-tinh", "Tỉnh Mẫu", "province", "u-gov"),
        Unit("u-so", "Sở TT&TT", "district", "u-tinh"),
        Mcu("m-tinh", "MCU tỉnh", areas=("u-tinh",), unit="u-tinh"),
        Site("s-gov", "00", "Chính phủ", "u-gov", "m-tinh", 1),
        Site("s-tinh", "01", "UBND tỉnh", "u-tinh", "m-tinh", 2),
    ]
    for name, telecom in DISTRICTS.items():
        entries += district(name, telecom, len([e for e in entries if isinstance(e, Site)]))
    return Directory(entries)


def district(name: str, telecom: str, sites: int) -> list[Entry]:
    """Its MCU is run by the enterprise; the names of all that is its end in the district's."""
    unit, mcu, commune = f"u-{name}", f"m-{name}", f"u-{name}-1"
    return [
        Unit(unit, f"Huyện {name}", "district", "u-tinh"),
        Unit(commune, f"Xã {name} 1", "commune", unit),
        Unit(f"u-{name}-2", f"Xã {name} 2", "commune", unit),
        Unit(f"u-{telecom}", telecom.upper(), "province"),
        Room(f"r-{name}", "Phòng họp", commune),
        Mcu(mcu, f"MCU {name}", telecom.upper(), "m-tinh", (unit,), f"u-{telecom}"),
        Line(f"l-{name}", mcu, "m-tinh"),
        Site(f"s-{name}", name, f"UBND huyện {name}", unit, mcu, sites + 1),
        Site(f"s-{name}-1", f"{name}-1", f"UBND xã {name} 1", commune, mcu, sites + 2),
        Person(f"p-{name}", "Nguyễn Văn A", commune, email=f"a@{name}.vn"),
        Contact(f"k-{name}", f"p-{name}", f"s-{name}-1", "room-operator"),
        Duty(f"t-{name}", f"p-{name}", unit, START, START + timedelta(hours=12)),
    ]


@dataclass(frozen=True)
class Who:
    """Somebody who asks; ``refused`` is whoever is nobody. ``subject`` is a link's."""

    name: str
    grants: tuple[Grant, ...] = ()
    account: str = ""
    role: Role | None = None
    conference: str = ""
    site: str = ""
    subject: str = "test"
    refused: bool = False


UNITS = ("u-tinh", "u-bac", "u-bac-1", "u-nam", "u-vnpt")


def _account(name: str, *grants: tuple[Role, str]) -> Who:
    return Who(name, tuple(Grant(*grant) for grant in grants), account=name)


def _link(name: str, role: Role, dossier: str = "", site: str = "", subject: str = "test") -> Who:
    conference = f"c-{dossier}" if dossier else ""
    return Who(name, role=role, conference=conference, site=site, subject=subject)


ACCOUNTS = (
    *(_account(f"{role}-{unit[2:]}", (role, unit)) for role in ACCOUNT_ROLES for unit in UNITS),
    _account("khong-quyen"),
    _account("hai-vai", (Role.OFFICE, "u-nam"), (Role.ROOM_OPERATOR, "u-bac-1")),
    _account(GUEST, (Role.DELEGATE, "u-nam")),
    _account(CLERK, (Role.ROOM_OPERATOR, "u-bac-1")),
)
LINKS = (
    _link("link-operator", Role.OPERATOR),
    _link("link-operator-bac", Role.OPERATOR, HELD),
    _link("link-operator-nam", Role.OPERATOR, HELD_NAM),
    _link("link-chair-bac", Role.CHAIR, HELD, "s-bac"),
    _link("link-chair-nam", Role.CHAIR, HELD_NAM, "s-nam"),
    _link("link-site-own", Role.SITE, HELD, "s-bac-1"),
    _link("link-site-other", Role.SITE, HELD, "s-bac"),
    _link("link-site-nam", Role.SITE, HELD_NAM, "s-bac-1"),
    _link("link-viewer-bac", Role.VIEWER, HELD),
    _link("link-viewer-nam", Role.VIEWER, HELD_NAM),
    _link("link-secret-operator", Role.OPERATOR, SECRET),
    _link("link-secret-viewer", Role.VIEWER, SECRET),
    _link("link-secret-site", Role.SITE, SECRET, "s-bac-1"),
    _link("link-secret-clerk", Role.SITE, SECRET, "s-bac-1", link_subject(CLERK, "s-bac-1")),
    _link(
        "link-secret-stranger", Role.SITE, SECRET, "s-bac-1", link_subject("office-nam", "s-bac-1")
    ),
)
NOBODIES = tuple(
    Who(name, refused=True)
    for name in ("nobody", "garbage", "expired-link", "expired-account", "signed-out", "purpose")
)
EVERYBODY = (*ACCOUNTS, *LINKS, *NOBODIES)


class WatchedStore(MemoryStore):
    """Counts every attempt to change something; ``failing`` makes each of them fail."""

    def __init__(self) -> None:
        super().__init__()
        self.attempts = 0

    def _write(self) -> None:
        self.attempts += 1
        super()._write()


class OneChange:
    """Workbooks as the walk needs them: whatever comes changes one person of a commune."""

    def template(self) -> bytes:
        return b"PK"

    def export(self, directory: Directory) -> bytes:
        return b"PK"

    def tables(self, found: object) -> bytes:
        return b"PK"

    def read(self, data: bytes, current: Directory) -> Any:
        person = current.people["p-bac"]
        changed = ((person, replace(person, phone="0211 111 111")),)
        return SimpleNamespace(added=(), changed=changed, removed=(), faults=())


class World(FakeServer):
    """Everything is set up once and for all: afterwards nothing can be stored any more."""

    def __init__(self) -> None:
        super().__init__(public_url="https://hop.example.vn")
        self.directory = province()
        self.mcus = FakeMcus("m-tinh", "m-bac", "m-nam")
        self.watched = WatchedStore()
        self.store = self.watched
        self.tokens: dict[str, str] = {}

    def parts(self) -> Parts:
        return replace(super().parts(), sheets=OneChange())

    async def build(self, data: Path) -> "World":
        await self.start(data, conference=False)
        for who in ACCOUNTS:
            grants = ((grant.role, grant.unit) for grant in who.grants)
            self.tokens[who.name] = await self.account(who.account, *grants)
        await self.account(VICTIM, (Role.ROOM_OPERATOR, "u-bac-1"))
        await self._dossiers()
        for who in LINKS:
            assert who.role
            self.tokens[who.name], _ = self.server.tokens.issue(
                who.subject, who.role, conference=who.conference, site=who.site
            )
        await self._nobodies()
        self.watched.failing = True
        return self

    async def _dossiers(self) -> None:
        office = self.server.office
        for name in (BAC, HELD, NAM, HELD_NAM):
            await self.dossier(name)
        await self.dossier(SECRET, secrecy=Secrecy.SECRET, admitted=(GUEST,), title=TITLE)
        for name in (HELD, HELD_NAM, SECRET):
            await office.sitting.open(name, "test")
        for name in (BAC, SECRET):
            await office.notices.announce(name, "test")
        await office.plans.draw(BAC, "test")
        await self.server.records.commit(
            Incident("bac.1", HELD, "s-bac-1", START, "test", "Mất hình")
        )

    async def dossier(self, name: str, **more: Any) -> None:
        place = name.rpartition("-")[2]
        request = Request(
            title=f"Giao ban {place}",
            procedure="429-in-province",
            unit=f"u-{place}",
            master=f"m-{place}",
            sites=(f"s-{place}", f"s-{place}-1"),
            chair=f"s-{place}",
            starts_at=START + timedelta(days=1),
            ends_at=START + timedelta(days=1, hours=3),
            content=CONTENT,
            key=name,
        )
        await self.server.office.cases.open(replace(request, **more), "test")

    async def _nobodies(self) -> None:
        tokens, accounts = self.server.tokens, self.server.accounts
        await self.account("het-phien", (Role.OFFICE, "u-bac"))
        self.tokens |= {
            "nobody": "",
            "garbage": "e30.e30.e30",
            "expired-link": tokens.issue("test", Role.OPERATOR, hours=-1)[0],
            "expired-account": tokens.issue_account("office-bac", 1, hours=-1)[0],
            "signed-out": tokens.issue_account("het-phien", accounts.get("het-phien").epoch)[0],
            "purpose": tokens.issue_purpose(ACKNOWLEDGE, f"{BAC}.u-bac-1.1", 24),
        }
        await accounts.sign_out("het-phien", "test")


def person(name: str) -> dict[str, Any]:
    """A person of the directory as a client writes it."""
    return {"name": name, "unit": "u-bac-1", "valid_from": date.min.isoformat()}
