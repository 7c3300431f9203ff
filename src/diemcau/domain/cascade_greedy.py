"""A cascade plan by simple rules: at once, usually good, not always the best.

It is what the solver starts from and may never be worse than, and what ``cascade_risks`` asks what
would happen if. Sites go to their usual MCU while it has room, then to the standby with most room.
MCUs are hung up from the master downwards, those that carry most first. An MCU of which a link has
no port left gives up a site for it, and all is done again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from diemcau.domain.cascade_limits import shortages, violations
from diemcau.domain.cascade_plan import (
    CascadePlan,
    Infeasible,
    PlanProblem,
    plan_of,
)
from diemcau.domain.cascade_seats import Seats


@dataclass(frozen=True)
class Draft:
    """A plan that keeps all limits, and the sites it has no place for. ``sure``: no plan leaves
    out fewer, since they have no port even where none is taken by a link down."""

    plan: CascadePlan
    left_out: tuple[str, ...]
    sure: bool = False


def greedy(problem: PlanProblem) -> CascadePlan:
    """A plan within all limits. Raises ``Infeasible``, at times where a better search finds one."""
    lacking = shortages(problem)
    if lacking:
        raise Infeasible(lacking)
    return filled(problem, drafted(problem))


def drafted(problem: PlanProblem) -> Draft:
    """The plan that leaves out fewest sites, then costs least, of two: one that keeps ports for all
    the links of the shortest ways beforehand, and one that keeps them as need shows."""
    tree = _shortest(problem)
    kept: dict[str, int] = {}
    for above in tree.values():
        kept[above] = kept.get(above, 0) + 1
    drafts = [_search(problem, tree, reserve) for reserve in ({}, kept)]
    best = min(drafts, key=lambda draft: (len(draft.left_out), draft.plan.cost))
    homeless = len(_homes(problem, {})[1]) if best.left_out else 0
    return replace(best, sure=len(best.left_out) == homeless)


def filled(problem: PlanProblem, draft: Draft) -> CascadePlan:
    """The draft with all sites, those left out at their usual MCU over the shortest way.

    Raises ``Infeasible`` with the limits that they break there.
    """
    home = dict(draft.plan.home)
    parent = {**_shortest(problem), **draft.plan.parent}
    for site in draft.left_out:
        reachable = [m for m in problem.homes(problem.site[site]) if m in problem.distance]
        home[site] = reachable[0]
    plan = plan_of(problem, parent, home)
    lacking = violations(problem, plan)
    if lacking:
        raise Infeasible(lacking)
    return plan


def _shortest(problem: PlanProblem) -> dict[str, str]:
    """Everybody as near to the master as lines allow, on the best line there is."""
    near = problem.distance
    tree = {}
    for mcu, ways in problem.ways_up.items():
        nearer = [above for above in ways if near.get(above, mcu) == near.get(mcu, 0) - 1]
        if mcu in near and nearer:
            tree[mcu] = min(nearer, key=lambda above: (ways[above].priority, above))
    return tree


def _search(problem: PlanProblem, tree: Mapping[str, str], reserve: dict[str, int]) -> Draft:
    """Give MCUs one port more for links as long as that leaves fewer sites out."""
    best: Draft | None = None
    reserve = dict(reserve)
    for _ in range(2 * len(problem.mcus)):
        home, homeless = _homes(problem, reserve)
        parent, blocked, full = _hung(problem, tree, home)
        lost = [site for site, mcu in home.items() if mcu in blocked]
        kept = {site: mcu for site, mcu in home.items() if mcu not in blocked}
        draft = Draft(plan_of(problem, parent, kept), tuple(homeless + lost))
        if best is None or len(draft.left_out) < len(best.left_out):
            best = draft
        if not full:
            break
        reserve[full] = _down(parent, full) + 1
    assert best is not None
    return best


def _down(parent: Mapping[str, str], mcu: str) -> int:
    return sum(above == mcu for above in parent.values())


def _homes(problem: PlanProblem, reserve: dict[str, int]) -> tuple[dict[str, str], list[str]]:
    """Which MCU takes which site beside its links, and the sites that find none."""
    seats = Seats(problem, reserve)
    by_choice = sorted(range(len(problem.groups)), key=lambda n: len(problem.groups[n].homes))
    waiting = {n: len(problem.groups[n].sites) - seats.usual(n) for n in by_choice}
    homeless: list[str] = []
    for n, count in waiting.items():
        while count and seats.standby(n):
            count -= 1
        sites = problem.groups[n].sites
        homeless += sites[len(sites) - count :]
    return seats.home(), homeless


def _hung(
    problem: PlanProblem, tree: Mapping[str, str], home: Mapping[str, str]
) -> tuple[dict[str, str], set[str], str]:
    """Hang up all MCUs with sites. Also those that found no port, and the MCU that lacked it."""
    sites: dict[str, int] = {}
    for mcu in home.values():
        sites[mcu] = sites.get(mcu, 0) + 1
    missing = {mcu for mcu in sites if mcu != problem.master}
    weight = _weights(problem, tree, sites)
    depth = {problem.master: 0}
    ports = {
        mcu: problem.links_beside(mcu, sites.get(mcu, 0)) - (mcu != problem.master)
        for mcu in problem.distance
    }
    parent: dict[str, str] = {}
    while missing:
        steps = [
            ((weight.get(child, 0) == 0, depth[above], len(ways) > 1, -weight.get(child, 0),
              line.priority, -ports[above], child, above))
            for child, ways in problem.ways_up.items()
            if child not in depth and ports.get(child, -1) >= (child not in missing)
            for above, line in ways.items()
            if above in depth and ports[above] > 0 and depth[above] < problem.levels
        ]  # fmt: skip
        if not steps:
            break
        child, above = min(steps)[-2:]
        parent[child] = above
        depth[child] = depth[above] + 1
        ports[above] -= 1
        missing.discard(child)
    return parent, missing, _lacking(problem, missing, depth, sites)


def _weights(
    problem: PlanProblem, tree: Mapping[str, str], sites: Mapping[str, int]
) -> dict[str, int]:
    """How many sites each MCU would carry, its own and those below it on the shortest ways."""
    weight = dict(sites)
    for mcu in sorted(tree, key=lambda mcu: -problem.distance[mcu]):
        weight[tree[mcu]] = weight.get(tree[mcu], 0) + weight.get(mcu, 0)
    return weight


def _lacking(
    problem: PlanProblem,
    missing: set[str],
    depth: Mapping[str, int],
    sites: Mapping[str, int],
) -> str:
    """The nearest MCU that could free a port, by giving up a site, for one that is missing."""
    able = [
        (depth[above], -sites[above], above)
        for child in missing
        for above in problem.ways_up[child]
        if sites.get(above, 0) > 0 and depth.get(above, problem.levels) < problem.levels
    ]
    return min(able)[-1] if able else ""
