"""A Janus of the laboratory's own: started on a host, spoken to over a socket in a folder.

The load client and the media tests need a media server that nothing else configures. Its API
listens on Unix sockets, so it opens no port on any host and needs no address.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import secrets
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed

from diemcau.lab.errors import JanusError, MissingToolError
from diemcau.lab.net import Host, HostProcess
from diemcau.lab.signals import payload

Message = dict[str, Any]
START_SECONDS = 10.0
REPLY_SECONDS = 10.0

_GENERAL = """
general: {{
    configs_folder = "{folder}"
    plugins_folder = "{library}/plugins"
    transports_folder = "{library}/transports"
    loggers_folder = "{library}/loggers"
    events_folder = "{library}/events"
    api_secret = "{secret}"
    admin_secret = "{secret}"
    session_timeout = 60
    event_loops = 2
    debug_level = {level}
    debug_colors = false
}}
nat: {{ ice_enforce_list = "{address}" }}
media: {{ ipv6 = false, min_nack_queue = 1000 }}
plugins: {{ disable = "{unused}" }}
transports: {{ disable = "{transports}" }}
"""
_WEBSOCKETS = """
general: {{ json = "compact", ws = true, ws_unix = "{folder}/api", wss = false }}
admin: {{ admin_ws = true, admin_ws_unix = "{folder}/admin", admin_wss = false }}
"""
_VIDEOROOM = "general: { string_ids = true }\n"


class LabJanus:
    """A Janus process on a host. Use as an async context manager."""

    def __init__(self, host: Host, *, level: int = 3) -> None:
        self._host, self._level = host, level
        self.secret = secrets.token_hex(8)
        self._folder = Path(tempfile.mkdtemp(prefix="diemcau-janus-"))
        self._process: HostProcess | None = None
        self.api: JanusApi | None = None

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def pid(self) -> int:
        """The process now running. Raises JanusError when there is none."""
        if self._process is None:
            raise JanusError("Janus is not running")
        return payload(self._process.pid)

    async def start(self) -> JanusApi:
        """Start (again after `kill`), connect, and return the connection. Raises JanusError."""
        program = shutil.which("janus")
        if program is None:
            raise MissingToolError("Janus is missing: apt-get install janus")
        self._configure()
        argv = [program, "-F", str(self._folder)]
        self._process = self._host.spawn(argv, log=self._folder / "log")
        self.api = await self._connect()
        return self.api

    async def kill(self) -> None:
        """End it as a power cut would: SIGKILL."""
        if self.api is not None:
            await self.api.close()
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)

    async def close(self) -> None:
        """End the process and remove its folder."""
        await self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def log(self) -> str:
        """Return what Janus printed."""
        with contextlib.suppress(OSError):
            return (self._folder / "log").read_text(errors="replace")
        return ""

    def _configure(self) -> None:
        for name in ("api", "admin"):
            (self._folder / name).unlink(missing_ok=True)
        library = _library()
        plugins = library / "plugins"
        unused = [p.name for p in plugins.glob("*.so") if p.stem != "libjanus_videoroom"]
        others = [
            p.name for p in (library / "transports").glob("*.so") if "websockets" not in p.stem
        ]
        general = _GENERAL.format(
            folder=self._folder,
            library=library,
            secret=self.secret,
            level=self._level,
            address=self._host.address,
            unused=",".join(unused),
            transports=",".join(others),
        )
        (self._folder / "janus.jcfg").write_text(general)
        websockets = _WEBSOCKETS.format(folder=self._folder)
        (self._folder / "janus.transport.websockets.jcfg").write_text(websockets)
        (self._folder / "janus.plugin.videoroom.jcfg").write_text(_VIDEOROOM)

    async def _connect(self) -> JanusApi:
        assert self._process is not None
        for _ in range(int(START_SECONDS / 0.02)):
            with contextlib.suppress(OSError):
                api = JanusApi(self.secret)
                await api.connect(self._folder)
                return api
            if self._process.poll() is not None:
                break
            await asyncio.sleep(0.02)
        tail = " | ".join(self.log().strip().splitlines()[-3:])
        raise JanusError(f"Janus did not start on {self._host.name}: {tail}")


class JanusApi:
    """One session of a Janus, and its admin API: requests with their replies.

    Every request raises JanusError for a refusal, no reply, or a connection that is gone.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Message]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._sockets: list[ClientConnection] = []
        self.session = 0

    async def connect(self, folder: Path) -> None:
        """Connect to both sockets in a folder and make a session. Raises OSError, JanusError."""
        for name, protocol in (("api", "janus-protocol"), ("admin", "janus-admin-protocol")):
            socket = await unix_connect(
                str(folder / name), subprotocols=[protocol], max_size=None, ping_interval=None
            )
            self._sockets.append(socket)
            self._tasks.append(asyncio.create_task(self._read(socket)))
        self.session = (await self._ask({"janus": "create"}))["data"]["id"]
        self._tasks.append(asyncio.create_task(self._keep_alive()))

    async def attach(self) -> int:
        """Return a new VideoRoom handle."""
        reply = await self._ask({"janus": "attach", "plugin": "janus.plugin.videoroom"})
        handle: int = reply["data"]["id"]
        return handle

    async def request(
        self, handle: int, body: Message, kind: str | None = None, sdp: str | None = None
    ) -> tuple[Message, str]:
        """Send a VideoRoom request, with an offer or answer; return its data and any SDP."""
        message: Message = {"janus": "message", "handle_id": handle, "body": body}
        if sdp is not None:
            message["jsep"] = {"type": kind, "sdp": sdp}
        reply = await self._ask(message)
        data: Message = reply.get("plugindata", {}).get("data", {})
        if "error" in data:
            raise JanusError(f"{body.get('request')}: {data['error']}")
        return data, reply.get("jsep", {}).get("sdp", "")

    async def detach(self, handle: int) -> None:
        """End a handle."""
        await self._ask({"janus": "detach", "handle_id": handle})

    async def handle_info(self, handle: int) -> Message:
        """Return what Janus knows of a handle: ICE, DTLS, packets in and out."""
        request = {"janus": "handle_info", "session_id": self.session, "handle_id": handle}
        reply = await self._ask(request, admin=True)
        info: Message = reply["info"]
        return info

    async def close(self) -> None:
        """Close the connection; the session goes with it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        for socket in self._sockets:
            socket.transport.abort()
        self._fail_all()

    async def _ask(self, message: Message, *, admin: bool = False) -> Message:
        number = str(next(self._numbers))
        future = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            await self._sockets[int(admin)].send(self._encode(message, number, admin))
            reply: Message = await asyncio.wait_for(future, REPLY_SECONDS)
        except (TimeoutError, OSError, IndexError, ConnectionClosed) as error:
            raise JanusError(f"{message['janus']}: no reply from Janus") from error
        finally:
            self._waiting.pop(number, None)
        if reply.get("janus") == "error":
            raise JanusError(f"{message['janus']}: {reply['error']['reason']}")
        return reply

    def _encode(self, message: Message, number: str, admin: bool) -> str:
        secret = {"admin_secret" if admin else "apisecret": self._secret}
        session = {"session_id": self.session} if self.session else {}
        return json.dumps({**message, **secret, **session, "transaction": number})

    async def _read(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in socket:
                message: Message = json.loads(text)
                if message.get("janus") != "ack":  # after an ack the reply comes as an event
                    self._settle(message)
        self._fail_all()

    def _settle(self, message: Message) -> None:
        future = self._waiting.get(message.get("transaction", ""))
        if future is not None and not future.done():
            future.set_result(message)

    def _fail_all(self) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(JanusError("the connection to Janus is gone"))

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(20)
            await self._sockets[0].send(self._encode({"janus": "keepalive"}, "keepalive", False))


def _library() -> Path:
    for folder in sorted(Path("/usr/lib").glob("*/janus")):
        return folder
    raise MissingToolError("Janus's plugins are missing: apt-get install janus")
