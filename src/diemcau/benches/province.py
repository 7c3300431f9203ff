"""``bench province``: a whole province at once, 150 sites connected, programme at 720p.

A few sites send pictures, the others receive the programme, spread over the satellites. Packets
lost for good are counted at every receiver, while takes go on and are timed at a decoding viewer.
"""

from __future__ import annotations

import asyncio
import itertools
from contextlib import AsyncExitStack
from typing import Any

from diemcau.benches.figures import latencies
from diemcau.benches.stage import stage
from diemcau.lab.errors import LabError
from diemcau.lab.load import JanusLoad
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.watching import Watching, now_ms

MASTER, SATELLITES = "vinh-phuc", ("vnpt", "viettel", "mobifone")
SENDING_EACH = 3
SETTLE_S = 0.7


async def run(quick: bool = False) -> dict[str, Any]:
    receivers, takes = (30, 4) if quick else (141, 20)
    with stage("province") as folder:
        async with Province(folder, mcus=[MASTER, *SATELLITES]) as province, AsyncExitStack() as on:
            chair = province.sites_of(MASTER, 1)[0]
            sending = [s for mcu in SATELLITES for s in province.sites_of(mcu, SENDING_EACH)][:-1]
            watcher = province.sites_of(SATELLITES[-1], SENDING_EACH)[-1]
            meeting = await province.open("Toàn tỉnh", [chair, *sending, watcher], chair=chair)
            await province.publish(
                meeting, [chair, *sending], width=320, height=180, fps=15, motion=True
            )
            await meeting.sites_ready(1 + len(sending))
            await meeting.mcus_online()
            viewer = await on.enter_async_context(
                province.view(SATELLITES[-1], meeting, site=watcher)
            )
            await viewer.shows(province.number(chair), timeout=20)
            loads = []
            for mcu in SATELLITES:
                load = await on.enter_async_context(JanusLoad(province.extra_host(f"tai-{mcu}")))
                url = province.whep(meeting, "program", mcu)
                await load.add(url, province.token("operator"), receivers // len(SATELLITES))
                loads.append(load)
            await asyncio.sleep(3)
            before = [await load.stats() for load in loads]
            times, failed = await _takes(province, meeting, viewer, sending, takes)
            after = [await load.stats() for load in loads]
    grown = [now.since(then) for now, then in zip(after, before, strict=True)]
    everyone = [receiver for stats in grown for receiver in stats.receivers]
    return {
        "bench": "province",
        "sites": 1 + len(sending) + len(everyone),
        "receiving": sum(stats.connected for stats in after),
        "packets": sum(receiver.packets for receiver in everyone),
        "lost": sum(receiver.lost for receiver in everyone),
        "take": latencies(times, failed),
    }


async def _takes(
    province: Province, meeting: Meeting, viewer: Watching, sites: list[str], count: int
) -> tuple[list[float], int]:
    times, failed = [], 0
    for site in itertools.islice(itertools.cycle(sites), count):
        asked = now_ms()
        await meeting.command("take", scene={"layout": "full", "sites": [site]})
        try:
            seen = await viewer.shows(province.number(site), since=asked, timeout=5)
            times.append(seen["t"] - asked)
        except LabError:
            failed += 1
        await asyncio.sleep(SETTLE_S)
    return times, failed
