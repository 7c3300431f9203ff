"""How a picture looks, on pictures made of numbers."""

import random

import pytest

from diemcau.mixer.looks import Look, Looks

WIDTH, ROWS = 640, 16


def noise(seed: int, low: int = 60, high: int = 200) -> list[bytes]:
    source = random.Random(seed)
    return [bytes(source.choices(range(low, high), k=WIDTH)) for _ in range(ROWS)]


def grey(luma: int) -> list[bytes]:
    return [bytes([luma]) * WIDTH] * ROWS


def seen(pictures: list[list[bytes]], every: float = 0.2) -> list[Look]:
    looks, found = Looks(0.0), []
    for number, rows in enumerate(pictures):
        looks.take(number * every, rows)
        found.append(looks.look)
    return found


def test_a_camera_moves_however_still_the_room_is() -> None:
    still = [[*noise(0)[:-1], noise(number)[0]] for number in range(100)]
    assert set(seen(still)) == {Look.MOVING}


def test_a_picture_that_does_not_change_is_frozen_within_two_seconds() -> None:
    found = seen([noise(n) for n in range(20)] + [noise(19)] * 20 + [noise(n) for n in range(9)])
    assert set(found[:20]) == {Look.MOVING}
    assert 0.5 < (found.index(Look.FROZEN) - 20) * 0.2 <= 2.0
    assert found[-1] is Look.MOVING


def test_an_encoder_that_still_spends_bits_on_a_frozen_picture_does_not_make_it_move() -> None:
    creeping = [[bytes(v + n % 3 for v in row) for row in noise(0)] for n in range(20)]
    assert seen(creeping)[-1] is Look.FROZEN


def test_keyframes_of_a_frozen_camera_do_not_make_it_move() -> None:
    frozen = [noise(n // 15) for n in range(60)]
    assert set(seen(frozen)[16:]) == {Look.FROZEN}


@pytest.mark.parametrize(("luma", "black"), [(16, True), (22, True), (40, False), (235, False)])
def test_black_is_told_from_dark_and_from_frozen(luma: int, black: bool) -> None:
    found = seen([grey(luma)] * 20)
    assert (Look.BLACK in found) is black
    assert found[-1] is (Look.BLACK if black else Look.FROZEN)
    if black:
        assert found.index(Look.BLACK) * 0.2 <= 1.6


def test_a_light_in_the_dark_is_not_black() -> None:
    lamp = [*grey(16)[:-1], bytes([16]) * 320 + bytes([200]) * 320]
    assert Look.BLACK not in seen([lamp] * 20)


def test_it_looks_five_times_a_second_and_only_at_new_pictures() -> None:
    looks, times = Looks(0.0), []
    for tick in range(100):
        if looks.due(tick * 0.05, frames=1 + tick // 40):
            times.append(tick)
    assert times == [0, 40, 80]
    looks = Looks(0.0)
    assert sum(looks.due(tick * 0.05, frames=tick + 1) for tick in range(100)) == 25


def test_a_picture_that_is_replaced_by_none_stands_still() -> None:
    looks = Looks(0.0)
    looks.take(0.1, noise(1))
    found = [looks.miss(waiting) for waiting in (1.0, 1.2, 1.4)]
    assert (found, str(looks.look)) == ([False, True, False], "frozen")
    for number in (2, 3, 4):
        looks.take(1.4 + 0.2 * number, noise(number))
    assert str(looks.look) == "moving"


def test_what_becomes_black_is_never_frozen_on_the_way() -> None:
    found = seen([noise(n) for n in range(20)] + [grey(16)] * 20)
    assert set(found) == {Look.MOVING, Look.BLACK}


def test_nothing_is_said_of_a_picture_in_a_format_nobody_knows() -> None:
    assert set(seen([[]] * 50)) == {Look.MOVING}
