"""RTP packets of H.264 → the first whole keyframe among them (RFC 6184).

Nothing that came before a keyframe is of use, and nothing after it is waited for.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

RTP_HEADER = 12
MOST_PACKETS = 2048
"""More than a keyframe has; who sends so many without one begins anew."""

_START_CODE = b"\x00\x00\x00\x01"
_IDR, _SPS, _STAP_A, _FU_A = 5, 7, 24, 28


def ssrc_of(datagram: bytes) -> int | None:
    """Whose RTP packet it is; None for one that is none (RFC 3550 section 5.1)."""
    if len(datagram) <= RTP_HEADER or datagram[0] >> 6 != 2 or 64 <= datagram[1] & 0x7F < 96:
        return None  # payload types 64-95 are RTCP's (RFC 5761 section 4)
    return int(struct.unpack_from("!I", datagram, 8)[0])


class Keyframe:
    """Takes one stream's packets in whatever order they come."""

    def __init__(self) -> None:
        self._packets: dict[int, tuple[bool, bytes]] = {}
        self._begins: list[int] = []

    def add(self, datagram: bytes) -> bytes | None:
        """The keyframe (Annex B) once it is whole, of packets that have an SSRC."""
        number, marker, payload = _parse(datagram)
        if not payload:
            return None
        if len(self._packets) >= MOST_PACKETS:
            self._packets.clear()
            self._begins.clear()
        self._packets[number] = (marker, payload)
        if any(kind == _SPS for kind, _ in _nals(payload)):
            self._begins.append(number)
        return next((unit for begin in self._begins if (unit := self._from(begin))), None)

    def _from(self, number: int) -> bytes | None:
        """All from a packet on to the end of a picture, if nothing is missing and it is one that
        needs no other. Some senders repeat the parameter sets between its slices, where a parser
        would take them for the next picture's."""
        data, key = bytearray(), False
        while (packet := self._packets.get(number)) is not None:
            marker, payload = packet
            for kind, nal in _nals(payload):
                if key and kind != _IDR:
                    continue
                key = kind == _IDR
                data += nal
            if marker and key:
                return bytes(data)
            number = (number + 1) & 0xFFFF
        return None


def _parse(datagram: bytes) -> tuple[int, bool, bytes]:
    """Sequence number, marker and payload; header extension and padding left out (RFC 3550
    section 5.1). Of a packet that is cut off no payload is left."""
    begin = RTP_HEADER + 4 * (datagram[0] & 0x0F)
    if datagram[0] & 0x10:
        begin += 4 + 4 * int.from_bytes(datagram[begin + 2 : begin + 4], "big")
    end = len(datagram) - (datagram[-1] if datagram[0] & 0x20 else 0)
    number = int.from_bytes(datagram[2:4], "big")
    return number, bool(datagram[1] & 0x80), datagram[begin:end]


def _nals(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and bytes of each NAL unit, or piece of one, in a payload."""
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
