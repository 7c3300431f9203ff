"""Two MCUs, a parent and a child, for the contract of ``ports.media``: in memory, and in Janus."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

from diemcau.domain.resources import Key, Resource
from diemcau.lab.lateness import less_lateness, tell_lateness
from diemcau.lab.marks import Luma
from diemcau.lab.receive import Reception, now_ms
from diemcau.mcu.media import JanusMedia
from diemcau.mcu.program import Program
from diemcau.mcu.reconciler import Reconciler
from diemcau.ports.media import Media
from diemcau.testing import FakeHost, FakeMedia
from diemcau.testing.samples import OFFER
from tests.offers import accept, is_up, publisher

PARENT, CHILD, CONFERENCE = "A", "B", "c1"
BRIGHTNESS = {"s1": 60, "s2": 130, "s3": 200, "s1.content": 170}
"""What the sites' plain pictures are told from."""

Expected = Callable[[Key], Resource | None]


class StartedMedia(Media, Protocol):
    async def start(self) -> None: ...

    async def leave(self) -> None: ...


class Node:
    """A driver and its reconciler: an agent without its wire."""

    def __init__(self, make: Callable[[Expected, Callable[[], None]], StartedMedia]) -> None:
        self.media = make(lambda key: self.reconciler.expected(key), lambda: self.reconciler.wake())
        self.reconciler = Reconciler(self.media)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self.media.start()
        self._task = asyncio.create_task(self.reconciler.run())

    async def leave(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.media.leave()

    def has(self, *key: str) -> bool:
        return any(resource.key == key for resource in self.media.observed)


class Watch(Protocol):
    """Somebody who looks at a feed of the parent."""

    def shows(self, site: str) -> bool:
        """Whether this site is in the newest picture; "" is: no picture comes."""
        ...

    def longest_gap_ms(self, since: float) -> float: ...


class Rig(ABC):
    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}

    async def __aenter__(self) -> Rig:
        for name in (PARENT, CHILD):
            await self.enter(name)
        return self

    async def __aexit__(self, *_: object) -> None:
        for node in self.nodes.values():
            await node.leave()

    async def enter(self, name: str) -> None:
        """An agent begins, on whatever is there."""
        self.nodes[name] = Node(lambda expected, changed: self.make(name, expected, changed))
        await self.nodes[name].start()

    async def relay(self, to: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
        return await self.nodes[to].media.request(method, params)

    def desire(self, name: str, *resources: Resource) -> None:
        self.nodes[name].reconciler.desire(resources)

    def request(self, name: str, method: str, **params: Any) -> Any:
        return self.nodes[name].media.request(method, {"conference": CONFERENCE, **params})

    async def settled(self) -> None:
        """Until every MCU is as it shall be."""
        await until(lambda: all(node.reconciler.settled for node in self.nodes.values()), "settled")

    @abstractmethod
    def make(self, name: str, expected: Expected, changed: Callable[[], None]) -> StartedMedia: ...

    @abstractmethod
    async def join(self, site: str, session: str) -> None:
        """The site publishes at the child."""

    @abstractmethod
    async def part(self, site: str) -> None:
        """The site's connection ends without a word."""

    @abstractmethod
    async def watch(self, feed: str) -> Watch: ...

    @abstractmethod
    def handles(self, name: str) -> frozenset[int]: ...

    @abstractmethod
    def kill(self, name: str) -> None:
        """The media server dies; it will come up again."""

    @abstractmethod
    def offer(self) -> str: ...


async def until(condition: Callable[[], bool], what: str, timeout: float = 10) -> None:
    try:
        async with asyncio.timeout(timeout):
            while not condition():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"not within {timeout} s: {what}") from None


class FakeRig(Rig):
    def __init__(self) -> None:
        super().__init__()
        self.world: dict[str, FakeHost] = {}
        for name in (PARENT, CHILD):
            FakeHost(name, self.world)

    def make(self, name: str, expected: Expected, changed: Callable[[], None]) -> FakeMedia:
        return FakeMedia(self.world[name], self.relay, expected, changed)

    async def join(self, site: str, session: str) -> None:
        params = {"site": site, "session": session, "offer": self.offer()}
        await self.request(CHILD, "whip.publish", **params)

    async def part(self, site: str) -> None:
        self.world[CHILD].hang_up(("publisher", CONFERENCE, site))

    async def watch(self, feed: str) -> Watch:
        return _FakeWatch(self.world[PARENT], feed)

    def handles(self, name: str) -> frozenset[int]:
        return self.world[name].handles

    def kill(self, name: str) -> None:
        self.world[name].die()

    def offer(self) -> str:
        return OFFER


class _FakeWatch:
    def __init__(self, host: FakeHost, feed: str) -> None:
        self._host, self._feed = host, feed

    def shows(self, site: str) -> bool:
        return self._host.shows(CONFERENCE, self._feed) == site

    def longest_gap_ms(self, since: float) -> float:
        return 0.0


class JanusRig(Rig):
    """Two Januses on this machine, at an address at which Janus does ICE."""

    def __init__(self, folder: Path, address: str) -> None:
        super().__init__()
        self._folder, self._address = folder, address
        self._stack = AsyncExitStack()
        self._sites: dict[str, AsyncExitStack] = {}
        self._media: dict[str, JanusMedia] = {}

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        for site in self._sites.values():
            await site.aclose()
        for media in self._media.values():
            await media.stop()
        await super().__aexit__()

    def make(self, name: str, expected: Expected, changed: Callable[[], None]) -> JanusMedia:
        self._media[name] = JanusMedia(
            name,
            self._folder / name,
            self._address,
            self.relay,
            expected,
            changed,
            _ignore,
            0,
            Program(),
        )
        return self._media[name]

    async def join(self, site: str, session: str) -> None:
        stack = self._sites[site] = AsyncExitStack()
        connection, offer = await stack.enter_async_context(publisher(BRIGHTNESS[site]))
        reply = await self.request(
            CHILD, "whip.publish", site=site, session=session, offer=offer, replace=True
        )
        await accept(connection, reply["answer"])
        await is_up(connection)

    async def part(self, site: str) -> None:
        await self._sites.pop(site).aclose()

    async def watch(self, feed: str) -> Watch:
        watch = _Watch()
        session = f"watch-{time.monotonic_ns()}"
        reply = await self.request(PARENT, "whep.play", session=session, site="", feed=feed)
        answer = await watch.reception.answer(reply["offer"])
        await self.request(PARENT, "whep.answer", session=session, answer=answer)
        self._stack.push_async_callback(watch.close)
        return watch

    def handles(self, name: str) -> frozenset[int]:
        held = self._media[name].present.held
        return frozenset(one.handle.number for one in held if one.handle is not None)

    def kill(self, name: str) -> None:
        life = json.loads((self._folder / name / "janus" / "life.json").read_text())
        os.kill(life["pid"], signal.SIGKILL)

    def offer(self) -> str:
        return OFFER


class _Watch:
    def __init__(self) -> None:
        self.reception = Reception(self._on_picture, lambda samples, now: None)
        self._frames: list[tuple[float, int]] = []
        self._late: list[dict[str, Any]] = []
        self._lateness = asyncio.create_task(tell_lateness(self._on_late))

    async def close(self) -> None:
        self._lateness.cancel()
        await self.reception.close()

    def shows(self, site: str) -> bool:
        fresh = [level for at, level in self._frames if at > now_ms() - 300]
        if not site:
            return not fresh
        return bool(fresh) and abs(fresh[-1] - BRIGHTNESS[site]) < 20

    def longest_gap_ms(self, since: float) -> float:
        times = [since, *(at for at, _ in self._frames if at > since), now_ms()]
        return max(less_lateness(at, later, self._late) for at, later in pairwise(times))

    def _on_late(self, ms: float) -> None:
        """The site, whoever watches it and the agents share a loop: what it was late, all were."""
        self._late.append({"event": "late", "t": now_ms(), "ms": ms})

    def _on_picture(self, luma: Luma, now: float) -> None:
        self._frames.append((now, int(luma[luma.shape[0] // 2, luma.shape[1] // 2])))


def _ignore(_name: str, _params: dict[str, Any]) -> None:
    pass
