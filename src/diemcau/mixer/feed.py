"""One output feed: RTP time that survives a restart, sequence numbers, and RTCP with Janus.

RTP time is the wall clock's, so that a new mixer goes on where the last one stopped. Every second
a sender report tells Janus where to send keyframe requests.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from typing import Any

from diemcau.mixer import rtcp
from diemcau.mixer.gst import make
from diemcau.mixer.settings import Output

log = logging.getLogger(__name__)

MTU = 1200
RTP_HEADER = 12
AUDIO_PT = 111
VIDEO_PT = 107
AUDIO_RATE = 48_000
VIDEO_RATE = 90_000


class Timebase:
    """The process's clock: running time in ns since its start, and the wall clock it started at."""

    def __init__(self) -> None:
        self.wall = time.time()
        self.start = time.monotonic()

    def running(self) -> int:
        return round((time.monotonic() - self.start) * 1e9)

    def rtp_offset(self, rate: int) -> int:
        """RTP time of running time 0."""
        return int(self.wall * rate) & 0xFFFFFFFF

    def rtp_now(self, rate: int) -> int:
        return (self.rtp_offset(rate) + self.running() * rate // 1_000_000_000) & 0xFFFFFFFF


class Stream:
    """Payloader and socket of one stream of a feed."""

    def __init__(self, payloader: Any, output: Output, ssrc: int) -> None:
        self.payloader = payloader
        self.sink = make(
            "udpsink",
            host=output.host,
            port=output.port,
            sync=False,
            async_=False,
            enable_last_sample=False,
        )
        self.ssrc = ssrc
        self._packets = 0
        self._counted: int | None = None

    @property
    def seq(self) -> int:
        """Sequence number of the last packet sent."""
        return int(self.payloader.get_property("seqnum"))

    @property
    def octets(self) -> int:
        """Bytes of UDP payload sent."""
        return int(self.sink.get_property("bytes-served"))

    def packets(self) -> int:
        """Packets sent between the first call and this one; call it more often than they wrap."""
        seq = self.seq
        self._packets += 0 if self._counted is None else (seq - self._counted) & 0xFFFF
        self._counted = seq
        return self._packets


def audio_stream(output: Output, ssrc: int, timebase: Timebase) -> Stream:
    payloader = make(
        "rtpopuspay",
        pt=AUDIO_PT,
        ssrc=ssrc,
        mtu=MTU,
        perfect_rtptime=False,
        seqnum_offset=_seq(output.audio_seq),
        timestamp_offset=timebase.rtp_offset(AUDIO_RATE),
    )
    return Stream(payloader, output, ssrc)


def video_stream(output: Output, ssrc: int, timebase: Timebase) -> Stream:
    payloader = make(
        "rtph264pay",
        pt=VIDEO_PT,
        ssrc=ssrc,
        mtu=MTU,
        config_interval=-1,
        aggregate_mode="zero-latency",
        perfect_rtptime=False,
        seqnum_offset=_seq(output.video_seq),
        timestamp_offset=timebase.rtp_offset(VIDEO_RATE),
    )
    return Stream(payloader, output, ssrc)


def _seq(first: int | None) -> int:
    """Sequence numbers start at random where none is given (RFC 3550 section 5.1)."""
    return random.randrange(1000, 30000) if first is None else first & 0xFFFF


class Feed:
    """What a named output is made of, and its RTCP."""

    def __init__(self, name: str, output: Output, timebase: Timebase) -> None:
        self.name = name
        self.output = output
        self.timebase = timebase
        self.audio: Stream | None = None
        self.video: Stream | None = None
        self.on_keyframe: Callable[[], None] = lambda: None
        self._transport: asyncio.DatagramTransport | None = None
        if output.audio_ssrc is not None:
            self.audio = audio_stream(output, output.audio_ssrc, timebase)
        if output.video_ssrc is not None:
            self.video = video_stream(output, output.video_ssrc, timebase)

    async def open(self) -> None:
        """Open the RTCP socket; keyframe requests call `on_keyframe` in the event loop."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: _Rtcp(self), remote_addr=(self.output.host, self.output.rtcp_port)
        )

    def report(self) -> None:
        """Send the sender reports of this feed's streams."""
        if self._transport is None:
            return
        wall = self.timebase.wall + self.timebase.running() / 1e9
        for stream, rate in ((self.audio, AUDIO_RATE), (self.video, VIDEO_RATE)):
            if stream is not None:
                sent, now = stream.packets(), self.timebase.rtp_now(rate)
                octets = max(0, stream.octets - RTP_HEADER * sent)
                self._transport.sendto(rtcp.sender_report(stream.ssrc, wall, now, sent, octets))

    def sequence_numbers(self) -> dict[str, int]:
        """`audio_seq` and `video_seq` of the streams there are."""
        streams = {"audio_seq": self.audio, "video_seq": self.video}
        return {name: stream.seq for name, stream in streams.items() if stream is not None}

    def octets(self) -> int:
        return sum(stream.octets for stream in (self.audio, self.video) if stream is not None)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class _Rtcp(asyncio.DatagramProtocol):
    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if rtcp.asks_for_keyframe(data):
            self._feed.on_keyframe()

    def error_received(self, exc: Exception) -> None:
        """Nobody listens yet (Janus restarts): the next report tries again."""
        log.debug("%s: RTCP: %s", self._feed.name, exc)
