"""The control room and the chair's desk in Chromium, over a session in real media."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Request, expect

from diemcau.cli.demo import spread
from diemcau.lab.chromium import chromium
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from tests.inside import becomes
from tests.stage import CHAIR, call_of, connected, full

pytestmark = [
    pytest.mark.media,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]

MCUS = ("vinh-phuc", "vnpt", "viettel")
FELT = re.compile(r"Nối trong (\d+,\d+) s")
LISTED, PUBLISHING = 12, 4
FRAMES = """(label) => {
  const video = [...document.querySelectorAll('video')].find((v) => v.ariaLabel === label);
  window.frames_seen = 0;
  const seen = () => { window.frames_seen++; video.requestVideoFrameCallback(seen); };
  video.requestVideoFrameCallback(seen);
}"""
MARK = """(label) => {
  const video = [...document.querySelectorAll('video')].find((v) => v.ariaLabel === label);
  if (!video?.videoWidth) return null;
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0);
  const y = canvas.height / 36, bits = [];
  for (let cell = 0; cell < 20; cell++) {
    const x = (cell + 0.5) * canvas.width / 20;
    bits.push(context.getImageData(x, y, 1, 1).data[1] > 128 ? 1 : 0);
  }
  const guards = bits[0] && !bits[1] && !bits[18] && bits[19];
  return guards ? bits.slice(2, 14).reduce((value, bit) => 2 * value + bit, 0) : null;
}"""


class Stage:
    def __init__(
        self, province: Province, meeting: Meeting, browser: Browser, sites: list[str], shots: Path
    ) -> None:
        self.province, self.meeting, self.browser = province, meeting, browser
        self.sites, self.shots = sites, shots
        self.asked: set[str] = set()

    async def open(self, page_name: str, role: str) -> Page:
        """A page of its own; whatever host it asks is noted."""
        page = await self.browser.new_page(viewport={"width": 1440, "height": 900})
        page.on("request", self._note)
        page.on("websocket", lambda socket: self.asked.add(_host(socket.url)))
        token = self.province.token(role, self.meeting.id if role != "operator" else "")
        address = f"{self.province.lab_url}/c/{self.meeting.id}/{page_name}"
        await page.goto(f"{address}#token={token}")
        return page

    def _note(self, request: Request) -> None:
        if not request.url.startswith(("blob:", "data:")):
            self.asked.add(_host(request.url))


def _host(url: str) -> str:
    return urlsplit(url).netloc


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        province = await stack.enter_async_context(Province(folder, mcus=MCUS))
        here = [s for s in spread(province.directory, "vinh-phuc", 30) if _home(province, s)]
        sites = here[:LISTED]
        meeting = await province.open(
            "Họp giao ban", sites, chair=CHAIR, buses=("program", "chair")
        )
        await meeting.mcus_online(timeout=60)
        await province.publish(meeting, sites[:PUBLISHING])
        await meeting.sites_ready(PUBLISHING, timeout=60)
        browser = await stack.enter_async_context(chromium(province, "vinh-phuc", folder))
        yield Stage(province, meeting, browser, sites, folder)


def _home(province: Province, site: str) -> bool:
    return province.directory.site(site).mcu in MCUS


async def shows(page: Page, label: str, number: int) -> None:
    """Until the site's own mark is read from the page's picture."""
    await becomes(lambda: page.evaluate(MARK, label), lambda read: bool(read == number))


async def test_a_technician_selects_by_number_and_takes_with_the_space_bar(stage: Stage) -> None:
    page = await stage.open("control", "operator")
    await expect(page.locator(".row[data-site]")).to_have_count(LISTED)
    await shows(page, "Chương trình", stage.province.number(CHAIR))
    await page.evaluate(FRAMES, "Chương trình")
    wanted = await _key_of(page, stage.sites[1])
    await page.keyboard.press(wanted)
    await stage.meeting.until(
        lambda s: s["conference"]["preview"]["sites"] == [stage.sites[1]], "the site is next"
    )
    await expect(page.locator(f"[data-site='{stage.sites[1]}']")).to_have_class(re.compile("next"))
    await page.screenshot(path=stage.shots / "preview.png")
    await page.keyboard.press("Space")
    await shows(page, "Chương trình", stage.province.number(stage.sites[1]))
    await becomes(lambda: page.evaluate("window.frames_seen"), lambda seen: bool(seen > 25))
    assert stage.meeting.state["sites"][stage.sites[1]]["tally"] == "on_air"
    await page.screenshot(path=stage.shots / "control.png")
    await page.close()


async def _key_of(page: Page, site: str) -> str:
    """The number key that stands before the site."""
    key = await page.locator(f"[data-site='{site}'] .key").inner_text()
    assert re.fullmatch("[1-9]", key), key
    return key


async def test_the_chair_calls_a_site_with_two_taps_and_reads_how_long_it_took(
    stage: Stage,
) -> None:
    await stage.meeting.command("take", scene=full(CHAIR))
    page = await stage.open("chair", "chair")
    site = stage.sites[2]
    name = stage.province.directory.site(site).name
    await page.locator(f"[data-site='{site}']").click()
    await page.get_by_role("button", name=f"Mời {name} phát biểu").click()
    await connected(stage.meeting, site)
    await expect(page.get_by_text(f"{name} đang phát biểu")).to_be_visible()
    said = await page.get_by_text(FELT).inner_text()
    found = FELT.search(said)
    assert found is not None
    figure = call_of(stage.meeting)["connect_ms"]
    # The desk adds what the server cannot see: the tap's way to it, and the picture's to a screen.
    assert figure - 10 <= 1000 * float(found[1].replace(",", ".")) <= figure + 500
    await shows(page, "Màn hình chính", stage.province.number(site))
    await page.screenshot(path=stage.shots / "chair.png")
    await page.get_by_role("button", name="Kết thúc phát biểu").click()
    await shows(page, "Màn hình chính", stage.province.number(CHAIR))
    await page.close()


async def test_no_page_asks_anything_of_any_other_host(stage: Stage) -> None:
    assert stage.asked == {_host(stage.province.lab_url)}
