"""RTP packets (RFC 3550) and what H.264 puts into them (RFC 6184)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

HEADER = 12
OWN_SSRC = 1
SPS, IDR = 7, 5

_START_CODE = b"\x00\x00\x00\x01"
_STAP_A, _FU_A = 24, 28


class Packet(NamedTuple):
    """``stamp`` is the RTP time."""

    kind: int
    number: int
    stamp: int
    marker: bool
    payload: bytes


def ssrc_of(datagram: bytes) -> int | None:
    """Whose RTP packet it is; None for one that is none (RFC 3550 section 5.1)."""
    if len(datagram) <= HEADER or datagram[0] >> 6 != 2 or 64 <= datagram[1] & 0x7F < 96:
        return None  # payload types 64-95 are RTCP's (RFC 5761 section 4)
    return int(struct.unpack_from("!I", datagram, 8)[0])


def parse(datagram: bytes) -> Packet:
    """A packet that has an SSRC; header extension and padding left out (RFC 3550 section 5.1). Of
    one that is cut off no payload is left."""
    begin = HEADER + 4 * (datagram[0] & 0x0F)
    if datagram[0] & 0x10:
        begin += 4 + 4 * int.from_bytes(datagram[begin + 2 : begin + 4], "big")
    end = len(datagram) - (datagram[-1] if datagram[0] & 0x20 else 0)
    kind, number, stamp = struct.unpack_from("!xBHI", datagram)
    return Packet(kind & 0x7F, number, stamp, bool(kind & 0x80), datagram[begin:end])


def nals(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and bytes (Annex B) of each NAL unit, or piece of one, in a payload."""
    if not payload:
        return
    kind = payload[0] & 0x1F
    if kind == _STAP_A:
        at = 1
        while at + 2 < len(payload):
            size = int.from_bytes(payload[at : at + 2], "big")
            nal = payload[at + 2 : at + 2 + size]
            if nal:
                yield nal[0] & 0x1F, _START_CODE + nal
            at += 2 + size
    elif kind == _FU_A and len(payload) > 2:
        head = _START_CODE + bytes([payload[0] & 0xE0 | payload[1] & 0x1F])
        yield payload[1] & 0x1F, (head if payload[1] & 0x80 else b"") + payload[2:]
    elif 0 < kind < _STAP_A:
        yield kind, _START_CODE + payload


def picture_lost(ssrc: int) -> bytes:
    """A picture loss indication (RFC 4585 section 6.3.1)."""
    return struct.pack("!BBHII", 0x81, 206, 2, OWN_SSRC, ssrc)
