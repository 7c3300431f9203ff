"""``bench fanout``: what a receiver of the programme costs a satellite.

Ours: the satellite's Janus and its agent. Bare: a Janus of its own that got the same programme and
knows nothing else. The same audience receives from one and the other, in turn, in several rounds.
"""

from __future__ import annotations

import asyncio
import statistics
from typing import Any

import httpx2

from diemcau.benches.cpu import busy
from diemcau.benches.stage import stage
from diemcau.lab.front import TOKEN, Front
from diemcau.lab.janus import LabJanus
from diemcau.lab.load import JanusLoad, LoadStats
from diemcau.lab.meeting import Meeting
from diemcau.lab.net import Host
from diemcau.lab.province import Province
from diemcau.lab.whep import WhepClient

MASTER, HERE = "vinh-phuc", "vnpt"
AUDIENCES = (10, 50, 100, 150)
RATIO_OF = (10, 50, 100)


async def run(quick: bool = False) -> dict[str, Any]:
    seconds, rounds = (3.0, 1) if quick else (6.0, 3)
    with stage("fanout") as folder:
        async with Province(folder, mcus=[MASTER, HERE]) as province:
            chair, site = (province.sites_of(mcu, 1)[0] for mcu in (MASTER, HERE))
            meeting = await province.open("Đo", [chair, site], chair=chair)
            await province.publish(
                meeting, [chair], width=640, height=360, fps=25, bitrate=1_500_000, motion=True
            )
            await meeting.sites_ready(1)
            await meeting.mcus_online()
            bare_host, audience_host = province.extra_host("bare"), province.extra_host("audience")
            async with (
                LabJanus(bare_host) as bare,
                Front(bare, province.address) as front,
                _feed(province, meeting, front),
            ):
                ours = (province.whep(meeting, "program", mcu=HERE), province.token("operator"))
                plain = (front.url("whep", "program"), TOKEN)
                pids = [province.pid(f"janus-{HERE}"), province.pid(f"agent-{HERE}")]
                runs = []
                for receivers in AUDIENCES[:2] if quick else AUDIENCES:
                    looks = []
                    for _ in range(rounds):
                        mine = await _look(audience_host, ours, pids, receivers, seconds)
                        its = await _look(audience_host, plain, [bare.pid], receivers, seconds)
                        looks.append((mine, its))
                    runs.append(_summary(receivers, looks))
    clean = [run["receivers"] for run in runs if run["lost"] == 0]
    ratios = [run["ratio"] for run in runs if run["receivers"] in RATIO_OF]
    return {
        "bench": "fanout",
        "ratio_cpu": round(statistics.median(ratios), 3),
        "knee_receivers": max(clean, default=0),
        "runs": runs,
    }


class _feed:  # noqa: N801  (used as a function)
    """Our programme, published into the bare Janus as it is, while the block runs."""

    def __init__(self, province: Province, meeting: Meeting, front: Front) -> None:
        self._front = front
        self._client = WhepClient(
            province.whep(meeting, "program", mcu=HERE), province.token("operator")
        )

    async def __aenter__(self) -> None:
        self._session, offer = await self._client.offer()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sdp"}
        async with httpx2.AsyncClient(headers=headers, timeout=10) as http:
            reply = await http.post(self._front.url("whip", "program"), content=offer)
        await self._client.answer(self._session, reply.text)
        await self._front.published("program")

    async def __aexit__(self, *_: object) -> None:
        await self._client.end(self._session)
        await self._client.close()


async def _look(
    host: Host, feed: tuple[str, str], pids: list[int], receivers: int, seconds: float
) -> tuple[float, int]:
    """CPU (percent of a core) that so many receivers cost, and packets lost for good."""
    idle = (await busy([pids], 2))[0]
    async with JanusLoad(host) as load:
        await load.add(*feed, receivers)
        await asyncio.sleep(1)
        before = await load.stats()
        cpu = (await busy([pids], seconds))[0]
        after: LoadStats = (await load.stats()).since(before)
    return cpu - idle, sum(receiver.lost for receiver in after.receivers)


def _summary(
    receivers: int, looks: list[tuple[tuple[float, int], tuple[float, int]]]
) -> dict[str, Any]:
    ours = statistics.median(mine[0] for mine, _ in looks)
    janus = statistics.median(its[0] for _, its in looks)
    return {
        "receivers": receivers,
        "cpu_ours": round(ours, 2),
        "cpu_janus": round(janus, 2),
        "ratio": round(statistics.median(m[0] / max(i[0], 0.1) for m, i in looks), 3),
        "lost": min(mine[1] for mine, _ in looks),
        "lost_bare": min(its[1] for _, its in looks),
    }
