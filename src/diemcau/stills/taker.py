"""Takes stills: one socket for all, each take told by an SSRC of its own.

Whoever forwards a site's picture gives its packets that SSRC, so nothing of one site can become the
still of another, however late it comes.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from diemcau.apart.rtp import picture_lost, ssrc_of
from diemcau.stills.decoder import Decoder
from diemcau.stills.errors import StillError
from diemcau.stills.keyframe import Keyframe

WITHIN_S = 2.0
"""How long a keyframe is waited for: a round trip, the encoder, and what was lost sent again."""

Address = tuple[str, int]


class _Take:
    def __init__(self) -> None:
        self.keyframe = Keyframe()
        self.whole: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()


class Taker(asyncio.DatagramProtocol):
    """``port`` is where pictures are to be forwarded to, on 127.0.0.1."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._thread = ThreadPoolExecutor(1)
        self._takes: dict[int, _Take] = {}
        self._transport: asyncio.DatagramTransport | None = None
        self.port = 0

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    async def take(self, ssrc: int, pli: Address) -> bytes:
        """The JPEG of the next keyframe with that SSRC, which is asked for, once, at ``pli``;
        raises ``StillError`` ``no-keyframe`` or ``undecodable``."""
        assert self._transport is not None
        take = self._takes[ssrc] = _Take()
        try:
            self._transport.sendto(picture_lost(ssrc), pli)
            async with asyncio.timeout(WITHIN_S):
                keyframe = await take.whole
        except TimeoutError:
            raise StillError("no-keyframe", f"none came within {WITHIN_S} s") from None
        finally:
            del self._takes[ssrc]
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._decoder.still, keyframe)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        ssrc = ssrc_of(data)
        take = self._takes.get(ssrc) if ssrc is not None else None
        if take is None or take.whole.done():
            return
        keyframe = take.keyframe.add(data)
        if keyframe is not None:
            take.whole.set_result(keyframe)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
        self._thread.shutdown(cancel_futures=True)
        self._decoder.close()
