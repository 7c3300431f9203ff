"""The self-test of a room against its real MCU: the line it will use, and one that blocks UDP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from diemcau.lab.chromium import chromium
from diemcau.lab.province import Province
from tests.browser.firewall import udp_blocked
from tests.stage import CHAIR, COMMUNE

pytestmark = [
    pytest.mark.media,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]

SATELLITE = "vnpt"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[Province, Page]]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        province = await stack.enter_async_context(Province(folder, mcus=("vinh-phuc", SATELLITE)))
        meeting = await province.open("Kiểm tra", (CHAIR, COMMUNE), chair=CHAIR)
        await meeting.mcus_online(timeout=60)
        browser = await stack.enter_async_context(chromium(province, SATELLITE, folder))
        page = await browser.new_page()
        token = province.token("site", meeting.id, COMMUNE)
        await page.goto(f"{province.lab_url}/c/{meeting.id}/site/{COMMUNE}#token={token}")
        await page.get_by_role("button", name="Bắt đầu kiểm tra").click()
        await page.get_by_role("button", name="Có, nghe rõ").click(timeout=30_000)
        yield province, page


async def test_the_line_to_the_rooms_own_mcu_passes_with_h264(
    stage: tuple[Province, Page],
) -> None:
    _, page = stage
    await expect(page.locator("[data-item=network].passed")).to_be_visible(timeout=60_000)
    await expect(page.locator("[data-item=codec].passed")).to_be_visible()
    await expect(page.locator("[data-item=network] .figures")).to_contain_text("kbit/s")
    await expect(page.get_by_text("Kết quả đã được ghi")).to_be_visible()


async def test_a_line_that_blocks_udp_is_named_although_the_server_is_reached(
    stage: tuple[Province, Page],
) -> None:
    province, page = stage
    await expect(page.get_by_role("button", name="Kiểm tra lại tất cả")).to_be_visible()
    with udp_blocked(province.hosts[SATELLITE].command([])):
        await page.get_by_role("button", name="Kiểm tra lại tất cả").click()
        await page.get_by_role("button", name="Có, nghe rõ").click(timeout=30_000)
        await expect(page.get_by_text("Mạng chặn UDP")).to_be_visible(timeout=60_000)
    await page.locator("[data-item=network]").get_by_role("button").click()
    await expect(page.locator("[data-item=network].passed")).to_be_visible(timeout=60_000)
