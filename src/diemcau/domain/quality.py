"""How good a line is: figures turned into a class, by limits that are data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from diemcau.domain.emodel import line_mos

PLAYOUT_MS = 60.0
"""What frames, jitter buffer and decoder add to a line's delay: 20 ms frames of Opus, two of them
buffered (RFC 7587, section 6)."""


class Quality(StrEnum):
    UNKNOWN = ""
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


_WORSE = (Quality.UNKNOWN, Quality.GOOD, Quality.FAIR, Quality.POOR)


@dataclass(frozen=True)
class Limit:
    """``good`` as far as that, ``poor`` from there on, and fair between them; figures of which more
    is better have the greater one first. ``source``: whose limits they are."""

    good: float
    poor: float
    source: str

    def of(self, value: float) -> Quality:
        sign = 1 if self.good < self.poor else -1
        if sign * value <= sign * self.good:
            return Quality.GOOD
        return Quality.POOR if sign * value >= sign * self.poor else Quality.FAIR


_FIGURES: Mapping[str, Limit] = {
    "mos": Limit(4.03, 3.60, "ITU-T G.107 annex B: users satisfied; many users dissatisfied"),
    "loss_pct": Limit(1, 2.5, "ITU-T G.1010 table I.1: 1 % for video; pictures break from 2.5 %"),
    "rtt_ms": Limit(
        100,
        200,
        "ITU-T G.114: 150 ms one way from room to room, which two lines and the mixer share; 50 ms "
        "of one line are good, 100 ms too much",
    ),
    "jitter_ms": Limit(30, 80, "ITU-T Y.1541: 50 ms; from 80 ms on buffers of pages run dry"),
    "fps": Limit(15, 8, "ITU-T F.700, video quality levels: 15 for people who talk"),
}


@dataclass(frozen=True)
class Limits:
    """What makes a line good or poor, by figure."""

    figures: Mapping[str, Limit] = field(default_factory=lambda: _FIGURES)


LIMITS = Limits()


def quality_of(figures: Mapping[str, float], limits: Limits = LIMITS) -> Quality:
    """The class of the worst figure; a figure that is missing says nothing."""
    found = (limits.figures[name].of(figures[name]) for name in limits.figures if name in figures)
    return max(found, key=_WORSE.index, default=Quality.UNKNOWN)


def with_mos(figures: Mapping[str, float]) -> dict[str, float]:
    """The figures with the score of the sound, where delay and loss are known."""
    if "rtt_ms" not in figures or "loss_pct" not in figures:
        return dict(figures)
    return {**figures, "mos": _mos(round(figures["rtt_ms"]), round(figures["loss_pct"], 1))}


@lru_cache(maxsize=4096)
def _mos(rtt_ms: float, loss_pct: float) -> float:
    return round(line_mos(rtt_ms / 2 + PLAYOUT_MS, loss_pct), 2)


PLAUSIBLE: Mapping[str, tuple[float, float]] = {
    "rtt_ms": (0, 60_000),
    "loss_pct": (0, 100),
    "jitter_ms": (0, 60_000),
    "kbps": (0, 1_000_000),
    "can_send_kbps": (0, 1_000_000),
    "fps": (0, 240),
    "frozen_pct": (0, 100),
    "level_db": (-200, 20),
}
"""What a figure can be; one that cannot is not believed, as if it were missing."""


def believed(figures: Mapping[str, float]) -> dict[str, float]:
    """Those figures that can be true."""
    return {
        name: value
        for name, value in figures.items()
        if name in PLAUSIBLE and PLAUSIBLE[name][0] <= value <= PLAUSIBLE[name][1]
    }
