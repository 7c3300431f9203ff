"""Three tiers, as since 1 July 2025: the same work where there are no districts."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.play.company import HOUR, MINUTE, Company, company

CHAIR, VNPT, VIETTEL = "s-25", "s-08686", "s-09154"
SITES = (CHAIR, VNPT, VIETTEL)


@pytest.fixture
async def players(tmp_path: Path) -> AsyncIterator[Company]:
    async with company(tmp_path, "phu-tho-2025", SITES) as made:
        made.mcus = ("phu-tho", "vnpt", "viettel")
        yield made


async def test_in_time_and_the_assessment_is_asked_for_the_day_after(players: Company) -> None:
    start = players.now + 6 * HOUR
    await players.letter(
        start, procedure="three-tier-2026", rehearsal_at=(start - 4 * HOUR).isoformat()
    )
    await players.told()
    await players.scripted()
    await players.planned()
    await players.checked("telecom", "local-checks", VNPT)
    await players.checked("room", "local-checks", VIETTEL)
    await players.handed_in("office", CHAIR)
    await players.handed_in("telecom", VNPT)
    await players.handed_in("room", VIETTEL)
    await players.until(start - 3 * HOUR)
    await players.opened()
    await players.joined(present=SITES)
    await players.until(start - HOUR)
    await players.marked("dic", "samples")
    await players.until(start + HOUR)
    await players.closed()
    assert await players.raised() == []
    assert set(await players.tasks("office")) == {"assessment"}

    await players.after(timedelta(hours=20) + MINUTE)
    await players.signed_in()
    [(said, _)] = await players.raised_of("assessment")
    assert said == "Sắp đến hạn"
    await players.assessed()
    steps = await players.steps()
    assert {name for name, item in steps.items() if item["state"] != "done"} == set()
    assert await players.late() == set()
    assert all(gate["ready"] for gate in (await players.gates()).values())
