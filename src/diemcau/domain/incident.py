"""An incident (sự cố): something is wrong at a site or on a line, from its report until it is
closed (Article 7).

Every step says when it was done and by whom. Their order is forced only where one needs the other:
a carrier is told a cause, and what is closed was mended. Nothing closes itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from diemcau.domain.refusal import Conflict, Invalid, Text
from diemcau.domain.talk import require_line

CURES_SHOWN = 5


class Source(StrEnum):
    """Who opened it."""

    ROOM = "room"
    STAFF = "staff"
    ALARM = "alarm"


class Cause(StrEnum):
    """What kind of thing it was."""

    LINE = "line"
    MCU = "mcu"
    POWER = "power"
    PICTURE = "picture"
    SOUND = "sound"
    TERMINAL = "terminal"
    OPERATION = "operation"
    OTHER = "other"


CAUSES: Mapping[Cause, Text] = {
    Cause.LINE: Text("đường truyền", "the line"),
    Cause.MCU: Text("MCU", "an MCU"),
    Cause.POWER: Text("nguồn điện", "power"),
    Cause.PICTURE: Text("camera, hình ảnh", "camera, picture"),
    Cause.SOUND: Text("micro, loa, âm thanh", "microphone, loudspeaker, sound"),
    Cause.TERMINAL: Text("thiết bị đầu cuối", "the terminal"),
    Cause.OPERATION: Text("thao tác vận hành", "handling"),
    Cause.OTHER: Text("nguyên nhân khác", "something else"),
}

CARRIERS = frozenset({Cause.LINE, Cause.MCU})
"""Causes for which a telecom enterprise is to be told."""


class Step(StrEnum):
    """What has been done about it, in the order of the regulation."""

    TAKEN = "taken"
    CAUSE_KNOWN = "cause-known"
    CARRIER_TOLD = "carrier-told"
    CARRIER_ANSWERED = "carrier-answered"
    CHAIR_TOLD = "chair-told"
    CHAIR_HEARD = "chair-heard"
    MENDED = "mended"
    CLOSED = "closed"


REPORTED = "reported"
ANSWERS = frozenset({Step.CARRIER_ANSWERED, Step.CHAIR_HEARD})
"""Steps of those who were told; they do not change how far the incident is."""


@dataclass(frozen=True)
class Stamp:
    """When a step was first done, and by whom."""

    at: datetime
    by: str


@dataclass(frozen=True)
class Incident:
    """At ``site``, or on the ``link`` between two MCUs (``lower/upper``); one of them is "".

    ``dossier``: that of the session, or the conference's id where it has none. ``figures``: what
    was measured then, by name. ``cause``, of kind ``kind``, in words. The ``carrier`` was told,
    through ``person``, the cause, the ``solution`` and when it will be mended (``back_at``), and
    answered with a ``note``; the chair was told what follows for the session (``advice``).
    ``remedy``: what was done in the end.
    """

    id: str
    dossier: str
    site: str
    at: datetime
    by: str
    text: str
    figures: Mapping[str, float] = field(default_factory=dict)
    source: Source = Source.ROOM
    link: str = ""
    steps: Mapping[Step, Stamp] = field(default_factory=dict)
    kind: Cause | None = None
    cause: str = ""
    carrier: str = ""
    person: str = ""
    solution: str = ""
    back_at: datetime | None = None
    note: str = ""
    advice: str = ""
    remedy: str = ""

    @property
    def subject(self) -> str:
        """``site/<id>`` or ``link/<lower>/<upper>``, as measurements and alarms name it."""
        return f"link/{self.link}" if self.link else f"site/{self.site}"

    @property
    def state(self) -> str:
        """The furthest step, or ``reported``."""
        done = [step for step in Step if step in self.steps and step not in ANSWERS]
        return done[-1] if done else REPORTED

    @property
    def ended(self) -> bool:
        return Step.CLOSED in self.steps

    def seconds(self, step: Step) -> float | None:
        """From the report to the step; None while it is not done."""
        stamp = self.steps.get(step)
        return None if stamp is None else (stamp.at - self.at).total_seconds()


def place_of(subject: str) -> tuple[str, str]:
    """Site and link of a subject, one of them ""; raises ``Invalid``."""
    kind, _, name = subject.partition("/")
    if kind == "site" and name and "/" not in name:
        return name, ""
    if kind == "link" and all(name.partition("/")) and name.count("/") == 1:
        return "", name
    raise Invalid(
        "Sự cố ở một điểm cầu (site/…) hoặc trên một đường nối (link/…/…).",
        "An incident is at a site (site/…) or on a link (link/…/…).",
    )


def taken_up(incident: Incident, by: str, now: datetime) -> Incident:
    """Somebody sees to it; who was first, stays."""
    _require_open(incident)
    return _done(incident, Step.TAKEN, by, now)


def cause_found(incident: Incident, kind: Cause, cause: str, by: str, now: datetime) -> Incident:
    """Why it is so; said again, it is corrected. Whoever finds it has taken the incident up."""
    found = replace(taken_up(incident, by, now), kind=kind, cause=require_line(cause))
    return _done(found, Step.CAUSE_KNOWN, by, now)


def carrier_told(
    incident: Incident,
    carrier: str,
    person: str,
    solution: str,
    back_at: datetime,
    by: str,
    now: datetime,
) -> Incident:
    """The carrier knows the cause, the solution and the time; told anew, it answers anew."""
    _require_open(incident)
    if incident.kind is None:
        raise Conflict(
            "Hãy ghi nguyên nhân trước khi báo đơn vị cung cấp đường truyền.",
            "Say the cause before the carrier is told.",
        )
    if incident.kind not in CARRIERS:
        raise Conflict(
            f"Nguyên nhân là {CAUSES[incident.kind].vi}: không liên quan đến đơn vị cung cấp"
            " đường truyền.",
            f"The cause is {CAUSES[incident.kind].en}: no carrier is concerned.",
        )
    told = replace(
        incident,
        carrier=require_line(carrier),
        person=require_line(person),
        solution=require_line(solution),
        back_at=_ahead(back_at, now),
        note="",
    )
    return _done(_undone(told, Step.CARRIER_ANSWERED), Step.CARRIER_TOLD, by, now)


def carrier_answered(
    incident: Incident, note: str, back_at: datetime | None, by: str, now: datetime
) -> Incident:
    """The carrier confirms what it was told, or says another time."""
    _require_open(incident)
    if Step.CARRIER_TOLD not in incident.steps:
        raise Conflict(
            "Sự cố này chưa được báo cho đơn vị cung cấp đường truyền.",
            "The carrier has not been told of this incident.",
        )
    at = incident.back_at if back_at is None else _ahead(back_at, now)
    return _done(replace(incident, note=note.strip(), back_at=at), Step.CARRIER_ANSWERED, by, now)


def chair_told(incident: Incident, advice: str, by: str, now: datetime) -> Incident:
    """The chair knows, with what follows for content and time; told anew, he hears it anew."""
    told = replace(taken_up(incident, by, now), advice=advice.strip())
    return _done(_undone(told, Step.CHAIR_HEARD), Step.CHAIR_TOLD, by, now)


def chair_heard(incident: Incident, by: str, now: datetime) -> Incident:
    if Step.CHAIR_TOLD not in incident.steps:
        raise Conflict(
            "Sự cố này chưa được báo cáo chủ tọa.", "The chair has not been told of this incident."
        )
    return _done(incident, Step.CHAIR_HEARD, by, now)


def mended(incident: Incident, remedy: str, by: str, now: datetime) -> Incident:
    """It works again; what was done is said."""
    done = replace(taken_up(incident, by, now), remedy=require_line(remedy))
    return _done(done, Step.MENDED, by, now)


def closed(incident: Incident, by: str, now: datetime) -> Incident:
    """It is over, once it is mended; twice is once."""
    if incident.ended:
        return incident
    if Step.MENDED not in incident.steps or not incident.remedy:
        raise Conflict(
            "Hãy ghi cách khắc phục trước khi khép sự cố.",
            "Say what was done to mend it before the incident is closed.",
        )
    return _done(incident, Step.CLOSED, by, now)


def cures(incident: Incident, former: Iterable[Incident]) -> tuple[Incident, ...]:
    """Closed ones of the same site or link, whose remedies may help: those of the same kind of
    cause first, then the newest."""
    known = [
        one
        for one in former
        if one.subject == incident.subject and one.ended and one.remedy and one.id != incident.id
    ]
    newest = sorted(known, key=lambda one: one.at, reverse=True)
    alike = sorted(newest, key=lambda one: one.kind is None or one.kind is not incident.kind)
    return tuple(alike[:CURES_SHOWN])


def _require_open(incident: Incident) -> None:
    if incident.ended:
        raise Conflict("Sự cố này đã khép lại.", "This incident is closed.")


def _ahead(back_at: datetime, now: datetime) -> datetime:
    if back_at <= now:
        raise Invalid(
            "Thời gian khắc phục dự kiến phải sau hiện tại.",
            "The estimated time of repair must be ahead.",
        )
    return back_at


def _done(incident: Incident, step: Step, by: str, now: datetime) -> Incident:
    if step in incident.steps:
        return incident
    return replace(incident, steps={**incident.steps, step: Stamp(now, by)})


def _undone(incident: Incident, step: Step) -> Incident:
    return replace(incident, steps={k: v for k, v in incident.steps.items() if k is not step})
