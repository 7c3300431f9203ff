"""Processes that stand apart: started, spoken to over a Unix socket, found again later."""

import asyncio
import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

import diemcau
from diemcau.mcu.process import Process
from diemcau.ports.media import MediaError
from diemcau.wire import Peer, RemoteError

log = structlog.get_logger(__name__)

SYSTEM_PYTHON = "/usr/bin/python3"
STARTS_WITHIN_S = 30.0
LOOK_AGAIN_S = 0.02
MOST_MISSED = 3
"""So many answers in a row that did not come are the end of a process that lives."""


def environment() -> dict[str, str]:
    """What the system's Python needs to find the modules that stand apart."""
    source = Path(diemcau.__file__).parent.parent
    return {**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}


class Apart:
    """One process of ``diemcau.<name>``. ``folder`` holds its socket, pid and log; ``on_event`` is
    told the lines that answer nothing, ``on_end`` that it died; ``python`` runs it."""

    def __init__(
        self,
        name: str,
        folder: Path,
        on_event: Callable[[dict[str, Any]], None],
        on_end: Callable[[], None],
        python: str = SYSTEM_PYTHON,
    ) -> None:
        self.name = name
        self._python = python
        self.folder = folder
        self._on_event = on_event
        self._on_end = on_end
        self._socket_file = folder / f"{name}.sock"
        self._pid_file = folder / "pid"
        self._process: Process | None = None
        self._peer: Peer | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._life: asyncio.Task[None] | None = None
        self._missed, self._missed_at = 0, 0.0

    @property
    def running(self) -> bool:
        return self._peer is not None

    @property
    def silent(self) -> str:
        """The code of an answer that did not come."""
        return f"{self.name}-timeout"

    def arguments(self) -> list[str]:
        """What its command line has beside the socket."""
        return []

    async def find_or_start(self) -> bool:
        """Connect to the process an earlier agent left running, else start one; True if found."""
        self._process = self._find()
        found = self._process is not None
        if self._process is None:
            self._process = await self._start()
        try:
            reader = await self._connect(self._process)
        except MediaError:
            await self._process.stop()
            raise
        self._life = asyncio.create_task(self._live(self._process, reader))
        return found

    async def call(
        self, method: str, params: dict[str, Any], timeout_s: float = 5
    ) -> dict[str, Any]:
        """Ask it; raises ``MediaError`` with its code. One that hangs is ended in the end, to be
        made anew as if it had died."""
        if self._peer is None:
            raise MediaError(f"{self.name}-gone", f"the {self.name} process is not running")
        asked_at = asyncio.get_running_loop().time()
        try:
            result: dict[str, Any] = await self._peer.call(method, params, timeout=timeout_s)
        except RemoteError as error:
            self._missed = 0
            raise MediaError(error.code, str(error)) from error
        except OSError as error:  # also a TimeoutError
            if isinstance(error, TimeoutError):
                await self._miss(asked_at)
            raise MediaError(self.silent, f"no answer to {method}") from error
        self._missed = 0
        return result

    async def _miss(self, asked_at: float) -> None:
        """An answer did not come; those that were waited for beside count as one."""
        if asked_at < self._missed_at or self._process is None:
            return
        self._missed, self._missed_at = self._missed + 1, asyncio.get_running_loop().time()
        if self._missed >= MOST_MISSED:
            log.error("a process does not answer; ending it", process=self.name)
            await self._process.stop()

    async def stop(self) -> None:
        """End it; who waits for an answer is told."""
        self.leave()
        if self._peer is not None:
            self._peer.close()
            self._peer = None
        if self._process is not None:
            await self._process.stop()

    def leave(self) -> None:
        """Hear no more of it; the process goes on."""
        if self._life is not None:
            self._life.cancel()
        if self._writer is not None:
            self._writer.close()

    def _find(self) -> Process | None:
        with contextlib.suppress(OSError, ValueError):
            return Process.adopt(int(self._pid_file.read_text()), str(self._socket_file))
        return None

    async def _start(self) -> Process:
        self._socket_file.unlink(missing_ok=True)
        process = await Process.start(
            [
                self._python, "-m", f"diemcau.{self.name}",
                "--socket", str(self._socket_file),
                *self.arguments(),
            ],
            self.folder / f"{self.name}.log",
            env=environment(),
        )  # fmt: skip
        self._pid_file.write_text(str(process.pid))
        return process

    async def _connect(self, process: Process) -> asyncio.StreamReader:
        loop = asyncio.get_running_loop()
        until = loop.time() + STARTS_WITHIN_S
        while loop.time() < until and not process.ended.is_set():
            try:
                reader, self._writer = await asyncio.open_unix_connection(
                    str(self._socket_file), limit=2**22
                )
            except OSError:
                await asyncio.sleep(LOOK_AGAIN_S)
                continue
            self._peer = Peer(self._send)
            return reader
        file = self.folder / f"{self.name}.log"
        raise MediaError(f"{self.name}-start", f"the {self.name} process did not start; see {file}")

    async def _send(self, text: str) -> None:
        assert self._writer is not None
        self._writer.write(text.encode() + b"\n")
        await self._writer.drain()

    async def _live(self, process: Process, line: asyncio.StreamReader | None) -> None:
        """Until it has died, and what it said last is heard."""
        while line is not None:
            await self._read(line)
            line = await self._mend(process)
        await process.ended.wait()
        self._peer = None
        self._on_end()

    async def _mend(self, process: Process) -> asyncio.StreamReader | None:
        """The line has ended, with the process or alone. What a process has open belongs to its
        line: so it is ended, and all of it made anew. Gives the line that goes on, if one does."""
        await process.stop()
        return None

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Until the line ends."""
        assert self._peer is not None
        assert self._writer is not None
        with contextlib.suppress(OSError, ValueError):  # it broke, or is longer than any line
            while line := await reader.readline():
                self._take(line, self._peer)
        self._peer.close()
        self._writer.close()

    def _take(self, line: bytes, peer: Peer) -> None:
        """One line; what comes of it does not end the reading."""
        try:
            message = json.loads(line)
            if "event" in message:
                self._on_event(message)
            else:
                peer.receive(line.decode())
        except Exception:
            log.exception("a line not taken in", process=self.name, line=line[:200])
