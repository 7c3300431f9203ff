"""Each figure of a picture, on pictures of which it is known, behind another encoder."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemcau.apart.rtp import Packet
from diemcau.examiner import picture
from diemcau.examiner.h264 import CLOCK
from diemcau.examiner.picture import Picture
from diemcau.examiner.stream import Arrived
from tests.unit.examiner.signals import FPS, HEIGHT, WIDTH, Luma, room, video

SECONDS = 4
COUNT = SECONDS * FPS


def moving(count: int = COUNT, number: int | None = None) -> list[Luma]:
    return list(itertools.islice(room(number), count))


def flat(luma: int) -> Luma:
    return np.full((HEIGHT, WIDTH), luma, np.uint8)


def seen(pictures: list[Luma], fps: float = FPS) -> Picture:
    return picture.examined(video(pictures, fps), len(pictures) / fps)


def later(one: Arrived, seconds: float, number: int) -> Arrived:
    """A packet so much later, and its number so much higher."""
    at, packet = one
    stamp = packet.stamp + round(seconds * CLOCK)
    return Arrived(
        at + seconds, packet._replace(number=(packet.number + number) & 0xFFFF, stamp=stamp)
    )


def test_a_room_in_which_something_moves() -> None:
    pictures = moving()
    figures = seen(pictures).figures
    assert figures["frames"] == COUNT
    assert figures["fps"] == pytest.approx(FPS)
    assert (figures["width"], figures["height"]) == (WIDTH, HEIGHT)
    assert figures["luma"] == pytest.approx(np.mean(pictures), abs=2)
    low, high = np.percentile(pictures, (10, 90))
    assert figures["contrast"] == pytest.approx(high - low, abs=4)
    assert figures["black"] == 0
    assert figures["frozen_s"] < 2 * picture.LOOK_EVERY_S


def test_black_is_the_share_of_the_time() -> None:
    figures = seen([flat(16)] * 20 + moving(40)).figures
    assert figures["black"] == pytest.approx(1 / 3, abs=0.02)
    assert seen([flat(16)] * COUNT).figures["black"] == 1


def test_a_dark_room_is_not_black() -> None:
    dark = [(16 + 0.25 * (luma.astype(float) - 16)).astype(np.uint8) for luma in moving()]
    figures = seen(dark).figures
    assert figures["black"] == 0
    assert figures["luma"] == pytest.approx(np.mean(dark), abs=2)


def test_over_exposed_is_the_share_of_the_pixels() -> None:
    bright = []
    for luma in moving():
        luma[:, : WIDTH // 4] = 240
        bright.append(luma)
    assert seen(bright).figures["over_exposed"] == pytest.approx(1 / 4, abs=0.03)


def test_a_camera_that_stands_still_at_last_is_unchanged_from_then_on() -> None:
    pictures = moving(30)
    figures = seen(pictures + [pictures[-1]] * 30).figures
    assert figures["frozen_s"] == pytest.approx(2, abs=0.3)


def test_a_still_room_with_the_noise_of_a_camera_is_not_frozen() -> None:
    generator = np.random.default_rng(5)
    still = moving(1)[0].astype(float)
    noisy = [
        np.clip(still + generator.normal(0, 1.5, still.shape), 0, 255).astype(np.uint8)
        for _ in range(COUNT)
    ]
    assert seen(noisy).figures["frozen_s"] < 0.5


def test_a_stream_that_stops_midway_is_slow_and_unchanged() -> None:
    figures = picture.examined(video(moving(COUNT // 2)), SECONDS).figures
    assert figures["fps"] == pytest.approx(FPS / 2)
    assert figures["frozen_s"] == pytest.approx(SECONDS / 2, abs=0.1)


def test_a_stream_that_pauses_is_unchanged_meanwhile() -> None:
    pause_s = 1.5
    packets = [
        one if one.at < 1 else later(one, pause_s, number=0) for one in video(moving(2 * FPS))
    ]
    assert picture.examined(packets, 3.5).figures["frozen_s"] == pytest.approx(
        pause_s, abs=picture.LOOK_EVERY_S
    )


def test_a_few_pictures_a_second_are_counted() -> None:
    assert seen(moving(12), fps=3).figures["fps"] == pytest.approx(3)


def test_pictures_of_another_size_are_told_with_the_last() -> None:
    large = [np.kron(luma, np.ones((2, 2), np.uint8)) for luma in moving(20)]
    second = [later(one, 20 / FPS, number=5000) for one in video(large)]
    figures = picture.examined([*video(moving(20)), *second], 40 / FPS).figures
    assert (figures["width"], figures["height"]) == (2 * WIDTH, 2 * HEIGHT)
    assert figures["frames"] == 40


@pytest.mark.parametrize("number", [0, 1234, 4095])
def test_the_mark_is_read(number: int) -> None:
    assert seen(moving(10, number)).mark == number


def test_a_picture_without_a_mark_has_none() -> None:
    assert seen(moving(10)).mark is None
    assert seen([flat(16)] * 10).mark is None


def test_packets_in_disorder_and_twice_are_one_stream() -> None:
    packets = video(moving(number=77))
    shuffled = packets + packets[::3]
    random.Random(1).shuffle(shuffled)
    assert picture.examined(shuffled, SECONDS).figures["frames"] == COUNT


def test_a_stream_with_holes_is_still_seen() -> None:
    generator = random.Random(2)
    packets = [one for one in video(moving(number=77)) if one.at < 0.1 or generator.random() > 0.05]
    result = picture.examined(packets, SECONDS)
    assert result.mark == 77
    assert COUNT * 0.8 < result.figures["frames"] <= COUNT


def test_without_a_keyframe_there_is_no_picture() -> None:
    late = [one for one in video(moving()) if one.at > 0.05]
    assert picture.examined(late, SECONDS) == Picture({"frames": 0.0}, None, [])


def test_without_packets_there_is_no_picture() -> None:
    assert picture.examined([], SECONDS) == Picture({"frames": 0.0}, None, [])


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 65535), st.integers(0, 2**32 - 1), st.binary(max_size=60)),
        max_size=20,
    )
)
def test_nonsense_is_no_picture_and_no_error(nonsense: list[tuple[int, int, bytes]]) -> None:
    packets = [Arrived(0.1, Packet(107, *one[:2], False, one[2])) for one in nonsense]
    assert picture.examined(packets, 1.0).figures["frames"] == 0


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_a_damaged_stream_ends_in_figures(data: st.DataObject) -> None:
    packets = video(moving(10))
    for place in data.draw(st.lists(st.integers(0, len(packets) - 1), max_size=8)):
        at, packet = packets[place]
        spoilt = data.draw(st.binary(max_size=len(packet.payload)))
        stamp = data.draw(st.integers(0, 2**32 - 1))
        packets[place] = Arrived(at, packet._replace(payload=spoilt, stamp=stamp))
    figures = picture.examined(packets, 1.0).figures
    assert figures["frames"] == 0 or 0 <= figures["frozen_s"] <= 1.0
