"""The cascade as a picture for the plan: a tree of MCUs, the master on the left.

Sites are counted, not drawn: a province has 145 of them, and a sheet of paper stays as wide. Levels
go across and MCUs down, since levels are few.
"""

from html import escape

from diemcau.domain.papers import Drawing
from diemcau.domain.printing import plain

WIDTH, HEIGHT = 200, 62
"""A box, in SVG units; three levels of them are as wide as the plan's text."""
ACROSS, DOWN = 44, 10
"""Between the boxes."""
LETTERS = 25
"""So many letters fit on a line of a box."""
FONT = "Liberation Serif, Times New Roman, serif"


def drawn(drawing: Drawing) -> str:
    """The picture as SVG text; its size is in ``width`` and ``height``."""
    places = _places(drawing)
    width = (max(level for level, _ in places.values()) + 1) * (WIDTH + ACROSS) - ACROSS
    height = max(row for _, row in places.values()) * (HEIGHT + DOWN) + HEIGHT
    corners = {
        mcu: (level * (WIDTH + ACROSS), row * (HEIGHT + DOWN))
        for mcu, (level, row) in places.items()
    }
    lines = "".join(
        _line(corners[above], corners[mcu]) for mcu, above in sorted(drawing.cascade.parent.items())
    )
    boxes = "".join(_box(drawing, mcu, *corner) for mcu, corner in corners.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + 4:g}" height="{height + 4:g}"'
        f' viewBox="-2 -2 {width + 4:g} {height + 4:g}" font-family="{FONT}" font-size="15"'
        f' text-anchor="middle">{lines}{boxes}</svg>'
    )


def _places(drawing: Drawing) -> dict[str, tuple[int, float]]:
    """Level and row of each MCU: those that end a branch one below the other, any other half way
    between its first and last."""
    places: dict[str, tuple[int, float]] = {}
    last_row = -1

    def put(mcu: str, level: int) -> float:
        nonlocal last_row
        rows = [put(child, level + 1) for child in drawing.cascade.children(mcu)]
        if not rows:
            last_row += 1
        row = (rows[0] + rows[-1]) / 2 if rows else float(last_row)
        places[mcu] = (level, row)
        return row

    put(drawing.cascade.master, 0)
    return places


def _line(above: tuple[float, float], below: tuple[float, float]) -> str:
    """From the right of a box to the left of one on the next level, with a bend half way."""
    start, middle = above[0] + WIDTH, above[0] + WIDTH + ACROSS / 2
    return (
        f'<path d="M{start:g} {above[1] + HEIGHT / 2:g}H{middle:g}V{below[1] + HEIGHT / 2:g}'
        f'H{below[0]:g}" fill="none" stroke="#000" stroke-width="1.2"/>'
    )


def _box(drawing: Drawing, mcu: str, left: float, top: float) -> str:
    master = mcu == drawing.cascade.master
    part = "MCU chủ" if master else "MCU vệ tinh"
    texts = [
        *((line, ' font-weight="bold"') for line in _broken(plain(drawing.names.get(mcu, mcu)))),
        (f"{part}: {drawing.sites.get(mcu, 0)} điểm cầu", ""),
    ]
    first = top + (HEIGHT - 18 * len(texts)) / 2 + 13.5
    body = "".join(
        f'<text x="{left + WIDTH / 2:g}" y="{first + 18 * number:g}"{style}>{escape(text)}</text>'
        for number, (text, style) in enumerate(texts)
    )
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{WIDTH}" height="{HEIGHT}" rx="4"'
        f' fill="{"#e3e3e3" if master else "#fff"}" stroke="#000"'
        f' stroke-width="{2 if master else 1.2}"/>{body}'
    )


def _broken(name: str) -> list[str]:
    """The name on two lines at most, broken at a space where there is one; the rest is "…"."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LETTERS and len(lines) == 1:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return [line if len(line) <= LETTERS else f"{line[: LETTERS - 1]}…" for line in lines]
