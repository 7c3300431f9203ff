"""The clock of the procedures: raises what is due, warns before it, escalates what stays late.

It keeps nothing of its own. What is to be raised follows from what is stored and from the time,
so a server that comes back raises what fell due meanwhile, and nothing twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from diemcau.domain.agenda import Alarm, Level, alarms, next_moment
from diemcau.domain.directory import Person
from diemcau.domain.dossier import Dossier
from diemcau.domain.evidence import remaining
from diemcau.domain.journal import SYSTEM
from diemcau.domain.procedure import NO_TEXT, Procedure
from diemcau.domain.recipients import escalation
from diemcau.domain.refusal import Refusal, Text
from diemcau.services.dossiers.files import Draft, Files
from diemcau.services.dossiers.post import Post
from diemcau.services.dossiers.responsible import Responsible
from diemcau.services.ticking import Ticking

log = structlog.get_logger(__name__)

AT_LEAST_S = 0.05
LONGEST_S = 3600.0
"""Look again at least this often: the clock of the machine may be set."""


class Lifecycle(Ticking):
    again_s = 5.0

    def __init__(self, files: Files, post: Post, responsible: Responsible) -> None:
        super().__init__()
        self._files = files
        self._post = post
        self._responsible = responsible
        self._silent: set[str] = set()
        files.records.listeners.append(lambda *_: self.wake())

    async def tick(self) -> bool:
        """Raise all that is due now; whether all of it could be."""
        raised = True
        for dossier, procedure in self._to_do():
            try:
                await self._raise(dossier, procedure)
            except Refusal as refusal:
                raised = False
                log.error("alarms not raised", dossier=dossier.id, error=str(refusal))
        return raised

    def next_moment(self) -> datetime | None:
        """When something falls due; None if nothing ever will."""
        now = self._files.clock.now()
        moments = [
            next_moment(procedure, d.times, d.steps, d.raised, now, d.timed_at)
            for d, procedure in self._to_do()
        ]
        return min((moment for moment in moments if moment is not None), default=None)

    def pause(self) -> float:
        moment = self.next_moment()
        if moment is None:
            return LONGEST_S
        return min(max(self._files.clock.seconds_until(moment), AT_LEAST_S), LONGEST_S)

    @contextmanager
    def silent(self, dossier_id: str) -> Iterator[None]:
        """Raise nothing of a dossier while somebody is still making it, in several changes."""
        self._silent.add(dossier_id)
        try:
            yield
        finally:
            self._silent.discard(dossier_id)
            self.wake()

    def _to_do(self) -> list[tuple[Dossier, Procedure]]:
        return [(d, procedure) for d, procedure in self._files.to_do() if d.id not in self._silent]

    async def _raise(self, dossier: Dossier, procedure: Procedure) -> None:
        now = self._files.clock.now()
        for alarm in _fallen(procedure, dossier, now):
            work = partial(self._draft, procedure=procedure, alarm=alarm, now=now)
            await self._files.change(dossier.id, SYSTEM, work)

    def _draft(self, dossier: Dossier, procedure: Procedure, alarm: Alarm, now: datetime) -> Draft:
        """The alarm is raised, unless meanwhile it was, or there is no reason any more."""
        text = _words(procedure, alarm)
        if alarm not in _fallen(remaining(dossier, procedure), dossier, now):
            return Draft(dossier, "alarm.raised", NO_TEXT)
        due = _due(procedure, dossier, alarm)
        people = self._people(dossier, procedure, alarm, now)
        messages = self._post.alarms(dossier, alarm.id, text, due, people, now)
        after = replace(dossier, raised=dossier.raised | {alarm.id})
        told = ", ".join(person.name for person in people)
        said = Text(f"{text.vi} → {told}" if told else text.vi, text.en)
        return Draft(after, f"alarm.{alarm.level}", said, messages=tuple(messages))

    def _people(
        self, dossier: Dossier, procedure: Procedure, alarm: Alarm, now: datetime
    ) -> tuple[Person, ...]:
        """The more often something was late, the further up."""
        units = self._responsible.units(dossier, procedure, alarm.subject)
        nth = alarm.nth + 1 if alarm.level is Level.ESCALATE else 1
        return escalation(self._files.book.directory, units, nth, now)


def _fallen(procedure: Procedure, dossier: Dossier, now: datetime) -> tuple[Alarm, ...]:
    return alarms(procedure, dossier.times, dossier.steps, dossier.raised, now, dossier.timed_at)


def _words(procedure: Procedure, alarm: Alarm) -> Text:
    gate = next((gate for gate in procedure.gates if gate.id == alarm.subject), None)
    step = procedure.step(alarm.subject)
    title = gate.title if gate else step.title if step else Text(alarm.subject, alarm.subject)
    if gate is not None:
        return Text(f"Chưa đạt mốc: {title.vi}", f"Gate missed: {title.en}")
    match alarm.level:
        case Level.WARN:
            return Text(f"Sắp đến hạn: {title.vi}", f"Due soon: {title.en}")
        case Level.LATE:
            return Text(f"Quá hạn: {title.vi}", f"Late: {title.en}")
        case _:
            return Text(
                f"Vẫn quá hạn (lần {alarm.nth}): {title.vi}",
                f"Still late ({alarm.nth}): {title.en}",
            )


def _due(procedure: Procedure, dossier: Dossier, alarm: Alarm) -> datetime:
    step = procedure.step(alarm.subject)
    return (step.due(dossier.times) if step else None) or alarm.at
