"""A bus holds its old picture for newcomers, but not for ever and not for those it knows."""

from diemcau.mixer.hold import Hold
from diemcau.mixer.messages import Layout, Pane


def layout(*slots: int | None) -> Layout:
    return Layout(tuple(Pane(slot, 0, 0, 1, 1) for slot in slots))


def holding(*slots: int) -> Hold:
    hold = Hold()
    hold.offer(layout(*slots), "first", 0, 0.0)
    assert hold.due(0.0, lambda _slot: False)
    hold.cut(0)
    return hold


def test_a_newcomer_with_a_picture_is_shown_at_once() -> None:
    hold = holding(0)
    hold.offer(layout(1), "t", 2.0, 10.0)
    assert hold.due(10.0, {1}.__contains__)
    hold.cut(0)
    assert (hold.layout, hold.take) == (layout(1), "t")


def test_the_old_picture_stays_until_all_newcomers_have_theirs() -> None:
    hold = holding(0)
    hold.offer(layout(0, 1, 2), "t", 2.0, 10.0)
    assert not hold.due(10.5, {0, 1}.__contains__)
    assert hold.layout == layout(0)
    assert hold.due(10.6, {0, 1, 2}.__contains__)
    hold.cut(0)
    assert hold.layout == layout(0, 1, 2)


def test_the_hold_ends_at_its_deadline() -> None:
    hold = holding(0)
    hold.offer(layout(1), "t", 2.0, 10.0)
    assert not hold.due(11.99, lambda _slot: False)
    assert hold.due(12.0, lambda _slot: False)


def test_a_slot_already_shown_is_not_waited_for() -> None:
    hold = holding(0, 1)
    hold.offer(layout(1), "t", 2.0, 10.0)
    assert hold.due(10.0, lambda _slot: False)


def test_an_empty_pane_is_not_waited_for() -> None:
    hold = holding(0)
    hold.offer(layout(None), "t", 2.0, 10.0)
    assert hold.due(10.0, lambda _slot: False)


def test_a_newer_mix_replaces_a_held_one() -> None:
    hold = holding(0)
    hold.offer(layout(1), "old", 2.0, 10.0)
    hold.offer(layout(2), "new", 2.0, 11.0)
    assert not hold.due(12.5, {1}.__contains__)
    assert hold.due(12.6, {2}.__contains__)
    hold.cut(0)
    assert hold.take == "new"


def test_the_same_asked_for_again_waits_no_longer() -> None:
    hold = holding(0)
    hold.offer(layout(1), "t", 2.0, 10.0)
    hold.offer(layout(1), "t", 2.0, 11.5)
    assert hold.due(12.0, lambda _slot: False)


def test_nothing_changes_twice() -> None:
    hold = holding(0)
    assert not hold.due(1.0, lambda _slot: True)


def test_what_comes_and_what_goes_crosses_with_the_cut_and_nothing_else() -> None:
    hold = holding(0, 1)
    hold.offer(layout(1, 2), "t", 2.0, 10.0)
    assert hold.crossing(5) == {0, 2}
    hold.offer(layout(0, 1), "back", 2.0, 10.1)
    assert hold.crossing(5) == frozenset()


def test_what_crossed_is_on_one_side_before_the_cut_and_on_the_other_after_it() -> None:
    hold = holding(0)
    hold.offer(layout(2), "t", 2.0, 10.0)
    hold.cut(400)
    assert hold.crossing(399) == {0, 2}
    assert hold.crossing(400) == frozenset()
