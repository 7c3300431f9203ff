"""The cascade plan as a mixed-integer program.

Who hangs where is a *layered* tree: ``x[child, above, d]`` is 1 if the child is at level d under
``above``, which then is at level d - 1. So there is no circle to forbid, the sum of levels is a
linear cost, and the relaxation is tight enough to prove a nation's plan in seconds. Sites that the
same MCUs may take are one integer for each MCU (``y``), ``s`` counts an MCU's sites at its level.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import highspy

from diemcau.domain.cascade_plan import STANDBY_HOPS, CascadePlan, PlanProblem, plan_of

Expression = Any
"""highspy's linear expression: it is made by operators, which no annotation follows."""


class Limits(Enum):
    """What must hold: everything; or limits may be broken at a price; or sites may be left out."""

    KEPT = "kept"
    ELASTIC = "elastic"
    PARTIAL = "partial"


class Quiet(highspy.Highs):
    """HiGHS without its banner, which it prints from within its constructor."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def enableCallbacks(self) -> None:  # noqa: N802  (HiGHS's name)
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


class Model:
    """A problem written down for HiGHS. It is solved for one cost after the other."""

    def __init__(self, problem: PlanProblem, limits: Limits = Limits.KEPT) -> None:
        self.problem = problem
        self.limits = limits
        self.highs = Quiet()
        self.highs.setOptionValue("mip_rel_gap", 0.0)
        self.groups = [group for group in problem.groups if group.homes]
        self.x: dict[tuple[str, str, int], Any] = {}
        self.y: dict[tuple[int, str], Any] = {}
        self.s: dict[tuple[str, int], Any] = {}
        self.short: dict[tuple[str, int], tuple[Any, Any]] = {}
        self._variables()
        self._tree()
        self._sites()
        self._loads()

    def _variables(self) -> None:
        near, most = self.problem.distance, self.problem.levels
        for child, ways in self.problem.ways_up.items():
            for above in ways:
                last = 1 if above == self.problem.master else most
                for level in range(near.get(above, most) + 1, last + 1):
                    self.x[child, above, level] = self.highs.addBinary()
        for n, group in enumerate(self.groups):
            for mcu in group.homes:
                if mcu in near:
                    self.y[n, mcu] = self.highs.addIntegral(lb=0, ub=len(group.sites))
        for mcu in {mcu for _, mcu in self.y}:
            for level in self._levels(mcu):
                self.s[mcu, level] = self.highs.addVariable(lb=0)

    def _levels(self, mcu: str) -> range:
        if mcu == self.problem.master:
            return range(1)
        return range(self.problem.distance[mcu], self.problem.levels + 1)

    def at(self, mcu: str, level: int) -> Expression:
        """1 if the MCU takes part at that level."""
        if mcu == self.problem.master:
            return 1.0 if level == 0 else 0.0
        return total(self._up.get((mcu, level), []))

    def _tree(self) -> None:
        self._up: dict[tuple[str, int], list[Any]] = {}
        self._down: dict[tuple[str, int], list[Any]] = {}
        for (child, above, level), x in self.x.items():
            self._up.setdefault((child, level), []).append(x)
            self._down.setdefault((above, level), []).append(x)
        for (_, above, level), x in self.x.items():
            if above != self.problem.master:
                self.highs.addConstr(x <= self.at(above, level - 1))
        for child in {child for child, _, _ in self.x}:
            ups = [x for (c, _), xs in self._up.items() if c == child for x in xs]
            self.highs.addConstr(total(ups) <= 1)

    def _sites(self) -> None:
        for n, group in enumerate(self.groups):
            taken = total([y for (m, _), y in self.y.items() if m == n])
            if self.limits is Limits.PARTIAL:
                self.highs.addConstr(taken <= len(group.sites))
            else:
                self.highs.addConstr(taken == len(group.sites))
        for mcu in {mcu for mcu, _ in self.s}:
            here = total([y for (_, m), y in self.y.items() if m == mcu])
            levels = total([self.s[mcu, level] for level in self._levels(mcu)])
            self.highs.addConstr(here == levels)

    def most(self, mcu: str) -> int:
        """How many sites an MCU can have at most."""
        wanted = sum(len(self.groups[n].sites) for n, m in self.y if m == mcu)
        if self.limits is Limits.ELASTIC:
            return wanted
        return max(0, min(wanted, self.problem.sites_beside(mcu, mcu != self.problem.master)))

    def _loads(self) -> None:
        """Ports and bandwidth level by level, which binds the relaxation more than their sums."""
        for mcu in self.problem.distance:
            for level in self._levels(mcu):
                here, links = self.at(mcu, level), self._down.get((mcu, level + 1), [])
                sites = self.s.get((mcu, level), 0.0)
                if (mcu, level) in self.s:
                    self.highs.addConstr(sites <= self.most(mcu) * here)
                if (mcu, level) in self.s or links:
                    self._load(mcu, level, sites, total(links), here)

    def _load(self, mcu: str, level: int, sites: Any, links: Any, here: Any) -> None:
        its, problem = self.problem.mcu[mcu], self.problem
        own = 0 if mcu == problem.master else 1
        ports, mbps = 0.0, 0.0
        if self.limits is Limits.ELASTIC:
            ports = self.highs.addVariable(lb=0)
            mbps = self.highs.addVariable(lb=0)
            self.short[mcu, level] = (ports, mbps)
        self.highs.addConstr(sites + links <= (its.capacity - own) * here + ports)
        self.highs.addConstr(
            problem.site_mbps * sites + problem.link_mbps * links
            <= (its.mbps - own * problem.link_mbps) * here + mbps
        )

    # costs, in the order in which they count

    @property
    def hops(self) -> Expression:
        far = [level * s for (_, level), s in self.s.items() if level]
        standby = [
            STANDBY_HOPS * y for (n, mcu), y in self.y.items() if mcu != self.groups[n].usual
        ]
        return total(far + standby)

    def levels(self) -> Expression:
        """A new variable: at least the level of everybody who takes part."""
        deepest = self.highs.addVariable(lb=0)
        for mcu in self.problem.distance:
            ups = [level * self.at(mcu, level) for level in self._levels(mcu) if level]
            if ups and mcu != self.problem.master:
                self.highs.addConstr(total(ups) <= deepest)
        return total([deepest])

    @property
    def priority(self) -> Expression:
        ways = self.problem.ways_up
        return total([(ways[c][p].priority - 1) * x for (c, p, _), x in self.x.items()])

    def load(self) -> Expression:
        """A new variable: at least the share of ports in use at every MCU."""
        fullest = self.highs.addVariable(lb=0)
        for mcu in self.problem.distance:
            ends = [s for (m, _), s in self.s.items() if m == mcu]
            ends += [x for (c, p, _), x in self.x.items() if mcu in (c, p)]
            if ends:
                self.highs.addConstr(total(ends) <= self.problem.mcu[mcu].capacity * fullest)
        return total([fullest])

    @property
    def links(self) -> Expression:
        return total(list(self.x.values()))

    @property
    def shortage(self) -> Expression:
        """Ports that are missing, and bandwidth in so many sites."""
        per_mbps = 1 / self.problem.site_mbps
        return total([p + per_mbps * m for p, m in self.short.values()])

    @property
    def left_out(self) -> Expression:
        return -1 * total(list(self.y.values()))

    # from a plan, and to one

    def start_from(self, plan: CascadePlan) -> None:
        """Give the solver a plan to begin with."""
        depths = plan.depths
        values = {
            self.x[child, above, depths[child]].index: 1.0 for child, above in plan.parent.items()
        }
        for n, group in enumerate(self.groups):
            for site in group.sites:
                key = self.y[n, plan.home[site]].index
                values[key] = values.get(key, 0.0) + 1
        for mcu in {mcu for mcu, _ in self.s}:
            if mcu in depths:
                values[self.s[mcu, depths[mcu]].index] = float(len(plan.sites_of(mcu)))
        every = [v.index for v in (*self.x.values(), *self.y.values(), *self.s.values())]
        self.highs.setSolution(len(every), every, [values.get(index, 0.0) for index in every])

    def plan(self) -> CascadePlan:
        """The plan of the solution that was found; of a group, the first sites stay where they
        usually are."""
        solution = self.highs.getSolution().col_value
        parent = {c: p for (c, p, _), x in self.x.items() if solution[x.index] > 0.5}
        home: dict[str, str] = {}
        for n, group in enumerate(self.groups):
            waiting = list(group.sites)
            for mcu in group.homes:
                if (n, mcu) in self.y:
                    count = round(solution[self.y[n, mcu].index])
                    home.update(dict.fromkeys(waiting[:count], mcu))
                    del waiting[:count]
        return plan_of(self.problem, parent, _in_order(self.problem, home))


def _in_order(problem: PlanProblem, home: Mapping[str, str]) -> dict[str, str]:
    return {site.id: home[site.id] for site in problem.sites if site.id in home}


def total(parts: list[Any]) -> Expression:
    """Their sum; an empty one is an expression too."""
    return highspy.Highs.qsum(parts) if parts else highspy.highs_linear_expression(0)
