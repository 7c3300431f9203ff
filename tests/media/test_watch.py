"""A session under watch, in real media: picture frozen or black, sound lost, line cut, loss: the
right alarm, one for each cause, gone when mended. How soon, ``bench alarms`` measures."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from diemcau.benches.alarms import Stage, once, watched

pytestmark = [pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with watched(tmp_path_factory.mktemp("province")) as stage:
        yield stage


async def test_a_session_that_fares_well_has_no_alarm(stage: Stage) -> None:
    await stage.told(timeout=30)
    assert await stage.others(seconds=10) == set()


@pytest.mark.parametrize(
    "trouble",
    [
        "frozen",
        "black",
        "silent",
        "site's line cut",
        "site's line loses 5 %",
        "link cut",
        "link cut, nobody of it on air",
    ],
)
async def test_each_trouble_is_one_alarm_and_gone_when_mended(stage: Stage, trouble: str) -> None:
    told = await once(stage, stage.troubles[trouble])
    print(f"{trouble}: told after {told.raised:.0f} ms, gone after {told.ended:.0f} ms")
    assert told.others == []


async def test_a_link_that_is_cut_names_whom_it_takes_away(stage: Stage) -> None:
    trouble = stage.troubles["link cut"]
    await stage.told(timeout=60)
    trouble.begin()
    try:
        await stage.told(trouble.alarm)
        assert stage.alarms[trouble.alarm]["sites"] == sorted([stage.site, stage.neighbour])
    finally:
        trouble.end()
    await stage.told(timeout=60)


async def test_a_site_that_leaves_is_no_alarm(stage: Stage) -> None:
    await stage.told(timeout=60)
    await stage.province.publish_no_more(stage.meeting, [stage.other])
    assert await stage.others(seconds=5) == set()
    assert stage.meeting.state["sites"][stage.other]["state"] == "off"
