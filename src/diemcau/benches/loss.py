"""``bench loss``: a line between satellite and master that loses packets, 30 ms each way.

A site on the lossy satellite speaks; the programme goes out through its line and comes back through
it. One viewer on the satellite and one at the master count frames and freezes (WebRTC's
definition), with the stall watchdog.
"""

from __future__ import annotations

import asyncio
from typing import Any

from diemcau.benches.stage import stage
from diemcau.lab.province import Province
from diemcau.lab.watching import Event, Watching, now_ms

MASTER, HERE = "vinh-phuc", "vnpt"
DELAY_MS = 30
LOSSES = (0.0, 0.02, 0.05)


async def run(quick: bool = False) -> dict[str, Any]:
    seconds = 8 if quick else 30
    rows: list[dict[str, Any]] = []
    with stage("loss") as folder:
        async with Province(folder, mcus=[MASTER, HERE]) as province:
            chair = province.sites_of(MASTER, 1)[0]
            site, watcher = province.sites_of(HERE, 2)
            meeting = await province.open("Đo", [chair, site, watcher], chair=chair)
            await province.publish(
                meeting, [site], width=640, height=360, fps=25, bitrate=1_000_000, motion=True
            )
            await province.publish(meeting, [chair], width=320, height=180, fps=25)
            await meeting.sites_ready(2)
            await meeting.mcus_online()
            await meeting.command("take", scene={"layout": "full", "sites": [site]})
            line = province.network_host(HERE)
            below = province.view(HERE, meeting, site=watcher)
            above = province.view(MASTER, meeting)
            async with below as far, above as near:
                for viewer in (far, near):
                    await viewer.shows(province.number(site), timeout=20)
                for loss in LOSSES:
                    line.lossy(loss=loss, delay_ms=DELAY_MS, seed=7)
                    await asyncio.sleep(2)
                    since = now_ms()
                    await asyncio.sleep(seconds)
                    rows.append(
                        {
                            "loss_pct": 100 * loss,
                            "up": _row(near, since, seconds),
                            "up_and_down": _row(far, since, seconds),
                        }
                    )
    return {"bench": "loss", "delay_ms_each_way": DELAY_MS, "seconds": seconds, "lines": rows}


def _row(viewer: Watching, since: float, seconds: float) -> dict[str, Any]:
    """Frames per second, the longest freeze and all freezes together, keyframes asked for."""
    events = [event for event in viewer.events if event["t"] >= since]
    freezes = [event["ms"] for event in events if event["event"] == "freeze"]
    stats = [event for event in events if event["event"] == "stats"]
    return {
        "fps": round(sum(event["fps"] for event in stats) / max(1, len(stats)), 1),
        "longest_freeze_ms": max(freezes, default=0),
        "frozen_ms": sum(freezes),
        "wrong_or_stale_ms": round(_away(events, since, since + 1000 * seconds)),
        "keyframes_asked": _difference(stats, "keyframes_asked"),
    }


def _difference(stats: list[Event], name: str) -> int:
    return int(stats[-1][name] - stats[0][name]) if stats else 0


def _away(events: list[Event], since: float, until: float) -> float:
    """How long the pane showed no fresh picture of its site, in ms."""
    away, left = 0.0, None
    for event in events:
        if event["event"] == "picture":
            if event["panes"] == [None]:
                left = event["t"]
            elif left is not None:
                away, left = away + event["t"] - left, None
    return away + (until - left if left is not None else 0)
