"""The picture of a synthetic site: what is still is drawn once, what moves is copied in.

Python draws every frame of every site, so a frame must cost next to nothing: name and code are
laid out once by Pango, and per frame only the changed digits of the clock and one row of the mark
are written into the I420 picture.
"""

from __future__ import annotations

import colorsys
import random
import time
from typing import Any

import cairo
import gi

from diemcau.synthetic.mark import WHITE, RowPainter, clock_bits, identity_bits, row_height

gi.require_version("Pango", "1.0")
gi.require_version("PangoCairo", "1.0")
from gi.repository import Pango, PangoCairo  # noqa: E402

_FONT = "DejaVu Sans"
_CLOCK_CHARS = "0123456789:."
_CLOCK_LENGTH = len("hh:mm:ss.d")
_GRAIN, _GRAINS = 20, 7


class Picture:
    """Frames of one site, `width` × `height` pixels (even numbers), I420.

    With `motion` the background is grain that changes with every frame, so that the encoder has
    something to spend its bitrate on. Raises ValueError for a size or number that cannot be drawn.
    """

    def __init__(
        self, number: int, name: str, code: str, width: int, height: int, motion: bool = False
    ) -> None:
        if width % 2 or height % 2 or width < 80 or height < 54:
            raise ValueError(f"picture size {width}×{height}: use even numbers from 80×54 on")
        self._width = width
        self._painter = RowPainter(width, height)
        self._clock_row = width * row_height(height)
        background = _background(number)
        still = _Still(width, height, name, code)
        self._frame = bytearray(still.i420(background))
        identity = self._painter.paint(identity_bits(number))
        self._frame[: len(identity)] = identity
        self._neutral_chroma(height)
        self._clock = _Clock(width, height, background[0])
        self._clock_text = " " * _CLOCK_LENGTH
        start, end = 2 * self._clock_row, width * height
        self._field = slice(start, end)
        self._grains = _grains(bytes(self._frame[start:end])) if motion else []
        self._next_grain = 0

    def frame(self, milliseconds: int, clock: str) -> bytes:
        """Return the frame of a moment: CLOCK_MONOTONIC in ms, and the time as hh:mm:ss.d."""
        if self._grains:
            self._frame[self._field] = self._grains[self._next_grain]
            self._next_grain = (self._next_grain + 1) % len(self._grains)
            self._clock_text = " " * _CLOCK_LENGTH
        row = self._painter.paint(clock_bits(milliseconds))
        self._frame[self._clock_row : self._clock_row + len(row)] = row
        for place, (old, new) in enumerate(zip(self._clock_text, clock, strict=False)):
            if old != new:
                self._clock.write(self._frame, place, new)
        self._clock_text = clock
        return bytes(self._frame)

    def _neutral_chroma(self, height: int) -> None:
        """Take the colour out of the mark's strip, so that its cells are black and white."""
        luma, chroma = self._width * height, (self._width // 2) * (height // 2)
        strip = (self._width // 2) * (row_height(height) + 1)
        for start in (luma, luma + chroma):
            self._frame[start : start + strip] = bytes([128]) * strip


def clock_text(now: float) -> str:
    """Write a moment of the day (seconds since the epoch) as hh:mm:ss.d, local time."""
    return time.strftime("%H:%M:%S", time.localtime(now)) + f".{int(now * 10) % 10}"


def _grains(luma: bytes) -> list[bytes]:
    """Return the field with different grains laid over it."""
    still = int.from_bytes(luma, "big")  # one addition for all pixels; none reaches 256
    generator = random.Random(len(luma))
    amounts = bytes(value * _GRAIN // 256 for value in range(256))
    noises = (generator.randbytes(len(luma)).translate(amounts) for _ in range(_GRAINS))
    return [(still + int.from_bytes(n, "big")).to_bytes(len(luma), "big") for n in noises]


def _background(number: int) -> tuple[int, int, int]:
    """Return a calm colour (Y, U, V; BT.601) that differs between neighbouring numbers."""
    hue = number * 0.381966 % 1.0
    red, green, blue = (255 * c for c in colorsys.hls_to_rgb(hue, 0.28, 0.38))
    return (
        round(16 + 0.257 * red + 0.504 * green + 0.098 * blue),
        round(128 - 0.148 * red - 0.291 * green + 0.439 * blue),
        round(128 + 0.439 * red - 0.368 * green - 0.071 * blue),
    )


def _blend(background: int, foreground: int) -> bytes:
    """Return, for each opacity 0–255, the value between background and foreground."""
    return bytes(background + (foreground - background) * a // 255 for a in range(256))


def _mask(width: int, height: int) -> tuple[Any, Any]:
    surface = cairo.ImageSurface(cairo.FORMAT_A8, width, height)
    return surface, cairo.Context(surface)


def _rows(surface: Any) -> list[bytes]:
    """Return the opacity of each pixel, row by row."""
    surface.flush()
    data, stride, width = bytes(surface.get_data()), surface.get_stride(), surface.get_width()
    return [data[y * stride : y * stride + width] for y in range(surface.get_height())]


def _layout(context: Any, text: str, size: float, bold: bool) -> Any:
    layout = PangoCairo.create_layout(context)
    font = Pango.FontDescription.from_string(_FONT)
    font.set_absolute_size(size * Pango.SCALE)
    font.set_weight(Pango.Weight.BOLD if bold else Pango.Weight.NORMAL)
    layout.set_font_description(font)
    layout.set_text(text, -1)
    layout.set_alignment(Pango.Alignment.CENTER)
    return layout


class _Still:
    """Name and code as one opacity mask."""

    def __init__(self, width: int, height: int, name: str, code: str) -> None:
        surface, context = _mask(width, height)
        self._centred(context, name, width, 0.16 * height, 0.40 * height, 0.34 * height, True)
        self._centred(context, code, width, 0.09 * height, 0.655 * height, 0.12 * height, False)
        self._rows = _rows(surface)

    @staticmethod
    def _centred(
        context: Any, text: str, width: int, size: float, middle: float, room: float, bold: bool
    ) -> None:
        """Write text centred on a height, in two lines if need be, smaller until it fits."""
        while True:
            layout = _layout(context, text, size, bold)
            layout.set_width(round(0.94 * width) * Pango.SCALE)
            layout.set_wrap(Pango.WrapMode.WORD_CHAR)
            _, extents = layout.get_pixel_extents()
            if extents.height <= room or size < 6:
                break
            size *= 0.93
        context.move_to(0.03 * width, middle - extents.height / 2)
        PangoCairo.show_layout(context, layout)

    def i420(self, background: tuple[int, int, int]) -> bytes:
        """Return the whole picture: white text on the background."""
        luma = b"".join(self._rows).translate(_blend(background[0], WHITE))
        quarter = b"".join(row[::2] for row in self._rows[::2])
        u, v = (quarter.translate(_blend(colour, 128)) for colour in background[1:])
        return luma + u + v


class _Clock:
    """The running clock: each character drawn once, then copied to its place."""

    def __init__(self, width: int, height: int, background: int) -> None:
        size = 0.15 * height
        cell = round(size * 0.68)
        self._width, self._cell = width, cell
        self._left = round(0.96 * width) - cell * _CLOCK_LENGTH  # a caption stands on the left
        self._top = round(0.76 * height)
        tall = min(round(size * 1.25), height - self._top)
        table = _blend(background, WHITE)
        self._glyphs = {char: self._draw(char, cell, tall, size, table) for char in _CLOCK_CHARS}

    @staticmethod
    def _draw(char: str, cell: int, tall: int, size: float, table: bytes) -> list[bytes]:
        surface, context = _mask(cell, tall)
        layout = _layout(context, char, size, bold=True)
        _, extents = layout.get_pixel_extents()
        context.move_to((cell - extents.width) / 2, (tall - extents.height) / 2)
        PangoCairo.show_layout(context, layout)
        return [row.translate(table) for row in _rows(surface)]

    def write(self, frame: bytearray, place: int, char: str) -> None:
        """Copy a character to one of the clock's places in a frame."""
        start = self._top * self._width + self._left + place * self._cell
        for row in self._glyphs.get(char, ()):
            frame[start : start + self._cell] = row
            start += self._width
