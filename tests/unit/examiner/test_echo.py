"""The return of a chirp, in all that a site may send with it."""

from collections.abc import Iterable

import numpy as np
import pytest
from scipy.signal import fftconvolve

from diemcau.domain.examination import Thresholds
from diemcau.examiner import echo, opus
from diemcau.examiner.stream import RATE
from tests.unit.examiner.signals import Mono, audio, level, speech, tone, white

SECONDS = 6.0
SENT = echo.moments(SECONDS)


def returned(delay_ms: float, db: float) -> Mono:
    """What is sent, so much later and so much weaker."""
    late = np.zeros(round(SECONDS * RATE), np.float32)
    shift = round(delay_ms * RATE / 1000)
    late[shift:] = level(db) * echo.signal(SECONDS)[: len(late) - shift]
    return late


def own(kind: str) -> Mono:
    """What the site itself sends meanwhile."""
    return {
        "nothing": np.zeros(round(SECONDS * RATE), np.float32),
        "tone": tone(940, -14, SECONDS),
        "speech": speech(-23, SECONDS),
        "noise": white(-45, SECONDS),
    }[kind]


@pytest.mark.parametrize("kind", ["nothing", "tone", "speech", "noise"])
@pytest.mark.parametrize(("delay_ms", "db"), [(5, -12), (150, -12), (400, -20), (900, -6)])
def test_an_echo_is_found_with_its_delay_and_level(kind: str, delay_ms: float, db: float) -> None:
    figures = echo.figures(own(kind) + returned(delay_ms, db), SENT)
    assert figures["echo_ms"] == pytest.approx(delay_ms, abs=1)
    assert figures["echo_db"] == pytest.approx(db, abs=1.5)


@pytest.mark.parametrize("kind", ["nothing", "tone", "speech", "noise"])
def test_no_echo_is_found_where_none_is(kind: str) -> None:
    figures = echo.figures(own(kind), SENT)
    assert "echo_db" not in figures
    assert figures["echo_floor_db"] < -20


def test_an_echo_of_a_room_is_found_behind_a_codec() -> None:
    """Convolved with a room's decay; 150 ms and -12 dB are those of its first return."""
    generator = np.random.default_rng(4)
    decay = np.exp(-np.arange(RATE // 5) / (RATE / 60)) * generator.standard_normal(RATE // 5)
    room = np.concatenate((np.zeros(round(0.15 * RATE)), [1.0], 0.02 * decay))
    heard = level(-12) * fftconvolve(echo.signal(SECONDS), room)[: round(SECONDS * RATE)]
    sound = opus.decoded(audio(heard.astype(np.float32) + own("tone")), 0, SECONDS)
    figures = echo.figures(sound.samples.mean(axis=0), SENT)
    assert figures["echo_ms"] == pytest.approx(150 + 6.5, abs=2)  # 6.5: the encoder looks ahead
    assert figures["echo_db"] == pytest.approx(-12, abs=2)


def without(chirps: Iterable[int]) -> Mono:
    heard = returned(150, -12)
    for number in chirps:
        begin = round((SENT[number] + 0.15) * RATE)
        heard[begin : begin + len(echo.chirp())] = 0
    return heard


def test_one_lost_chirp_hides_no_echo_and_one_like_it_makes_none() -> None:
    assert echo.figures(without([1]) + own("tone"), SENT)["echo_ms"] == pytest.approx(150, abs=1)
    assert "echo_ms" not in echo.figures(without([0, 2]) + own("tone"), SENT)


def test_the_chirps_of_an_examination_end_before_it() -> None:
    assert SENT[0] >= SECONDS / 3
    assert SENT[-1] + echo.LONGEST_S + len(echo.chirp()) / RATE < SECONDS
    assert np.abs(echo.signal(SECONDS)).max() <= echo.AMPLITUDE


@pytest.mark.parametrize("seed", range(12))
def test_what_a_lossy_line_leaves_out_is_no_echo(seed: int) -> None:
    chance = np.random.default_rng(seed)
    came = [one for one in audio(tone(300 + 40 * seed, -14, SECONDS)) if chance.random() > 0.05]
    sound = opus.decoded(came, 0, SECONDS)
    figures = echo.figures(sound.mono, SENT)
    assert figures.get("echo_db", -99) < Thresholds().echo_max_db, figures


def test_an_echo_over_a_lossy_line_is_found() -> None:
    chance = np.random.default_rng(5)
    sent = audio(speech(-23, SECONDS) + returned(150, -12))
    sound = opus.decoded([one for one in sent if chance.random() > 0.05], 0, SECONDS)
    figures = echo.figures(sound.mono, SENT)
    assert figures["echo_db"] == pytest.approx(-12, abs=2.5)
