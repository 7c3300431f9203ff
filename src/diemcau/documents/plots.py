"""The plots of an assessment: connection times, availability by unit, quality over time.

Letters are drawn as outlines of the document's own font, so that every reader sees the same.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from io import StringIO
from threading import Lock
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager

from diemcau.documents.pdf import FONTS
from diemcau.domain.assessment import Assessment
from diemcau.domain.localtime import VIETNAM

WIDTH, PANEL = 6.45, 2.15
"""Inches: as wide as the text of a page, and three panels on one."""
BARS = 12
"""Of calls and units at most: the longest, the worst."""
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440)
"""Minutes between the times below a plot."""
GOOD, BAD = "#2f6f9f", "#b3261e"

Panel = Callable[[Axes, Assessment], None]

_ONE_AT_A_TIME = Lock()
"""Documents are printed in threads, and matplotlib's style is one for all of them."""


def plotted(found: Assessment) -> str:
    """SVG; "" where there is nothing to draw."""
    panels = [
        panel
        for panel, there in (
            (_calls, any(call.connect_ms is not None for call in found.calls.calls)),
            (_units, any(one.available_pct is not None for one in found.units)),
            (_minutes, len(found.minutes) > 1),
        )
        if there
    ]
    if not panels:
        return ""
    with _ONE_AT_A_TIME, matplotlib.rc_context(_style()):
        figure = Figure(figsize=(WIDTH, PANEL * len(panels)), layout="constrained")
        places = figure.subplots(len(panels), 1, squeeze=False)[:, 0]
        for place, panel in zip(places, panels, strict=True):
            panel(place, found)
        made = StringIO()
        figure.savefig(made, format="svg", metadata={"Date": None})
    return made.getvalue()


@cache
def _style() -> Any:
    """The first of the documents' fonts that is there; the same drawing is the same text."""
    names = ("LiberationSerif-Regular.ttf", "Times_New_Roman.ttf", "times.ttf")
    files = [folder / name for folder in FONTS for name in names]
    style = {
        "svg.fonttype": "path",
        "svg.hashsalt": "diemcau",
        "font.size": 9,
        "axes.titlesize": 10,
        "axes.spines.top": False,
    }
    for file in files:
        if file.is_file():
            fontManager.addfont(str(file))
            return {**style, "font.family": FontProperties(fname=str(file)).get_name()}
    return style


def _titled(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontweight="normal")
    axes.spines["right"].set_visible(False)


def _calls(axes: Axes, found: Assessment) -> None:
    """In their order; of many, the longest."""
    known = [(call, call.connect_ms / 1000) for call in found.calls.calls if call.connect_ms]
    longest = sorted(known, key=lambda one: -one[1])[:BARS]
    shown = [one for one in known if one in longest]
    times = [seconds for _, seconds in shown]
    colours = [GOOD if call.within else BAD for call, _ in shown]
    bars = axes.bar(range(len(shown)), times, width=0.6, color=colours)
    axes.bar_label(bars, [f"{one:.1f}".replace(".", ",") for one in times], fontsize=8)
    axes.axhline(found.calls.limit_s, color=BAD, linewidth=1, linestyle="--")
    axes.set_ylim(0, max(*times, found.calls.limit_s) * 1.18)
    labels = [_short(call.name) for call, _ in shown]
    axes.set_xticks(range(len(shown)), labels, rotation=20, ha="right", fontsize=8)
    _titled(axes, f"Thời gian kết nối từng lần mời (giây); giới hạn {found.calls.limit_s:g} giây")


def _units(axes: Axes, found: Assessment) -> None:
    known = [(one.name, one.available_pct) for one in found.units if one.available_pct is not None]
    worst = sorted(known, key=lambda one: one[1])[:BARS][::-1]
    shares = [share for _, share in worst]
    bars = axes.barh(range(len(worst)), shares, height=0.62, color=GOOD)
    axes.bar_label(bars, [f"{one:.1f}".replace(".", ",") for one in shares], fontsize=8, padding=2)
    axes.set_yticks(range(len(worst)), [_short(name) for name, _ in worst], fontsize=8)
    axes.set_xlim(0, 108)
    _titled(axes, "Sẵn sàng kết nối theo đơn vị (%), thấp nhất ở trên cùng")


def _minutes(axes: Axes, found: Assessment) -> None:
    """Loss to the left, speech to the right."""
    first_at = found.minutes[0].at
    at = [(one.at - first_at).total_seconds() / 60 for one in found.minutes]
    loss = [float("nan") if one.loss_pct is None else one.loss_pct for one in found.minutes]
    mos = [float("nan") if one.mos is None else one.mos for one in found.minutes]
    [first] = axes.plot(at, loss, color=BAD, linewidth=1.2, label="mất gói (%)")
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}".replace(".", ","))
    marks = range(0, int(at[-1]) + 1, next(s for s in STEPS if at[-1] / s <= 8))
    clocks = [(first_at + timedelta(minutes=mark)).astimezone(VIETNAM) for mark in marks]
    axes.set_xticks(list(marks), [f"{clock:%H:%M}" for clock in clocks])
    _titled(axes, "Chất lượng theo phút, trung bình các điểm cầu")
    right = axes.twinx()
    [second] = right.plot(at, mos, color=GOOD, linewidth=1.2, linestyle="-.", label="MOS")
    right.set_ylim(1, 5)
    right.spines["top"].set_visible(False)
    axes.legend(handles=[first, second], fontsize=8, frameon=False, ncols=2, loc="upper right")


def _short(name: str) -> str:
    place = name.removeprefix("UBND ")
    place = place[:1].upper() + place[1:]
    return place if len(place) <= 24 else f"{place[:23]}…"
