"""RTP packets of H.264 → the first whole keyframe among them (RFC 6184).

Nothing that came before a keyframe is of use, and nothing after it is waited for.
"""

from __future__ import annotations

from diemcau.apart.rtp import IDR, SPS, nals, parse

MOST_PACKETS = 2048
"""More than a keyframe has; who sends so many without one begins anew."""


class Keyframe:
    """Takes one stream's packets in whatever order they come."""

    def __init__(self) -> None:
        self._packets: dict[int, tuple[bool, bytes]] = {}
        self._begins: list[int] = []

    def add(self, datagram: bytes) -> bytes | None:
        """The keyframe (Annex B) once it is whole, of packets that have an SSRC."""
        packet = parse(datagram)
        if not packet.payload:
            return None
        if len(self._packets) >= MOST_PACKETS:
            self._packets.clear()
            self._begins.clear()
        self._packets[packet.number] = (packet.marker, packet.payload)
        if any(kind == SPS for kind, _ in nals(packet.payload)):
            self._begins.append(packet.number)
        return next((unit for begin in self._begins if (unit := self._from(begin))), None)

    def _from(self, number: int) -> bytes | None:
        """All from a packet on to the end of a picture, if nothing is missing and it is one that
        needs no other. Some senders repeat the parameter sets between its slices, where a parser
        would take them for the next picture's."""
        data, key = bytearray(), False
        while (packet := self._packets.get(number)) is not None:
            marker, payload = packet
            for kind, nal in nals(payload):
                if key and kind != IDR:
                    continue
                key = kind == IDR
                data += nal
            if marker and key:
                return bytes(data)
            number = (number + 1) & 0xFFFF
        return None
