"""A room's own test of camera, sound and line: kept, and entered on the check sheets it answers."""

from collections.abc import Iterable, Sequence

from diemcau.domain.agenda import State, agenda
from diemcau.domain.casework import CheckSheet, marked
from diemcau.domain.dossier import Dossier
from diemcau.domain.journal import Note
from diemcau.domain.procedure import Step
from diemcau.domain.refusal import Text
from diemcau.domain.selftest import Finding, SelfTest, answers, tested
from diemcau.services.dossiers.checks import Checks
from diemcau.services.dossiers.files import Draft, Files


class SelfTests:
    def __init__(self, files: Files, checks: Checks) -> None:
        self._files = files
        self._checks = checks

    def last(self, dossier: str, site: str) -> SelfTest | None:
        return self._files.records.get(SelfTest, f"{dossier}.{site}")

    async def keep(
        self, dossier_id: str, site: str, results: Iterable[Finding], by: str
    ) -> SelfTest:
        """The site's latest test; raises ``Invalid``. In a session that has a dossier (else its id
        is the conference's) the open steps whose check lists ask for the same get their marks."""
        test = tested(dossier_id, site, results, by, self._files.clock.now())
        dossier = self._files.records.get(Dossier, dossier_id)
        if dossier is None:
            note = Note(by, "self-test", f"dossier/{dossier_id}", self._text(test))
            await self._files.records.commit(test, notes=[note])
            return test

        def work(dossier: Dossier) -> Draft:
            dossier.require_site(site)
            sheets = [] if dossier.ended else self._sheets(dossier, test)
            return Draft(dossier, "self-test", self._text(test), (test, *sheets))

        await self._files.change(dossier_id, by, work)
        return test

    def _sheets(self, dossier: Dossier, test: SelfTest) -> Sequence[CheckSheet]:
        """Sheets of the steps that are open now; a mark that says the same already stays."""
        told = answers(test)
        sheets = []
        for step in self._open_steps(dossier, test.site):
            sheet = before = self._checks.sheet(dossier, step.id, test.site)
            for item in (item for item in step.checks if item in told):
                passed, note = told[item]
                former = sheet.mark(item)
                if former is None or former.passed != passed:
                    sheet = marked(sheet, item, passed, note, test.by, test.at)
            sheets += [sheet] if sheet != before else []
        return sheets

    def _open_steps(self, dossier: Dossier, site: str) -> list[Step]:
        procedure = self._files.procedure(dossier)
        items = agenda(procedure, dossier.times, dossier.steps, self._files.clock.now())
        steps = [item.step for item in items if item.state is State.OPEN and item.step.checks]
        return [step for step in steps if site in self._checks.sites(dossier, step)]

    def _text(self, test: SelfTest) -> Text:
        name = self._files.book.directory.site(test.site).name
        failed = ", ".join(finding.item for finding in test.results if not finding.passed)
        if not failed:
            return Text(f"{name} tự kiểm tra: đạt", f"{name} tested itself: passed")
        return Text(
            f"{name} tự kiểm tra: không đạt {failed}", f"{name} tested itself: failed {failed}"
        )
