"""What is wrong with a site or a link, judged by limits that are data. A figure that is missing is
neither good nor bad."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from diemcau.domain.quality import LIMITS, Limits, Quality, quality_of

KINDS = ("lost", "black", "frozen", "silent", "loss", "quality")
"""What an alarm can be about, the stronger ones first."""

EXPLAINS: Mapping[str, frozenset[str]] = {
    "lost": frozenset(KINDS[1:]),
    "black": frozenset({"frozen"}),
    "frozen": frozenset({"quality"}),
    "loss": frozenset({"frozen", "quality"}),
}
"""What else follows from a fault: not another alarm, but a consequence."""

Ill = Mapping[str, bool | None]
"""By kind: it is so, it is not so, or neither can be said (between two limits; no figure)."""


@dataclass(frozen=True)
class Hold:
    """An alarm is raised when its fault has been there for ``raise_s``, and ends when it has been
    gone for ``end_s``."""

    raise_s: float
    end_s: float


@dataclass(frozen=True)
class Thresholds:
    """When a fault is an alarm. All of it is heard of within 3 s: the mixer takes up to 2.5 s to
    tell a black or frozen picture from a dark or still one, an MCU 1 s to tell that media stopped.
    """

    holds: Mapping[str, Hold] = field(
        default_factory=lambda: {
            "lost": Hold(0.3, 2),
            "black": Hold(0.3, 2),
            "frozen": Hold(0.2, 2),
            "silent": Hold(1.5, 2),
            "loss": Hold(0, 6),
            "quality": Hold(5, 10),
        }
    )
    loss_from: float = 2.5
    loss_to: float = 1.0
    """Per cent: an alarm from the one on, none any more below the other (``LIMITS``)."""
    silent_from: float = -85.0
    silent_to: float = -75.0
    """dBFS. The last bit of 16 is at -90: below -85 nobody's microphone is open. A quiet room with
    noise suppression is at -70 or above."""
    limits: Limits = LIMITS
    grace_s: float = 10.0
    """How long after its cause is mended a consequence is still one: a site dials in again, and
    counters speak of the time before."""
    group: int = 4
    """Sites of one MCU that suffer the same at once, and half of them all, have one cause."""


THRESHOLDS = Thresholds()


@dataclass(frozen=True)
class SiteFacts:
    """What is known of a site. ``state`` as in the live state; ``input`` and ``looks``: what
    arrives of it on its mixer slot, "" where it has none; ``open``: its sound is to be heard."""

    state: str
    figures: Mapping[str, float] = field(default_factory=dict)
    input: str = ""
    looks: str = ""
    open: bool = False


def site_ills(site: SiteFacts, limits: Thresholds = THRESHOLDS) -> dict[str, bool | None]:
    """What is wrong with a site that is there, or was."""
    if site.state == "lost":
        return {"lost": True}
    return {
        "lost": False,
        "black": site.looks == "black",
        "frozen": site.looks == "frozen" or site.figures.get("fps") == 0,
        "silent": _silent(site, limits),
        **line_ills(site.figures, limits),
    }


def _silent(site: SiteFacts, limits: Thresholds) -> bool | None:
    """Of one from whom nothing arrives at all, nobody can say it."""
    if site.input == "lost":
        return None
    level = site.figures.get("level_db")
    return site.open and _beyond(level, limits.silent_from, limits.silent_to)


def line_ills(figures: Mapping[str, float], limits: Thresholds = THRESHOLDS) -> Ill:
    """What is wrong with a line that carries something."""
    found = quality_of(figures, limits.limits)
    return {
        "loss": _beyond(figures.get("loss_pct"), limits.loss_from, limits.loss_to),
        "quality": None if found is Quality.UNKNOWN else found is Quality.POOR,
    }


def _beyond(value: float | None, enter: float, leave: float) -> bool | None:
    """Whether a figure is beyond ``enter``; None between there and ``leave``, and without one."""
    if value is None:
        return None
    sign = 1 if enter > leave else -1
    if sign * value >= sign * enter:
        return True
    return False if sign * value <= sign * leave else None
