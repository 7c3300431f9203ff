"""Rectangles: panes in pixels, and how a picture of another shape fits a pane.

All pixels are even, because 4:2:0 pictures have one chroma sample for two pixels.
"""

from typing import NamedTuple

# Shapes nearer than this are taken as equal: a 640x352 picture may be stretched into 640x360.
SAME_SHAPE = 0.03


class Rect(NamedTuple):
    """Pixels, origin at the top left."""

    x: int
    y: int
    w: int
    h: int


class Placement(NamedTuple):
    """Which part of a picture is used, and where in the frame it goes."""

    crop: Rect
    dest: Rect


def even(value: float) -> int:
    """The nearest even whole number.

    >>> even(426.67), even(1.2)
    (426, 2)
    """
    return round(value / 2) * 2


def pane_rect(x: float, y: float, w: float, h: float, width: int, height: int) -> Rect:
    """A pane in pixels of the frame; neighbours that share an edge in fractions share it here."""
    left, top = even(x * width), even(y * height)
    right, bottom = even((x + w) * width), even((y + h) * height)
    left, top = min(left, width - 2), min(top, height - 2)
    return Rect(left, top, max(2, min(right, width) - left), max(2, min(bottom, height) - top))


def place(source_w: int, source_h: int, pane: Rect, fit: str) -> Placement:
    """Where a picture goes: `contain` shows all of it, `cover` fills the pane and crops."""
    whole = Rect(0, 0, source_w, source_h)
    source, target = source_w / source_h, pane.w / pane.h
    if abs(source / target - 1) < SAME_SHAPE:
        return Placement(whole, pane)
    if fit == "cover":
        return Placement(_crop(source_w, source_h, target), pane)
    if source > target:
        height = max(2, even(pane.w / source))
        return Placement(whole, Rect(pane.x, pane.y + even((pane.h - height) / 2), pane.w, height))
    width = max(2, even(pane.h * source))
    return Placement(whole, Rect(pane.x + even((pane.w - width) / 2), pane.y, width, pane.h))


def _crop(source_w: int, source_h: int, shape: float) -> Rect:
    if source_w / source_h > shape:
        width = min(source_w, max(2, even(source_h * shape)))
        return Rect(even((source_w - width) / 2), 0, width, source_h)
    height = min(source_h, max(2, even(source_w / shape)))
    return Rect(0, even((source_h - height) / 2), source_w, height)
