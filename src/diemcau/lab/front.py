"""The smallest WHIP and WHEP server over a bare Janus: what the laboratory is tested against.

The product's own server is not used on purpose: a fault of the viewer must not be able to hide
behind one of the server. ``POST /whip/<feed>``, ``POST /whep/<feed>``, then ``PATCH``, ``DELETE``
and ``POST …/keyframe`` on the Location.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Self

from diemcau.lab.errors import JanusError
from diemcau.lab.janus import JanusApi, LabJanus

TOKEN = "lab-token"
_ROOM = "lab"


class Front:
    """Serves on an address of this machine; `janus` may be killed and started again."""

    def __init__(self, janus: LabJanus, address: str) -> None:
        self._janus, self._address = janus, address
        self._server: asyncio.Server | None = None
        self._rooms: set[int] = set()
        self._making = asyncio.Lock()
        self._news = asyncio.Event()
        self._publishers: dict[str, int] = {}
        self._sessions: dict[str, tuple[int, str]] = {}
        self.keyframes_asked = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._address, 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    def url(self, kind: str, feed: str) -> str:
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return f"http://{self._address}:{port}/{kind}/{feed}"

    def publisher(self, feed: str) -> int:
        """Return the Janus handle that publishes a feed."""
        return self._publishers[feed]

    async def published(self, feed: str, seconds: float = 10.0) -> None:
        """Wait until a feed is there and connected. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while feed not in self._publishers:
                self._news.clear()
                await self._news.wait()
            while not await self._connected(feed):  # noqa: ASYNC110 (the admin API tells no events)
                await asyncio.sleep(0.02)

    async def _connected(self, feed: str) -> bool:
        """Whether the publisher's media can come: before that nobody may subscribe to it."""
        info = await (await self._api()).handle_info(self._publishers[feed])
        return bool(info.get("webrtc", {}).get("dtls", {}).get("dtls-state") == "connected")

    async def keyframe(self, feed: str) -> None:
        """Ask a publisher for a keyframe, as a viewer's PLI does."""
        api = await self._api()
        body = {"request": "configure", "keyframe": True}
        await api.request(self._publishers[feed], body)

    async def _api(self) -> JanusApi:
        api = self._janus.api
        if api is None:
            raise JanusError("Janus is down")
        async with self._making:
            if api.session not in self._rooms:
                self._publishers.clear()
                await self._make_room(api)
                self._rooms.add(api.session)
        return api

    async def _make_room(self, api: JanusApi) -> None:
        room = {
            "request": "create",
            "room": _ROOM,
            "publishers": 200,
            "audiocodec": "opus",
            "videocodec": "h264",
            "h264_profile": "42e01f",
            "bitrate": 0,
            "fir_freq": 0,
        }
        await api.request(await api.attach(), room)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            method, path, _ = lines[0].split(" ")
            status, location, text = 401, "", ""
            if headers.get("authorization") == f"bearer {TOKEN}":
                try:
                    status, location, text = await self._answer(method, path, body.decode())
                except (JanusError, KeyError) as error:
                    status, text = 503, str(error)
            extra = f"Location: {location}\r\n" if location else ""
            writer.write(
                f"HTTP/1.1 {status} X\r\n{extra}Content-Type: application/sdp\r\n"
                f"Connection: close\r\nContent-Length: {len(text.encode())}\r\n\r\n{text}".encode()
            )
            await writer.drain()
        writer.close()

    async def _answer(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        _, kind, rest = path.split("?")[0].split("/", 2)
        if method == "POST" and kind == "whip":
            return await self._publish(rest, body)
        if method == "POST" and kind == "whep":
            return await self._offer(rest)
        handle, feed = self._sessions[rest.split("/")[0]]
        api = await self._api()
        if method == "PATCH":
            await api.request(handle, {"request": "start"}, "answer", body)
        elif method == "DELETE":
            await api.detach(handle)
        elif rest.endswith("/keyframe"):
            self.keyframes_asked += 1
            await self.keyframe(feed)
        return 204, "", ""

    async def _publish(self, feed: str, offer: str) -> tuple[int, str, str]:
        api = await self._api()
        old = self._publishers.pop(feed, None)
        if old is not None:
            await api.detach(old)
        handle = await api.attach()
        join = {"request": "joinandconfigure", "ptype": "publisher", "room": _ROOM, "id": feed}
        _, answer = await api.request(handle, join, "offer", offer)
        self._publishers[feed] = handle
        self._news.set()
        return 201, self._remember(handle, feed), answer

    async def _offer(self, feed: str) -> tuple[int, str, str]:
        api = await self._api()
        handle = await api.attach()
        streams = [{"feed": feed}]
        join = {"request": "join", "ptype": "subscriber", "room": _ROOM, "streams": streams}
        _, offer = await api.request(handle, join)
        return 201, self._remember(handle, feed), offer

    def _remember(self, handle: int, feed: str) -> str:
        self._sessions[str(handle)] = (handle, feed)
        return f"/session/{handle}"
