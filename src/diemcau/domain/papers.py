"""The documents (văn bản) of a session: for each form, just what it prints.

Who fills them in looks things up and puts them in order; who prints them only lays them out. The
heading is that of Decree 30/2020/NĐ-CP, Appendix I, and the same on every form.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import ClassVar

from diemcau.domain.assessment_paper import AssessmentReport
from diemcau.domain.cascade import Cascade
from diemcau.domain.refusal import Text


@dataclass(frozen=True)
class Heading:
    """Parts that every document has; numbers in brackets are the places of the Decree's diagram.

    ``body`` issues it, under ``superior`` (2); ``issuer`` is its name in a sentence. ``number`` ""
    and ``day`` None leave room for a clerk's pen (3, 4). ``sign`` is such as "TB-VP".
    ``signer_function`` may have two lines, as "KT. CHÁNH VĂN PHÒNG" above "PHÓ CHÁNH VĂN PHÒNG"
    (7). ``secrecy`` (10a) and ``urgency`` (10b) are stamps, such as "MẬT" and "HỎA TỐC".
    """

    body: str
    sign: str
    place: str
    signer_function: str
    signer_name: str
    superior: str = ""
    issuer: str = ""
    number: str = ""
    day: date | None = None
    recipients: tuple[str, ...] = ()
    urgency: str = ""
    secrecy: str = ""


@dataclass(frozen=True)
class SiteRow:
    """A site that takes part."""

    code: str
    name: str
    unit: str
    room: str = ""
    mcu: str = ""


@dataclass(frozen=True)
class TaskRow:
    """What a unit is asked to do, and by when."""

    unit: str
    task: str
    by: str = ""


@dataclass(frozen=True)
class Notice:
    """Thông báo tổ chức phiên họp (R6.1-1, R6.1-2, R6.2)."""

    form: ClassVar[str] = "notice"
    title: ClassVar[Text] = Text("Thông báo tổ chức phiên họp", "Notice of a session")

    subject: str
    session: str
    chair: str
    main_site: str
    starts: datetime
    rehearsal: datetime | None = None
    ready: datetime | None = None
    basis: tuple[str, ...] = ()
    attendees: tuple[str, ...] = ()
    tasks: tuple[TaskRow, ...] = ()
    sites: tuple[SiteRow, ...] = ()
    hotline: str = ""


@dataclass(frozen=True)
class McuRow:
    """An MCU of the plan. ``part``: "Master" or "Slave"; ``joins``: the MCU above it."""

    name: str
    operator: str
    part: str
    joins: str
    connection: str
    sites: int


@dataclass(frozen=True)
class LineRow:
    """A line of the plan, from an MCU or site to the MCU above."""

    lower: str
    upper: str
    carrier: str
    bandwidth: str
    phone: str = ""
    standby: str = ""


@dataclass(frozen=True)
class SafetyRow:
    """A measure of information security, who answers for it, and how it stands."""

    measure: str
    unit: str
    state: str = ""


@dataclass(frozen=True)
class TimeRow:
    """What is done when, by whom."""

    at: datetime
    task: str
    unit: str


@dataclass(frozen=True)
class Drawing:
    """What the picture of a cascade shows: MCUs by name, and how many sites each one joins."""

    cascade: Cascade
    names: Mapping[str, str]
    sites: Mapping[str, int]


@dataclass(frozen=True)
class Plan:
    """Phương án kỹ thuật (R6.1-3)."""

    form: ClassVar[str] = "plan"
    title: ClassVar[Text] = Text("Phương án kỹ thuật", "Technical plan")

    subject: str
    session: str
    main_site: str
    starts: datetime
    drawing: Drawing
    basis: tuple[str, ...] = ()
    connection: tuple[str, ...] = ()
    mcus: tuple[McuRow, ...] = ()
    lines: tuple[LineRow, ...] = ()
    equipment: tuple[str, ...] = ()
    safety: tuple[SafetyRow, ...] = ()
    timetable: tuple[TimeRow, ...] = ()


@dataclass(frozen=True)
class CheckRow:
    """A site's results, one for each of the form's ``checks``, and what follows from them."""

    site: str
    results: tuple[str, ...]
    outcome: str
    note: str = ""


@dataclass(frozen=True)
class ConnectionRow:
    """Whom to call about a site, and how it connects (R6.1-4b)."""

    site: str
    contact: str
    phone: str
    technician: str
    technician_phone: str
    connection: str


@dataclass(frozen=True)
class Summary:
    """Mẫu tổng hợp thông tin (R6.1-4b)."""

    form: ClassVar[str] = "summary"
    title: ClassVar[Text] = Text("Mẫu tổng hợp thông tin", "Summary form")

    subject: str
    session: str
    starts: datetime
    checks: tuple[str, ...]
    results: tuple[CheckRow, ...] = ()
    connections: tuple[ConnectionRow, ...] = ()
    conclusion: str = ""


@dataclass(frozen=True)
class DutyRow:
    """Who is on duty when; ``order`` 1 is called first."""

    unit: str
    starts: datetime
    ends: datetime
    order: int
    name: str
    position: str
    phone: str
    email: str = ""


@dataclass(frozen=True)
class ContactRow:
    """Who answers for a unit, a site or an MCU (``subject``)."""

    subject: str
    function: str
    name: str
    position: str
    phone: str
    email: str = ""


@dataclass(frozen=True)
class DutyList:
    """Danh sách trực, đầu mối (R11-duty, R12-telecom)."""

    form: ClassVar[str] = "duty"
    title: ClassVar[Text] = Text("Danh sách trực, đầu mối", "Duty roster and contacts")

    subject: str
    session: str
    starts: datetime
    duties: tuple[DutyRow, ...] = ()
    contacts: tuple[ContactRow, ...] = ()
    hotline: str = ""


@dataclass(frozen=True)
class CueRow:
    """A cue: ``screen`` is what the main screen shows."""

    at: datetime
    content: str
    speaker: str
    screen: str
    note: str = ""


@dataclass(frozen=True)
class Script:
    """Kịch bản phiên họp (R5-script)."""

    form: ClassVar[str] = "script"
    title: ClassVar[Text] = Text("Kịch bản phiên họp", "Script")

    subject: str
    session: str
    chair: str
    main_site: str
    starts: datetime
    cues: tuple[CueRow, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Participant:
    """Somebody who took part in a check, for his unit."""

    name: str
    position: str
    unit: str


@dataclass(frozen=True)
class CheckReport:
    """Biên bản kiểm tra kỹ thuật (R6.1-4a, R10-inspect). The other party signs on the left."""

    form: ClassVar[str] = "check"
    title: ClassVar[Text] = Text("Biên bản kiểm tra kỹ thuật", "Report of a technical check")

    subject: str
    session: str
    place: str
    starts: datetime
    ends: datetime
    checks: tuple[str, ...]
    participants: tuple[Participant, ...] = ()
    results: tuple[CheckRow, ...] = ()
    findings: tuple[str, ...] = ()
    conclusion: str = ""
    party_function: str = ""
    party_name: str = ""


@dataclass(frozen=True)
class LogRow:
    """An entry of the log book (Article 7: staff, quality, errors, remedies)."""

    at: datetime
    subject: str
    staff: str
    quality: str
    event: str
    remedy: str = ""


@dataclass(frozen=True)
class LogExtract:
    """Trích sổ theo dõi (R7-logbook). ``digest`` is the last entry's link of the book's chain."""

    form: ClassVar[str] = "logbook"
    title: ClassVar[Text] = Text("Trích sổ theo dõi", "Extract of the log book")

    subject: str
    starts: datetime
    ends: datetime
    entries: tuple[LogRow, ...] = ()
    digest: str = ""


Paper = Notice | Plan | Summary | DutyList | Script | CheckReport | LogExtract | AssessmentReport
"""A document of a session."""

FORMS: Mapping[str, type[Paper]] = MappingProxyType(
    {
        paper.form: paper
        for paper in (
            Notice,
            Plan,
            Summary,
            DutyList,
            Script,
            CheckReport,
            LogExtract,
            AssessmentReport,
        )
    }
)
"""What each form is called, and what it prints."""


@dataclass(frozen=True)
class Attendee:
    """Somebody invited; his programme answers to the organiser."""

    name: str
    email: str


@dataclass(frozen=True)
class Invitation:
    """A unit's entry for its calendars (RFC 5545, 5546): one for each dossier and unit, for ever.

    Each that is sent after the first has a higher ``sequence``; a ``cancelled`` one takes the
    session out of the calendar again. ``sent`` and all times are UTC; ``reminders`` count back from
    the start.
    """

    dossier: str
    unit: str
    subject: str
    location: str
    description: str
    starts: datetime
    ends: datetime
    sent: datetime
    organizer: Attendee
    attendees: tuple[Attendee, ...]
    sequence: int = 0
    reminders: tuple[timedelta, ...] = (timedelta(hours=2), timedelta(minutes=30))
    url: str = ""
    cancelled: bool = False
