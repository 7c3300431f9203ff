"""RTP packets of H.264 → access units (RFC 6184), with holes asked for, waited for, given up.

aiortc's own buffer gives a frame out only when the next one begins, and stands still behind a
lost packet until it overflows; neither tells how the system under test behaves. Here a frame is
out with its last packet, and a hole that is not mended in time ends at the next keyframe, which is
what a browser does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

GIVE_UP_MS = 250.0
NACK_AGAIN_MS = 50.0
_KEEP = 2048
_START_CODE = b"\x00\x00\x00\x01"
_IDR, _SPS, _STAP_A, _FU_A = 5, 7, 24, 28


class Packet(NamedTuple):
    """What of an RTP packet matters here."""

    sequence: int
    timestamp: int
    marker: bool
    payload: bytes


class AccessUnit(NamedTuple):
    """One encoded picture, Annex B."""

    data: bytes
    timestamp: int
    keyframe: bool


class Assembler:
    """Puts one stream's packets in order and together.

    `lost` counts packets given up, `keyframe_wanted` is set while nothing can be shown.
    """

    def __init__(self) -> None:
        self._packets: dict[int, Packet] = {}
        self._next: int | None = None
        self._highest = 0
        self._missing: dict[int, tuple[float, float]] = {}
        self.keyframe_wanted = True
        self.received = 0
        self.lost = 0

    def add(self, packet: Packet, now_ms: float) -> list[AccessUnit]:
        """Take a packet; return the pictures that are complete now, in order."""
        number = self._unwrap(packet.sequence)
        if self._next is not None and number < self._next:
            return []  # came twice, or was given up
        self.received += 1
        self._missing.pop(number, None)
        for hole in range(self._highest + 1, number):
            self._missing[hole] = (now_ms, -NACK_AGAIN_MS)
        self._highest = max(self._highest, number)
        self._packets[number] = packet
        return list(self._take(now_ms))

    def nacks(self, now_ms: float) -> list[int]:
        """Return the sequence numbers to ask for again now (16 bits each)."""
        due = [n for n, (_, asked) in self._missing.items() if now_ms - asked >= NACK_AGAIN_MS]
        for number in due:
            self._missing[number] = (self._missing[number][0], now_ms)
        return [number & 0xFFFF for number in due]

    def decoder_failed(self) -> None:
        """Show nothing more until a keyframe."""
        self.keyframe_wanted = True

    def _unwrap(self, sequence: int) -> int:
        if self._next is None:
            self._next = self._highest = sequence
            return sequence
        step = (sequence - self._highest) & 0xFFFF
        return self._highest + (step if step < 0x8000 else step - 0x10000)

    def _take(self, now_ms: float) -> Iterator[AccessUnit]:
        while True:
            unit = self._next_unit()
            if unit is not None:
                if unit.keyframe or not self.keyframe_wanted:
                    self.keyframe_wanted = False
                    yield unit
                continue
            if not self._stuck(now_ms) or not self._skip_hole():
                return

    def _next_unit(self) -> AccessUnit | None:
        """Return the picture at the head of the queue if all of it is there."""
        assert self._next is not None
        packets: list[Packet] = []
        number = self._next
        while (packet := self._packets.get(number)) is not None:
            packets.append(packet)
            number += 1
            if packet.marker:
                for taken in range(self._next, number):
                    del self._packets[taken]
                self._next = number
                return _unit(packets)
        return None

    def _stuck(self, now_ms: float) -> bool:
        """Whether the hole at the head has been waited for long enough, or is overtaken."""
        holes = [since for since, _ in self._missing.values()]
        if not holes or not self._packets:
            return False
        return (
            now_ms - min(holes) >= GIVE_UP_MS
            or self._highest - min(self._missing) > _KEEP
            or self._keyframe_after_hole() is not None
        )

    def _keyframe_after_hole(self) -> int | None:
        """Return where a complete keyframe begins behind the first hole."""
        first = min(self._missing)
        begins = [n for n, p in self._packets.items() if n > first and _begins_keyframe(p.payload)]
        return next((n for n in sorted(begins) if self._complete_from(n)), None)

    def _complete_from(self, number: int) -> bool:
        while (packet := self._packets.get(number)) is not None:
            if packet.marker:
                return True
            number += 1
        return False

    def _skip_hole(self) -> bool:
        """Leave the first hole behind; return whether there is something to go on with."""
        start = self._keyframe_after_hole()
        if start is None:
            start = self._after_first_hole()
        for number in [n for n in self._missing if n < start]:
            del self._missing[number]
            self.lost += 1
        for number in [n for n in self._packets if n < start]:
            del self._packets[number]
        self._next = start
        self.keyframe_wanted = True
        return start in self._packets

    def _after_first_hole(self) -> int:
        """Return the first number behind the frame that the first hole tore."""
        number = min(self._missing)
        while number <= self._highest:
            packet = self._packets.get(number)
            number += 1
            if packet is not None and packet.marker:
                break
        return number


def _unit(packets: list[Packet]) -> AccessUnit:
    data = bytearray()
    keyframe = False
    for packet in packets:
        for kind, nal in _nals(packet.payload):
            keyframe = keyframe or kind == _IDR
            data += nal
    return AccessUnit(bytes(data), packets[0].timestamp, keyframe)


def _nals(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (NAL type, bytes to append) of a payload: single, STAP-A, or FU-A fragment."""
    if len(payload) < 2:
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
    elif kind == _FU_A:
        inner = payload[1] & 0x1F
        first = payload[1] & 0x80
        head = _START_CODE + bytes([payload[0] & 0xE0 | inner]) if first else b""
        yield inner, head + payload[2:]
    else:
        yield kind, _START_CODE + payload


def _begins_keyframe(payload: bytes) -> bool:
    """Whether a payload opens a keyframe's access unit: its SPS comes first."""
    return next((kind == _SPS for kind, _ in _nals(payload)), False)
