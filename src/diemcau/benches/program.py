"""``bench program``: what the programme costs, what it adds, and what a silent site costs it.

``ratio_cpu``: the mixer against a bare GStreamer pipeline doing the same work (see ``mixing``).
``added_latency_ms``: the same frame of a site in the programme against a direct WHEP of that site.
``cpu_0_silent`` and ``cpu_40_silent``: the mixer's CPU (percent of a core) as silent sites join.
"""

from __future__ import annotations

import asyncio
import statistics
from typing import Any

from diemcau.benches import mixing
from diemcau.benches.cpu import busy
from diemcau.benches.figures import percentile
from diemcau.benches.hop import arrivals
from diemcau.benches.stage import stage
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province

MASTER, SPEAKING, QUIET = "vinh-phuc", "vnpt", "viettel"
SILENT = 40


async def run(quick: bool = False) -> dict[str, Any]:
    mixer = await asyncio.to_thread(mixing.run_cpu, 15 if quick else 50)
    silent = 10 if quick else SILENT
    with stage("program") as folder:
        async with Province(folder, mcus=[MASTER, SPEAKING, QUIET]) as province:
            chair = province.sites_of(MASTER, 1)[0]
            speakers, quiet = province.sites_of(SPEAKING, 3), province.sites_of(QUIET, silent)
            meeting = await province.open("Đo", [chair, *speakers, *quiet], chair=chair)
            await province.publish(meeting, [chair, *speakers], width=640, height=360, fps=25)
            await meeting.sites_ready(4)
            latency = await _added_latency(province, meeting, chair, 5 if quick else 20)
            scene = {"layout": "grid-2x2", "sites": [chair, *speakers]}
            await meeting.command("take", scene=scene)
            before = await _mixer_cpu(province, quick)
            await province.publish(meeting, quiet, width=160, height=90, fps=2, bitrate=50_000)
            await meeting.sites_ready(4 + silent, timeout=60)
            after = await _mixer_cpu(province, quick)
    return {
        "bench": "program",
        "ratio_cpu": mixer["ratio_cpu"],
        "added_latency_ms": percentile(latency, 0.5),
        "added_latency_p99_ms": percentile(latency, 0.99),
        "cpu_0_silent": before,
        f"cpu_{silent}_silent": after,
        "mixing": mixer,
    }


async def _added_latency(
    province: Province, meeting: Meeting, chair: str, seconds: float
) -> list[float]:
    options = ["--reconnect", "--every-frame"]
    program = province.view(MASTER, meeting, options=options)
    direct = province.view(MASTER, meeting, f"site/{chair}", role="operator", options=options)
    async with program as mixed, direct as straight:
        for viewer in (mixed, straight):
            await viewer.shows(province.number(chair), timeout=20)
        await asyncio.sleep(seconds)
        late, early = arrivals(mixed), arrivals(straight)
    return [late[clock] - early[clock] for clock in late.keys() & early.keys()]


async def _mixer_cpu(province: Province, quick: bool) -> float:
    """Median of several looks, once the mixer has settled."""
    await asyncio.sleep(2)
    mixer = [province.pid(f"mixer-{MASTER}")]
    looks = [(await busy([mixer], 2))[0] for _ in range(3 if quick else 9)]
    return round(statistics.median(looks), 1)
