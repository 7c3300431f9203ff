"""Classes of lines: the limits' own edges, figures that are missing, and figures that lie."""

import json
from math import inf
from pathlib import Path

import pytest

from diemcau.domain.quality import LIMITS, Quality, believed, quality_of, with_mos

PAGE = Path(__file__).parents[3] / "web/src/data/quality.json"


@pytest.mark.parametrize("name", LIMITS.figures)
def test_each_figure_alone_makes_the_class(name: str) -> None:
    limit = LIMITS.figures[name]
    assert quality_of({name: limit.good}) is Quality.GOOD
    assert quality_of({name: (limit.good + limit.poor) / 2}) is Quality.FAIR
    assert quality_of({name: limit.poor}) is Quality.POOR
    assert limit.source


def test_the_worst_figure_decides_and_a_missing_one_says_nothing() -> None:
    assert quality_of({}) is Quality.UNKNOWN
    assert quality_of({"kbps": 0.0}) is Quality.UNKNOWN
    assert quality_of({"loss_pct": 0.0, "rtt_ms": 900.0}) is Quality.POOR


def test_the_score_is_there_where_delay_and_loss_are_known() -> None:
    assert "mos" not in with_mos({"loss_pct": 1.0})
    near, far = with_mos({"rtt_ms": 20, "loss_pct": 0}), with_mos({"rtt_ms": 800, "loss_pct": 3})
    assert quality_of(near) is Quality.GOOD
    assert far["mos"] < LIMITS.figures["mos"].poor < near["mos"]


def test_figures_that_cannot_be_true_are_missing() -> None:
    said = {"loss_pct": 101.0, "rtt_ms": -1.0, "fps": inf, "jitter_ms": 3.0, "made_up": 1.0}
    said["can_send_kbps"] = -1.0
    assert believed(said) == {"jitter_ms": 3.0}


def test_the_pages_judge_by_the_same_limits() -> None:
    page = json.loads(PAGE.read_text(encoding="utf-8"))
    assert page == {
        name: {"good": limit.good, "poor": limit.poor}
        for name, limit in LIMITS.figures.items()
        if name != "mos"
    }
