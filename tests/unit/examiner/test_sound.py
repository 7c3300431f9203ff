"""Each figure of a sound, on signals of which it is known."""

import math

import numpy as np
import pytest
from scipy.signal.windows import tukey

from diemcau.examiner import opus, sound
from diemcau.examiner.stream import RATE
from tests.unit.examiner import signals
from tests.unit.examiner.signals import Mono, audio, speech, tone, white

Parts = list[tuple[float, float]]


def stereo(parts: Parts) -> Mono:
    """Sines of 1 kHz in both channels: (dBFS, seconds) one after another (EBU Tech 3341)."""
    return np.concatenate([tone(1000, dbfs, seconds) for dbfs, seconds in parts])


@pytest.mark.parametrize(
    ("case", "parts", "lufs"),
    [
        (1, [(-23, 20)], -23.0),
        (2, [(-33, 20)], -33.0),
        (3, [(-36, 10), (-23, 60), (-36, 10)], -23.0),
        (4, [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
        (5, [(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
    ],
)
def test_loudness_is_that_of_the_test_signals_of_ebu_tech_3341(
    case: int, parts: Parts, lufs: float
) -> None:
    figures = sound.loudness(signals.sound(stereo(parts)).samples)
    assert figures["loudness_lufs"] == pytest.approx(lufs, abs=0.1), f"case {case}"


@pytest.mark.parametrize(
    ("case", "division", "phase", "amplitude", "dbtp"),
    [
        (15, 4, 0, 0.5, -6.0), (16, 4, 45, 0.5, -6.0), (17, 6, 60, 0.5, -6.0),
        (18, 8, 67.5, 0.5, -6.0), (19, 4, 45, 1.41, 3.0),
    ],
)  # fmt: skip
def test_true_peak_is_that_of_ebu_tech_3341(
    case: int, division: int, phase: float, amplitude: float, dbtp: float
) -> None:
    angles = 2 * np.pi * np.arange(RATE) / division + math.radians(phase)
    wave = (amplitude * np.sin(angles) * tukey(RATE, 0.1)).astype(np.float32)
    peak = sound.loudness(signals.sound(wave).samples)["peak_dbtp"]
    assert dbtp - 0.4 <= peak <= dbtp + 0.2, f"case {case}"


def test_the_least_that_is_measured_is_silence() -> None:
    figures = sound.figures(signals.sound(np.zeros(3 * RATE, np.float32)))
    assert figures["silence_s"] == 3.0
    assert figures["loudness_lufs"] == -70.0
    assert figures["noise_dbfs"] == figures["peak_dbtp"] == sound.LOWEST_DB


def test_nothing_is_measured_where_nothing_came() -> None:
    assert sound.figures(opus.decoded([], 0, 3)) == {"sound_s": 0.0}


def test_silence_is_the_longest_time_without_a_sound() -> None:
    quiet = np.zeros(RATE, np.float32)
    pauses = np.concatenate((tone(500, -20, 1), quiet, tone(500, -20, 1), quiet, quiet))
    assert sound.silence(signals.sound(pauses).samples) == pytest.approx(2.0, abs=0.01)


@pytest.mark.parametrize("dbfs", [-60, -45, -30])
def test_noise_is_heard_under_speech(dbfs: float) -> None:
    """White noise, of which the band that counts has a third."""
    band = dbfs + 10 * math.log10((sound.NOISE_HZ[1] - sound.NOISE_HZ[0]) / (RATE / 2))
    noisy = sound.noise(signals.sound(speech(-23, 3) + white(dbfs, 3)))
    assert noisy["noise_dbfs"] == pytest.approx(band, abs=2)


@pytest.mark.parametrize("hertz", [300, 940, 1500, 3460])
def test_a_tone_is_neither_noise_nor_hum(hertz: float) -> None:
    figures = sound.figures(opus.decoded(audio(tone(hertz, -14, 3)), 0, 3))
    assert figures["noise_dbfs"] < -55
    assert figures["hum_dbfs"] < -70


@pytest.mark.parametrize("dbfs", [-40, -30, -20])
def test_hum_is_heard_under_speech(dbfs: float) -> None:
    humming = tone(50, dbfs, 3) + tone(100, dbfs - 6, 3) + tone(150, dbfs - 10, 3)
    power = sum(signals.level(level) ** 2 / 2 for level in (dbfs, dbfs - 6, dbfs - 10))
    figures = sound.hum(signals.sound(speech(-23, 3) + humming))
    assert figures["hum_dbfs"] == pytest.approx(10 * math.log10(power), abs=0.5)
    assert figures["hum_db"] > 25


def test_speech_and_noise_do_not_hum() -> None:
    for samples in (speech(-23, 3), white(-30, 3), speech(-23, 3) + white(-40, 3)):
        assert abs(sound.hum(signals.sound(samples))["hum_db"]) < 6


def test_clipped_speech_is_known_even_behind_a_codec() -> None:
    clean = speech(-26, 3)
    clipped = np.clip(clean * 12, -1, 1)
    share = float((np.abs(clipped) >= sound.FULL).mean())
    assert sound.figures(signals.sound(clean))["clipped"] == 0
    assert sound.figures(signals.sound(clipped))["clipped"] == pytest.approx(share)
    assert sound.figures(opus.decoded(audio(clipped), 0, 3))["clipped"] > 0.01


def test_lost_packets_are_neither_noise_nor_hum() -> None:
    packets = [one for place, one in enumerate(audio(tone(940, -14, 3))) if place % 20]
    came = opus.decoded(packets, 0, 3)
    figures = sound.figures(came)
    assert figures["sound_s"] == pytest.approx(0.95 * 3, abs=0.03)
    assert figures["noise_dbfs"] < -60
    assert figures["silence_s"] < 0.1


def test_a_sound_that_stops_is_silent_from_then_on() -> None:
    stopped = opus.decoded(audio(tone(940, -14, 1)), 0, 3)
    assert sound.figures(stopped)["silence_s"] == pytest.approx(2.0, abs=0.05)
