"""The stills' process by itself: another encoder's RTP in, pictures read by another decoder out."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiortc.codecs.h264 import H264Encoder
from av import VideoFrame

from diemcau.lab.stills import SIZE, decoded
from diemcau.mcu.apart import Apart
from diemcau.ports.media import MediaError

pytestmark = pytest.mark.media

PLI = 0x81, 206
FU_A = 28
RED, BLUE, BLACK, WHITE = (200, 30, 30), (30, 30, 200), (0, 0, 0), (255, 255, 255)


class Camera(asyncio.DatagramProtocol):
    """Sends pictures of one colour; a keyframe, and only one, for every PLI."""

    def __init__(self, ssrc: int, port: int, colour: tuple[int, int, int], size: Any) -> None:
        self.ssrc, self.plis = ssrc, 0
        self._port = port
        self._encoder = H264Encoder()
        self._sequence = 65530
        pixels = np.full((size[1], size[0], 3), colour, np.uint8)
        self._frame = VideoFrame.from_ndarray(pixels, format="rgb24")
        self._frame.time_base = Fraction(1, 90_000)
        self._transport: Any = None

    async def open(self) -> tuple[str, int]:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        address: tuple[str, int] = self._transport.get_extra_info("sockname")
        return address

    def datagram_received(self, data: bytes, addr: Any) -> None:
        assert (data[0], data[1]) == PLI
        self.plis += 1
        self.send(keyframe=False)
        self.send(keyframe=True)

    def send(self, *, keyframe: bool) -> None:
        self._frame.pts = self._sequence
        payloads, _ = self._encoder.encode(self._frame, force_keyframe=keyframe)
        for number, payload in enumerate(payloads):
            marker = number == len(payloads) - 1
            head = struct.pack(
                "!BBHII", 0x80, 108 | marker << 7, self._sequence & 0xFFFF, 0, self.ssrc
            )
            self._sequence += 1
            self._transport.sendto(head + payload, ("127.0.0.1", self._port))

    def damage(self) -> None:
        """From now on the picture is noise, and nearly all of each keyframe is missing."""
        pixels = np.random.default_rng(1).integers(0, 255, (180, 320, 3), np.uint8)
        self._frame = VideoFrame.from_ndarray(pixels, format="rgb24")
        self._frame.time_base = Fraction(1, 90_000)
        encode = self._encoder.encode

        def cut(frame: Any, force_keyframe: bool) -> Any:
            payloads, stamp = encode(frame, force_keyframe)
            slices = [payload for payload in payloads if payload[0] & 0x1F == FU_A]
            others = [payload for payload in payloads if payload not in slices]
            return [*others, *(payload[:100] for payload in slices[:1])], stamp

        self._encoder.encode = cut  # type: ignore[method-assign,assignment]

    def close(self) -> None:
        self._transport.close()


class Rig:
    def __init__(self, folder: Path) -> None:
        self.process = Apart("stills", folder, lambda event: None, lambda: None)
        self.port = 0

    @asynccontextmanager
    async def camera(
        self, colour: tuple[int, int, int], size: tuple[int, int] = (320, 180), ssrc: int = 7
    ) -> AsyncIterator[Camera]:
        made = Camera(ssrc, self.port, colour, size)
        self.address = await made.open()
        try:
            yield made
        finally:
            made.close()

    async def take(self, camera: Camera, address: Any = None) -> Any:
        params = {"ssrc": camera.ssrc, "pli": list(address or self.address)}
        answer = await self.process.call("take", params)
        return decoded(base64.b64decode(answer["jpeg"]))


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    made = Rig(tmp_path)
    await made.process.find_or_start()
    try:
        made.port = (await made.process.call("status", {}))["port"]
        yield made
    finally:
        await made.process.stop()


def near(pixels: Any, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixels.reshape(-1, 3).astype(int) - colour).max() < 25)


@pytest.mark.parametrize("colour", [BLACK, WHITE, RED])
async def test_a_picture_in_which_nothing_moves_is_a_still_as_well(
    colour: tuple[int, int, int], rig: Rig
) -> None:
    async with rig.camera(colour) as camera:
        for asked in (1, 2, 3):
            picture = await rig.take(camera)
            assert picture.shape == (SIZE[1], SIZE[0], 3)
            assert near(picture, colour)
            assert camera.plis == asked


async def test_a_picture_of_another_shape_is_shown_whole(rig: Rig) -> None:
    async with rig.camera(WHITE, (320, 240)) as camera:
        picture = await rig.take(camera)
        assert near(picture[10:-10, 35:-35], WHITE)
        assert near(picture[:, :15], BLACK)
        assert near(picture[:, -15:], BLACK)


async def test_takes_at_the_same_time_do_not_mix_their_pictures(rig: Rig) -> None:
    async with rig.camera(RED, ssrc=1) as red:
        to_red = rig.address
        async with rig.camera(BLUE, ssrc=2) as blue:
            for _ in range(5):
                pictures = await asyncio.gather(rig.take(red, to_red), rig.take(blue))
                assert near(pictures[0], RED)
                assert near(pictures[1], BLUE)


async def test_without_a_keyframe_there_is_no_still_and_no_second_request(rig: Rig) -> None:
    async with rig.camera(RED) as camera:
        camera.ssrc = 99
        deaf = Camera(7, rig.port, RED, (320, 180))
        with pytest.raises(MediaError) as caught:
            await rig.take(deaf)
        assert caught.value.code == "no-keyframe"
        assert camera.plis == 1


async def test_a_damaged_picture_shows_nothing_of_another_site(rig: Rig) -> None:
    """A decoder conceals what it lacks by the picture before, which is another site's."""
    async with rig.camera(RED, ssrc=1) as red:
        to_red = rig.address
        async with rig.camera(BLUE, ssrc=2) as broken:
            broken.damage()
            for _ in range(3):
                assert near(await rig.take(red, to_red), RED)
                try:
                    picture = await rig.take(broken)
                except MediaError as error:
                    assert error.code == "undecodable"  # noqa: PT017
                else:
                    assert not (np.abs(picture.astype(int) - RED).max(axis=2) < 40).any()
                assert near(await rig.take(red, to_red), RED)


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("take", {}, "bad-params"),
        ("take", {"ssrc": "1", "pli": ["127.0.0.1", 9]}, "bad-params"),
        ("sing", {}, "bad-method"),
    ],
)
async def test_a_request_that_makes_no_sense_is_refused(
    method: str, params: dict[str, Any], code: str, rig: Rig
) -> None:
    with pytest.raises(MediaError) as caught:
        await rig.process.call(method, params)
    assert caught.value.code == code


async def test_lines_that_are_no_requests_are_answered_and_harm_nobody(rig: Rig) -> None:
    reader, writer = await asyncio.open_unix_connection(str(rig.process.folder / "stills.sock"))
    for line in (b"hello\n", b"[]\n"):
        writer.write(line)
        assert json.loads(await reader.readline())["error"]["code"] == "bad-line"
    writer.write(b"x" * 200_000)
    writer.close()
    assert (await rig.process.call("status", {}))["port"] == rig.port


async def test_an_agent_that_comes_later_finds_it_running(rig: Rig) -> None:
    rig.process.leave()
    pid = int((rig.process.folder / "pid").read_text())
    later = Apart("stills", rig.process.folder, lambda event: None, lambda: None)
    assert await later.find_or_start()
    assert (await later.call("status", {}))["port"] == rig.port
    os.kill(pid, 0)
