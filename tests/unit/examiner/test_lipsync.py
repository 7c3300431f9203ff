"""How far sound and picture are apart, on clips of which it is known, and never without a clip."""

import itertools

import numpy as np
import pytest

from diemcau.domain.examination import Fault, Measured, judge
from diemcau.examiner import analysis, lipsync
from diemcau.examiner.lipsync import Light
from diemcau.examiner.stream import RATE, Heard
from tests.unit.examiner.signals import FPS, Luma, Mono, audio, room, speech, tone, video, white

SECONDS = 6.0


def lights(fps: int = 25, rise: float = 60.0, begin: float = 0.3) -> list[Light]:
    """A picture that flashes once a second for a tenth of it."""
    times = np.arange(begin, SECONDS, 1 / fps)
    wander = np.random.default_rng(4).normal(0, 0.5, len(times))
    return [
        Light(float(at), 90 + float(noise) + rise * (at % 1 < 0.1))
        for at, noise in zip(times, wander, strict=True)
    ]


def pips(late_s: float, dbfs: float = -14) -> Mono:
    """A pip in every second, so much later than the flash."""
    sound = np.zeros(round(SECONDS * RATE), np.float32)
    pip = tone(1000, dbfs, 0.06)
    for second in range(-1, 7):
        begin = round((second + late_s) * RATE)
        if begin >= 0:
            piece = sound[begin : begin + len(pip)]
            piece += pip[: len(piece)]
    return sound


@pytest.mark.parametrize("late_ms", [-400, -120, -20, 0, 80, 200, 450])
@pytest.mark.parametrize("fps", [10, 25])
def test_it_is_measured_to_half_a_picture(late_ms: int, fps: int) -> None:
    found = lipsync.figures(lights(fps), pips(late_ms / 1000))
    assert found["sound_late_ms"] == pytest.approx(late_ms, abs=500 / fps + 5)


@pytest.mark.parametrize("stumbles", [1.0, 3.0, 5.0])
def test_a_picture_that_came_late_once_hides_nothing(stumbles: float) -> None:
    """The room's computer stumbled: what it showed in that time comes together, a moment later."""
    seen = [
        light._replace(at=stumbles + 0.25) if stumbles <= light.at < stumbles + 0.25 else light
        for light in lights()
    ]
    found = lipsync.figures(seen, pips(0.2))
    assert found["sound_late_ms"] == pytest.approx(200, abs=25)


@pytest.mark.parametrize("room_sound", [speech(-35, SECONDS), white(-50, SECONDS)])
def test_a_screen_far_from_the_camera_in_a_room_that_is_not_quiet_will_do(room_sound: Mono) -> None:
    found = lipsync.figures(lights(rise=10), pips(0.15, dbfs=-22) + room_sound)
    assert found["sound_late_ms"] == pytest.approx(150, abs=30)


@pytest.mark.parametrize(
    ("seen", "heard"),
    [
        (lights(rise=0), pips(0)),
        (lights(), np.zeros(round(SECONDS * RATE), np.float32)),
        (lights(), speech(-23, SECONDS)),
        (lights(), tone(1000, -14, SECONDS)),
        (lights(rise=0), speech(-23, SECONDS)),
        ([], pips(0)),
        (lights(), np.zeros(0, np.float32)),
        (lights(begin=4.5), pips(0)),
    ],
)
def test_without_flashes_and_pips_there_is_no_figure(seen: list[Light], heard: Mono) -> None:
    assert lipsync.figures(seen, heard) == {}


@pytest.mark.parametrize("seed", range(8))
def test_a_lamp_that_flickers_beside_somebody_who_speaks_is_no_clip(seed: int) -> None:
    chance = np.random.default_rng(seed)
    flicker = [Light(n / 25, 90 + 60 * float(chance.random() < 0.1)) for n in range(150)]
    assert lipsync.figures(flicker, speech(-23, SECONDS, seed)) == {}


def test_of_what_comes_as_rtp_it_is_the_time_of_coming_that_counts() -> None:
    def flashing(count: int) -> list[Luma]:
        pictures = itertools.islice(room(), count)
        white_one = np.full((180, 320), 235, np.uint8)
        return [white_one if place % FPS < 2 else one for place, one in enumerate(pictures)]

    seen, heard = video(flashing(80), start=100.5), audio(pips(0.25 + 0.5), start=100.0)
    figures = analysis.result(Heard(heard, seen, 100.0, SECONDS, False))["figures"]
    assert figures["sound_late_ms"] == pytest.approx(250, abs=40)
    assert Fault.LIP_SYNC in judge(Measured(figures))


@pytest.mark.parametrize(
    ("late_ms", "wrong"), [(-91, True), (-89, False), (0, False), (184, False), (186, True)]
)
def test_from_where_on_it_is_a_fault(late_ms: float, wrong: bool) -> None:
    assert (Fault.LIP_SYNC in judge(Measured({"sound_late_ms": late_ms}))) is wrong
