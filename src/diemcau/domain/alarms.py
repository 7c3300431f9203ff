"""Alarms that do not flap, one for each cause. Time is an argument: seconds that never go back, and
the time of day for what people read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from diemcau.domain.watch import EXPLAINS, KINDS, THRESHOLDS, Hold, Ill, Thresholds

Key = tuple[str, str]
"""Subject and kind."""

GROUPED = frozenset({"lost", "loss", "quality"})


@dataclass(frozen=True)
class Alarm:
    """Something is wrong. ``subject``: ``site/<id>``, ``link/<lower MCU>/<upper MCU>`` or
    ``mcu/<id>``; ``kind``: one of ``watch.KINDS``; ``sites``: those that suffer from it."""

    id: str
    subject: str
    kind: str
    since: datetime
    sites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What is wrong with a subject now. ``under``: the subjects whose loss would explain its own;
    ``mcu``: where a site is at home."""

    ill: Ill
    under: tuple[str, ...] = ()
    mcu: str = ""


@dataclass(frozen=True)
class Changes:
    raised: tuple[Alarm, ...] = ()
    ended: tuple[Alarm, ...] = ()


@dataclass
class _Held:
    """One fault of one subject: hysteresis in time."""

    on: bool = False
    began: float | None = None
    cleared: float | None = None

    def step(self, ill: bool | None, at: float, hold: Hold) -> bool:
        if ill is not None:
            self.began = (at if self.began is None else self.began) if ill else None
        self.cleared = (at if self.cleared is None else self.cleared) if ill is False else None
        if self.on:
            self.on = self.cleared is None or at - self.cleared < hold.end_s
        else:
            self.on = ill is True and self.began is not None and at - self.began >= hold.raise_s
        return self.on


@dataclass
class Alarms:
    """The alarms of one conference."""

    limits: Thresholds = THRESHOLDS
    _now: dict[Key, Alarm] = field(default_factory=dict)
    _held: dict[Key, _Held] = field(default_factory=dict)
    _grace: dict[Key, float] = field(default_factory=dict)
    _groups: set[Key] = field(default_factory=set)

    @property
    def now(self) -> tuple[Alarm, ...]:
        """Those there are, the longest first."""
        return tuple(sorted(self._now.values(), key=lambda alarm: (alarm.since, alarm.id)))

    def update(self, readings: Mapping[str, Reading], now: datetime, at: float) -> Changes:
        """Take in how everybody fares. Whoever is not in the readings is not there any more, and
        what was wrong with him is no more either."""
        on = self._on(readings, at)
        alone = [key for key in on if self._by_itself(key, readings[key[0]], on)]
        found = self._grouped(alone, readings)
        raised = [self._alarm(key, sites, now, at) for key, sites in found.items()]
        before, self._now = self._now, {(alarm.subject, alarm.kind): alarm for alarm in raised}
        return Changes(
            tuple(alarm for key, alarm in self._now.items() if key not in before),
            tuple(alarm for key, alarm in before.items() if key not in self._now),
        )

    @property
    def unsettled(self) -> bool:
        """Whether something is wrong that is no alarm yet."""
        return any(held.began is not None and not held.on for held in self._held.values())

    def end(self) -> Changes:
        """The conference is over, and with it all that was wrong."""
        before, self._now = self._now, {}
        return Changes((), tuple(before.values()))

    def _on(self, readings: Mapping[str, Reading], at: float) -> set[Key]:
        for key in [key for key in self._held if key[0] not in readings]:
            del self._held[key]
        on = set()
        for subject, reading in readings.items():
            for kind in KINDS:
                ill = reading.ill.get(kind, False)
                if ill is False and (subject, kind) not in self._held:
                    continue
                held = self._held.setdefault((subject, kind), _Held())
                if held.step(ill, at, self.limits.holds[kind]):
                    on.add((subject, kind))
        self._grace |= dict.fromkeys(on, at + self.limits.grace_s)
        self._grace = {key: until for key, until in self._grace.items() if at < until}
        return on

    def _by_itself(self, key: Key, reading: Reading, on: set[Key]) -> bool:
        """Whether no other fault is, or was a moment ago, its cause. What a cause has left behind
        is not raised any more once it is going."""
        subject, kind = key
        stronger = [(subject, other) for other, follow in EXPLAINS.items() if kind in follow]
        causes = [*stronger, *((above, "lost") for above in reading.under)]
        if any(cause in on or cause in self._grace for cause in causes):
            return False
        told = key in self._now or (f"mcu/{reading.mcu}", kind) in self._groups
        return told or self._held[key].cleared is None

    def _grouped(
        self, keys: Iterable[Key], readings: Mapping[str, Reading]
    ) -> dict[Key, tuple[str, ...]]:
        """The alarms with the sites that suffer: many of one MCU that suffer the same are one."""
        found: dict[Key, tuple[str, ...]] = {}
        groups: dict[Key, list[Key]] = {}
        for subject, kind in sorted(keys):
            mcu = readings[subject].mcu
            if mcu and kind in GROUPED:
                groups.setdefault((f"mcu/{mcu}", kind), []).append((subject, kind))
            else:
                found[subject, kind] = _beneath(subject, readings)
        self._groups = {group for group, its in groups.items() if self._one(group, its, readings)}
        for group, its in groups.items():
            sites = tuple(_site(subject) for subject, _ in its)
            if group in self._groups:
                found[group] = found.get(group, ()) + sites
            else:
                found |= {key: (site,) for key, site in zip(its, sites, strict=True)}
        return found

    def _one(self, group: Key, its: list[Key], readings: Mapping[str, Reading]) -> bool:
        """Once it is one, it stays one until hardly anybody is left."""
        if group in self._groups:
            return len(its) > 1
        all_of_it = sum(f"mcu/{reading.mcu}" == group[0] for reading in readings.values())
        return len(its) >= max(self.limits.group, all_of_it / 2)

    def _alarm(self, key: Key, sites: tuple[str, ...], now: datetime, at: float) -> Alarm:
        before = self._now.get(key)
        if before is not None:
            return before if before.sites == sites else replace(before, sites=sites)
        held = self._held.get(key)
        began = at if held is None or held.began is None else held.began
        since = now - timedelta(seconds=at - began)
        return Alarm(_id(key, since), *key, since, sites)


def _beneath(subject: str, readings: Mapping[str, Reading]) -> tuple[str, ...]:
    if subject.startswith("site/"):
        return (_site(subject),)
    sites = (name for name, reading in readings.items() if subject in reading.under)
    return tuple(sorted(_site(name) for name in sites if name.startswith("site/")))


def _site(subject: str) -> str:
    return subject.removeprefix("site/")


def _id(key: Key, since: datetime) -> str:
    """The same for the same alarm, and never that of another one."""
    return f"{key[1]}.{key[0].replace('/', '.')}.{since.timestamp() * 1000:.0f}"
