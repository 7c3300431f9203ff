"""Reading the mark at the top of a synthetic site's picture, in any pane of a decoded frame.

The writing side is `diemcau.synthetic.mark`; this side is written from the description of the
mark alone, so that one checks the other. Numpy only; it samples a few points in the middle of
each cell and leaves the rest of the picture untouched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]

_CELLS, _ROWS = 20, 18
_POINTS = np.array([0.36, 0.5, 0.64])
_MIN_CONTRAST = 50.0


class Pane(NamedTuple):
    """A rectangle of the picture, in fractions of its width and height."""

    x: float
    y: float
    width: float
    height: float


class Mark(NamedTuple):
    """What a mark says: the site's number, and the clock (ms modulo 65536) if it can be read."""

    number: int
    clock: int | None


def grid(columns: int, rows: int) -> tuple[Pane, ...]:
    """Return the panes of a grid, row by row."""
    return tuple(
        Pane(column / columns, row / rows, 1 / columns, 1 / rows)
        for row in range(rows)
        for column in range(columns)
    )


FULL = grid(1, 1)


class MarkReader:
    """Reads the marks of given panes in frames of one size (pixels)."""

    def __init__(self, width: int, height: int, panes: Sequence[Pane]) -> None:
        self.size = (width, height)
        self._points = [_sample_points(width, height, pane) for pane in panes]

    def read(self, luma: Luma) -> list[Mark | None]:
        """Return the mark of each pane; None where there is none, or it cannot be trusted.

        `luma` has shape (height, width) or wider (padding at the right is not looked at).
        """
        return [_read_pane(luma, ys, xs) for ys, xs in self._points]


def age_ms(mark: Mark, now_ms: int) -> int | None:
    """Return how long ago the marked frame was drawn (0–65535 ms), on the same machine's clock."""
    return None if mark.clock is None else (now_ms - mark.clock) % 65536


def _sample_points(
    width: int, height: int, pane: Pane
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows and columns to look at: 3 in each of the 2 rows and 20 cells."""
    cells = (np.arange(_CELLS)[:, None] + _POINTS).ravel() / _CELLS
    rows = (np.arange(2)[:, None] + _POINTS).ravel() / _ROWS
    xs = np.clip(((pane.x + cells * pane.width) * width).astype(np.intp), 0, width - 1)
    ys = np.clip(((pane.y + rows * pane.height) * height).astype(np.intp), 0, height - 1)
    return ys[:, None], xs[None, :]


def _read_pane(luma: Luma, ys: NDArray[np.intp], xs: NDArray[np.intp]) -> Mark | None:
    levels = luma[ys, xs].astype(np.float32).reshape(2, 3, _CELLS, 3).mean(axis=(1, 3))
    identity = _payload(levels[0])
    if identity is None:
        return None
    number, checksum = identity >> 4, identity & 0xF
    if ((number >> 8) + (number >> 4 & 0xF) + (number & 0xF)) % 16 != checksum:
        return None
    return Mark(number, _payload(levels[1]))


def _payload(levels: NDArray[np.float32]) -> int | None:
    """Return the 16 bits between the guards; None without the guards ``1 0 … 0 1``."""
    white, black = min(levels[0], levels[19]), max(levels[1], levels[18])
    if white - black < _MIN_CONTRAST:
        return None
    value = 0
    for bit in levels[2:18] > (white + black) / 2:
        value = value << 1 | int(bit)
    return value
