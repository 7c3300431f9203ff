"""Synthetic sites and viewers over a bare Janus: each checks the other."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

import pytest
import pytest_asyncio

from diemcau.lab.front import TOKEN, Front
from diemcau.lab.janus import LabJanus
from diemcau.lab.net import Network
from diemcau.lab.watching import Event, Watching, now_ms
from tests.media.sites_rig import Sites, is_state, start_sites

pytestmark = [pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]


class Bench:
    """Two sites, one Janus, and viewers on request."""

    def __init__(self, network: Network, janus: LabJanus, front: Front, folder: Path) -> None:
        self.network, self.janus, self.front, self.folder = network, janus, front, folder
        self.sites: Sites
        self._viewers = AsyncExitStack()

    def publish(self) -> None:
        names = {7: "UBND xã Đạo Đức", 2345: "Sở Thông tin và Truyền thông"}
        sites = [
            {
                "number": number,
                "name": name,
                "code": f"26-07-{number:03}",
                "whip": self.front.url("whip", f"site/{number}"),
                "whep": self.front.url("whep", "site/7"),
                "token": TOKEN,
            }
            for number, name in names.items()
        ]
        host = self.network.host("sites")
        self.sites = start_sites(host, sites, self.folder, width=320, height=180, play=True)

    async def view(self, number: int, *options: str) -> Watching:
        url = self.front.url("whep", f"site/{number}")
        host = self.network.host("viewer")
        watching = Watching(host, url, TOKEN, numbers=[6, 7, 8, 45], options=options)
        return await self._viewers.enter_async_context(watching)

    async def end_viewers(self) -> None:
        await self._viewers.aclose()


def named(name: str) -> Callable[[Event], bool]:
    return lambda event: event["event"] == name


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
    seven, other = await bench.view(7), await bench.view(2345)
    await seven.shows(7)
    sound = await seven.hears(7)
    assert sound["tones"] == [7]
    assert sound["levels_db"]["7"] > -27
    await other.shows(2345)
    assert (await other.hears(45))["tones"] == [45]


async def test_frames_are_milliseconds_old_and_come_at_the_rate_set(bench: Bench) -> None:
    viewer = await bench.view(7)
    ages = []
    for _ in range(5):
        age = await viewer.until(named("frame_age"), "a frame", since=now_ms())
        ages.append(age["ms"])
    assert median(ages) < 60, ages
    first = await viewer.until(lambda e: e["event"] == "stats" and e["frames"] > 12, "statistics")
    later = await viewer.until(named("stats"), "statistics", since=first["t"] + 2500)
    frames, seconds = later["frames"] - first["frames"], (later["t"] - first["t"]) / 1000
    assert 9 <= frames / seconds <= 11
    assert later["packets_lost"] == 0


async def test_a_keyframe_asked_for_comes_with_the_next_frame(bench: Bench) -> None:
    """Another viewer can show nothing before a keyframe, and the encoder sends one per 10 s."""
    await (await bench.view(7)).shows(7)
    waited = []
    for _ in range(3):
        late = await bench.view(7)
        connected = await late.until(named("connected"), "a connection")
        shown = await late.shows(7)
        waited.append(shown["t"] - connected["t"])
    assert median(waited) < 400, waited


async def test_a_line_that_loses_packets_is_seen_and_mended(bench: Bench) -> None:
    viewer = await bench.view(7, "--watchdog")
    await viewer.shows(7)
    host = bench.network.host("viewer")
    host.lossy(loss=0.08, delay_ms=20)
    try:
        delayed = await viewer.until(
            lambda e: e["event"] == "frame_age" and e["ms"] >= 20, "delay", since=now_ms()
        )
        assert delayed["ms"] < 400
        await asyncio.sleep(3)
        assert host.wire_counts()["down_lost"] > 0
        await viewer.until(named("frame_age"), "a frame", since=now_ms(), timeout=3)
    finally:
        host.clean()


async def test_everyone_is_back_after_the_media_server_was_killed(bench: Bench) -> None:
    viewer = await bench.view(7, "--reconnect", "--watchdog")
    await viewer.shows(7)
    killed = now_ms()
    await bench.janus.kill()
    await bench.janus.start()
    await bench.sites.until(is_state("failed", 7), since=killed)
    live = await bench.sites.until(is_state("live", 7), since=killed)
    await viewer.until(named("reconnected"), "a new session", since=killed)
    await viewer.until(named("frame_age"), "a frame", since=live["at"] - 50)


async def test_a_site_told_to_reconnect_does_so_and_others_stay(bench: Bench) -> None:
    asked = now_ms()
    bench.sites.order({"reconnect": "26-07-007"})
    failed = await bench.sites.until(is_state("failed", 7), since=asked)
    assert failed["reason"] == "reconnect asked for"
    await bench.sites.until(is_state("live", 7), since=asked)
    assert not bench.sites.find(is_state("failed", 2345), since=asked)


def is_playing(event: Event) -> bool:
    return event.get("play") is True and event["state"] == "live"


async def test_a_site_that_plays_receives_the_programme(bench: Bench) -> None:
    playing = await bench.sites.until(is_playing)
    assert playing["site"] in (7, 2345)


async def test_an_order_that_makes_no_sense_is_answered(bench: Bench) -> None:
    asked = now_ms()
    bench.sites.order({"bật": "camera"})
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
