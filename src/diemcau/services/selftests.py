"""A room's own test of camera, sound and line: kept, and entered on the check sheets it answers."""

from collections.abc import Iterable

from diemcau.domain.dossier import Dossier
from diemcau.domain.journal import Note
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
            sheets = self._checks.answered(dossier, site, answers(test), by, test.at)
            return Draft(dossier, "self-test", self._text(test), (test, *sheets))

        await self._files.change(dossier_id, by, work)
        return test

    def _text(self, test: SelfTest) -> Text:
        name = self._files.book.directory.site(test.site).name
        failed = ", ".join(finding.item for finding in test.results if not finding.passed)
        if not failed:
            return Text(f"{name} tự kiểm tra: đạt", f"{name} tested itself: passed")
        return Text(
            f"{name} tự kiểm tra: không đạt {failed}", f"{name} tested itself: failed {failed}"
        )
