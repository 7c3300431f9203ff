"""The unattended rehearsal (R6.1-4, R6.1-5): every site is examined in waves that mixer, links and
MCUs can carry, and whoever failed again after a while, or as soon as he comes back.

A site under examination is *wanted* like one that comes next: it goes up the cascade into a mixer
slot, so that its way to the main site is tried with it. At its own MCU the examiner looks at its
picture and sound, and sends it a chirp in place of the programme's sound.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from diemcau.domain.conference import Conference, Rehearsal, Trial
from diemcau.domain.directory import Directory
from diemcau.domain.examination import Bound
from diemcau.domain.planner import LANES_MOST, SLOTS, cascade, home
from diemcau.domain.refusal import Conflict

AT_ONE_MCU = 6
"""Examinations at once on one MCU: what its host can decode beside its work."""

LANE_MBPS = 2.0
"""What a site's picture and sound take of a line, in Mbit/s."""

SHARE = 0.5
"""The part of a line that a rehearsal may fill."""

IDLE = 2
"""Mixer slots, and lanes of each link, that stay free for whoever is called meanwhile."""

AGAIN = timedelta(seconds=60)
"""After how long a site that failed is examined again by itself."""

LONGEST = timedelta(seconds=60)
"""An examination of which nothing was heard for so long is taken for lost; the first one on an MCU
waits for its examiner to start."""


@dataclass(frozen=True)
class Examined:
    """What the last examination of a site found. ``dossier``: as of ``talk.Incident``.

    ``faults``: ids of ``domain.examination``; none: it passed. ``mark``: the number of the site
    whose mark its picture bore, None without one. ``bounds``: those that figures crossed, as they
    were when it was judged, by the fault of which they tell (``examination.crossed``).
    """

    id: str
    dossier: str
    site: str
    at: datetime
    attempt: int
    faults: tuple[str, ...]
    figures: Mapping[str, float] = field(default_factory=dict)
    mark: int | None = None
    bounds: Mapping[str, tuple[Bound, ...]] = field(default_factory=dict)


def rehearsed(conference: Conference, sites: Iterable[str], now: datetime) -> Conference:
    """Begin, or examine these once more; all sites if none is named."""
    sites = tuple(dict.fromkeys(sites)) or conference.sites
    conference.require(*sites)
    before = conference.rehearsal or Rehearsal(now)
    at_work = {trial.site for trial in before.trials if trial.since is not None}
    kept = tuple(t for t in before.trials if t.site not in sites or t.site in at_work)
    fresh = tuple(Trial(site, now) for site in sites if site not in at_work)
    passed = tuple(site for site in before.passed if site not in sites)
    return replace(conference, rehearsal=replace(before, trials=kept + fresh, passed=passed))


def rehearsal_ended(conference: Conference) -> Conference:
    if conference.rehearsal is None:
        raise Conflict("Không có đợt đo kiểm nào đang chạy.", "No rehearsal is under way.")
    return replace(conference, rehearsal=None)


def examined(
    conference: Conference, site: str, attempt: int, passed: bool, now: datetime
) -> Conference:
    """What came out for a site; an answer to an earlier attempt changes nothing."""
    rehearsal = conference.rehearsal
    trial = _running(conference, site, attempt)
    if rehearsal is None or trial is None:
        return conference
    others = tuple(one for one in rehearsal.trials if one is not trial)
    if passed:
        after = replace(rehearsal, trials=others, passed=(*rehearsal.passed, site))
    else:
        after = replace(rehearsal, trials=(*others, Trial(site, now + AGAIN, attempt + 1)))
    return replace(conference, rehearsal=after)


def is_under_examination(conference: Conference, site: str, attempt: int) -> bool:
    return _running(conference, site, attempt) is not None


def came_back(conference: Conference, sites: Collection[str], now: datetime) -> Conference:
    """Sites that joined anew need not wait for their next attempt."""
    rehearsal = conference.rehearsal
    if rehearsal is None:
        return conference
    trials = tuple(
        replace(t, due=now) if t.site in sites and t.since is None and t.due > now else t
        for t in rehearsal.trials
    )
    return replace(conference, rehearsal=replace(rehearsal, trials=trials))


def moved_on(
    conference: Conference, directory: Directory, there: Collection[str], now: datetime
) -> Conference:
    """Begin the examinations that are due, as many as can be carried; give up those of which
    nothing was heard, or whose site went."""
    rehearsal = conference.rehearsal
    if rehearsal is None:
        return conference
    trials = tuple(_given_up(trial, there, now) for trial in rehearsal.trials)
    after = replace(conference, rehearsal=replace(rehearsal, trials=trials))
    for trial in sorted(trials, key=lambda trial: trial.due):
        due = trial.since is None and trial.due <= now and trial.site in there
        if due and not _is_used(conference, trial.site) and _carries(after, directory, trial.site):
            after = _with(after, trial, replace(trial, since=now))
    return after


def next_moment(conference: Conference, after: datetime) -> datetime | None:
    """When something falls due next, later than that: an attempt, or giving one up."""
    trials = conference.rehearsal.trials if conference.rehearsal else ()
    moments = (trial.due if trial.since is None else trial.since + LONGEST for trial in trials)
    return min((moment for moment in moments if moment > after), default=None)


def _running(conference: Conference, site: str, attempt: int) -> Trial | None:
    trials = conference.rehearsal.trials if conference.rehearsal else ()
    return next(
        (t for t in trials if t.site == site and t.attempt == attempt and t.since is not None), None
    )


def _with(conference: Conference, old: Trial, new: Trial) -> Conference:
    rehearsal = conference.rehearsal
    assert rehearsal is not None
    trials = tuple(new if trial is old else trial for trial in rehearsal.trials)
    return replace(conference, rehearsal=replace(rehearsal, trials=trials))


def _given_up(trial: Trial, there: Collection[str], now: datetime) -> Trial:
    if trial.since is None:
        return trial
    if trial.site in there and now < trial.since + LONGEST:
        return trial
    return Trial(trial.site, now, trial.attempt + 1)


def _is_used(conference: Conference, site: str) -> bool:
    """Whether the session needs the site now: it hears no chirp in the middle of it."""
    in_session = bool(conference.cue) or conference.current_call is not None
    return in_session and site in conference.on_air


def _carries(conference: Conference, directory: Directory, site: str) -> bool:
    """Whether one more can be examined: by its MCU, on every link of its way, in the mixer."""
    running = conference.under_examination
    at_home = home(conference, directory, site)
    if sum(home(conference, directory, one) == at_home for one in running) >= AT_ONE_MCU:
        return False
    wanted = dict.fromkeys((*conference.wanted, site))
    if len(wanted) > SLOTS - IDLE:
        return False
    tree = cascade(conference, directory)
    path = tree.path(at_home)
    for lower, upper in pairwise(path):
        lanes = sum(lower in tree.path(home(conference, directory, one)) for one in wanted)
        if lanes > min(LANES_MOST - IDLE, _lanes_of(directory, lower, upper)):
            return False
    return True


def _lanes_of(directory: Directory, lower: str, upper: str) -> int:
    """How many lanes a rehearsal may use of the line between two MCUs; at least one."""
    lines = [t for t in directory.trunks.values() if {t.lower, t.upper} == {lower, upper}]
    mbps = max((line.mbps for line in lines), default=1000.0)
    return max(1, int(mbps * SHARE / LANE_MBPS))
