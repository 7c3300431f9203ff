"""Each fault by its name, one fault for each cause, and what it means for the check sheet."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain.examination import (
    ANSWERS,
    CONNECT_FIGURES,
    EXPLAINS,
    LINE_FIGURES,
    PICTURE_FIGURES,
    SOUND_FIGURES,
    Answer,
    Bound,
    Fault,
    Measured,
    Thresholds,
    answers,
    consequences,
    crossed,
    judge,
)
from diemcau.domain.examination_words import WORDS
from diemcau.domain.selftest import MARKS

GOOD = Measured(
    {
        "frames": 90, "fps": 15, "width": 640, "height": 360, "luma": 95, "contrast": 80,
        "over_exposed": 0.02, "black": 0, "frozen_s": 0.1,
        "sound_s": 5.9, "listened_s": 2.6, "loudness_lufs": -23, "peak_dbtp": -6, "clipped": 0,
        "silence_s": 0.4, "noise_dbfs": -58, "hum_dbfs": -80, "hum_db": 2, "echo_floor_db": -50,
        "spread_ms": 12, "sound_late_ms": 30,
        "rtt_ms": 20, "loss_pct": 0, "jitter_ms": 3, "kbps": 800,
        "down_loss_pct": 0, "down_kbps": 1500, "can_send_kbps": 1800,
    },
    hears=True, reached=True, mark=7, expected=7,
)  # fmt: skip

BAD: Mapping[Fault, Mapping[str, float]] = {
    Fault.NO_PICTURE: {"frames": 0}, Fault.BLACK: {"black": 1}, Fault.FROZEN: {"frozen_s": 5},
    Fault.DARK: {"luma": 30}, Fault.OVER_EXPOSED: {"over_exposed": 0.6},
    Fault.LOW_FRAME_RATE: {"fps": 3}, Fault.SMALL_PICTURE: {"height": 120},
    Fault.NO_SOUND: {"sound_s": 0}, Fault.SILENT: {"silence_s": 2.6},
    Fault.QUIET: {"loudness_lufs": -52}, Fault.CLIPPING: {"clipped": 0.2},
    Fault.NOISE: {"noise_dbfs": -30}, Fault.HUM: {"hum_db": 40, "hum_dbfs": -35},
    Fault.ECHO: {"echo_db": -12, "echo_ms": 150},
    Fault.LIP_SYNC: {"sound_late_ms": -150},
    Fault.LOSS: {"loss_pct": 5},
    Fault.JITTER: {"spread_ms": 240, "jitter_ms": 40}, Fault.DELAY: {"rtt_ms": 600},
    Fault.LOSS_DOWN: {"down_loss_pct": 5},
    Fault.NARROW: {"can_send_kbps": 300, "spread_ms": 240},
}  # fmt: skip

INJECTED: Mapping[Fault, Measured] = {
    **{f: replace(GOOD, figures={**GOOD.figures, **figures}) for f, figures in BAD.items()},
    Fault.ONE_WAY: replace(GOOD, hears=False),
    Fault.WRONG_PICTURE: replace(GOOD, mark=8),
    Fault.NOT_REACHED: replace(GOOD, reached=False),
}

faults = st.sampled_from(Fault)


def injected(*several: Fault) -> Measured:
    """A good site with the figures of several faults at once."""
    measured = GOOD
    for fault in several:
        one = INJECTED[fault]
        changed = {n: v for n, v in one.figures.items() if v != GOOD.figures.get(n)}
        measured = replace(
            measured,
            figures={**measured.figures, **changed},
            hears=measured.hears and one.hears,
            reached=measured.reached and one.reached,
            mark=one.mark if one.mark != GOOD.mark else measured.mark,
        )
    return measured


def test_a_good_site_has_no_fault_and_passes_all() -> None:
    assert judge(GOOD) == ()
    assert answers(GOOD) == dict.fromkeys(ANSWERS, Answer(True))


def test_of_a_site_of_which_nothing_is_known_nothing_is_said() -> None:
    assert judge(Measured()) == ()
    assert answers(Measured()) == {}


@pytest.mark.parametrize("fault", Fault)
def test_each_fault_is_named_and_nothing_else(fault: Fault) -> None:
    assert judge(INJECTED[fault]) == (fault,)


@given(st.sets(faults))
def test_of_several_faults_those_are_named_that_no_other_explains(several: set[Fault]) -> None:
    explained = {result for fault in several for result in consequences(fault)}
    assert set(judge(injected(*several))) == several - explained


@given(faults, faults, faults)
def test_what_a_fault_explains_it_explains_through_others_too(
    first: Fault, second: Fault, third: Fault
) -> None:
    if second in consequences(first) and third in consequences(second):
        assert third in consequences(first)
        assert judge(injected(first, second, third)) == (first,)


def test_no_fault_explains_itself() -> None:
    for fault in Fault:
        assert fault not in consequences(fault)
        assert EXPLAINS.get(fault, frozenset()) <= consequences(fault)


@given(st.sets(faults))
def test_what_is_found_is_always_told_somewhere(several: set[Fault]) -> None:
    """A cause is named at every item that suffers, and an item that suffers names a cause."""
    told = answers(injected(*several))
    assert {fault for answer in told.values() for fault in answer.faults} == set(
        judge(injected(*several))
    )
    assert all(answer.passed == (not answer.faults) for answer in told.values())


@given(
    st.dictionaries(
        st.sampled_from(PICTURE_FIGURES + SOUND_FIGURES + LINE_FIGURES + CONNECT_FIGURES),
        st.floats(allow_nan=False),
    ),
    st.none() | st.booleans(),
    st.none() | st.booleans(),
)
def test_whatever_is_measured_there_is_a_judgement(
    figures: dict[str, float], hears: bool | None, reached: bool | None
) -> None:
    measured = Measured(figures, hears, reached)
    named = judge(measured)
    assert list(named) == [fault for fault in Fault if fault in named]
    assert not any(one in consequences(other) for one in named for other in named)


@given(st.sets(faults))
def test_every_bound_that_is_told_was_crossed_and_belongs_to_what_was_found(
    several: set[Fault],
) -> None:
    measured = injected(*several)
    told = crossed(measured)
    causes = judge(measured)
    for fault, bounds in told.items():
        assert bounds
        assert all(bound.is_crossed(measured.figures) for bound in bounds)
        assert any(fault in {cause, *consequences(cause)} for cause in causes)
    assert set(causes) - set(told) <= INJECTED.keys() - BAD.keys()


def test_of_what_follows_from_a_fault_the_bounds_are_told_too() -> None:
    black = replace(GOOD, figures={**GOOD.figures, "black": 1, "luma": 16})
    assert judge(black) == (Fault.BLACK,)
    assert crossed(black, Thresholds(black=0.8, luma_min=40)) == {
        Fault.BLACK: (Bound("black", most=0.8),),
        Fault.DARK: (Bound("luma", least=40),),
    }


def test_where_two_figures_must_both_say_so_one_alone_crosses_nothing() -> None:
    assert crossed(replace(GOOD, figures={**GOOD.figures, "jitter_ms": 40})) == {}
    assert [bound.figure for bound in crossed(INJECTED[Fault.JITTER])[Fault.JITTER]] == [
        "spread_ms",
        "jitter_ms",
    ]


def test_a_small_picture_is_told_by_its_shorter_side() -> None:
    upright = {**GOOD.figures, "width": 120, "height": 640}
    assert crossed(replace(GOOD, figures=upright)) == {
        Fault.SMALL_PICTURE: (Bound("width", least=Thresholds().lines_min),)
    }


def test_time_to_connect_is_no_fault() -> None:
    slow = dict.fromkeys(CONNECT_FIGURES, 5900.0)
    assert judge(replace(GOOD, figures={**GOOD.figures, **slow})) == ()


def test_a_picture_that_suffers_from_the_line_names_the_line() -> None:
    told = answers(injected(Fault.LOSS, Fault.LOW_FRAME_RATE))
    assert told["picture"] == told["line"] == Answer(False, (Fault.LOSS,))
    assert told["camera"].passed


def test_a_line_that_loses_both_ways_is_one_cause_and_one_that_loses_down_another() -> None:
    assert judge(injected(Fault.LOSS, Fault.LOSS_DOWN)) == (Fault.LOSS,)
    told = answers(INJECTED[Fault.LOSS_DOWN])
    assert told["line"] == Answer(False, (Fault.LOSS_DOWN,))
    assert told["picture"].passed


def test_a_browsers_estimate_that_loss_or_jitter_lowers_is_no_narrow_line() -> None:
    for cause in (Fault.LOSS, Fault.JITTER):
        assert judge(injected(cause, Fault.NARROW)) == (cause,)
    assert judge(injected(Fault.NARROW, Fault.SMALL_PICTURE)) == (Fault.NARROW,)


def test_a_browser_that_has_only_begun_to_send_has_no_narrow_line() -> None:
    """As it was seen of Chromium that sends simulcast: 325 kbit/s after two seconds."""
    assert judge(replace(GOOD, figures={**GOOD.figures, "can_send_kbps": 325})) == ()


def test_only_what_was_examined_is_answered() -> None:
    seen = Measured({"frames": 0})
    assert answers(seen) == {
        "camera": Answer(False, (Fault.NO_PICTURE,)),
        "picture": Answer(False, (Fault.NO_PICTURE,)),
    }


def test_thresholds_are_data() -> None:
    strict = Thresholds(fps_min=20, loss_max_pct=0)
    assert judge(GOOD, strict) == (Fault.LOW_FRAME_RATE,)
    assert judge(INJECTED[Fault.DARK], Thresholds(luma_min=10)) == ()


def test_every_fault_fails_an_item_that_procedures_have_and_self_tests_answer() -> None:
    assert set(Fault) == {fault for failing in ANSWERS.values() for fault in failing}
    procedures = files("diemcau.procedures")
    shipped = [p for p in procedures.iterdir() if p.name.endswith(".toml")]
    items = {check["id"] for p in shipped for check in tomllib.loads(p.read_text("utf-8"))["check"]}
    assert set(ANSWERS) <= items
    assert set(MARKS) <= set(ANSWERS)


def test_every_fault_has_words_in_both_languages() -> None:
    assert set(WORDS) == set(Fault)
    texts = [text for words in WORDS.values() for text in (words.reason, words.advice)]
    for text in texts:
        assert text.vi.endswith(".")
        assert text.en.endswith(".")
        assert text.vi != text.en
    reasons = [words.reason for words in WORDS.values()]
    assert len(set(reasons)) == len(reasons)
