"""Sends a site the sound of its examination, as RTP of Opus."""

from __future__ import annotations

import asyncio
import struct
import time

from diemcau.examiner.stream import RATE

PAYLOAD_TYPE = 111
FRAME = RATE // 50
FRAME_S = FRAME / RATE
Address = tuple[str, int]


async def send(payloads: list[bytes], address: Address, ssrc: int, start: float) -> None:
    """Send the packets from ``start`` (the loop's time) on, each at its time.

    Their numbers follow the clock, as if the stream had never stopped: so whoever received an
    earlier one of this SSRC takes them for later packets of the same.
    """
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=address
    )
    first = int(time.time() / FRAME_S)
    try:
        for place, payload in enumerate(payloads):
            await asyncio.sleep(start + place * FRAME_S - loop.time())
            number = first + place
            head = struct.pack(
                "!BBHII",
                0x80,
                PAYLOAD_TYPE,
                number & 0xFFFF,
                number * FRAME & 0xFFFFFFFF,
                ssrc,
            )
            transport.sendto(head + payload)
    finally:
        transport.close()
