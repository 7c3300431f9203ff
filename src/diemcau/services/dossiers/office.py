"""All work on dossiers, put together."""

from dataclasses import dataclass

from diemcau.domain.dossier import Dossier
from diemcau.services.dossiers.assessments import Assessments
from diemcau.services.dossiers.bell import Bell
from diemcau.services.dossiers.cases import Cases, Request
from diemcau.services.dossiers.checks import Checks
from diemcau.services.dossiers.desk import Desk
from diemcau.services.dossiers.files import Files
from diemcau.services.dossiers.lifecycle import Lifecycle
from diemcau.services.dossiers.news import News
from diemcau.services.dossiers.notices import Notices
from diemcau.services.dossiers.plans import Plans
from diemcau.services.dossiers.printing import Printing
from diemcau.services.dossiers.scripts import Scripts
from diemcau.services.dossiers.sitting import Sitting


@dataclass(frozen=True)
class Office:
    files: Files
    cases: Cases
    notices: Notices
    scripts: Scripts
    plans: Plans
    checks: Checks
    sitting: Sitting
    desk: Desk
    lifecycle: Lifecycle
    bell: Bell
    printing: Printing
    assessments: Assessments
    news: News

    async def urgent(self, request: Request, by: str) -> Dossier:
        """An urgent session (R6.2), in one go: planned, told, and building on its MCUs.

        Each part is stored by itself, so that asking again with the same key goes on where a
        failure ended it. Raises what the parts raise; a plan that cannot be is no reason not to
        tell people, so they are told first. What is late is raised when all of it is done.
        """
        dossier = await self.cases.open(request, by)
        with self.lifecycle.silent(dossier.id):
            return await self._told_and_opened(dossier, by)

    async def _told_and_opened(self, dossier: Dossier, by: str) -> Dossier:
        if not dossier.notice:
            dossier = await self.notices.announce(dossier.id, by)
        kept = self.files.plan(dossier)
        if kept is None:
            kept = await self.plans.draw(dossier.id, by)
        if kept.agreed_at is None:
            await self.plans.agree(dossier.id, by)
        return await self.sitting.open(dossier.id, by)
