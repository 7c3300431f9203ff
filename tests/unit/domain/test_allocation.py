"""Seats on slots and lanes: nobody who sits is moved, newcomers go where it was idle."""

from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain.allocation import assign, grow

names = st.lists(st.sampled_from("abcdefghij"), unique=True)


@given(names, names, st.integers(1, 8))
def test_seated_sites_that_are_still_wanted_keep_their_place(
    first: list[str], second: list[str], size: int
) -> None:
    before = assign((), first, size)
    after = assign(before, second, size)
    for place, site in enumerate(before):
        if site and site in second[:size]:
            assert after[place] == site


@given(names, names, st.integers(1, 8))
def test_as_many_as_fit_are_seated_and_nobody_else(
    first: list[str], second: list[str], size: int
) -> None:
    after = assign(assign((), first, size), second, size)
    assert sorted(site for site in after if site) == sorted(second[:size])


@given(names, names, st.integers(4, 8))
def test_a_newcomer_takes_a_place_that_was_idle_before_if_there_is_one(
    first: list[str], second: list[str], size: int
) -> None:
    before = assign((), first, size)
    after = assign(before, second, size)
    newcomers = [place for place, site in enumerate(after) if site and before[place] != site]
    idle = [place for place, site in enumerate(before) if not site]
    reused = [place for place in newcomers if place not in idle]
    assert not reused or set(idle) <= set(newcomers)


def test_two_takes_in_a_row_alternate_between_two_places() -> None:
    after_a = assign((), ["a"], 2)
    after_b = assign(after_a, ["b"], 2)
    after_c = assign(after_b, ["c"], 2)
    assert after_a == ("a", "")
    assert after_b == ("", "b")
    assert after_c == ("c", "")


def test_a_link_grows_by_one_idle_lane_and_never_shrinks() -> None:
    assert grow((), 0, 3, 12) == 3
    assert grow(("a", "b", "c"), 3, 3, 12) == 4
    assert grow(("a", "", "", ""), 1, 3, 12) == 4
    assert grow((), 40, 3, 12) == 12
