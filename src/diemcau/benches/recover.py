"""``bench recover``: kill -9 of every process in turn, in mid-programme; a cut cable; a lost site.

The programme shows a site of the satellite and one of another satellite, side by side. A viewer on
the satellite decodes it. ``back_ms``: from the blow to the moment from which the *right* programme
is seen without a further gap; 0 if there was none. Nobody touches anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from diemcau.benches.stage import stage
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.watching import Event, Watching, now_ms

MASTER, HERE, THERE = "vinh-phuc", "vnpt", "viettel"
GAP_MS = 450.0
"""Samples of the right programme come every 200 ms; more than this between two is a gap."""

FREEZE_MS = 250
STEADY_S = 4.0
LIMIT_S = 40.0
CUT_S = 20.0

BLOWS = {
    "janus-satellite": f"janus-{HERE}",
    "janus-master": f"janus-{MASTER}",
    "mixer": f"mixer-{MASTER}",
    "agent-satellite": f"agent-{HERE}",
    "agent-master": f"agent-{MASTER}",
    "server": "server",
}


async def run(quick: bool = False) -> dict[str, Any]:
    killed: dict[str, dict[str, float | None]] = {}
    with stage("recover") as folder:
        async with Province(folder, mcus=[MASTER, HERE, THERE]) as province:
            chair = province.sites_of(MASTER, 1)[0]
            on_air = [province.sites_of(HERE, 1)[0], province.sites_of(THERE, 1)[0]]
            watcher = province.sites_of(HERE, 2)[1]
            members = [chair, *on_air, watcher]
            meeting = await province.open("Đo", members, chair=chair)
            await province.publish(meeting, [chair, *on_air], width=640, height=360, fps=25)
            await meeting.sites_ready(3)
            await meeting.command("take", scene={"layout": "side-by-side", "sites": on_air})
            right = [province.number(site) for site in on_air]
            viewing = province.view(HERE, meeting, site=watcher, panes="side-by-side")
            elsewhere = province.view(THERE, meeting, site=on_air[1], panes="side-by-side")
            async with viewing as viewer, elsewhere as other:
                await viewer.shows(*right, timeout=20)
                await other.shows(*right, timeout=20)
                await asyncio.sleep(STEADY_S)
                for name, process in BLOWS.items():
                    back = await _back(viewer, right, partial(_kill, province, process))
                    killed[name] = {"back_ms": back}
                result: dict[str, Any] = {"bench": "recover", "killed": killed}
                result["site"] = {"back_ms": await _site_lost(province, meeting, other, right)}
                result["cable_20_s"] = await _cable(province, viewer, right, 5 if quick else CUT_S)
                return result


async def _kill(province: Province, process: str) -> None:
    province.kill(process)


async def _site_lost(
    province: Province, meeting: Meeting, viewer: Watching, right: list[int]
) -> float | None:
    """The site's whole process dies and starts again: more than a browser that is reloaded."""

    async def blow() -> None:
        province.supervisor.kill(f"sites-{HERE}-{meeting.id}-{right[0]}")

    return await _back(viewer, right, blow)


async def _cable(
    province: Province, viewer: Watching, right: list[int], seconds: float
) -> dict[str, float | None]:
    """Cut the satellite's cable; the figure counts from the moment it is mended."""
    host = province.network_host(HERE)
    host.cut()
    await asyncio.sleep(seconds)

    async def mend() -> None:
        host.mend()

    return {"cut_s": seconds, "back_ms": await _back(viewer, right, mend)}


async def _back(
    viewer: Watching, right: list[int], blow: Callable[[], Awaitable[None]]
) -> float | None:
    """Strike, wait until the right programme has been steady for a while; None if it never is."""
    struck = now_ms()
    await blow()
    while now_ms() - struck < LIMIT_S * 1000:
        await asyncio.sleep(0.25)
        since = last_gap_end(viewer.events, right, struck, now_ms())
        if since is not None and now_ms() - max(since, struck) > STEADY_S * 1000:
            return round(max(0.0, since - struck), 1)
    return None


def last_gap_end(events: list[Event], right: list[int], since: float, now: float) -> float | None:
    """When the right programme came back for good: ``since`` if it never went, None while away.

    Frames with readable marks are sampled (``frame_age``), right while the panes are; a freeze
    (WebRTC's definition) counts from a quarter of a second on.
    """
    panes: list[int | None] = []
    last_right = back = since
    wrong = False
    for event in events:
        if event["event"] == "picture":
            panes = event["panes"]
        if event["t"] >= since and event["event"] == "freeze" and event["ms"] >= FREEZE_MS:
            back = event["t"]
        if event["t"] < since or event["event"] not in ("picture", "frame_age"):
            continue
        if panes != right:
            wrong = True
            continue
        if wrong or event["t"] - last_right > GAP_MS:
            back = event["t"]
        last_right, wrong = event["t"], False
    return None if wrong or now - last_right > 3 * GAP_MS else back
