"""The MCUs as the services see them (``ports.mcus.Mcus``), over the agents' connections."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import structlog

from diemcau.domain.resources import Downlink, Resource, Uplink, to_json
from diemcau.ports.clock import Clock
from diemcau.ports.mcus import McuAway, McuListener, McuRefused, Report
from diemcau.services.places import Places
from diemcau.wire import Closed, Params, Peer, RemoteError

log = structlog.get_logger(__name__)

PING_EVERY_S = 1.0
SLOW_AFTER_S = 1.2
AWAY_AFTER_S = 6.0
REPORTS = (
    "hello", "observed", "on_air", "input", "look", "levels", "stats", "still", "recording",
    "examined",
)  # fmt: skip
RELAYED = ("link.up", "link.down", "link.down-answer")
"""What a child's agent may ask of its parent's."""


class AgentConnection:
    """One agent's connection, over any transport that carries text."""

    def __init__(self, mcu: str, send: Callable[[str], Awaitable[None]], gateway: "Gateway"):
        self.mcu = mcu
        self.greeted = False
        self.replaced = False
        self.slow = False
        self.wake = asyncio.Event()
        self.ended = asyncio.Event()
        self._gateway = gateway
        self._transport = send
        self._sending = asyncio.Lock()
        self._round_trips: deque[float] = deque(maxlen=5)
        self.peer = Peer(
            self._send,
            requests={"relay": self._relay},
            notifications={name: partial(self._report, name) for name in REPORTS},
        )

    @property
    def transit_s(self) -> float:
        """Half the round trip: the best of the last few, since the others waited somewhere."""
        return min(self._round_trips, default=0.0) / 2

    async def serve(self) -> None:
        """Send what is desired and ping, until the agent is away or the connection ends."""
        jobs = [
            asyncio.create_task(job) for job in (self._desires(), self._pings(), self.ended.wait())
        ]
        try:
            await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.ended.set()
            self.peer.close()
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)

    async def _desires(self) -> None:
        while True:
            await self.wake.wait()
            self.wake.clear()
            resources = [to_json(r) for r in self._gateway.desired(self.mcu)]
            await self.peer.notify("desired", {"resources": resources})

    async def _pings(self) -> None:
        """Any answer will do, a refusal too: an agent that answers is there."""
        clock = self._gateway.clock
        while True:
            sent = clock.monotonic()
            late = asyncio.get_running_loop().call_later(SLOW_AFTER_S, self._slow, True)
            try:
                async with asyncio.timeout(AWAY_AFTER_S):
                    await self.peer.call("ping", {}, AWAY_AFTER_S)
            except TimeoutError:
                log.warning("agent does not answer", mcu=self.mcu)
                return
            except Closed:
                return
            except RemoteError:
                pass
            finally:
                late.cancel()
            self._slow(False)
            self._round_trips.append(clock.monotonic() - sent)
            await asyncio.sleep(PING_EVERY_S)

    def _slow(self, slow: bool) -> None:
        if self.slow != slow and self.greeted and not self.replaced:
            self.slow = slow
            self._gateway.listener.slow(self.mcu, slow)

    async def _send(self, text: str) -> None:
        if self.ended.is_set():
            raise Closed
        async with self._sending:
            try:
                await self._transport(text)
            except Exception as error:
                log.info("agent's connection broke", mcu=self.mcu, error=repr(error))
                self.ended.set()

    def _report(self, method: str, params: Params) -> None:
        if method == "hello" and not self.greeted:
            self.greeted = True
            self._gateway.greeted(self)
        if self.greeted:
            self._gateway.listener.report(Report(self.mcu, method, params, self.transit_s))
        if method == "hello":
            self.wake.set()

    async def _relay(self, params: Params) -> Any:
        to, method, inner = str(params["to"]), str(params["method"]), params["params"]
        if method not in RELAYED or inner.get("child") != self.mcu:
            raise RemoteError("not-relayed", f"{method!r} of {inner.get('child')!r} is not relayed")
        if not self._gateway.joined(self.mcu, to):
            raise RemoteError("not-relayed", f"no line leads from {self.mcu!r} to {to!r}")
        try:
            return await self._gateway.request(to, method, inner)
        except McuAway as error:
            raise RemoteError("away", f"MCU {to!r} is not connected") from error
        except McuRefused as error:
            raise RemoteError(error.code, str(error)) from error


class Gateway:
    """Implements ``ports.mcus.Mcus``; at most one connection per MCU, the newest."""

    listener: McuListener

    def __init__(self, places: Places, clock: Clock) -> None:
        self.clock = clock
        self._places = places
        self._connections: dict[str, AgentConnection] = {}
        self._desired: dict[str, tuple[Resource, ...]] = {}

    def online(self, mcu: str) -> bool:
        return mcu in self._connections

    def desired(self, mcu: str) -> tuple[Resource, ...]:
        return self._desired.get(mcu, ())

    def desire(self, mcu: str, resources: Sequence[Resource]) -> None:
        self._desired[mcu] = tuple(resources)
        connection = self._connections.get(mcu)
        if connection is not None:
            connection.wake.set()

    async def request(self, mcu: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
        connection = self._connections.get(mcu)
        if connection is None:
            raise McuAway(mcu)
        try:
            result = await connection.peer.call(method, params)
        except (Closed, TimeoutError) as error:
            raise McuAway(mcu) from error
        except RemoteError as error:
            raise McuRefused(error.code, str(error)) from error
        if not isinstance(result, dict):
            raise McuRefused("internal", f"{method} answered {type(result).__name__}")
        return result

    def joined(self, child: str, other: str) -> bool:
        """Whether a usual line, or a link as a plan wants it, joins the two MCUs."""
        desired = self._desired.get(child, ())
        planned = any(isinstance(r, Uplink | Downlink) and r.parent == other for r in desired)
        lines = {frozenset(line) for line in self._places.directory.lines()}
        return planned or frozenset((child, other)) in lines

    def greeted(self, connection: AgentConnection) -> None:
        """An agent said hello: from now on it is its MCU's connection."""
        former = self._connections.get(connection.mcu)
        self._connections[connection.mcu] = connection
        if former is not None:
            former._slow(False)
            former.replaced = True
            former.ended.set()
        log.info("agent connected", mcu=connection.mcu)
        self.listener.connected(connection.mcu)

    def gone(self, connection: AgentConnection) -> None:
        if self._connections.get(connection.mcu) is connection:
            del self._connections[connection.mcu]
            log.info("agent away", mcu=connection.mcu)
            self.listener.away(connection.mcu)
