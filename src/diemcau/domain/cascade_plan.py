"""The cascade plan of a session (R6.1-3): which MCU hangs under which, and which takes what site.

"Stable, as few cascade levels as can be, easy to run" is made an order of costs (``PlanCost``), so
that two plans can be compared and a solver can prove that there is no better one. Two plans of
equal first cost are told apart by the second, and so on.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from diemcau.domain.conference import BUSES
from diemcau.domain.planner import LANES_LEAST
from diemcau.domain.refusal import Conflict, Text

SOUND_MBPS = 0.055
"""Opus at 32 kbit/s in 50 packets a second, each with 58 bytes of IP, UDP and SRTP."""

PICTURE_MBPS = 1.575
"""720p at 1.5 Mbit/s, and 5 % of headers on packets of 1,200 bytes."""

SITE_MBPS = PICTURE_MBPS + SOUND_MBPS
"""A site's picture and sound up, the programme down: the same in each direction."""

LINK_MBPS = max(
    LANES_LEAST * (PICTURE_MBPS + SOUND_MBPS),
    len(BUSES) * (PICTURE_MBPS + SOUND_MBPS) + LANES_LEAST * SOUND_MBPS,
)
"""The busier direction of a link: its lanes up, or its buses and one return for each lane down."""

LEVELS_MOST = 5
"""Central, province, district, commune are four tiers; a satellite as master adds one or two."""

STANDBY_HOPS = 2
"""A site that is not at its usual MCU counts as two levels more: somebody must move it, and hanging
one level higher alone is no reason to."""


@dataclass(frozen=True)
class PlanMcu:
    """``capacity``: ports, one for each site and each link. ``mbps``: each direction."""

    id: str
    name: str
    capacity: int
    mbps: float = 1000.0
    unit: str = ""


@dataclass(frozen=True)
class PlanLine:
    """A line between two MCUs; a cascade may use it in either sense. ``priority`` 1 comes first."""

    lower: str
    upper: str
    mbps: float = 100.0
    priority: int = 1
    unit: str = ""
    carrier: str = ""
    id: str = ""


@dataclass(frozen=True)
class PlanSite:
    """``homes``: the MCUs that may take it, its usual one first, then the standbys."""

    id: str
    name: str
    homes: tuple[str, ...]


@dataclass(frozen=True)
class SiteGroup:
    """Sites that the same MCUs may take: a plan need only say how many of them go where."""

    homes: tuple[str, ...]
    usual: str
    sites: tuple[str, ...]


@dataclass(frozen=True)
class PlanProblem:
    """``pins`` (site → MCU) and ``trunks`` (child → parent) are what people have fixed by hand.

    ``levels``: how deep the cascade may be. ``link_mbps``, ``site_mbps``: what one link and one
    site need, in each direction.
    """

    master: str
    mcus: tuple[PlanMcu, ...]
    lines: tuple[PlanLine, ...]
    sites: tuple[PlanSite, ...]
    pins: Mapping[str, str] = field(default_factory=dict)
    trunks: Mapping[str, str] = field(default_factory=dict)
    link_mbps: float = LINK_MBPS
    site_mbps: float = SITE_MBPS
    levels: int = LEVELS_MOST

    @cached_property
    def mcu(self) -> Mapping[str, PlanMcu]:
        return MappingProxyType({mcu.id: mcu for mcu in self.mcus})

    @cached_property
    def site(self) -> Mapping[str, PlanSite]:
        return MappingProxyType({site.id: site for site in self.sites})

    def name(self, mcu: str) -> str:
        """What people call it, with the word MCU before it."""
        name = self.mcu[mcu].name if mcu in self.mcu else f"«{mcu}»"
        return name if name.startswith("MCU ") else f"MCU {name}"

    def homes(self, site: PlanSite) -> tuple[str, ...]:
        """The MCUs that may take the site: the one it is pinned to, else those of its list."""
        wanted = (self.pins[site.id],) if site.id in self.pins else site.homes
        return tuple(dict.fromkeys(mcu for mcu in wanted if mcu in self.mcu))

    @cached_property
    def groups(self) -> tuple[SiteGroup, ...]:
        found: dict[tuple[tuple[str, ...], str], list[str]] = {}
        for site in self.sites:
            usual = site.homes[0] if site.homes else ""
            found.setdefault((self.homes(site), usual), []).append(site.id)
        return tuple(SiteGroup(homes, usual, tuple(s)) for (homes, usual), s in found.items())

    def line(self, one: str, other: str) -> PlanLine | None:
        """The line a link between the two would use: wide enough, then by priority and width."""
        return self._best.get(frozenset((one, other)))

    @cached_property
    def _best(self) -> Mapping[frozenset[str], PlanLine]:
        def rank(line: PlanLine) -> tuple[bool, int, float]:
            return line.mbps < self.link_mbps, line.priority, -line.mbps

        best: dict[frozenset[str], PlanLine] = {}
        for line in self.lines:
            ends = frozenset((line.lower, line.upper))
            if len(ends) == 2 and ends <= self.mcu.keys():
                best[ends] = min(best.get(ends, line), line, key=rank)
        return best

    @cached_property
    def ways_up(self) -> Mapping[str, Mapping[str, PlanLine]]:
        """For each MCU those it may hang under, with the line: wide enough, and by its trunk."""
        ways: dict[str, dict[str, PlanLine]] = {mcu.id: {} for mcu in self.mcus}
        for ends, line in self._best.items():
            if line.mbps < self.link_mbps:
                continue
            for child, parent in (sorted(ends), sorted(ends, reverse=True)):
                if child != self.master and self.trunks.get(child, parent) == parent:
                    ways[child][parent] = line
        return ways

    @cached_property
    def distance(self) -> Mapping[str, int]:
        """The fewest levels below the master at which an MCU can be; those out of reach miss."""
        below: dict[str, list[str]] = {}
        for child, parents in self.ways_up.items():
            for parent in parents:
                below.setdefault(parent, []).append(child)
        found = {self.master: 0} if self.master in self.mcu else {}
        queue = deque(found)
        while queue:
            here = queue.popleft()
            for child in below.get(here, ()):
                if child not in found and found[here] < self.levels:
                    found[child] = found[here] + 1
                    queue.append(child)
        return found

    def sites_beside(self, mcu: str, links: int) -> int:
        """How many sites an MCU can take beside so many links (negative: too many links)."""
        its = self.mcu[mcu]
        by_mbps = (its.mbps - links * self.link_mbps) / self.site_mbps
        return min(its.capacity - links, int(by_mbps + 1e-9) if by_mbps >= 0 else -1)

    def links_beside(self, mcu: str, sites: int) -> int:
        """How many links an MCU can have beside so many sites (negative: too many sites)."""
        its = self.mcu[mcu]
        by_mbps = (its.mbps - sites * self.site_mbps) / self.link_mbps
        return min(its.capacity - sites, int(by_mbps + 1e-9) if by_mbps >= 0 else -1)


class PlanCost(NamedTuple):
    """What a plan costs, the first figure counting most.

    ``hops``: the sum over all sites of how many links their picture takes to the master, and
    ``STANDBY_HOPS`` for each that is not at its usual MCU. It stands before ``levels``, the depth
    of the deepest site, because every link on a site's way is one more technician and one more line
    in the 30 seconds of R6.1-6: ninety sites one level nearer are worth one site a level deeper.
    ``priority``: 1 for each link on a line of second choice, 2 on a third … ``load``: the share of
    ports in use at the fullest MCU. ``mbps``: the bandwidth of all links.
    """

    hops: int = 0
    levels: int = 0
    priority: int = 0
    load: float = 0.0
    mbps: float = 0.0


NO_COST = PlanCost()


@dataclass(frozen=True)
class CascadePlan:
    """``parent``: who hangs under whom; ``home``: which MCU takes which site.

    ``optimal``: proven that no plan costs less. ``gap``: by how much of its own figure, at most,
    the first cost that is not proven could still fall (0 if ``optimal``).
    """

    master: str
    parent: Mapping[str, str]
    home: Mapping[str, str]
    cost: PlanCost = NO_COST
    optimal: bool = False
    gap: float = 1.0
    notes: tuple[Text, ...] = ()

    @property
    def levels(self) -> int:
        return self.cost.levels

    @property
    def mcus(self) -> frozenset[str]:
        """Those that take part."""
        return frozenset({self.master, *self.parent, *self.parent.values(), *self.home.values()})

    @cached_property
    def depths(self) -> Mapping[str, int]:
        """How many links below the master each MCU is; one that never gets there is missing."""
        found = {self.master: 0}
        for mcu in self.parent:
            way = [mcu]
            while way[-1] not in found and way[-1] in self.parent and len(way) <= len(self.parent):
                way.append(self.parent[way[-1]])
            if way[-1] in found:
                top = found[way[-1]]
                found.update({step: top + n for n, step in enumerate(reversed(way))})
        return found

    def children(self, mcu: str) -> tuple[str, ...]:
        return tuple(child for child, above in self.parent.items() if above == mcu)

    def links_of(self, mcu: str) -> int:
        """Links that end at the MCU: to those under it, and its own up."""
        return self._links.get(mcu, 0)

    def sites_of(self, mcu: str) -> tuple[str, ...]:
        return self._sites.get(mcu, ())

    @cached_property
    def _links(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for ends in self.parent.items():
            for mcu in ends:
                found[mcu] = found.get(mcu, 0) + 1
        return found

    @cached_property
    def _sites(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for site, mcu in self.home.items():
            found.setdefault(mcu, []).append(site)
        return {mcu: tuple(sites) for mcu, sites in found.items()}


class Infeasible(Conflict):
    """No plan keeps all limits; ``shortages`` names each thing that is missing."""

    id = "plan-infeasible"
    title = Text("Không lập được phương án cascade", "No cascade plan is possible")

    def __init__(self, shortages: Sequence[Text]) -> None:
        super().__init__(
            " ".join(text.vi for text in shortages), " ".join(text.en for text in shortages)
        )
        self.shortages = tuple(shortages)


def plan_of(
    problem: PlanProblem,
    parent: Mapping[str, str],
    home: Mapping[str, str],
    *,
    optimal: bool = False,
    gap: float | None = None,
) -> CascadePlan:
    """The plan with its costs, without MCUs that carry no site. ``gap`` None: by ``least_hops``."""
    plan = CascadePlan(problem.master, _needed(parent, home), dict(home))
    cost = cost_of(problem, plan)
    if gap is None:
        gap = (cost.hops - least_hops(problem)) / cost.hops if cost.hops else 0.0
    return CascadePlan(plan.master, plan.parent, plan.home, cost, optimal, 0.0 if optimal else gap)


def _needed(parent: Mapping[str, str], home: Mapping[str, str]) -> dict[str, str]:
    needed: set[str] = set()
    for mcu in home.values():
        while mcu in parent and mcu not in needed:
            needed.add(mcu)
            mcu = parent[mcu]
    return {child: above for child, above in parent.items() if child in needed}


def cost_of(problem: PlanProblem, plan: CascadePlan) -> PlanCost:
    """What a plan costs; whatever breaks a limit in it is for ``violations`` to say."""
    depths = plan.depths
    known = [(problem.site[s], mcu) for s, mcu in plan.home.items() if s in problem.site]
    moved = sum(mcu != site.homes[0] for site, mcu in known if site.homes)
    lines = [problem.line(*ends) for ends in plan.parent.items()]
    ports = {mcu: len(plan.sites_of(mcu)) + plan.links_of(mcu) for mcu in plan.mcus}
    return PlanCost(
        hops=sum(depths.get(mcu, 0) for _, mcu in known) + STANDBY_HOPS * moved,
        levels=max((depths.get(mcu, 0) for _, mcu in known), default=0),
        priority=sum(line.priority - 1 for line in lines if line),
        load=max(
            n / max(1, problem.mcu[mcu].capacity) for mcu, n in ports.items() if mcu in problem.mcu
        )
        if plan.mcus & problem.mcu.keys()
        else 0.0,
        mbps=problem.link_mbps * len(plan.parent),
    )


def least_hops(problem: PlanProblem) -> int:
    """A bound that no plan falls below: every site at its best MCU, as if ports were endless."""
    return sum(
        len(group.sites) * min(_hops(problem, group, mcu) for mcu in group.homes)
        for group in problem.groups
        if group.homes
    )


def _hops(problem: PlanProblem, group: SiteGroup, mcu: str) -> int:
    return problem.distance.get(mcu, problem.levels) + STANDBY_HOPS * (mcu != group.usual)
