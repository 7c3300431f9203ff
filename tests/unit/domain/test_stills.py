"""Stills in turn: nobody is forgotten, nobody is asked too often, and all together cost no more
than they may."""

import itertools
from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain.resources import Key
from diemcau.domain.stills import Pace, Round

Asked = list[tuple[float, Key]]


def key(number: int) -> Key:
    return ("publisher", "c1", f"s-{number}")


def keys(count: int) -> list[Key]:
    return [key(number) for number in range(count)]


def go_on(round_: Round, sites: Sequence[Key], begin: float, end: float) -> tuple[Round, Asked]:
    """Ask whoever is due, always at once, for a while."""
    now, everybody = begin, set(sites)
    asked: Asked = []
    while (turn := round_.next(sites)) is not None:
        site, due = turn
        now = max(now, due)
        if now >= end:
            break
        round_ = round_.with_asked(site, now, everybody)
        asked.append((now, site))
    return round_, asked


PACES = st.builds(Pace, every_s=st.floats(1, 60), most_per_s=st.floats(0.5, 50), at_once=st.just(8))
CROWDS = st.lists(st.sets(st.integers(0, 30), max_size=30), min_size=1, max_size=6)


@given(pace=PACES, crowds=CROWDS)
def test_no_site_and_no_mcu_is_asked_too_often_whoever_comes_and_goes(
    pace: Pace, crowds: list[set[int]]
) -> None:
    round_, asked = Round(pace), []
    for number, crowd in enumerate(crowds):
        sites = [key(one) for one in sorted(crowd)]
        begin = number * pace.every_s * 0.7
        round_, more = go_on(round_, sites, begin, begin + pace.every_s * 0.7)
        asked += more
    times = [at for at, _ in asked]
    gaps = [later - sooner for sooner, later in itertools.pairwise(times)]
    assert all(gap >= 1 / pace.most_per_s - 1e-6 for gap in gaps)
    for site in {site for _, site in asked}:
        own = [at for at, one in asked if one == site]
        pauses = [later - sooner for sooner, later in itertools.pairwise(own)]
        assert all(pause >= pace.every_s - 1e-6 for pause in pauses)


@given(pace=PACES, count=st.integers(1, 60))
def test_every_site_has_its_turn_as_often_as_any_other(pace: Pace, count: int) -> None:
    sites = keys(count)
    lap = max(pace.every_s, count / pace.most_per_s)
    _, asked = go_on(Round(pace), sites, 0, 5.5 * lap)
    turns = Counter(site for _, site in asked)
    assert set(turns) == set(sites)
    assert max(turns.values()) - min(turns.values()) <= 1
    assert min(turns.values()) >= 5


def test_many_sites_wait_longer_instead_of_costing_more() -> None:
    _, few = go_on(Round(), keys(150), 0, 100)
    _, many = go_on(Round(), keys(3400), 0, 100)
    assert len(few) == 150 * 10
    assert abs(len(many) - 20 * 100) <= 1


def test_a_newcomer_is_asked_before_those_who_had_their_turn() -> None:
    round_, _ = go_on(Round(), keys(3), 0, 10)
    turn = round_.next([*keys(3), key(9)])
    assert turn is not None
    assert turn[0] == key(9)


def test_a_site_that_comes_back_at_once_is_not_asked_at_once() -> None:
    round_ = Round().with_asked(key(1), 100, {key(1)}).with_asked(key(2), 101, {key(2)})
    assert round_.next([key(1)]) == (key(1), 110)


def test_who_left_long_ago_is_forgotten() -> None:
    round_ = Round()
    for number in range(100):
        round_ = round_.with_asked(key(number), 20.0 * number, {key(number)})
    assert len(round_.asked) == 1


def test_nobody_there_is_nobodys_turn() -> None:
    assert Round().next([]) is None
