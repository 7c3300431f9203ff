"""From a province's file to units, sites and MCUs.

The unit lists come from two packages, read the cheapest way: ``vietnamadminunits`` imports half a
second of libraries for address parsing, so its SQLite file is opened directly.
"""

import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from diemcau.domain.directory import Directory, Mcu, Site, home_mcu
from diemcau.domain.refusal import Invalid, Unknown
from diemcau.domain.units import Unit, UnitTree

CENTRAL, PROVINCE, DISTRICT, COMMUNE = "central", "province", "district", "commune"


@dataclass(frozen=True)
class Province:
    """The parts of a directory; ``master`` is the provincial MCU, where its sessions are mixed."""

    name: str
    master: str
    units: tuple[Unit, ...]
    sites: tuple[Site, ...]
    mcus: tuple[Mcu, ...]

    def directory(self) -> Directory:
        return Directory([*self.units, *self.mcus, *self.sites])


@dataclass(frozen=True)
class _Listed:
    """A unit of a list: its code, the codes above it (for the site's code) and its full name."""

    code: str
    name: str
    tier: str
    parent: str
    path: tuple[str, ...]


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
    listed = [_Listed(central["code"], central["name"], CENTRAL, "", (central["code"],))]
    listed += _listed(source["source"], source["province"], central["code"])
    since, until = source.get("valid_from", date.min), source.get("valid_to", date.max)
    units = tuple(
        Unit(f"u-{u.code}", u.name, u.tier, f"u-{u.parent}" if u.parent else "")
        if u.tier == CENTRAL
        else Unit(f"u-{u.code}", u.name, u.tier, f"u-{u.parent}", since, until)
        for u in listed
    )
    mcus = tuple(_mcu(entry, units) for entry in settings["mcu"])
    tree = UnitTree(units)
    sites = tuple(
        Site(
            id=f"s-{u.code}",
            code="-".join(u.path),
            name=central["site"] if u.tier == CENTRAL else f"UBND {_within(u.name)}",
            unit=unit.id,
            mcu=home_mcu(tree, mcus, unit.id),
            number=number,
        )
        for number, (u, unit) in enumerate(zip(listed, units, strict=True), start=1)
    )
    provincial = next(unit.id for unit in units if unit.tier == PROVINCE)
    return Province(name, home_mcu(tree, mcus, provincial), units, sites, mcus)


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


def _within(name: str) -> str:
    """The unit's name as it stands inside another: its kind in small letters."""
    return name[0].lower() + name[1:]


def _mcu(entry: dict[str, Any], units: tuple[Unit, ...]) -> Mcu:
    areas = tuple(unit for area in entry["areas"] for unit in _area(area, units))
    return Mcu(
        entry["id"], entry["name"], entry.get("operator", ""), entry.get("parent", ""), areas
    )


def _area(area: str, units: tuple[Unit, ...]) -> list[str]:
    """The ids an area means: a unit's id, its name, or all communes of a range of codes."""
    if ".." in area:
        first, last = area.split("..")
        found = [
            u.id for u in units if u.tier == COMMUNE and first <= u.id.removeprefix("u-") <= last
        ]
    else:
        found = [u.id for u in units if area in (u.id, u.name)]
    if not found or (".." not in area and len(found) > 1):
        raise Invalid(
            f"«{area}» ứng với {len(found)} đơn vị; hãy ghi mã đơn vị trong «areas».",
            f"The area {area!r} means {len(found)} units; write the unit's id.",
        )
    return found


def _listed(source: str, province: str, central: str) -> Iterator[_Listed]:
    if source == "legacy":
        return _legacy(province, central)
    if source == "2025":
        return _since_2025(province, central)
    raise Invalid(
        f"Không có nguồn đơn vị «{source}»; chọn legacy hoặc 2025.",
        f"No unit source {source!r}; choose legacy or 2025.",
    )


def _legacy(province: str, central: str) -> Iterator[_Listed]:
    """Province, district and commune as they stood on the last day before 2025-07-01."""
    spec = find_spec("vietnamadminunits")
    assert spec is not None
    assert spec.origin is not None
    file = Path(spec.origin).parent / "data" / "dataset.db"
    query = (
        "SELECT province, districtCode, district, wardCode, ward FROM admin_units_legacy"
        " WHERE provinceCode = ? ORDER BY districtCode, wardCode"
    )
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
        rows = database.execute(query, (province,)).fetchall()
    if not rows:
        raise Unknown(f"Không có tỉnh mã «{province}».", f"No province of code {province!r}.")
    yield _Listed(province, rows[0][0], PROVINCE, central, (province,))
    seen = set()
    for _, district_code, district, code, name in rows:
        if district_code not in seen:
            seen.add(district_code)
            path = (province, district_code)
            yield _Listed(district_code, district, DISTRICT, province, path)
        yield _Listed(code, name, COMMUNE, district_code, (province, district_code, code))


def _since_2025(province: str, central: str) -> Iterator[_Listed]:
    """Province and commune since 2025-07-01."""
    from vietnam_provinces import Province as Listed  # 90 ms, and only one source needs it
    from vietnam_provinces import ProvinceCode, Ward

    try:
        code = ProvinceCode(int(province))
    except ValueError:
        raise Unknown(
            f"Không có tỉnh mã «{province}».", f"No province of code {province!r}."
        ) from None
    name = Listed.from_code(code).name
    full = name if name.startswith("Thành phố") else f"Tỉnh {name}"
    yield _Listed(province, full, PROVINCE, central, (province,))
    for ward in sorted(Ward.iter_by_province(code), key=lambda ward: int(ward.code)):
        commune = f"{int(ward.code):05d}"
        yield _Listed(commune, ward.name, COMMUNE, province, (province, commune))
