"""A client of Janus's WebSocket API: one session, its handles, and their events.

The session outlives this client (``reclaim_session_timeout``): an agent that starts anew claims it
and finds every PeerConnection as it was.
"""

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from diemcau.ports.media import MediaError

VIDEOROOM = "janus.plugin.videoroom"
KEEPALIVE_S = 25.0
OPEN_TIMEOUT_S = 5.0

Json = dict[str, Any]
Size = tuple[str, int]
"""A handle's sound, or one of the sizes of its picture: ("audio" or "video", which)."""


class JanusGone(MediaError):
    """The media server died or closed the connection."""

    def __init__(self) -> None:
        super().__init__("media-server-gone", "Janus closed the connection")


class JanusError(MediaError):
    """Janus refused; ``number`` is its own error code (4xx)."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__("janus", f"Janus {number}: {message}")
        self.number = number


class Connection:
    """Requests and answers over one WebSocket; whatever is no answer goes to ``on_event``."""

    def __init__(
        self, socket: ClientConnection, secret: Json, on_event: Callable[[Json], None]
    ) -> None:
        self._socket = socket
        self._secret = secret
        self._on_event = on_event
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(
        cls, port: int, protocol: str, secret: Json, on_event: Callable[[Json], None]
    ) -> "Connection":
        """Connect to Janus on 127.0.0.1; ``protocol`` tells its API from its admin API. Raises
        ``MediaError`` where it does not answer."""
        try:
            socket = await connect(
                f"ws://127.0.0.1:{port}",
                subprotocols=[protocol],  # type: ignore[list-item]
                max_size=None,
                ping_interval=None,
                open_timeout=OPEN_TIMEOUT_S,
            )
        except (OSError, WebSocketException) as error:
            raise MediaError("janus-away", f"Janus does not answer: {error!r}") from error
        return cls(socket, secret, on_event)

    async def request(self, body: Json, timeout: float = 5.0) -> Json:
        """The answer to a request (never its ``ack``); raises ``MediaError``."""
        transaction = str(next(self._numbers))
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[transaction] = future
        try:
            await self._send(body, transaction)
            reply: Json = await asyncio.wait_for(future, timeout)
        except TimeoutError:
            raise MediaError("janus-timeout", f"no answer to {body.get('janus')}") from None
        finally:
            self._waiting.pop(transaction, None)
        if reply.get("janus") == "error":
            raise JanusError(reply["error"]["code"], reply["error"]["reason"])
        return reply

    async def tell(self, body: Json) -> None:
        """A request whose answer, an ``ack``, nobody waits for."""
        await self._send(body, str(next(self._numbers)))

    async def close(self) -> None:
        self._reader.cancel()
        await self._socket.close()

    async def closed(self) -> None:
        await self._socket.wait_closed()

    async def _send(self, body: Json, transaction: str) -> None:
        try:
            await self._socket.send(
                json.dumps({**body, **self._secret, "transaction": transaction})
            )
        except Exception as error:
            raise JanusGone from error

    async def _read(self) -> None:
        with contextlib.suppress(Exception):
            async for text in self._socket:
                self._received(json.loads(text))
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(JanusGone())

    def _received(self, message: Json) -> None:
        if message.get("janus") == "ack":
            return
        future = self._waiting.get(message.get("transaction", ""))
        if future is not None and not future.done():
            future.set_result(message)
        else:
            self._on_event(message)


class Session:
    """The agent's one Janus session."""

    def __init__(self, connection: Connection, number: int) -> None:
        self._connection = connection
        self.number = number
        self._keeper = asyncio.create_task(self._keep_alive())

    @classmethod
    async def create(cls, connection: Connection) -> "Session":
        reply = await connection.request({"janus": "create"})
        return cls(connection, reply["data"]["id"])

    @classmethod
    async def claim(cls, connection: Connection, number: int) -> "Session":
        await connection.request({"janus": "claim", "session_id": number})
        return cls(connection, number)

    async def attach(self, opaque_id: str) -> "Handle":
        """A new handle of the VideoRoom plugin. ``opaque_id`` is what an agent that starts anew
        will know it by."""
        body = {"janus": "attach", "session_id": self.number, "plugin": VIDEOROOM}
        reply = await self._connection.request({**body, "opaque_id": opaque_id})
        return self.handle(reply["data"]["id"])

    def handle(self, number: int) -> "Handle":
        return Handle(self._connection, self.number, number)

    def close(self) -> None:
        self._keeper.cancel()

    async def _keep_alive(self) -> None:
        with contextlib.suppress(JanusGone):
            while True:
                await asyncio.sleep(KEEPALIVE_S)
                await self._connection.tell({"janus": "keepalive", "session_id": self.number})


class Handle:
    """One attachment to the VideoRoom plugin, and at most one PeerConnection."""

    def __init__(self, connection: Connection, session: int, number: int) -> None:
        self._connection = connection
        self._ids = {"session_id": session, "handle_id": number}
        self.number = number
        self.up = asyncio.Event()
        self.comes: dict[Size, bool] = {}
        """Of what ever came, whether it still does: a browser stops the better size of its picture
        on a narrow line."""

    @property
    def silent(self) -> bool:
        """All that ever came has stopped."""
        return bool(self.comes) and not any(self.comes.values())

    @property
    def blind(self) -> bool:
        """Its picture has stopped, in all sizes, and its sound goes on."""
        sizes = [comes for (kind, _), comes in self.comes.items() if kind == "video"]
        return bool(sizes) and not any(sizes) and not self.silent

    async def message(self, jsep: Json | None = None, **body: Any) -> Json:
        """A plugin request; gives the plugin's data, with ``jsep`` in it where there is one."""
        request: Json = {"janus": "message", **self._ids, "body": body}
        if jsep is not None:
            request["jsep"] = jsep
        reply = await self._connection.request(request)
        data: Json = reply["plugindata"]["data"]
        if "error_code" in data:
            raise JanusError(data["error_code"], data.get("error", ""))
        return {**data, "jsep": reply.get("jsep")}

    async def trickle(self, candidates: list[Json]) -> None:
        for candidate in candidates:
            await self._connection.tell({"janus": "trickle", **self._ids, "candidate": candidate})
        done = {"completed": True}
        await self._connection.tell({"janus": "trickle", **self._ids, "candidate": done})

    async def detach(self) -> None:
        """Give the handle back; one that is gone already is as good as detached."""
        with contextlib.suppress(JanusError):
            await self._connection.request({"janus": "detach", **self._ids})


class Admin:
    """Janus's admin API: what handles there are and how their media fare."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def sessions(self) -> list[int]:
        reply = await self._connection.request({"janus": "list_sessions"})
        return list(reply["sessions"])

    async def handles(self, session: int) -> list[int]:
        reply = await self._connection.request({"janus": "list_handles", "session_id": session})
        return list(reply["handles"])

    async def info(self, session: int, handle: int) -> Json:
        body = {"janus": "handle_info", "session_id": session, "handle_id": handle}
        info: Json = (await self._connection.request(body))["info"]
        return info


def media_of(info: Json) -> list[Json]:
    """The media of a handle, as ``Admin.info`` tells; none before its PeerConnection is up."""
    return list(((info.get("webrtc") or {}).get("media") or {}).values())
