"""What a room and the control room write to each other, and what a room reports as wrong (R6.1-6).

``dossier`` of a record: that of the session, or the conference's id where it has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from diemcau.domain.refusal import Conflict, Invalid

LONGEST_LINE = 500


@dataclass(frozen=True)
class ChatLine:
    """One line between a site and the control room; ``room``: the site wrote it."""

    id: str
    dossier: str
    site: str
    at: datetime
    by: str
    text: str
    room: bool


@dataclass(frozen=True)
class Incident:
    """Something is wrong at a site. ``figures``: what its page measured then, by name.

    Reported, then taken by somebody, then closed with what was done.
    """

    id: str
    dossier: str
    site: str
    at: datetime
    by: str
    text: str
    figures: Mapping[str, float] = field(default_factory=dict)
    taken_at: datetime | None = None
    taken_by: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""
    remedy: str = ""

    @property
    def state(self) -> str:
        if self.closed_at is not None:
            return "closed"
        return "taken" if self.taken_at is not None else "reported"


def require_line(text: str) -> str:
    """The text without space around it; raises ``Invalid`` for none, or too much."""
    line = text.strip()
    if not line:
        raise Invalid("Hãy viết nội dung.", "Write something.")
    if len(line) > LONGEST_LINE:
        raise Invalid(
            f"Nội dung dài quá {LONGEST_LINE} ký tự.", f"It is over {LONGEST_LINE} characters."
        )
    return line


def taken_up(incident: Incident, by: str, now: datetime) -> Incident:
    """Somebody sees to it; who was first, stays."""
    if incident.closed_at is not None:
        raise Conflict("Sự cố này đã khép lại.", "This incident is closed.")
    if incident.taken_at is not None:
        return incident
    return replace(incident, taken_at=now, taken_by=by)


def closed_with(incident: Incident, remedy: str, by: str, now: datetime) -> Incident:
    """It is over; what was done is said, once."""
    taken = taken_up(incident, by, now)
    return replace(taken, closed_at=now, closed_by=by, remedy=require_line(remedy))
