"""``bench hop``: what one more MCU on the way adds, frame by frame.

The same programme is received at the government's, the province's and a satellite's MCU. Each
frame bears the time it was drawn; a hop is the difference between its arrivals at two neighbours.
"""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

from diemcau.benches.figures import percentile
from diemcau.benches.stage import stage
from diemcau.lab.province import Province
from diemcau.lab.watching import Watching

CHAIN = ("chinh-phu", "vinh-phuc", "vnpt")


async def run(quick: bool = False) -> dict[str, Any]:
    seconds = 6 if quick else 30
    with stage("hop") as folder:
        async with Province(folder, mcus=CHAIN) as province:
            chair, member = (province.sites_of(mcu, 1)[0] for mcu in (CHAIN[0], CHAIN[-1]))
            meeting = await province.open("Đo", [chair, member], chair=chair, master=CHAIN[0])
            await province.publish(meeting, [chair], width=640, height=360, fps=25)
            await meeting.sites_ready(1)
            await meeting.mcus_online()
            viewers = [
                province.view(mcu, meeting, options=["--reconnect", "--every-frame"])
                for mcu in CHAIN
            ]
            async with viewers[0] as top, viewers[1] as middle, viewers[2] as bottom:
                for viewer in (top, middle, bottom):
                    await viewer.shows(province.number(chair), timeout=20)
                await asyncio.sleep(seconds)
                seen = [arrivals(viewer) for viewer in (top, middle, bottom)]
    hops = [
        lower[clock] - upper[clock]
        for upper, lower in itertools.pairwise(seen)
        for clock in upper.keys() & lower.keys()
    ]
    return {
        "bench": "hop",
        "frames": len(hops) // 2,
        "p50_ms": percentile(hops, 0.5),
        "p99_ms": percentile(hops, 0.99),
    }


def arrivals(viewer: Watching) -> dict[int, float]:
    """When the frame of each clock reading arrived first."""
    first: dict[int, float] = {}
    for event in viewer.events:
        if event["event"] == "frame" and event["clock"] is not None:
            first.setdefault(event["clock"], event["t"])
    return first
