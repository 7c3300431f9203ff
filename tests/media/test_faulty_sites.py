"""Synthetic sites with faults over a bare Janus: the examiner finds each by its name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from diemcau.domain.examination import Fault, Measured, judge
from diemcau.lab.front import TOKEN, Front
from diemcau.lab.janus import JanusApi, LabJanus
from diemcau.lab.net import Network
from diemcau.wire import Peer
from tests.media.examiner_rig import Examiner
from tests.media.sites_rig import Event, Sites, is_state, start_sites

pytestmark = [pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

MADE = ("black", "frozen", "dark", "low-frame-rate", "wrong-picture", "silent", "clipping",
        "noise", "hum", "echo", "lip-sync", "one-way", "", "")  # fmt: skip
FIRST = 11
SITES = dict(enumerate(MADE, FIRST))
CLIP = FIRST + len(MADE) - 1
"""A site that plays a test clip in step."""
CHIRP_SSRC = 1000
"""What Janus wants of a remote publisher's first stream."""


class Bench:
    """One Janus with a feed of chirps for each site, and the examiner on its host."""

    def __init__(self, janus: LabJanus, front: Front, sites: Sites, examiner: Examiner) -> None:
        assert janus.api is not None
        self.sites, self.front = sites, front
        self._api: JanusApi = janus.api
        self._examiner = examiner
        self._handle = 0
        self._chirps: dict[int, dict[str, Any]] = {}

    async def open(self) -> None:
        self._handle = await self._api.attach()
        streams = [{"type": "audio", "mid": "0", "mindex": 0, "codec": "opus"}]
        for number in SITES:
            feed = {"id": f"chirp/{number}", "iface": "127.0.0.1", "streams": streams}
            port = (await self._ask("add_remote_publisher", **feed))["port"]
            self._chirps[number] = {"host": "127.0.0.1", "port": port, "ssrc": CHIRP_SSRC}

    async def measured(self) -> dict[int, Measured]:
        """All sites, examined at once."""
        peer = await self._examiner.connect()
        runs = [self._measured(peer, number) for number in SITES]
        return dict(zip(SITES, await asyncio.gather(*runs), strict=True))

    async def _measured(self, peer: Peer, number: int) -> Measured:
        opened = await peer.call("open", {}, timeout=30)
        pli = await self._forward(number, opened)
        params = {"id": opened["id"], "pli": pli, "chirp": self._chirps[number]}
        answer = await peer.call("run", params, timeout=120)
        return Measured(answer["figures"], mark=answer["mark"], expected=number)

    async def _forward(self, number: int, opened: dict[str, Any]) -> list[Any]:
        """Forward a site's streams to where it is examined; where a PLI goes."""
        feed = f"site/{number}"
        info = await self._api.handle_info(self.front.publisher(feed))
        mids = {medium["type"]: medium["mid"] for medium in info["webrtc"]["media"].values()}
        host, port = opened["video"]
        streams = [
            {"mid": mids["audio"], "port": opened["audio"][1], "pt": 112},
            {"mid": mids["video"], "port": port, "rtcp_port": port, "pt": 109},
        ]
        answer = await self._ask("rtp_forward", publisher_id=feed, host=host, streams=streams)
        ports = [one["local_rtcp_port"] for one in answer["forwarders"] if "local_rtcp_port" in one]
        return [host, ports[0]]

    async def _ask(self, request: str, **fields: Any) -> dict[str, Any]:
        body = {"request": request, "room": "lab", **fields}
        answer, _ = await self._api.request(self._handle, body)
        return answer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    folder = tmp_path_factory.mktemp("faulty")
    with Network() as network:
        host = network.host("mcu")
        async with LabJanus(host) as janus, Front(janus, network.address) as front:
            sites = start_sites(network.host("sites"), described(front), folder, play=True, fps=15)
            await sites.until(is_state("live", FIRST), seconds=30)
            made = Bench(janus, front, sites, Examiner(folder, host.spawn))
            await made.open()
            await asyncio.gather(
                *(sites.until(is_state("live", number), seconds=30) for number in SITES)
            )
            yield made
            await sites.end()


def described(front: Front) -> list[dict[str, object]]:
    return [
        {
            "number": number,
            "name": f"Điểm cầu {number}",
            "code": f"26-07-{number:03}",
            "whip": front.url("whip", f"site/{number}"),
            "whep": front.url("whep", f"chirp/{number}"),
            "token": TOKEN,
            "fault": fault,
            "clip": number == CLIP,
        }
        for number, fault in SITES.items()
    ]


def plays(number: int) -> Any:
    def matches(event: Event) -> bool:
        return bool(event.get("play")) and event["site"] == number and event["state"] == "live"

    return matches


async def test_every_fault_is_found_by_its_name_and_none_where_none_is(bench: Bench) -> None:
    listening = [number for number, fault in SITES.items() if fault != "one-way"]
    await asyncio.gather(*(bench.sites.until(plays(n), seconds=30) for n in listening))
    measured = await bench.measured()
    told = {number: [str(fault) for fault in judge(measured[number])] for number in SITES}
    heard_of = {number: [fault] for number, fault in SITES.items() if fault in set(Fault)}
    expected = {number: heard_of.get(number, []) for number in SITES}
    assert told == {**expected, one_way(): []}, {n: measured[n].figures for n in SITES}


async def test_a_site_that_hears_nothing_does_not_play(bench: Bench) -> None:
    await bench.sites.until(plays(FIRST), seconds=30)
    assert not bench.sites.find(plays(one_way()))


async def test_the_echo_is_as_weak_as_it_is_made_and_no_earlier(bench: Bench) -> None:
    figures = (await bench.measured())[FIRST + MADE.index("echo")].figures
    assert figures["echo_ms"] >= 150
    assert figures["echo_db"] == pytest.approx(-12, abs=2)


async def test_sound_and_picture_are_as_far_apart_as_they_are_made(bench: Bench) -> None:
    measured = await bench.measured()
    late = {number: one.figures.get("sound_late_ms") for number, one in measured.items()}
    wrong = FIRST + MADE.index("lip-sync")
    assert late == {
        **dict.fromkeys(SITES),
        wrong: pytest.approx(400, abs=90),
        CLIP: pytest.approx(0, abs=90),
    }


def one_way() -> int:
    return FIRST + MADE.index("one-way")
