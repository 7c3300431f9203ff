"""The agent's side of a still: what is forwarded is ended, whoever left is not shown, and a process
that dies or hangs is followed by another."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from diemcau.domain.resources import Publisher, Room
from diemcau.domain.stills import Pace
from diemcau.mcu import stills
from diemcau.mcu.ground import Forward, Ground
from diemcau.mcu.janus import JanusError
from diemcau.mcu.present import Held, Mids, Present
from diemcau.ports.media import MediaError

Json = dict[str, Any]
PORT, PLI = 4000, 5000


async def no_relay(to: str, method: str, params: Json) -> Json:
    raise AssertionError("stills ask no other MCU")


class FakeGround(Ground):
    """Janus, as far as forwards go: ``forwarded`` are those there are."""

    def __init__(self) -> None:
        super().__init__("bac", Present(lambda: None), no_relay)
        self.forwarded: list[Forward] = []
        self.asked: list[str] = []
        self.refuse = False

    async def ask(self, request: str, **body: Any) -> Json:
        assert request == "rtp_forward"
        if self.refuse:
            raise JanusError(428, "no such feed")
        [stream] = body["streams"]
        self.asked.append(body["publisher_id"])
        number = len(self.asked)
        self.forwarded.append(Forward(body["publisher_id"], number, stream["port"], stream["pt"]))
        return {"forwarders": [{"stream_id": number, "local_rtcp_port": PLI}]}

    async def forwards(self, conference: str) -> list[Forward]:
        return list(self.forwarded)

    async def stop_forward(self, conference: str, feed: str, stream: int) -> None:
        self.forwarded = [f for f in self.forwarded if (f.feed, f.stream) != (feed, stream)]


@dataclass
class FakeProcess:
    """Answers a take by ``answer``; each process that is started is in ``started``."""

    on_end: Callable[[], None]
    answer: Callable[[Json], Any]
    running: bool = True
    silent: str = "stills-timeout"
    stopped: bool = False
    takes: list[Json] = field(default_factory=list)

    async def find_or_start(self) -> bool:
        return False

    async def call(self, method: str, params: Json) -> Json:
        if method == "status":
            return {"port": PORT}
        self.takes.append(params)
        return {"jpeg": await self.answer(params)}

    async def stop(self) -> None:
        self.stopped, self.running = True, False

    def die(self) -> None:
        self.running = False
        self.on_end()


class Rig:
    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ground = FakeGround()
        self.processes: list[FakeProcess] = []
        self.delivered: asyncio.Queue[Json] = asyncio.Queue()
        self.started = asyncio.Event()
        monkeypatch.setattr(stills, "Apart", self._start)
        monkeypatch.setattr(stills, "RESTART_S", 0)
        self.pace = Pace(every_s=1000, most_per_s=10_000, at_once=3)
        self._folder = folder

    async def answer(self, _params: Json) -> str:
        return "picture"

    def join(self, site: str, session: str = "1", mids: Mids = Mids()) -> Held:  # noqa: B008
        return self.ground.present.put(Held(Publisher("c1", site, session), mids=mids))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[stills.Stills]:
        made = stills.Stills(
            self.ground,
            self._folder,
            self.delivered.put,
            self.pace,
        )
        self.ground.present._changed = made.wake
        task = asyncio.create_task(made.run())
        try:
            yield made
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def next(self) -> Json:
        async with asyncio.timeout(5):
            return await self.delivered.get()

    async def until(self, condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0)

    def _start(self, _name: str, _folder: Path, _event: Any, on_end: Any) -> FakeProcess:
        self.processes.append(FakeProcess(on_end, lambda params: self.answer(params)))
        return self.processes[-1]


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    return Rig(tmp_path, monkeypatch)


async def test_a_still_of_every_site_is_delivered_and_nothing_stays_forwarded(rig: Rig) -> None:
    for number in range(7):
        rig.join(f"s-{number}")
    async with rig.running():
        came = [await rig.next() for _ in range(7)]
        await rig.until(lambda: not rig.ground.forwarded)
    assert sorted(still["site"] for still in came) == [f"s-{number}" for number in range(7)]
    assert came[0] == {"conference": "c1", "site": "s-0", "jpeg": "picture"}
    ssrcs = {take["ssrc"] for take in rig.processes[0].takes}
    assert len(ssrcs) == 7
    assert all(take["pli"] == ["127.0.0.1", PLI] for take in rig.processes[0].takes)


async def test_no_process_is_started_before_somebody_sends_a_picture(rig: Rig) -> None:
    rig.join("s-sound", mids=Mids("0", ""))
    silent = rig.join("s-silent")
    rig.ground.present.set_missed(silent, True)
    async with rig.running():
        for _ in range(20):
            await asyncio.sleep(0)
        assert rig.processes == []
        rig.ground.present.set_missed(silent, False)
        assert (await rig.next())["site"] == "s-silent"


async def test_only_so_many_are_taken_at_the_same_time(rig: Rig) -> None:
    go = asyncio.Event()

    async def slow(_params: Json) -> str:
        await go.wait()
        return "picture"

    rig.answer = slow  # type: ignore[method-assign]
    for number in range(8):
        rig.join(f"s-{number}")
    async with rig.running():
        await rig.until(lambda: len(rig.ground.forwarded) == 3)
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(rig.ground.asked) == 3
        go.set()
        for _ in range(8):
            await rig.next()


async def test_a_still_of_a_site_that_has_left_is_thrown_away(rig: Rig) -> None:
    rig.pace = Pace(every_s=1000, most_per_s=10_000, at_once=1)
    held = rig.join("s-1")

    async def leaves(_params: Json) -> str:
        rig.ground.present.drop(held.resource.key)
        rig.join("s-1", session="2")
        rig.answer = Rig.answer.__get__(rig)  # type: ignore[method-assign]
        rig.join("s-2")
        return "of the first session"

    rig.answer = leaves  # type: ignore[method-assign]
    async with rig.running():
        assert (await rig.next())["site"] == "s-2"
        assert rig.ground.asked == ["site/s-1", "site/s-2"]


@pytest.mark.parametrize("code", ["no-keyframe", "undecodable"])
async def test_a_site_without_a_keyframe_holds_up_nobody(code: str, rig: Rig) -> None:
    async def refuse_one(_params: Json) -> str:
        if rig.ground.asked[-1] == "site/s-1":
            raise MediaError(code)
        return "picture"

    rig.pace = Pace(every_s=1000, most_per_s=10_000, at_once=1)
    rig.answer = refuse_one  # type: ignore[method-assign]
    rig.join("s-1")
    rig.join("s-2")
    async with rig.running():
        assert (await rig.next())["site"] == "s-2"
        await rig.until(lambda: not rig.ground.forwarded)
    assert not rig.processes[0].stopped


async def test_a_feed_that_janus_does_not_know_is_passed_over(rig: Rig) -> None:
    rig.ground.refuse = True
    rig.join("s-1")
    async with rig.running():
        await rig.until(lambda: rig.processes)
        for _ in range(20):
            await asyncio.sleep(0)
        rig.ground.refuse = False
        rig.join("s-2")
        assert (await rig.next())["site"] == "s-2"


async def test_after_a_death_another_process_takes_over(rig: Rig) -> None:
    rig.join("s-1")
    async with rig.running():
        await rig.next()
        rig.processes[0].die()
        await rig.until(lambda: len(rig.processes) == 2)
        rig.join("s-2")
        assert (await rig.next())["site"] == "s-2"


async def test_a_process_that_hangs_is_ended_and_followed_by_another(rig: Rig) -> None:
    async def hangs(_params: Json) -> str:
        raise MediaError("stills-timeout")

    rig.answer = hangs  # type: ignore[method-assign]
    rig.join("s-1")
    async with rig.running():
        await rig.until(lambda: len(rig.processes) == 2)
        assert rig.processes[0].stopped
        assert rig.ground.forwarded == []


async def test_what_a_dead_agent_left_forwarded_is_ended_and_nothing_else(rig: Rig) -> None:
    rig.ground.present.put(Held(Room("c1")))
    mixers = Forward("site/s-1", 91, 20000, 107)
    rig.ground.forwarded = [Forward("site/s-1", 90, 3999, stills.STILL_PT), mixers]
    rig.join("s-1")
    async with rig.running():
        await rig.next()
        await rig.until(lambda: rig.ground.forwarded == [mixers])
