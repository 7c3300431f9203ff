"""Moves rehearsals on: begins what is due, takes in what examiners found, enters the marks.

Who is to be examined is part of the stored conference, so a server that comes back goes on.
"""

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import structlog

from diemcau.domain.conference import Conference, Rehearsal, Trial
from diemcau.domain.dossier import Dossier
from diemcau.domain.examination import Bound, Fault, Measured, answers, crossed, judge
from diemcau.domain.examination_words import WORDS
from diemcau.domain.journal import SYSTEM, Note
from diemcau.domain.quality import believed
from diemcau.domain.refusal import Refusal, Text, Unknown
from diemcau.domain.rehearsal import Examined, is_under_examination, next_moment
from diemcau.ports.clock import Clock
from diemcau.ports.mcus import Report
from diemcau.services.conferences import ConferenceControl
from diemcau.services.dossiers.checks import Checks
from diemcau.services.dossiers.files import Draft, Files
from diemcau.services.live import moment
from diemcau.services.observations import NOTHING, Observations, Said
from diemcau.services.rooms import file_of
from diemcau.services.ticking import Ticking

log = structlog.get_logger(__name__)

Json = dict[str, Any]

UNHEARD_DB = -60.0
"""A page that plays nothing louder while the chirp is sent does not get it, in dBFS."""


@dataclass(frozen=True)
class Found:
    """What an examiner told of one examination."""

    conference: str
    site: str
    attempt: int
    figures: Mapping[str, float]
    mark: int | None
    hears: bool


class Rehearsals(Ticking):
    again_s = 1.0

    def __init__(
        self,
        control: ConferenceControl,
        observations: Observations,
        files: Files,
        checks: Checks,
        clock: Clock,
    ) -> None:
        super().__init__()
        self._control = control
        self._observations = observations
        self._files = files
        self._checks = checks
        self._clock = clock
        self._looked_at = clock.now()
        """When it last looked what is due."""
        self._sessions: dict[tuple[str, str], str] = {}
        """By conference and site: the session in which it failed, or could not be examined."""
        self._views: dict[str, tuple[Rehearsal | None, Json]] = {}

    async def begin(self, conference: str, sites: Sequence[str], by: str) -> None:
        """Examine these sites, all if none is named; of those under way already, once more."""
        await self._control.rehearse(conference, sites)
        text = Text("Bắt đầu đo kiểm tự động", "Unattended rehearsal begun")
        await self._tell(conference, by, "rehearsal.begun", text)

    async def end(self, conference: str, by: str) -> None:
        await self._control.end_rehearsal(conference)
        text = Text("Dừng đo kiểm tự động", "Unattended rehearsal ended")
        await self._tell(conference, by, "rehearsal.ended", text)

    def heard(self, conference: str) -> None:
        """There is news of a conference: somebody came or went, or it was changed."""
        found = self._control.find(conference)
        if found is not None and found.rehearsal is not None:
            self.wake()

    async def tick(self) -> bool:
        stored, self._looked_at = True, self._clock.now()
        for conference in self._control.all():
            if conference.rehearsal is None:
                continue
            said, back = self._observations.of(conference.id), self._back(conference)
            try:
                after = await self._control.move_rehearsal(
                    conference.id, self._looked_at, said.there(), back
                )
            except Refusal as refusal:
                stored = False
                log.error("rehearsal not moved on", conference=conference.id, error=str(refusal))
                continue
            for site in set(after.under_examination) - set(conference.under_examination):
                said.look_again(site)
        return stored

    def pause(self) -> float | None:
        """Until something falls due that was not when it last looked. What was, and cannot begin
        yet, begins when another one ends, the session lets go of the site, or somebody comes: there
        is news of all of these."""
        moments = [next_moment(c, self._looked_at) for c in self._control.all()]
        later = [moment for moment in moments if moment is not None]
        return self._clock.seconds_until(min(later)) if later else None

    def examined(self, report: Report) -> Coroutine[Any, Any, None]:
        """What an examiner found at a site of that MCU, or why it found nothing; raises
        ``KeyError``, ``TypeError`` or ``ValueError`` for what is no such report."""
        params = report.params
        if "failed" in params:
            conference, site = str(params["conference"]), str(params["site"])
            log.warning("not examined", conference=conference, site=site, why=params["failed"])
            return self._found_nothing(report.mcu, conference, site, int(params["attempt"]))
        mark = params["mark"]
        found = Found(
            conference=str(params["conference"]),
            site=str(params["site"]),
            attempt=int(params["attempt"]),
            figures={str(name): float(value) for name, value in params["figures"].items()},
            mark=None if mark is None else int(mark),
            hears=bool(params["hears"]),
        )
        if not all(isfinite(value) for value in found.figures.values()):
            raise ValueError("a figure is a finite number")
        return self._take_in(report.mcu, found)

    async def _take_in(self, mcu: str, found: Found) -> None:
        conference = self._examining(mcu, found.conference, found.site, found.attempt)
        if conference is None:
            return
        site = found.site
        measured = self._measured(conference, found)
        faults = judge(measured)
        record = Examined(
            id=f"{file_of(conference.id)}.{site}",
            dossier=file_of(conference.id),
            site=site,
            at=self._clock.now(),
            attempt=found.attempt,
            faults=tuple(faults),
            figures=measured.figures,
            mark=found.mark,
            bounds={str(fault): bounds for fault, bounds in crossed(measured).items()},
        )
        await self._keep(conference, record, measured)
        self._views.pop(conference.id, None)
        await self._over(conference.id, site, found.attempt, not faults)

    async def _found_nothing(self, mcu: str, conference_id: str, site: str, attempt: int) -> None:
        """It says nothing of the site, which is given back and examined again after a while."""
        if self._examining(mcu, conference_id, site, attempt) is not None:
            await self._over(conference_id, site, attempt, passed=False)

    async def _over(self, conference: str, site: str, attempt: int, passed: bool) -> None:
        if not passed:
            self._sessions[conference, site] = self._session(conference, site)
        await self._control.examined(conference, site, attempt, passed)

    def _examining(self, mcu: str, name: str, site: str, attempt: int) -> Conference | None:
        """The conference of which that MCU examines the site in this attempt."""
        conference = self._control.find(name)
        if conference is None or self._control.home(name, site) != mcu:
            return None
        return conference if is_under_examination(conference, site, attempt) else None

    def view(self, conference: Conference) -> Json:
        """``rehearsal``, and ``examinations`` by site, as live state shows them.

        Live state is rendered several times a second; this is put together when it changed.
        """
        kept = self._views.get(conference.id)
        if kept is None or kept[0] is not conference.rehearsal:
            kept = self._views[conference.id] = conference.rehearsal, self._view(conference)
        return kept[1]

    def passed(self, dossier: str) -> dict[str, bool]:
        """Of the sites that were examined for a dossier: whether each had no fault the last
        time."""
        return {one.site: not one.faults for one in self._kept(dossier).values()}

    def found(self, dossier: str, site: str) -> Json:
        """What the last examination of a site found; raises ``Unknown`` if there was none."""
        record = self._kept(dossier).get(f"{dossier}.{site}")
        if record is None:
            raise Unknown("Điểm cầu này chưa được đo kiểm.", "This site was not examined yet.")
        return _examined_json(record)

    def forget(self, conference: str) -> None:
        """The conference is over."""
        self._views.pop(conference, None)
        self._sessions = {k: session for k, session in self._sessions.items() if k[0] != conference}

    def _view(self, conference: Conference) -> Json:
        rehearsal = conference.rehearsal
        trials = {trial.site: trial for trial in rehearsal.trials} if rehearsal else {}
        found = {one.site: one for one in self._kept(file_of(conference.id)).values()}
        sites = [site for site in conference.sites if site in found or site in trials]
        view: Json = {"examinations": {s: _site_json(trials.get(s), found.get(s)) for s in sites}}
        if rehearsal is not None:
            failed = [
                site
                for site, trial in trials.items()
                if trial.attempt > 1 and site in found and found[site].at >= rehearsal.since
            ]
            idle = [trial.site for trial in rehearsal.trials if trial.since is None]
            view["rehearsal"] = {
                "since": moment(rehearsal.since),
                "running": list(conference.under_examination),
                "waiting": [site for site in idle if site not in failed],
                "failed": failed,
                "passed": list(rehearsal.passed),
            }
        return view

    def _kept(self, dossier: str) -> Mapping[str, Examined]:
        return self._files.records.of(Examined, dossier)

    def _measured(self, conference: Conference, found: Found) -> Measured:
        said, site = self._observations.of(conference.id), found.site
        slot = conference.slots.index(site) if site in conference.slots else None
        line = said.page_quality.get(site, {}) | said.quality.get(site, {})
        return Measured(
            figures={**believed(line), **found.figures},
            mark=found.mark,
            expected=self._files.book.directory.site(site).number,
            hears=found.hears and said.loudest_heard.get(site, 0.0) > UNHEARD_DB,
            reached=None if slot is None else self._reached(said, site, slot),
        )

    @staticmethod
    def _reached(said: Said, site: str, slot: int) -> bool:
        """Whether its picture was in the mixer at any time of the examination."""
        return site in said.arrived or said.input(site, slot) == "live"

    def _back(self, conference: Conference) -> set[str]:
        """Sites that failed in another session than the present one."""
        trials = conference.rehearsal.trials if conference.rehearsal else ()
        failed = {t.site for t in trials if (conference.id, t.site) in self._sessions}
        return {
            site
            for site in failed
            if self._session(conference.id, site) not in ("", self._sessions[conference.id, site])
        }

    def _session(self, conference: str, site: str) -> str:
        said = self._observations.of(conference)
        seen = said.seen.get(self._control.home(conference, site), NOTHING)
        return seen.publishers.get(site, "")

    async def _keep(self, conference: Conference, record: Examined, measured: Measured) -> None:
        name = self._files.book.directory.site(record.site).name
        text = _found(name, [Fault(fault) for fault in record.faults])
        dossier = self._files.of_conference(conference.id)
        if dossier is None:
            note = Note(SYSTEM, "site.examined", f"dossier/{record.dossier}", text)
            await self._files.records.commit(record, notes=[note])
            return

        def work(before: Dossier) -> Draft:
            told = {
                item: (answer.passed, _reasons(answer.faults).vi)
                for item, answer in answers(measured).items()
            }
            sheets = self._checks.answered(before, record.site, told, SYSTEM, record.at)
            return Draft(before, "site.examined", text, (record, *sheets))

        await self._files.change(dossier.id, SYSTEM, work)

    async def _tell(self, conference: str, by: str, action: str, text: Text) -> None:
        dossier = self._files.of_conference(conference)
        if dossier is not None:
            await self._files.tell(dossier, by, action, text)


def _found(name: str, faults: Sequence[Fault]) -> Text:
    if not faults:
        return Text(f"Đo kiểm {name}: đạt", f"{name} examined: passed")
    reasons = _reasons(faults)
    return Text(f"Đo kiểm {name}: {reasons.vi}", f"{name} examined: {reasons.en}")


def _reasons(faults: Sequence[Fault]) -> Text:
    reasons = [WORDS[fault].reason for fault in faults]
    return Text(" ".join(text.vi for text in reasons), " ".join(text.en for text in reasons))


def _site_json(trial: Trial | None, record: Examined | None) -> Json:
    """How a site's examination stands: waiting or running now, and what the last one found."""
    state = "passed" if record is not None and not record.faults else "failed"
    if trial is not None and trial.since is not None:
        state = "running"
    elif record is None:
        state = "waiting"
    if record is None:
        return {"state": state}
    return {"state": state, **_examined_json(record)}


def _examined_json(record: Examined) -> Json:
    """What an examination found. A bound of a fault that is not among ``faults`` was crossed too,
    and follows from one that is."""
    return {
        "at": moment(record.at),
        "attempt": record.attempt,
        "faults": [_fault_json(Fault(fault)) for fault in record.faults],
        "figures": dict(record.figures),
        "bounds": {
            fault: [_bound_json(bound) for bound in bounds]
            for fault, bounds in record.bounds.items()
        },
    }


def _bound_json(bound: Bound) -> Json:
    ends = {"least": bound.least, "most": bound.most}
    return {"figure": bound.figure, **{end: v for end, v in ends.items() if v is not None}}


def _fault_json(fault: Fault) -> Json:
    words = WORDS[fault]
    return {
        "fault": str(fault),
        "reason": {"vi": words.reason.vi, "en": words.reason.en},
        "advice": {"vi": words.advice.vi, "en": words.advice.en},
    }
