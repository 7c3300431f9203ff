"""Who and what exists: units, rooms and sites in them, MCUs and lines, people and their duty times.

Every entry is a record with an ``id`` that never comes back for something else, and with dates of
validity: in force from ``valid_from`` to before ``valid_to``. What people call it, its ``code``,
may pass to a successor once it has ended.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeVar

from diemcau.domain.refusal import Unknown
from diemcau.domain.units import Unit, UnitTree

SITE_NUMBERS = range(1, 4096)
"""A site's number is drawn into its picture in twelve bits."""


@dataclass(frozen=True)
class Tier:
    """A level of the administration; ``rank`` 0 is the highest."""

    id: str
    name: str
    name_en: str
    rank: int


@dataclass(frozen=True)
class Room:
    """A meeting room of a unit; ``seats`` 0: not known."""

    id: str
    name: str
    unit: str
    address: str = ""
    seats: int = 0
    valid_from: date = date.min
    valid_to: date = date.max


@dataclass(frozen=True)
class Mcu:
    """A multipoint control unit; ``parent`` is the MCU its usual line goes up to ("" at the top).

    ``unit`` runs it, and has ``operator`` for a name where it is not in the directory. ``capacity``
    counts ports: one for each site and each link. ``mbps``: what its network interface carries,
    in each direction.

    One that has a ``gateway`` is *guided*: of another make, without an agent of ours. Its whole
    picture, on which its technician puts one site full screen, comes from this site of ours.
    """

    id: str
    name: str
    operator: str = ""
    parent: str = ""
    areas: tuple[str, ...] = ()
    unit: str = ""
    capacity: int = 200
    mbps: float = 1000.0
    valid_from: date = date.min
    valid_to: date = date.max
    gateway: str = ""


@dataclass(frozen=True)
class Line:
    """A line between two MCUs that a cascade may use. ``priority`` 1 is used first.

    ``mbps`` in each direction; ``unit`` pays for it (R8-costs); ``carrier`` and ``carrier_phone``
    are whom to call about it.
    """

    id: str
    lower: str
    upper: str
    mbps: float = 100.0
    priority: int = 1
    carrier: str = ""
    carrier_phone: str = ""
    unit: str = ""
    valid_from: date = date.min
    valid_to: date = date.max


@dataclass(frozen=True)
class Site:
    """A site (điểm cầu): a room of a unit, joined to its home MCU. ``number`` is unique, 1…4095."""

    id: str
    code: str
    name: str
    unit: str
    mcu: str
    number: int
    room: str = ""
    valid_from: date = date.min
    valid_to: date = date.max


@dataclass(frozen=True)
class Person:
    """Somebody who works for a unit; reached by ``email`` and ``phone``."""

    id: str
    name: str
    unit: str
    position: str = ""
    phone: str = ""
    email: str = ""
    valid_from: date = date.min
    valid_to: date = date.max


@dataclass(frozen=True)
class Contact:
    """A person answers for a unit, a site or an MCU (``subject``) in a function: a role's name."""

    id: str
    person: str
    subject: str
    function: str
    valid_from: date = date.min
    valid_to: date = date.max


@dataclass(frozen=True)
class Duty:
    """A person is on duty for a unit (R11-duty); ``rank`` 1 is called first, 2 if he is silent."""

    id: str
    person: str
    unit: str
    starts: datetime
    ends: datetime
    rank: int = 1


Entry = Tier | Unit | Room | Mcu | Line | Site | Person | Contact | Duty
"""A record of the directory."""

KINDS: Mapping[str, type[Entry]] = MappingProxyType(
    {
        "tier": Tier,
        "unit": Unit,
        "room": Room,
        "mcu": Mcu,
        "line": Line,
        "site": Site,
        "person": Person,
        "contact": Contact,
        "duty": Duty,
    }
)
"""What each kind of record is called, in the order in which one needs the other."""

E = TypeVar("E", Tier, Unit, Room, Mcu, Line, Site, Person, Contact, Duty)


class Directory:
    """Lookups over the entries; a miss is an ``Unknown`` that names what was asked."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self.units = UnitTree(self.of(Unit))
        self.tiers = self._by_id(Tier)
        self.rooms = self._by_id(Room)
        self.mcus = self._by_id(Mcu)
        self.trunks = self._by_id(Line)
        self.sites = self._by_id(Site)
        self.people = self._by_id(Person)
        self.contacts = self._by_id(Contact)
        self.duties = self._by_id(Duty)

    def of(self, kind: type[E]) -> list[E]:
        """All entries of a kind, in their order."""
        return [entry for entry in self.entries if isinstance(entry, kind)]

    def _by_id(self, kind: type[E]) -> Mapping[str, E]:
        return MappingProxyType({entry.id: entry for entry in self.of(kind)})

    def on(self, day: date) -> "Directory":
        """The directory as it was in force on that day (duties are kept: they have hours)."""
        units = self.units.on(day)
        return Directory(
            entry
            for entry in self.entries
            if (entry.id in units if isinstance(entry, Unit) else in_force(entry, day))
        )

    def unit(self, unit_id: str) -> Unit:
        """Raises ``Unknown`` for one that is not there."""
        return self.units[unit_id]

    def site(self, site_id: str) -> Site:
        try:
            return self.sites[site_id]
        except KeyError:
            raise Unknown(
                f"Không có điểm cầu «{site_id}» trong danh bạ.", f"No site {site_id!r}."
            ) from None

    def mcu(self, mcu_id: str) -> Mcu:
        try:
            return self.mcus[mcu_id]
        except KeyError:
            raise Unknown(f"Không có MCU «{mcu_id}».", f"No MCU {mcu_id!r}.") from None

    def person(self, person_id: str) -> Person:
        try:
            return self.people[person_id]
        except KeyError:
            raise Unknown(
                f"Không có người «{person_id}» trong danh bạ.", f"No person {person_id!r}."
            ) from None

    def guide(self, site_id: str) -> str:
        """The guided MCU that a site belongs to; "" for a site that joins by itself."""
        mcu = self.mcus.get(self.site(site_id).mcu)
        return mcu.id if mcu is not None and mcu.gateway else ""

    def joining(self, site_id: str) -> str:
        """The site that joins for this one: itself, or the gateway of its guided MCU."""
        guide = self.guide(site_id)
        return self.mcus[guide].gateway if guide else site_id

    def lines(self) -> list[tuple[str, str]]:
        """The usual lines between MCUs, as (lower, upper) pairs."""
        return [(mcu.id, mcu.parent) for mcu in self.mcus.values() if mcu.parent]


def in_force(entry: Entry, day: date) -> bool:
    """Whether an entry is valid on a day; one without dates always is."""
    since, until = validity(entry)
    return since <= day < until


def validity(entry: Entry) -> tuple[date, date]:
    """From the first date to before the second."""
    if isinstance(entry, Tier | Duty):
        return date.min, date.max
    return entry.valid_from, entry.valid_to


def home_mcu(units: UnitTree, mcus: Iterable[Mcu], unit_id: str) -> str:
    """The MCU whose area holds the unit most closely: its own, else its nearest ancestor's.

    Raises ``Unknown`` when no MCU covers the unit.
    """
    by_area = {area: mcu.id for mcu in mcus for area in mcu.areas}
    for unit in [units[unit_id], *units.above(unit_id)]:
        if unit.id in by_area:
            return by_area[unit.id]
    raise Unknown(
        f"Không MCU nào phụ trách đơn vị «{unit_id}»; thêm nó vào «areas» của một MCU.",
        f"No MCU covers unit {unit_id!r}; add it to the areas of one.",
    )
