"""Synthetic sites of a test: started on a host, and waited for by what they report."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from diemcau.lab.errors import LabError
from diemcau.lab.net import Host
from diemcau.lab.watching import now_ms

Event = dict[str, Any]
SOURCE = Path(__file__).parents[2] / "src"
_SYSTEM_PYTHON = "/usr/bin/python3"
_LINE_MAX = 1 << 20


class Sites:
    """A process of synthetic sites on a host, which reports in JSON lines.

    `events` has all of them; each got ``"at"``, the time it was read (ms of CLOCK_MONOTONIC).
    """

    def __init__(self, host: Host, argv: Sequence[str], log: Path) -> None:
        self.events: list[Event] = []
        self._log = log
        self._news = asyncio.Condition()
        self._ended = False
        self.process = host.spawn(
            argv,
            env={"PYTHONPATH": str(SOURCE)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            log=log,
        )
        self._task = asyncio.create_task(self._read())

    async def until(
        self, wanted: Callable[[Event], bool], *, since: float = 0, seconds: float = 10
    ) -> Event:
        """Return the first event from a time (ms) on that is wanted, waiting for it.

        Raises LabError when it does not come in time or the process ends first.
        """
        seen = 0
        try:
            async with asyncio.timeout(seconds), self._news:
                while True:
                    for event in self.events[seen:]:
                        if event["at"] >= since and wanted(event):
                            return event
                    seen = len(self.events)
                    if self._ended:
                        raise LabError(f"the process ended; its log is {self._log}")
                    await self._news.wait()
        except TimeoutError:
            last = self.events[-3:]
            raise LabError(f"no such event in {seconds} s; the last ones: {last}") from None

    def find(self, wanted: Callable[[Event], bool], *, since: float = 0) -> list[Event]:
        """Return the wanted events that have come from a time (ms) on."""
        return [event for event in self.events if event["at"] >= since and wanted(event)]

    def order(self, order: Mapping[str, object]) -> None:
        """Send an order as a JSON line, such as ``{"reconnect": "*"}``."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()

    async def end(self) -> None:
        """Ask the process to end, and wait for it."""
        self.process.terminate()
        try:
            await asyncio.to_thread(self.process.wait, 5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            await asyncio.to_thread(self.process.wait)
        await self._task

    async def _read(self) -> None:
        assert self.process.stdout is not None
        reader = asyncio.StreamReader(limit=_LINE_MAX)
        protocol = asyncio.StreamReaderProtocol(reader)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: protocol, self.process.stdout)
        with contextlib.closing(transport):
            while line := await reader.readline():
                await self._take(line)
        async with self._news:
            self._ended = True
            self._news.notify_all()

    async def _take(self, line: bytes) -> None:
        try:
            event = json.loads(line)
        except ValueError:
            return  # a warning of some library, which the log has no place for
        async with self._news:
            self.events.append({"at": now_ms(), **event})
            self._news.notify_all()


def start_sites(
    host: Host,
    sites: Iterable[Mapping[str, object]],
    folder: Path,
    *,
    name: str = "sites",
    **settings: object,
) -> Sites:
    """Start synthetic sites on a host, in one process.

    A site is ``{"number", "name", "code", "whip", "token"}`` and, to play, ``"whep"``; `settings`
    are ``width``, ``height``, ``fps``, ``bitrate``, ``play``. `folder` gets configuration and log.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / f"{name}.json"
    data = {"sites": [dict(site) for site in sites], **settings}
    config.touch(mode=0o600)  # it holds tokens
    config.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    argv = [_SYSTEM_PYTHON, "-m", "diemcau.synthetic", "--config", str(config)]
    return Sites(host, argv, folder / f"{name}.log")


def is_state(state: str, number: int) -> Callable[[Event], bool]:
    """Match a change in the state of what a synthetic site publishes (not of what it plays)."""

    def matches(event: Event) -> bool:
        return event.get("state") == state and event.get("site") == number and "play" not in event

    return matches
