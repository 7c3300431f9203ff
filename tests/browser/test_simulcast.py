"""Rooms send two sizes of their picture: the programme is made of the better one that arrives."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from diemcau.lab.chromium import chromium
from diemcau.lab.net import Host
from diemcau.lab.province import Province
from tests.inside import becomes
from tests.stage import CHAIR, COMMUNE

pytestmark = [
    pytest.mark.media,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]

ROOMS = {CHAIR: "vinh-phuc", COMMUNE: "vnpt"}
"""One at the master MCU, whose pictures go straight to the mixer, and one whose go up a link."""
LINE_KBPS = 400
"""Enough for the lesser picture and the sound, not for the better one."""
KEEP_PEERS = """
  window.peers = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...args) { super(...args); window.peers.push(this); }
  };
"""
SEND_BETTER = """async (active) => {
  const senders = window.peers.flatMap((peer) => peer.getSenders());
  for (const sender of senders.filter((one) => one.track?.kind === 'video')) {
    const parameters = sender.getParameters();
    parameters.encodings.find((one) => one.rid === 'h').active = active;
    await sender.setParameters(parameters);
  }
}"""
LEFT_OUT = """() => window.peers.flatMap((peer) => peer.getSenders()).some((sender) =>
  sender.getParameters().encodings.some((one) => one.rid === 'h' && !one.active))"""
ANY_CLOSED = "() => window.peers.some((peer) => peer.connectionState === 'closed')"


class Rooms:
    def __init__(self, folder: Path, pages: dict[str, Page], lines: dict[str, Host]) -> None:
        self.folder, self.pages, self.lines = folder, pages, lines
        [self.mixer] = (folder / "mcu" / "vinh-phuc").rglob("mixer.sock")

    def told(self, site: str) -> int:
        """How often the site's Janus has said that a size of a picture stopped."""
        log = self.folder / "mcu" / ROOMS[site] / "janus" / "janus.log"
        return log.read_text().count("Didn't receive video")

    async def stops(self, site: str, before: int) -> None:
        """Janus says once more that a size stopped, and the room goes on as it is."""

        async def told() -> bool:
            return self.told(site) > before

        await becomes(told, bool, timeout=60)
        with pytest.raises(PlaywrightTimeout):
            await self.pages[site].wait_for_function(ANY_CLOSED, timeout=1500)

    async def widths(self) -> dict[str, Any]:
        """How wide the pictures are that the mixer has (docs/protocol.md section 5)."""
        reader, writer = await asyncio.open_unix_connection(str(self.mixer))
        writer.write(b'{"id": 1, "method": "status"}\n')
        answer: dict[str, Any] = {}
        while answer.get("id") != 1:
            answer = json.loads(await reader.readline())
        writer.close()
        inputs = [one for one in answer["result"]["inputs"] if one["source"]]
        return {one["source"].split()[0]: one["width"] for one in inputs}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rooms(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rooms]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        mcus = tuple(ROOMS.values())
        province = await stack.enter_async_context(Province(folder, mcus=mcus))
        meeting = await province.open("Họp giao ban", tuple(ROOMS), chair=CHAIR)
        await meeting.mcus_online(timeout=60)
        pages, lines = {}, {}
        for site in ROOMS:
            browser = await stack.enter_async_context(chromium(province, site, folder))
            lines[site] = province.extra_host(site)
            pages[site] = await browser.new_page()
            await pages[site].add_init_script(KEEP_PEERS)
            address = f"{province.lab_url}/c/{meeting.id}/site/{site}?autojoin=1"
            await pages[site].goto(f"{address}#token={province.token('site', meeting.id, site)}")
        await meeting.sites_ready(len(ROOMS), timeout=60)
        await meeting.command("take", scene={"layout": "side-by-side", "sites": list(ROOMS)})
        yield Rooms(folder, pages, lines)


async def test_the_mixer_gets_the_better_picture_of_each(rooms: Rooms) -> None:
    await becomes(rooms.widths, {CHAIR: 1280, COMMUNE: 1280}.__eq__, timeout=30)


@pytest.mark.parametrize("site", ROOMS)
async def test_the_lesser_picture_stands_in_while_the_better_is_not_sent(
    rooms: Rooms, site: str
) -> None:
    both, page, told = dict.fromkeys(ROOMS, 1280), rooms.pages[site], rooms.told(site)
    await page.evaluate(SEND_BETTER, False)
    await becomes(rooms.widths, (both | {site: 640}).__eq__)
    await rooms.stops(site, told)
    await page.evaluate(SEND_BETTER, True)
    await becomes(rooms.widths, both.__eq__)


async def test_a_room_whose_line_becomes_narrow_stays_with_the_lesser_picture(
    rooms: Rooms,
) -> None:
    both, told = dict.fromkeys(ROOMS, 1280), rooms.told(COMMUNE)
    rooms.lines[COMMUNE].lossy(loss=0, delay_ms=5, up_kbps=LINE_KBPS)
    await rooms.stops(COMMUNE, told)
    await rooms.pages[COMMUNE].wait_for_function(LEFT_OUT)
    rooms.lines[COMMUNE].clean()
    await becomes(rooms.widths, both.__eq__, timeout=60)
