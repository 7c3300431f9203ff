"""``bench checks``: does the unattended rehearsal find what is wrong, nothing else, and how soon?

Twenty-four synthetic sites at three MCUs (one at the master), thirteen of them with one fault each:
what can be wrong with a picture and a sound is made by the site itself (``synthetic.faults``), two
more are on hosts whose line is bad. All of them are examined, several times over.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

from diemcau.benches.figures import median
from diemcau.benches.stage import stage
from diemcau.domain.examination import Fault
from diemcau.lab.meeting import Meeting, State
from diemcau.lab.net import Host
from diemcau.lab.province import Province

MASTER, SATELLITES = "vinh-phuc", ("vnpt", "viettel")
MADE = (
    Fault.BLACK, Fault.FROZEN, Fault.DARK, Fault.LOW_FRAME_RATE, Fault.SILENT, Fault.CLIPPING,
    Fault.NOISE, Fault.HUM, Fault.ECHO, Fault.LIP_SYNC, Fault.ONE_WAY, Fault.WRONG_PICTURE,
)  # fmt: skip
"""Those that a synthetic site makes itself."""

LINES: Mapping[Fault, Callable[[Host], None]] = {
    Fault.LOSS: lambda host: host.lossy(loss=0.05, delay_ms=10),
    Fault.JITTER: lambda host: host.lossy(loss=0, delay_ms=0, jitter_ms=200),
}
"""Those that a site's line makes."""

PICTURE: dict[str, Any] = {
    "width": 320, "height": 180, "fps": 10, "bitrate": 120_000, "play": True,
}  # fmt: skip
PROGRAM = "320x180@10"
"""Nobody looks at it here: sites, MCUs and examiners share the processors of one machine."""

PROVINCE = 150
"""Sites to which the time is extrapolated."""


class Run(NamedTuple):
    """One rehearsal: the faults found by site, how long it took (s), how many were examined at
    once at most."""

    found: Mapping[str, tuple[str, ...]]
    seconds: float
    at_once: int


async def run(quick: bool = False) -> dict[str, Any]:
    rounds, count = (1, 12) if quick else (5, 24)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(stage("checks"))
        lab = Province(folder, mcus=[MASTER, *SATELLITES], program=PROGRAM, stills_every=0)
        province = await stack.enter_async_context(lab)
        sites = province.sites_of(MASTER, 1)
        for place, mcu in enumerate(SATELLITES):
            sites += province.sites_of(mcu, (count - place) // len(SATELLITES))
        faults = dict(zip(sites[1::2], (*LINES, *MADE), strict=False))
        faults |= dict(zip(sites[2::2], (*LINES, *MADE)[len(faults) :], strict=False))
        meeting = await province.open("Tổng duyệt", sites, chair=sites[0], master=MASTER)
        await meeting.mcus_online(timeout=60)
        await _publish(province, meeting, sites, faults)
        await meeting.sites_ready(len(sites), timeout=90)
        runs = [await _rehearse(meeting, sites) for _ in range(rounds)]
        return {**figures(faults, runs), "load": round(os.getloadavg()[0], 1)}


async def _publish(
    province: Province, meeting: Meeting, sites: Sequence[str], faults: Mapping[str, Fault]
) -> None:
    near = [site for site in sites if faults.get(site) not in LINES]
    made = {site: str(fault) for site, fault in faults.items() if fault in MADE}
    await province.publish(meeting, near, faults=made, **PICTURE)
    for site, fault in faults.items():
        if fault in LINES:
            host = province.extra_host(f"{fault}")
            LINES[fault](host)
            await province.publish(meeting, [site], at=host, **PICTURE)


async def _rehearse(meeting: Meeting, sites: Sequence[str]) -> Run:
    at_once = 0

    def settled(state: State) -> bool:
        nonlocal at_once
        rehearsal = state.get("rehearsal", {})
        at_once = max(at_once, len(rehearsal.get("running", ())))
        over = {*rehearsal.get("passed", ()), *rehearsal.get("failed", ())}
        return over >= set(sites)

    began = time.monotonic()
    await meeting.command("rehearsal", sites=list(sites))
    await meeting.until(settled, "everybody examined", timeout=600)
    seconds = time.monotonic() - began
    found = meeting.state["examinations"]
    return Run(
        {site: tuple(one["fault"] for one in found[site]["faults"]) for site in sites},
        seconds,
        at_once,
    )


def figures(faults: Mapping[str, Fault], runs: Sequence[Run]) -> dict[str, Any]:
    """Faults that every run found by the right name; names that any run told of a site without
    that fault; the time of a run, and of a province at the same pace."""
    found = [site for site, fault in faults.items() if all(fault in r.found[site] for r in runs)]
    false = [
        {"site": site, "has": str(faults.get(site, "")), "told": name}
        for one in runs
        for site, names in one.found.items()
        for name in names
        if name != faults.get(site)
    ]
    missed = sorted(str(fault) for site, fault in faults.items() if site not in found)
    sites, at_once = len(runs[0].found), max(one.at_once for one in runs)
    seconds = median([one.seconds for one in runs]) or 0.0
    wave_s = seconds / math.ceil(sites / at_once)
    return {
        "bench": "checks",
        "sites": sites,
        "runs": len(runs),
        "faults_injected": len(faults),
        "faults_found": len(found),
        "missed": missed,
        "false_alarms": len(false),
        "false": false,
        "seconds": seconds,
        "at_once": at_once,
        "seconds_of_a_wave": round(wave_s, 1),
        f"seconds_for_{PROVINCE}": round(math.ceil(PROVINCE / at_once) * wave_s),
    }
