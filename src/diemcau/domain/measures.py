"""What was measured of a session, rolled up minute by minute: sites, links between MCUs, the
programme. Assessments, histories of lines and the evidence for a carrier are made from these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

MINUTE_S = 60

FIGURES = ("rtt_ms", "loss_pct", "jitter_ms", "kbps", "fps", "level_db", "mos")
"""What is measured of a subject; ``mos``: the E-model's estimate of its sound (ITU-T G.107)."""

FAULTS = ("lost", "frozen", "black", "silent")
"""What a subject can suffer from; kept as the seconds it lasted."""


@dataclass(frozen=True)
class Figure:
    """The values of one figure in a minute: how many, their mean, the least and the greatest."""

    count: int
    mean: float
    least: float
    most: float


@dataclass(frozen=True)
class Minute:
    """One subject in one minute of a session. Nothing is there of a minute without a measurement.

    ``session``: the dossier's id, or the conference's where it has none. ``subject``:
    ``site/<id>``, ``link/<lower MCU>/<upper MCU>`` or ``program``. ``start``: the minute's, in UTC.
    ``there_s``: seconds in which its media arrived.
    """

    session: str
    subject: str
    start: datetime
    there_s: float = 0.0
    figures: Mapping[str, Figure] = field(default_factory=dict)
    faults_s: Mapping[str, float] = field(default_factory=dict)
