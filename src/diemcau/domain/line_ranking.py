"""Which lines want mending, over several sessions: from the figures that each kept (R7-lines)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from diemcau.domain.assessment import SessionFigures
from diemcau.domain.assessment_tables import Cell, Table
from diemcau.domain.directory import Directory
from diemcau.domain.refusal import Text


@dataclass(frozen=True)
class RankedOver:
    """A line, over ``sessions`` in which it was impaired, for so many seconds of all its sites
    together; ``worst`` is the title of the one in which that was most."""

    subject: str
    name: str
    carrier: str
    sessions: int
    impaired_s: float
    worst: str
    worst_at: datetime
    worst_s: float


def ranked_over(figures: Iterable[SessionFigures], directory: Directory) -> tuple[RankedOver, ...]:
    """The worst first."""
    found: dict[str, list[SessionFigures]] = {}
    for one in figures:
        for subject in one.impaired_s:
            found.setdefault(subject, []).append(one)
    carriers = _carriers(directory)
    ranked = []
    for subject, sessions in found.items():
        worst = max(sessions, key=lambda one: one.impaired_s[subject])
        ranked.append(
            RankedOver(
                subject=subject,
                name=_name(subject, directory),
                carrier=carriers.get(frozenset(subject.split("/")[1:]), ""),
                sessions=len(sessions),
                impaired_s=round(sum(one.impaired_s[subject] for one in sessions), 1),
                worst=worst.title,
                worst_at=worst.starts_at,
                worst_s=worst.impaired_s[subject],
            )
        )
    return tuple(sorted(ranked, key=lambda one: (-one.impaired_s, one.subject)))


def ranking_table(ranked: Iterable[RankedOver]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            one.name, one.carrier, one.sessions, one.impaired_s, one.worst, one.worst_at,
            one.worst_s,
        )
        for one in ranked
    ]  # fmt: skip
    columns = (
        Text("Đường truyền, điểm cầu", "Line, site"),
        Text("Nhà mạng", "Carrier"),
        Text("Số phiên bị ảnh hưởng", "Sessions impaired"),
        Text("Bị ảnh hưởng (giây × điểm cầu)", "Impaired (s × sites)"),
        Text("Phiên nặng nhất", "Worst session"),
        Text("Khai mạc", "Start"),
        Text("Trong phiên đó (giây × điểm cầu)", "In that session (s × sites)"),
    )
    return Table("Đường truyền cần khắc phục", columns, tuple(rows))


def _carriers(directory: Directory) -> Mapping[frozenset[str], str]:
    """By the MCUs at its ends; of several lines, that of the first."""
    lines = sorted(directory.trunks.values(), key=lambda line: -line.priority)
    return {frozenset((line.lower, line.upper)): line.carrier for line in lines}


def _name(subject: str, directory: Directory) -> str:
    """An id for what the directory no longer has."""
    kind, *ids = subject.split("/")
    known = directory.sites if kind == "site" else directory.mcus
    return " – ".join(known[one].name if one in known else one for one in ids)
