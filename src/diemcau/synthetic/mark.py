"""The machine-readable mark at the top of a synthetic site's picture: writing it.

It lets a test say which site a decoder shows, and how old the frame is, after any number of
encoders, scalers and mixers. Two rows over the full width of the picture, each 1/18 of its height
and 20 equal cells wide; a white cell (luma 235) is 1, a black one (16) is 0:

- row 1: ``1 0``, the site's number (12 bits), checksum (4 bits), ``0 1``;
- row 2: ``1 0``, milliseconds of CLOCK_MONOTONIC modulo 65536 (16 bits), ``0 1``.

The checksum is the sum of the number's three nibbles modulo 16. Most significant bit first.
"""

from __future__ import annotations

from itertools import pairwise

CELLS = 20
ROWS_PER_PICTURE = 18
BLACK, WHITE = 16, 235
MAX_NUMBER = 0xFFF


def identity_bits(number: int) -> list[int]:
    """Return the 20 cells of row 1. Raises ValueError outside 0–4095."""
    if not 0 <= number <= MAX_NUMBER:
        raise ValueError(f"site number {number} is not in 0–{MAX_NUMBER}")
    checksum = ((number >> 8) + (number >> 4 & 0xF) + (number & 0xF)) % 16
    return _framed(number << 4 | checksum)


def clock_bits(milliseconds: int) -> list[int]:
    """Return the 20 cells of row 2 for a time in milliseconds."""
    return _framed(milliseconds & 0xFFFF)


def edges(width: int) -> list[int]:
    """Return the 21 x positions (pixels) between which the cells lie."""
    return [round(cell * width / CELLS) for cell in range(CELLS + 1)]


def row_height(height: int) -> int:
    """Return the height of one row in pixels."""
    return max(1, round(height / ROWS_PER_PICTURE))


class RowPainter:
    """Writes rows of cells as luma bytes for one picture size; cells are prepared once."""

    def __init__(self, width: int, height: int) -> None:
        positions = edges(width)
        widths = [right - left for left, right in pairwise(positions)]
        self._cells = [(bytes([BLACK]) * w, bytes([WHITE]) * w) for w in widths]
        self._height = row_height(height)

    def paint(self, bits: list[int]) -> bytes:
        """Return the row's luma, ``width × row_height(height)`` bytes."""
        line = b"".join(cell[bit] for cell, bit in zip(self._cells, bits, strict=True))
        return line * self._height


def _framed(payload: int) -> list[int]:
    return [1, 0, *(payload >> shift & 1 for shift in range(15, -1, -1)), 0, 1]
