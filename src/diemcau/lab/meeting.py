"""A conference as its operator sees it: commands over REST, state over the live socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any, Self

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from diemcau.lab.errors import LabError
from diemcau.services import patches

State = dict[str, Any]


class Meeting:
    """One conference of a running province. ``state`` is the live state of docs/protocol.md 2."""

    def __init__(self, url: str, conference: str, token: str) -> None:
        self.id = conference
        self.token = token
        self.state: State = {}
        self.url = url
        self._changed = asyncio.Condition()
        self._client = httpx2.AsyncClient(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=15
        )
        self._follower: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._follower = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._follower is not None:
            self._follower.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._follower
        await self._client.aclose()

    @property
    def path(self) -> str:
        return f"/api/conferences/{self.id}"

    async def command(self, verb: str, **body: Any) -> Any:
        """``POST`` a command; raises ``LabError`` with the problem's text."""
        reply = await self._client.post(f"{self.path}/{verb}", json=body)
        if reply.is_error:
            raise LabError(f"{verb}: {reply.status_code} {reply.text}")
        return reply.json()

    async def still(self, site: str) -> bytes:
        """A site's last still (JPEG); empty where there is none."""
        reply = await self._client.get(f"{self.path}/stills/{site}")
        if reply.status_code == 404:
            return b""
        return reply.raise_for_status().content

    async def close(self) -> None:
        await self._client.delete(self.path)

    async def link(self, role: str, site: str = "") -> dict[str, Any]:
        """A link for a role: ``url``, ``token``."""
        body = {"role": role, **({"site": site} if site else {})}
        link: dict[str, Any] = await self.command("links", **body)
        return link

    async def until(
        self, condition: Callable[[State], Any], what: str, timeout: float = 20.0
    ) -> Any:
        """Wait until the live state satisfies a condition; raises ``LabError`` naming it."""
        try:
            async with asyncio.timeout(timeout), self._changed:
                while not (result := self.state and condition(self.state)):
                    await self._changed.wait()
        except TimeoutError:
            raise LabError(f"not within {timeout} s: {what}") from None
        return result

    async def sites_ready(self, count: int, timeout: float = 30.0) -> None:
        def enough(state: State) -> bool:
            return len([s for s in state["sites"].values() if s["state"] == "ready"]) >= count

        await self.until(enough, f"{count} sites ready", timeout)

    async def mcus_online(self, timeout: float = 30.0) -> None:
        def all_online(state: State) -> bool:
            return all(mcu["state"] == "online" for mcu in state["mcus"].values())

        await self.until(all_online, "all MCUs online", timeout)

    async def _follow(self) -> None:
        address = self.url.replace("http", "ws", 1) + f"{self.path}/events"
        while True:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                async with connect(address, max_size=None, proxy=None) as socket:
                    await socket.send(json.dumps({"token": self.token}))
                    async for message in socket:
                        await self._take_in(json.loads(message))
            await asyncio.sleep(0.1)

    async def _take_in(self, message: dict[str, Any]) -> None:
        async with self._changed:
            if message["type"] == "snapshot":
                self.state = message["state"]
            elif message["type"] == "patch":
                self.state = patches.apply(self.state, message["patch"])
            self._changed.notify_all()
