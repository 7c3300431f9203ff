"""``bench plan``: how good a cascade plan is, and how soon.

The solver against the greedy on the same problem. ``gap`` 0: proven that there is none better.
``greedy_cost_ratio``: the greedy's first cost (levels of all sites) over the solver's;
none if it finds no plan.
"""

import asyncio
import time
from typing import Any

from diemcau.benches import plan_cases
from diemcau.domain.cascade_greedy import drafted
from diemcau.domain.cascade_plan import PlanProblem
from diemcau.planning import HighsSolver

CASES = (
    ("vinh-phuc-2022", plan_cases.vinh_phuc_2022, 10.0),
    ("phu-tho-2025", plan_cases.phu_tho_2025, 10.0),
    ("nation-2025", plan_cases.nation_2025, 30.0),
)
"""Each with the seconds it may take; it ends as soon as nothing better can be found."""


async def run(quick: bool = False) -> dict[str, Any]:
    cases = CASES[:2] if quick else CASES
    return {
        "bench": "plan",
        "cases": [
            await asyncio.to_thread(_case, name, make(), seconds) for name, make, seconds in cases
        ],
    }


def _case(name: str, problem: PlanProblem, seconds: float) -> dict[str, Any]:
    solver = HighsSolver()
    begun = time.monotonic()
    plan = solver.solve(problem, seconds)
    took = time.monotonic() - begun
    simple = drafted(problem)
    begun = time.monotonic()
    found = solver.risks(problem, plan, seconds)
    return {
        "name": name,
        "sites": len(problem.sites),
        "mcus": len(problem.mcus),
        "levels": plan.levels,
        "gap": round(plan.gap, 4),
        "optimal": plan.optimal,
        "seconds": round(took, 3),
        "greedy_cost_ratio": None
        if simple.left_out
        else round(simple.plan.cost.hops / max(1, plan.cost.hops), 4),
        "cost": plan.cost._asdict(),
        "greedy_cost": simple.plan.cost._asdict(),
        "risks": len(found),
        "not_carried": sum(not risk.carried for risk in found),
        "risks_seconds": round(time.monotonic() - begun, 3),
    }
