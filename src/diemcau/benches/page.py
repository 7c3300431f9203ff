"""``bench page``: the control room with 3,400 sites, each of which changes every second.

The mock server sends five patches a second of 680 sites each; Chromium shows the built page. A
long task is what the browser itself reports as one (over 50 ms). An update is timed from the
server's sending, so that its wait for a busy page counts, until after the frame that shows it in
the rows (``page_probe.js`` says how). ``page_cpu_pct`` is the CPU time of the page's main thread,
which other work on the machine does not lengthen as it does the times. Memory is the JavaScript
heap after forced collections.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession, Page

from diemcau.benches.figures import percentile
from diemcau.lab.chromium import launched
from diemcau.lab.mock import mock_server

SITES = 3400
WIDTH, HEIGHT = 1920, 1080
PROBE = Path(__file__).with_name("page_probe.js")
SETTLE_S = 10
"""The page has been built up, and each site has changed a few times."""


async def run(quick: bool = False) -> dict[str, Any]:
    seconds = 15 if quick else 60
    async with mock_server(MOCK_SITES=str(SITES), MOCK_NEWS="1") as url, launched() as browser:
        page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        await page.add_init_script(path=PROBE)
        await page.goto(f"{url}/c/c1/control#token=operator")
        await page.locator("[data-site]").first.wait_for()
        await asyncio.sleep(SETTLE_S)
        return await _watch(page, seconds)


async def _watch(page: Page, seconds: int) -> dict[str, Any]:
    tools = await page.context.new_cdp_session(page)
    await tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    heap = await _heap(tools)
    await page.evaluate("bench.begin()")
    cpu = await _cpu(tools)
    await asyncio.sleep(seconds)
    cpu = await _cpu(tools) - cpu
    seen = await page.evaluate("bench.end()")
    load = os.getloadavg()[0]
    return {
        **figures(seen, await _heap(tools) - heap),
        "page_cpu_pct": round(100 * cpu / seconds, 1),
        "seconds": seconds,
        "load": round(load, 1),
    }


async def _cpu(tools: CDPSession) -> float:
    """Seconds of the page's main thread in tasks."""
    metrics = (await tools.send("Performance.getMetrics"))["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


async def _heap(tools: CDPSession) -> int:
    """Bytes in use; twice, since what a finalizer lets go is collected only the next time."""
    for _ in range(2):
        await tools.send("HeapProfiler.collectGarbage")
    used: int = (await tools.send("Runtime.getHeapUsage"))["usedSize"]
    return used


def figures(seen: Mapping[str, Sequence[float]], grown: int) -> dict[str, Any]:
    """From durations of ``tasks`` and ``updates`` (ms) and the growth of the heap (bytes)."""
    tasks, updates = seen["tasks"], seen["updates"]
    return {
        "bench": "page",
        "sites": SITES,
        "long_tasks": len(tasks),
        "longest_task_ms": round(max(tasks, default=0)),
        "updates": len(updates),
        "update_to_paint_p50_ms": percentile(updates, 0.5),
        "update_to_paint_p99_ms": percentile(updates, 0.99),
        "memory_growth_mb": round(grown / 1e6, 2),
    }
