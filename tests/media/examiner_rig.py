"""The examiner's process in a test, and connections to it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from diemcau.mcu.apart import environment
from diemcau.wire import Peer


class Examiner:
    """The process, and connections to it."""

    def __init__(self, folder: Path, spawn: Callable[..., Any] = subprocess.Popen) -> None:
        self._socket = folder / "examiner.sock"
        self._tasks: list[asyncio.Task[None]] = []
        self.writers: list[asyncio.StreamWriter] = []
        argv = [sys.executable, "-m", "diemcau.examiner", "--socket", str(self._socket)]
        self.process = spawn(argv, env=environment())

    async def connect(self) -> Peer:
        reader, writer = await self._open()

        async def send(text: str) -> None:
            writer.write(text.encode() + b"\n")

        peer = Peer(send)

        async def read() -> None:
            while line := await reader.readline():
                peer.receive(line.decode())
            peer.close()

        self._tasks.append(asyncio.create_task(read()))
        self.writers.append(writer)
        return peer

    async def raw(self, line: bytes) -> dict[str, Any]:
        reader, writer = await self._open()
        writer.write(line + b"\n")
        answer: dict[str, Any] = json.loads(await reader.readline())
        writer.close()
        return answer

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while True:
            try:
                return await asyncio.open_unix_connection(str(self._socket))
            except OSError:
                assert self.process.poll() is None
                await asyncio.sleep(0.02)

    def leave(self) -> None:
        for writer in self.writers:
            writer.close()
        self.writers.clear()
