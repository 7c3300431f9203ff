"""The assessment of a session (R6.1-7), reckoned from what is stored of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from statistics import median

from diemcau.domain.agenda import agenda, gates
from diemcau.domain.assessment import (
    Assessment,
    CallResult,
    CallTimes,
    Checked,
    DepartureResult,
    GateResult,
    IncidentResult,
    IncidentTimes,
    LateStep,
    MinuteAround,
    MinuteOfAll,
    Rolled,
    SessionFigures,
    SiteAttendance,
)
from diemcau.domain.casework import Attendance, ChairCall, CheckSheet, Departure, Roll
from diemcau.domain.conference import CallState
from diemcau.domain.directory import Directory, Line
from diemcau.domain.dossier import Dossier
from diemcau.domain.incident import Incident, Step
from diemcau.domain.measures import Minute
from diemcau.domain.procedure import Procedure
from diemcau.domain.refusal import Conflict, Text
from diemcau.domain.script import Script
from diemcau.domain.tracks import (
    Quality,
    Track,
    Window,
    link_track,
    mean,
    quality,
    ranked,
    site_track,
)

AROUND = timedelta(minutes=3)
"""So long before and after its report an incident is shown with what was measured there."""

EARLIER = 5
"""So many earlier sessions of its kind a session is compared with."""


@dataclass(frozen=True)
class Held:
    """All that is stored of one session. ``homes``: the MCU of each site, ``parents``: the MCU
    above each MCU."""

    dossier: Dossier
    procedure: Procedure
    homes: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    attendance: Sequence[Attendance] = ()
    calls: Sequence[ChairCall] = ()
    incidents: Sequence[Incident] = ()
    departures: Sequence[Departure] = ()
    sheets: Sequence[CheckSheet] = ()
    script: Script | None = None
    minutes: Sequence[Minute] = ()


def assess(
    held: Held, directory: Directory, now: datetime, earlier: Iterable[SessionFigures] = ()
) -> Assessment:
    """``earlier``: the kept figures of other sessions, in any order. Raises ``Conflict`` for one
    that was never opened."""
    dossier, names = held.dossier, _Names(directory)
    if dossier.opened_at is None:
        raise Conflict(
            "Phiên họp chưa được mở nên chưa có gì để đánh giá.",
            "The session was not opened, so there is nothing to assess yet.",
        )
    window = judged(dossier, now)
    tracks = _Tracks(held, directory, window, names)
    called = _calls(held, names)
    readiness = _gates(held, dossier.closed_at or now)
    rolled = _rolled(held, names, window)
    wrong = _incidents(held, names)
    whole = quality("session", dossier.title, list(tracks.sites.values()), len(dossier.sites))
    ranking = ranked(tracks.sites, tracks.links, tracks.ways, tracks.carriers)
    figures = SessionFigures(
        id=dossier.id,
        dossier=dossier.id,
        kind=held.procedure.kind,
        title=dossier.title,
        starts_at=dossier.starts_at,
        seconds=window.seconds,
        sites=len(dossier.sites),
        attended=rolled.seen,
        available_pct=whole.available_pct,
        loss_pct=whole.loss_pct,
        mos=whole.mos,
        calls=called.count,
        calls_within=called.within,
        p50_ms=called.p50_ms,
        p95_ms=called.p95_ms,
        incidents=wrong.count,
        mended_s=wrong.mended_s,
        departures=len(held.departures),
        gates=len(readiness),
        gates_ready=sum(gate.ready for gate in readiness),
        impaired_s={one.subject: one.impaired_s for one in ranking},
    )
    return Assessment(
        dossier=dossier.id,
        title=dossier.title,
        kind=held.procedure.kind,
        unit=names.unit(dossier.unit),
        final=dossier.closed_at is not None,
        since=window.since,
        until=window.until,
        figures=figures,
        gates=readiness,
        late=_late(held, dossier.closed_at or now),
        checked=_checked(held),
        calls=called,
        whole=whole,
        sites=tuple(quality(f"site/{s}", t.name, [t], 1) for s, t in tracks.sites.items()),
        units=tracks.grouped("unit", tracks.unit_of, names.unit),
        mcus=tracks.grouped("mcu", tracks.home_of, names.mcu),
        links=tuple(
            quality(track.subject, track.name, [track], tracks.below(link))
            for link, track in tracks.links.items()
        ),
        carriers=tracks.by_carrier(),
        minutes=_minutes(tracks, window),
        incidents=wrong,
        departures=tuple(
            DepartureResult(one.at, one.by, tuple(map(names.site, one.sites)), one.reason)
            for one in held.departures
        ),
        script_items=len(held.script.items) if held.script else 0,
        attendance=rolled,
        ranking=ranking,
        earlier=_alike(figures, earlier),
        words=dossier.assessment,
    )


def judged(dossier: Dossier, now: datetime) -> Window:
    """From the official start (or the opening, where it was over by then) to the closing."""
    opened = dossier.opened_at or dossier.starts_at
    until = dossier.closed_at or now
    since = max(opened, dossier.starts_at)
    since = since if since < until else opened
    return Window(since, max(since, until))


def percentile(values: Sequence[float], part: float) -> float | None:
    """By nearest rank."""
    return sorted(values)[max(ceil(part * len(values)), 1) - 1] if values else None


class _Names:
    """What things are called; an id for what the directory no longer has."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def site(self, site: str) -> str:
        found = self._directory.sites.get(site)
        return found.name if found else site

    def unit(self, unit: str) -> str:
        return self._directory.units[unit].name if unit in self._directory.units else unit

    def mcu(self, mcu: str) -> str:
        found = self._directory.mcus.get(mcu)
        return found.name if found else mcu

    def link(self, lower: str, upper: str) -> str:
        return f"{self.mcu(lower)} – {self.mcu(upper)}"


class _Tracks:
    """Sites and links during the session, and how they belong together."""

    def __init__(self, held: Held, directory: Directory, window: Window, names: _Names) -> None:
        self._held, self._directory = held, directory
        by_subject: dict[str, list[Minute]] = {}
        for minute in held.minutes:
            by_subject.setdefault(minute.subject, []).append(minute)
        measured = {minute.start for minute in held.minutes} & set(window.minutes())
        wrong = [incident.subject for incident in held.incidents]
        spans = {one.site: one.spans for one in held.attendance}
        self.sites: dict[str, Track] = {
            site: site_track(
                f"site/{site}",
                names.site(site),
                spans.get(site, ()),
                by_subject.get(f"site/{site}", ()),
                window,
                wrong.count(f"site/{site}"),
            )
            for site in held.dossier.sites
        }
        self.links: dict[str, Track] = {
            lower: link_track(
                subject := f"link/{lower}/{upper}",
                names.link(lower, upper),
                by_subject.get(subject, ()),
                measured,
                window,
                wrong.count(subject),
            )
            for lower, upper in held.parents.items()
        }
        self.ways = {site: self._way(held.homes.get(site, "")) for site in held.dossier.sites}
        lines = {lower: self._line(lower, upper) for lower, upper in held.parents.items()}
        self.carriers = {lower: line.carrier for lower, line in lines.items() if line}

    def unit_of(self, site: str) -> str:
        found = self._directory.sites.get(site)
        return found.unit if found else ""

    def home_of(self, site: str) -> str:
        return self._held.homes.get(site, "")

    def below(self, link: str) -> int:
        return sum(link in way for way in self.ways.values())

    def grouped(
        self, kind: str, key: Callable[[str], str], name: Callable[[str], str]
    ) -> tuple[Quality, ...]:
        """The sites together that have the same key."""
        groups: dict[str, list[Track]] = {}
        for site, track in self.sites.items():
            groups.setdefault(key(site), []).append(track)
        return tuple(
            quality(f"{kind}/{one}", name(one), tracks, len(tracks))
            for one, tracks in groups.items()
            if one
        )

    def by_carrier(self) -> tuple[Quality, ...]:
        groups: dict[str, list[str]] = {}
        for link in self.links:
            groups.setdefault(self.carriers.get(link, ""), []).append(link)
        return tuple(
            quality(
                f"carrier/{carrier}",
                carrier,
                [self.links[link] for link in links],
                sum(bool(set(links) & set(way)) for way in self.ways.values()),
            )
            for carrier, links in groups.items()
            if carrier
        )

    def _way(self, mcu: str) -> tuple[str, ...]:
        """The links from an MCU up to the master, each by its lower end."""
        way: list[str] = []
        while mcu in self._held.parents and mcu not in way:
            way.append(mcu)
            mcu = self._held.parents[mcu]
        return tuple(way)

    def _line(self, lower: str, upper: str) -> Line | None:
        trunks = self._directory.trunks.values()
        between = [line for line in trunks if {line.lower, line.upper} == {lower, upper}]
        return min(between, key=lambda line: line.priority, default=None)


def _gates(held: Held, now: datetime) -> tuple[GateResult, ...]:
    titles = {step.id: step.title for step in held.procedure.steps}
    return tuple(
        GateResult(
            one.gate.id,
            one.gate.title,
            one.at,
            one.ready,
            tuple(titles.get(step, Text(step, step)) for step in one.missing),
        )
        for one in gates(held.procedure, held.dossier.times, held.dossier.steps, now)
    )


def _late(held: Held, now: datetime) -> tuple[LateStep, ...]:
    items = agenda(held.procedure, held.dossier.times, held.dossier.steps, now)
    return tuple(
        LateStep(item.step.title, item.due, item.done.at if item.done else None)
        for item in items
        if item.late and item.due is not None
    )


def _checked(held: Held) -> Checked:
    marks = {
        site: [mark for sheet in held.sheets if sheet.site == site for mark in sheet.marks]
        for site in held.dossier.sites
    }
    failed = sum(any(not mark.passed for mark in found) for found in marks.values())
    unknown = sum(not found for found in marks.values())
    retests = sum(mark.attempt - 1 for found in marks.values() for mark in found)
    return Checked(len(marks) - failed - unknown, failed, unknown, retests)


def _calls(held: Held, names: _Names) -> CallTimes:
    limit_s = held.procedure.call_within.total_seconds()
    calls = tuple(
        CallResult(
            one.site, names.site(one.site), one.at, one.by, one.connect_ms, _within(one, limit_s)
        )
        for one in sorted(held.calls, key=lambda call: call.at)
    )
    times = [call.connect_ms for call in calls if call.connect_ms is not None]
    return CallTimes(
        limit_s=limit_s,
        count=len(calls),
        measured=len(times),
        within=sum(call.within is True for call in calls),
        p50_ms=percentile(times, 0.5),
        p95_ms=percentile(times, 0.95),
        worst_ms=max(times, default=None),
        calls=calls,
    )


def _within(call: ChairCall, limit_s: float) -> bool | None:
    """A site that was on the main screen already had nothing to connect: it has no figure."""
    if call.connect_ms is not None:
        return call.connect_ms <= limit_s * 1000
    return False if call.state in (CallState.FAILED, CallState.REQUESTED) else None


def _incidents(held: Held, names: _Names) -> IncidentTimes:
    results = tuple(_incident(one, held.minutes, names) for one in held.incidents)
    mended = [one.mended_s for one in results if one.mended_s is not None]
    taken = [one.taken_s for one in results if one.taken_s is not None]
    return IncidentTimes(
        count=len(results),
        open=sum(one.closed_s is None for one in results),
        taken_s=median(taken) if taken else None,
        mended_s=median(mended) if mended else None,
        mended_worst_s=max(mended, default=None),
        incidents=results,
    )


def _incident(one: Incident, minutes: Sequence[Minute], names: _Names) -> IncidentResult:
    lower, _, upper = one.link.partition("/")
    return IncidentResult(
        id=one.id,
        name=names.site(one.site) if one.site else names.link(lower, upper),
        at=one.at,
        text=one.text,
        state=one.state,
        kind=str(one.kind or ""),
        cause=one.cause,
        carrier=one.carrier,
        remedy=one.remedy,
        taken_s=one.seconds(Step.TAKEN),
        mended_s=one.seconds(Step.MENDED),
        closed_s=one.seconds(Step.CLOSED),
        steps={str(step): stamp.at for step, stamp in one.steps.items()},
        figures=dict(one.figures),
        around=tuple(_around(one, minutes)),
    )


def _around(one: Incident, minutes: Iterable[Minute]) -> Iterable[MinuteAround]:
    for minute in minutes:
        if minute.subject == one.subject and abs(minute.start - one.at) <= AROUND:
            means = (mean([minute], figure) for figure in ("loss_pct", "rtt_ms", "mos"))
            yield MinuteAround(minute.start, minute.there_s, *means)


def _rolled(held: Held, names: _Names, window: Window) -> Rolled:
    kept = {one.site: one for one in held.attendance}
    sites = tuple(
        _attended(kept.get(site) or Attendance("", "", site), names, window)
        for site in held.dossier.sites
    )
    count = {roll: sum(one.roll == roll for one in sites) for roll in Roll}
    return Rolled(
        invited=len(sites),
        present=count[Roll.PRESENT],
        online=count[Roll.ONLINE],
        absent=count[Roll.ABSENT],
        seen=sum(one.seconds > 0 for one in sites),
        people=sum(one.people for one in sites),
        sites=sites,
    )


def _attended(one: Attendance, names: _Names, window: Window) -> SiteAttendance:
    inside = (window.overlap(span.since, span.until or window.until) for span in one.spans)
    return SiteAttendance(
        site=one.site,
        name=names.site(one.site),
        roll=str(one.roll or ""),
        reason=one.reason,
        people=one.people,
        seconds=round(sum(inside), 1),
        first_at=one.spans[0].since if one.spans else None,
    )


def _minutes(tracks: _Tracks, window: Window) -> tuple[MinuteOfAll, ...]:
    by_start: dict[datetime, list[Minute]] = {}
    for track in tracks.sites.values():
        for minute in track.minutes:
            by_start.setdefault(minute.start, []).append(minute)
    return tuple(
        MinuteOfAll(
            start,
            sum(minute.there_s > 0 for minute in by_start[start]),
            mean(by_start[start], "loss_pct"),
            mean(by_start[start], "mos"),
        )
        for start in window.minutes()
        if start in by_start
    )


def _alike(figures: SessionFigures, others: Iterable[SessionFigures]) -> tuple[SessionFigures, ...]:
    """Those of the same kind before it, the latest first."""
    earlier = [
        one
        for one in others
        if one.kind == figures.kind
        and one.starts_at < figures.starts_at
        and one.dossier != figures.dossier
    ]
    return tuple(sorted(earlier, key=lambda one: one.starts_at, reverse=True)[:EARLIER])
