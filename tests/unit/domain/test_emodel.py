"""The E-model against the figures that ITU-T and others have printed of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain.emodel import (
    G711,
    G711_PLC,
    OPUS,
    Codec,
    Connection,
    line,
    line_mos,
    mos,
    rating,
)

NO_ECHO_DB = 200.0


def test_the_defaults_rate_as_g107_says() -> None:
    """Clause 7.7: R = 93.2, which annex B turns into 4.41."""
    r = rating(Connection())
    assert r == pytest.approx(93.2, abs=0.05)
    assert mos(r) == pytest.approx(4.41, abs=0.005)


@pytest.mark.parametrize(
    ("r", "score"), [(90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58)]
)
def test_scores_are_those_of_annex_b(r: float, score: float) -> None:
    assert mos(r) == pytest.approx(score, abs=0.01)


@pytest.mark.parametrize(
    ("one_way_ms", "printed"),
    [(0, 94), (50, 93), (100, 92), (150, 90), (200, 87), (250, 80), (300, 74), (400, 63)],
)
def test_delay_costs_what_the_tables_of_g711_say(one_way_ms: float, printed: int) -> None:
    """The whole numbers printed for G.711 with the default echo, of the years when the default
    rating was 94.2: since then all is 1 less."""
    assert rating(line(one_way_ms, 0, G711)) == pytest.approx(printed - 1.0, abs=0.6)


@pytest.mark.parametrize(("one_way_ms", "r"), [(150, 93), (200, 90), (285, 80), (390, 70)])
def test_delay_without_echo_follows_the_curve_of_g114(one_way_ms: float, r: float) -> None:
    """Where figure 1 of G.114 crosses the borders of G.109's classes, as far as it can be read."""
    silent = replace(line(one_way_ms, 0, G711), telr=NO_ECHO_DB, round_trip_ms=0)
    assert rating(silent) == pytest.approx(r, abs=1.0)


@pytest.mark.parametrize(
    ("codec", "loss_pct", "impairment"),
    [(G711, 1, 17.9), (G711, 5, 51.1), (G711_PLC, 1, 3.6), (G711_PLC, 5, 15.8)],
)
def test_loss_costs_what_the_robustness_of_the_codec_says(
    codec: Codec, loss_pct: float, impairment: float
) -> None:
    """Clause 7.5 by hand: 95 · Ppl / (Ppl + Bpl)."""
    assert 93.2 - rating(line(0, loss_pct, codec)) == pytest.approx(impairment, abs=0.06)


def test_losses_in_bursts_cost_more() -> None:
    assert rating(line(0, 5, OPUS, burst_ratio=2)) < rating(line(0, 5, OPUS))


def test_a_codec_that_impairs_costs_its_ie() -> None:
    g729 = Codec("G.729", 10, 19, "ITU-T G.113 appendix I")
    assert rating(line(0, 0, G711)) - rating(line(0, 0, g729)) == pytest.approx(10)


@given(st.floats(-50, 3000), st.floats(-5, 150), st.floats(0, 500), st.floats(0, 50))
def test_no_line_gets_better_by_delay_or_loss(
    delay: float, loss: float, more_delay: float, more_loss: float
) -> None:
    """But for the first milliseconds, in which the model's sidetone falls (clause 7.3)."""
    assert line_mos(delay + more_delay, loss + more_loss) <= line_mos(delay, loss) + 0.006
    assert 1.0 <= line_mos(delay, loss) <= 4.5
