"""The agent: one connection out to the server, one reconciler, one Janus with its mixers."""

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

import diemcau
from diemcau.domain.resources import from_json, to_json
from diemcau.domain.stills import Pace
from diemcau.mcu.media import JanusMedia
from diemcau.mcu.program import USUAL, Program
from diemcau.mcu.reconciler import Reconciler
from diemcau.mcu.silence import Silence
from diemcau.mcu.statistics import Statistics
from diemcau.mcu.stills import Stills
from diemcau.ports.media import MediaError
from diemcau.wire import Closed, Peer, RemoteError

log = structlog.get_logger(__name__)

REPORT_DELAY_S = 0.02
RECONNECT_FIRST_S, RECONNECT_MOST_S = 0.1, 0.8
STATISTICS_S = 1.0
MOST_UNSENT = 16 * 1024
"""Bytes waiting for the line to the server, from which on stills are dropped, not added to them."""


@dataclass(frozen=True)
class AgentSettings:
    """``server`` is the server's WebSocket root (``ws://…`` or ``wss://…``), ``address`` where this
    host receives media, ``folder`` what a later agent of this host finds again, ``reserve`` how
    many bytes of its disk are kept free of recordings, ``stills_every`` after how many seconds a
    site may be asked for a still again (0: never), ``program`` the picture its mixers make."""

    mcu: str
    server: str
    key: str
    address: str
    folder: Path
    reserve: int
    stills_every: int = 10
    program: Program = USUAL


class Agent:
    def __init__(self, settings: AgentSettings) -> None:
        self._settings = settings
        self._peer: Peer | None = None
        self._socket: ClientConnection | None = None
        self._changed = asyncio.Event()
        self.media = JanusMedia(
            settings.mcu,
            settings.folder,
            settings.address,
            self._relay,
            lambda key: self.reconciler.expected(key),
            self._on_change,
            self._on_event,
            settings.reserve,
            settings.program,
        )
        self.reconciler = Reconciler(self.media)
        self._statistics = Statistics(self.media.ground)
        self._silence = Silence(self.media.ground)
        pace = Pace(settings.stills_every)
        self._stills = Stills(self.media.ground, settings.folder / "stills", self._send_still, pace)
        self._told_epoch = ""
        self._trouble = ""
        self._sending: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled; media outlive a cancellation (see ``stop``)."""
        await self.media.start()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.reconciler.run())
            tasks.create_task(self._stay_connected())
            tasks.create_task(self._report_changes())
            tasks.create_task(self._report_statistics())
            tasks.create_task(self._silence.run())
            if self._settings.stills_every:
                tasks.create_task(self._stills.run())

    async def stop(self) -> None:
        """End the media too."""
        await self.media.stop()
        await self._stills.stop()

    async def leave(self) -> None:
        await self.media.leave()
        self._stills.leave()

    async def _stay_connected(self) -> None:
        wait = RECONNECT_FIRST_S
        while True:
            try:
                async with self._dial() as socket:
                    started = asyncio.get_running_loop().time()
                    await self._converse(socket)
                    if asyncio.get_running_loop().time() - started > RECONNECT_MOST_S:
                        wait = RECONNECT_FIRST_S
                    self._explain("the server closed the connection")
            except ConnectionClosed as error:
                self._explain(_refusal(error) or f"the connection broke: {error}")
            except (OSError, WebSocketException, TimeoutError) as error:
                self._explain(f"the server is away: {error}")
            await asyncio.sleep(wait)
            wait = min(RECONNECT_MOST_S, 2 * wait)

    def _explain(self, why: str) -> None:
        """Say why there is no server, once: the next attempts mostly fail for the same reason."""
        if why != self._trouble:
            self._trouble = why
            log.warning("no server", mcu=self._settings.mcu, why=why)

    def _dial(self) -> connect:
        return connect(
            f"{self._settings.server}/agents/{self._settings.mcu}",
            additional_headers={"Authorization": f"Bearer {self._settings.key}"},
            max_size=2**24,
            ping_interval=1,
            ping_timeout=3,
            open_timeout=1.5,
            proxy=None,
        )

    async def _converse(self, socket: ClientConnection) -> None:
        peer = Peer(
            socket.send,
            requests={method: self._serving(method) for method in SERVED},
            notifications={"desired": self._on_desired},
        )
        await peer.notify("hello", self._hello())
        self._peer, self._socket = peer, socket
        self._changed.set()
        self.media.say_again()
        try:
            async for message in socket:
                peer.receive(message if isinstance(message, str) else message.decode())
        finally:
            self._peer = self._socket = None
            peer.close()

    def _hello(self) -> dict[str, Any]:
        self._told_epoch = self.media.epoch
        return {
            "version": diemcau.__version__,
            "epoch": self.media.epoch,
            "media_address": self._settings.address,
        }

    def _on_desired(self, params: dict[str, Any]) -> None:
        if self._trouble:
            log.info("the server is there", mcu=self._settings.mcu)
            self._trouble = ""
        self.reconciler.desire(from_json(resource) for resource in params["resources"])

    def _serving(self, method: str) -> Any:
        async def serve(params: dict[str, Any]) -> dict[str, Any]:
            try:
                return await self.media.request(method, params)
            except MediaError as error:
                raise RemoteError(error.code, str(error)) from error

        return serve

    async def _relay(self, to: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if self._peer is None:
            raise MediaError("server-away", "other MCUs are reached through the server")
        try:
            request = {"to": to, "method": method, "params": params}
            result: dict[str, Any] = await self._peer.call("relay", request)
        except (RemoteError, TimeoutError) as error:
            code = error.code if isinstance(error, RemoteError) else "timeout"
            raise MediaError(code, f"{method} to {to}: {error}") from error
        return result

    async def _send_still(self, still: dict[str, Any]) -> None:
        """A still is dropped where it would have to wait: the next one is newer."""
        unsent = self._socket.transport.get_write_buffer_size() if self._socket else 0
        if unsent <= MOST_UNSENT:
            await self._notify("still", still)

    def _on_change(self) -> None:
        self.reconciler.wake()
        self._stills.wake()
        self._changed.set()

    def _on_event(self, name: str, params: dict[str, Any]) -> None:
        task = asyncio.create_task(self._notify(name, params))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _notify(self, name: str, params: dict[str, Any]) -> None:
        if self._peer is not None:
            with contextlib.suppress(WebSocketException, Closed):
                await self._peer.notify(name, params)

    async def _report_changes(self) -> None:
        """The observed state at every change; changes that come together are told together."""
        while True:
            await self._changed.wait()
            await asyncio.sleep(REPORT_DELAY_S)
            self._changed.clear()
            if self._peer is None:
                continue
            if self.media.epoch != self._told_epoch:
                await self._notify("hello", self._hello())
            observed = [to_json(resource) for resource in self.media.observed]
            media = self.media
            stopped = {"silent": media.silent, "blind": media.blind, "deaf": media.deaf}
            report = {"epoch": self.media.epoch, "resources": observed}
            await self._notify("observed", {**report, **stopped})

    async def _report_statistics(self) -> None:
        while True:
            await asyncio.sleep(STATISTICS_S)
            if self._peer is not None:
                with contextlib.suppress(MediaError):
                    await self._notify("stats", await self._statistics.collect())


def _refusal(closed: ConnectionClosed) -> str:
    """What to do about a refusal (docs/protocol.md section 4); "" where it was none."""
    match closed.rcvd.code if closed.rcvd is not None else 0:
        case 4401:
            return "refused, wrong agent key: make a new one on the server by ./diemcau agent-key"
        case 4404:
            return "refused, no such MCU: see the server's directory for the right name"
        case _:
            return ""


SERVED = (
    "whip.publish", "whip.trickle", "whip.end",
    "whep.play", "whep.answer", "whep.keyframe", "whep.end",
    "link.up", "link.down", "link.down-answer",
    "recording.list", "recording.read",
)  # fmt: skip
