"""A session under watch, in real media: picture frozen or black, sound lost, line cut, loss: the
right alarm within 3 s, one for each cause, gone when mended."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from diemcau.domain.watch import THRESHOLDS
from diemcau.lab.errors import LabError
from diemcau.lab.meeting import Meeting
from diemcau.lab.net import Host, HostProcess
from diemcau.lab.province import SOURCE, Province
from diemcau.lab.watching import now_ms
from tests.stage import CHAIR, COMMUNE, NEIGHBOUR, OTHER, full

pytestmark = [pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

SITES = (CHAIR, COMMUNE, NEIGHBOUR, OTHER)
WITHIN_MS = 3000
BOTH: dict[str, Any] = {"layout": "side-by-side", "sites": [CHAIR, COMMUNE]}


class Stage:
    """Three MCUs; each site sends from a host of its own, so that its line can be cut alone."""

    def __init__(self, province: Province, meeting: Meeting) -> None:
        self.province, self.meeting = province, meeting
        self.rooms: dict[str, Host] = {}
        self.processes: dict[str, HostProcess] = {}

    def starts(self, site: str) -> None:
        room = self.rooms[site] = self.province.extra_host(site)
        config = {"sites": [self.province._synthetic(self.meeting, self._entry(site), False)],
                  "motion": True}  # fmt: skip
        file = self.province.folder / f"{site}.json"
        file.write_text(json.dumps(config, ensure_ascii=False))
        argv = ["/usr/bin/python3", "-m", "tests.media.faulty_sites", "--config", str(file)]
        env = {"PYTHONPATH": f"{SOURCE}:{SOURCE.parent}"}
        self.processes[site] = room.spawn(
            argv, env=env, stdin=subprocess.PIPE, log=self.province.folder / f"{site}.log"
        )

    def fault(self, site: str, fault: str) -> None:
        pipe = self.processes[site].stdin
        assert pipe is not None
        order = {"fault": fault, "code": self._entry(site).code}
        pipe.write(json.dumps(order).encode() + b"\n")
        pipe.flush()

    def _entry(self, site: str) -> Any:
        return self.province.directory.site(site)

    @property
    def alarms(self) -> list[tuple[str, str]]:
        found = self.meeting.state.get("alarms", {}).values()
        return sorted((alarm["subject"], alarm["kind"]) for alarm in found)

    async def found(self, *wanted: tuple[str, str], timeout: float = 20) -> float:
        """Wait until just these alarms are there; how long that took, in ms."""
        began = now_ms()
        try:
            await self.meeting.until(lambda _: self.alarms == sorted(wanted), "", timeout)
        except LabError:
            found = self.meeting.state["sites"][COMMUNE]
            raise AssertionError(f"{self.alarms} in place of {wanted}: {found}") from None
        return now_ms() - began

    async def nothing_else(self, *wanted: tuple[str, str], seconds: float = 8) -> None:
        """For a while there is no other alarm."""
        with contextlib.suppress(LabError):
            await self.meeting.until(lambda _: not set(self.alarms) <= set(wanted), "", seconds)
        assert set(self.alarms) <= set(wanted), self.meeting.state["sites"][COMMUNE]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        mcus = ("vinh-phuc", "vnpt", "viettel")
        province = await stack.enter_async_context(Province(folder, mcus=mcus, stills_every=0))
        meeting = await province.open("Họp giao ban", SITES, chair=CHAIR)
        await meeting.mcus_online(timeout=60)
        stage = Stage(province, meeting)
        for site in SITES:
            stage.starts(site)
        await meeting.sites_ready(len(SITES), timeout=60)
        await meeting.command("take", scene=BOTH)
        yield stage


async def test_a_session_that_fares_well_has_no_alarm(stage: Stage) -> None:
    await stage.found(timeout=30)
    await stage.nothing_else(seconds=10)


@pytest.mark.parametrize("fault", ["frozen", "black", "silent"])
async def test_a_camera_or_microphone_that_fails(stage: Stage, fault: str) -> None:
    await stage.found()
    wanted = (f"site/{COMMUNE}", fault)
    stage.fault(COMMUNE, fault)
    try:
        took = await stage.found(wanted)
        await stage.nothing_else(wanted)
    finally:
        stage.fault(COMMUNE, "")
    gone = await stage.found()
    print(f"{fault}: alarm after {took:.0f} ms, gone {gone:.0f} ms after it was mended")
    assert took < WITHIN_MS


async def test_a_sites_line_that_is_cut(stage: Stage) -> None:
    await stage.found()
    wanted = (f"site/{COMMUNE}", "lost")
    stage.rooms[COMMUNE].cut()
    try:
        took = await stage.found(wanted)
        await stage.nothing_else(wanted)
    finally:
        stage.rooms[COMMUNE].mend()
    gone = await stage.found(timeout=40)
    print(f"site cut: alarm after {took:.0f} ms, gone {gone:.0f} ms after it was mended")
    await stage.nothing_else(seconds=THRESHOLDS.grace_s + 5)
    assert took < WITHIN_MS


async def test_a_sites_line_that_loses_packets(stage: Stage) -> None:
    await stage.found()
    wanted = (f"site/{COMMUNE}", "loss")
    stage.rooms[COMMUNE].lossy(0.05, 10.0)
    try:
        took = await stage.found(wanted)
        print(stage.meeting.state["sites"][COMMUNE]["quality"])
        await stage.nothing_else(wanted)
    finally:
        stage.rooms[COMMUNE].clean()
    gone = await stage.found(timeout=40)
    print(f"loss: alarm after {took:.0f} ms, gone {gone:.0f} ms after it was mended")
    assert took < WITHIN_MS


@pytest.mark.parametrize("on_air", [True, False])
async def test_a_link_that_is_cut_is_one_alarm(stage: Stage, on_air: bool) -> None:
    """Two sites are behind it."""
    await stage.meeting.command("take", scene=BOTH if on_air else full(CHAIR))
    await stage.found(timeout=40)
    link = ("link/vnpt/vinh-phuc", "lost")
    cable = stage.province.network_host("vnpt")
    cable.cut()
    try:
        took = await stage.found(link)
        await stage.nothing_else(link, seconds=12)
        (alarm,) = stage.meeting.state["alarms"].values()
        assert alarm["sites"] == sorted([COMMUNE, NEIGHBOUR])
    finally:
        cable.mend()
    gone = await stage.found(timeout=60)
    print(f"link cut, {on_air=}: alarm after {took:.0f} ms, gone {gone:.0f} ms after it was mended")
    await stage.meeting.sites_ready(len(SITES), timeout=60)
    await stage.nothing_else(seconds=THRESHOLDS.grace_s + 5)
    assert took < WITHIN_MS


async def test_a_site_that_leaves_is_no_alarm(stage: Stage) -> None:
    await stage.found(timeout=40)
    stage.processes[OTHER].terminate()
    await stage.nothing_else(seconds=5)
    await stage.meeting.until(lambda s: s["sites"][OTHER]["state"] == "off", "it left")
