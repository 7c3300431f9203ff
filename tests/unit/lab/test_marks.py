"""The mark: written by the synthetic sites, read by the viewers, through whatever lies between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from diemcau.lab.marks import FULL, Luma, MarkReader, Pane, age_ms, grid
from diemcau.synthetic.mark import RowPainter, clock_bits, identity_bits, row_height

numbers = st.integers(0, 4095)
clocks = st.integers(0, 65535)


def drawn(number: int, clock: int, width: int, height: int) -> Luma:
    """A picture with its mark and a grey field."""
    painter = RowPainter(width, height)
    luma = np.full((height, width), 90, dtype=np.uint8)
    for row, bits in enumerate((identity_bits(number), clock_bits(clock))):
        tall = row_height(height)
        cells = np.frombuffer(painter.paint(bits), dtype=np.uint8).reshape(tall, width)
        luma[row * tall : (row + 1) * tall] = cells
    return luma


def scaled(luma: Luma, width: int, height: int) -> Luma:
    """The picture at another size (bilinear, as mixers scale)."""
    ys = np.linspace(0, luma.shape[0] - 1, height)
    xs = np.linspace(0, luma.shape[1] - 1, width)
    y0, x0 = ys.astype(int), xs.astype(int)
    y1, x1 = np.minimum(y0 + 1, luma.shape[0] - 1), np.minimum(x0 + 1, luma.shape[1] - 1)
    fy, fx = (ys - y0)[:, None], (xs - x0)[None, :]
    top = luma[y0][:, x0] * (1 - fx) + luma[y0][:, x1] * fx
    bottom = luma[y1][:, x0] * (1 - fx) + luma[y1][:, x1] * fx
    result: NDArray[np.uint8] = (top * (1 - fy) + bottom * fy).astype(np.uint8)
    return result


@given(numbers, clocks)
def test_reads_what_was_written(number: int, clock: int) -> None:
    (mark,) = MarkReader(320, 180, FULL).read(drawn(number, clock, 320, 180))
    assert mark == (number, clock)


@settings(max_examples=60)
@given(
    numbers,
    clocks,
    st.sampled_from([(160, 90), (214, 120), (426, 240), (640, 352), (640, 360), (1280, 720)]),
    st.integers(0, 2**32 - 1),
)
def test_reads_through_scaling_and_noise(
    number: int, clock: int, size: tuple[int, int], seed: int
) -> None:
    picture = scaled(drawn(number, clock, 320, 180), *size).astype(np.float64)
    noisy = picture * 0.9 + 8 + np.random.default_rng(seed).normal(0, 14, picture.shape)
    luma = np.clip(noisy, 0, 255).astype(np.uint8)
    (mark,) = MarkReader(*size, FULL).read(luma)
    assert mark == (number, clock)


@given(st.lists(st.one_of(st.none(), numbers), min_size=9, max_size=9))
def test_each_pane_tells_its_own_site(sites: list[int | None]) -> None:
    width, height = 1280, 720
    canvas = np.full((height, width), 16, dtype=np.uint8)
    for pane, number in zip(grid(3, 3), sites, strict=True):
        if number is not None:
            left, top = round(pane.x * width / 2) * 2, round(pane.y * height / 2) * 2
            tile = scaled(drawn(number, 77, 320, 180), 426, 240)
            room = canvas[top : top + 240, left : left + 426]
            room[:] = tile[: room.shape[0], : room.shape[1]]
    marks = MarkReader(width, height, grid(3, 3)).read(canvas)
    assert [mark.number if mark else None for mark in marks] == sites


@given(numbers, st.integers(2, 17))
def test_one_wrong_cell_is_noticed(number: int, cell: int) -> None:
    luma = drawn(number, 0, 320, 180)
    luma[:10, cell * 16 : (cell + 1) * 16] = 251 - luma[:10, cell * 16 : (cell + 1) * 16]
    (mark,) = MarkReader(320, 180, FULL).read(luma)
    assert mark is None or mark.number != number


@pytest.mark.parametrize("level", [16, 90, 235])
def test_a_picture_without_a_mark_is_no_site(level: int) -> None:
    luma = np.full((180, 320), level, dtype=np.uint8)
    assert MarkReader(320, 180, [Pane(0, 0, 1, 1)]).read(luma) == [None]


def test_site_zero_differs_from_darkness() -> None:
    (mark,) = MarkReader(320, 180, FULL).read(drawn(0, 5, 320, 180))
    assert mark == (0, 5)


@given(clocks, st.integers(0, 60_000))
def test_age_survives_the_clock_going_round(clock: int, age: int) -> None:
    (mark,) = MarkReader(320, 180, FULL).read(drawn(1, clock, 320, 180))
    assert mark is not None
    assert age_ms(mark, clock + age + 3 * 65536) == age


@pytest.mark.parametrize("number", [-1, 4096])
def test_a_number_that_does_not_fit_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="0–4095"):
        identity_bits(number)
