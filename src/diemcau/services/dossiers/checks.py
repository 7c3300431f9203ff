"""Technical checks (steps 4a, 4b, 5): marks of every site, retests, contacts handed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from diemcau.domain.agenda import State, agenda
from diemcau.domain.casework import (
    CheckSheet,
    HandIn,
    checked_step,
    marked,
)
from diemcau.domain.dossier import Dossier
from diemcau.domain.evidence import missing_sites, sites_of
from diemcau.domain.procedure import Step
from diemcau.domain.refusal import Invalid, Text
from diemcau.services.dossiers.files import Draft, Files


@dataclass(frozen=True)
class Result:
    """What somebody enters about one item; a failed one says what is wrong."""

    item: str
    passed: bool
    note: str = ""


@dataclass(frozen=True)
class Contact:
    """What a site hands in: who answers there, its MCU's technician, and how to connect."""

    name: str
    phone: str
    technician: str = ""
    technician_phone: str = ""
    connection: str = ""


class Checks:
    def __init__(self, files: Files) -> None:
        self._files = files

    async def mark(
        self, dossier_id: str, step_id: str, site: str, results: Sequence[Result], by: str
    ) -> CheckSheet:
        """Enter results of a site, all of them or none."""

        def work(dossier: Dossier) -> Draft:
            dossier.require_open()
            dossier.require_site(site)
            procedure = self._files.procedure(dossier)
            sheet = self.sheet(dossier, step_id, site)
            for result in results:
                checked_step(procedure, step_id, result.item)
                now = self._files.clock.now()
                sheet = marked(sheet, result.item, result.passed, result.note, by, now)
            failed = [result.item for result in results if not result.passed]
            name = self._files.book.directory.site(site).name
            text = (
                Text(f"{name}: không đạt {', '.join(failed)}", f"{name}: failed {failed}")
                if failed
                else Text(f"{name}: kiểm tra đạt", f"{name}: checks passed")
            )
            return Draft(dossier, "check.marked", text, (sheet,))

        if not results:
            raise Invalid("Chưa có kết quả nào.", "There is no result.")
        await self._files.change(dossier_id, by, work)
        return self.sheet(self._files.dossier(dossier_id), step_id, site)

    async def hand_in(self, dossier_id: str, site: str, contact: Contact, by: str) -> HandIn:
        """A site's contact and connection data (R6.1-4b); a later one replaces the former."""
        if not contact.name.strip() or not contact.phone.strip():
            raise Invalid(
                "Cần họ tên và điện thoại của cán bộ tại điểm cầu.",
                "The name and telephone of whoever answers at the site are needed.",
            )

        def work(dossier: Dossier) -> Draft:
            dossier.require_open()
            dossier.require_site(site)
            record = HandIn(
                id=f"{dossier_id}.{site}",
                dossier=dossier_id,
                site=site,
                name=contact.name.strip(),
                phone=contact.phone.strip(),
                at=self._files.clock.now(),
                by=by,
                technician=contact.technician.strip(),
                technician_phone=contact.technician_phone.strip(),
                connection=contact.connection.strip(),
            )
            name = self._files.book.directory.site(site).name
            text = Text(f"{name} cung cấp đầu mối", f"{name} handed in its contact")
            return Draft(dossier, "contact.handed-in", text, (record,))

        await self._files.change(dossier_id, by, work)
        return self._files.records.of(HandIn, dossier_id)[f"{dossier_id}.{site}"]

    def sheet(self, dossier: Dossier, step_id: str, site: str) -> CheckSheet:
        """A site's sheet in a step, empty if nothing was entered yet."""
        sheet_id = f"{dossier.id}.{step_id}.{site}"
        kept = self._files.records.get(CheckSheet, sheet_id)
        return kept or CheckSheet(sheet_id, dossier.id, step_id, site)

    def answered(
        self,
        dossier: Dossier,
        site: str,
        answers: Mapping[str, tuple[bool, str]],
        by: str,
        at: datetime,
    ) -> list[CheckSheet]:
        """The sheets of the steps that are open now, with what was measured at a site: by check
        item, whether it passed, else why not. A mark that says the same already stays; of a session
        that is over nothing is entered."""
        sheets = []
        for step in [] if dossier.ended else self._open_steps(dossier, site):
            sheet = before = self.sheet(dossier, step.id, site)
            for item in (item for item in step.checks if item in answers):
                passed, note = answers[item]
                former = sheet.mark(item)
                if former is None or former.passed != passed:
                    sheet = marked(sheet, item, passed, note, by, at)
            sheets += [sheet] if sheet != before else []
        return sheets

    def _open_steps(self, dossier: Dossier, site: str) -> list[Step]:
        procedure = self._files.procedure(dossier)
        items = agenda(procedure, dossier.times, dossier.steps, self._files.clock.now())
        steps = [item.step for item in items if item.state is State.OPEN and item.step.checks]
        return [step for step in steps if site in self.sites(dossier, step)]

    def steps(self, dossier: Dossier) -> list[Step]:
        """The steps of the procedure that have a check list."""
        return [step for step in self._files.procedure(dossier).steps if step.checks]

    def sites(self, dossier: Dossier, step: Step) -> tuple[str, ...]:
        return sites_of(step, dossier, self._files.facts(dossier))

    def missing(self, dossier: Dossier, step: Step) -> tuple[str, ...]:
        """The sites on which the step still waits."""
        return missing_sites(step, dossier, self._files.facts(dossier))
