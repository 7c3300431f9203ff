"""Panes share their edges, lie in the frame, and pictures keep their shape in them."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from diemcau.mixer.geometry import Rect, pane_rect, place

FRAME = (1280, 720)
sizes = st.integers(8, 2000).map(lambda n: n * 2)
parts = st.floats(0, 1)


def test_a_two_by_two_layout_tiles_the_frame() -> None:
    panes = [pane_rect(x, y, 0.5, 0.5, *FRAME) for y in (0, 0.5) for x in (0, 0.5)]
    assert panes == [
        Rect(0, 0, 640, 360),
        Rect(640, 0, 640, 360),
        Rect(0, 360, 640, 360),
        Rect(640, 360, 640, 360),
    ]


def test_thirds_have_no_gap_and_no_overlap() -> None:
    panes = [pane_rect(n / 3, 0, 1 / 3, 1, *FRAME) for n in range(3)]
    assert panes[0].x == 0
    assert all(a.x + a.w == b.x for a, b in itertools.pairwise(panes))
    assert panes[2].x + panes[2].w == 1280


@given(parts, parts, parts, parts)
def test_every_pane_is_even_and_in_the_frame(x: float, y: float, w: float, h: float) -> None:
    rect = pane_rect(x, y, min(w, 1 - x), min(h, 1 - y), *FRAME)
    assert all(side % 2 == 0 for side in rect)
    assert rect.w >= 2
    assert rect.h >= 2
    assert 0 <= rect.x <= 1280 - rect.w
    assert 0 <= rect.y <= 720 - rect.h


def test_contain_leaves_bars() -> None:
    placed = place(640, 360, Rect(0, 0, 640, 720), "contain")
    assert placed.crop == Rect(0, 0, 640, 360)
    assert placed.dest == Rect(0, 180, 640, 360)


def test_cover_crops_the_middle() -> None:
    placed = place(640, 360, Rect(0, 0, 320, 360), "cover")
    assert placed.crop == Rect(160, 0, 320, 360)
    assert placed.dest == Rect(0, 0, 320, 360)


def test_nearly_the_same_shape_is_not_cropped_for_a_few_lines() -> None:
    pane = Rect(0, 0, 640, 360)
    assert place(640, 368, pane, "contain") == place(640, 368, pane, "cover")
    assert place(640, 368, pane, "contain").dest == pane


@given(sizes, sizes, sizes, sizes, st.sampled_from(["contain", "cover"]))
def test_a_placement_stays_inside_pane_and_picture(
    width: int, height: int, pane_w: int, pane_h: int, fit: str
) -> None:
    pane = Rect(10, 20, pane_w, pane_h)
    crop, dest = place(width, height, pane, fit)
    assert 0 <= crop.x <= width - crop.w
    assert 0 <= crop.y <= height - crop.h
    assert 10 <= dest.x <= 10 + pane_w - dest.w
    assert 20 <= dest.y <= 20 + pane_h - dest.h
    assert all(side % 2 == 0 for side in (*crop, *dest))
    assert min(crop.w, crop.h, dest.w, dest.h) >= 2
