"""Where one stream of a site is forwarded to, and what came there."""

from __future__ import annotations

import asyncio
import socket
import struct
import time

from diemcau.apart.rtp import parse, picture_lost, ssrc_of
from diemcau.examiner.stream import Arrived

MOST_PACKETS = 50_000
"""More than a minute has of any stream that can be decoded here; a flood is cut off."""

_LONGEST = 1 << 16
_BUFFER = 1 << 22
"""Bytes: what comes in a whole examination, for this process gives way to all others."""

_STAMPS, _STAMP = 35, struct.Struct("@ll")
"""``SO_TIMESTAMPNS`` of Linux: the kernel says when a packet came (seconds and ns), however late
this process reads it."""

_FORCED_BUFFER = 33
"""``SO_RCVBUFFORCE``: beyond what is allowed to everybody, where the process may."""

Address = tuple[str, int]


class Reception:
    """Keeps packets of one payload type from ``begin`` to ``end``: those of whoever came first."""

    def __init__(self, payload_type: int) -> None:
        self._payload_type = payload_type
        self.arrived: list[Arrived] = []
        self._keeping = False
        self._offset = 0.0
        self._ssrc: int | None = None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def open(self) -> Address:
        """Listen on a free port of 127.0.0.1, which is returned."""
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, _STAMPS, 1)
        _enlarge(self._socket)
        self._socket.bind(("127.0.0.1", 0))
        asyncio.get_running_loop().add_reader(self._socket, self._read)
        host, port = self._socket.getsockname()
        return host, port

    def begin(self) -> None:
        self._read()
        self.arrived, self._ssrc, self._keeping = [], None, True
        self._offset = _offset()

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
                data, told, _, _ = self._socket.recvmsg(_LONGEST, socket.CMSG_SPACE(_STAMP.size))
                self._take(data, told)
        except BlockingIOError:
            return

    def _take(self, data: bytes, told: list[tuple[int, int, bytes]]) -> None:
        if not self._keeping or len(self.arrived) >= MOST_PACKETS:
            return
        ssrc = ssrc_of(data)
        if ssrc is None or data[1] & 0x7F != self._payload_type:
            return
        if self._ssrc is None:
            self._ssrc = ssrc
        if ssrc == self._ssrc:
            self.arrived.append(Arrived(self._came(told), parse(data)))

    def _came(self, told: list[tuple[int, int, bytes]]) -> float:
        """When a packet came, by the monotonic clock; now, where the kernel does not say."""
        for level, kind, data in told:
            if (level, kind) == (socket.SOL_SOCKET, _STAMPS) and len(data) >= _STAMP.size:
                seconds, nanoseconds = _STAMP.unpack_from(data)
                came: float = self._offset + seconds + nanoseconds / 1e9
                return min(came, time.monotonic())
        return time.monotonic()


def _enlarge(receiving: socket.socket) -> None:
    try:
        receiving.setsockopt(socket.SOL_SOCKET, _FORCED_BUFFER, _BUFFER)
    except PermissionError:
        receiving.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)


def _offset() -> float:
    """How far the monotonic clock is past the time of day, in seconds. Whoever is interrupted
    between the two finds it too small."""
    return max(time.monotonic() - time.time() for _ in range(5))
