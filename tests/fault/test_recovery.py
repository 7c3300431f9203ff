"""Kill anything, cut a cable: the picture goes on or comes back by itself, nothing is left over."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial

import pytest
import pytest_asyncio

from diemcau.lab.meeting import Meeting
from diemcau.lab.net import Host
from diemcau.lab.province import Province
from diemcau.lab.watching import Event, Watching, now_ms
from tests.inside import becomes, inside
from tests.stage import CHAIR, COMMUNE, OTHER, full, in_session, kill, worst_gap

pytestmark = [pytest.mark.media, pytest.mark.fault, pytest.mark.asyncio(loop_scope="module")]

MCUS = ("vinh-phuc", "vnpt", "viettel")
SITES = (CHAIR, COMMUNE, OTHER)
FREEZE_MS, BACK_S, CUT_S = 500, 10, 6


class Stage:
    """A commune of vnpt is on air, watched at its own satellite and at the other."""

    def __init__(self, province: Province, meeting: Meeting, viewers: list[Watching]) -> None:
        self.province, self.meeting, self.viewers = province, meeting, viewers
        self.handles: dict[str, Counter[str]] = {}

    async def handles_of(self, mcu: str) -> Counter[str]:
        """What a Janus has handles for, whichever sessions and lives they belong to."""
        return Counter(_what(name) for name in (await inside(self.province, mcu))["handles"])

    async def goes_on(self, killed: str) -> None:
        """kill -9 of a process that no packet passes: nobody sees anything of it."""
        begun = now_ms()
        await kill(self.province, killed)
        await self.whole_again()
        for viewer in self.viewers:
            assert await worst_gap(viewer, begun) < FREEZE_MS
            await viewer.shows_now(self.province.number(COMMUNE))

    async def comes_back(self, killed: str) -> None:
        """kill -9 of a process that carries the picture: it is there again within the bound."""
        begun = now_ms()
        await kill(self.province, killed)
        await self.seen_again(begun)
        await self.whole_again()

    async def seen_again(self, since: float, bound_s: float = BACK_S) -> None:
        """Every viewer shows the commune in a frame that was drawn after the fault, and not one
        from the moment of it that the mixer has kept."""
        for viewer in self.viewers:
            event = await viewer.until(
                partial(self._shows_commune, viewer, since),
                "the commune in a frame drawn after the fault",
                since=since,
                timeout=bound_s,
            )
            print(f"  seen again {event['t'] - since:.0f} ms after the fault")

    def _shows_commune(self, viewer: Watching, since: float, event: Event) -> bool:
        drawn_after = event["event"] == "frame_age" and event["t"] - event["ms"] > since
        return drawn_after and viewer.panes == [self.province.number(COMMUNE)]

    async def whole_again(self) -> None:
        """Every MCU online, every site ready, and every Janus with just the handles it had."""
        await self.meeting.mcus_online()
        await self.meeting.sites_ready(len(SITES))
        await asyncio.gather(*(self.as_before(mcu) for mcu in MCUS))

    async def as_before(self, mcu: str) -> None:
        async def differs() -> tuple[Counter[str], Counter[str]]:
            now, before = await self.handles_of(mcu), self.handles[mcu]
            return now - before, before - now

        await becomes(differs, lambda two: not any(two), timeout=20)


def _what(name: str) -> str:
    """A handle's name without the session or the life it belongs to."""
    match name.split("|"):
        case ["listener", conference, _session, site, feed]:
            return f"listener {conference} {site} {feed}"
        case [kind, conference, *rest]:
            return " ".join([kind, conference, *rest[: 2 if kind == "child-link" else 1]])
    return name


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        province = await stack.enter_async_context(Province(folder, mcus=MCUS))
        meeting = await in_session(province, "Họp giao ban", SITES)
        await meeting.command("take", scene=full(COMMUNE))
        viewers = [
            await stack.enter_async_context(province.view(mcu, meeting))
            for mcu in ("vnpt", "viettel")
        ]
        for viewer in viewers:
            await viewer.shows(province.number(COMMUNE), timeout=20)
        made = Stage(province, meeting, viewers)
        await asyncio.sleep(2)  # the viewers' averages, by which a freeze is told, need frames
        made.handles = {mcu: await made.handles_of(mcu) for mcu in MCUS}
        yield made


async def test_a_satellites_agent_dies_and_nobody_sees_it(stage: Stage) -> None:
    await stage.goes_on("agent-vnpt")


async def test_the_masters_agent_dies_and_nobody_sees_it(stage: Stage) -> None:
    await stage.goes_on("agent-vinh-phuc")


async def test_the_server_dies_and_nobody_sees_it(stage: Stage) -> None:
    await stage.goes_on("server")
    await stage.meeting.command("banner", text="Máy chủ đã trở lại")
    await stage.meeting.until(
        lambda s: s["conference"]["banner"] == "Máy chủ đã trở lại", "the server obeys again"
    )
    await stage.meeting.command("banner", text="")


async def test_the_mixer_dies_and_the_programme_comes_back(stage: Stage) -> None:
    await stage.comes_back("mixer-vinh-phuc")


async def test_no_slot_of_the_mixer_is_fed_twice(stage: Stage) -> None:
    """By what its agent or its own predecessor left behind: it would stall at the next gap."""
    fed = (await inside(stage.province, "vinh-phuc"))["fed"]
    assert fed
    assert len(fed) == len(set(fed)), fed


async def test_a_satellites_janus_dies_and_the_programme_comes_back(stage: Stage) -> None:
    await stage.comes_back("janus-vnpt")


async def test_the_masters_janus_dies_and_the_programme_comes_back(stage: Stage) -> None:
    await stage.comes_back("janus-vinh-phuc")


async def test_a_cut_cable_is_mended_and_the_programme_comes_back(stage: Stage) -> None:
    host = stage.province.hosts["vnpt"]
    assert isinstance(host, Host)
    host.cut()
    await asyncio.sleep(CUT_S)
    host.mend()
    await stage.seen_again(now_ms())
    await stage.whole_again()


async def test_after_all_that_another_site_is_called_and_seen(stage: Stage) -> None:
    since = now_ms()
    await stage.meeting.command("take", scene=full(OTHER))
    for viewer in stage.viewers:
        await viewer.shows(stage.province.number(OTHER), since=since)
