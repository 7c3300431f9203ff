"""Synthetic sites and viewers over a bare Janus: each checks the other."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from diemcau.lab.front import TOKEN, Front
from diemcau.lab.janus import LabJanus
from diemcau.lab.net import Host, Network

pytestmark = [pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

SOURCE = Path(__file__).parents[2] / "src"
Event = dict[str, Any]


class Lines:
    """A process that prints JSON lines: each kept with the time it came."""

    def __init__(self, host: Host, argv: list[str], log: Path) -> None:
        env = {"PYTHONPATH": str(SOURCE)}
        self.process = host.spawn(
            argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, log=log
        )
        self.events: list[Event] = []
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await asyncio.to_thread(self.process.stdout.readline):
            self.events.append({"at": time.monotonic() * 1000, **json.loads(line)})
            self._news.set()

    async def until(
        self, wanted: Callable[[Event], bool], since: float = 0, seconds: float = 10
    ) -> Event:
        """Return the first event since a time (ms) that is wanted, waiting for it."""
        async with asyncio.timeout(seconds):
            while True:
                for event in self.events:
                    if event["at"] >= since and wanted(event):
                        return event
                self._news.clear()
                await self._news.wait()

    def order(self, order: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()

    async def end(self) -> None:
        self.process.terminate()
        await asyncio.to_thread(self.process.wait)
        await self._task


def now() -> float:
    return time.monotonic() * 1000


def shows(*numbers: int | None) -> Callable[[Event], bool]:
    return lambda e: e.get("event") == "picture" and e["panes"] == list(numbers)


def is_state(state: str, number: int = 7) -> Callable[[Event], bool]:
    return lambda e: e.get("state") == state and e.get("site") == number


def is_event(name: str) -> Callable[[Event], bool]:
    return lambda e: e.get("event") == name


class Bench:
    """Two sites, one Janus, and viewers on request."""

    def __init__(self, network: Network, janus: LabJanus, front: Front, folder: Path) -> None:
        self.network, self.janus, self.front, self.folder = network, janus, front, folder
        self.sites: Lines
        self._viewers: list[Lines] = []

    def publish(self) -> None:
        sites = [
            {
                "number": number,
                "name": name,
                "code": f"26-07-{number:03}",
                "whip": self.front.url("whip", f"site/{number}"),
                "token": TOKEN,
            }
            for number, name in ((7, "UBND xã Đạo Đức"), (2345, "Sở Thông tin và Truyền thông"))
        ]
        config = self.folder / "sites.json"
        config.write_text(json.dumps({"sites": sites, "width": 320, "height": 180, "fps": 10}))
        argv = ["/usr/bin/python3", "-m", "diemcau.synthetic", "--config", str(config)]
        self.sites = Lines(self.network.host("sites"), argv, self.folder / "sites.log")

    def view(self, number: int, *options: str) -> Lines:
        url = self.front.url("whep", f"site/{number}")
        argv = [sys.executable, "-m", "diemcau.lab.viewer", "--whep", url, "--token", TOKEN]
        argv += ["--tones", "--numbers", "6,7,8,45", "--seconds", "40", *options]
        viewer = Lines(self.network.host("viewer"), argv, self.folder / "viewer.log")
        self._viewers.append(viewer)
        return viewer

    async def end_viewers(self) -> None:
        await asyncio.gather(*(viewer.end() for viewer in self._viewers))
        self._viewers.clear()


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with Network() as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    network: Network, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bench]:
    async with LabJanus(network.host("mcu")) as janus, Front(janus, network.address) as front:
        bench = Bench(network, janus, front, tmp_path_factory.mktemp("synthetic"))
        bench.publish()
        for number in (7, 2345):
            await bench.sites.until(is_state("live", number))
        yield bench
        await bench.sites.end()


@pytest_asyncio.fixture(loop_scope="module")
async def bench(running: Bench) -> AsyncIterator[Bench]:
    yield running
    await running.end_viewers()


async def test_the_viewer_names_the_site_it_sees_and_hears(bench: Bench) -> None:
    seven, other = bench.view(7), bench.view(2345)
    await seven.until(shows(7))
    sound = await seven.until(lambda e: e.get("event") == "sound" and e["tones"] == [7])
    assert sound["levels_db"]["7"] > -27
    await other.until(shows(2345))
    await other.until(lambda e: e.get("event") == "sound" and e["tones"] == [45])


async def test_frames_are_milliseconds_old_and_come_at_the_rate_set(bench: Bench) -> None:
    viewer = bench.view(7)
    for _ in range(5):
        age = await viewer.until(is_event("frame_age"), since=now() + 1)
        assert age["ms"] < 60
    stats = await viewer.until(lambda e: e.get("event") == "stats" and e["frames"] > 12)
    assert 9 <= stats["fps"] <= 11
    assert stats["packets_lost"] == 0


async def test_a_keyframe_asked_for_comes_with_the_next_frame(bench: Bench) -> None:
    """A second viewer can show nothing before a keyframe, and the encoder sends one per 10 s."""
    await bench.view(7).until(shows(7))
    late = bench.view(7)
    connected = await late.until(is_event("connected"))
    shown = await late.until(shows(7))
    assert shown["t"] - connected["t"] < 400


async def test_a_line_that_loses_packets_is_seen_and_mended(bench: Bench) -> None:
    viewer = bench.view(7, "--watchdog")
    await viewer.until(shows(7))
    host = bench.network.host("viewer")
    host.lossy(loss=0.08, delay_ms=20)
    try:
        lossy_since = now()
        age = await viewer.until(
            lambda e: e.get("event") == "frame_age" and e["ms"] >= 20, since=lossy_since
        )
        assert age["ms"] < 400
        await asyncio.sleep(3)
        assert host.wire_counts()["down_lost"] > 0
        await viewer.until(is_event("frame_age"), since=now(), seconds=3)
    finally:
        host.clean()


async def test_everyone_is_back_soon_after_the_media_server_was_killed(bench: Bench) -> None:
    viewer = bench.view(7, "--reconnect", "--watchdog")
    await viewer.until(shows(7))
    killed = now()
    await bench.janus.kill()
    await bench.janus.start()
    await bench.sites.until(is_state("failed"), since=killed)
    live = await bench.sites.until(is_state("live"), since=killed)
    await viewer.until(is_event("reconnected"), since=killed)
    frame = await viewer.until(is_event("frame_age"), since=live["at"] - 50)
    assert live["at"] - killed < 2500
    assert frame["t"] - killed < 4000


async def test_a_site_told_to_reconnect_does_so_and_others_stay(bench: Bench) -> None:
    asked = now()
    bench.sites.order({"reconnect": "26-07-007"})
    failed = await bench.sites.until(is_state("failed"), since=asked)
    assert failed["reason"] == "reconnect asked for"
    live = await bench.sites.until(is_state("live"), since=asked)
    assert live["at"] - asked < 2000
    assert not [e for e in bench.sites.events if e.get("site") == 2345 and e["at"] >= asked]


async def test_an_order_that_makes_no_sense_is_answered(bench: Bench) -> None:
    asked = now()
    bench.sites.order("bật camera")
    answer = await bench.sites.until(lambda e: "error" in e, since=asked)
    assert "reconnect" in answer["error"]


async def test_a_viewer_without_the_right_token_says_so(bench: Bench) -> None:
    url = bench.front.url("whep", "site/7")
    argv = [sys.executable, "-m", "diemcau.lab.viewer", "--whep", url, "--token", "wrong"]
    process = await asyncio.to_thread(
        subprocess.run,
        bench.network.host("viewer").command(argv),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert process.returncode == 1
    assert "401" in process.stderr
    assert "Traceback" not in process.stderr
