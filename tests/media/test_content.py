"""Content beside its site: published at a satellite, decoded from the programme elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from diemcau.domain.layout import LAYOUTS
from diemcau.domain.source import content_of
from diemcau.lab.marks import Pane
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.receive import now_ms
from tests.eyes import AUDIBLE_DB, SILENCE_DB, Eyes
from tests.stage import CHAIR, COMMUNE, OTHER, full, in_session, kill

pytestmark = [pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

MCUS = ("vinh-phuc", "vnpt", "viettel")
SITES = (CHAIR, COMMUNE, OTHER)
CONTENT = content_of(COMMUNE)
LAYOUT = "content-speaker"
PANES = [Pane(pane.x, pane.y, pane.w, pane.h) for pane in LAYOUTS[LAYOUT].panes]
BESIDE = {"layout": LAYOUT, "sites": [CONTENT, COMMUNE]}


class Stage:
    def __init__(self, province: Province, meeting: Meeting) -> None:
        self.province, self.meeting = province, meeting
        self.speaker = province.number(COMMUNE)
        self.shared = province.number(COMMUNE, content=True)

    def content(self, state: dict[str, Any]) -> dict[str, Any]:
        content: dict[str, Any] = state["sites"][COMMUNE].get("content", {"state": "off"})
        return content

    async def share(self) -> None:
        if self.content(self.meeting.state)["state"] != "ready":
            await self.province.publish(self.meeting, [COMMUNE], content=True)
        await self.meeting.until(lambda s: self.content(s)["state"] == "ready", "content is there")

    async def share_no_more(self) -> None:
        await self.province.publish_no_more(self.meeting, [COMMUNE], content=True)
        await self.meeting.until(lambda s: self.content(s)["state"] == "off", "content ended")

    def elsewhere(self) -> Eyes:
        """Somebody at another satellite."""
        return Eyes(self.province, self.meeting, mcu="viettel")

    async def both(self, eyes: Eyes) -> None:
        """Content in its pane, whoever speaks in the other."""
        await eyes.until(
            lambda: eyes.sites(PANES) == [self.shared, self.speaker], "content and speaker", 20
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        province = await stack.enter_async_context(Province(folder, mcus=MCUS))
        yield Stage(province, await in_session(province, "Báo cáo", SITES))


async def test_content_is_seen_beside_its_site_at_another_satellite(stage: Stage) -> None:
    await stage.share()
    await stage.meeting.command("preview", scene=BESIDE)
    await stage.meeting.until(lambda s: stage.content(s).get("input") == "live", "it is ready")
    async with stage.elsewhere() as eyes:
        await stage.meeting.command("take")
        await stage.both(eyes)
        state = stage.meeting.state["sites"][COMMUNE]
        assert state["tally"] == state["content"]["tally"] == "on_air"
        links = stage.meeting.state["mcus"]["vnpt"]["link"]["lanes"]
        assert {lane.get("site") for lane in links} >= {COMMUNE, CONTENT}


async def test_content_full_screen_is_heard_with_its_site_and_its_site_hears_neither(
    stage: Stage,
) -> None:
    await stage.share()
    chair = stage.province.number(CHAIR)
    room = Eyes(stage.province, stage.meeting, site=COMMUNE)
    async with stage.elsewhere() as eyes, room:
        await stage.meeting.command("take", scene=full(OTHER))
        await eyes.shows(stage.province.number(OTHER))
        begun = now_ms()
        await stage.meeting.command("take", scene=full(CONTENT))
        await eyes.shows(stage.shared)
        for number in (stage.shared, stage.speaker):
            await eyes.hears(number)
        await room.until(lambda: room.tone_db(chair) > AUDIBLE_DB, "the chair, in the room")
        for number in (stage.shared, stage.speaker):
            assert room.seconds_of(number, begun) < 0.1
        await stage.meeting.command("mute", site=COMMUNE, muted=True)
        await eyes.until(
            lambda: max(map(eyes.tone_db, (stage.shared, stage.speaker))) < SILENCE_DB,
            "a muted site is silent with its content",
        )
        await stage.meeting.command("mute", site=COMMUNE, muted=False)


async def test_content_that_ends_leaves_a_slate_and_its_site_as_it_was(stage: Stage) -> None:
    await stage.share()
    await stage.meeting.command("take", scene=BESIDE)
    async with stage.elsewhere() as eyes:
        await stage.both(eyes)
        await stage.share_no_more()
        await eyes.until(
            lambda: eyes.sites(PANES) == [None, stage.speaker], "a slate beside the speaker"
        )
        assert stage.meeting.state["sites"][COMMUNE]["state"] == "ready"
        assert stage.content(stage.meeting.state)["tally"] == "on_air"
        await stage.share()
        await stage.both(eyes)


@pytest.mark.parametrize("killed", ["server", "agent-vnpt", "agent-vinh-phuc"])
async def test_content_stays_when_whoever_directs_the_media_dies(stage: Stage, killed: str) -> None:
    await stage.share()
    await stage.meeting.command("take", scene=BESIDE)
    async with stage.elsewhere() as eyes:
        await stage.both(eyes)
        await kill(stage.province, killed)
        await stage.meeting.mcus_online()
        await stage.meeting.until(lambda s: stage.content(s)["state"] == "ready", "still there")
        assert eyes.sites(PANES) == [stage.shared, stage.speaker]
        await stage.meeting.command("take", scene=full(CONTENT))
        await eyes.shows(stage.shared, timeout=40)


async def test_content_comes_back_by_itself_when_its_mcus_media_server_dies(stage: Stage) -> None:
    await stage.share()
    await stage.meeting.command("take", scene=BESIDE)
    async with stage.elsewhere() as eyes:
        await stage.both(eyes)
        await kill(stage.province, "janus-vnpt")
        await stage.meeting.until(lambda s: stage.content(s)["state"] != "ready", "it is gone")
        await stage.meeting.until(lambda s: stage.content(s)["state"] == "ready", "it is back")
        await stage.both(eyes)
