"""In which order, and how often, an MCU takes stills of its sites: each in turn, none too often.

A still costs its site a keyframe, which it pays for with quality, and the MCU a picture to decode:
the first is bounded for each site, the second for all together.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from math import inf

from diemcau.domain.resources import Key


@dataclass(frozen=True)
class Pace:
    """A site is asked at most once in ``every_s`` seconds, all of them at most ``most_per_s`` times
    a second, and no more than ``at_once`` at the same time."""

    every_s: float = 10.0
    most_per_s: float = 20.0
    at_once: int = 8


@dataclass(frozen=True)
class Round:
    """Who was asked when, in seconds of a clock that never goes back."""

    pace: Pace = Pace()
    asked: Mapping[Key, float] = field(default_factory=dict)
    last: float = -inf

    def next(self, sites: Iterable[Key]) -> tuple[Key, float] | None:
        """Whose turn it is among these, and from when on; whoever waited longest comes first."""
        first = min(sites, key=lambda site: self.asked.get(site, -inf), default=None)
        if first is None:
            return None
        rested = self.asked.get(first, -inf) + self.pace.every_s
        return first, max(rested, self.last + 1 / self.pace.most_per_s)

    def with_asked(self, site: Key, now: float, sites: Set[Key]) -> "Round":
        """The round after a site was asked. One that is not among ``sites`` any more is remembered
        as long as it may not be asked again, should it come back."""
        kept = {
            key: at
            for key, at in self.asked.items()
            if key in sites or at + self.pace.every_s > now
        }
        return replace(self, asked={**kept, site: now}, last=now)
