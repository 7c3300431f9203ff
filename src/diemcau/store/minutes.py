"""Minutes as rows and back: a year has millions of them, so what is measured is packed.

Little endian: a bit for each figure that is there (in the order of ``FIGURES``, to which new ones
are added at the end), a bit for each fault, the seconds there; then of each figure count, mean,
least and most, and of each fault its seconds.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import cache
from struct import Struct
from typing import Any

from diemcau.domain.measures import FAULTS, FIGURES, Figure, Minute

_HEAD = Struct("<HHd")


def row(minute: Minute) -> dict[str, Any]:
    """The columns of ``tables.minutes``."""
    figures, faults = _mask(FIGURES, minute.figures), _mask(FAULTS, minute.faults_s)
    values: list[float] = []
    for name in _names(FIGURES, figures):
        one = minute.figures[name]
        values += (one.count, one.mean, one.least, one.most)
    values += (minute.faults_s[name] for name in _names(FAULTS, faults))
    return {
        "session": minute.session,
        "subject": minute.subject,
        "start": int(minute.start.timestamp()),
        "data": _HEAD.pack(figures, faults, minute.there_s) + _body(figures, faults).pack(*values),
    }


def read(rows: Sequence[Any]) -> list[Minute]:
    """Minutes of rows ``(session, subject, start, data)``."""
    starts = {start: datetime.fromtimestamp(start, UTC) for start in {row[2] for row in rows}}
    return [
        Minute(session, subject, starts[start], *_measured(data))
        for session, subject, start, data in rows
    ]


def _measured(data: bytes) -> tuple[float, dict[str, Figure], dict[str, float]]:
    figures, faults, there_s = _HEAD.unpack_from(data)
    values = _body(figures, faults).unpack_from(data, _HEAD.size)
    names = _names(FIGURES, figures)
    found = {name: Figure(*values[4 * n : 4 * n + 4]) for n, name in enumerate(names)}
    suffered = zip(_names(FAULTS, faults), values[4 * len(names) :], strict=True)
    return there_s, found, dict(suffered)


def _mask(names: Sequence[str], there: Collection[str]) -> int:
    return sum(1 << bit for bit, name in enumerate(names) if name in there)


@cache
def _names(names: tuple[str, ...], mask: int) -> tuple[str, ...]:
    return tuple(name for bit, name in enumerate(names) if mask >> bit & 1)


@cache
def _body(figures: int, faults: int) -> Struct:
    return Struct("<" + "Iddd" * figures.bit_count() + "d" * faults.bit_count())
