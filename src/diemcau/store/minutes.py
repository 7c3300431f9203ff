"""Minutes as rows and back: what is measured is a short text, since a year has millions of them.

``[there_s, {figure: [count, mean, least, most]}, {fault: seconds}]``.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from diemcau.domain.measures import Figure, Minute


def row(minute: Minute) -> dict[str, Any]:
    """The columns of ``tables.minutes``."""
    figures = {name: [f.count, f.mean, f.least, f.most] for name, f in minute.figures.items()}
    data = [minute.there_s, figures, dict(minute.faults_s)]
    return {
        "session": minute.session,
        "subject": minute.subject,
        "start": int(minute.start.timestamp()),
        "data": json.dumps(data, separators=(",", ":")),
    }


def read(rows: Sequence[Any]) -> list[Minute]:
    """Minutes of rows ``(session, subject, start, data)``."""
    read_at_once = json.loads(f"[{','.join(row[3] for row in rows)}]")
    starts = {start: datetime.fromtimestamp(start, UTC) for start in _starts(rows)}
    return [
        Minute(
            session,
            subject,
            starts[start],
            there_s,
            {name: Figure(*values) for name, values in figures.items()},
            faults_s,
        )
        for (session, subject, start, _), (there_s, figures, faults_s) in zip(
            rows, read_at_once, strict=True
        )
    ]


def _starts(rows: Iterable[Any]) -> set[int]:
    return {row[2] for row in rows}
