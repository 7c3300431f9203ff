"""What is mine to do next, and by when: the same list for everybody, seen from where he stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from diemcau.domain.agenda import Item, State, agenda
from diemcau.domain.casework import Answer
from diemcau.domain.dossier import Dossier
from diemcau.domain.evidence import Facts, missing_sites, remaining, sites_of
from diemcau.domain.permissions import ALLOWED, Action
from diemcau.domain.procedure import Evidence
from diemcau.domain.refusal import Text
from diemcau.domain.roles import Role
from diemcau.ports.identity import Principal
from diemcau.services.dossiers.files import Files
from diemcau.services.guard import Guard, dossier_place

ANSWER = Text("Xác nhận thông báo", "Acknowledge the notice")


@dataclass(frozen=True)
class Task:
    """``kind``: answer or step; ``subject``: the unit or step; ``sites``: mine that are missing."""

    kind: str
    dossier: str
    session: str
    starts_at: datetime
    subject: str
    title: Text
    due: datetime | None
    late: bool
    sites: tuple[str, ...] = ()
    blocked: bool = False


class Desk:
    def __init__(self, files: Files, guard: Guard) -> None:
        self._files = files
        self._guard = guard

    def visible(self, who: Principal) -> list[Dossier]:
        """The dossiers that somebody may see, the next session first, ended ones last."""
        dossiers = self._files.records.all(Dossier).values()
        seen = [d for d in dossiers if self.sees(who, d)]
        return sorted(seen, key=lambda d: (d.ended, d.starts_at, d.id))

    def sees(self, who: Principal, dossier: Dossier) -> bool:
        """Whether a role of his reaches the organiser, the master or a site, or the session's list
        names him; and secrecy lets him."""
        may = self._guard.may(who, Action.READ_DOSSIER, dossier_place(dossier))
        return may and self._guard.admitted(who, dossier)

    def tasks(self, who: Principal) -> list[Task]:
        """Late ones first, then by their deadlines."""
        now = self._files.clock.now()
        found = [
            task
            for dossier in self.visible(who)
            for task in (*self._answers(who, dossier), *self._steps(who, dossier, now))
        ]
        return sorted(found, key=_urgency)

    def agenda(self, dossier: Dossier) -> Sequence[Item]:
        now = self._files.clock.now()
        return agenda(self._files.procedure(dossier), dossier.times, dossier.steps, now)

    def _answers(self, who: Principal, dossier: Dossier) -> Iterable[Task]:
        answers = () if dossier.ended else self._files.records.of(Answer, dossier.id).values()
        for answer in answers:
            roles = self._guard.roles_at(who, [answer.unit])
            if answer.missing and roles & ALLOWED[Action.ACKNOWLEDGE] - {Role.OFFICE}:
                yield Task(
                    "answer",
                    dossier.id,
                    dossier.title,
                    dossier.starts_at,
                    answer.unit,
                    ANSWER,
                    None,
                    False,
                )

    def _steps(self, who: Principal, dossier: Dossier, now: datetime) -> Iterable[Task]:
        facts = self._files.facts(dossier)
        procedure = remaining(dossier, self._files.procedure(dossier))
        for item in agenda(procedure, dossier.times, dossier.steps, now):
            step = item.step
            if item.state is State.DONE or not self._mine(who, dossier, item, facts):
                continue
            missing = missing_sites(step, dossier, facts)
            mine = tuple(site for site in missing if self._guard.reaches(who, site))
            if missing and not mine:
                continue
            yield Task(
                "step",
                dossier.id,
                dossier.title,
                dossier.starts_at,
                step.id,
                step.title,
                item.due,
                item.late,
                mine,
                blocked=item.state is State.WAITING,
            )

    def _mine(self, who: Principal, dossier: Dossier, item: Item, facts: Facts) -> bool:
        """The office's steps belong to the organiser, the opening to whoever may open the session,
        all others to whoever reaches one of the sites that they are about."""
        roles = self._guard.roles_at(who, [dossier.unit, dossier.master])
        if Role.OPERATOR in roles or (Role.OFFICE in roles and Role.OFFICE in item.step.roles):
            return True
        wanted = set(item.step.roles) - {Role.OFFICE}
        if item.step.evidence is Evidence.OPENING:
            return bool(wanted & roles)
        at_sites = self._guard.roles_at(who, (dossier.master, *sites_of(item.step, dossier, facts)))
        return bool(wanted & at_sites)


def _urgency(task: Task) -> tuple[bool, bool, bool, datetime, datetime, str]:
    """What is late, then unanswered notices, then by deadline; what waits for others comes last."""
    due = task.due or task.starts_at
    answered = task.kind != "answer"
    return (not task.late, task.blocked, answered, due, task.starts_at, task.subject)
