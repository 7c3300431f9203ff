"""A narrow line: so many bits in a second, a short queue, and what does not fit is lost."""

import pytest

from diemcau.lab.forwarder import Pace

KBPS, SIZE = 800, 1000  # one packet takes 10 ms


def test_a_line_without_bound_holds_nothing_up() -> None:
    pace = Pace(0)
    assert [pace.turn(5.0, SIZE) for _ in range(3)] == [5.0, 5.0, 5.0]


def test_packets_take_turns_and_the_queue_is_short() -> None:
    pace = Pace(KBPS)
    turns = [pace.turn(0.0, SIZE) for _ in range(100)]
    carried = [turn for turn in turns if turn is not None]
    assert carried == pytest.approx([0.01 * (place + 1) for place in range(len(carried))])
    assert Pace.QUEUE_S <= carried[-1] <= Pace.QUEUE_S + 0.02
    assert turns[len(carried) :] == [None] * (100 - len(carried))


def test_as_much_as_it_carries_is_never_lost() -> None:
    pace = Pace(KBPS)
    assert None not in [pace.turn(0.01 * place, SIZE) for place in range(1000)]
