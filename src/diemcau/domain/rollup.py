"""Samples of what was measured, rolled up by the minute. Time is an argument: the server's, so that
no other clock matters."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from diemcau.domain.measures import MINUTE_S, Figure, Minute


@dataclass(frozen=True)
class Sample:
    """What is known of a subject at a moment. A figure that is not known is absent, never 0."""

    there: bool = False
    figures: Mapping[str, float] = field(default_factory=dict)
    faults: Collection[str] = ()

    @property
    def empty(self) -> bool:
        return not (self.there or self.figures or self.faults)


def minute_of(at: datetime) -> datetime:
    """The beginning of its minute."""
    return at - timedelta(seconds=at.timestamp() % MINUTE_S)


class Rollup:
    """The minutes of one session that are not complete yet."""

    def __init__(self, session: str) -> None:
        self._session = session
        self._minutes: dict[tuple[str, datetime], Minute] = {}

    def resume(self, minutes: Sequence[Minute], now: datetime) -> None:
        """Go on with what was kept of the present minute, by whoever sampled before."""
        for one in minutes:
            if one.start == minute_of(now):
                self._minutes[one.subject, one.start] = one

    def add(self, subject: str, at: datetime, seconds: float, sample: Sample) -> None:
        """Take in what held for ``seconds`` until ``at``."""
        if sample.empty:
            return
        key = subject, minute_of(at)
        before = self._minutes.get(key) or Minute(self._session, *key)
        self._minutes[key] = Minute(
            self._session,
            *key,
            there_s=round(before.there_s + (seconds if sample.there else 0), 3),
            figures={**before.figures, **_added(before.figures, sample.figures)},
            faults_s={
                **before.faults_s,
                **{f: round(before.faults_s.get(f, 0) + seconds, 3) for f in sample.faults},
            },
        )

    def take(self, now: datetime | None = None) -> list[Minute]:
        """The minutes that ended before ``now``, or all there are; they are given once."""
        this = minute_of(now) if now else None
        ended = [key for key in self._minutes if this is None or key[1] != this]
        return [_rounded(self._minutes.pop(key)) for key in ended]


def _rounded(minute: Minute) -> Minute:
    figures = {name: replace(f, mean=round(f.mean, 3)) for name, f in minute.figures.items()}
    return replace(minute, figures=figures)


def _added(before: Mapping[str, Figure], values: Mapping[str, float]) -> dict[str, Figure]:
    return {name: _joined(before.get(name), value) for name, value in values.items()}


def _joined(figure: Figure | None, value: float) -> Figure:
    if figure is None:
        return Figure(1, value, value, value)
    count = figure.count + 1
    mean = figure.mean + (value - figure.mean) / count
    return Figure(count, mean, min(figure.least, value), max(figure.most, value))
