"""Many receivers of one programme at little cost: a Janus that plays the part of an audience.

A hundred decoders do not fit on a test machine, but a hundred real WebRTC receptions do: a Janus
of our own takes each WHEP offer as that of a publisher in a room of its own, and so receives the
stream, with DTLS, SRTP, NACK and statistics, and decodes nothing.

    async with JanusLoad(network.host("audience")) as load:
        await load.add(url, token, 100)
        print(await load.stats())
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from diemcau.lab.errors import JanusError
from diemcau.lab.janus import JanusApi, LabJanus
from diemcau.lab.net import Host
from diemcau.lab.whep import WhepClient

_ROOM = "audience"
_AT_A_TIME = 8


@dataclass(frozen=True)
class ReceiverStats:
    """What one receiver got so far.

    `missed` packets did not come at first; of those `repaired` came again when asked for (sound is
    not asked for again).
    """

    connected: bool
    packets: int
    bytes: int
    missed: int
    repaired: int

    @property
    def lost(self) -> int:
        """Packets that never came."""
        return max(0, self.missed - self.repaired)


@dataclass(frozen=True)
class LoadStats:
    """What all receivers got so far."""

    receivers: tuple[ReceiverStats, ...]

    @property
    def connected(self) -> int:
        """How many receive."""
        return sum(receiver.connected for receiver in self.receivers)

    @property
    def packets(self) -> int:
        """Packets of all receivers, video and audio."""
        return sum(receiver.packets for receiver in self.receivers)

    @property
    def lost_share(self) -> float:
        """Share of packets lost for good, 0–1."""
        lost = sum(receiver.lost for receiver in self.receivers)
        return lost / (self.packets + lost) if self.packets + lost else 0.0

    def since(self, before: LoadStats) -> LoadStats:
        """Return what came after an earlier look; receivers added in between count fully."""
        nothing = ReceiverStats(False, 0, 0, 0, 0)
        early = [*before.receivers, *[nothing] * (len(self.receivers) - len(before.receivers))]
        pairs = zip(self.receivers, early, strict=False)
        return LoadStats(tuple(_difference(now, then) for now, then in pairs))


class _Receiver:
    def __init__(self, handle: int, client: WhepClient, session: str) -> None:
        self.handle, self.client, self.session = handle, client, session


class JanusLoad:
    """An audience on a host. Use as an async context manager.

    `add` raises WhepError when the server refuses, JanusError when the audience's Janus does.
    """

    def __init__(self, host: Host) -> None:
        self._janus = LabJanus(host)
        self._receivers: list[_Receiver] = []
        self._clients: list[WhepClient] = []

    async def __aenter__(self) -> Self:
        await self._janus.__aenter__()
        try:
            await self._make_room()
        except BaseException:
            await self._janus.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self.clear()
        finally:
            await self._janus.close()

    @property
    def pid(self) -> int:
        """The process of the audience, to account for its CPU time."""
        return self._janus.pid

    async def add(self, url: str, token: str, count: int) -> None:
        """Add receivers of a WHEP address, and wait until all of them receive."""
        client = WhepClient(url, token)
        self._clients.append(client)
        gate = asyncio.Semaphore(_AT_A_TIME)

        async def one() -> _Receiver:
            async with gate:
                return await self._join(client)

        results = await asyncio.gather(*(one() for _ in range(count)), return_exceptions=True)
        added = [result for result in results if isinstance(result, _Receiver)]
        self._receivers += added
        for result in results:
            if isinstance(result, BaseException):
                raise result
        await self._await_media(added)

    async def stats(self) -> LoadStats:
        """Ask how every receiver fares."""
        infos = [await self._api.handle_info(receiver.handle) for receiver in self._receivers]
        return LoadStats(tuple(_stats(info) for info in infos))

    async def clear(self) -> None:
        """End all receptions."""
        gate = asyncio.Semaphore(_AT_A_TIME)

        async def leave(receiver: _Receiver) -> None:
            async with gate:
                with contextlib.suppress(Exception):  # the server or Janus may be gone by now
                    await receiver.client.end(receiver.session)
                    await self._api.detach(receiver.handle)

        receivers, self._receivers = self._receivers, []
        await asyncio.gather(*(leave(receiver) for receiver in receivers))
        for client in self._clients:
            await client.close()
        self._clients.clear()

    @property
    def _api(self) -> JanusApi:
        if self._janus.api is None:
            raise JanusError("the audience's Janus is not running")
        return self._janus.api

    async def _make_room(self) -> None:
        room = {
            "request": "create",
            "room": _ROOM,
            "publishers": 1000,
            "audiocodec": "opus",
            "videocodec": "h264",
            "bitrate": 0,
            "fir_freq": 0,
            "notify_joining": False,
        }
        await self._api.request(await self._api.attach(), room)

    async def _join(self, client: WhepClient) -> _Receiver:
        session, offer = await client.offer()
        handle = await self._api.attach()
        join = {"request": "joinandconfigure", "ptype": "publisher", "room": _ROOM}
        _, answer = await self._api.request(handle, join, "offer", offer)
        await client.answer(session, answer)
        return _Receiver(handle, client, session)

    async def _await_media(self, receivers: list[_Receiver], seconds: float = 15.0) -> None:
        waiting = list(receivers)
        try:
            async with asyncio.timeout(seconds):
                while waiting:
                    infos = [await self._api.handle_info(receiver.handle) for receiver in waiting]
                    pairs = zip(waiting, infos, strict=True)
                    waiting = [r for r, info in pairs if not _stats(info).packets]
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            raise JanusError(
                f"{len(waiting)} of {len(receivers)} receivers got no packet in {seconds:.0f} s"
            ) from error


def _stats(info: dict[str, Any]) -> ReceiverStats:
    connection = info.get("webrtc", {})
    media = list(connection.get("media", {}).values())
    incoming = [medium.get("stats", {}).get("in", {}) for medium in media]
    reports = [medium.get("rtcp", {}).get("main", {}) for medium in media]
    return ReceiverStats(
        connected=connection.get("dtls", {}).get("dtls-state") == "connected",
        packets=sum(stream.get("packets", 0) for stream in incoming),
        bytes=sum(stream.get("bytes", 0) for stream in incoming),
        missed=sum(max(0, report.get("lost", 0)) for report in reports),
        repaired=sum(stream.get("retransmissions", 0) for stream in incoming),
    )


def _difference(now: ReceiverStats, then: ReceiverStats) -> ReceiverStats:
    return ReceiverStats(
        now.connected,
        now.packets - then.packets,
        now.bytes - then.bytes,
        max(0, now.missed - then.missed),
        now.repaired - then.repaired,
    )
