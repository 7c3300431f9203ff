"""Two conferences at once on the same MCUs: the second comes, works and goes unnoticed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.watching import Watching, now_ms
from tests.eyes import SILENCE_DB, Eyes
from tests.inside import becomes, inside, mixers
from tests.stage import CHAIR, COMMUNE, NEIGHBOUR, OTHER, full, in_session, worst_gap

pytestmark = [pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

MCUS = ("vinh-phuc", "vnpt", "viettel")
FIRST, SECOND = (CHAIR, COMMUNE), (OTHER, NEIGHBOUR)
FREEZE_MS = 500


class Stage:
    def __init__(self, province: Province, first: Meeting, viewer: Watching) -> None:
        self.province, self.first, self.viewer = province, first, viewer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        province = await stack.enter_async_context(Province(folder, mcus=MCUS))
        first = await in_session(province, "Phiên thứ nhất", FIRST)
        await first.command("take", scene=full(COMMUNE))
        viewer = await stack.enter_async_context(province.view("vnpt", first))
        await viewer.shows(province.number(COMMUNE), timeout=20)
        yield Stage(province, first, viewer)


async def test_a_second_conference_under_another_master_does_not_disturb_the_first(
    stage: Stage,
) -> None:
    province, begun = stage.province, now_ms()
    second = await province.open("Phiên thứ hai", SECOND, chair=OTHER, master="viettel")
    await second.mcus_online()
    await province.publish(second, SECOND)
    await second.sites_ready(len(SECOND))
    other, neighbour = province.number(OTHER), province.number(NEIGHBOUR)
    async with (
        Eyes(province, second, mcu="viettel") as above,
        Eyes(province, second, mcu="vnpt") as below,
    ):
        await above.shows(other)
        await below.shows(other)
        await second.command("take", scene=full(NEIGHBOUR))
        for eyes in (above, below):
            await eyes.shows(neighbour)
            await eyes.hears(neighbour)
            assert eyes.tone_db(province.number(COMMUNE)) < SILENCE_DB
    assert len(mixers(province)) == 2
    await second.close()
    await nothing_left_of(province, second)
    assert await worst_gap(stage.viewer, begun) < FREEZE_MS
    await stage.viewer.shows_now(province.number(COMMUNE))
    seen = [number for e in stage.viewer.events if e["event"] == "picture" for number in e["panes"]]
    assert set(seen) <= {None, province.number(COMMUNE)}


async def nothing_left_of(province: Province, meeting: Meeting) -> None:
    """No room, no handle, no mixer of a closed conference on any MCU."""
    for mcu in MCUS:

        async def left(mcu: str = mcu) -> list[str]:
            now = await inside(province, mcu)
            return [name for name in (*now["rooms"], *now["handles"]) if meeting.id in name]

        await becomes(left, lambda names: not names)
    assert meeting.id not in mixers(province)
