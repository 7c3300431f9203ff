"""Samples rolled up by the minute, against a naive way to do it."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain.measures import Figure, Minute
from diemcau.domain.rollup import Rollup, Sample, minute_of

START = datetime(2026, 11, 24, 1, 0, 30, tzinfo=UTC)
SAMPLES = st.builds(
    Sample,
    st.booleans(),
    st.dictionaries(st.sampled_from(["rtt_ms", "fps"]), st.floats(0, 1000)),
    st.sets(st.sampled_from(["lost", "black"])),
)


@given(st.lists(st.tuples(st.sampled_from(["site/a", "site/b"]), SAMPLES), max_size=150))
def test_minutes_say_what_the_samples_said(said: list[tuple[str, Sample]]) -> None:
    rollup, found, at = Rollup("d1"), list[Minute](), START
    naive: dict[tuple[str, datetime], list[Sample]] = defaultdict(list)
    for subject, sample in said:
        at += timedelta(seconds=1)
        rollup.add(subject, at, 1.0, sample)
        found += rollup.take(at)
        naive[subject, at.replace(second=0)].append(sample)
    found += rollup.take()
    for minute in found:
        samples = naive.pop((minute.subject, minute.start))
        assert minute.there_s == sum(s.there for s in samples)
        for name in ("rtt_ms", "fps"):
            values = [s.figures[name] for s in samples if name in s.figures]
            assert (name in minute.figures) == bool(values)
            if values:
                figure = minute.figures[name]
                assert figure.count == len(values)
                assert figure.mean == pytest.approx(fmean(values), abs=0.001)
                assert (figure.least, figure.most) == (min(values), max(values))
        for fault in ("lost", "black"):
            assert minute.faults_s.get(fault, 0) == sum(fault in s.faults for s in samples)
    assert all(sample.empty for samples in naive.values() for sample in samples)


def test_a_minute_that_was_begun_by_another_server_is_gone_on_with() -> None:
    kept = Minute("d1", "site/a", minute_of(START), 20.0, {"fps": Figure(2, 10, 5, 15)})
    rollup = Rollup("d1")
    rollup.resume([kept, Minute("d1", "site/a", minute_of(START) - timedelta(minutes=1))], START)
    rollup.add("site/a", START, 1.0, Sample(True, {"fps": 25.0}))
    (minute,) = rollup.take()
    assert minute.there_s == 21
    assert minute.figures == {"fps": Figure(3, 15, 5, 25)}
