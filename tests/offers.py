"""Offers of an independent client (aiortc): publishers that stand on their own feet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from av import VideoFrame


class Plain(VideoStreamTrack):
    """One brightness (16–235) all over, 320×180."""

    def __init__(self, luma: int) -> None:
        super().__init__()
        self._pixels = np.full((270, 320), 128, np.uint8)
        self._pixels[:180] = luma

    async def recv(self) -> VideoFrame:
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame.from_ndarray(self._pixels, format="yuv420p")
        frame.pts, frame.time_base = pts, time_base
        return frame


@asynccontextmanager
async def publisher(luma: int = 100) -> AsyncIterator[tuple[RTCPeerConnection, str]]:
    """A connection that sends a plain picture (H.264) and silence (Opus), and its offer."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    try:
        connection.addTrack(AudioStreamTrack())
        connection.addTrack(Plain(luma))
        h264 = [
            codec
            for codec in RTCRtpSender.getCapabilities("video").codecs
            if codec.mimeType == "video/H264"
        ]
        for transceiver in connection.getTransceivers():
            if transceiver.kind == "video":
                transceiver.setCodecPreferences(h264)
        await connection.setLocalDescription(await connection.createOffer())
        yield connection, connection.localDescription.sdp
    finally:
        await connection.close()


async def accept(connection: RTCPeerConnection, answer: str) -> None:
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))


async def is_up(connection: RTCPeerConnection, timeout: float = 10) -> None:
    """Until ICE and DTLS are through."""
    up = asyncio.Event()

    def look() -> None:
        if connection.connectionState == "connected":
            up.set()

    connection.on("connectionstatechange", look)
    look()
    await asyncio.wait_for(up.wait(), timeout)
