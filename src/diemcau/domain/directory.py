"""Who and what exists: units, the sites in them, the MCUs that serve them and the lines between."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from diemcau.domain.refusal import Unknown
from diemcau.domain.units import UnitTree


@dataclass(frozen=True)
class Mcu:
    """A multipoint control unit; ``parent`` is the MCU its line goes up to ("" at the top)."""

    id: str
    name: str
    operator: str = ""
    parent: str = ""
    areas: tuple[str, ...] = ()


@dataclass(frozen=True)
class Site:
    """A site (điểm cầu): a room of a unit, joined to its home MCU. ``number`` is unique, 1…4095."""

    id: str
    code: str
    name: str
    unit: str
    mcu: str
    number: int


class Directory:
    """Lookups over units, sites and MCUs; a miss is an ``Unknown`` that names what was asked."""

    def __init__(self, units: UnitTree, sites: Iterable[Site], mcus: Iterable[Mcu]) -> None:
        self.units = units
        self.sites: Mapping[str, Site] = MappingProxyType({site.id: site for site in sites})
        self.mcus: Mapping[str, Mcu] = MappingProxyType({mcu.id: mcu for mcu in mcus})

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

    def lines(self) -> list[tuple[str, str]]:
        """The lines between MCUs, as (lower, upper) pairs."""
        return [(mcu.id, mcu.parent) for mcu in self.mcus.values() if mcu.parent]


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
