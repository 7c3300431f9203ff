"""Offers of an independent client (aiortc): publishers that stand on their own feet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack


@asynccontextmanager
async def publisher() -> AsyncIterator[tuple[RTCPeerConnection, str]]:
    """A connection that sends a plain picture (H.264) and silence (Opus), and its offer."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    try:
        connection.addTrack(AudioStreamTrack())
        connection.addTrack(VideoStreamTrack())
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
