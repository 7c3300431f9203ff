"""The control socket: JSON lines over a Unix socket, on which the mixer listens.

Any number of clients, one after another or together; the mixer does not care when they go, so
that it survives its agent. Every client gets every event.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from diemcau.mixer.errors import MixerError
from diemcau.mixer.messages import Request, parse_line, request_id

log = logging.getLogger(__name__)

LONGEST_LINE = 1024 * 1024
# A client that does not read is cut off rather than remembered for ever.
MOST_UNREAD = 4 * 1024 * 1024

Handler = Callable[[Request], Awaitable[dict[str, Any]]]


class Control:
    """Serves `handle` on a Unix socket."""

    def __init__(self, path: Path, handle: Handler) -> None:
        self._path = path
        self._handle = handle
        self._clients: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; a socket left behind by a dead mixer is replaced, a live one is an error."""
        if self._path.exists():
            await self._check_dead()
            self._path.unlink()
        self._server = await asyncio.start_unix_server(
            self._serve, str(self._path), limit=LONGEST_LINE
        )
        self._path.chmod(0o600)

    async def _check_dead(self) -> None:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_unix_connection(str(self._path))
            writer.close()
            raise MixerError("in-use", f"another mixer listens on {self._path}; stop it first")

    def send(self, event: dict[str, Any]) -> None:
        """Tell all clients."""
        line = encode(event)
        for writer in list(self._clients):
            self._write(writer, line)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._clients):
            writer.close()
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            while line := await _line(reader):
                if line.strip():
                    self._write(writer, encode(await self._answer(line)))
        except (OSError, asyncio.IncompleteReadError):
            log.info("a client went away")
        finally:
            self._clients.discard(writer)
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = parse_line(line)
            return {"id": request.id, "result": await self._handle(request)}
        except MixerError as error:
            return _refusal(request_id(line), error)
        except Exception:
            log.exception("a command failed")
            failure = MixerError("failed", "the command failed inside the mixer; see its log")
            return _refusal(request_id(line), failure)

    def _write(self, writer: asyncio.StreamWriter, line: bytes) -> None:
        if writer.transport.get_write_buffer_size() > MOST_UNREAD:
            log.warning("a client does not read: cut off")
            self._clients.discard(writer)
            writer.transport.abort()
        elif not writer.is_closing():
            writer.write(line)


async def _line(reader: asyncio.StreamReader) -> bytes:
    """The next line, empty at the end; one that is too long reads as a broken one."""
    try:
        return await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError as error:
        return error.partial
    except asyncio.LimitOverrunError as error:
        await reader.readexactly(error.consumed)
        while True:
            try:
                await reader.readuntil(b"\n")
            except asyncio.LimitOverrunError as more:
                await reader.readexactly(more.consumed)
            else:
                return b"(line too long)\n"


def encode(message: dict[str, Any]) -> bytes:
    """One line of JSON."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _refusal(identity: object, error: MixerError) -> dict[str, Any]:
    return {"id": identity, "error": {"code": error.code, "message": error.message}}
