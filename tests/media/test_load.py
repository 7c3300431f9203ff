"""The audience: many real receptions that decode nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from diemcau.lab.front import TOKEN, Front
from diemcau.lab.janus import LabJanus
from diemcau.lab.load import JanusLoad
from diemcau.lab.net import Network
from diemcau.lab.whep import WhepError
from tests.media.sites_rig import start_sites

pytestmark = [pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]


class Hall:
    """One site, its MCU, and an audience."""

    def __init__(self, network: Network, front: Front, load: JanusLoad) -> None:
        self.network, self.front, self.load = network, front, load

    @property
    def programme(self) -> str:
        return self.front.url("whep", "7")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    folder = tmp_path_factory.mktemp("load")
    with Network() as network:
        janus = LabJanus(network.host("mcu"))
        async with (
            janus,
            Front(janus, network.address) as front,
            JanusLoad(network.host("audience")) as load,
        ):
            whip = front.url("whip", "7")
            site = {"number": 7, "name": "Xã 7", "code": "7", "whip": whip, "token": TOKEN}
            start_sites(network.host("sites"), [site], folder, width=320, height=180, fps=25)
            await front.published("7")
            yield Hall(network, front, load)


async def test_all_of_the_audience_receives(hall: Hall) -> None:
    await hall.load.add(hall.programme, TOKEN, 12)
    stats = await hall.load.stats()
    assert stats.connected == 12
    assert all(receiver.packets > 0 for receiver in stats.receivers)
    assert stats.lost_share == 0


async def test_a_bad_line_shows_in_what_was_missed_and_repaired(hall: Hall) -> None:
    before = await hall.load.stats()
    hall.network.host("audience").lossy(loss=0.05, delay_ms=5)
    await asyncio.sleep(3)
    hall.network.host("audience").clean()
    period = (await hall.load.stats()).since(before)
    assert 0.01 < period.lost_share < 0.10
    assert sum(receiver.repaired for receiver in period.receivers) > 0


async def test_a_refusal_is_told_and_who_already_receives_stays(hall: Hall) -> None:
    with pytest.raises(WhepError, match="401"):
        await hall.load.add(hall.programme, "wrong", 1)
    assert (await hall.load.stats()).connected == 12


async def test_leaving_empties_the_hall(hall: Hall) -> None:
    await hall.load.clear()
    assert (await hall.load.stats()).receivers == ()
    await hall.load.add(hall.programme, TOKEN, 1)
    assert (await hall.load.stats()).connected == 1
