"""A dossier: one session's whole record, from the letter to the assessment.

The dossier itself is small; what every unit and site adds to it (answers to the notice, check
sheets, contacts, the roll) are records of their own, which name it. Verbs take it as it was and
give it as it shall be; time is an argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from diemcau.domain.agenda import Done
from diemcau.domain.procedure import Event
from diemcau.domain.refusal import Conflict, Invalid, Unknown

LONGEST = timedelta(days=7)

AT_ONCE = timedelta(minutes=1)
"""A start that was now when it was written is not yet in the past when it arrives."""


class Secrecy(StrEnum):
    """Who may take part: ``secret`` admits accounts of the list only, and gives out no links."""

    OPEN = "open"
    INTERNAL = "internal"
    SECRET = "secret"


class Stage(StrEnum):
    PREPARED = "prepared"
    HELD = "held"
    """Its conference is open on the MCUs."""
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Letter:
    """The document that asks for the session; all "" when it was ordered by telephone."""

    number: str = ""
    day: date | None = None
    sender: str = ""
    subject: str = ""


NO_LETTER = Letter()


@dataclass(frozen=True)
class Dossier:
    """``procedure`` is the version it began with; ``unit`` organises it; ``chair`` is a site.

    ``notice`` counts the notices sent out: 0 none yet, and each change of time or sites makes it
    one more. ``raised`` are the alarms already raised; ``series`` is common to those made together.
    ``timed_at``: when its times were set last; None where that was not written down.
    """

    id: str
    title: str
    procedure: str
    unit: str
    master: str
    sites: tuple[str, ...]
    requested_at: datetime
    starts_at: datetime
    ends_at: datetime
    chair: str = ""
    rehearsal_at: datetime | None = None
    letter: Letter = NO_LETTER
    content: str = ""
    secrecy: Secrecy = Secrecy.INTERNAL
    admitted: tuple[str, ...] = ()
    """Accounts that a secret session admits beside those responsible for its sites."""
    series: str = ""
    notice: int = 0
    steps: Mapping[str, Done] = field(default_factory=dict)
    raised: frozenset[str] = frozenset()
    conference: str = ""
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str = ""
    assessment: str = ""
    created_by: str = ""
    timed_at: datetime | None = None

    @property
    def stage(self) -> Stage:
        if self.cancelled_at is not None:
            return Stage.CANCELLED
        if self.closed_at is not None:
            return Stage.CLOSED
        return Stage.HELD if self.conference else Stage.PREPARED

    @property
    def ended(self) -> bool:
        return self.stage in (Stage.CLOSED, Stage.CANCELLED)

    @property
    def times(self) -> Mapping[Event, datetime]:
        """What its deadlines are counted from."""
        times = {Event.REQUEST: self.requested_at, Event.START: self.starts_at}
        if self.rehearsal_at is not None:
            times[Event.REHEARSAL] = self.rehearsal_at
        times[Event.END] = self.closed_at or self.ends_at
        return times

    def require_site(self, site: str) -> None:
        if site not in self.sites:
            raise Unknown(
                f"Điểm cầu «{site}» không có trong phiên họp này; thêm nó vào danh sách trước.",
                f"Site {site!r} does not take part; add it to the session's list first.",
            )

    def require_open(self) -> None:
        """Raise ``Conflict`` once it is closed or cancelled."""
        if self.stage is Stage.CANCELLED:
            raise Conflict(
                "Phiên họp đã hủy; hãy lập hồ sơ mới (sao chép từ hồ sơ này).",
                "The session is cancelled; make a new dossier (a copy of this one).",
            )
        if self.stage is Stage.CLOSED:
            raise Conflict(
                "Phiên họp đã bế mạc; chỉ còn được ghi đánh giá.",
                "The session is closed; only its assessment can still be written.",
            )


def opened(dossier: Dossier, now: datetime) -> Dossier:
    """A new dossier, if its times and sites make sense; raises ``Invalid``."""
    _require_times(dossier, now)
    _require_sites(dossier)
    if not dossier.title.strip():
        raise Invalid("Hãy ghi tên phiên họp.", "Write the session's title.")
    return replace(dossier, sites=tuple(dict.fromkeys(dossier.sites)), timed_at=now)


def changed(before: Dossier, after: Dossier, now: datetime) -> Dossier:
    """An edited dossier; ``Conflict`` where the session is too far on for that."""
    before.require_open()
    moved = (before.starts_at, before.rehearsal_at, before.ends_at) != (
        after.starts_at,
        after.rehearsal_at,
        after.ends_at,
    )
    if before.stage is Stage.HELD and (after.starts_at, after.master) != (
        before.starts_at,
        before.master,
    ):
        raise Conflict(
            "Phiên họp đang kết nối: không đổi được giờ họp và MCU chủ; đóng phiên trước.",
            "The session is on the MCUs: its start and master cannot change; close it first.",
        )
    if moved:
        _require_times(after, now, was=before)
        after = replace(after, timed_at=now)
    _require_sites(after)
    return replace(after, sites=tuple(dict.fromkeys(after.sites)))


def announced(dossier: Dossier) -> Dossier:
    """One more notice is out: of the session, of a change, or of its being cancelled."""
    if dossier.stage is Stage.CLOSED:
        dossier.require_open()
    return replace(dossier, notice=dossier.notice + 1)


def cancelled(dossier: Dossier, reason: str, now: datetime) -> Dossier:
    dossier.require_open()
    if dossier.stage is Stage.HELD:
        raise Conflict(
            "Phiên họp đang diễn ra; hãy bế mạc thay vì hủy.",
            "The session is running; close it instead of cancelling it.",
        )
    if not reason.strip():
        raise Invalid("Hãy ghi lý do hủy.", "Write why it is cancelled.")
    return replace(dossier, cancelled_at=now, cancel_reason=reason.strip())


def held(dossier: Dossier, conference: str, now: datetime) -> Dossier:
    dossier.require_open()
    if dossier.conference:
        raise Conflict("Phiên họp đã được mở.", "The session is open already.")
    return replace(dossier, conference=conference, opened_at=now)


def closed(dossier: Dossier, now: datetime) -> Dossier:
    dossier.require_open()
    if not dossier.conference:
        raise Conflict(
            "Phiên họp chưa được mở; nếu không họp nữa, hãy hủy.",
            "The session was never opened; cancel it if it is not to be held.",
        )
    return replace(dossier, closed_at=now)


def with_step(dossier: Dossier, step: str, done: Done) -> Dossier:
    return replace(dossier, steps={**dossier.steps, step: done})


def without_step(dossier: Dossier, step: str) -> Dossier:
    return replace(dossier, steps={k: v for k, v in dossier.steps.items() if k != step})


def copied(dossier: Dossier, new_id: str, starts_at: datetime, now: datetime) -> Dossier:
    """The same session at another time, with nothing of what was done for the former one."""
    by = starts_at - dossier.starts_at
    rehearsal = dossier.rehearsal_at + by if dossier.rehearsal_at else None
    if rehearsal is not None and rehearsal < now:
        rehearsal = None
    return opened(
        Dossier(
            id=new_id,
            title=dossier.title,
            procedure=dossier.procedure,
            unit=dossier.unit,
            master=dossier.master,
            sites=dossier.sites,
            chair=dossier.chair,
            content=dossier.content,
            secrecy=dossier.secrecy,
            admitted=dossier.admitted,
            letter=dossier.letter,
            series=dossier.series,
            requested_at=now,
            starts_at=starts_at,
            ends_at=dossier.ends_at + by,
            rehearsal_at=rehearsal,
        ),
        now,
    )


def _require_times(dossier: Dossier, now: datetime, was: Dossier | None = None) -> None:
    if dossier.starts_at < now - AT_ONCE and (was is None or was.starts_at != dossier.starts_at):
        raise Invalid(
            "Giờ họp đã qua; hãy chọn giờ sau hiện tại.",
            "The start has passed; choose a later one.",
        )
    if dossier.ends_at <= dossier.starts_at:
        raise Invalid("Giờ kết thúc phải sau giờ họp.", "The end must come after the start.")
    if dossier.ends_at - dossier.starts_at > LONGEST:
        raise Invalid(
            f"Một phiên họp dài nhất {LONGEST.days} ngày.",
            f"A session lasts {LONGEST.days} days at most.",
        )
    rehearsal = dossier.rehearsal_at
    if rehearsal is None or (was is not None and was.rehearsal_at == rehearsal):
        return
    if rehearsal >= dossier.starts_at:
        raise Invalid("Tổng duyệt phải trước giờ họp.", "The rehearsal comes before the start.")
    if rehearsal < now:
        raise Invalid(
            "Giờ tổng duyệt đã qua; hãy chọn giờ sau hiện tại.",
            "The rehearsal's time has passed; choose a later one.",
        )


def _require_sites(dossier: Dossier) -> None:
    if not dossier.sites:
        raise Invalid("Hãy chọn ít nhất một điểm cầu.", "Choose at least one site.")
    if dossier.chair and dossier.chair not in dossier.sites:
        raise Invalid(
            "Điểm cầu chủ tọa phải có trong danh sách điểm cầu.",
            "The chair's site must be among the session's sites.",
        )
