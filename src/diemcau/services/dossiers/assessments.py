"""The assessment of sessions: reckoned whenever it is asked for, key figures kept at the closing.

What is kept is for comparison and for the log book (Article 7: connection quality, errors,
remedies). A server that died between the closing and this does it when it comes back.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime

import structlog

from diemcau.domain import planner
from diemcau.domain.assessing import Held, assess
from diemcau.domain.assessment import Assessment, SessionFigures
from diemcau.domain.assessment_tables import tables
from diemcau.domain.casework import Attendance, ChairCall, CheckSheet, Departure
from diemcau.domain.dossier import Dossier, Secrecy
from diemcau.domain.incident import Incident
from diemcau.domain.journal import SYSTEM, Note
from diemcau.domain.line_ranking import RankedOver, ranked_over, ranking_table
from diemcau.domain.refusal import Conflict, Refusal, Text
from diemcau.domain.tracks import number
from diemcau.ports.measures import MeasureStore
from diemcau.ports.sheets import Sheets
from diemcau.ports.store import ConferenceStore, StoreFailed
from diemcau.services.dossiers.files import Files, discreet
from diemcau.services.dossiers.scripts import Scripts
from diemcau.services.refusals import NotStored

log = structlog.get_logger(__name__)


class Assessments:
    def __init__(
        self,
        files: Files,
        scripts: Scripts,
        measures: MeasureStore,
        conferences: ConferenceStore,
        sheets: Sheets,
    ) -> None:
        self._files = files
        self._scripts = scripts
        self._measures = measures
        self._conferences = conferences
        self._sheets = sheets

    async def of(self, dossier: Dossier) -> Assessment:
        """Raises ``StoreFailed``, and ``Conflict`` where it was never opened. A session of 150
        sites takes most of a second to reckon, in a thread: calls are not to wait for it."""
        held, now = await self._held(dossier), self._files.clock.now()
        others, directory = self._open(), self._files.book.directory
        return await asyncio.to_thread(assess, held, directory, now, others)

    async def workbook(self, dossier: Dossier) -> bytes:
        """All figures as an XLSX file; raises ``StoreFailed``."""
        return await asyncio.to_thread(self._sheets.tables, tables(await self.of(dossier)))

    async def keep(self, dossier: Dossier) -> None:
        """Keep a closed session's figures, once, with their line in the log book. What hinders that
        hinders nobody from closing a session."""
        if self._files.records.get(SessionFigures, dossier.id) is not None:
            return
        try:
            await self._keep(dossier)
        except (StoreFailed, NotStored, Conflict) as error:
            log.error("figures not kept yet", dossier=dossier.id, error=str(error))

    async def _keep(self, dossier: Dossier) -> None:
        found = await self.of(dossier)
        text, reason = _said(found)
        note = Note(SYSTEM, "session.assessed", f"dossier/{dossier.id}", text, reason=reason)
        await self._files.records.commit(found.figures, notes=[discreet(note, dossier)])

    def ranking(self, since: datetime, until: datetime) -> tuple[RankedOver, ...]:
        """The lines that want mending, over the sessions that began from ``since`` to before
        ``until``."""
        figures = [one for one in self._open() if since <= one.starts_at < until]
        return ranked_over(figures, self._files.book.directory)

    async def ranking_workbook(self, since: datetime, until: datetime) -> bytes:
        table = ranking_table(self.ranking(since, until))
        return await asyncio.to_thread(self._sheets.tables, [table])

    def _open(self) -> list[SessionFigures]:
        """Of a secret session nothing is told elsewhere."""
        kept = self._files.records.all(SessionFigures).values()
        known = ((one, self._files.find(one.dossier)) for one in kept)
        return [one for one, its in known if its and its.secrecy is not Secrecy.SECRET]

    async def _held(self, dossier: Dossier) -> Held:
        records = self._files.records
        homes, parents = await self._ways(dossier)
        return Held(
            dossier=dossier,
            procedure=self._files.procedure(dossier),
            homes=homes,
            parents=parents,
            attendance=tuple(records.of(Attendance, dossier.id).values()),
            calls=tuple(records.of(ChairCall, dossier.id).values()),
            incidents=tuple(records.of(Incident, dossier.id).values()),
            departures=tuple(records.of(Departure, dossier.id).values()),
            sheets=tuple(records.of(CheckSheet, dossier.id).values()),
            script=self._scripts.in_force(dossier),
            minutes=await self._measures.minutes(dossier.id),
        )

    async def _ways(self, dossier: Dossier) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Each site's MCU and the MCU above each: as the session was held, else nothing."""
        held = await self._conferences.conference(dossier.conference)
        directory = self._files.book.directory
        if held is None:
            return {}, {}
        try:
            homes = {site: planner.home(held, directory, site) for site in held.sites}
            return homes, planner.cascade(held, directory).parent
        except Refusal:
            return {}, {}


def _said(found: Assessment) -> tuple[Text, str]:
    """Connection quality and errors; remedies."""
    figures = found.figures
    vi = (
        f"Chất lượng phiên họp: sẵn sàng kết nối {number(figures.available_pct)} %,"
        f" mất gói {number(figures.loss_pct, 2)} %, điểm tiếng nói {number(figures.mos, 2)};"
        f" {figures.calls_within}/{figures.calls} lần mời nối kịp; {figures.incidents} sự cố"
    )
    en = (
        f"Quality of the session: available {figures.available_pct} %, loss {figures.loss_pct} %,"
        f" MOS {figures.mos}; {figures.calls_within} of {figures.calls} calls in time;"
        f" {figures.incidents} incidents"
    )
    wrong = (
        f"{one.name}: {one.text} ({one.remedy or 'chưa khắc phục'})"
        for one in found.incidents.incidents
    )
    return Text(vi, en), "; ".join(wrong)
