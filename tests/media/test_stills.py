"""Stills in real media: each is its own site's picture as it was a moment ago, and what dies is
followed by another. The marks are read by a decoder that shares no code with the product."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from diemcau.lab.errors import LabError
from diemcau.lab.marks import Mark, age_ms
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.stills import SIZE, decoded, mark_of
from diemcau.lab.watching import now_ms
from tests.inside import becomes
from tests.stage import CHAIR, COMMUNE, NEIGHBOUR, in_session, worst_gap

pytestmark = [pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

MCUS = ("vinh-phuc", "vnpt")
SITES = (CHAIR, COMMUNE, NEIGHBOUR)
EVERY_S = 2
OLDEST_MS = 10_000
FREEZE_MS = 300
"""From there on a gap is a freeze at ten frames in a second (`diemcau.lab.freeze`)."""


class Stage:
    def __init__(self, province: Province, meeting: Meeting) -> None:
        self.province, self.meeting = province, meeting

    def version(self, site: str) -> str:
        found: str = self.meeting.state["sites"][site].get("still", "")
        return found

    async def newer(self, site: str) -> bytes:
        """The site's next still."""
        former = self.version(site)
        await self.meeting.until(
            lambda _: self.version(site) not in ("", former), f"a new still of {site}"
        )
        return await self.meeting.still(site)

    async def shows(self, site: str, jpeg: bytes) -> None:
        """The still bears the site's own mark, drawn a moment ago."""
        mark = mark_of(jpeg)
        assert mark is not None
        assert mark.number == self.province.number(site)
        assert _age(mark) < OLDEST_MS


def _age(mark: Mark) -> int:
    age = age_ms(mark, int(now_ms()))
    assert age is not None
    return age


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        lab = Province(folder, mcus=MCUS, stills_every=EVERY_S)
        province = await stack.enter_async_context(lab)
        yield Stage(province, await in_session(province, "Họp giao ban", SITES))


async def test_each_sites_still_is_its_own_picture(stage: Stage) -> None:
    for _ in range(3):
        stills = await asyncio.gather(*(stage.newer(site) for site in SITES))
        for site, jpeg in zip(SITES, stills, strict=True):
            await stage.shows(site, jpeg)
            assert decoded(jpeg).shape == (*SIZE[::-1], 3)
            assert len(jpeg) < 10_000


async def test_neighbours_have_the_colours_of_their_own_backgrounds(stage: Stage) -> None:
    own, other = [decoded(await stage.meeting.still(site))[60:75, 4:20] for site in SITES[1:]]
    tints = [picture.reshape(-1, 3).mean(axis=0) for picture in (own, other)]
    assert max(abs(tints[0] - tints[1])) > 20, tints
    assert max(picture.reshape(-1, 3).std(axis=0).max() for picture in (own, other)) < 10


async def test_a_site_on_air_goes_on_without_a_freeze_while_stills_are_taken(
    stage: Stage,
) -> None:
    async with stage.province.view("vnpt", stage.meeting, f"site/{CHAIR}", role="operator") as eye:
        await eye.shows(stage.province.number(CHAIR))
        begun = now_ms()
        for _ in range(3):
            await stage.newer(CHAIR)
        assert await worst_gap(eye, begun) < FREEZE_MS


async def test_the_process_dies_and_another_takes_the_stills(stage: Stage) -> None:
    former = stage.province.pid("stills-vnpt")
    stage.province.kill("stills-vnpt")
    await _another(stage, "stills-vnpt", former)
    await stage.shows(COMMUNE, await stage.newer(COMMUNE))


async def test_a_process_that_hangs_is_followed_by_another(stage: Stage) -> None:
    former = stage.province.pid("stills-vnpt")
    os.kill(former, signal.SIGSTOP)
    await _another(stage, "stills-vnpt", former)
    await stage.shows(COMMUNE, await stage.newer(COMMUNE))


async def test_the_agent_dies_and_the_next_one_finds_the_process(stage: Stage) -> None:
    process, agent = stage.province.pid("stills-vnpt"), stage.province.pid("agent-vnpt")
    stage.province.kill("agent-vnpt")
    await _another(stage, "agent-vnpt", agent)
    await stage.meeting.mcus_online()
    await stage.shows(COMMUNE, await stage.newer(COMMUNE))
    assert stage.province.pid("stills-vnpt") == process


async def test_the_media_server_dies_and_stills_come_again(stage: Stage) -> None:
    janus = stage.province.pid("janus-vnpt")
    stage.province.kill("janus-vnpt")
    await _another(stage, "janus-vnpt", janus)
    await stage.meeting.sites_ready(len(SITES))
    await stage.shows(COMMUNE, await stage.newer(COMMUNE))


async def test_a_site_that_leaves_has_no_still(stage: Stage) -> None:
    number = stage.province.directory.site(CHAIR).number
    await stage.newer(CHAIR)
    await stage.province.supervisor.end(f"sites-vinh-phuc-{stage.meeting.id}-{number}")
    await stage.meeting.until(lambda _: not stage.version(CHAIR), "no still of who has left")
    assert await stage.meeting.still(CHAIR) == b""
    await stage.shows(NEIGHBOUR, await stage.newer(NEIGHBOUR))


async def _another(stage: Stage, what: str, former: int) -> None:
    async def pid() -> int:
        try:
            return stage.province.pid(what)
        except (OSError, ValueError, LabError):
            return former

    changed: Callable[[int], bool] = lambda now: now != former  # noqa: E731
    await becomes(pid, changed, timeout=20)
