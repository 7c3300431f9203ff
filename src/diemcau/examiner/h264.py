"""RTP packets of H.264 → the pictures they carry."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from diemcau.apart.rtp import SPS, nals
from diemcau.examiner.stream import Arrived, Placed, in_order

CLOCK = 90_000


class Unit(NamedTuple):
    """All there is of one picture (Annex B), and when the last of it came."""

    at: float
    stamp: int
    data: bytes


def access_units(arrived: Sequence[Arrived]) -> list[Unit]:
    """The pictures from the first on that can be decoded without one before it."""
    units: list[Unit] = []
    for packets in _pictures(arrived):
        pieces = [piece for packet in packets for piece in nals(packet.payload)]
        if units or any(kind == SPS for kind, _ in pieces):
            data = b"".join(data for _, data in pieces)
            units.append(Unit(max(packet.at for packet in packets), packets[0].stamp, data))
    return units


def first_keyframe(arrived: Sequence[Arrived]) -> float | None:
    """When the last packet came of the first one of which none is missing (monotonic seconds)."""
    for packets in _pictures(arrived):
        whole = packets[-1].marker and packets[-1].number - packets[0].number == len(packets) - 1
        if whole and any(kind == SPS for kind, _ in nals(packets[0].payload)):
            return max(packet.at for packet in packets)
    return None


def _pictures(arrived: Sequence[Arrived]) -> list[list[Placed]]:
    """The packets of each."""
    return [list(group) for _, group in groupby(in_order(arrived), key=lambda one: one.stamp)]
