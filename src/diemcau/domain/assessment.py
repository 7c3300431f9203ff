"""What an assessment of a session says (R6.1-7): readiness, connection times, availability and
quality, incidents, departures, attendance, and how it stands beside earlier sessions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from diemcau.domain.refusal import Text
from diemcau.domain.tracks import Quality, Ranked


@dataclass(frozen=True)
class GateResult:
    id: str
    title: Text
    at: datetime | None
    ready: bool
    missing: tuple[Text, ...]


@dataclass(frozen=True)
class LateStep:
    """A step that was done after its deadline, or (``done_at`` None) not at all."""

    title: Text
    due: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class Checked:
    """How many sites passed, failed or have no result; and how often one was tested again."""

    passed: int
    failed: int
    open: int
    retests: int


@dataclass(frozen=True)
class CallResult:
    """``within``: by the limit of the procedure; None where there was nothing to connect."""

    site: str
    name: str
    at: datetime
    by: str
    connect_ms: float | None
    within: bool | None


@dataclass(frozen=True)
class CallTimes:
    """Percentiles by nearest rank, over those with a figure."""

    limit_s: float
    count: int
    measured: int
    within: int
    p50_ms: float | None
    p95_ms: float | None
    worst_ms: float | None
    calls: tuple[CallResult, ...]


@dataclass(frozen=True)
class MinuteAround:
    """What was measured where an incident was, in a minute about its report; None: nothing."""

    at: datetime
    there_s: float
    loss_pct: float | None
    rtt_ms: float | None
    mos: float | None


@dataclass(frozen=True)
class IncidentResult:
    """Times in seconds from the report; None for what is not done. ``figures``: what whoever
    reported it measured then."""

    id: str
    name: str
    at: datetime
    text: str
    state: str
    kind: str
    cause: str
    carrier: str
    remedy: str
    taken_s: float | None
    mended_s: float | None
    closed_s: float | None
    steps: Mapping[str, datetime]
    figures: Mapping[str, float]
    around: tuple[MinuteAround, ...]


@dataclass(frozen=True)
class IncidentTimes:
    count: int
    open: int
    taken_s: float | None
    mended_s: float | None
    mended_worst_s: float | None
    incidents: tuple[IncidentResult, ...]


@dataclass(frozen=True)
class DepartureResult:
    at: datetime
    by: str
    sites: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class SiteAttendance:
    """``seconds``: for how long its media were there; ``first_at``: since when."""

    site: str
    name: str
    roll: str
    reason: str
    people: int
    seconds: float
    first_at: datetime | None


@dataclass(frozen=True)
class Rolled:
    """``seen``: sites whose media were there, whatever was called out."""

    invited: int
    present: int
    online: int
    absent: int
    seen: int
    people: int
    sites: tuple[SiteAttendance, ...]


@dataclass(frozen=True)
class MinuteOfAll:
    """All sites in one minute."""

    at: datetime
    there: int
    loss_pct: float | None
    mos: float | None


@dataclass(frozen=True)
class SessionFigures:
    """The key figures of a session, kept when it is closed: what later ones are compared with.

    ``impaired_s``: of each line that wanted mending, by subject.
    """

    id: str
    dossier: str
    kind: str
    title: str
    starts_at: datetime
    seconds: float
    sites: int
    attended: int
    available_pct: float | None
    loss_pct: float | None
    mos: float | None
    calls: int
    calls_within: int
    p50_ms: float | None
    p95_ms: float | None
    incidents: int
    mended_s: float | None
    departures: int
    gates: int
    gates_ready: int
    impaired_s: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Assessment:
    """``final``: the session is closed, so nothing but incidents can still change."""

    dossier: str
    title: str
    kind: str
    unit: str
    final: bool
    since: datetime
    until: datetime
    figures: SessionFigures
    gates: tuple[GateResult, ...]
    late: tuple[LateStep, ...]
    checked: Checked
    calls: CallTimes
    whole: Quality
    sites: tuple[Quality, ...]
    units: tuple[Quality, ...]
    mcus: tuple[Quality, ...]
    links: tuple[Quality, ...]
    carriers: tuple[Quality, ...]
    minutes: tuple[MinuteOfAll, ...]
    incidents: IncidentTimes
    departures: tuple[DepartureResult, ...]
    script_items: int
    attendance: Rolled
    ranking: tuple[Ranked, ...]
    earlier: tuple[SessionFigures, ...]
    words: str
