"""Whom a session concerns, and who answers for each unit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from diemcau.domain.directory import Directory, Duty, Person, in_force
from diemcau.domain.dossier import Dossier


@dataclass(frozen=True)
class Concerned:
    """A unit with its sites and MCUs in the session."""

    unit: str
    sites: tuple[str, ...] = ()
    mcus: tuple[str, ...] = ()


def concerned(
    dossier: Dossier, directory: Directory, homes: Mapping[str, str]
) -> tuple[Concerned, ...]:
    """The units of the sites and those that run the MCUs, in the order of the session's list.

    ``homes``: the MCU of each site by the cascade plan; the usual one where there is none.
    """
    sites: dict[str, list[str]] = {}
    mcus: dict[str, list[str]] = {}
    used = [dossier.master]
    for site_id in dossier.sites:
        site = directory.sites.get(site_id)
        if site is not None:
            sites.setdefault(site.unit, []).append(site_id)
            used.append(homes.get(site_id) or site.mcu)
    for mcu_id in dict.fromkeys(used):
        mcu = directory.mcus.get(mcu_id)
        if mcu is not None and mcu.unit:
            mcus.setdefault(mcu.unit, []).append(mcu_id)
    return tuple(
        Concerned(unit, tuple(sites.get(unit, ())), tuple(mcus.get(unit, ())))
        for unit in dict.fromkeys([*sites, *mcus])
    )


def contacts_of(one: Concerned, directory: Directory, day: date) -> tuple[Person, ...]:
    """Who is told: the contacts of the unit, its sites and MCUs; else the unit's people."""
    subjects = {one.unit, *one.sites, *one.mcus}
    named = [
        directory.people[contact.person]
        for contact in directory.contacts.values()
        if contact.subject in subjects and in_force(contact, day)
        if contact.person in directory.people
    ]
    people = named or [p for p in directory.people.values() if p.unit == one.unit]
    return tuple(dict.fromkeys(person for person in people if in_force(person, day)))


def on_duty(directory: Directory, unit: str, now: datetime) -> tuple[Duty, ...]:
    """Who is on duty for a unit now, first called first (R11-duty)."""
    duties = [d for d in directory.duties.values() if d.unit == unit and d.starts <= now < d.ends]
    return tuple(sorted(duties, key=lambda duty: (duty.rank, duty.starts, duty.id)))


def escalation(
    directory: Directory, units: Iterable[str], nth: int, now: datetime
) -> tuple[Person, ...]:
    """Whom the ``nth`` alarm of something late reaches (0 for a warning).

    A warning and the first alarm go to the first on duty of each unit, the next ones to the second,
    third … on duty, and then to those of the units above, nearest first. A unit without a roster
    is answered for by its people.
    """
    found: list[Person] = []
    for unit in dict.fromkeys(units):
        chain = _chain(directory, unit, now)
        if chain:
            found.append(chain[min(max(nth - 1, 0), len(chain) - 1)])
    return tuple(dict.fromkeys(found))


def _chain(directory: Directory, unit: str, now: datetime) -> list[Person]:
    """Everybody who can be called about a unit, in the order in which they are."""
    chain: list[Person] = []
    if unit not in directory.units:
        return chain
    for one in (unit, *(above.id for above in directory.units.above(unit))):
        duties = on_duty(directory, one, now)
        chain += [directory.people[d.person] for d in duties if d.person in directory.people]
        if not duties and one == unit:
            chain += [p for p in directory.people.values() if p.unit == one][:1]
    return list(dict.fromkeys(chain))
