"""A control socket: JSON lines over a Unix socket, on which a process listens (docs/protocol.md 5).

Agents come and go; requests of one are answered side by side, each when it is done.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

log = logging.getLogger(__name__)


class Refused(Exception):
    """``code`` is stable (docs/protocol.md section 5), ``message`` for whoever reads the log."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Client(Protocol):
    """What a process does for one connection."""

    async def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        """The result of a request; raises ``Refused``."""

    def gone(self) -> None:
        """The connection ended; its requests are cancelled."""


class Lines:
    """Listens on ``path``; ``connected`` makes the client of each connection."""

    def __init__(self, path: Path, connected: Callable[[], Client]) -> None:
        self._path = path
        self._connected = connected
        self._server: asyncio.Server | None = None
        self._clients: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def start(self) -> None:
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, str(self._path))
        self._path.chmod(0o600)

    async def close(self) -> None:
        """End all connections."""
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)
        for writer in self._clients.values():
            writer.close()
        if self._clients:
            await asyncio.wait(self._clients)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving = asyncio.create_task(self._requests(reader, writer))
        self._clients[serving] = writer
        serving.add_done_callback(self._clients.pop)
        await serving

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answering: set[asyncio.Task[None]] = set()
        client = self._connected()
        try:
            while line := await reader.readline():
                task = asyncio.create_task(_answer(client, line, writer))
                answering.add(task)
                task.add_done_callback(answering.discard)
        except (OSError, ValueError):
            log.info("a client went away, or sent no lines")
        finally:
            for task in answering:
                task.cancel()
            client.gone()
            writer.close()


async def _answer(client: Client, line: bytes, writer: asyncio.StreamWriter) -> None:
    identity: object = None
    try:
        request = _parsed(line)
        identity = request.get("id")
        answer = {"result": await client.handle(request)}
    except Refused as error:
        answer = {"error": {"code": error.code, "message": error.message}}
    except Exception:
        log.exception("a request failed")
        answer = {"error": {"code": "failed", "message": "it failed; see the log"}}
    if not writer.is_closing():
        writer.write(json.dumps({"id": identity, **answer}).encode() + b"\n")


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except ValueError as error:
        raise Refused("bad-line", f"not a JSON object on one line: {error}") from error
    if not isinstance(request, dict):
        raise Refused("bad-line", 'send an object {"id", "method", "params"}')
    return request
