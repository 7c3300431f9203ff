"""What units and sites add to a dossier: answers, checks, contacts, the roll, departures.

Each is a record of its own that names its dossier, so that 145 sites can write at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from diemcau.domain.cascade_plan import CascadePlan
from diemcau.domain.dossier import Dossier
from diemcau.domain.procedure import Evidence, Procedure, Step
from diemcau.domain.refusal import Conflict, Invalid, Text, Unknown


@dataclass(frozen=True)
class Answer:
    """A unit's answer to the session's notice: ``asked`` is the notice sent to it, ``given`` the
    one it acknowledged; a newer notice needs a new answer."""

    id: str
    dossier: str
    unit: str
    asked: int
    asked_at: datetime
    given: int = 0
    given_at: datetime | None = None
    by: str = ""
    note: str = ""

    @property
    def missing(self) -> bool:
        return self.given < self.asked


@dataclass(frozen=True)
class Mark:
    """The result of one check item."""

    item: str
    passed: bool
    at: datetime
    by: str
    note: str = ""
    attempt: int = 1
    """2 and more: a retest."""


@dataclass(frozen=True)
class CheckSheet:
    """The marks of one site in one step; the latest of each item counts."""

    id: str
    dossier: str
    step: str
    site: str
    marks: tuple[Mark, ...] = ()

    def mark(self, item: str) -> Mark | None:
        return next((mark for mark in self.marks if mark.item == item), None)

    def passed(self, items: Iterable[str]) -> bool:
        found = [self.mark(item) for item in items]
        return all(mark is not None and mark.passed for mark in found)

    def failed(self) -> bool:
        return any(not mark.passed for mark in self.marks)


@dataclass(frozen=True)
class HandIn:
    """What a site hands in before the session (R6.1-4b): who answers there, and how to connect."""

    id: str
    dossier: str
    site: str
    name: str
    phone: str
    at: datetime
    by: str
    technician: str = ""
    technician_phone: str = ""
    connection: str = ""


class Roll(StrEnum):
    """What the roll call found."""

    PRESENT = "present"
    ONLINE = "online"
    ABSENT = "absent"


@dataclass(frozen=True)
class Span:
    """The site's media were there from … to; ``until`` None: they still are."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Attendance:
    """A site on the roll: what was called out, and when its media were really there."""

    id: str
    dossier: str
    site: str
    roll: Roll | None = None
    reason: str = ""
    by: str = ""
    at: datetime | None = None
    people: int = 0
    spans: tuple[Span, ...] = ()

    @property
    def there(self) -> bool:
        return bool(self.spans) and self.spans[-1].until is None

    def seconds(self, now: datetime) -> float:
        """How long its media were there, in seconds, whatever reconnections lay between."""
        return sum(((s.until or now) - s.since).total_seconds() for s in self.spans)


@dataclass(frozen=True)
class ChairCall:
    """A site that the chair asked for, and how soon it was there (R6.1-6, R3-connect-time).

    ``by``: who asked. ``connect_ms``: from the request to its picture and sound on the main screen;
    None: never.
    """

    id: str
    dossier: str
    site: str
    at: datetime
    state: str
    picture_ms: float | None = None
    sound_ms: float | None = None
    connect_ms: float | None = None
    by: str = ""


@dataclass(frozen=True)
class Departure:
    """Something on the main screen that neither script nor chair ordered (R5-script)."""

    id: str
    dossier: str
    at: datetime
    by: str
    sites: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True)
class DossierPlan:
    """The cascade plan of a session (R6.1-3); ``edited``: somebody changed it by hand.

    ``notes`` say why it is as it is, ``risks`` which single failure cannot be carried.
    """

    id: str
    dossier: str
    plan: CascadePlan
    at: datetime
    by: str
    edited: bool = False
    notes: tuple[Text, ...] = ()
    risks: tuple[Text, ...] = ()
    agreed_at: datetime | None = None
    agreed_by: str = ""


def answered(answer: Answer, by: str, note: str, now: datetime) -> Answer:
    """Acknowledge the latest notice; a second time changes nothing."""
    if not answer.missing:
        return answer
    return replace(answer, given=answer.asked, given_at=now, by=by, note=note)


def asked(answer: Answer | None, dossier: Dossier, unit: str, now: datetime) -> Answer:
    """The answer that a unit owes to the notice just sent."""
    if answer is None:
        return Answer(f"{dossier.id}.{unit}", dossier.id, unit, dossier.notice, now)
    return replace(answer, asked=dossier.notice, asked_at=now)


def marked(
    sheet: CheckSheet, item: str, passed: bool, note: str, by: str, now: datetime
) -> CheckSheet:
    """A further mark; one after a failed mark is a retest."""
    if not passed and not note.strip():
        raise Invalid("Hãy ghi rõ lỗi của mục không đạt.", "Say what is wrong with a failed item.")
    former = sheet.mark(item)
    attempt = former.attempt + 1 if former is not None and not former.passed else 1
    mark = Mark(item, passed, now, by, note.strip(), attempt)
    return replace(sheet, marks=(*(m for m in sheet.marks if m.item != item), mark))


def called_out(
    attendance: Attendance, roll: Roll, reason: str, people: int, by: str, now: datetime
) -> Attendance:
    if roll is Roll.ABSENT and not reason.strip():
        raise Invalid("Hãy ghi lý do vắng.", "Say why the site is absent.")
    return replace(attendance, roll=roll, reason=reason.strip(), people=people, by=by, at=now)


def seen(attendance: Attendance, there: bool, now: datetime) -> Attendance:
    """The site's media came or went. A reconnection adds a span and takes nothing away."""
    if there == attendance.there:
        return attendance
    if there:
        return replace(attendance, spans=(*attendance.spans, Span(now)))
    *former, last = attendance.spans
    return replace(attendance, spans=(*former, replace(last, until=now)))


def checked_step(procedure: Procedure, step_id: str, item: str) -> Step:
    """The step whose check list has the item; raises ``Unknown``."""
    step = procedure.step(step_id)
    if step is None or item not in step.checks:
        raise Unknown(
            f"Bước «{step_id}» của quy trình không có mục kiểm tra «{item}».",
            f"Step {step_id!r} of the procedure has no check item {item!r}.",
        )
    return step


def require_word(step: Step) -> None:
    """Raise ``Conflict`` for a step that becomes done by what the system sees, not by a word."""
    if step.evidence is not Evidence.WORD:
        raise Conflict(
            f"Bước «{step.title.vi}» tự hoàn thành khi có kết quả; không đánh dấu bằng tay.",
            f"Step {step.title.en!r} becomes done by its results; it is not marked by hand.",
        )


def checks_passed(step: Step, sites: Iterable[str], sheets: Mapping[str, CheckSheet]) -> bool:
    """Whether every site passed every item of the step; ``sheets`` by site."""
    return all(site in sheets and sheets[site].passed(step.checks) for site in sites)
