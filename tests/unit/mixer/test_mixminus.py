"""Nobody hears himself, everybody hears all others that are open."""

from hypothesis import given
from hypothesis import strategies as st

from diemcau.mixer.mixminus import matrix_text, mix_matrix, with_theirs


@given(st.sets(st.integers(0, 11)))
def test_a_return_is_the_program_without_its_own_slot(opened: set[int]) -> None:
    program, *returns = mix_matrix(opened, 12, [None, *range(12)])
    assert {slot for slot, gain in enumerate(program) if gain} == opened
    for own, row in enumerate(returns):
        assert {slot for slot, gain in enumerate(row) if gain} == opened - {own}


@given(st.sets(st.integers(0, 11)), st.sets(st.integers(0, 11), min_size=2))
def test_a_site_hears_none_of_the_slots_that_are_its_own(
    opened: set[int], together: set[int]
) -> None:
    program, *returns = mix_matrix(opened, 12, [None, *range(12)], [together])
    assert {slot for slot, gain in enumerate(program) if gain} == opened
    for own, row in enumerate(returns):
        left_out = together if own in together else {own}
        assert {slot for slot, gain in enumerate(row) if gain} == opened - left_out


def test_a_site_s_slots_come_and_go_together() -> None:
    sites = [frozenset({3, 4}), frozenset({5, 6})]
    assert with_theirs({0, 3}, sites) == {0, 3, 4}
    assert with_theirs({0}, sites) == {0}


def test_the_matrix_is_written_as_gstreamer_reads_it() -> None:
    assert matrix_text([[1.0, 0.5], [0.0, 0.0]]) == "<<1.0,0.5>,<0.0,0.0>>"
