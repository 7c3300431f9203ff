"""Datagrams and when they came, as the kernel says: however late this process reads them."""

from __future__ import annotations

import socket
import struct
import time
from typing import Any

_LONGEST = 1 << 16
_STAMPS, _STAMP = 35, struct.Struct("@ll")
"""``SO_TIMESTAMPNS`` of Linux: seconds and nanoseconds of the time of day."""
_FORCED_BUFFER = 33
"""``SO_RCVBUFFORCE``: beyond what is allowed to everybody, where the process may."""


def stamp(receiving: socket.socket, buffer: int) -> None:
    """Have the kernel say when each datagram comes, and keep so many bytes until they are read."""
    receiving.setsockopt(socket.SOL_SOCKET, _STAMPS, 1)
    try:
        receiving.setsockopt(socket.SOL_SOCKET, _FORCED_BUFFER, buffer)
    except PermissionError:
        receiving.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)


def receive(receiving: socket.socket, ahead: float) -> tuple[bytes, float, Any]:
    """The next datagram, when it came by the monotonic clock (now, where the kernel does not say),
    and from where. ``ahead``: as of `monotonic_ahead`. Raises what ``recvmsg`` raises."""
    data, told, _, sender = receiving.recvmsg(_LONGEST, socket.CMSG_SPACE(_STAMP.size))
    return data, _came(told, ahead), sender


def monotonic_ahead() -> float:
    """How far the monotonic clock is past the time of day, in seconds. Whoever is interrupted
    between the two finds it too small."""
    return max(time.monotonic() - time.time() for _ in range(5))


def _came(told: list[tuple[int, int, bytes]], ahead: float) -> float:
    for level, kind, data in told:
        if (level, kind) == (socket.SOL_SOCKET, _STAMPS) and len(data) >= _STAMP.size:
            seconds, nanoseconds = _STAMP.unpack_from(data)
            came: float = ahead + seconds + nanoseconds / 1e9
            return min(came, time.monotonic())
    return time.monotonic()
