"""``bench alarms``: how soon the watch over a session tells what went wrong, and that it is mended.

Three MCUs, four synthetic sites, each on a host of its own, so that its line can be cut alone. What
fails, fails as it does outside: a camera that freezes or is covered, a microphone that is dead, a
line that is cut or loses packets, the link between two MCUs.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from diemcau.benches.figures import percentile
from diemcau.benches.stage import stage
from diemcau.domain.watch import THRESHOLDS
from diemcau.lab.errors import LabError
from diemcau.lab.meeting import Meeting, State
from diemcau.lab.net import Host
from diemcau.lab.province import Province
from diemcau.lab.watching import now_ms

MASTER, NEAR, FAR = "vinh-phuc", "vnpt", "viettel"
LOSS, DELAY_MS = 0.05, 10.0
SETTLE_S = THRESHOLDS.grace_s + 1
"""What follows from a trouble that was, is none any more."""
LASTS_S, FOUND_S, GONE_S = 4.0, 20.0, 60.0
Alarm = tuple[str, str]
"""Subject and kind."""


class Trouble(NamedTuple):
    """Something that goes wrong: the alarm it deserves, what is on the programme meanwhile."""

    alarm: Alarm
    scene: Mapping[str, Any]
    begin: Callable[[], None]
    end: Callable[[], None]


class Stage:
    """A session under watch: the chair at the master, two sites at a satellite, one at another."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.chair = province.sites_of(MASTER, 1)[0]
        self.site, self.neighbour = province.sites_of(NEAR, 2)
        self.other = province.sites_of(FAR, 1)[0]
        self.sites = (self.chair, self.site, self.neighbour, self.other)
        self.rooms: dict[str, Host] = {}
        self.meeting: Meeting

    async def open(self) -> None:
        province = self.province
        self.meeting = await province.open("Họp giao ban", self.sites, chair=self.chair)
        await self.meeting.mcus_online(timeout=60)
        for site in self.sites:
            self.rooms[site] = province.extra_host(site)
            await province.publish(self.meeting, [site], at=self.rooms[site], motion=True)
        await self.meeting.sites_ready(len(self.sites), timeout=60)

    @property
    def troubles(self) -> dict[str, Trouble]:
        """By name, the shorter ones first."""
        room, cable = self.rooms[self.site], self.province.network_host(NEAR)
        both = {"layout": "side-by-side", "sites": [self.chair, self.site]}
        alone = {"layout": "full", "sites": [self.chair]}
        mine, link = f"site/{self.site}", (f"link/{NEAR}/{MASTER}", "lost")

        def spoilt(fault: str) -> Trouble:
            begin, end = (lambda: self._spoil(fault)), (lambda: self._spoil(""))
            return Trouble((mine, fault), both, begin, end)

        return {
            **{fault: spoilt(fault) for fault in ("frozen", "black", "silent")},
            "site's line cut": Trouble((mine, "lost"), both, room.cut, room.mend),
            "site's line loses 5 %": Trouble(
                (mine, "loss"), both, lambda: room.lossy(LOSS, DELAY_MS), room.clean
            ),
            "link cut": Trouble(link, both, cable.cut, cable.mend),
            "link cut, nobody of it on air": Trouble(link, alone, cable.cut, cable.mend),
        }

    @property
    def alarms(self) -> dict[Alarm, dict[str, Any]]:
        found = self.meeting.state.get("alarms", {}).values()
        return {(alarm["subject"], alarm["kind"]): alarm for alarm in found}

    async def told(self, *wanted: Alarm, timeout: float = FOUND_S) -> tuple[float, set[Alarm]]:
        """Wait until just these alarms are there; how long that took (ms), and what else was told
        meanwhile. Raises ``LabError``."""
        began, others = now_ms(), set[Alarm]()

        def just(_: State) -> bool:
            others.update(self.alarms.keys() - set(wanted))
            return self.alarms.keys() == set(wanted)

        try:
            await self.meeting.until(just, "", timeout)
        except LabError:
            seen = self.meeting.state["sites"][self.site]
            raise LabError(f"{[*self.alarms]} in place of {wanted}: {seen}") from None
        return now_ms() - began, others

    async def others(self, *wanted: Alarm, seconds: float) -> set[Alarm]:
        """What else is told within a time."""
        found = set[Alarm]()

        def gather(_: State) -> bool:
            found.update(self.alarms.keys() - set(wanted))
            return False

        with contextlib.suppress(LabError):
            await self.meeting.until(gather, "", seconds)
        return found

    def _spoil(self, fault: str) -> None:
        self.province.spoil(self.meeting, self.site, fault)


@asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[Stage]:
    """The stage, open and in session; it ends with the block."""
    async with Province(folder, mcus=(MASTER, NEAR, FAR), stills_every=0) as province:
        found = Stage(province)
        await found.open()
        yield found


class Told(NamedTuple):
    """One trouble once: the times (ms) until it was told and until it was no more after it was
    mended, and what was told besides."""

    raised: float
    ended: float
    others: Sequence[Alarm]


async def run(quick: bool = False) -> dict[str, Any]:
    rounds = 1 if quick else 3
    found: dict[str, list[Told]] = {}
    with stage("alarms") as folder:
        async with watched(folder) as here:
            for _ in range(rounds):
                for name, trouble in here.troubles.items():
                    found.setdefault(name, []).append(await once(here, trouble))
    return {**figures(found), "load": round(os.getloadavg()[0], 1)}


async def once(here: Stage, trouble: Trouble) -> Told:
    """Let it go wrong, and mend it."""
    await here.meeting.command("take", scene=trouble.scene)
    await here.told(timeout=GONE_S)
    await here.meeting.sites_ready(len(here.sites), timeout=GONE_S)
    before = await here.others(seconds=SETTLE_S)
    trouble.begin()
    try:
        raised, others = await here.told(trouble.alarm)
        others |= await here.others(trouble.alarm, seconds=LASTS_S)
    finally:
        trouble.end()
    ended, after = await here.told(timeout=GONE_S)
    return Told(raised, ended, sorted(before | others | (after - {trouble.alarm})))


def figures(found: Mapping[str, Sequence[Told]]) -> dict[str, Any]:
    return {
        "bench": "alarms",
        "rounds": max(len(times) for times in found.values()),
        "alarms": {
            name: {
                "p50_ms": percentile([one.raised for one in times], 0.5),
                "max_ms": percentile([one.raised for one in times], 1),
                "gone_p50_ms": percentile([one.ended for one in times], 0.5),
            }
            for name, times in found.items()
        },
        "others": sorted(
            f"{name}: {subject} {kind}"
            for name, times in found.items()
            for one in times
            for subject, kind in one.others
        ),
    }
