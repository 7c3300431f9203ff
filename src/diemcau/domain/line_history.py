"""A line over days, weeks and sessions, made of its minutes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import TypeVar

from diemcau.domain.localtime import local_day
from diemcau.domain.measures import FIGURES, Minute

K = TypeVar("K")

WORST = 5


@dataclass(frozen=True)
class Spread:
    """One figure: its mean over all samples, and what 95 of 100 minutes keep within (nearest rank
    over the minutes' means; of ``mos``, where more is better, the other end)."""

    mean: float
    p95: float


@dataclass(frozen=True)
class Period:
    """What was measured from a day on, or in a session. ``availability``: the share of the measured
    time in which the line was there, in per cent; None where nothing was measured."""

    start: date
    minutes: int
    availability: float | None
    figures: Mapping[str, Spread]
    session: str = ""


@dataclass(frozen=True)
class LineHistory:
    days: tuple[Period, ...]
    weeks: tuple[Period, ...]
    worst: tuple[Period, ...]
    """Sessions, the worst first: by availability, then by loss."""


def history(minutes: Sequence[Minute]) -> LineHistory:
    """``minutes``: one line's, of any sessions."""
    sessions = [
        _period(local_day(its[0].start), its, session)
        for session, its in _grouped((m.session, m) for m in minutes).items()
    ]
    return LineHistory(
        _periods((local_day(m.start), m) for m in minutes),
        _periods((_monday(local_day(m.start)), m) for m in minutes),
        tuple(sorted(sessions, key=_badness)[:WORST]),
    )


def _periods(minutes: Iterable[tuple[date, Minute]]) -> tuple[Period, ...]:
    return tuple(_period(start, its) for start, its in sorted(_grouped(minutes).items()))


def _grouped(minutes: Iterable[tuple[K, Minute]]) -> dict[K, list[Minute]]:
    found: dict[K, list[Minute]] = {}
    for key, minute in minutes:
        found.setdefault(key, []).append(minute)
    return found


def _period(start: date, minutes: Sequence[Minute], session: str = "") -> Period:
    there = sum(m.there_s for m in minutes)
    lost = sum(m.faults_s.get("lost", 0) for m in minutes)
    share = round(100 * there / (there + lost), 2) if there + lost else None
    figures = {name: _spread(name, minutes) for name in FIGURES}
    known = {name: spread for name, spread in figures.items() if spread is not None}
    return Period(start, len(minutes), share, known, session)


def _spread(name: str, minutes: Sequence[Minute]) -> Spread | None:
    found = [m.figures[name] for m in minutes if name in m.figures]
    if not found:
        return None
    means = sorted((f.mean for f in found), reverse=name == "mos")
    mean = sum(f.mean * f.count for f in found) / sum(f.count for f in found)
    return Spread(round(mean, 2), round(means[ceil(0.95 * len(means)) - 1], 2))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _badness(period: Period) -> tuple[float, float]:
    loss = period.figures.get("loss_pct")
    available = 100.0 if period.availability is None else period.availability
    return available, -(loss.mean if loss else 0.0)
