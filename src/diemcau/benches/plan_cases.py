"""The administrations whose cascade ``bench plan`` plans.

Units are the real ones; MCUs, their ports and lines are chosen, so that limits bind: MCUs come with
a round number of ports (``SIZES``), the size next to what their area needs at the cheapest, which
leaves some a few ports short, and a master has fewer ports than MCUs would like to hang under it.
So somebody must be moved, and somebody must go a level down: which ones, is the question.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from vietnam_provinces import Province as Listed
from vietnam_provinces import Ward

from diemcau.domain.cascade_plan import PlanProblem
from diemcau.domain.cascade_problem import problem_of
from diemcau.domain.directory import Directory, Line, Mcu, Site, home_mcu
from diemcau.domain.units import Unit, UnitTree
from diemcau.provinces import load

SIZES = (20, 30, 40, 60, 80, 120)
OPERATORS = ("vnpt", "viettel", "mobifone")
OFFICES = 13
"""Departments of Vĩnh Phúc with a room of their own: 132 units of the list make 145 sites."""

DISTRICTS = {
    "u-246": ("lap-thach", "viettel", 21),
    "u-252": ("vinh-tuong", "viettel", 21),
    "u-249": ("binh-xuyen", "mobifone", 14),
}
"""Districts with an MCU of their own: the enterprise that has a second line to it, and its ports.
Their sites and link need 21, 22 and 15."""


def vinh_phuc_2022() -> PlanProblem:
    """145 sites, 8 MCUs. The provincial MCU has 19 ports for 14 sites and 7 MCUs, the government's
    among them, so that two must hang a level down or sites must go."""
    province = load("vinh-phuc-2022")
    top = next(unit.id for unit in province.units if unit.tier == "province")
    names = {unit.id: unit.name for unit in province.units}
    units = [Unit(f"u-so-{n}", f"Sở {n}", "province", top) for n in range(1, OFFICES + 1)]
    mcus = [replace(mcu, capacity={"vinh-phuc": 20}.get(mcu.id, 60)) for mcu in province.mcus]
    lines = [Line("dp-1", "viettel", "vnpt", priority=2), Line("dp-2", "mobifone", "vnpt", 50, 2)]
    for district, (name, enterprise, ports) in DISTRICTS.items():
        area, title = (district,), f"MCU {names[district]}"
        mcus.append(Mcu(name, title, names[district], "vinh-phuc", area, capacity=ports))
        lines.append(Line(f"dp-{name}", name, enterprise, priority=2))
    sites = list(province.sites) + [
        Site(f"s-so-{n}", f"26-so-{n}", f"Sở {n}", f"u-so-{n}", "", 1000 + n)
        for n in range(1, OFFICES + 1)
    ]
    day = date(2022, 3, 3)
    return _problem([*province.units, *units], mcus, lines, sites, "vinh-phuc", day)


def phu_tho_2025() -> PlanProblem:
    """148 communes, province and government; VNPT and Viettel are a few ports short, MobiFone has
    room, and the provincial MCU takes some."""
    province = load("phu-tho-2025")
    ports = {"phu-tho": 9, "vnpt": 64, "viettel": 36, "mobifone": 60}
    mcus = [replace(mcu, capacity=ports.get(mcu.id, mcu.capacity)) for mcu in province.mcus]
    lines = [Line("dp-1", "viettel", "vnpt", priority=2), Line("dp-2", "mobifone", "vnpt", 50, 2)]
    day = date(2026, 3, 3)
    return _problem(province.units, mcus, lines, province.sites, "phu-tho", day)


def nation_2025() -> PlanProblem:
    """34 provinces, 3,321 communes, 120 MCUs: the government's, one for each province, satellites
    of two enterprises in each and of a third in the 17 largest.

    The government's MCU has 16 ports, so some provinces hang under a neighbour (by a line of second
    choice to the next of the list, and to the third next). A provincial MCU has 8 ports.
    """
    units = [Unit("u-cp", "Chính phủ", "central")]
    mcus = [Mcu("cp", "MCU Văn phòng Chính phủ", "VPCP", "", ("u-cp",), capacity=16)]
    lines: list[Line] = []
    listed = sorted(Listed.iter_all(), key=lambda province: int(province.code))
    wards = [
        sorted(Ward.iter_by_province(province.code), key=lambda ward: int(ward.code))
        for province in listed
    ]
    largest = sorted(range(len(wards)), key=lambda n: -len(wards[n]))[:17]
    for n, (province, communes) in enumerate(zip(listed, wards, strict=True)):
        name = f"{int(province.code):02d}"
        units.append(Unit(f"u-{name}", province.name, "province", "u-cp"))
        ids = [f"u-{int(ward.code):05d}" for ward in communes]
        units += [
            Unit(unit, ward.name, "commune", f"u-{name}")
            for unit, ward in zip(ids, communes, strict=True)
        ]
        mcus += _mcus_of(name, province.name, ids, 3 if n in largest else 2)
    lines += _between([f"{int(province.code):02d}" for province in listed])
    sites = [
        Site(unit.id.replace("u-", "s-", 1), unit.id, unit.name, unit.id, "", number)
        for number, unit in enumerate(units, start=1)
    ]
    return _problem(units, mcus, lines, sites, "cp", date(2026, 3, 3))


def _mcus_of(name: str, title: str, communes: Sequence[str], enterprises: int) -> Iterator[Mcu]:
    yield Mcu(f"t-{name}", f"MCU {title}", title, "cp", (f"u-{name}",), capacity=8)
    size = -(-len(communes) // enterprises)
    for n, operator in enumerate(OPERATORS[:enterprises]):
        area = tuple(communes[n * size : (n + 1) * size])
        ports = _ports(len(area) + 1)
        owner = f"{operator} {name}"
        yield Mcu(f"{operator}-{name}", f"MCU {owner}", owner, f"t-{name}", area, capacity=ports)


def _ports(need: int) -> int:
    """The size to buy: the smallest that leaves no more than two of the sites outside."""
    return next(size for size in SIZES if size >= need - 2)


def _between(provinces: Sequence[str]) -> Iterator[Line]:
    for step, priority in ((1, 2), (3, 3)):
        for here, there in zip(provinces, provinces[step:], strict=False):
            yield Line(f"l-{here}-{there}", f"t-{here}", f"t-{there}", 50, priority)


def _problem(
    units: Iterable[Unit],
    mcus: Sequence[Mcu],
    lines: Iterable[Line],
    sites: Iterable[Site],
    master: str,
    day: date,
) -> PlanProblem:
    units = list(units)
    tree = UnitTree(units)
    homed = [replace(site, mcu=home_mcu(tree, mcus, site.unit)) for site in sites]
    book = Directory([*units, *mcus, *lines, *homed])
    return problem_of(book, master, book.sites, day)
