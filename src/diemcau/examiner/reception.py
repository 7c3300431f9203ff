"""Where one stream of a site is forwarded to, and what came there."""

from __future__ import annotations

import asyncio
import socket

from diemcau.apart.rtp import parse, picture_lost, ssrc_of
from diemcau.examiner.stream import Arrived

MOST_PACKETS = 50_000
"""More than a minute has of any stream that can be decoded here; a flood is cut off."""

_BUFFER = 1 << 20
Address = tuple[str, int]


class Reception(asyncio.DatagramProtocol):
    """Keeps packets of one payload type from ``begin`` to ``end``: those of whoever came first."""

    def __init__(self, payload_type: int) -> None:
        self._payload_type = payload_type
        self.arrived: list[Arrived] = []
        self._keeping = False
        self._ssrc: int | None = None
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> Address:
        """Listen on a free port of 127.0.0.1, which is returned."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        listening = self._transport.get_extra_info("socket")
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        host, port = self._transport.get_extra_info("sockname")
        return host, port

    def begin(self) -> None:
        self.arrived, self._ssrc, self._keeping = [], None, True

    def end(self) -> list[Arrived]:
        arrived, self.arrived, self._keeping = self.arrived, [], False
        return arrived

    def ask_for_keyframe(self, pli: Address) -> None:
        if self._transport is not None:
            self._transport.sendto(picture_lost(self._ssrc or 0), pli)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if not self._keeping or len(self.arrived) >= MOST_PACKETS:
            return
        ssrc = ssrc_of(data)
        if ssrc is None or data[1] & 0x7F != self._payload_type:
            return
        if self._ssrc is None:
            self._ssrc = ssrc
        if ssrc == self._ssrc:
            self.arrived.append(Arrived(asyncio.get_running_loop().time(), parse(data)))
