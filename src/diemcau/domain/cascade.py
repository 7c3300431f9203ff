"""The cascade of one conference: the lines between MCUs, hung up at the conference's master."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from diemcau.domain.refusal import Invalid


@dataclass(frozen=True)
class Cascade:
    """A tree of MCUs; ``parent`` maps each member but the master to the MCU above it."""

    master: str
    parent: Mapping[str, str]

    @property
    def members(self) -> frozenset[str]:
        return frozenset({self.master, *self.parent})

    def path(self, mcu: str) -> tuple[str, ...]:
        """From the MCU up to and with the master."""
        steps = [mcu]
        while steps[-1] != self.master:
            steps.append(self.parent[steps[-1]])
        return tuple(steps)

    def children(self, mcu: str) -> tuple[str, ...]:
        return tuple(sorted(child for child, above in self.parent.items() if above == mcu))


def hang(master: str, lines: Iterable[tuple[str, str]], members: Iterable[str]) -> Cascade:
    """Hang the lines up at the master, keeping only the MCUs on the way to a member.

    Any MCU can be the master: a line has no direction of its own. Raises ``Invalid`` for a member
    that no line reaches.
    """
    neighbours: dict[str, list[str]] = {}
    for one, other in lines:
        neighbours.setdefault(one, []).append(other)
        neighbours.setdefault(other, []).append(one)
    above: dict[str, str] = {}
    queue = deque([master])
    while queue:
        here = queue.popleft()
        for there in sorted(neighbours.get(here, [])):
            if there != master and there not in above:
                above[there] = here
                queue.append(there)
    kept: dict[str, str] = {}
    for member in members:
        here = member
        while here != master and here not in kept:
            if here not in above:
                raise Invalid(
                    f"Không có đường nối từ MCU «{member}» đến MCU chủ «{master}».",
                    f"No line leads from MCU {member!r} to the master {master!r}.",
                )
            kept[here] = above[here]
            here = above[here]
    return Cascade(master, MappingProxyType(kept))
