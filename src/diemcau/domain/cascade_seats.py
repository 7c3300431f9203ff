"""Sites on the ports that links leave over: as many as can be, and at their usual MCU if they can.

Where a standby is full, somebody there who has a choice moves on to make room (an augmenting path),
so that no site is left out that could have been taken.
"""

from collections import deque
from collections.abc import Iterator, Mapping

from diemcau.domain.cascade_plan import PlanProblem


class Seats:
    """``reserve``: how many ports of each MCU are kept for links down."""

    def __init__(self, problem: PlanProblem, reserve: Mapping[str, int]) -> None:
        self._groups = problem.groups
        self._near = problem.distance
        self._room = {
            mcu: problem.sites_beside(mcu, reserve.get(mcu, 0) + (mcu != problem.master))
            for mcu in problem.distance
        }
        self._taken: dict[tuple[int, str], int] = {}

    def usual(self, group: int) -> int:
        """Seat as many of the group as there is room at the first of its MCUs; how many."""
        its = self._groups[group]
        first = next((mcu for mcu in its.homes if mcu in self._room), "")
        count = max(0, min(len(its.sites), self._room.get(first, 0)))
        self._take(group, first, count)
        return count

    def standby(self, group: int) -> bool:
        """Seat one more of the group at whichever MCU has, or can make, most room; or cannot."""
        came: dict[str, tuple[str, int]] = {}
        queue: deque[str] = deque()
        for mcu in self._by_room(self._groups[group].homes):
            came[mcu] = ("", group)
            queue.append(mcu)
        while queue:
            here = queue.popleft()
            if self._room[here] > 0:
                self._shift(came, here)
                return True
            for other in self._seated(here):
                for there in self._by_room(self._groups[other].homes):
                    if there not in came:
                        came[there] = (here, other)
                        queue.append(there)
        return False

    def home(self) -> dict[str, str]:
        """The MCU of each site that is seated: of a group, the first stay at their usual one."""
        result: dict[str, str] = {}
        for n, group in enumerate(self._groups):
            sites = iter(group.sites)
            for mcu in group.homes:
                for _ in range(self._taken.get((n, mcu), 0)):
                    result[next(sites)] = mcu
        return result

    def _by_room(self, homes: tuple[str, ...]) -> list[str]:
        known = [mcu for mcu in homes if mcu in self._room]
        return sorted(known, key=lambda mcu: (-self._room[mcu], self._near[mcu], mcu))

    def _seated(self, mcu: str) -> Iterator[int]:
        return (n for (n, at), count in self._taken.items() if at == mcu and count > 0)

    def _shift(self, came: Mapping[str, tuple[str, int]], last: str) -> None:
        """Seat the newcomer at the far end of the way, each one there moving one on."""
        here = last
        while here:
            before, group = came[here]
            self._take(group, here, 1)
            if before:
                self._take(group, before, -1)
            here = before

    def _take(self, group: int, mcu: str, count: int) -> None:
        if mcu:
            self._room[mcu] -= count
            self._taken[group, mcu] = self._taken.get((group, mcu), 0) + count
