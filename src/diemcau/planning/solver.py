"""``ports.planning.PlanSolver`` over HiGHS.

The costs of ``PlanCost`` are minimised one after the other, each held while the next is looked for.
The greedy plan is the start, and the answer where nothing better is found in time.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from highspy import HighsModelStatus, HighsStatus, kSolutionStatusFeasible

from diemcau.domain.cascade_greedy import Draft, drafted, filled
from diemcau.domain.cascade_limits import shortages, violations
from diemcau.domain.cascade_plan import (
    CascadePlan,
    Infeasible,
    PlanCost,
    PlanProblem,
    least_hops,
    plan_of,
)
from diemcau.domain.cascade_risks import Risk, risks, told
from diemcau.planning.model import Expression, Limits, Model

WHOLE = 0.999
"""Costs in whole numbers are proven once the bound is nearer than one."""

LOAD = 1e-6

EXPLAIN_S = 10.0
"""At least so long may be looked for what is short."""


@dataclass(frozen=True)
class Goal:
    """One cost: its value in a plan, how the model says it, what no plan falls below, and from
    which difference on two plans differ."""

    of: Callable[[PlanCost, PlanProblem], float]
    say: Callable[[Model], Expression]
    floor: Callable[[PlanProblem], float]
    step: float


def _least_levels(problem: PlanProblem) -> int:
    near, most = problem.distance, problem.levels
    nearest = (min(near.get(mcu, most) for mcu in group.homes) for group in problem.groups)
    return max(nearest, default=0)


GOALS = (
    Goal(lambda cost, _: cost.hops, lambda model: model.hops, least_hops, WHOLE),
    Goal(lambda cost, _: cost.levels, Model.levels, _least_levels, WHOLE),
    Goal(lambda cost, _: cost.priority, lambda model: model.priority, lambda _: 0, WHOLE),
    Goal(lambda cost, _: cost.load, Model.load, lambda _: 0, LOAD),
    Goal(
        lambda cost, problem: round(cost.mbps / problem.link_mbps),
        lambda model: model.links,
        lambda _: 0,
        WHOLE,
    ),
)


class HighsSolver:
    """Plans that are proven to be the best, where time allows. It keeps nothing between calls."""

    def solve(self, problem: PlanProblem, seconds: float) -> CascadePlan:
        """See ``PlanSolver``. ``seconds`` is for the search; the model itself is built before."""
        lacking = shortages(problem)
        if lacking:
            raise Infeasible(lacking)
        draft = drafted(problem)
        plan = None if draft.left_out else draft.plan
        model = Model(problem, Limits.KEPT)
        until = time.monotonic() + seconds
        for goal in GOALS:
            plan, gap = _better(model, goal, plan, until)
            if plan is None:
                plan, gap = self._in_need(problem, draft, until), None
            if gap != 0:
                return plan_of(problem, plan.parent, plan.home, gap=gap)
        assert plan is not None
        return plan_of(problem, plan.parent, plan.home, optimal=True)

    def risks(self, problem: PlanProblem, plan: CascadePlan, seconds: float) -> tuple[Risk, ...]:
        """See ``PlanSolver``: HiGHS looks again wherever the greedy loses a site."""
        until = time.monotonic() + seconds
        found = [
            risk if risk.sure or time.monotonic() > until else self._confirmed(problem, risk, until)
            for risk in risks(problem, plan)
        ]
        return tuple(sorted(found, key=lambda risk: -len(risk.lost)))

    def _confirmed(self, problem: PlanProblem, risk: Risk, until: float) -> Risk:
        model = Model(risk.problem, Limits.PARTIAL)
        if _minimised(model, model.left_out, until, WHOLE) is None:
            return risk
        plan = model.plan()
        lost = tuple(site.id for site in risk.problem.sites if site.id not in plan.home)
        sure = model.highs.getModelStatus() == HighsModelStatus.kOptimal
        if len(lost) >= len(risk.lost):
            return replace(risk, sure=sure)
        return told(problem, risk.subject, risk.problem, Draft(plan, lost, sure))

    def _in_need(self, problem: PlanProblem, draft: Draft, until: float) -> CascadePlan:
        """The plan that is short of least; raises ``Infeasible`` if that is not nothing."""
        model = Model(problem, Limits.ELASTIC)
        until = max(until, time.monotonic() + EXPLAIN_S)
        if _minimised(model, model.shortage, until, LOAD) is None:
            return filled(problem, draft)
        plan = model.plan()
        lacking = violations(problem, plan)
        if lacking:
            raise Infeasible(lacking)
        return plan


def _better(
    model: Model, goal: Goal, plan: CascadePlan | None, until: float
) -> tuple[CascadePlan | None, float | None]:
    """The better plan by one cost, which the model then holds; and the gap left, 0 if none.

    None: there is none, or none was found in time.
    """
    problem = model.problem
    cost = goal.say(model)
    bound = goal.floor(problem)
    if plan is None or goal.of(plan.cost, problem) - bound >= goal.step:
        if plan is not None:
            model.start_from(plan)
        reached = _minimised(model, cost, until, goal.step)
        if reached is not None:
            bound = max(bound, reached)
            found = model.plan()
            plan = found if plan is None else min(plan, found, key=lambda plan: plan.cost)
    if plan is None:
        return None, None
    value = goal.of(plan.cost, problem)
    model.highs.addConstr(cost <= value + goal.step / 2)
    return plan, (value - bound) / value if value - bound >= goal.step else 0.0


def _minimised(model: Model, cost: Expression, until: float, step: float) -> float | None:
    """Look for the least cost; the bound that is proven, or None without any solution."""
    highs = model.highs
    highs.setOptionValue("time_limit", highs.getRunTime() + max(0.05, until - time.monotonic()))
    highs.setOptionValue("mip_abs_gap", step)
    if highs.minimize(cost) == HighsStatus.kError:
        raise RuntimeError(f"HiGHS gave up: {highs.modelStatusToString(highs.getModelStatus())}")
    if highs.getModelStatus() == HighsModelStatus.kInfeasible:
        return None
    info = highs.getInfo()
    if info.primal_solution_status != int(kSolutionStatusFeasible):
        return None
    return float(info.mip_dual_bound)
