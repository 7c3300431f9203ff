"""The unattended rehearsal: who is examined when, and again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain import conference as verbs
from diemcau.domain.conference import Conference, Trial
from diemcau.domain.directory import Directory, Line
from diemcau.domain.planner import LANES_MOST, SLOTS, allocate, cascade, home
from diemcau.domain.refusal import Conflict, Unknown
from diemcau.domain.rehearsal import (
    AGAIN,
    AT_ONE_MCU,
    IDLE,
    LONGEST,
    came_back,
    examined,
    moved_on,
    next_moment,
    rehearsal_ended,
    rehearsed,
)
from diemcau.testing.places import PROVINCE, small_directory

NOW = datetime(2026, 11, 26, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DIRECTORY = small_directory(PROVINCE, sites_each=8)
SITES = tuple(DIRECTORY.sites)


def session(master: str = "prov") -> Conference:
    return verbs.opened(Conference("c1", "Phiên họp", master, SITES, chair="prov-1"))


def begun(sites: tuple[str, ...] = (), directory: Directory = DIRECTORY) -> Conference:
    return moved_on(rehearsed(session(), sites, NOW), directory, SITES, NOW)


def trial(conference: Conference, site: str) -> Trial:
    assert conference.rehearsal is not None
    return next(trial for trial in conference.rehearsal.trials if trial.site == site)


@given(st.sampled_from(sorted(PROVINCE)), st.sets(st.sampled_from(SITES)))
def test_everybody_there_passes_in_waves_that_can_be_carried(master: str, there: set[str]) -> None:
    now, at, waves = rehearsed(session(master), (), NOW), NOW, 0
    while True:
        now = allocate(moved_on(now, DIRECTORY, there, at), DIRECTORY)
        running = now.under_examination
        if not running:
            break
        waves += 1
        assert set(running) <= set(now.slots)
        assert len(set(now.slots) - {""}) <= SLOTS - IDLE
        tree = cascade(now, DIRECTORY)
        for mcu in tree.members:
            at_home = [s for s in running if home(now, DIRECTORY, s) == mcu]
            assert len(at_home) <= AT_ONE_MCU
        for places in now.lanes.values():
            assert len(set(places) - {""}) <= LANES_MOST - IDLE
        at += 8 * SECOND
        for site in running:
            now = examined(now, site, trial(now, site).attempt, True, at)
    assert now.rehearsal is not None
    assert set(now.rehearsal.passed) == there
    assert waves <= len(there)


def test_who_fails_is_examined_again_after_a_while() -> None:
    now = examined(begun(("north-1",)), "north-1", 1, False, NOW + 8 * SECOND)
    assert trial(now, "north-1") == Trial("north-1", NOW + 8 * SECOND + AGAIN, 2)
    assert next_moment(now, NOW) == NOW + 8 * SECOND + AGAIN
    assert not moved_on(now, DIRECTORY, SITES, NOW + 60 * SECOND).under_examination
    again = moved_on(now, DIRECTORY, SITES, NOW + 68 * SECOND)
    assert again.under_examination == ("north-1",)


def test_who_is_due_and_cannot_begin_hides_nothing_that_falls_due_later() -> None:
    begins = rehearsed(session(), ("north-1", "north-2", "south-1"), NOW)
    now = moved_on(begins, DIRECTORY, {"north-1", "north-2"}, NOW)
    now = examined(now, "north-1", 1, False, NOW + 8 * SECOND)
    assert next_moment(now, NOW + 8 * SECOND) == NOW + LONGEST
    assert next_moment(now, NOW + LONGEST) == NOW + 8 * SECOND + AGAIN
    assert next_moment(now, NOW + 8 * SECOND + AGAIN) is None
    assert next_moment(session(), NOW) is None


def test_who_joins_anew_need_not_wait() -> None:
    failed = examined(begun(("north-1",)), "north-1", 1, False, NOW + 8 * SECOND)
    back = came_back(failed, {"north-1"}, NOW + 10 * SECOND)
    assert moved_on(back, DIRECTORY, SITES, NOW + 10 * SECOND).under_examination == ("north-1",)


def test_an_answer_to_an_earlier_attempt_says_nothing() -> None:
    now = begun(("north-1",))
    assert examined(now, "north-1", 2, True, NOW) == now
    assert examined(now, "south-1", 1, True, NOW) == now
    assert examined(session(), "north-1", 1, True, NOW) == session()


def test_an_examination_of_which_nothing_is_heard_is_made_again() -> None:
    now = moved_on(begun(("north-1",)), DIRECTORY, SITES, NOW + LONGEST)
    assert trial(now, "north-1") == Trial("north-1", NOW + LONGEST, 2, NOW + LONGEST)


def test_who_goes_in_the_middle_waits_for_himself_and_keeps_nobody_waiting() -> None:
    now = moved_on(begun(("north-1",)), DIRECTORY, set(SITES) - {"north-1"}, NOW + SECOND)
    assert now.under_examination == ()
    assert moved_on(now, DIRECTORY, SITES, NOW + 2 * SECOND).under_examination == ("north-1",)


def test_a_narrow_line_carries_a_smaller_wave() -> None:
    narrow = Directory([*DIRECTORY.entries, Line("l1", "north", "prov", mbps=12)])
    north = tuple(f"north-{n}" for n in range(1, 9))
    assert len(begun(north, narrow).under_examination) == 3
    assert len(begun(north).under_examination) == AT_ONE_MCU


def test_in_the_middle_of_the_session_whoever_is_on_air_is_left_alone() -> None:
    called = verbs.called(session(), "north-1", "k1", NOW)
    sites = ("north-1", "north-2")
    now = moved_on(rehearsed(called, sites, NOW), DIRECTORY, SITES, NOW)
    assert now.under_examination == ("north-2",)


def test_asked_again_for_a_site_it_is_examined_once_more() -> None:
    passed = examined(begun(("north-1", "south-1")), "north-1", 1, True, NOW)
    again = moved_on(rehearsed(passed, ("north-1",), NOW + SECOND), DIRECTORY, SITES, NOW + SECOND)
    assert set(again.under_examination) == {"north-1", "south-1"}
    assert rehearsed(begun(("north-1",)), ("north-1",), NOW + SECOND) == begun(("north-1",))


def test_ended_nobody_is_examined() -> None:
    assert rehearsal_ended(begun()).under_examination == ()
    with pytest.raises(Conflict):
        rehearsal_ended(session())
    with pytest.raises(Unknown):
        rehearsed(session(), ("nobody",), NOW)
