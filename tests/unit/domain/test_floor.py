"""Asking for the floor, and giving it."""

from datetime import UTC, datetime, timedelta

import pytest

from diemcau.domain import conference as verbs
from diemcau.domain.conference import Conference
from diemcau.domain.floor import floor_given, hand_lowered, hand_raised
from diemcau.domain.refusal import Invalid, Unknown

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SITES = ("chair", "a", "b", "c")


@pytest.fixture
def session() -> Conference:
    return verbs.opened(Conference("c1", "Phiên họp", "prov", SITES, chair="chair"))


def hands(conference: Conference) -> list[str]:
    return [hand.site for hand in conference.hands]


def test_who_asks_first_stands_first_and_asking_again_changes_nothing(session: Conference) -> None:
    asked = hand_raised(hand_raised(session, "b", NOW), "a", NOW)
    assert hands(asked) == ["b", "a"]
    assert hand_raised(asked, "b", NOW + timedelta(minutes=1)) == asked
    assert hands(hand_lowered(asked, "b")) == ["a"]


def test_a_site_that_does_not_take_part_has_no_hand(session: Conference) -> None:
    with pytest.raises(Unknown):
        hand_raised(session, "x", NOW)
    with pytest.raises(Unknown):
        hand_lowered(session, "x")


def test_whoever_has_the_floor_speaks_alone_beside_the_chair(session: Conference) -> None:
    asked = hand_raised(verbs.muted(session, "a", True), "a", NOW)
    given = floor_given(asked, "a")
    assert given.muted == {"b", "c"}
    assert given.hands == ()
    with pytest.raises(Invalid):
        floor_given(session, "")


def test_a_call_takes_the_hand_down(session: Conference) -> None:
    asked = hand_raised(hand_raised(session, "b", NOW), "a", NOW)
    assert hands(verbs.called(asked, "b", "k1", NOW)) == ["a"]
