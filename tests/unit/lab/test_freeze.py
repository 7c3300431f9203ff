"""What counts as a freeze."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from diemcau.lab.freeze import FreezeDetector


def after_steady(interval: float, frames: int = 31) -> tuple[FreezeDetector, float]:
    detector = FreezeDetector()
    for frame in range(frames):
        assert detector.frame(frame * interval) is None
    return detector, (frames - 1) * interval


@given(st.floats(10, 200), st.floats(0.1, 0.99))
def test_a_gap_below_the_limit_is_none(interval: float, share: float) -> None:
    detector, last = after_steady(interval)
    limit = max(3 * interval, interval + 150)
    assert detector.frame(last + interval + share * (limit - interval) * 0.999) is None


@given(st.floats(10, 200), st.floats(1.01, 20))
def test_a_gap_from_the_limit_on_is_a_freeze(interval: float, factor: float) -> None:
    detector, last = after_steady(interval)
    gap = factor * max(3 * interval, interval + 150)
    frozen = detector.frame(last + gap)
    assert frozen is not None
    assert abs(frozen - gap) < 1e-6
    assert detector.count == 1
    assert abs(detector.total_ms - gap) < 1e-6


def test_the_first_frames_are_no_freeze() -> None:
    detector = FreezeDetector()
    assert detector.frame(0) is None
    assert detector.frame(5000) is None


def test_only_the_last_thirty_gaps_count() -> None:
    detector, last = after_steady(1000)
    for frame in range(1, 31):
        detector.frame(last + frame * 40)
    assert detector.frame(last + 30 * 40 + 200) is not None
