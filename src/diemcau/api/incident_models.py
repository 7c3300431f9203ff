"""What clients send about incidents: each body knows the step it does, and how."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from diemcau.api.models import Body, Figures, Line, Moment
from diemcau.domain import incident as verbs
from diemcau.domain.incident import Cause, Incident, Step

Said = Annotated[Line, StringConstraints(min_length=1, max_length=300)]


class IncidentIn(Body):
    """``figures``: what the page measures, by name."""

    text: Said
    figures: Figures = Field(default_factory=dict)


class SubjectIncidentIn(IncidentIn):
    """At ``site/<id>`` or on ``link/<lower MCU>/<upper MCU>``."""

    subject: Annotated[str, StringConstraints(pattern=r"^(site|link)/[a-z0-9-/]{1,130}$")]


class TakenIn(Body):
    state: Literal[Step.TAKEN]

    def done(self, incident: Incident, by: str, now: datetime) -> Incident:
        return verbs.taken_up(incident, by, now)


class CauseIn(Body):
    state: Literal[Step.CAUSE_KNOWN]
    kind: Cause
    cause: Said

    def done(self, incident: Incident, by: str, now: datetime) -> Incident:
        return verbs.cause_found(incident, self.kind, self.cause, by, now)


class CarrierIn(Body):
    """``person``: who was told; ``solution`` and ``back_at``: what will be done, until when."""

    state: Literal[Step.CARRIER_TOLD]
    carrier: Said
    person: Said
    solution: Said
    back_at: Moment

    def done(self, incident: Incident, by: str, now: datetime) -> Incident:
        return verbs.carrier_told(
            incident, self.carrier, self.person, self.solution, self.back_at, by, now
        )


class ChairIn(Body):
    """``advice``: what follows for the session."""

    state: Literal[Step.CHAIR_TOLD]
    advice: Line = ""

    def done(self, incident: Incident, by: str, now: datetime) -> Incident:
        return verbs.chair_told(incident, self.advice, by, now)


class MendedIn(Body):
    state: Literal[Step.MENDED]
    remedy: Said

    def done(self, incident: Incident, by: str, now: datetime) -> Incident:
        return verbs.mended(incident, self.remedy, by, now)


class ClosedIn(Body):
    state: Literal[Step.CLOSED]

    def done(self, incident: Incident, by: str, now: datetime) -> Incident:
        return verbs.closed(incident, by, now)


StepDone = Annotated[
    TakenIn | CauseIn | CarrierIn | ChairIn | MendedIn | ClosedIn, Field(discriminator="state")
]
"""One step, by its state."""


class AnswerIn(Body):
    """The carrier confirms what it was told; ``back_at``: it says another time."""

    note: Line = ""
    back_at: Moment | None = None

    def done(self, incident: Incident, by: str, now: datetime) -> Incident:
        return verbs.carrier_answered(incident, self.note, self.back_at, by, now)
