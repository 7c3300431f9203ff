"""A procedure: the steps of a session, who does them and by when, as a regulation lays them down.

Procedures are files (``procedures/*.toml``), never code: another regulation is another file. What
a step's *evidence* is decides how it becomes done: by somebody's word, or by something that the
system itself has seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from diemcau.domain.refusal import Text

KINDS = ("planned", "urgent", "in-province")
"""What a session is: by plan, at short notice, or a department's own within the province."""


class Event(StrEnum):
    """What deadlines are counted from."""

    REQUEST = "request"
    """The letter, or the order, came in."""
    REHEARSAL = "rehearsal"
    START = "start"
    CALL = "call"
    """The chair asked for a site; only measured, since there is one for each call."""
    END = "end"


class Evidence(StrEnum):
    """What makes a step done."""

    WORD = "word"
    """Somebody responsible says so."""
    NOTICES = "notices"
    """The session's notices are out to every unit concerned."""
    PLAN = "plan"
    """The technical plan is agreed."""
    CHECKS = "checks"
    """Every site passed every item of the step's check list, or passed its retest."""
    CONTACTS = "contacts"
    """Every site has handed in its contact."""
    LINKS = "links"
    """Every satellite MCU of the plan is joined to the master."""
    OPENING = "opening"
    """The session is open on its MCUs."""
    SESSION = "session"
    """The session was held and closed."""
    ASSESSMENT = "assessment"
    """The assessment is written."""


NO_TEXT = Text("", "")


@dataclass(frozen=True)
class Deadline:
    """So long after an event (before it, if negative)."""

    event: Event
    offset: timedelta = timedelta(0)

    def at(self, times: Mapping[Event, datetime]) -> datetime | None:
        """When it falls; None as long as its event has no time."""
        moment = times.get(self.event)
        return None if moment is None else moment + self.offset


@dataclass(frozen=True)
class CheckItem:
    """One thing that is checked at a site."""

    id: str
    title: Text


@dataclass(frozen=True)
class Step:
    """``roles``: who is responsible, the first one most. ``clause``: where the regulation says so.

    ``after``: steps that come before it. ``checks``: items of its check list. ``forms``: documents
    that belong to it. ``tiers``: whose sites it is about, all if empty. A warning goes out ``warn``
    before the deadline; if the step is late by ``escalate``, and again by twice that and so on, the
    next one up is told, ``escalations`` times at most. ``requirement``: what it fulfils
    (``R6.1-4a``).
    """

    id: str
    number: str
    title: Text
    roles: tuple[str, ...]
    clause: str
    evidence: Evidence = Evidence.WORD
    text: Text = NO_TEXT
    deadline: Deadline | None = None
    warn: timedelta = timedelta(0)
    escalate: timedelta = timedelta(minutes=10)
    after: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    escalations: int = 3
    requirement: str = ""

    def due(self, times: Mapping[Event, datetime]) -> datetime | None:
        """When its deadline falls; None if it has none, or its event no time."""
        return self.deadline.at(times) if self.deadline else None


@dataclass(frozen=True)
class Gate:
    """A moment at which steps should be done: shown and recorded, never a lock."""

    id: str
    title: Text
    at: Deadline
    steps: tuple[str, ...]
    clause: str


@dataclass(frozen=True)
class Procedure:
    """``kind``: planned, urgent or in-province. ``version`` is a digest of its file.

    ``call_within``: how soon a called site shall be on the main screen. No gate has the id of a
    step.
    """

    id: str
    version: str
    name: Text
    kind: str
    source: str
    tiers: tuple[str, ...]
    steps: tuple[Step, ...]
    checks: tuple[CheckItem, ...] = ()
    gates: tuple[Gate, ...] = ()
    call_within: timedelta = timedelta(seconds=30)
    valid_from: date = date.min
    valid_to: date = date.max

    def step(self, step_id: str) -> Step | None:
        return next((step for step in self.steps if step.id == step_id), None)


@dataclass(frozen=True)
class ProcedureFile:
    """A version of a procedure as it is kept: ``id`` is ``<procedure>.<version>``."""

    id: str
    text: str
    added_at: datetime
    by: str = ""
