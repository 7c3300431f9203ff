"""Units of administration on a tree of any depth, each with its dates of validity.

Tiers are data: the four of 2022 (central, province, district, commune) and the three of 2025 are
two sets of units, not two programs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from diemcau.domain.refusal import Invalid, Unknown


@dataclass(frozen=True)
class Unit:
    """One unit; ``parent`` is "" at the root; valid from the first date to before the second.

    ``code`` is what the national list or the office calls it; it may pass to a successor.
    ``latitude``, ``longitude`` in degrees (WGS 84), both 0 where they are not known.
    """

    id: str
    name: str
    tier: str
    parent: str = ""
    valid_from: date = date.min
    valid_to: date = date.max
    code: str = ""
    latitude: float = 0.0
    longitude: float = 0.0

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day < self.valid_to


class UnitTree:
    """The units by id, with the walks up and down that everything else asks for.

    Raises ``Invalid`` for a parent that is missing or a circle.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = {unit.id: unit for unit in units}
        self._children: dict[str, list[str]] = {}
        for unit in self._units.values():
            if unit.parent and unit.parent not in self._units:
                raise Invalid(
                    f"Đơn vị «{unit.id}» thuộc «{unit.parent}» không có trong danh sách.",
                    f"Unit {unit.id!r} has the parent {unit.parent!r}, which is not in the list.",
                )
            self._children.setdefault(unit.parent, []).append(unit.id)
        for unit_id in self._units:
            self._refuse_circle(unit_id)

    def __contains__(self, unit_id: str) -> bool:
        return unit_id in self._units

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._units.values())

    def __getitem__(self, unit_id: str) -> Unit:
        try:
            return self._units[unit_id]
        except KeyError:
            raise Unknown(f"Không có đơn vị «{unit_id}».", f"No unit {unit_id!r}.") from None

    def get(self, unit_id: str) -> Unit | None:
        return self._units.get(unit_id)

    def on(self, day: date) -> "UnitTree":
        """The tree as it was in force on that day; a unit whose parent had ended goes with it."""
        kept = {u.id: u for u in self._units.values() if u.valid_on(day)}
        return UnitTree(u for u in kept.values() if all(a.id in kept for a in self.above(u.id)))

    def above(self, unit_id: str) -> list[Unit]:
        """The unit's ancestors, nearest first, without itself."""
        result = []
        unit = self[unit_id]
        while unit.parent:
            unit = self._units[unit.parent]
            result.append(unit)
        return result

    def below(self, unit_id: str) -> list[Unit]:
        """The unit and all under it, parents before children."""
        result = [self[unit_id]]
        for child in self._children.get(unit_id, []):
            result += self.below(child)
        return result

    def _refuse_circle(self, unit_id: str) -> None:
        seen = {unit_id}
        parent = self._units[unit_id].parent
        while parent:
            if parent in seen:
                raise Invalid(
                    f"Đơn vị «{unit_id}» nằm trong một vòng lặp cấp trên.",
                    f"Unit {unit_id!r} is its own ancestor.",
                )
            seen.add(parent)
            parent = self._units[parent].parent
