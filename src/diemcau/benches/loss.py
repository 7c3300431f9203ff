"""``bench loss``: a line between satellite and master that loses packets, 30 ms each way.

A site on the lossy satellite speaks; its picture goes up through the line to the mixer, and the
programme comes back through it. A viewer at the master (``up``) sees the losses of the way up, one
on the satellite (``up_and_down``) those of both ways. The programme itself always runs, so what
counts is the clock drawn in the site's picture: a freeze is a time in which it did not advance.
"""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any, NamedTuple

from diemcau.benches.figures import percentile
from diemcau.benches.stage import stage
from diemcau.lab.freeze import FreezeDetector
from diemcau.lab.meeting import Meeting
from diemcau.lab.net import Host
from diemcau.lab.province import Province
from diemcau.lab.watching import Event, Watching, now_ms

MASTER, HERE = "vinh-phuc", "vnpt"
DELAY_MS = 30
CLOCK = 1 << 16
SETTLE_S = 4
OPTIONS = ("--reconnect", "--watchdog", "--every-frame")


class Line(NamedTuple):
    """Share of packets lost, and how many are lost in a row (mean)."""

    loss: float
    burst: float = 1.0


QUICK = (Line(0.0), Line(0.02), Line(0.05))
ALL = (*QUICK, Line(0.02, 3), Line(0.05, 3))


async def run(quick: bool = False) -> dict[str, Any]:
    seconds, lines = (8, QUICK) if quick else (30, ALL)
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
            below = province.view(HERE, meeting, site=watcher, options=OPTIONS)
            above = province.view(MASTER, meeting, options=OPTIONS)
            async with below as far, above as near:
                for viewer in (far, near):
                    await viewer.shows(province.number(site), timeout=20)
                for line in lines:
                    row = await _row(province.network_host(HERE), line, near, far, seconds)
                    rows.append({**row, "mixer": await _slot(province, meeting, site)})
    return {"bench": "loss", "delay_ms_each_way": DELAY_MS, "seconds": seconds, "lines": rows}


async def _row(
    host: Host, line: Line, near: Watching, far: Watching, seconds: float
) -> dict[str, Any]:
    """Make the line so bad, let the mixer get used to it, and look."""
    host.lossy(loss=line.loss, delay_ms=DELAY_MS, burst=line.burst, seed=7)
    await asyncio.sleep(SETTLE_S)
    since, before = now_ms(), host.wire_counts()
    await asyncio.sleep(seconds)
    until, after = now_ms(), host.wire_counts()
    return {
        "loss_pct": 100 * line.loss,
        "burst": line.burst,
        "packets_lost": sum(after[way] - before[way] for way in ("up_lost", "down_lost")),
        "up": _seen(near, since, until),
        "up_and_down": _seen(far, since, until),
    }


async def _slot(province: Province, meeting: Meeting, site: str) -> dict[str, Any]:
    """What the mixer says of the site's slot: its delay, and keyframes asked for until now."""
    mixers = province.folder / "mcu" / MASTER / "mixers"
    reader, writer = await asyncio.open_unix_connection(
        str(mixers / meeting.id / "mixer.sock"), limit=1 << 22
    )
    try:
        writer.write(b'{"id": 1, "method": "status", "params": {}}\n')
        while (answer := json.loads(await reader.readline())).get("id") != 1:
            pass
    finally:
        writer.close()
    inputs: list[dict[str, Any]] = answer["result"]["inputs"]
    slot = next(entry for entry in inputs if (entry["source"] or "").split(" ")[0] == site)
    return {name: slot.get(name) for name in ("delay_ms", "keyframes_asked")}


def _seen(viewer: Watching, since: float, until: float) -> dict[str, Any]:
    """What a viewer saw between two times (ms)."""
    events = [event for event in viewer.events if since <= event["t"] < until]
    stats = [event for event in events if event["event"] == "stats"]
    frames = [event for event in events if event["event"] == "frame"]
    fresh = _advances(frames)
    return {
        "fps": round(sum(event["fps"] for event in stats) / max(1, len(stats)), 1),
        "site_fps": round(len(fresh) / (until - since) * 1000, 1),
        **freezes([event["t"] for event in fresh], since, until),
        "age_p50_ms": percentile([(event["t"] - event["clock"]) % CLOCK for event in fresh], 0.5),
        "keyframes_asked": stats[-1]["keyframes_asked"] - stats[0]["keyframes_asked"],
    }


def _advances(frames: list[Event]) -> list[Event]:
    """The frames in which the site's clock stood further than ever before."""
    fresh: list[Event] = []
    for frame in frames:
        if not fresh or 0 < (frame["clock"] - fresh[-1]["clock"]) % CLOCK < CLOCK // 2:
            fresh.append(frame)
    return fresh


def freezes(advances: list[float], since: float, until: float) -> dict[str, int]:
    """The longest time without an advance, and how many such times WebRTC calls freezes.

    ``advances`` in ms; what the window cuts off at its ends counts for as long as it is inside.
    """
    detector = FreezeDetector()
    times = [since, *advances, until]
    found = [ms for ms in map(detector.frame, times) if ms is not None]
    longest = max(late - early for early, late in pairwise(times))
    return {
        "longest_freeze_ms": round(longest),
        "frozen_ms": round(sum(found)),
        "freezes": len(found),
    }
