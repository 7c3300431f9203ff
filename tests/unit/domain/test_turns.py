"""Sites in turn."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain import conference as verbs
from diemcau.domain.conference import Conference, full
from diemcau.domain.refusal import Conflict, Invalid, Unknown
from diemcau.domain.turns import turn_ended, turned, turning

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SITES = ("chair", "a", "b", "c")
SECONDS = 30


def session() -> Conference:
    return verbs.opened(Conference("c1", "Phiên họp", "prov", SITES, chair="chair"))


def begun() -> Conference:
    return turning(session(), ("a", "b", "c"), SECONDS, SITES, NOW)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_it_begins_with_the_first_and_makes_the_second_ready() -> None:
    assert (begun().program, begun().preview) == (full("a"), full("b"))


def test_it_begins_with_the_first_that_is_there_and_makes_ready_who_is() -> None:
    sites = ("a", "b", "c")
    some = turning(session(), sites, SECONDS, {"b"}, NOW)
    assert (some.program, some.preview) == (full("b"), full("b"))
    two = turning(session(), sites, SECONDS, {"a", "c"}, NOW)
    assert (two.program, two.preview) == (full("a"), full("c"))
    nobody = turning(session(), sites, SECONDS, (), NOW)
    assert (nobody.program, nobody.preview) == (full("a"), full("b"))


def test_before_its_time_nothing_changes() -> None:
    assert turned(begun(), SITES, after(29.9)) == begun()
    assert turned(session(), SITES, after(99)) == session()


def test_everybody_comes_in_order_each_for_his_time() -> None:
    conference, shown = begun(), []
    for second in range(1, 200):
        conference = turned(conference, SITES, after(second))
        shown.append(conference.program.shown[0])
    assert [shown[second] for second in (0, 28, 29, 58, 59, 89, 119, 149)] == list("aabbcabc")


def test_who_is_not_there_is_passed_over() -> None:
    assert turned(begun(), {"a", "c"}, after(30)).program == full("c")


def test_where_nobody_else_is_there_the_picture_stays_and_is_looked_at_again_later() -> None:
    alone = turned(begun(), {"a"}, after(30))
    assert alone.program == full("a")
    assert alone.take_number == begun().take_number
    assert turned(alone, SITES, after(59)) == alone
    assert turned(alone, SITES, after(60)).program == full("b")


@given(st.floats(0, 10_000), st.floats(0, 100))
def test_a_server_that_was_away_shows_one_site_and_goes_on_from_there(
    away: float, more: float
) -> None:
    late = turned(begun(), SITES, after(30 + away))
    assert late.take_number == begun().take_number + 1
    assert late.turn is not None
    assert late.turn.due > after(30 + away)


def test_the_hand_of_whoever_directs_goes_before_the_turn() -> None:
    assert verbs.taken(begun(), full("chair")).turn is None
    assert verbs.called(begun(), "c", "k1", NOW).turn is None
    assert verbs.previewed(begun(), full("c")).turn is not None


def test_it_ends_where_it_is() -> None:
    assert turn_ended(begun()).program == full("a")
    with pytest.raises(Conflict):
        turn_ended(session())


@pytest.mark.parametrize(
    ("sites", "seconds", "refused"),
    [
        (("a",), 30, Invalid),
        (("a", "a", ""), 30, Invalid),
        (("a", "b"), 9, Invalid),
        (("a", "b"), 121, Invalid),
        (("a", "x"), 30, Unknown),
    ],
)
def test_what_makes_no_turn_is_refused(
    sites: tuple[str, ...], seconds: int, refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        turning(session(), sites, seconds, SITES, NOW)
