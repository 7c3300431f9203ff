"""Rooms that come back by themselves: server, media server or network gone for 20 s.

Two communes in a browser on a host of its own, both on the programme: one whose microphone is open
and one whose microphone is off. Nobody touches their pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from diemcau.lab.chromium import chromium
from diemcau.lab.marks import Pane
from diemcau.lab.meeting import Meeting
from diemcau.lab.net import Host
from diemcau.lab.province import Province
from diemcau.lab.watching import now_ms
from tests.browser.test_commune import beeps, is_silent, moves, shows_green
from tests.eyes import FULL, Eyes
from tests.inside import inside
from tests.stage import CHAIR, COMMUNE, NEIGHBOUR, full

pytestmark = [
    pytest.mark.media,
    pytest.mark.browser,
    pytest.mark.fault,
    pytest.mark.asyncio(loop_scope="module"),
]

MCUS = ("vinh-phuc", "vnpt")
GONE_S, BACK_MS = 20, 3000
OPEN, MUTED = COMMUNE, NEIGHBOUR
PANES = (Pane(0, 0.25, 0.5, 0.5), Pane(0.5, 0.25, 0.5, 0.5))

AT_WORK = """() => document.querySelector('.feed')?.dataset.status === 'playing'
  && !document.body.innerText.includes('Mất kết nối máy chủ')"""


@dataclass
class Stage:
    province: Province
    meeting: Meeting
    pages: dict[str, Page]
    room: Host
    eyes: Eyes

    async def back(self, since: float, what: str) -> None:
        """Both rooms are seen, play the programme and hear the server, within the limit."""
        moments = await asyncio.gather(
            *(self.seen(pane) for pane in PANES), *(at_work(page) for page in self.pages.values())
        )
        took = [round(moment - since) for moment in moments]
        print(f"{what}: seen again after {took[:2]} ms, pages at work after {took[2:]} ms")
        assert max(took) <= BACK_MS

    async def seen(self, pane: Pane) -> float:
        await moves(self.eyes, pane)
        await shows_green(self.eyes, pane)
        return now_ms()

    async def microphones_as_before(self) -> None:
        await self.meeting.sites_ready(3)
        await expect(self.pages[OPEN].get_by_text("Micro đang mở")).to_be_visible()
        await expect(self.pages[MUTED].get_by_text("Micro đang tắt")).to_be_visible()
        sites = self.meeting.state["sites"]
        assert (sites[OPEN]["muted"], sites[MUTED]["muted"]) == (False, True)
        await self.meeting.command("take", scene=full(MUTED))
        await shows_green(self.eyes, FULL)
        await is_silent(self.eyes)
        since = now_ms()
        await self.meeting.command("take", scene=full(OPEN))
        await beeps(self.eyes, since)
        await self.side_by_side()

    async def sessions(self) -> list[str]:
        """What the rooms send, as their media server names it."""
        handles: list[str] = (await inside(self.province, "vnpt"))["handles"]
        return [name for name in handles if name.startswith("publisher")]

    async def side_by_side(self) -> None:
        await self.meeting.command("take", scene={"layout": "side-by-side", "sites": [OPEN, MUTED]})
        for pane in PANES:
            await shows_green(self.eyes, pane)


async def at_work(page: Page) -> float:
    await page.wait_for_function(AT_WORK, polling=50)
    return now_ms()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        province = await stack.enter_async_context(Province(folder, mcus=MCUS))
        meeting = await province.open("Họp giao ban", (CHAIR, OPEN, MUTED), chair=CHAIR)
        await meeting.mcus_online(timeout=60)
        await province.publish(meeting, (CHAIR,))
        browser = await stack.enter_async_context(chromium(province, "room", folder))
        pages = {}
        for site in (OPEN, MUTED):
            pages[site] = await browser.new_page()
            token = province.token("site", meeting.id, site)
            address = f"{province.lab_url}/c/{meeting.id}/site/{site}"
            await pages[site].goto(f"{address}?autojoin=1&simulcast=0#token={token}")
        await meeting.sites_ready(3)
        await pages[MUTED].get_by_text("Micro đang mở").click()
        await meeting.until(lambda s: s["sites"][MUTED]["muted"], "the microphone is off")
        eyes = await stack.enter_async_context(Eyes(province, meeting))
        room = province.extra_host("room")
        made = Stage(province, meeting, pages, room, eyes)
        await made.side_by_side()
        yield made


async def test_rooms_are_back_after_the_server_was_gone(stage: Stage) -> None:
    """Their media never stopped."""
    before = await stage.sessions()
    async with stage.province.supervisor.down("server"):
        for page in stage.pages.values():
            await expect(page.get_by_text("Mất kết nối máy chủ")).to_be_visible()
        await asyncio.sleep(GONE_S)
    await stage.back(await answering(stage.province), "server")
    await stage.meeting.mcus_online()
    await stage.microphones_as_before()
    assert await stage.sessions() == before


async def answering(province: Province) -> float:
    """The moment from which the server answers."""
    async with httpx2.AsyncClient(base_url=province.url) as client:
        while True:
            try:
                if (await client.get("/api/health")).is_success:
                    return now_ms()
            except httpx2.TransportError:
                await asyncio.sleep(0.02)


async def test_rooms_are_back_after_their_media_server_was_gone(stage: Stage) -> None:
    async with stage.province.supervisor.down("agent-vnpt"):
        stage.province.kill("janus-vnpt")
        await asyncio.sleep(GONE_S)
        assert stage.meeting.state["mcus"]["vnpt"]["state"] == "offline"
    await stage.meeting.until(lambda s: s["mcus"]["vnpt"]["state"] == "online", "the MCU", 30)
    await stage.back(now_ms(), "media server")
    await stage.microphones_as_before()


@pytest.mark.parametrize("where", ["at the room", "behind its switch"])
async def test_rooms_are_back_after_their_network_was_gone(stage: Stage, where: str) -> None:
    room = stage.room
    at_the_room = where == "at the room"
    cut, mend = (room.cut, room.mend) if at_the_room else (room.cut_beyond, room.mend_beyond)
    cut()
    await asyncio.sleep(GONE_S)
    mend()
    await stage.back(now_ms(), f"network {where}")
    await stage.microphones_as_before()
