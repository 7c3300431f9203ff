"""One WebRTC reception: aiortc for ICE, DTLS and SRTP; our own way from packets to pictures.

What aiortc does behind the SRTP is replaced (see `assemble.py` for why): the receivers' packet
handlers are taken over, so that a frame and a sound packet are decoded the moment they are whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Callable
from typing import Any

import av
import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription
from aiortc.rtcrtpreceiver import StreamStatistics
from aiortc.rtp import RtpPacket

from diemcau.lab.assemble import Assembler, Packet
from diemcau.lab.marks import Luma
from diemcau.lab.tones import Samples

_VIDEO_CLOCK, _AUDIO_CLOCK = 90000, 48000
_PLI_EVERY_MS = 300.0
_PACKET_SAMPLES = _AUDIO_CLOCK // 50
_MISSED_MAX = 5


def now_ms() -> float:
    """Return CLOCK_MONOTONIC in milliseconds."""
    return time.monotonic() * 1000


class Reception:
    """One session's media, decoded.

    `on_picture(luma, milliseconds)` gets each decoded frame's luma, shape (height, width);
    `on_sound(samples, milliseconds)` mono samples of 48 kHz, −1…1; `on_frame(frame)` the whole
    decoded frame (PyAV), for whoever wants its colours. All in the event loop.
    """

    def __init__(
        self,
        on_picture: Callable[[Luma, float], None],
        on_sound: Callable[[Samples, float], None],
        on_frame: Callable[[Any], None] = lambda frame: None,
    ) -> None:
        self._on_picture, self._on_sound, self._on_frame = on_picture, on_sound, on_frame
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._video, self._audio = _decoder("h264"), _decoder("libopus")
        self._assembler = Assembler()
        self._video_receiver: RTCRtpReceiver | None = None
        self._video_ssrc = 0
        self._last_pli = 0.0
        self._sound_at: int | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.last_packet_ms = now_ms()
        self.last_frame_ms = now_ms()
        self.arrived_ms = now_ms()
        """When the last packet of the frame now given to `on_picture` came in."""
        self.frames = 0
        self.failed = False

    @property
    def packets(self) -> int:
        """Video packets received so far."""
        return self._assembler.received

    @property
    def packets_lost(self) -> int:
        """Video packets given up so far: asked for again and not received in time."""
        return self._assembler.lost

    async def answer(self, offer: str) -> str:
        """Take the server's offer; return our answer, with all candidates."""
        connection = self._connection
        connection.on("connectionstatechange", self._on_state)
        description = RTCSessionDescription(sdp=without_retransmission(offer), type="offer")
        await connection.setRemoteDescription(description)
        for transceiver in connection.getTransceivers():
            handler = self._on_video if transceiver.kind == "video" else self._on_audio
            if transceiver.kind == "video":
                self._video_receiver = transceiver.receiver
            _take_over(transceiver.receiver, handler)
        await connection.setLocalDescription(await connection.createAnswer())
        return connection.localDescription.sdp

    def ask_keyframe(self) -> None:
        """Send a picture loss indication, at most every 300 ms."""
        now = now_ms()
        if self._video_receiver is not None and now - self._last_pli >= _PLI_EVERY_MS:
            self._last_pli = now
            self._soon(self._video_receiver._send_rtcp_pli(self._video_ssrc))

    async def close(self) -> None:
        """End the connection."""
        for task in list(self._tasks):
            task.cancel()
        with contextlib.suppress(Exception):  # aiortc raises whatever its state suggests
            await self._connection.close()

    async def _on_video(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        now = self.last_packet_ms = now_ms()
        self._video_ssrc = packet.ssrc
        _count(self._video_receiver, packet, _VIDEO_CLOCK)
        wire = Packet(packet.sequence_number, packet.timestamp, bool(packet.marker), packet.payload)
        for unit in self._assembler.add(wire, now):
            self._decode_video(unit.data, now)
        missing = self._assembler.nacks(now)
        if missing and self._video_receiver is not None:
            self._soon(self._video_receiver._send_rtcp_nack(packet.ssrc, missing))
        if self._assembler.keyframe_wanted:
            self.ask_keyframe()

    async def _on_audio(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        now = self.last_packet_ms = now_ms()
        missed = self._sound_missed(packet.sequence_number)
        if not packet.payload or missed is None:
            return
        if missed:  # silence in its place: sounds must not be moved together
            self._on_sound(np.zeros(missed * _PACKET_SAMPLES, np.float32), now)
        with contextlib.suppress(av.FFmpegError):
            for frame in self._audio.decode(av.Packet(packet.payload)):
                self._on_sound(_mono(frame), now)

    def _sound_missed(self, sequence: int) -> int | None:
        """Return how many sound packets are missing before this one; None if it comes too late."""
        step = 1 if self._sound_at is None else (sequence - self._sound_at) & 0xFFFF
        if step == 0 or step >= 0x8000:
            return None
        self._sound_at = sequence
        return min(step - 1, _MISSED_MAX)

    def _decode_video(self, data: bytes, arrived: float) -> None:
        try:
            frames = self._video.decode(av.Packet(data))
        except av.FFmpegError:
            self._assembler.decoder_failed()
            return
        for frame in frames:
            self.frames += 1
            self.last_frame_ms = now_ms()
            self.arrived_ms = arrived
            self._on_picture(_luma(frame), self.last_frame_ms)
            self._on_frame(frame)

    def _on_state(self) -> None:
        if self._connection.connectionState in ("failed", "closed"):
            self.failed = True

    def _soon(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def without_retransmission(sdp: str) -> str:
    """Return a description without RTX (RFC 4588): lost packets then come again as they were."""
    types = re.findall(r"(?m)^a=rtpmap:(\d+) rtx/", sdp)
    lines = [
        line
        for line in sdp.splitlines()
        if not re.match(rf"a=(rtpmap|fmtp|rtcp-fb):({'|'.join(types) or 'none'}) ", line)
        and not line.startswith("a=ssrc-group:FID")
    ]
    kept = [_without_types(line, types) if line.startswith("m=") else line for line in lines]
    return "\r\n".join(kept) + "\r\n"


def _without_types(line: str, types: list[str]) -> str:
    head, formats = line.split(" ")[:3], line.split(" ")[3:]
    return " ".join([*head, *(f for f in formats if f not in types)])


def _decoder(name: str) -> Any:
    """Return a decoder that holds nothing back and starts no threads."""
    context: Any = av.CodecContext.create(name, "r")
    if name == "h264":
        context.thread_count = 1
        context.options = {"flags": "low_delay"}
    else:
        context.sample_rate, context.format, context.layout = _AUDIO_CLOCK, "s16", "stereo"
    return context


def _take_over(receiver: Any, handler: Callable[..., Any]) -> None:
    receiver._handle_rtp_packet = handler


def _count(receiver: Any, packet: RtpPacket, clock: int) -> None:
    """Keep aiortc's statistics going, of which its receiver reports are made."""
    streams: dict[int, StreamStatistics] = receiver._RTCRtpReceiver__remote_streams
    if packet.ssrc not in streams:
        streams[packet.ssrc] = StreamStatistics(clock)
    streams[packet.ssrc].add(packet)


def _luma(frame: Any) -> Luma:
    """Return a view of the frame's luma plane, without copying it."""
    plane = frame.planes[0]
    pixels = np.frombuffer(plane, dtype=np.uint8)
    return pixels.reshape(-1, plane.line_size)[: frame.height, : frame.width]


def _mono(frame: Any) -> Samples:
    """Return the mean of the frame's channels as floats."""
    samples = frame.to_ndarray().reshape(-1, frame.layout.nb_channels)
    mono: Samples = samples.mean(axis=1, dtype=np.float32) / np.float32(32768)
    return mono
