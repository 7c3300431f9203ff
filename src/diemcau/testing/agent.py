"""An MCU agent without media: it speaks the wire's language and notes what it hears."""

import asyncio
from collections.abc import Mapping
from typing import Any

from websockets.asyncio.client import connect

from diemcau.wire import Params, Peer, Request


class FakeAgent:
    """One connection of one MCU; use it as an asynchronous context.

    ``requests`` answer what the server asks (default: every whip and whep call succeeds).
    """

    def __init__(
        self, url: str, mcu: str, key: str, epoch: str = "e1", requests: Mapping[str, Request] = {}
    ) -> None:
        self._url = f"{url.replace('http', 'ws', 1)}/agents/{mcu}"
        self._key = key
        self.epoch = epoch
        self.asked: list[tuple[str, Params]] = []
        self.desired: asyncio.Queue[list[dict[str, Any]]] = asyncio.Queue()
        defaults = {name: self._answering(name, answer) for name, answer in _ANSWERS.items()}
        self._requests = {**defaults, **requests}

    async def __aenter__(self) -> "FakeAgent":
        headers = {"Authorization": f"Bearer {self._key}"}
        self.socket = await connect(self._url, additional_headers=headers)
        self.peer = Peer(self._send, self._requests, {"desired": self._desired})
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reading.cancel()
        await self.socket.close()
        self.peer.close()

    async def hello(self) -> list[dict[str, Any]]:
        """Greet the server; gives what it desires then."""
        params = {"version": "0.1.0", "epoch": self.epoch, "media_address": "127.0.0.1"}
        await self.peer.notify("hello", params)
        return await self.next_desired()

    async def next_desired(self) -> list[dict[str, Any]]:
        async with asyncio.timeout(5):
            return await self.desired.get()

    async def observe(
        self, resources: list[dict[str, Any]], silent: list[tuple[str, str]] | None = None
    ) -> None:
        params = {"epoch": self.epoch, "resources": resources, "silent": silent or []}
        await self.peer.notify("observed", params)

    async def _send(self, text: str) -> None:
        await self.socket.send(text)

    async def _read(self) -> None:
        async for message in self.socket:
            self.peer.receive(str(message))

    def _desired(self, params: Params) -> None:
        self.desired.put_nowait(params["resources"])

    def _answering(self, name: str, answer: dict[str, Any]) -> Request:
        async def handler(params: Params) -> dict[str, Any]:
            self.asked.append((name, params))
            return answer

        return handler


_ANSWERS: dict[str, dict[str, Any]] = {
    "ping": {},
    "whip.publish": {"answer": "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n"},
    "whip.trickle": {},
    "whip.end": {},
    "whep.play": {"offer": "v=0\r\no=- 2 1 IN IP4 127.0.0.1\r\n"},
    "whep.answer": {},
    "whep.keyframe": {},
    "whep.end": {},
    "link.up": {"answer": "v=0\r\n"},
    "link.down": {"offer": "v=0\r\n"},
    "link.down-answer": {},
    "recording.list": {"parts": []},
    "recording.read": {"data": ""},
}
