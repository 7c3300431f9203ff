"""A WebSocket of the application without a network: what a page sends and hears, in one loop."""

import asyncio
import json
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

Json = dict[str, Any]
Event = MutableMapping[str, Any]
"""What ASGI passes to and fro."""


class Page:
    """``hear`` gives the next message, or the code with which the server closed."""

    def __init__(self) -> None:
        self.incoming: asyncio.Queue[Event] = asyncio.Queue()
        self.outgoing: asyncio.Queue[Event] = asyncio.Queue()

    def say(self, message: object) -> None:
        text = json.dumps(message)
        self.incoming.put_nowait({"type": "websocket.receive", "text": text})

    async def hear(self) -> Json | int:
        async with asyncio.timeout(5):
            event = await self.outgoing.get()
        if event["type"] == "websocket.close":
            return int(event["code"])
        message: Json = json.loads(event["text"])
        return message


@asynccontextmanager
async def page(app: FastAPI, path: str, token: str) -> AsyncIterator[Page]:
    """Connected, with its token said."""
    one = Page()
    scope: Event = {
        "type": "websocket", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "ws",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"",
        "headers": [], "client": ("test", 1), "server": ("server", 80), "subprotocols": [],
    }  # fmt: skip
    one.incoming.put_nowait({"type": "websocket.connect"})
    serving = asyncio.create_task(app(scope, one.incoming.get, one.outgoing.put))
    try:
        async with asyncio.timeout(5):
            assert (await one.outgoing.get())["type"] == "websocket.accept"
        one.say({"token": token})
        yield one
    finally:
        one.incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
        async with asyncio.timeout(5):
            await serving
