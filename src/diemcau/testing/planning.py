"""A solver without a solver: the greedy, and where it finds nothing, every plan there is."""

from collections.abc import Iterator
from itertools import product

from diemcau.domain.cascade_greedy import drafted, filled
from diemcau.domain.cascade_limits import shortages, violations
from diemcau.domain.cascade_plan import CascadePlan, Infeasible, PlanProblem, plan_of
from diemcau.domain.cascade_risks import Risk, risks


class GreedySolver:
    """Not the best plan, but at once. Only for problems whose plans can all be looked at."""

    def solve(self, problem: PlanProblem, seconds: float) -> CascadePlan:
        lacking = shortages(problem)
        if lacking:
            raise Infeasible(lacking)
        draft = drafted(problem)
        if not draft.left_out:
            return draft.plan
        return next(every_plan(problem), None) or filled(problem, draft)

    def risks(self, problem: PlanProblem, plan: CascadePlan, seconds: float) -> tuple[Risk, ...]:
        return risks(problem, plan)


def every_plan(problem: PlanProblem) -> Iterator[CascadePlan]:
    """All plans within the limits, told apart by how many of each group of sites go where."""
    children = [mcu for mcu in problem.ways_up if mcu != problem.master]
    choices = [("", *problem.ways_up[child]) for child in children]
    trees = [
        {child: above for child, above in zip(children, chosen, strict=True) if above}
        for chosen in product(*choices)
    ]
    for home in _every_home(problem):
        seen = set()
        for tree in trees:
            plan = plan_of(problem, tree, home)
            key = frozenset(plan.parent.items())
            if key not in seen and not violations(problem, plan):
                yield plan
            seen.add(key)


def _every_home(problem: PlanProblem) -> Iterator[dict[str, str]]:
    shares = [list(_shares(len(group.sites), len(group.homes))) for group in problem.groups]
    for chosen in product(*shares):
        home: dict[str, str] = {}
        for group, counts in zip(problem.groups, chosen, strict=True):
            sites = iter(group.sites)
            for mcu, count in zip(group.homes, counts, strict=True):
                home.update((next(sites), mcu) for _ in range(count))
        yield home


def _shares(count: int, ways: int) -> Iterator[tuple[int, ...]]:
    """All ways to share ``count`` among so many."""
    if ways == 0:
        return
    if ways == 1:
        yield (count,)
        return
    for first in range(count, -1, -1):
        yield from ((first, *rest) for rest in _shares(count - first, ways - 1))
