"""An assessment as a document: every figure in the words and numbers of Vietnamese paperwork."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from diemcau.domain.assessment import Assessment, CallResult, IncidentResult, SessionFigures
from diemcau.domain.assessment_tables import ROLL
from diemcau.domain.localtime import VIETNAM, local_day
from diemcau.domain.refusal import Text
from diemcau.domain.tracks import Quality, Ranked, number, span

MOST = 15
"""Rows of a table of the worst; the workbook has all."""


@dataclass(frozen=True)
class FigureRow:
    name: str
    value: str
    limit: str = ""


@dataclass(frozen=True)
class GateRow:
    gate: str
    at: str
    result: str
    missing: str


@dataclass(frozen=True)
class CallRow:
    at: str
    site: str
    time: str
    result: str


@dataclass(frozen=True)
class QualityRow:
    name: str
    sites: int
    available: str
    loss: str
    delay: str
    mos: str
    trouble: str


@dataclass(frozen=True)
class IncidentRow:
    at: str
    place: str
    text: str
    cause: str
    remedy: str
    times: str


@dataclass(frozen=True)
class DepartureRow:
    at: str
    shown: str
    reason: str


@dataclass(frozen=True)
class AbsentRow:
    site: str
    roll: str
    there: str


@dataclass(frozen=True)
class EarlierRow:
    session: str
    day: str
    available: str
    loss: str
    calls: str
    p95: str
    incidents: int


@dataclass(frozen=True)
class MendRow:
    line: str
    carrier: str
    impaired: str
    why: str


@dataclass(frozen=True)
class AssessmentReport:
    """Báo cáo đánh giá chất lượng phiên họp (R6.1-7). ``plots`` is drawn; ``words`` are the
    office's own."""

    form: ClassVar[str] = "assessment"
    title: ClassVar[Text] = Text("Báo cáo đánh giá chất lượng phiên họp", "Assessment of a session")

    subject: str
    session: str
    unit: str
    starts: datetime
    ends: datetime
    figures: tuple[FigureRow, ...]
    gates: tuple[GateRow, ...]
    late: tuple[str, ...]
    calls: tuple[CallRow, ...]
    units: tuple[QualityRow, ...]
    mcus: tuple[QualityRow, ...]
    lines: tuple[QualityRow, ...]
    sites: tuple[QualityRow, ...]
    incidents: tuple[IncidentRow, ...]
    departures: tuple[DepartureRow, ...]
    absent: tuple[AbsentRow, ...]
    earlier: tuple[EarlierRow, ...]
    ranking: tuple[MendRow, ...]
    words: tuple[str, ...]
    plots: Assessment


def report(found: Assessment) -> AssessmentReport:
    return AssessmentReport(
        subject=f"Chất lượng phiên họp «{found.title}»",
        session=found.title,
        unit=found.unit,
        starts=found.since,
        ends=found.until,
        figures=tuple(_key_figures(found)),
        gates=tuple(_gates(found)),
        late=tuple(_late(found)),
        calls=tuple(_call(call) for call in found.calls.calls),
        units=_worst(found.units),
        mcus=tuple(map(_quality, found.mcus)),
        lines=tuple(map(_quality, (*found.links, *found.carriers))),
        sites=_worst([one for one in found.sites if _troubled(one)]),
        incidents=tuple(map(_incident, found.incidents.incidents)),
        departures=tuple(
            DepartureRow(clock(one.at), ", ".join(filter(None, one.sites)), one.reason)
            for one in found.departures
        ),
        absent=tuple(_absent(found)),
        earlier=tuple(_earlier(one) for one in (found.figures, *found.earlier)),
        ranking=tuple(_mend(one) for one in found.ranking[:MOST]),
        words=tuple(line for line in found.words.splitlines() if line.strip()),
        plots=found,
    )


def clock(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M:%S}"


def seconds(ms: float | None) -> str:
    return "–" if ms is None else f"{number(ms / 1000)} giây"


def _key_figures(found: Assessment) -> Iterable[FigureRow]:
    one, limit = found.figures, found.calls.limit_s
    yield FigureRow("Thời lượng phiên họp", span(one.seconds).vi)
    yield FigureRow("Điểm cầu có tín hiệu", f"{one.attended}/{one.sites}")
    yield FigureRow("Mốc sẵn sàng đạt", f"{one.gates_ready}/{one.gates}")
    yield FigureRow(
        "Kiểm tra kỹ thuật",
        f"{found.checked.passed} đạt, {found.checked.failed} không đạt,"
        f" {found.checked.open} chưa có kết quả; {found.checked.retests} lần kiểm tra lại",
    )
    yield FigureRow("Lần mời nối kịp", f"{one.calls_within}/{one.calls}", f"trong {limit:g} giây")
    yield FigureRow("Thời gian kết nối, trung vị", seconds(one.p50_ms))
    yield FigureRow("Thời gian kết nối, 95 % số lần", f"{seconds(one.p95_ms)}")
    yield FigureRow("Thời gian kết nối, lâu nhất", seconds(found.calls.worst_ms))
    yield FigureRow("Sẵn sàng kết nối của các điểm cầu", percent(one.available_pct))
    yield FigureRow("Mất gói trung bình", percent(one.loss_pct, 2))
    yield FigureRow("Điểm chất lượng tiếng nói (MOS, 1–5)", number(one.mos, 2))
    yield FigureRow("Sự cố", f"{one.incidents}, còn mở {found.incidents.open}")
    yield FigureRow("Thời gian khắc phục, trung vị", lasted(one.mended_s))
    yield FigureRow("Lần lệch kịch bản", str(one.departures))


def percent(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{number(value, digits)} %"


def lasted(value: float | None) -> str:
    return "–" if value is None else span(value).vi


def _gates(found: Assessment) -> Iterable[GateRow]:
    for one in found.gates:
        at = f"{one.at.astimezone(VIETNAM):%H:%M %d/%m}" if one.at else "–"
        missing = "; ".join(step.vi for step in one.missing)
        yield GateRow(one.title.vi, at, "Đạt" if one.ready else "Chưa đạt", missing)


def _late(found: Assessment) -> Iterable[str]:
    for one in found.late:
        due = f"{one.due.astimezone(VIETNAM):%H:%M %d/%m}"
        done = "chưa xong" if one.done_at is None else _done_after(one.due, one.done_at)
        yield f"{one.title.vi} (hạn {due}): {done}"


def _done_after(due: datetime, done_at: datetime) -> str:
    return f"xong muộn {span((done_at - due).total_seconds()).vi}"


def _call(one: CallResult) -> CallRow:
    result = {True: "Đạt", False: "Không đạt", None: "Đã có trên màn hình"}[one.within]
    return CallRow(clock(one.at), one.name, seconds(one.connect_ms), result)


def _troubled(one: Quality) -> bool:
    return bool((one.available_pct or 0) < 100 or one.faults_s or one.incidents)


def _worst(found: Sequence[Quality]) -> tuple[QualityRow, ...]:
    def order(one: Quality) -> tuple[float, float]:
        return (one.available_pct or 0.0, -(one.loss_pct or 0.0))

    return tuple(_quality(one) for one in sorted(found, key=order)[:MOST])


_FAULTS = {"frozen": "đứng hình", "black": "hình đen", "silent": "mất tiếng"}


def _quality(one: Quality) -> QualityRow:
    trouble = [f"mất kết nối {one.away} lần"] if one.away else []
    trouble += [
        f"{words} {span(one.faults_s[fault]).vi}"
        for fault, words in _FAULTS.items()
        if one.faults_s.get(fault, 0) >= 1
    ]
    trouble += [f"{one.incidents} sự cố"] if one.incidents else []
    return QualityRow(
        name=one.name,
        sites=one.sites,
        available=percent(one.available_pct),
        loss=percent(one.loss_pct, 2),
        delay="–" if one.rtt_ms is None else f"{number(one.rtt_ms, 0)} ms",
        mos=number(one.mos, 2),
        trouble=", ".join(trouble),
    )


def _incident(one: IncidentResult) -> IncidentRow:
    times = (("nhận", one.taken_s), ("khắc phục", one.mended_s), ("khép", one.closed_s))
    told = [f"{words} sau {span(value).vi}" for words, value in times if value is not None]
    return IncidentRow(
        at=clock(one.at),
        place=one.name,
        text=one.text + _measured(one),
        cause=", ".join(filter(None, (one.cause, one.carrier))),
        remedy=one.remedy or "chưa khắc phục",
        times="; ".join(told) or "chưa ai nhận",
    )


def _measured(one: IncidentResult) -> str:
    """The worst of the minutes about its report."""
    losses = [minute.loss_pct for minute in one.around if minute.loss_pct is not None]
    scores = [minute.mos for minute in one.around if minute.mos is not None]
    said = [f"mất gói {number(max(losses))} %"] if losses else []
    said += [f"MOS {number(min(scores))}"] if scores else []
    return f" ({', '.join(said)})" if said else ""


def _absent(found: Assessment) -> Iterable[AbsentRow]:
    """Who was called absent, or never there."""
    for one in found.attendance.sites:
        if one.roll == "absent" or not one.seconds:
            roll = ": ".join(filter(None, (ROLL[one.roll], one.reason))) or "chưa điểm danh"
            yield AbsentRow(one.name, roll, lasted(one.seconds))


def _earlier(one: SessionFigures) -> EarlierRow:
    return EarlierRow(
        session=one.title,
        day=f"{local_day(one.starts_at):%d/%m/%Y}",
        available=percent(one.available_pct),
        loss=percent(one.loss_pct, 2),
        calls=f"{one.calls_within}/{one.calls}",
        p95=seconds(one.p95_ms),
        incidents=one.incidents,
    )


def _mend(one: Ranked) -> MendRow:
    impaired = span(one.impaired_s).vi + (f" ({one.sites} điểm cầu)" if one.sites > 1 else "")
    return MendRow(one.name, one.carrier, impaired, "; ".join(reason.vi for reason in one.why))
