"""One RTP stream as it came, and put into order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from diemcau.apart.rtp import Packet

RATE = 48000
"""Of all sound, in samples a second; the clock of Opus in RTP too (RFC 7587)."""


class Arrived(NamedTuple):
    """A packet, and when it came (seconds of the monotonic clock)."""

    at: float
    packet: Packet


class Placed(NamedTuple):
    """``number`` and ``stamp`` (the RTP time) do not wrap, and are counted from the first packet
    that came; ``marker`` is on the last packet of a picture."""

    at: float
    number: int
    stamp: int
    marker: bool
    payload: bytes


class Heard(NamedTuple):
    """What came in a run that took ``seconds`` from ``start`` on."""

    audio: list[Arrived]
    video: list[Arrived]
    start: float
    seconds: float
    chirped: bool


def in_order(arrived: Sequence[Arrived]) -> list[Placed]:
    """Each packet once, in the order in which they were sent."""
    if not arrived:
        return []
    first = arrived[0].packet
    placed = {
        packet.number: Placed(
            at,
            _apart(packet.number, first.number, 16),
            _apart(packet.stamp, first.stamp, 32),
            packet.marker,
            packet.payload,
        )
        for at, packet in reversed(arrived)  # of a packet that came twice the first stays
    }
    return sorted(placed.values(), key=lambda packet: packet.number)


def spread_ms(arrived: Sequence[Arrived], clock: int) -> float:
    """How much longer than the quickest packet all but a twentieth took: the variation of delay as
    ITU-T Y.1540 has it, of the quantile 0.95."""
    first = arrived[0].packet
    delays = sorted(at - _apart(packet.stamp, first.stamp, 32) / clock for at, packet in arrived)
    return 1000 * (delays[len(delays) * 19 // 20] - delays[0])


def _apart(value: int, origin: int, bits: int) -> int:
    """How far a counter of so many bits is past another, or before it."""
    half = 1 << (bits - 1)
    return (value - origin + half) % (1 << bits) - half
