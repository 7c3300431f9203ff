"""How good a session's sites and links were, and which lines want mending (R6.1-7, R7-lines).

Presence is what the media showed (``Attendance``), quality what was measured minute by minute
(``Minute``). What was not measured is not known, and never counted as good or bad.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from diemcau.domain.casework import Span
from diemcau.domain.measures import MINUTE_S, Minute
from diemcau.domain.quality import LIMITS
from diemcau.domain.refusal import Text

LOSS_PCT, MOS = (LIMITS.figures[name].poor for name in ("loss_pct", "mos"))
"""A minute with more loss than this, or a score below that, is bad: as on the pages."""

MEANS = ("loss_pct", "rtt_ms", "jitter_ms", "mos")


@dataclass(frozen=True)
class Window:
    """The time of a session that is judged."""

    since: datetime
    until: datetime

    @property
    def seconds(self) -> float:
        return (self.until - self.since).total_seconds()

    def overlap(self, start: datetime, end: datetime) -> float:
        """Seconds of it between two moments."""
        return max(0.0, (min(end, self.until) - max(start, self.since)).total_seconds())

    def minutes(self) -> list[datetime]:
        """The minutes that it touches, by their starts in UTC."""
        first = self.since.astimezone(UTC).replace(second=0, microsecond=0)
        count = int(-((first - self.until).total_seconds() // MINUTE_S)) if self.seconds else 0
        return [first + timedelta(seconds=MINUTE_S * number) for number in range(count)]


@dataclass(frozen=True)
class Quality:
    """Of a site, a link, or several together; None: not known.

    ``away``: how often it was there and went. Figures are means over all measurements,
    ``loss_worst`` is the greatest one; ``faults_s``: how long it suffered from what.
    """

    subject: str
    name: str
    sites: int
    available_pct: float | None
    away: int = 0
    loss_pct: float | None = None
    loss_worst: float | None = None
    rtt_ms: float | None = None
    jitter_ms: float | None = None
    mos: float | None = None
    faults_s: Mapping[str, float] = field(default_factory=dict)
    incidents: int = 0


@dataclass(frozen=True)
class Track:
    """A site or link during the session: ``expected`` seconds, of which it was ``there``;
    ``impaired``: in which minutes it was away, faulty or bad, and for how many seconds of each."""

    subject: str
    name: str
    expected: float
    there: float
    away: int = 0
    minutes: tuple[Minute, ...] = ()
    impaired: Mapping[datetime, float] = field(default_factory=dict)
    incidents: int = 0


@dataclass(frozen=True)
class Ranked:
    """A line that wants mending. ``impaired_s``: seconds in which sites suffered from it, of all
    its ``sites`` together."""

    subject: str
    name: str
    carrier: str
    sites: int
    impaired_s: float
    why: tuple[Text, ...]


def site_track(
    subject: str,
    name: str,
    spans: Sequence[Span],
    minutes: Sequence[Minute],
    window: Window,
    incidents: int = 0,
) -> Track:
    """A site is expected for the whole session. One that never came is absent, which is no fault
    of its line."""
    ends = [(span.since, span.until or window.until) for span in spans]
    there = sum(window.overlap(start, end) for start, end in ends)
    away = sum(window.since < end < window.until for _, end in ends)
    inside = _inside(minutes, window)
    missing = {}
    for start in window.minutes():
        part = _part(window, start)
        present = sum(part.overlap(*span) for span in ends) if part.seconds else 0.0
        missing[start] = part.seconds - present
    impaired = _impaired(inside, missing if there else {})
    return Track(subject, name, window.seconds, there, away, inside, impaired, incidents)


def link_track(
    subject: str,
    name: str,
    minutes: Sequence[Minute],
    measured: Iterable[datetime],
    window: Window,
    incidents: int = 0,
) -> Track:
    """A link is expected in every minute in which anything of the session was ``measured``; one of
    which nothing ever was, is not judged."""
    inside = _inside(minutes, window)
    there = {one.start: min(one.there_s, _part(window, one.start).seconds) for one in inside}
    parts = {start: _part(window, start).seconds for start in measured} if inside else {}
    missing = {start: seconds - there.get(start, 0.0) for start, seconds in parts.items()}
    impaired = _impaired(inside, missing)
    gone = [start for start, seconds in missing.items() if seconds >= 1]
    away = sum(start - timedelta(seconds=MINUTE_S) not in gone for start in gone)
    expected = sum(parts.values())
    return Track(subject, name, expected, sum(there.values()), away, inside, impaired, incidents)


def quality(subject: str, name: str, tracks: Sequence[Track], sites: int) -> Quality:
    """Of these together; times are added up, figures weighted by their measurements."""
    expected = sum(track.expected for track in tracks)
    there = sum(track.there for track in tracks)
    minutes = [minute for track in tracks for minute in track.minutes]
    faults: defaultdict[str, float] = defaultdict(float)
    for minute in minutes:
        for fault, seconds in minute.faults_s.items():
            faults[fault] += seconds
    losses = [one.figures["loss_pct"].most for one in minutes if "loss_pct" in one.figures]
    return Quality(
        subject=subject,
        name=name,
        sites=sites,
        available_pct=_rounded(100 * there / expected) if expected else None,
        away=sum(track.away for track in tracks),
        loss_worst=_rounded(max(losses)) if losses else None,
        faults_s={fault: round(seconds, 1) for fault, seconds in sorted(faults.items())},
        incidents=sum(track.incidents for track in tracks),
        **{name: mean(minutes, name) for name in MEANS},
    )


def mean(minutes: Iterable[Minute], figure: str) -> float | None:
    """Over all measurements of a figure; None where there is none."""
    found = [one.figures[figure] for one in minutes if figure in one.figures]
    count = sum(one.count for one in found)
    return _rounded(sum(one.mean * one.count for one in found) / count) if count else None


def ranked(
    sites: Mapping[str, Track],
    links: Mapping[str, Track],
    ways: Mapping[str, Sequence[str]],
    carriers: Mapping[str, str],
) -> tuple[Ranked, ...]:
    """The lines that want mending, the worst first.

    ``ways``: the links from each site up to the master. While one of them is impaired, what its
    sites suffer is laid to it and not to them.
    """
    below = {link: sum(link in way for way in ways.values()) for link in links}
    found = [
        _ranked(track, carriers.get(name, ""), below[name], track.impaired.values())
        for name, track in links.items()
    ]
    for name, track in sites.items():
        blamed = {start for link in ways.get(name, ()) for start in links[link].impaired}
        own = [seconds for start, seconds in track.impaired.items() if start not in blamed]
        found.append(_ranked(track, carriers.get(name, ""), 1, own))
    worst = [one for one in found if one.impaired_s > 0]
    return tuple(sorted(worst, key=lambda one: (-one.impaired_s, one.subject)))


def _ranked(track: Track, carrier: str, sites: int, impaired: Iterable[float]) -> Ranked:
    seconds = round(sum(impaired) * sites, 1)
    return Ranked(track.subject, track.name, carrier, sites, seconds, tuple(_why(track)))


def _why(track: Track) -> Iterable[Text]:
    gone = track.expected - track.there
    if gone >= 1 and not track.away:
        yield Text(f"thiếu tín hiệu {span(gone).vi}", f"not there for {span(gone).en}")
    elif gone >= 1:
        yield Text(
            f"mất kết nối {span(gone).vi} ({track.away} lần)",
            f"away for {span(gone).en} ({track.away} times)",
        )
    known = quality(track.subject, track.name, [track], 1)
    if known.loss_pct is not None and known.loss_worst is not None and known.loss_worst > LOSS_PCT:
        yield Text(
            f"mất gói trung bình {number(known.loss_pct)} %, cao nhất {number(known.loss_worst)} %",
            f"loss {known.loss_pct} % on average, {known.loss_worst} % at worst",
        )
    bad = sum(is_bad(minute) for minute in track.minutes)
    if bad:
        yield Text(f"{bad} phút chất lượng kém", f"{bad} min of poor quality")
    for fault, seconds in known.faults_s.items():
        if seconds >= 1 and fault in FAULTS:
            yield Text(
                f"{FAULTS[fault].vi} {span(seconds).vi}", f"{FAULTS[fault].en} {span(seconds).en}"
            )
    if track.incidents:
        yield Text(f"{track.incidents} sự cố", f"{track.incidents} incidents")


FAULTS: Mapping[str, Text] = {
    "frozen": Text("đứng hình", "frozen for"),
    "black": Text("hình đen", "black for"),
    "silent": Text("mất tiếng", "silent for"),
}


def is_bad(minute: Minute) -> bool:
    """Whether its sound or picture was poor on the whole."""
    loss, mos = minute.figures.get("loss_pct"), minute.figures.get("mos")
    return (loss is not None and loss.mean > LOSS_PCT) or (mos is not None and mos.mean < MOS)


def _impaired(
    minutes: Iterable[Minute], missing: Mapping[datetime, float]
) -> dict[datetime, float]:
    """Faults and absence may overlap: the longest of them counts."""
    worst = dict(missing)
    for minute in minutes:
        lasted = [MINUTE_S if is_bad(minute) else 0.0, *minute.faults_s.values()]
        worst[minute.start] = max(worst.get(minute.start, 0.0), min(MINUTE_S, max(lasted)))
    return {start: seconds for start, seconds in worst.items() if seconds > 0}


def _part(window: Window, start: datetime) -> Window:
    """A minute's part in the window."""
    end = start + timedelta(seconds=MINUTE_S)
    since, until = max(start, window.since), min(end, window.until)
    return Window(since, max(since, until))


def _inside(minutes: Iterable[Minute], window: Window) -> tuple[Minute, ...]:
    return tuple(one for one in minutes if _part(window, one.start).seconds > 0)


def _rounded(value: float) -> float:
    return round(value, 2)


def span(seconds: float) -> Text:
    """As people say it: "4 phút 10 giây"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    vi = [(hours, "giờ"), (minutes, "phút"), (rest, "giây")]
    en = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return Text(*(" ".join(f"{n} {unit}" for n, unit in parts if n) or "0 " + parts[2][1]
                  for parts in (vi, en)))  # fmt: skip


def number(value: float | None, digits: int = 1) -> str:
    """As Vietnamese writes it: "2,5"; "–" for what is not known."""
    return "–" if value is None else f"{value:.{digits}f}".replace(".", ",")
