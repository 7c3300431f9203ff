"""The control socket: JSON lines over a Unix socket, on which this process listens.

Agents come and go; requests of one are answered side by side, each when it is done.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from pathlib import Path
from typing import Any

from diemcau.stills.errors import StillError
from diemcau.stills.taker import Taker

log = logging.getLogger(__name__)

METHODS = ("take", "status")


class Control:
    def __init__(self, path: Path, taker: Taker) -> None:
        self._path = path
        self._taker = taker
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, str(self._path))
        self._path.chmod(0o600)

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answering: set[asyncio.Task[None]] = set()
        try:
            while line := await reader.readline():
                task = asyncio.create_task(self._answer(line, writer))
                answering.add(task)
                task.add_done_callback(answering.discard)
        except (OSError, ValueError):
            log.info("a client went away, or sent no lines")
        finally:
            for task in answering:
                task.cancel()
            writer.close()

    async def _answer(self, line: bytes, writer: asyncio.StreamWriter) -> None:
        identity: object = None
        try:
            request = _parsed(line)
            identity = request.get("id")
            answer = {"result": await self._handle(request)}
        except StillError as error:
            answer = {"error": {"code": error.code, "message": error.message}}
        except Exception:
            log.exception("a request failed")
            answer = {"error": {"code": "failed", "message": "it failed; see the log"}}
        if not writer.is_closing():
            writer.write(json.dumps({"id": identity, **answer}).encode() + b"\n")

    async def _handle(self, request: dict[str, Any]) -> dict[str, Any]:
        match request:
            case {"method": "status"}:
                return {"port": self._taker.port}
            case {"method": "take", "params": {"ssrc": int(ssrc), "pli": [str(host), int(port)]}}:
                picture = await self._taker.take(ssrc, (host, port))
                return {"jpeg": base64.b64encode(picture).decode()}
            case {"method": "take"}:
                raise StillError("bad-params", 'take wants {"ssrc", "pli": ["host", port]}')
        raise StillError("bad-method", f"the method must be one of {', '.join(METHODS)}")


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except ValueError as error:
        raise StillError("bad-line", f"not a JSON object on one line: {error}") from error
    if not isinstance(request, dict):
        raise StillError("bad-line", 'send an object {"id", "method", "params"}')
    return request
