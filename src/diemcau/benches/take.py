"""``bench take``: from the request to the picture on another satellite's screen, over three tiers.

The sites are on one satellite, the mixer is at the government's MCU, the viewer on the other
satellite decodes the programme and reads which site it shows. *Cold*: the site was nowhere in the
cascade before. *Preview*: it had been made ready.
"""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

from diemcau.benches.figures import latencies, percentile
from diemcau.benches.stage import stage
from diemcau.lab.errors import LabError
from diemcau.lab.meeting import Meeting, State
from diemcau.lab.province import Province
from diemcau.lab.watching import Watching, now_ms

MASTER, HERE, THERE = "chinh-phu", "vnpt", "viettel"
SITES = 6
SETTLE_S = 0.7
"""Between two takes: links go idle, the machine calms down."""


async def run(quick: bool = False) -> dict[str, Any]:
    rounds = 6 if quick else 30
    with stage("take") as folder:
        async with Province(folder, mcus=[MASTER, "vinh-phuc", HERE, THERE]) as province:
            chair = province.sites_of(MASTER, 1)[0]
            called = province.sites_of(HERE, SITES)
            watcher = province.sites_of(THERE, 1)[0]
            members = [chair, *called, watcher]
            meeting = await province.open("Đo", members, chair=chair, master=MASTER)
            await province.publish(meeting, [chair, *called], width=640, height=360, fps=25)
            await meeting.sites_ready(1 + SITES)
            numbers = [province.number(site) for site in (chair, *called)]
            viewing = province.view(
                THERE, meeting, site=watcher, panes="side-by-side", numbers=numbers
            )
            async with viewing as viewer:
                await viewer.hears(numbers[0])
                return await _takes(province, meeting, viewer, chair, called, rounds)


async def _takes(
    province: Province,
    meeting: Meeting,
    viewer: Watching,
    chair: str,
    called: list[str],
    rounds: int,
) -> dict[str, Any]:
    figures: dict[str, list[float]] = {"cold": [], "preview": [], "sound": [], "apart": []}
    failed = {"cold": 0, "preview": 0}
    order = itertools.cycle(called)
    first = province.number(chair)
    for kind in ("cold", "preview"):
        for _ in range(rounds):
            site = next(order)
            number = province.number(site)
            scene = {"layout": "side-by-side", "sites": [chair, site]}
            if kind == "preview":
                await meeting.command("preview", scene=scene)
                await _in_preview(meeting, site)
                await asyncio.sleep(SETTLE_S)
            asked = now_ms()
            if kind == "preview":
                await meeting.command("take")
            else:
                await meeting.command("call", site=site)
            try:
                seen = await viewer.shows(first, number, since=asked, timeout=5)
                heard = await viewer.hears(number, since=asked, timeout=5)
            except LabError:
                failed[kind] += 1
                continue
            figures[kind].append(seen["t"] - asked)
            if kind == "cold":
                figures["sound"].append(heard["t"] - asked)
                figures["apart"].append(await _apart(meeting, site, seen["t"] - asked))
            await asyncio.sleep(SETTLE_S)
    return {
        "bench": "take",
        "tiers": 3,
        "cold": latencies(figures["cold"], failed["cold"]),
        "preview": latencies(figures["preview"], failed["preview"]),
        "sound": latencies(figures["sound"], failed["cold"]),
        "own_figure_apart_ms": {
            "p50": percentile(figures["apart"], 0.5),
            "max": percentile(figures["apart"], 1),
        },
    }


async def _in_preview(meeting: Meeting, site: str) -> None:
    def live(state: State) -> bool:
        return bool(state["sites"][site].get("input") == "live")

    await meeting.until(live, "the site in preview")


async def _apart(meeting: Meeting, site: str, seen_ms: float) -> float:
    """How far the system's own figure for the picture is from the viewer's."""

    def measured(state: State) -> Any:
        call = state["conference"]["calls"][0]
        return call["site"] == site and call.get("picture_ms")

    own: float = await meeting.until(measured, "the system's own figure", timeout=5)
    return abs(own - seen_ms)
