"""The examiner's process by itself: RTP of another encoder in on loopback, figures out."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import struct
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from diemcau.apart.rtp import Packet, parse
from diemcau.domain.examination import CONNECT_FIGURES, PICTURE_FIGURES, SOUND_FIGURES
from diemcau.examiner.examination import AUDIO_PT, VIDEO_PT
from diemcau.examiner.stream import Arrived
from diemcau.wire import Closed, Peer, RemoteError
from tests.media.examiner_rig import Examiner
from tests.unit.examiner.signals import audio, room, speech, tone, video

pytestmark = pytest.mark.media

SECONDS = 5.0
PLI = b"\x81\xce\x00\x02"
ECHO_S = 0.2
"""How much later the site below sends back what it hears, as loud as it came."""


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examiner]:
    examiner = Examiner(tmp_path_factory.mktemp("examiner"))
    yield examiner
    examiner.process.terminate()
    assert examiner.process.wait() == 0


@pytest.fixture
async def examiner(process: Examiner) -> AsyncIterator[Examiner]:
    yield process
    process.leave()


class Site(asyncio.DatagramProtocol):
    """Sends its streams at their pace once it is asked for a keyframe, with which its picture
    begins; what it is sent comes back as its sound."""

    def __init__(self, echoing: bool = False) -> None:
        self.asked = asyncio.Event()
        self.asked_at = 0.0
        self.sent_at: dict[str, float] = {}
        """By stream: when the last packet was sent."""
        self.chirps: list[Packet] = []
        self._echoing = echoing
        self._transport: Any = None
        self._opened: dict[str, Any] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, opened: dict[str, Any]) -> list[Any]:
        """``opened``: where it is examined. Its own address is returned."""
        loop = asyncio.get_running_loop()
        self._opened = opened
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        return list(self._transport.get_extra_info("sockname"))

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if data.startswith(PLI):
            if not self.asked.is_set():
                self.asked_at = time.monotonic()
            self.asked.set()
            return
        self.chirps.append(parse(data))
        if self._echoing:
            back = data[:1] + bytes([AUDIO_PT]) + data[2:]  # as an MCU forwards it
            asyncio.get_running_loop().call_later(ECHO_S, self.send, back, "audio")

    def play(self, packets: list[Arrived], stream: str, ssrc: int = 1) -> None:
        self._tasks.append(asyncio.create_task(self._play(packets, stream, ssrc)))

    def send(self, data: bytes, stream: str) -> None:
        self._transport.sendto(data, tuple(self._opened[stream]))
        self.sent_at[stream] = time.monotonic()

    async def _play(self, packets: list[Arrived], stream: str, ssrc: int) -> None:
        await self.asked.wait()
        loop = asyncio.get_running_loop()
        start = loop.time()
        for at, packet in packets:
            await asyncio.sleep(start + at - loop.time())
            kind = packet.kind | packet.marker << 7
            head = struct.pack("!BBHII", 0x80, kind, packet.number, packet.stamp % 2**32, ssrc)
            self.send(head + packet.payload, stream)

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._transport.close()


@contextlib.contextmanager
def stopping(*sites: Site) -> Iterator[None]:
    try:
        yield
    finally:
        for site in sites:
            site.stop()


def filmed(number: int, seconds: float = SECONDS + 1) -> list[Arrived]:
    return video(itertools.islice(room(number), round(15 * seconds)))


async def run(peer: Peer, number: int, **params: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await peer.call(
        "run", {"id": number, "seconds": SECONDS, **params}, timeout=120
    )
    return answer


async def test_a_site_is_examined(examiner: Examiner) -> None:
    peer, site = await examiner.connect(), Site(echoing=True)
    opened = await peer.call("open", {})
    host, port = await site.open(opened)
    film = filmed(321)
    with stopping(site):
        site.play(film, "video", ssrc=77)
        chirp = {"host": host, "port": port, "ssrc": 4242}
        answer = await run(peer, opened["id"], pli=[host, port], chirp=chirp)
    figures = answer["figures"]
    told = {*CONNECT_FIGURES, *PICTURE_FIGURES, *SOUND_FIGURES}
    assert set(figures) == told - {"sound_late_ms"}  # no clip
    assert answer["mark"] == 321
    assert figures["fps"] == pytest.approx(15, abs=1.5)
    assert figures["echo_ms"] == pytest.approx(1000 * ECHO_S + 6.5, abs=30)
    assert figures["echo_db"] == pytest.approx(0, abs=1.5)
    numbers = [packet.number for packet in site.chirps]
    assert [(b - a) & 0xFFFF for a, b in itertools.pairwise(numbers)] == [1] * (len(numbers) - 1)
    # What is due while the process stands still at the very end is not sent.
    assert len(numbers) > 0.5 * 50 * SECONDS
    assert {packet.kind for packet in site.chirps} == {111}


async def test_many_at_once_get_each_its_own_figures(examiner: Examiner) -> None:
    peer, sites = await examiner.connect(), [Site() for _ in range(12)]
    opened = [await peer.call("open", {}) for _ in sites]
    addresses = [await site.open(one) for site, one in zip(sites, opened, strict=True)]
    films = [filmed(100 + place) for place in range(12)]
    sounds = [audio(tone(940, -14 - 20 * quiet, SECONDS + 1)) for quiet in (0, 1)] * 6
    with stopping(*sites):
        for site, film, sound in zip(sites, films, sounds, strict=True):
            site.play(film, "video", ssrc=1)
            site.play(sound, "audio", ssrc=2)
        runs = [
            run(peer, one["id"], pli=address)
            for one, address in zip(opened, addresses, strict=True)
        ]
        answers = await asyncio.gather(*runs)
    assert [answer["mark"] for answer in answers] == list(range(100, 112))
    loud = [answer["figures"]["loudness_lufs"] for answer in answers]
    assert loud == [pytest.approx(-14 - 20 * (place % 2), abs=0.5) for place in range(12)]
    assert all("echo_floor_db" not in answer["figures"] for answer in answers)


async def test_what_is_missing_is_told_not_waited_for(examiner: Examiner) -> None:
    """Nothing at all; garbage and another's packets; a stream that stops; no keyframe."""
    peer = await examiner.connect()
    nothing, garbage, stops, headless = sites = [Site() for _ in range(4)]
    opened = [await peer.call("open", {}) for _ in sites]
    addresses = [await site.open(one) for site, one in zip(sites, opened, strict=True)]
    short, spoken = filmed(5, seconds=2), audio(speech(-20, 2))
    late = [one for one in filmed(6) if one.at > 0.5]
    with stopping(*sites):
        stops.play(short, "video")
        stops.play(spoken, "audio")
        headless.play(late, "video")
        called = time.monotonic()
        runs = [
            asyncio.create_task(run(peer, one["id"], pli=address))
            for one, address in zip(opened, addresses, strict=True)
        ]
        await garbage.asked.wait()
        for stream in ("audio", "video"):
            for data in (b"", b"\x80", b"\x80\x6f" + b"\x00" * 10, b"\x80\xc8" + b"\x07" * 40):
                garbage.send(data, stream)
            for kind in (AUDIO_PT, VIDEO_PT):
                head = struct.pack("!BBHII", 0x80, kind, 1, 2, 3)
                garbage.send(head + b"\xff" * 30, stream)
        answers = [answer["figures"] for answer in await asyncio.gather(*runs)]
    assert nothing.asked.is_set()
    assert answers[0] == {"frames": 0, "sound_s": 0}
    assert answers[1]["frames"] == 0
    still = [begun + SECONDS - stops.sent_at["video"] for begun in (called, stops.asked_at)]
    assert still[0] - 0.4 < answers[2]["frozen_s"] < still[1] + 0.4
    assert answers[2]["sound_s"] == pytest.approx(2, abs=0.3)
    assert answers[3]["frames"] == 0


async def test_an_examination_ends_when_it_is_closed_and_with_its_connection(
    examiner: Examiner,
) -> None:
    peer = await examiner.connect()
    first = (await peer.call("open", {}))["id"]
    running = asyncio.create_task(run(peer, first))
    await peer.call("open", {})
    with pytest.raises(RemoteError, match="already"):
        await run(peer, first)
    await peer.call("close", {"id": first})
    with pytest.raises(RemoteError, match="closed"):
        await running
    with pytest.raises(RemoteError, match="not open"):
        await run(peer, first)
    examiner.leave()
    other = await examiner.connect()
    with pytest.raises(RemoteError, match="not open"):
        await run(other, 2)
    examiner.leave()
    assert await udp_sockets_left(examiner.process.pid) == 0


async def udp_sockets_left(pid: int) -> int:
    """How many datagram sockets the process has once those it closes are closed."""
    for _ in range(100):
        inodes = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
        rows = Path(f"/proc/{pid}/net/udp").read_text().splitlines()[1:]
        left = sum(f"socket:[{row.split()[9]}]" in inodes for row in rows)
        if not left:
            return 0
        await asyncio.sleep(0.02)
    return left


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"nonsense", "bad-line"),
        (b"[1]", "bad-line"),
        (b'{"id": 1, "method": "fly"}', "bad-method"),
        (b'{"id": 1, "method": "run", "params": {}}', "bad-params"),
        (b'{"id": 1, "method": "run", "params": {"id": 9}}', "no-examination"),
        (b'{"id": 1, "method": "close", "params": {"id": 9}}', "no-examination"),
    ],
)
async def test_bad_requests_are_refused(examiner: Examiner, line: bytes, code: str) -> None:
    assert (await examiner.raw(line))["error"]["code"] == code


@pytest.mark.parametrize(
    "bad",
    [
        {"seconds": 1}, {"seconds": 1e9}, {"seconds": "6"}, {"pli": "here"}, {"pli": [1, 2]},
        {"chirp": {"host": "127.0.0.1"}}, {"chirp": []},
    ],
)  # fmt: skip
async def test_bad_parameters_of_a_run_are_refused(examiner: Examiner, bad: dict[str, Any]) -> None:
    peer = await examiner.connect()
    number = (await peer.call("open", {}))["id"]
    with pytest.raises(RemoteError) as refused:
        await peer.call("run", {"id": number, **bad})
    assert refused.value.code == "bad-params"


async def test_it_ends_in_order_while_it_works(tmp_path: Path) -> None:
    examiner = Examiner(tmp_path)
    peer = await examiner.connect()
    number = (await peer.call("open", {}))["id"]
    running = asyncio.create_task(run(peer, number))
    await peer.call("open", {})
    examiner.process.terminate()
    with pytest.raises(Closed):
        await running
    assert await asyncio.to_thread(examiner.process.wait) == 0
