"""Sound that comes unevenly leaves evenly, with no more delay than it needs."""

import random
from array import array

from diemcau.mixer.playout import APART, DEEPEST, LONGEST_WAIT, PATIENCE, Playout

SIZE = 4


def block(number: int) -> bytes:
    return number.to_bytes(SIZE, "big")


def taken(playout: Playout, beats: int) -> list[int | None]:
    blocks = [playout.take() for _ in range(beats)]
    return [None if b is None else int.from_bytes(b, "big") for b in blocks]


def test_steady_sound_passes_without_delay() -> None:
    playout = Playout(SIZE)
    for number in range(500):
        playout.put(block(number))
        assert taken(playout, 1) == [number]
    assert (playout.underruns, playout.dropped) == (0, 0)


def test_a_late_block_costs_one_silence_and_is_not_lost() -> None:
    playout = Playout(SIZE)
    playout.put(block(1))
    assert taken(playout, 2) == [1, None]
    playout.put(block(2))
    playout.put(block(3))
    assert taken(playout, 2) == [2, 3]
    assert playout.underruns == 1


def test_delay_that_is_not_needed_is_given_back() -> None:
    playout = Playout(SIZE)
    for number in range(4):
        playout.put(block(number))
    beats = 0
    while len(playout) > 0 or beats == 0:
        playout.take()
        if len(playout) > 0:
            playout.put(block(beats))
        beats += 1
        assert beats < 5 * PATIENCE
    assert playout.dropped >= 2
    assert playout.underruns == 0


def test_delay_that_jitter_needs_is_kept() -> None:
    playout, chance = Playout(SIZE), random.Random(1)
    waiting = 0
    for beat in range(3000):
        waiting += 1
        if beat % 3 == 0 or chance.random() < 0.5:
            for _ in range(waiting):
                playout.put(block(beat))
            waiting = 0
        playout.take()
    # Blocks come up to two beats late: a few silences at first, then hardly any.
    assert playout.underruns < 3000 * 0.03
    assert len(playout) <= 4


def test_a_flood_never_makes_more_than_the_deepest_delay() -> None:
    playout = Playout(SIZE)
    for number in range(100):
        playout.put(block(number))
    assert taken(playout, 1) == [100 - DEEPEST]


def test_blocks_are_cut_from_sound_of_any_length() -> None:
    playout = Playout(SIZE)
    playout.put(b"abcdef")
    playout.put(b"gh")
    playout.put(b"ijklmnop")
    assert [playout.take() for _ in range(5)] == [b"abcd", b"efgh", b"ijkl", b"mnop", None]


def test_another_source_hears_nothing_of_the_last_one() -> None:
    playout = Playout(SIZE)
    playout.put(b"abcdef")
    playout.clear()
    playout.put(b"1234")
    assert playout.take() == b"1234"
    assert playout.take() is None


def test_sound_is_delayed_with_the_pictures_in_its_quiet_moments() -> None:
    playout, loud, quiet = Playout(SIZE), array("f", [0.5]).tobytes(), bytes(SIZE)
    silences: list[int] = []
    for beat in range(40):
        playout.put(quiet if beat >= 15 else loud)
        if beat == 1:
            playout.delay = 2
        if playout.take() is None:
            silences.append(beat)
    assert silences == [15, 15 + APART]
    assert len(playout) == 2
    assert playout.underruns == playout.dropped == 0


def test_sound_that_is_never_quiet_is_delayed_all_the_same() -> None:
    playout, loud = Playout(SIZE), array("f", [0.5]).tobytes()
    playout.put(loud)
    playout.take()
    playout.delay = 3
    beats = 0
    while len(playout) < 3:
        playout.put(loud)
        playout.take()
        beats += 1
        assert beats < 4 * LONGEST_WAIT
    assert beats > 2 * LONGEST_WAIT


def test_delay_asked_for_is_kept_and_given_back_when_it_is_not() -> None:
    playout, loud = Playout(SIZE), array("f", [0.5]).tobytes()
    for _ in range(4):
        playout.put(loud)
    playout.take()
    playout.delay = 3
    for _ in range(3 * PATIENCE):
        playout.put(loud)
        playout.take()
    assert len(playout) == 3
    playout.delay = 1
    for _ in range(3 * PATIENCE):
        playout.put(loud)
        playout.take()
    assert len(playout) == 1
    assert playout.dropped == 2


def test_another_source_starts_without_delay() -> None:
    playout = Playout(SIZE)
    playout.delay = 4
    playout.clear()
    assert playout.delay == 0
