"""A process that stands apart and does nothing, with its socket in the hands of a test."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class Idle:
    """Found by whoever looks in ``folder`` for a process of that name. ``answers``: to what it is
    asked, by method (``{}`` to all else, and nothing to ``hangs``); ``asked``: what it was."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self._socket = str(folder / f"{name}.sock")
        self.answers: dict[str, Json] = {}
        self.asked: list[tuple[str, Json]] = []
        self._lines: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

    async def open(self, stack: AsyncExitStack) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-S", "-c", "import sys; sys.stdin.read()", self._socket, stdin=PIPE
        )
        stack.push_async_callback(self.die)
        (self.folder / "pid").write_text(str(self._process.pid))
        server = await asyncio.start_unix_server(self._serve, self._socket)
        stack.callback(server.close)

    async def line(self) -> asyncio.StreamWriter:
        """Of the next one that connects."""
        return await asyncio.wait_for(self._lines.get(), 10)

    @property
    def lives(self) -> bool:
        """Whether nobody has ended it."""
        state = Path(f"/proc/{self._process.pid}/stat")
        return state.exists() and ") Z" not in state.read_text()

    async def die(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.put_nowait(writer)
        while line := await reader.readline():
            asked = json.loads(line)
            self.asked.append((asked["method"], asked["params"]))
            if asked["method"] != "hangs":
                say(writer, {"id": asked["id"], "result": self.answers.get(asked["method"], {})})
        writer.close()


def say(writer: asyncio.StreamWriter, message: Json) -> None:
    writer.write(json.dumps(message).encode() + b"\n")
