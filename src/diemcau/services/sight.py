"""How everybody in a conference fares, read from what was said of it.

Only the server's clock counts. What is said is a new object each time, so what is still the same
one after a while is old, and as good as missing.
"""

from collections import deque
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import structlog

from diemcau.domain.alarms import Reading
from diemcau.domain.cascade import Cascade
from diemcau.domain.conference import Conference
from diemcau.domain.directory import Directory
from diemcau.domain.measures import FAULTS
from diemcau.domain.planner import cascade, home
from diemcau.domain.quality import believed, with_mos
from diemcau.domain.rollup import Sample
from diemcau.domain.source import site_of
from diemcau.domain.watch import SiteFacts, line_ills, site_ills
from diemcau.services.live import arriving, seen_at_home
from diemcau.services.observations import NOTHING, Observations, Said, joined

log = structlog.get_logger(__name__)

OLD_S = 6.0
"""Figures come every two seconds or faster; older ones say nothing of now."""
LEVELS_OLD_S = 2.0
COMING_S = 30.0
"""How long an MCU may take to be there at all."""
SEATS_S = 1.0
"""An MCU says up to so much later than the mixer that a site's own line is silent
(``mcu/silence.py``): until then what the mixer misses may be the site's."""

APART = 1.5
"""How much two ends that count the same losses over other seconds may differ."""

THERE = ("ready", "lost")


@dataclass(frozen=True)
class Seen:
    """A subject as it is now: as it is judged, and as it is kept."""

    reading: Reading
    sample: Sample


class Sight:
    """Looks at one conference again and again; ``began``: when it was first looked at."""

    def __init__(self, observations: Observations, began: float) -> None:
        self._observations = observations
        self._began = began
        self._up: set[str] = set()
        self._missed: dict[str, float] = {}
        self._said: dict[Hashable, tuple[object, float]] = {}
        self._liars: set[tuple[str, str]] = set()
        self._losses: dict[Hashable, deque[tuple[float, float]]] = {}

    def look(self, conference: Conference, directory: Directory, at: float) -> dict[str, Seen]:
        """Everybody who is there, or was and did not leave."""
        said = self._observations.of(conference.id)
        tree = cascade(conference, directory)
        homes = {site: home(conference, directory, site) for site in conference.sites}
        seen = {}
        self._miss(conference, tree, homes, said, at)
        for mcu in tree.members:
            subject = subject_of(tree, mcu)
            seen[subject] = self._mcu(conference, tree, homes, mcu, said, at)
        down = {subject for subject, one in seen.items() if one.reading.ill["lost"]}
        for site, mcu in homes.items():
            state = seen_at_home(site, mcu, said)
            if state in THERE:
                under = tuple(subject_of(tree, one) for one in tree.path(mcu))
                seen[f"site/{site}"] = self._site(conference, site, mcu, said, at, under, down)
        seen["program"] = self._program(conference, said, at)
        return seen

    def _mcu(
        self,
        conference: Conference,
        tree: Cascade,
        homes: Mapping[str, str],
        mcu: str,
        said: Said,
        at: float,
    ) -> Seen:
        """An MCU and its link are one: what does not come over the one is not at the other."""
        well = self._well(conference, mcu, said)
        if well:
            self._up.add(mcu)
        known = mcu in self._up or at - self._began > COMING_S
        missed = mcu in self._missed and at - self._missed[mcu] >= SEATS_S
        lost = known and (not well or missed)
        fresh = self._fresh(("link", mcu), said.links.get(mcu), at)
        figures: dict[str, float] = {}
        if fresh and not lost:
            lanes = said.links[mcu].items()
            own = [self._lane(conference, tree, homes, mcu, n, lane, said, at) for n, lane in lanes]
            figures = with_mos(self._judged(mcu, joined(own)))
        above = tuple(subject_of(tree, one) for one in tree.path(mcu)[1:])
        reading = Reading({"lost": lost, **line_ills(figures)}, above)
        return Seen(reading, Sample(well and not missed, figures, ("lost",) if lost else ()))

    def _well(self, conference: Conference, mcu: str, said: Said) -> bool:
        """The master is not without its mixer: the programme that all others miss is its own."""
        mixes = mcu != conference.master or said.seen.get(mcu, NOTHING).mixer
        return mixes and self._observations.well(mcu, conference.id)

    def _lane(
        self,
        conference: Conference,
        tree: Cascade,
        homes: Mapping[str, str],
        mcu: str,
        lane: int,
        figures: Mapping[str, float],
        said: Said,
        at: float,
    ) -> Mapping[str, float]:
        """A lane's own figures: packets that were lost before it are not lost on it."""
        lanes = conference.lanes.get(mcu, ())
        source = lanes[lane] if lane < len(lanes) else ""
        if "loss_pct" not in figures or site_of(source) not in homes:
            return figures
        path = tree.path(homes[site_of(source)])
        below = path[path.index(mcu) - 1] if mcu in path[1:] else ""
        carried = conference.lanes.get(below, ())
        number = carried.index(source) if source in carried else -1
        before = said.links.get(below, {}).get(number) if below else said.quality.get(source)
        lost = self._worst((mcu, lane), (before or {}).get("loss_pct", 0.0), at)
        return {**figures, "loss_pct": max(0.0, figures["loss_pct"] - APART * lost)}

    def _worst(self, key: Hashable, loss: float, at: float) -> float:
        """The most of a loss lately: the two ends of a lane tell of it at different times."""
        losses = self._losses.setdefault(key, deque())
        losses.append((at, loss))
        while at - losses[0][0] > OLD_S:
            losses.popleft()
        return max(loss for _, loss in losses)

    def _site(
        self,
        conference: Conference,
        site: str,
        mcu: str,
        said: Said,
        at: float,
        under: tuple[str, ...],
        down: set[str],
    ) -> Seen:
        facts = self._facts(conference, site, mcu, said, at)
        ill = site_ills(facts)
        cut = not down.isdisjoint(under)
        faults = [kind for kind in FAULTS if ill.get(kind)]
        sample = Sample(facts.state == "ready", facts.figures, faults)
        if cut:  # nobody sees how it fares there, and for the session it is not there
            ill, sample = dict.fromkeys(ill), Sample(faults=("lost",))
        return Seen(Reading(ill, under, mcu), sample)

    def _facts(
        self, conference: Conference, site: str, mcu: str, said: Said, at: float
    ) -> SiteFacts:
        figures: dict[str, float] = {}
        for who, kept in (("page", said.page_quality), ("mcu", said.quality)):
            if self._fresh((who, site), kept.get(site), at):
                figures |= self._judged(site, kept.get(site, {}))
        if site in said.levels and self._fresh("levels", said.levels, at, LEVELS_OLD_S):
            figures["level_db"] = said.levels[site]
        slot = conference.slots.index(site) if site in conference.slots else -1
        return SiteFacts(
            seen_at_home(site, mcu, said),
            with_mos(figures),
            arriving(conference, site, said),
            said.look(site, slot),
            open=site in conference.on_air and site not in conference.muted,
        )

    def _program(self, conference: Conference, said: Said, at: float) -> Seen:
        fresh = self._fresh("levels", said.levels, at, LEVELS_OLD_S)
        level = said.program_level if fresh else None
        figures = {} if level is None else {"level_db": level}
        well = self._well(conference, conference.master, said)
        return Seen(Reading({}), Sample(well, figures))

    def _miss(
        self,
        conference: Conference,
        tree: Cascade,
        homes: Mapping[str, str],
        said: Said,
        at: float,
    ) -> None:
        """Since when the mixer gets nothing of all whom an MCU has on the way to it, though their
        own MCUs say that they are there."""
        missing: set[str] = set()
        coming: set[str] = set()
        for site in conference.slots:
            if site not in homes or seen_at_home(site, homes[site], said) != "ready":
                continue
            way = tree.path(homes[site])[:-1]
            (missing if arriving(conference, site, said) == "lost" else coming).update(way)
        missing -= coming
        self._missed = {mcu: self._missed.get(mcu, at) for mcu in missing}

    def _judged(self, subject: str, said: Mapping[str, float]) -> dict[str, float]:
        """Figures that can be true; whoever says others is named, once."""
        true = believed(said)
        for name in said.keys() - true.keys():
            if (subject, name) not in self._liars:
                self._liars.add((subject, name))
                log.warning("not believed", subject=subject, figure=name, value=said[name])
        return true

    def _fresh(self, key: Hashable, value: object, at: float, old_s: float = OLD_S) -> bool:
        """Whether that was said not long ago."""
        known = self._said.get(key)
        if known is None or known[0] is not value:
            self._said[key] = (value, at)
            return value is not None
        return value is not None and at - known[1] <= old_s


def subject_of(tree: Cascade, mcu: str) -> str:
    """An MCU as a subject: by the link over which the session has it."""
    return f"link/{mcu}/{tree.parent[mcu]}" if mcu in tree.parent else f"mcu/{mcu}"
