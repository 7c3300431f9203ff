"""The delays of a bad line: between the bounds set, in order, and felt as jitter."""

from __future__ import annotations

from itertools import pairwise

import pytest

from diemcau.lab.forwarder import Delays

PICTURES = 5000
EVERY = 1 / 15


def arrivals(delay: float, jitter: float, seed: int = 1) -> list[float]:
    delays = Delays(delay, jitter, seed)
    return [delays.due(EVERY * place) for place in range(PICTURES)]


def jitter_of(arrived: list[float]) -> float:
    """As receivers reckon it (RFC 3550 section 6.4.1), for pictures sent at a steady pace."""
    jitter = 0.0
    for earlier, later in pairwise(arrived):
        jitter += (abs(later - earlier - EVERY) - jitter) / 16
    return jitter


def test_without_jitter_all_take_the_same() -> None:
    took = [due - EVERY * place for place, due in enumerate(arrivals(0.03, 0))]
    assert took == pytest.approx([0.03] * PICTURES)


@pytest.mark.parametrize("jitter", [0.02, 0.2])
def test_delays_are_between_the_bounds_and_nothing_overtakes(jitter: float) -> None:
    arrived = arrivals(0.03, jitter)
    took = [due - EVERY * place for place, due in enumerate(arrived)]
    assert arrived == sorted(arrived)
    assert min(took) >= 0.03
    assert max(took) <= 0.03 + 2 * jitter
    assert sum(took) / PICTURES >= 0.03 + 0.9 * jitter


def test_jitter_is_felt_by_a_receiver() -> None:
    assert jitter_of(arrivals(0.03, 0)) < 0.001
    assert 0.05 < jitter_of(arrivals(0.03, 0.2)) < 0.2


def test_a_seed_gives_the_same_line_again() -> None:
    assert arrivals(0, 0.1, seed=7) == arrivals(0, 0.1, seed=7)
    assert arrivals(0, 0.1, seed=7) != arrivals(0, 0.1, seed=8)
