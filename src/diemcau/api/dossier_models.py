"""What clients send about dossiers, as pydantic reads it."""

from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import Field, StringConstraints

from diemcau.api.models import Body, Id, Line, Moment
from diemcau.domain.casework import Roll
from diemcau.domain.dossier import Letter, Secrecy
from diemcau.domain.script import ScriptItem
from diemcau.services.dossiers.cases import Request
from diemcau.services.dossiers.checks import Contact, Result

Prose = Annotated[
    str,
    StringConstraints(pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$", max_length=10_000),
]
"""Text of several lines, without control characters."""

Key = Annotated[str, StringConstraints(pattern=r"^([a-z0-9-]{8,48})?$")]
Sites = Annotated[list[Id], Field(max_length=4095)]
Mcus = Annotated[dict[Id, Id], Field(max_length=4095)]
Account = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]*$", max_length=64)]


Accounts = Annotated[list[Account], Field(max_length=1000)]
Panes = Annotated[list[Id], Field(max_length=9)]


class LetterIn(Body):
    number: Line = ""
    day: date | None = None
    sender: Line = ""
    subject: Line = ""

    def letter(self) -> Letter:
        return Letter(self.number, self.day, self.sender, self.subject)


class DossierIn(Body):
    title: Annotated[Line, StringConstraints(min_length=1)]
    procedure: Annotated[str, StringConstraints(max_length=100)]
    unit: Id
    master: Id
    sites: Sites
    starts_at: Moment
    ends_at: Moment
    chair: Id = ""
    rehearsal_at: Moment | None = None
    requested_at: Moment | None = None
    letter: LetterIn = LetterIn()
    content: Prose = ""
    secrecy: Secrecy = Secrecy.INTERNAL
    admitted: Accounts = Field(default_factory=list)
    key: Key = ""

    def request(self) -> Request:
        return Request(
            title=self.title,
            procedure=self.procedure,
            unit=self.unit,
            master=self.master,
            sites=tuple(self.sites),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            chair=self.chair,
            rehearsal_at=self.rehearsal_at,
            requested_at=self.requested_at,
            letter=self.letter.letter(),
            content=self.content,
            secrecy=self.secrecy,
            admitted=tuple(self.admitted),
            key=self.key,
        )


class DossierPatch(Body):
    """Only what is to change."""

    title: Annotated[Line, StringConstraints(min_length=1)] | None = None
    procedure: Annotated[str, StringConstraints(max_length=100)] | None = None
    master: Id | None = None
    sites: Sites | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    chair: Id | None = None
    rehearsal_at: Moment | None = None
    letter: LetterIn | None = None
    content: Prose | None = None
    secrecy: Secrecy | None = None
    admitted: Accounts | None = None

    def changes(self) -> dict[str, object]:
        """Fields and their new values; those named with null too where null is a value."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        found = {k: v for k, v in given.items() if v is not None or k == "rehearsal_at"}
        for name in ("sites", "admitted"):
            if name in found:
                found[name] = tuple(found[name])
        if "letter" in found:
            found["letter"] = found["letter"].letter()
        return found


class UrgentIn(Body):
    """An urgent session (R6.2): who and when; all the rest follows. 0 minutes: at once."""

    title: Annotated[Line, StringConstraints(min_length=1)]
    unit: Id
    master: Id
    sites: Sites
    chair: Id = ""
    in_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 60
    lasts_minutes: Annotated[int, Field(ge=5, le=24 * 60)] = 120
    content: Prose = ""
    secrecy: Secrecy = Secrecy.INTERNAL
    procedure: Annotated[str, StringConstraints(max_length=100)] = "429-urgent"
    key: Key = ""

    def request(self, now: datetime) -> Request:
        starts = now + timedelta(minutes=self.in_minutes)
        return Request(
            title=self.title,
            procedure=self.procedure,
            unit=self.unit,
            master=self.master,
            sites=tuple(self.sites),
            starts_at=starts,
            ends_at=starts + timedelta(minutes=self.lasts_minutes),
            chair=self.chair,
            content=self.content,
            secrecy=self.secrecy,
            key=self.key,
        )


class CopyIn(Body):
    starts: Annotated[list[Moment], Field(min_length=1, max_length=60)]


class ReasonIn(Body):
    reason: Line = ""


class StepIn(Body):
    done: bool = True
    note: Prose = ""


class NoteIn(Body):
    note: Line = ""


class TokenIn(Body):
    token: Annotated[str, StringConstraints(max_length=4000)]
    note: Line = ""


class AssessmentIn(Body):
    assessment: Prose


class ScriptItemIn(Body):
    id: Id
    title: Line
    sites: Panes = Field(default_factory=list)
    at: Moment | None = None
    minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    speaker: Line = ""
    layout: Annotated[str, StringConstraints(max_length=64)] = "full"
    banner: Line = ""
    content: Line = ""

    def item(self) -> ScriptItem:
        return ScriptItem(**{**self.model_dump(), "sites": tuple(self.sites), "at": self.at})


class ScriptIn(Body):
    """``former``: the version it was made from, 0 for none."""

    items: Annotated[list[ScriptItemIn], Field(max_length=500)]
    former: int = 0
    reason: Line = ""


class PlanIn(Body):
    """``pins``: sites whose MCU is fixed."""

    pins: Mcus = Field(default_factory=dict)


class PlanEditIn(Body):
    parent: Mcus
    home: Mcus


class ResultIn(Body):
    item: Id
    passed: bool
    note: Line = ""


class MarksIn(Body):
    results: Annotated[list[ResultIn], Field(min_length=1, max_length=200)]

    def found(self) -> list[Result]:
        return [Result(result.item, result.passed, result.note) for result in self.results]


class ContactIn(Body):
    name: Line
    phone: Line
    technician: Line = ""
    technician_phone: Line = ""
    connection: Line = ""

    def contact(self) -> Contact:
        return Contact(**self.model_dump())


class RollIn(Body):
    roll: Roll
    reason: Line = ""
    people: Annotated[int, Field(ge=0, le=10_000)] = 0
