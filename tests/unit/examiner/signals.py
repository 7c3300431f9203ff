"""Pictures and sounds of which the figures are known, and RTP of them by another encoder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from aiortc.codecs.h264 import H264Encoder
from av import VideoFrame
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from diemcau.apart.rtp import Packet
from diemcau.examiner import opus
from diemcau.examiner.opus import Sound
from diemcau.examiner.stream import RATE, Arrived
from diemcau.synthetic.mark import RowPainter, identity_bits

WIDTH, HEIGHT, FPS = 320, 180, 15

Luma = NDArray[np.uint8]
Mono = NDArray[np.floating[Any]]


def times(seconds: float) -> NDArray[np.float64]:
    return np.arange(round(seconds * RATE)) / RATE


def level(db: float) -> float:
    return float(10 ** (db / 20))


def tone(hertz: float, dbfs: float, seconds: float) -> Mono:
    """``dbfs`` is that of its peaks."""
    samples: Mono = level(dbfs) * np.sin(2 * np.pi * hertz * times(seconds))
    return samples.astype(np.float32)


def white(dbfs: float, seconds: float, seed: int = 1) -> Mono:
    """Noise of a level (RMS), at all frequencies."""
    generator = np.random.default_rng(seed)
    return (level(dbfs) * generator.standard_normal(round(seconds * RATE))).astype(np.float32)


def speech(dbfs: float, seconds: float, seed: int = 2) -> Mono:
    """Noise in the band of speech, in syllables, with pauses."""
    band = butter(2, (200, 3500), "band", fs=RATE, output="sos")
    filtered: Mono = sosfilt(band, white(0, seconds, seed))
    syllables = np.clip(np.sin(2 * np.pi * 3 * times(seconds)), 0, 1)
    said: Mono = filtered * syllables * (np.sin(2 * np.pi * 0.6 * times(seconds) + 1) > -0.4)
    loud: Mono = said * (level(dbfs) / float(np.sqrt(np.square(said).mean())))
    return loud.astype(np.float32)


def sound(samples: Mono) -> Sound:
    """One that came without a hole, the same in both channels."""
    return Sound(np.stack((samples, samples)), np.ones(len(samples), np.bool_))


def audio(samples: Mono, start: float = 0.0) -> list[Arrived]:
    """As RTP that comes at the pace of speech."""
    return [
        Arrived(start + 0.02 * n, Packet(112, (n + 65500) & 0xFFFF, 960 * n, False, payload))
        for n, payload in enumerate(opus.encoded(samples))
    ]


def room(number: int | None = None, seed: int = 3) -> Iterator[Luma]:
    """Pictures of a room in which something moves, without end; marked with a site's number."""
    generator = np.random.default_rng(seed)
    still = generator.integers(60, 180, (HEIGHT // 20, WIDTH // 20)).astype(np.uint8)
    still = np.kron(still, np.ones((20, 20), np.uint8))
    if number is not None:
        row = np.frombuffer(RowPainter(WIDTH, HEIGHT).paint(identity_bits(number)), np.uint8)
        still[: len(row) // WIDTH] = row.reshape(-1, WIDTH)
    step = 0
    while True:
        picture = still.copy()
        left = 20 + step % 200
        picture[120:150, left : left + 30] = 220
        yield picture
        step += 4


def video(pictures: Iterable[Luma], fps: float = FPS, start: float = 0.0) -> list[Arrived]:
    """As RTP of an encoder that is none of ours, from a keyframe on."""
    encoder, arrived, number = H264Encoder(), [], 65530
    for place, picture in enumerate(pictures):
        height, width = picture.shape
        planes = np.vstack((picture, np.full((height // 2, width), 128, np.uint8)))
        frame = VideoFrame.from_ndarray(planes, format="yuv420p")
        stamp = round(place * 90_000 / fps)
        frame.pts, frame.time_base = stamp, Fraction(1, 90_000)
        payloads, _ = encoder.encode(frame, force_keyframe=place == 0)
        for payload in payloads:
            packet = Packet(109, number & 0xFFFF, stamp, payload is payloads[-1], payload)
            arrived.append(Arrived(start + place / fps, packet))
            number += 1
    return arrived
