"""``diemcau shots``: pictures of every page of a province in session, for the documents.

The pages are opened by Debian's Chromium, on the stage that the demo stands on; a site joins with
Chromium's own artificial camera.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import TimeoutError as PlaywrightTimeout

from diemcau.cli.demo import TITLE, spread
from diemcau.lab.chromium import CHROMIUM
from diemcau.lab.errors import LabError
from diemcau.lab.meeting import Meeting, State
from diemcau.lab.province import Province

OPTIONS = (
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
)
SIZES = ((1366, 768), (1920, 1080))
SITES = 12
LARGEST = 150_000
"""Bytes of a picture: the repository keeps every version of it."""
READY_MS = 30_000
QUALITIES = (80, 70, 60, 50, 40, 30)
BANNER = "Hội nghị bắt đầu lúc 8 giờ; đề nghị các điểm cầu tắt micrô khi chưa được mời phát biểu."

PLAYING = """() => {
  const videos = [...document.querySelectorAll('video')].filter((v) => v.offsetParent);
  return videos.length >= 1 && videos.every((v) => v.currentTime > 1 && v.videoWidth > 0);
}"""
LOADED = "() => document.querySelectorAll('main button').length > 3"


@dataclass(frozen=True)
class Shot:
    """A page to show: its name, its address and what it must have reached first."""

    name: str
    url: str
    ready: str = PLAYING


def run(folder: Path, province: str) -> None:
    """Write ``<page>-<width>.jpg`` for all pages and sizes into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(_run(folder, province))
    except LabError as error:
        raise SystemExit(f"diemcau: shots: {error}") from None


async def _run(folder: Path, name: str) -> None:
    with tempfile.TemporaryDirectory(prefix="diemcau-shots-") as data:
        async with Province(Path(data), name) as province:
            *sites, guest = spread(province.directory, province.master, SITES + 1)
            meeting = await province.open(
                TITLE, [*sites, guest], chair=sites[0], buses=("program", "chair")
            )
            await meeting.mcus_online()
            await province.publish(meeting, sites, width=640, height=360)
            await meeting.sites_ready(len(sites))
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=CHROMIUM, args=list(OPTIONS)
                )
                await _shoot(browser, folder, province, meeting, sites, guest)
                await browser.close()


async def _shoot(
    browser: Browser,
    folder: Path,
    province: Province,
    meeting: Meeting,
    sites: Sequence[str],
    guest: str,
) -> None:
    """The guest joins first and stays, so that the others show a site with a camera."""
    site, *others = _shots(province, meeting, guest)
    joined = await _open(browser, site)
    await meeting.sites_ready(len(sites) + 1)
    await _direct(meeting, sites, guest)
    await _picture(joined, site, folder)
    for shot in others:
        page = await _open(browser, shot)
        await _picture(page, shot, folder)
        await page.context.close()


def _shots(province: Province, meeting: Meeting, guest: str) -> list[Shot]:
    operator, chair = province.token("operator"), province.token("chair", meeting.id)
    own = province.token("site", meeting.id, guest)
    page = f"{province.public_url}/c/{meeting.id}"
    return [
        Shot("site", f"{page}/site/{guest}?autojoin=1#token={own}"),
        Shot("control", f"{page}/control#token={operator}"),
        Shot("chair", f"{page}/chair#token={chair}"),
        Shot("screen", f"{page}/screen?sound=0#token={chair}"),
        Shot("home", f"{province.public_url}/conferences#token={operator}", LOADED),
    ]


async def _direct(meeting: Meeting, sites: Sequence[str], guest: str) -> None:
    """The chair has called a site, and the next scene is ready."""
    await meeting.command("banner", text=BANNER)
    call = await meeting.command("call", site=sites[3])

    def connected(state: State) -> bool:
        calls = {one["id"]: one["state"] for one in state["conference"]["calls"]}
        return calls.get(call["id"]) == "connected"

    await meeting.until(connected, "the called site on air")
    scene = [guest, sites[5], sites[6], sites[7]]
    await meeting.command("preview", scene={"layout": "grid-2x2", "sites": scene})

    def ready(state: State) -> bool:
        return all(state["sites"][site].get("input") == "live" for site in scene)

    await meeting.until(ready, "the next scene in preview")


async def _open(browser: Browser, shot: Shot) -> Page:
    width, height = SIZES[0]
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
    await context.grant_permissions(["camera", "microphone"])
    page = await context.new_page()
    await page.goto(shot.url)
    return page


async def _picture(page: Page, shot: Shot, folder: Path) -> None:
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        file = folder / f"{shot.name}-{width}.jpg"
        try:
            await page.wait_for_function(shot.ready, timeout=READY_MS)
        except PlaywrightTimeout:
            await _save(page, file)
            raise LabError(f"the page {shot.name} did not get ready; see {file}") from None
        size = await _save(page, file)
        print(f"{file} {size // 1000} kB", flush=True)


async def _save(page: Page, file: Path) -> int:
    """At the best quality that is small enough; gives the bytes."""
    for quality in QUALITIES:
        data = await page.screenshot(type="jpeg", quality=quality)
        if len(data) <= LARGEST:
            break
    await asyncio.to_thread(file.write_bytes, data)
    return len(data)
