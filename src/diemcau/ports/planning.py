"""Who draws up cascade plans: a solver, or something that looks for itself."""

from typing import Protocol

from diemcau.domain.cascade_plan import CascadePlan, PlanProblem
from diemcau.domain.cascade_risks import Risk


class PlanSolver(Protocol):
    """Both methods compute and do not wait: call them in a thread of their own."""

    def solve(self, problem: PlanProblem, seconds: float) -> CascadePlan:
        """The best plan found in that time; it keeps all limits and costs no more than the greedy.

        Raises ``Infeasible``, which names every shortage, when there is none.
        """
        ...

    def risks(self, problem: PlanProblem, plan: CascadePlan, seconds: float) -> tuple[Risk, ...]:
        """What each single failure would cost, the worst first; a site is *lost* only if no plan
        was found that carries it along with the others."""
        ...
