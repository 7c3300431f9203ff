"""``bench page``: the control room with 3,400 sites, each of which changes every second.

The mock server sends five patches a second of 680 sites each; Chromium shows the built page. A
long task is what the browser itself reports as one (over 50 ms). An update is timed from the
server's sending, so that its wait for a busy page counts, until after the frame that shows it in
the rows (``page_probe.js`` says how). Other work on the machine lengthens both, but no
CPU time: that of the page's main thread, and of its heaviest task, from the browser's trace.
Memory is the JavaScript heap after forced collections.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, CDPSession, Page

from diemcau.benches.figures import percentile
from diemcau.lab.chromium import launched
from diemcau.lab.mock import mock_server

SITES = 3400
WIDTH, HEIGHT = 1920, 1080
PROBE = Path(__file__).with_name("page_probe.js")
TRACED = ["disabled-by-default-devtools.timeline", "__metadata"]
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
        return await _watch(browser, page, seconds)


async def _watch(browser: Browser, page: Page, seconds: int) -> dict[str, Any]:
    tools = await page.context.new_cdp_session(page)
    await tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    heap = await _heap(tools)
    await browser.start_tracing(page=page, categories=TRACED)
    await page.evaluate("bench.begin()")
    cpu = await _cpu(tools)
    await asyncio.sleep(seconds)
    cpu = await _cpu(tools) - cpu
    seen = await page.evaluate("bench.end()")
    load = os.getloadavg()[0]
    trace = json.loads(await browser.stop_tracing())
    return {
        **figures(seen, await _heap(tools) - heap),
        "heaviest_task_cpu_ms": heaviest_task(trace["traceEvents"]),
        "page_cpu_pct": round(100 * cpu / seconds, 1),
        "seconds": seconds,
        "load": round(load, 1),
    }


async def _cpu(tools: CDPSession) -> float:
    """Seconds of the page's main thread in tasks."""
    metrics = (await tools.send("Performance.getMetrics"))["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


def heaviest_task(events: Sequence[Mapping[str, Any]]) -> int | None:
    """CPU time (ms) of the heaviest task of a page's main thread in a trace; None without any."""
    pages = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    spent = [
        event["tdur"] / 1000
        for event in events
        if event["name"] == "RunTask" and (event["pid"], event["tid"]) in pages and "tdur" in event
    ]
    return round(max(spent)) if spent else None


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
