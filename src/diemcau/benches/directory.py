"""``bench directory``: the whole country's directory as a workbook, out and in, and its rules.

Every commune of the 2025 list has a site, a room, a person and a contact, every province an MCU.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any, TypeVar

from diemcau.domain.directory import Contact, Directory, Entry, Line, Mcu, Person, Room, Site
from diemcau.domain.directory_rules import faults
from diemcau.domain.roles import Role
from diemcau.domain.units import Unit
from diemcau.provinces import national
from diemcau.sheets import export, read

T = TypeVar("T")


async def run(quick: bool = False) -> dict[str, Any]:
    directory = country()
    figures: dict[str, list[float]] = {"export_s": [], "read_s": [], "faults_s": []}
    for _ in range(1 if quick else 3):
        data = _timed(figures["export_s"], partial(export, directory))
        result = _timed(figures["read_s"], partial(read, data, directory))
        found = _timed(figures["faults_s"], partial(faults, directory.entries))
        assert not found
        assert not result.faults
        assert result.entries == directory.entries
    return {
        "bench": "directory",
        "communes": sum(unit.tier == "commune" for unit in directory.units),
        "entries": len(directory.entries),
        **{name: round(median(values), 2) for name, values in figures.items()},
    }


def country() -> Directory:
    """All units of the 2025 list with their sites, rooms, people and contacts."""
    listed = national()
    units = [entry for entry in listed if isinstance(entry, Unit)]
    above, provinces = units[0], [unit for unit in units if unit.tier == "province"]
    entries = [*listed, Mcu("m", "MCU", areas=(above.id,), unit=above.id)]
    for unit in provinces:
        mcu = Mcu(f"m-{unit.code}", f"MCU {unit.name}", "", "m", (unit.id,), unit.id)
        line = Line(f"l-{unit.code}", mcu.id, "m")
        entries += [
            replace(mcu, valid_from=unit.valid_from, valid_to=unit.valid_to),
            replace(line, valid_from=unit.valid_from, valid_to=unit.valid_to),
        ]
    communes = [unit for unit in units if unit.tier == "commune"]
    for number, unit in enumerate(communes, start=1):
        entries += _commune(unit, number)
    return Directory(entries)


def _commune(unit: Unit, number: int) -> Iterator[Entry]:
    room, site, person = (f"{letter}-{unit.code}" for letter in "rsp")
    since, until = unit.valid_from, unit.valid_to
    mcu = f"m-{unit.parent.removeprefix('u-')}"
    yield Room(room, f"Phòng họp {unit.name}", unit.id, "", 30, since, until)
    yield Site(site, unit.code, f"UBND {unit.name}", unit.id, mcu, number, room, since, until)
    email = f"{unit.code}@example.vn"
    yield Person(person, f"Nguyễn Văn {number}", unit.id, "", "0912000000", email, since, until)
    yield Contact(f"c-{unit.code}", person, site, Role.ROOM_OPERATOR, since, until)


def _timed(seconds: list[float], work: Callable[[], T]) -> T:
    begun = time.perf_counter()
    result = work()
    seconds.append(time.perf_counter() - begun)
    return result
