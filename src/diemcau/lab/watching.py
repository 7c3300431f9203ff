"""A viewer process on a host of the laboratory, and what it has seen so far."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, Self

from diemcau.lab.errors import LabError
from diemcau.lab.signals import send

Event = dict[str, Any]


class CommandHost(Protocol):
    """Whatever turns a command into one that runs on a certain host."""

    def command(self, argv: Sequence[str], env: Mapping[str, str] | None = None) -> list[str]: ...


class Watching:
    """``async with Watching(host, whep, token, …) as viewer: await viewer.shows(7)``."""

    def __init__(
        self,
        host: CommandHost,
        whep: str,
        token: str,
        *,
        panes: str = "full",
        numbers: Sequence[int] = (),
        options: Sequence[str] = ("--reconnect", "--watchdog"),
    ) -> None:
        hearing = ["--tones", "--numbers", ",".join(map(str, numbers))] if numbers else []
        argv = [sys.executable, "-m", "diemcau.lab.viewer", "--whep", whep, "--token", token]
        self._argv = host.command([*argv, "--panes", panes, *hearing, *options])
        self.events: list[Event] = []
        self._changed = asyncio.Condition()
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *self._argv, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            send([self._process.pid], signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), 5)
        except TimeoutError:
            send([self._process.pid], signal.SIGKILL)
        if self._reader is not None:
            await self._reader

    def last(self, event: str) -> Event | None:
        return next((e for e in reversed(self.events) if e["event"] == event), None)

    @property
    def panes(self) -> list[int | None]:
        """The site numbers read from the panes of the newest picture."""
        seen = self.last("picture")
        return list(seen["panes"]) if seen else []

    @property
    def tones(self) -> set[int]:
        heard = self.last("sound")
        return set(heard["tones"]) if heard else set()

    async def until(
        self, condition: Callable[[Event], Any], what: str, *, since: float = 0, timeout: float = 10
    ) -> Event:
        """The first event at or after ``since`` (``now_ms``) that satisfies the condition."""
        seen = 0
        try:
            async with asyncio.timeout(timeout), self._changed:
                while True:
                    for event in self.events[seen:]:
                        if event["t"] >= since and condition(event):
                            return event
                    seen = len(self.events)
                    await self._changed.wait()
        except TimeoutError:
            lost = self.last("lost")
            why = f"; {lost['reason']}" if lost else ""
            raise LabError(
                f"viewer: not within {timeout} s: {what}; last: {self.panes}{why}"
            ) from None

    async def shows(self, *numbers: int | None, since: float = 0, timeout: float = 10) -> Event:
        """The picture with exactly these sites in its panes."""
        wanted = list(numbers)
        return await self.until(
            lambda e: e["event"] == "picture" and e["panes"] == wanted,
            f"picture of {wanted}",
            since=since,
            timeout=timeout,
        )

    async def hears(self, number: int, since: float = 0, timeout: float = 10) -> Event:
        return await self.until(
            lambda e: e["event"] == "sound" and number in e["tones"],
            f"the tone of site {number}",
            since=since,
            timeout=timeout,
        )

    async def hears_no_more(self, number: int, timeout: float = 10) -> None:
        """Until this site's tone has died away: only then can it be heard to begin."""
        await self._comes_to(lambda: number not in self.tones, f"site {number} silent", timeout)

    async def shows_now(self, *numbers: int | None, timeout: float = 10) -> None:
        """Until the newest picture has exactly these sites in its panes."""
        wanted = list(numbers)
        await self._comes_to(lambda: self.panes == wanted, f"picture of {wanted}", timeout)

    async def _comes_to(self, condition: Callable[[], bool], what: str, timeout: float) -> None:
        try:
            async with asyncio.timeout(timeout), self._changed:
                while not condition():
                    await self._changed.wait()
        except TimeoutError:
            last = f"{self.panes}, {sorted(self.tones)}"
            raise LabError(f"viewer: not within {timeout} s: {what}; last: {last}") from None

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                async with self._changed:
                    self.events.append(event)
                    self._changed.notify_all()


def now_ms() -> float:
    """The clock of a viewer's events."""
    return time.monotonic() * 1000
