"""``bench stills``: what a still costs an MCU, how large it is, and how old it is when it is seen.

The cost is taken at one still a second of each site, as the CPU time of the stills' process, the
agent and Janus, less what agent and Janus use on the same sites without stills. The age is taken at
the usual pace: a still is fetched as a page does, decoded apart, and its drawn clock read.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from diemcau.benches.cpu import cpu_time
from diemcau.benches.figures import median, percentile
from diemcau.benches.stage import stage
from diemcau.lab.marks import age_ms
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.stills import mark_of
from diemcau.lab.watching import now_ms

HERE = "vnpt"
SITES = 12
USUAL_S = 10
LOOK_EVERY_S = 0.5
PROCESSES = ("stills", "janus", "agent")


async def run(quick: bool = False) -> dict[str, Any]:
    seconds = 15.0 if quick else 60.0
    idle, _ = await _cost(0, seconds)
    busy, taken = await _cost(1, seconds)
    spent = {
        name: round(1000 * (busy[name] - idle.get(name, 0)) / max(1, taken), 2)
        for name in PROCESSES
    }
    ages, sizes = await _seen(seconds)
    return {
        "bench": "stills",
        "sites": SITES,
        "cpu_per_still_ms": round(sum(spent.values()), 2),
        "bytes": median(sizes),
        "age_p95_s": percentile(ages, 0.95),
        "age_p50_s": percentile(ages, 0.5),
        **{f"{name}_ms": cost for name, cost in spent.items()},
        "stills_per_s": round(taken / seconds, 1),
    }


@asynccontextmanager
async def _sites(every_s: int) -> AsyncIterator[tuple[Province, Meeting]]:
    """Sites of one MCU that publish, with stills at a pace."""
    with stage("stills") as folder:
        async with Province(folder, mcus=[HERE], stills_every=every_s) as province:
            sites = province.sites_of(HERE, SITES)
            meeting = await province.open("Đo", sites, chair=sites[0], master=HERE)
            await province.publish(meeting, sites, width=640, height=360, fps=15, bitrate=400_000)
            await meeting.sites_ready(SITES, timeout=60)
            if every_s:
                await meeting.until(
                    lambda s: all("still" in site for site in s["sites"].values()), "all stills"
                )
            yield province, meeting


async def _cost(every_s: int, seconds: float) -> tuple[dict[str, float], int]:
    """CPU seconds of each process in a time, and how many stills came in it."""
    async with _sites(every_s) as (province, meeting):
        names = [name for name in PROCESSES if every_s or name != "stills"]
        pids = {name: province.pid(f"{name}-{HERE}") for name in names}
        before = {name: cpu_time(pid) for name, pid in pids.items()}
        taken, versions, end = 0, _versions(meeting), time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(0.1)
            former, versions = versions, _versions(meeting)
            taken += sum(former.get(site) != version for site, version in versions.items())
        return {name: cpu_time(pid) - before[name] for name, pid in pids.items()}, taken


def _versions(meeting: Meeting) -> dict[str, str]:
    sites = meeting.state["sites"].values()
    return {site["id"]: site["still"] for site in sites if "still" in site}


async def _seen(seconds: float) -> tuple[list[float], list[int]]:
    """Ages (s) of what a page shows, looked at again and again, and sizes (bytes)."""
    ages: list[float] = []
    sizes: list[int] = []
    async with _sites(USUAL_S) as (_, meeting):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(LOOK_EVERY_S)
            for site in _versions(meeting):
                jpeg = await meeting.still(site)
                mark = mark_of(jpeg) if jpeg else None
                age = age_ms(mark, int(now_ms())) if mark else None
                sizes.append(len(jpeg))
                ages += [] if age is None else [age / 1000]
    return ages, sizes
