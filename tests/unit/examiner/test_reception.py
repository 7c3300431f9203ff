"""What came is known however late it is read, and when it came."""

import asyncio
import socket
import struct
import time
from itertools import pairwise

from diemcau.examiner.reception import Address, Reception


def packet(number: int, kind: int = 112, ssrc: int = 7) -> bytes:
    return struct.pack("!BBHII", 0x80, kind, number, 960 * number, ssrc) + b"sound"


def test_packets_bear_the_time_at_which_they_came_and_not_that_at_which_they_are_read() -> None:
    async def received() -> list[float]:
        reception = Reception(112)
        address = reception.open()
        reception.begin()
        until = time.monotonic() + 60
        spaced(address)  # nothing of this process runs meanwhile
        arrived = reception.end(until)
        reception.close()
        assert [one.packet.number for one in arrived] == [0, 1, 2, 3]
        return [one.at for one in arrived[1:]]  # the kernel begins a moment after it was asked to

    gaps = [later - earlier for earlier, later in pairwise(asyncio.run(received()))]
    assert min(gaps) >= 0.025, "all of them are read in one instant"


def spaced(address: Address) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
        for number in range(4):
            sending.sendto(packet(number), address)
            time.sleep(0.05)


def test_what_came_before_the_beginning_or_after_the_end_does_not_count() -> None:
    async def numbers() -> list[int]:
        reception = Reception(112)
        address = reception.open()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
            sending.sendto(packet(1), address)
            reception.begin()
            sending.sendto(packet(2), address)
            until = time.monotonic()
            await asyncio.sleep(0.05)
            sending.sendto(packet(3), address)
            arrived = reception.end(until)
        reception.close()
        return [one.packet.number for one in arrived]

    assert asyncio.run(numbers()) == [2]


def test_only_packets_of_one_kind_and_of_whoever_came_first_are_kept() -> None:
    async def numbers() -> list[int]:
        reception = Reception(112)
        address = reception.open()
        reception.begin()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
            for one in (packet(1, kind=109), packet(2), packet(3, ssrc=8), b"?", packet(4)):
                sending.sendto(one, address)
        arrived = reception.end(time.monotonic() + 60)
        reception.close()
        return [one.packet.number for one in arrived]

    assert asyncio.run(numbers()) == [2, 4]
