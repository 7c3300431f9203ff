"""``bench chair``: from the chair's tap to the picture on another browser's main screen.

Twelve synthetic sites. The chair's desk is open in Chromium on the master's host and really
clicked; the called sites are on satellites; the main screen is a second Chromium on the host of
another, which reads the called site's mark in each frame it is about to show
(``chair_probe.js``). Both browsers date by the same machine's clock. The page's own figure is what
the desk shows: the server's ``connect_ms``, the later of picture and sound, with the tap's way to
the server and a picture's way to a screen like the desk's own.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, NamedTuple

from playwright.async_api import Browser, Page

from diemcau.benches.figures import percentile
from diemcau.benches.stage import stage
from diemcau.lab.chromium import chromium
from diemcau.lab.errors import LabError
from diemcau.lab.meeting import Meeting, State
from diemcau.lab.province import Province

MASTER, HERE, THERE = "vinh-phuc", "vnpt", "viettel"
SITES = 12
SETTLE_S = 0.7
"""Between two calls: links go idle, the machine calms down."""
FIGURE = re.compile(r"(\d+,\d+) s")
PROBE = Path(__file__).with_name("chair_probe.js")
SHOWS = "number => bench.shown.find(([shown]) => shown === number)?.[1]"
ALONE = "() => bench.shown.length > 0 && bench.shown.at(-1)[0] === null"


class Call(NamedTuple):
    """One call in ms: as the second browser saw it, as the desk says, as the server says."""

    seen: float
    page: float
    server: float


async def run(quick: bool = False) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(stage("chair"))
        province = await stack.enter_async_context(Province(folder, mcus=[MASTER, HERE, THERE]))
        chair, *called = province.sites_of(MASTER, 1) + province.sites_of(HERE, SITES - 2)
        called += province.sites_of(THERE, 1)
        meeting = await province.open("Đo", [chair, *called], chair=chair, master=MASTER)
        await meeting.mcus_online()
        await province.publish(meeting, [chair, *called], fps=25)
        await meeting.sites_ready(SITES, timeout=60)
        desk_browser = await stack.enter_async_context(chromium(province, MASTER, folder))
        screen_browser = await stack.enter_async_context(chromium(province, THERE, folder))
        desk = await _open(desk_browser, province, meeting, "chair", "chair")
        screen = await _open(
            screen_browser, province, meeting, f"screen?sound=0&mcu={THERE}", "viewer"
        )
        calls = []
        for site in itertools.islice(itertools.cycle(called), 6 if quick else 20):
            await screen.wait_for_function(ALONE)
            await asyncio.sleep(SETTLE_S)
            calls.append(await _call(desk, screen, meeting, site, province.number(site)))
        return {**figures(calls), "load": round(os.getloadavg()[0], 1)}


async def _open(
    browser: Browser, province: Province, meeting: Meeting, page_name: str, role: str
) -> Page:
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    await page.add_init_script(path=PROBE)
    token = province.token(role, meeting.id)
    await page.goto(f"{province.lab_url}/c/{meeting.id}/{page_name}#token={token}")
    return page


async def _call(desk: Page, screen: Page, meeting: Meeting, site: str, number: int) -> Call:
    def measured(state: State) -> Any:
        newest = state["conference"]["calls"][:1]
        return newest and newest[0]["site"] == site and "connect_ms" in newest[0] and newest[0]

    await screen.evaluate("bench.shown.length = 0")
    await desk.locator(f"[data-site='{site}']").click()
    await desk.locator(".invite").click()
    shown = await (await screen.wait_for_function(SHOWS, arg=number)).json_value()
    tapped = await desk.evaluate("bench.tapped")
    own = await meeting.until(measured, "the system's own figure", timeout=10)
    said = await desk.locator(".floor .words", has_text=FIGURE).text_content() or ""
    await desk.locator(".release").click()
    return Call(shown - tapped, _ms(said), own["connect_ms"])


def _ms(text: str) -> float:
    """The figure in what the desk says of a call ("… 0,23 s")."""
    found = FIGURE.search(text)
    if found is None:
        raise LabError(f"no figure in {text!r}")
    return 1000 * float(found[1].replace(",", "."))


def figures(calls: Sequence[Call]) -> dict[str, Any]:
    """Percentiles of what was seen, and how far the system's own figures are from it."""
    seen = [call.seen for call in calls]
    return {
        "bench": "chair",
        "calls": len(calls),
        "p50_ms": percentile(seen, 0.5),
        "p99_ms": percentile(seen, 0.99),
        "page_figure_off_by_ms_max": percentile([abs(c.page - c.seen) for c in calls], 1),
        "server_figure_off_by_ms_max": percentile([abs(c.server - c.seen) for c in calls], 1),
    }
