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
ANY_CLOSED = "() => window.peers.some((peer) => peer.connectionState === 'closed')"


class Rooms:
    def __init__(self, folder: Path, pages: dict[str, Page]) -> None:
        self.folder, self.pages = folder, pages
        [self.mixer] = (folder / "mcu" / "vinh-phuc").rglob("mixer.sock")

    async def told(self, site: str) -> bool:
        """Whether the site's Janus has said that a size of a picture stopped."""
        log = self.folder / "mcu" / ROOMS[site] / "janus" / "janus.log"
        return "Didn't receive video" in log.read_text()

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
        pages = {}
        for site, mcu in ROOMS.items():
            browser = await stack.enter_async_context(chromium(province, mcu, folder))
            pages[site] = await browser.new_page()
            await pages[site].add_init_script(KEEP_PEERS)
            address = f"{province.lab_url}/c/{meeting.id}/site/{site}?autojoin=1"
            await pages[site].goto(f"{address}#token={province.token('site', meeting.id, site)}")
        await meeting.sites_ready(len(ROOMS), timeout=60)
        await meeting.command("take", scene={"layout": "side-by-side", "sites": list(ROOMS)})
        yield Rooms(folder, pages)


async def test_the_mixer_gets_the_better_picture_of_each(rooms: Rooms) -> None:
    await becomes(rooms.widths, {CHAIR: 1280, COMMUNE: 1280}.__eq__, timeout=30)


@pytest.mark.parametrize("site", ROOMS)
async def test_the_lesser_picture_stands_in_while_the_better_is_not_sent(
    rooms: Rooms, site: str
) -> None:
    both, page = dict.fromkeys(ROOMS, 1280), rooms.pages[site]
    await page.evaluate(SEND_BETTER, False)
    await becomes(rooms.widths, (both | {site: 640}).__eq__)
    await becomes(lambda: rooms.told(site), bool)
    with pytest.raises(PlaywrightTimeout):  # the room goes on as it is
        await page.wait_for_function(ANY_CLOSED, timeout=1500)
    await page.evaluate(SEND_BETTER, True)
    await becomes(rooms.widths, both.__eq__)
