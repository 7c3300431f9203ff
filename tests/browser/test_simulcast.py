"""Rooms send two sizes of their picture: the programme is made of the better one that arrives."""

from __future__ import annotations

import asyncio
import json
import re
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
from tests.inside import ROOT, becomes
from tests.stage import CHAIR, COMMUNE

pytestmark = [
    pytest.mark.media,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]

ROOMS = {CHAIR: "vinh-phuc", COMMUNE: "vnpt"}
"""One at the master MCU, whose pictures go straight to the mixer, and one whose go up a link."""
LINE_KBPS = 200
"""Less than the lesser picture alone takes of a wide one (some 240): the browser has to find out
whatever the better one takes, which is little on a busy machine."""
BETTER = 1280
[PAUSE_MS] = re.findall(
    r"LONGEST_PAUSE_MS = ([\d_]+)", (ROOT / "web/src/lib/better.ts").read_text()
)
LONG_S = int(PAUSE_MS) / 1000 + 60
"""The page tries the better one again after a pause, which is longer each time its line was too
narrow, or its machine too busy; a minute is for the better one to get through."""
KEEP_PEERS = """
  window.peers = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...args) { super(...args); window.peers.push(this); }
  };
"""
LEFT_OUT = """() => window.peers.flatMap((peer) => peer.getSenders()).some((sender) =>
  sender.getParameters().encodings.some((one) => one.rid === 'h' && !one.active))"""
CLOSED = "window.peers.filter((peer) => peer.connectionState === 'closed').length"


class Rooms:
    def __init__(self, folder: Path, pages: dict[str, Page], lines: dict[str, Host]) -> None:
        self.folder, self.pages, self.lines = folder, pages, lines
        [self.mixer] = (folder / "mcu" / "vinh-phuc").rglob("mixer.sock")

    async def told(self, site: str) -> bool:
        """Whether the site's Janus has said that a size of a picture stopped."""
        log = self.folder / "mcu" / ROOMS[site] / "janus" / "janus.log"
        return "Didn't receive video" in log.read_text()

    async def width(self, site: str) -> int:
        """How wide the site's picture is that the mixer has (docs/protocol.md section 5)."""
        reader, writer = await asyncio.open_unix_connection(str(self.mixer))
        writer.write(b'{"id": 1, "method": "status"}\n')
        answer: dict[str, Any] = {}
        while answer.get("id") != 1:
            answer = json.loads(await reader.readline())
        writer.close()
        inputs = [one for one in answer["result"]["inputs"] if one["source"]]
        widths = {one["source"].split()[0]: one["width"] for one in inputs}
        return int(widths.get(site) or 0)


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


@pytest.mark.parametrize("site", ROOMS)
async def test_the_mixer_gets_the_better_picture(rooms: Rooms, site: str) -> None:
    await becomes(lambda: rooms.width(site), BETTER.__eq__, timeout=LONG_S)


@pytest.mark.parametrize("site", ROOMS)
async def test_a_room_whose_line_becomes_narrow_stays_with_the_lesser_picture(
    rooms: Rooms, site: str
) -> None:
    """A busy machine looks like a narrow line, too: whether the better one is sent when this begins
    is not known."""
    page, line = rooms.pages[site], rooms.lines[site]
    closed = await page.evaluate(CLOSED)
    line.lossy(loss=0, delay_ms=5, up_kbps=LINE_KBPS)
    await page.wait_for_function(LEFT_OUT, timeout=LONG_S * 1000)
    await becomes(lambda: rooms.width(site), lambda width: 0 < width < BETTER)
    await becomes(lambda: rooms.told(site), bool)
    with pytest.raises(PlaywrightTimeout):  # the room goes on as it is
        await page.wait_for_function(f"() => {CLOSED} > {closed}", timeout=1500)
    line.clean()
    await becomes(lambda: rooms.width(site), BETTER.__eq__, timeout=LONG_S)
