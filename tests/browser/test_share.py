"""A commune shares its screen from its page: seen at the master, until it stops sharing.

Chromium's fake screen is as green as its fake camera; the screen that stands still is a red canvas
that is drawn once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from diemcau.domain.source import content_of
from diemcau.lab.chromium import chromium
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.watching import now_ms
from tests.browser.test_commune import green
from tests.eyes import FULL, Eyes
from tests.stage import CHAIR, COMMUNE, full, kill

pytestmark = [
    pytest.mark.media,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]

MCUS = ("vinh-phuc", "vnpt")
CONTENT = content_of(COMMUNE)
STANDS_MS = 6000
GONE_MS = 4000
"""By then a source that sends nothing is a slate: whatever is red is there again."""
STILL_SCREEN = """() => {
  const canvas = Object.assign(document.createElement('canvas'), {width: 1280, height: 720});
  const brush = canvas.getContext('2d');
  brush.fillStyle = 'rgb(220, 20, 20)';
  navigator.mediaDevices.getDisplayMedia = async () => {
    const screen = canvas.captureStream();
    brush.fillRect(0, 0, 1280, 720);
    return screen;
  };
}"""


class Stage:
    def __init__(self, province: Province, meeting: Meeting, page: Page, eyes: Eyes) -> None:
        self.province, self.meeting, self.page, self.eyes = province, meeting, page, eyes

    async def content(self, state: str) -> None:
        def is_so(now: dict[str, Any]) -> bool:
            content: dict[str, Any] = now["sites"][COMMUNE].get("content", {"state": "off"})
            return bool(content["state"] == state)

        await self.meeting.until(is_so, f"content {state}", timeout=40)

    async def share(self) -> None:
        await self.page.get_by_role("button", name="Trình chiếu").click()
        await self.content("ready")

    async def stop_sharing(self) -> None:
        await self.page.get_by_role("button", name="Dừng trình chiếu").click()
        await self.content("off")


def red(eyes: Eyes) -> bool:
    u, v = eyes.chroma(FULL)
    return u < 120 and v > 200


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        province = await stack.enter_async_context(Province(folder, mcus=MCUS))
        meeting = await province.open("Báo cáo", (CHAIR, COMMUNE), chair=CHAIR)
        await meeting.mcus_online(timeout=60)
        await province.publish(meeting, (CHAIR,))
        browser = await stack.enter_async_context(chromium(province, "vnpt", folder))
        page = await browser.new_page()
        token = province.token("site", meeting.id, COMMUNE)
        address = f"{province.lab_url}/c/{meeting.id}/site/{COMMUNE}"
        await page.goto(f"{address}?autojoin=1#token={token}")
        await meeting.sites_ready(2)
        eyes = await stack.enter_async_context(Eyes(province, meeting))
        await eyes.shows(province.number(CHAIR))
        yield Stage(province, meeting, page, eyes)


async def test_a_shared_screen_is_on_the_programme_until_it_is_shared_no_more(
    stage: Stage,
) -> None:
    await stage.share()
    await expect(stage.page.get_by_text("Phòng điều khiển đã nhận")).to_be_visible()
    await stage.meeting.command("take", scene=full(CONTENT))
    await stage.eyes.until(lambda: green(stage.eyes, FULL), "the fake screen")
    await expect(stage.page.get_by_text("Nội dung đang lên hình")).to_be_visible()
    await stage.stop_sharing()
    await stage.eyes.until(lambda: not green(stage.eyes, FULL), "a slate")
    assert stage.meeting.state["sites"][COMMUNE]["state"] == "ready"
    await expect(stage.page.get_by_role("button", name="Trình chiếu", exact=True)).to_be_visible()


async def test_a_screen_that_stands_still_stays_alive_and_comes_back_by_itself(
    stage: Stage,
) -> None:
    await stage.page.evaluate(STILL_SCREEN)
    await stage.share()
    await stage.meeting.command("take", scene=full(CONTENT))
    await stage.eyes.until(lambda: red(stage.eyes), "the red screen", timeout=20)
    begun, seen = now_ms(), set[tuple[str, bool]]()

    def stood() -> bool:
        content = stage.meeting.state["sites"][COMMUNE]["content"]
        seen.add((content["state"], red(stage.eyes)))
        return now_ms() - begun > STANDS_MS

    await stage.eyes.until(stood, "it stands still for a while", timeout=20)
    assert seen == {("ready", True)}
    killed = now_ms()
    await kill(stage.province, "janus-vnpt")
    await stage.eyes.until(
        lambda: now_ms() - killed > GONE_MS and red(stage.eyes), "it is back", timeout=40
    )
    await stage.stop_sharing()
