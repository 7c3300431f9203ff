"""From a province's file to the records of its directory."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from diemcau.domain.directory import Directory, Line, Mcu, Site, Tier, home_mcu
from diemcau.domain.refusal import Invalid, Unknown
from diemcau.domain.units import Unit, UnitTree
from diemcau.provinces.lists import CENTRAL, COMMUNE, PROVINCE, TIERS, Listed, read, units

Table = Mapping[str, Any]


@dataclass(frozen=True)
class Province:
    """The parts of a directory; ``master`` is the provincial MCU, where its sessions are mixed.

    ``units`` are those of the national list, ``offices`` the others: departments, enterprises.
    """

    name: str
    master: str
    units: tuple[Unit, ...]
    sites: tuple[Site, ...]
    mcus: tuple[Mcu, ...]
    tiers: tuple[Tier, ...] = TIERS
    offices: tuple[Unit, ...] = ()
    lines: tuple[Line, ...] = ()

    def directory(self) -> Directory:
        units = [*self.units, *self.offices]
        return Directory([*self.tiers, *units, *self.mcus, *self.lines, *self.sites])


def names() -> tuple[str, ...]:
    """The provinces that ship with the package."""
    files = resources.files(__package__).iterdir()
    return tuple(sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml")))


def load(name: str) -> Province:
    """The province of that name, or of that path if it ends in ``.toml``.

    Raises ``Unknown`` for a name without a file and ``Invalid`` for a file that contradicts itself.
    """
    settings = tomllib.loads(_text(name))
    central, source = settings["central"], settings["units"]
    since, until = source.get("valid_from", date.min), source.get("valid_to", date.max)
    place = (central.get("latitude", 0.0), central.get("longitude", 0.0))
    top = Listed(central["code"], central["name"], CENTRAL, "", (central["code"],), place)
    below = list(read(source["source"], source["province"], top.code))
    official = (*units([top], date.min, date.max), *units(below, since, until))
    offices = tuple(_office(entry, official[1]) for entry in settings.get("unit", ()))
    tree = UnitTree([*official, *offices])
    mcus = tuple(_mcu(entry, official, tree) for entry in settings["mcu"])
    sites = [
        _site("-".join(u.path), central["site"] if unit.tier == CENTRAL else _seat(unit), unit)
        for u, unit in zip([top, *below], official, strict=True)
    ]
    sites += [
        _site(f"{source['province']}-{unit.code}", unit.name, unit)
        for entry, unit in zip(settings.get("unit", ()), offices, strict=True)
        if entry.get("site")
    ]
    provincial = next(unit.id for unit in official if unit.tier == PROVINCE)
    return Province(
        name,
        home_mcu(tree, mcus, provincial),
        official,
        tuple(_homed(sites, tree, mcus)),
        mcus,
        tuple(Tier(**entry) for entry in settings.get("tier", ())) or TIERS,
        offices,
        tuple(_line(entry, mcus) for entry in settings.get("line", ())),
    )


def _text(name: str) -> str:
    if name.endswith(".toml"):
        return Path(name).read_text("utf-8")
    file = resources.files(__package__).joinpath(f"{name}.toml")
    if name not in names():
        known = ", ".join(names())
        raise Unknown(
            f"Không có tỉnh «{name}»; chọn một trong: {known}, hoặc đường dẫn một tệp .toml.",
            f"No province {name!r}; choose one of: {known}, or the path of a .toml file.",
        )
    return file.read_text("utf-8")


def _seat(unit: Unit) -> str:
    """What a unit's site is called: its kind stands in small letters inside another name."""
    return f"UBND {unit.name[0].lower()}{unit.name[1:]}"


def _site(code: str, name: str, unit: Unit) -> Site:
    """The unit's site, for as long as the unit is valid; without MCU and number yet."""
    site_id = f"s-{unit.id.removeprefix('u-')}"
    return Site(site_id, code, name, unit.id, "", 0, "", unit.valid_from, unit.valid_to)


def _homed(sites: Iterable[Site], tree: UnitTree, mcus: tuple[Mcu, ...]) -> Iterable[Site]:
    for number, site in enumerate(sites, start=1):
        yield replace(site, mcu=home_mcu(tree, mcus, site.unit), number=number)


def _office(entry: Table, province: Unit) -> Unit:
    """A unit that no national list has; it ends with the province unless it says otherwise."""
    return Unit(
        entry["id"],
        entry["name"],
        entry["tier"],
        entry.get("parent", province.id),
        entry.get("valid_from", province.valid_from),
        entry.get("valid_to", province.valid_to),
        entry.get("code", ""),
    )


def _mcu(entry: Table, official: tuple[Unit, ...], tree: UnitTree) -> Mcu:
    """An MCU, for as long as the unit that runs it."""
    areas = tuple(unit for area in entry["areas"] for unit in _area(area, official))
    runs = tree[entry["unit"]] if "unit" in entry else tree[areas[0]]
    return Mcu(
        entry["id"],
        entry["name"],
        entry.get("operator", ""),
        entry.get("parent", ""),
        areas,
        entry.get("unit", ""),
        entry.get("capacity", Mcu.capacity),
        float(entry.get("mbps", Mcu.mbps)),
        runs.valid_from,
        runs.valid_to,
    )


def _line(entry: Table, mcus: tuple[Mcu, ...]) -> Line:
    """A line, for as long as both its MCUs."""
    by_id = {mcu.id: mcu for mcu in mcus}
    try:
        lower, upper = by_id[entry["lower"]], by_id[entry["upper"]]
    except KeyError as missing:
        raise Invalid(
            f"Đường truyền nối tới MCU {missing} không có trong tệp; hãy ghi mã của một [[mcu]].",
            f"A line leads to the MCU {missing}, which the file has not; write a [[mcu]]'s id.",
        ) from None
    return Line(
        entry.get("id", f"l-{lower.id}-{upper.id}"),
        lower.id,
        upper.id,
        float(entry.get("mbps", Line.mbps)),
        entry.get("priority", Line.priority),
        entry.get("carrier", ""),
        entry.get("carrier_phone", ""),
        entry.get("unit", ""),
        max(lower.valid_from, upper.valid_from),
        min(lower.valid_to, upper.valid_to),
    )


def _area(area: str, official: tuple[Unit, ...]) -> list[str]:
    """The ids an area means: a unit's id, its name, or all communes of a range of codes."""
    if ".." in area:
        first, last = area.split("..")
        found = [u.id for u in official if u.tier == COMMUNE and first <= u.code <= last]
    else:
        found = [u.id for u in official if area in (u.id, u.name)]
    if not found or (".." not in area and len(found) > 1):
        raise Invalid(
            f"«{area}» ứng với {len(found)} đơn vị; hãy ghi mã đơn vị trong «areas».",
            f"The area {area!r} means {len(found)} units; write the unit's id.",
        )
    return found
