"""Hearing sites by their tones."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from diemcau.lab.tones import RATE, Samples, ToneDetector, tone_hz

PACKET = RATE // 50
EVERYONE = list(range(1, 100))


def sound(numbers: Iterable[int], packets: int, noise: float = 0.0, seed: int = 1) -> Samples:
    """Sites' tones together, as they are sent: amplitude 0.2 each."""
    times = np.arange(packets * PACKET) / RATE
    generator = np.random.default_rng(seed)
    mix = noise * generator.standard_normal(times.size)
    for number in numbers:
        phase = generator.uniform(0, 2 * np.pi)
        mix += 0.2 * np.sin(2 * np.pi * tone_hz(number) * times + phase)
    samples: Samples = mix.astype(np.float32)
    return samples


def heard(detector: ToneDetector, samples: Samples) -> list[list[int]]:
    """Who is audible after each packet."""
    result = []
    for start in range(0, samples.size, PACKET):
        detector.hear(samples[start : start + PACKET])
        result.append(detector.audible)
    return result


@settings(max_examples=40)
@given(st.sets(st.sampled_from(EVERYONE), max_size=4), st.integers(0, 1000))
def test_hears_exactly_who_speaks(sites: set[int], seed: int) -> None:
    detector = ToneDetector(EVERYONE)
    assert heard(detector, sound(sites, 6, noise=0.02, seed=seed))[-1] == sorted(sites)


@settings(max_examples=60)
@given(st.sampled_from(EVERYONE), st.integers(0, 2000))
def test_a_tone_that_begins_brings_no_neighbours(site: int, silence: int) -> None:
    detector = ToneDetector(EVERYONE)
    samples = np.concatenate((np.zeros(silence, np.float32), sound([site], 6)))
    for audible in heard(detector, samples):
        assert audible in ([], [site])


@settings(max_examples=60)
@given(st.sampled_from(EVERYONE), st.integers(0, 2000), st.floats(0, 6.28))
def test_a_tone_that_jumps_brings_no_neighbours(site: int, where: int, phase: float) -> None:
    detector = ToneDetector(EVERYONE)
    times = np.arange(8 * PACKET) / RATE
    jump = np.where(np.arange(times.size) < 4 * PACKET + where, 0, phase)
    samples = (0.2 * np.sin(2 * np.pi * tone_hz(site) * times + jump)).astype(np.float32)
    assert all(audible in ([], [site]) for audible in heard(detector, samples))


def test_a_tone_is_heard_within_two_packets_and_gone_within_three() -> None:
    detector = ToneDetector([7, 8])
    assert heard(detector, sound([7], 2))[-1] == [7]
    assert heard(detector, sound([], 3))[-1] == []


def test_levels_are_those_sent() -> None:
    detector = ToneDetector([7, 8])
    heard(detector, sound([7], 5))
    assert abs(detector.levels_db[7] + 14.0) < 0.3
    assert detector.levels_db[8] < -60


def test_a_change_is_told_once() -> None:
    detector = ToneDetector([7])
    samples = sound([7], 6)
    changes = [detector.hear(samples[i : i + PACKET]) for i in range(0, samples.size, PACKET)]
    assert changes.count(True) == 1


def test_with_no_candidates_nothing_is_heard() -> None:
    detector = ToneDetector([])
    assert not detector.hear(sound([7], 1))
