"""RTP packets of H.264 → the pictures they carry."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from diemcau.apart.rtp import SPS, nals
from diemcau.examiner.stream import Arrived, in_order

CLOCK = 90_000


class Unit(NamedTuple):
    """All there is of one picture (Annex B), and when the last of it came."""

    at: float
    stamp: int
    data: bytes


def access_units(arrived: Sequence[Arrived]) -> list[Unit]:
    """The pictures from the first on that can be decoded without one before it."""
    units: list[Unit] = []
    for stamp, group in groupby(in_order(arrived), key=lambda packet: packet.stamp):
        packets = list(group)
        pieces = [piece for packet in packets for piece in nals(packet.payload)]
        if units or any(kind == SPS for kind, _ in pieces):
            data = b"".join(data for _, data in pieces)
            units.append(Unit(max(packet.at for packet in packets), stamp, data))
    return units
