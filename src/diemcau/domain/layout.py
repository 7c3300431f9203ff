"""Layouts: how a bus shares its frame among panes. Rectangles are fractions of the frame."""

from dataclasses import dataclass

from diemcau.domain.refusal import Invalid, Text

MAX_PANES = 9


@dataclass(frozen=True)
class Pane:
    """A rectangle of the frame: left, top, width and height, each 0…1; later panes lie on top."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True)
class Layout:
    """A named list of panes, in the order in which sites fill them."""

    id: str
    name: Text
    panes: tuple[Pane, ...]


def _grid(columns: int, rows: int) -> tuple[Pane, ...]:
    w, h = 1 / columns, 1 / rows
    return tuple(Pane(c * w, r * h, w, h) for r in range(rows) for c in range(columns))


_THIRD = 1 / 3

LAYOUTS = {
    layout.id: layout
    for layout in (
        Layout("full", Text("Toàn màn hình", "Full screen"), (Pane(0, 0, 1, 1),)),
        Layout(
            "side-by-side",
            Text("Hai điểm cầu", "1 + 1"),
            (Pane(0, 0.25, 0.5, 0.5), Pane(0.5, 0.25, 0.5, 0.5)),
        ),
        Layout("grid-2x2", Text("Lưới 2×2", "2×2"), _grid(2, 2)),
        Layout("grid-3x3", Text("Lưới 3×3", "3×3"), _grid(3, 3)),
        Layout(
            "one-plus-five",
            Text("Một lớn, năm nhỏ", "1 + 5"),
            (
                Pane(0, 0, 2 * _THIRD, 2 * _THIRD),
                Pane(2 * _THIRD, 0, _THIRD, _THIRD),
                Pane(2 * _THIRD, _THIRD, _THIRD, _THIRD),
                Pane(0, 2 * _THIRD, _THIRD, _THIRD),
                Pane(_THIRD, 2 * _THIRD, _THIRD, _THIRD),
                Pane(2 * _THIRD, 2 * _THIRD, _THIRD, _THIRD),
            ),
        ),
        Layout(
            "pip",
            Text("Hình trong hình", "Picture in picture"),
            (Pane(0, 0, 1, 1), Pane(0.70, 0.05, 0.27, 0.27)),
        ),
        Layout(
            "content-speaker",
            Text("Trình chiếu và người nói", "Content and speaker"),
            (Pane(0, 0.11, 0.78, 0.78), Pane(0.78, 0.11, 0.22, 0.22)),
        ),
    )
}


def custom(rectangles: list[tuple[float, float, float, float]]) -> Layout:
    """A layout from a rectangle list; raises ``Invalid`` for one outside the frame or too many."""
    if not 1 <= len(rectangles) <= MAX_PANES:
        raise Invalid(
            f"Một bố cục có từ 1 đến {MAX_PANES} ô.", f"A layout has 1 to {MAX_PANES} panes."
        )
    for x, y, w, h in rectangles:
        if min(x, y) < 0 or min(w, h) <= 0 or x + w > 1.0001 or y + h > 1.0001:
            raise Invalid(
                f"Ô ({x}, {y}, {w}, {h}) nằm ngoài khung hình; các số là tỷ lệ từ 0 đến 1.",
                f"Pane ({x}, {y}, {w}, {h}) leaves the frame; numbers are fractions from 0 to 1.",
            )
    panes = tuple(Pane(*rectangle) for rectangle in rectangles)
    return Layout("custom", Text("Tự chọn", "Custom"), panes)


def layout(layout_id: str) -> Layout:
    """The layout of that id; raises ``Invalid`` that lists those there are."""
    if layout_id not in LAYOUTS:
        known = ", ".join(LAYOUTS)
        raise Invalid(
            f"Không có bố cục «{layout_id}»; chọn một trong: {known}.",
            f"No layout {layout_id!r}; choose one of: {known}.",
        )
    return LAYOUTS[layout_id]
