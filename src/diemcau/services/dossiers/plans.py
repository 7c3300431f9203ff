"""The cascade plan of a session (R6.1-3): solved, changed by hand, agreed, and then built."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from diemcau.domain.cascade_limits import violations
from diemcau.domain.cascade_plan import CascadePlan, PlanProblem, plan_of
from diemcau.domain.cascade_problem import problem_of
from diemcau.domain.cascade_words import explain
from diemcau.domain.casework import DossierPlan
from diemcau.domain.clashes import gone
from diemcau.domain.dossier import Dossier, Stage
from diemcau.domain.localtime import local_day
from diemcau.domain.refusal import Conflict, Invalid, Text, Unknown
from diemcau.ports.planning import PlanSolver
from diemcau.services.dossiers.files import Draft, Files

SECONDS = 10.0
"""The solver's time for a province; what it has by then is the plan, with the gap that is left."""


RISK_SECONDS = 5.0


class Plans:
    def __init__(self, files: Files, solver: PlanSolver) -> None:
        self._files = files
        self._solver = solver

    async def draw(
        self, dossier_id: str, by: str, pins: Mapping[str, str] | None = None
    ) -> DossierPlan:
        """The best plan there is; ``pins`` fix the MCU of some sites. Raises ``Infeasible``."""
        dossier = self._files.dossier(dossier_id)
        problem = self.problem(dossier, pins)
        plan = await asyncio.to_thread(self._solver.solve, problem, SECONDS)
        return await self._keep(dossier, problem, plan, bool(pins), by)

    async def edit(
        self, dossier_id: str, parent: Mapping[str, str], home: Mapping[str, str], by: str
    ) -> DossierPlan:
        """A plan made by hand; raises ``Invalid`` with every limit it breaks."""
        dossier = self._files.dossier(dossier_id)
        problem = self.problem(dossier)
        plan = plan_of(problem, parent, home)
        broken = violations(problem, plan)
        if broken:
            raise Invalid(" ".join(f.vi for f in broken), " ".join(f.en for f in broken))
        return await self._keep(dossier, problem, plan, True, by)

    async def agree(self, dossier_id: str, by: str) -> Dossier:
        """The units have agreed on it: this is what will be built."""

        def work(dossier: Dossier) -> Draft:
            dossier.require_open()
            kept = self._files.plan(dossier)
            if kept is None:
                raise Conflict(
                    "Chưa có phương án; hãy lập trước.", "There is no plan; make it first."
                )
            joining = set(map(self._files.book.directory.joining, dossier.sites))
            if set(kept.plan.home) != joining or kept.plan.master != dossier.master:
                raise Conflict(
                    "Danh sách điểm cầu hoặc MCU chủ đã đổi sau khi lập phương án; hãy lập lại.",
                    "Sites or master changed after the plan was made; make it anew.",
                )
            after = replace(kept, agreed_at=self._files.clock.now(), agreed_by=by)
            text = Text("Thống nhất phương án kỹ thuật", "Technical plan agreed")
            return Draft(dossier, "plan.agreed", text, (after,))

        return await self._files.change(dossier_id, by, work)

    def problem(self, dossier: Dossier, pins: Mapping[str, str] | None = None) -> PlanProblem:
        """Raises ``Unknown`` with every site that is not there on the day of the session."""
        directory = self._files.book.directory
        missing = [clash.text for clash in gone(dossier, directory)]
        if missing:
            raise Unknown(" ".join(t.vi for t in missing), " ".join(t.en for t in missing))
        day = local_day(dossier.starts_at)
        return problem_of(directory, dossier.master, dossier.sites, day, pins=pins or {})

    async def _keep(
        self, dossier: Dossier, problem: PlanProblem, plan: CascadePlan, edited: bool, by: str
    ) -> DossierPlan:
        found = await asyncio.to_thread(self._solver.risks, problem, plan, RISK_SECONDS)
        kept = DossierPlan(
            id=dossier.id,
            dossier=dossier.id,
            plan=plan,
            at=self._files.clock.now(),
            by=by,
            edited=edited,
            notes=explain(problem, plan),
            risks=tuple(risk.text for risk in found if not risk.carried),
        )

        def work(now: Dossier) -> Draft:
            now.require_open()
            if now.stage is Stage.HELD:
                raise Conflict(
                    "Phiên họp đang chạy theo phương án đã thống nhất; bế mạc rồi mới đổi.",
                    "The session runs on the agreed plan; close it before changing that.",
                )
            text = Text("Lập phương án kết nối cascade", "Cascade plan made")
            return Draft(now, "plan.made", text, (kept,))

        await self._files.change(dossier.id, by, work)
        return kept
