"""An assessment as tables, for a workbook: one row for each thing, numbers as numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from diemcau.domain.assessment import Assessment, SessionFigures
from diemcau.domain.refusal import Text
from diemcau.domain.tracks import Quality

Cell = str | int | float | datetime | None


@dataclass(frozen=True)
class Table:
    """``title``: at most 31 letters, as a workbook allows; columns are named in both languages."""

    title: str
    columns: tuple[Text, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables(found: Assessment) -> tuple[Table, ...]:
    return (
        _table("Tổng hợp", _FIGURES, [_figures(found.figures)]),
        _table("Mốc sẵn sàng", _GATES, _gates(found)),
        _table("Thời gian kết nối", _CALLS, _calls(found)),
        _table("Theo điểm cầu", _QUALITY, map(_quality, found.sites)),
        _table("Theo đơn vị", _QUALITY, map(_quality, found.units)),
        _table("Theo MCU", _QUALITY, map(_quality, found.mcus)),
        _table("Theo đường nối", _QUALITY, map(_quality, found.links)),
        _table("Theo nhà mạng", _QUALITY, map(_quality, found.carriers)),
        _table("Theo phút", _MINUTES, ((m.at, m.there, m.loss_pct, m.mos) for m in found.minutes)),
        _table("Sự cố", _INCIDENTS, _incidents(found)),
        _table("Lệch kịch bản", _DEPARTURES, _departures(found)),
        _table("Điểm danh", _ROLL, _roll(found)),
        _table("Cần khắc phục", _RANKING, _ranking(found)),
        _table("Phiên trước", _FIGURES, map(_figures, found.earlier)),
    )


def _table(title: str, columns: Sequence[Text], rows: Iterable[Sequence[Cell]]) -> Table:
    return Table(title, tuple(columns), tuple(tuple(row) for row in rows))


_FIGURES = (
    Text("Phiên họp", "Session"),
    Text("Khai mạc", "Start"),
    Text("Thời lượng (giây)", "Length (s)"),
    Text("Số điểm cầu", "Sites"),
    Text("Điểm cầu có mặt", "Sites there"),
    Text("Sẵn sàng kết nối (%)", "Available (%)"),
    Text("Mất gói (%)", "Loss (%)"),
    Text("Điểm tiếng nói (MOS)", "MOS"),
    Text("Lần mời", "Calls"),
    Text("Lần mời nối kịp", "Calls in time"),
    Text("Thời gian nối trung vị (ms)", "Connection time, median (ms)"),
    Text("Thời gian nối p95 (ms)", "Connection time, p95 (ms)"),
    Text("Sự cố", "Incidents"),
    Text("Khắc phục, trung vị (giây)", "Mended, median (s)"),
    Text("Lần lệch kịch bản", "Departures from the script"),
    Text("Số mốc", "Gates"),
    Text("Mốc đạt", "Gates ready"),
)


def _figures(one: SessionFigures) -> Sequence[Cell]:
    return (
        one.title, one.starts_at, one.seconds, one.sites, one.attended, one.available_pct,
        one.loss_pct, one.mos, one.calls, one.calls_within, one.p50_ms, one.p95_ms,
        one.incidents, one.mended_s, one.departures, one.gates, one.gates_ready,
    )  # fmt: skip


_GATES = (
    Text("Mốc", "Gate"),
    Text("Thời điểm", "At"),
    Text("Kết quả", "Result"),
    Text("Còn thiếu", "Missing"),
)


def _gates(found: Assessment) -> Iterable[Sequence[Cell]]:
    for one in found.gates:
        missing = "; ".join(step.vi for step in one.missing)
        yield one.title.vi, one.at, "đạt" if one.ready else "chưa đạt", missing


_CALLS = (
    Text("Lúc", "At"),
    Text("Điểm cầu", "Site"),
    Text("Người mời", "By"),
    Text("Thời gian kết nối (ms)", "Connection time (ms)"),
    Text("Trong giới hạn", "Within the limit"),
)


def _calls(found: Assessment) -> Iterable[Sequence[Cell]]:
    words = {True: "có", False: "không", None: "đã có trên màn hình"}
    for one in found.calls.calls:
        yield one.at, one.name, one.by, one.connect_ms, words[one.within]


_QUALITY = (
    Text("Tên", "Name"),
    Text("Số điểm cầu", "Sites"),
    Text("Sẵn sàng kết nối (%)", "Available (%)"),
    Text("Số lần mất", "Times away"),
    Text("Mất gói (%)", "Loss (%)"),
    Text("Mất gói cao nhất (%)", "Loss at worst (%)"),
    Text("Trễ vòng (ms)", "RTT (ms)"),
    Text("Biến động trễ (ms)", "Jitter (ms)"),
    Text("Điểm tiếng nói (MOS)", "MOS"),
    Text("Đứng hình (giây)", "Frozen (s)"),
    Text("Hình đen (giây)", "Black (s)"),
    Text("Mất tiếng (giây)", "Silent (s)"),
    Text("Sự cố", "Incidents"),
)


def _quality(one: Quality) -> Sequence[Cell]:
    faults = (one.faults_s.get(fault) for fault in ("frozen", "black", "silent"))
    return (
        one.name, one.sites, one.available_pct, one.away, one.loss_pct, one.loss_worst, one.rtt_ms,
        one.jitter_ms, one.mos, *faults, one.incidents,
    )  # fmt: skip


_MINUTES = (
    Text("Phút", "Minute"),
    Text("Điểm cầu có mặt", "Sites there"),
    Text("Mất gói (%)", "Loss (%)"),
    Text("Điểm tiếng nói (MOS)", "MOS"),
)

_INCIDENTS = (
    Text("Lúc", "At"),
    Text("Nơi", "Place"),
    Text("Sự cố", "Incident"),
    Text("Nguyên nhân", "Cause"),
    Text("Nhà mạng", "Carrier"),
    Text("Khắc phục", "Remedy"),
    Text("Nhận sau (giây)", "Taken after (s)"),
    Text("Khắc phục sau (giây)", "Mended after (s)"),
    Text("Khép sau (giây)", "Closed after (s)"),
    Text("Mất gói cao nhất quanh lúc báo (%)", "Loss at worst about the report (%)"),
    Text("MOS thấp nhất quanh lúc báo", "MOS at worst about the report"),
)


def _incidents(found: Assessment) -> Iterable[Sequence[Cell]]:
    for one in found.incidents.incidents:
        losses = [minute.loss_pct for minute in one.around if minute.loss_pct is not None]
        scores = [minute.mos for minute in one.around if minute.mos is not None]
        yield (
            one.at, one.name, one.text, one.cause, one.carrier, one.remedy, one.taken_s,
            one.mended_s, one.closed_s, max(losses, default=None), min(scores, default=None),
        )  # fmt: skip


_DEPARTURES = (
    Text("Lúc", "At"),
    Text("Trên màn hình", "Shown"),
    Text("Người thực hiện", "By"),
    Text("Lý do", "Reason"),
)


def _departures(found: Assessment) -> Iterable[Sequence[Cell]]:
    for one in found.departures:
        yield one.at, ", ".join(one.sites), one.by, one.reason


_ROLL = (
    Text("Điểm cầu", "Site"),
    Text("Điểm danh", "Roll"),
    Text("Lý do", "Reason"),
    Text("Số đại biểu", "People"),
    Text("Có tín hiệu (giây)", "Media there (s)"),
    Text("Từ lúc", "Since"),
)
ROLL = {"present": "có mặt", "online": "trực tuyến", "absent": "vắng", "": ""}


def _roll(found: Assessment) -> Iterable[Sequence[Cell]]:
    for one in found.attendance.sites:
        yield one.name, ROLL[one.roll], one.reason, one.people, one.seconds, one.first_at


_RANKING = (
    Text("Đường truyền", "Line"),
    Text("Nhà mạng", "Carrier"),
    Text("Số điểm cầu", "Sites"),
    Text("Bị ảnh hưởng (giây × điểm cầu)", "Impaired (s × sites)"),
    Text("Vì sao", "Why"),
)


def _ranking(found: Assessment) -> Iterable[Sequence[Cell]]:
    for one in found.ranking:
        why = "; ".join(reason.vi for reason in one.why)
        yield one.name, one.carrier, one.sites, one.impaired_s, why
