"""The unattended rehearsal in real media: every site goes up the cascade, is seen, heard and
chirped at, and is given back to the session. A fault is named; an examiner that dies is followed by
another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from diemcau.domain.rehearsal import AGAIN
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.watching import now_ms
from tests.stage import CHAIR, COMMUNE, NEIGHBOUR

pytestmark = [pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

MCUS = ("vinh-phuc", "vnpt")
SITES = (CHAIR, COMMUNE)
DEAF = NEIGHBOUR
"""Publishes, and plays nothing."""

LOSSY = "s-08713"
"""Its line loses packets on both ways."""

PASSED_S = 2 * AGAIN.total_seconds() + 10
"""A machine that stands still fails a good site too: it passes the next time."""


class Stage:
    def __init__(self, province: Province, meeting: Meeting) -> None:
        self.province, self.meeting = province, meeting

    async def rehearsed(self, *sites: str) -> dict[str, Any]:
        """The examinations, once each of these sites has passed or failed."""
        await self.meeting.command("rehearsal", sites=list(sites))

        def settled(state: dict[str, Any]) -> bool:
            rehearsal = state.get("rehearsal", {})
            over = {*rehearsal.get("passed", ()), *rehearsal.get("failed", ())}
            return over >= set(sites) and not over & set(rehearsal["running"])

        await self.meeting.until(settled, f"{sites} examined", timeout=60)
        found: dict[str, Any] = self.meeting.state["examinations"]
        return found

    async def begun(self) -> None:
        await self.meeting.until(
            lambda s: COMMUNE in s.get("rehearsal", {}).get("running", ()), "it has begun"
        )

    async def passed(self) -> None:
        await self.meeting.until(
            lambda s: COMMUNE in s["rehearsal"]["passed"], "it passed", timeout=PASSED_S
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        province = await stack.enter_async_context(Province(folder, mcus=MCUS))
        meeting = await province.open("Tổng duyệt", [*SITES, DEAF, LOSSY], chair=CHAIR)
        await meeting.mcus_online(timeout=60)
        await province.publish(meeting, SITES, play=True)
        await province.publish(meeting, [DEAF])
        host = province.extra_host("lossy")
        host.lossy(loss=0.08, delay_ms=10)
        await province.publish(meeting, [LOSSY], at=host, play=True)
        await meeting.sites_ready(4, timeout=60)
        yield Stage(province, meeting)


async def test_a_good_site_passes_and_one_that_hears_nothing_is_named(stage: Stage) -> None:
    found = await stage.rehearsed(*SITES, DEAF)
    for site in SITES:
        assert (found[site]["state"], found[site]["faults"]) == ("passed", [])
        figures = found[site]["figures"]
        assert figures["down_loss_pct"] == 0
        assert figures["to_connect_ms"] == max(figures["to_picture_ms"], figures["to_sound_ms"])
        assert figures["down_kbps"] > 0
    assert [fault["fault"] for fault in found[DEAF]["faults"]] == ["one-way"]
    assert not {"down_kbps", "down_loss_pct"} & found[DEAF]["figures"].keys()
    assert stage.meeting.state["sites"][COMMUNE].get("input", "") in ("", "live")


async def test_a_line_that_loses_both_ways_is_measured_both_ways_and_is_one_fault(
    stage: Stage,
) -> None:
    found = (await stage.rehearsed(LOSSY))[LOSSY]
    assert [fault["fault"] for fault in found["faults"]] == ["loss"]
    (bound,) = found["bounds"]["loss"]
    assert bound["figure"] == "loss_pct"
    assert found["figures"]["loss_pct"] > bound["most"] > 0
    assert found["figures"]["down_loss_pct"] > 1
    assert found["figures"]["down_kbps"] > 0


async def test_the_site_hears_silence_and_chirps_and_then_the_programme_again(
    stage: Stage,
) -> None:
    chair = stage.province.number(CHAIR)
    viewer = stage.province.view("vnpt", stage.meeting, site=COMMUNE, numbers=[chair])
    async with viewer:
        await viewer.hears(chair)
        await stage.meeting.command("rehearsal", sites=[COMMUNE])
        await stage.begun()
        await viewer.hears_no_more(chair)
        since = now_ms()
        await viewer.hears(chair, since=since, timeout=30)
    await stage.passed()


async def test_an_examiner_that_dies_is_followed_by_another(stage: Stage) -> None:
    await stage.meeting.command("rehearsal", sites=[COMMUNE])
    await stage.begun()
    stage.province.kill("examiner-vnpt")
    await stage.passed()
