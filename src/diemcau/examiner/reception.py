"""Where one stream of a site is forwarded to, and what came there."""

from __future__ import annotations

import asyncio
import socket

from diemcau.apart.arrivals import monotonic_ahead, receive, stamp
from diemcau.apart.rtp import parse, picture_lost, ssrc_of
from diemcau.examiner.stream import Arrived

MOST_PACKETS = 50_000
"""More than a minute has of any stream that can be decoded here; a flood is cut off."""

_BUFFER = 1 << 22
"""Bytes: what comes in a whole examination, for this process gives way to all others."""

Address = tuple[str, int]


class Reception:
    """Keeps packets of one payload type from ``begin`` to ``end``: those of whoever came first."""

    def __init__(self, payload_type: int) -> None:
        self._payload_type = payload_type
        self.arrived: list[Arrived] = []
        self._keeping = False
        self._ahead = 0.0
        self._ssrc: int | None = None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def open(self) -> Address:
        """Listen on a free port of 127.0.0.1, which is returned."""
        self._socket.setblocking(False)
        stamp(self._socket, _BUFFER)
        self._socket.bind(("127.0.0.1", 0))
        asyncio.get_running_loop().add_reader(self._socket, self._read)
        host, port = self._socket.getsockname()
        return host, port

    def begin(self) -> None:
        self._read()
        self.arrived, self._ssrc, self._keeping = [], None, True
        self._ahead = monotonic_ahead()

    def end(self, at: float) -> list[Arrived]:
        """What came until then (monotonic seconds), even if it was not read yet."""
        self._read()
        arrived, self.arrived, self._keeping = self.arrived, [], False
        return [one for one in arrived if one.at <= at]

    def ask_for_keyframe(self, pli: Address) -> None:
        self._socket.sendto(picture_lost(self._ssrc or 0), pli)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _read(self) -> None:
        try:
            for _ in range(MOST_PACKETS):
                data, at, _ = receive(self._socket, self._ahead)
                self._take(data, at)
        except BlockingIOError:
            return

    def _take(self, data: bytes, at: float) -> None:
        if not self._keeping or len(self.arrived) >= MOST_PACKETS:
            return
        ssrc = ssrc_of(data)
        if ssrc is None or data[1] & 0x7F != self._payload_type:
            return
        if self._ssrc is None:
            self._ssrc = ssrc
        if ssrc == self._ssrc:
            self.arrived.append(Arrived(at, parse(data)))
