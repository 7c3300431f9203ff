"""Three tiers: the uppermost media server dies, and the programme reaches the lowest again."""

from __future__ import annotations

from pathlib import Path

import pytest

from diemcau.lab.province import Province
from diemcau.lab.watching import now_ms
from tests.stage import CHAIR, COMMUNE, GOVERNMENT, full, kill

pytestmark = [pytest.mark.media, pytest.mark.fault]

MCUS = ("chinh-phu", "vinh-phuc", "vnpt")
SITES = (GOVERNMENT, CHAIR, COMMUNE)


async def test_the_masters_janus_dies_and_the_picture_comes_back_two_tiers_below(
    tmp_path: Path,
) -> None:
    async with Province(tmp_path, mcus=MCUS) as province:
        meeting = await province.open("Họp ba cấp", SITES, master="chinh-phu")
        await meeting.mcus_online(timeout=60)
        await province.publish(meeting, SITES)
        await meeting.sites_ready(len(SITES), timeout=60)
        await meeting.command("take", scene=full(GOVERNMENT))
        async with province.view("vnpt", meeting) as viewer:
            await viewer.shows(province.number(GOVERNMENT), timeout=20)
            await kill(province, "janus-chinh-phu")
            await meeting.mcus_online(timeout=30)
            await meeting.sites_ready(len(SITES), timeout=30)
            since = now_ms()
            await meeting.command("take", scene=full(CHAIR))
            await viewer.shows(province.number(CHAIR), timeout=20, since=since)
