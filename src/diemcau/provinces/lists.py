"""The national lists of units: before 2025-07-01 (legacy) and since (2025).

They come from two packages, read the cheapest way: ``vietnamadminunits`` imports half a second of
libraries for address parsing, so its SQLite file is opened directly.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diemcau.domain.directory import Entry, Tier
from diemcau.domain.refusal import Invalid, Unknown
from diemcau.domain.units import Unit

if TYPE_CHECKING:
    from vietnam_provinces import ProvinceCode

CENTRAL, PROVINCE, DISTRICT, COMMUNE = "central", "province", "district", "commune"
LEGACY, SINCE_2025 = "legacy", "2025"
REFORM = date(2025, 7, 1)
"""The districts ended, and provinces and communes were merged."""

GOVERNMENT = Unit("u-chinh-phu", "Chính phủ", CENTRAL, code="chinh-phu")

TIERS = (
    Tier(CENTRAL, "Trung ương", "Central", 0),
    Tier(PROVINCE, "Tỉnh", "Province", 1),
    Tier("department", "Sở, ban, ngành", "Department", 2),
    Tier("enterprise", "Doanh nghiệp", "Enterprise", 2),
    Tier(DISTRICT, "Huyện", "District", 3),
    Tier(COMMUNE, "Xã", "Commune", 4),
)
"""The tiers of a province whose file names none."""


@dataclass(frozen=True)
class Listed:
    """A unit of a list: its code, that of the unit above, all from the province's down to its
    own (a site's code is made of them), and its full name."""

    code: str
    name: str
    tier: str
    parent: str
    path: tuple[str, ...]
    place: tuple[float, float] = (0.0, 0.0)
    """Latitude and longitude in degrees, zeros where the list has none."""


def validity(source: str) -> tuple[date, date]:
    """When a list was or is in force."""
    return (REFORM, date.max) if source == SINCE_2025 else (date.min, REFORM)


def units(found: Iterable[Listed], since: date, until: date) -> list[Unit]:
    """Listed units as records; their ids come from their codes."""
    return [
        Unit(
            f"u-{u.code}",
            u.name,
            u.tier,
            u.parent and f"u-{u.parent}",
            since,
            until,
            u.code,
            *u.place,
        )
        for u in found
    ]


def listed(source: str, province: str, above: str = GOVERNMENT.code) -> list[Unit]:
    """A province and all units under it, of the list ``legacy`` or ``2025``, parents first.

    ``province``: its code in that list. ``above``: the code of the unit above the province, "" for
    none. Raises ``Unknown`` for a code that the list has not, ``Invalid`` for another list.
    """
    return units(read(source, province, above), *validity(source))


def national() -> list[Entry]:
    """The whole country since 2025-07-01: tiers, the government, 34 provinces, 3,321 communes."""
    from vietnam_provinces import ProvinceCode

    found: list[Entry] = [*TIERS, GOVERNMENT]
    for code in ProvinceCode:
        found += units(_since_2025(code, GOVERNMENT.code), *validity(SINCE_2025))
    return found


def read(source: str, province: str, above: str) -> Iterator[Listed]:
    """The same as ``listed``, as the list has it."""
    if source == LEGACY:
        return _legacy(province, above)
    if source == SINCE_2025:
        return _since_2025(_province_code(province), above)
    raise Invalid(
        f"Không có nguồn đơn vị «{source}»; chọn legacy hoặc 2025.",
        f"No unit source {source!r}; choose legacy or 2025.",
    )


def _legacy(province: str, above: str) -> Iterator[Listed]:
    """Province, district and commune as they stood on the last day before 2025-07-01."""
    rows = _rows(
        "SELECT province, districtCode, district, wardCode, ward, provinceLat, provinceLon,"
        " districtLat, districtLon, wardLat, wardLon FROM admin_units_legacy"
        " WHERE provinceCode = ? ORDER BY districtCode, wardCode",
        province,
    )
    if not rows:
        raise _no_province(province)
    first = rows[0]
    yield Listed(province, first[0], PROVINCE, above, (province,), _place(*first[5:7]))
    seen = set()
    for _, district_code, district, code, name, *places in rows:
        path = (province, district_code)
        if district_code not in seen:
            seen.add(district_code)
            yield Listed(district_code, district, DISTRICT, province, path, _place(*places[2:4]))
        yield Listed(code, name, COMMUNE, district_code, (*path, code), _place(*places[4:6]))


def _rows(query: str, *values: str) -> list[tuple[Any, ...]]:
    """What the package's database answers."""
    spec = find_spec("vietnamadminunits")
    assert spec is not None
    assert spec.origin is not None
    file = Path(spec.origin).parent / "data" / "dataset.db"
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
        return database.execute(query, values).fetchall()


def _place(latitude: float | None, longitude: float | None) -> tuple[float, float]:
    return (latitude or 0.0, longitude or 0.0)


def _province_code(province: str) -> "ProvinceCode":
    from vietnam_provinces import ProvinceCode  # 90 ms, and only one source needs it

    try:
        return ProvinceCode(int(province))
    except ValueError:
        raise _no_province(province) from None


def _since_2025(code: "ProvinceCode", above: str) -> Iterator[Listed]:
    """Province and commune since 2025-07-01."""
    from vietnam_provinces import Province, Ward

    name = Province.from_code(code).name
    full = name if name.startswith("Thành phố") else f"Tỉnh {name}"
    province = f"{code.value:02d}"
    places = {
        name: _place(*place)
        for row in _rows(
            "SELECT provinceCode, provinceLat, provinceLon, wardCode, wardLat, wardLon"
            " FROM admin_units WHERE provinceCode = ?",
            province,
        )
        for name, place in ((row[0], row[1:3]), (row[3], row[4:6]))
    }
    nowhere = (0.0, 0.0)
    yield Listed(province, full, PROVINCE, above, (province,), places.get(province, nowhere))
    for ward in sorted(Ward.iter_by_province(code), key=lambda ward: int(ward.code)):
        commune = f"{int(ward.code):05d}"
        place = places.get(commune, nowhere)
        yield Listed(commune, ward.name, COMMUNE, province, (province, commune), place)


def _no_province(province: str) -> Unknown:
    return Unknown(f"Không có tỉnh mã «{province}».", f"No province of code {province!r}.")
