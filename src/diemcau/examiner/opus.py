"""Opus packets → the sound at its time, with holes where nothing came; and the other way."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import av
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from diemcau.examiner.graph import Samples
from diemcau.examiner.sender import FRAME
from diemcau.examiner.stream import RATE, Arrived, in_order

BITRATE = 48000
FADE = RATE // 100


class Sound(NamedTuple):
    """Of the whole time that was listened; ``there`` says which samples came."""

    samples: Samples
    there: NDArray[np.bool_]

    @property
    def seconds(self) -> float:
        """How much came."""
        return float(self.there.sum()) / RATE

    @property
    def mono(self) -> NDArray[np.floating[Any]]:
        """Both channels as one, faded out before each hole and in after it: an edge would be a
        click, and a click is a bit of everything that may be looked for."""
        whole = minimum_filter1d(self.there.astype(np.float32), FADE)
        faded: NDArray[np.floating[Any]] = self.samples.mean(axis=0)
        faded *= uniform_filter1d(whole, FADE // 2)
        return faded

    def until(self, seconds: float) -> Sound:
        """The first part."""
        end = round(seconds * RATE)
        return Sound(self.samples[:, :end], self.there[:end])


def decoded(arrived: Sequence[Arrived], start: float, seconds: float) -> Sound:
    """The sound from ``start`` on. The packet that was fastest tells what the time of all is."""
    total = round(seconds * RATE)
    sound = Sound(np.zeros((2, total), np.float32), np.zeros(total, np.bool_))
    packets = in_order(arrived)
    if not packets:
        return sound
    zero = min(packet.at - packet.stamp / RATE for packet in packets) - start
    decoder = av.CodecContext.create("opus", "r")
    decoder.sample_rate, decoder.layout = RATE, "stereo"
    for packet in packets:
        place = round(zero * RATE) + packet.stamp
        with contextlib.suppress(av.FFmpegError):  # not Opus, or damaged: a hole
            for frame in decoder.decode(av.Packet(packet.payload)):
                place += _put(sound, place, frame.to_ndarray())
    return sound


def encoded(samples: NDArray[np.float32]) -> list[bytes]:
    """Packets of 20 ms each of a mono sound."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "mono", "flt"
    encoder.bit_rate = BITRATE
    encoder.options = {"application": "audio", "frame_duration": "20"}
    packets = []
    for start in range(0, len(samples), FRAME):
        piece = samples[np.newaxis, start : start + FRAME]
        frame = av.AudioFrame.from_ndarray(piece, format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets


def _put(sound: Sound, place: int, piece: NDArray[Any]) -> int:
    """Write a piece at its place, as far as that is within the sound; its length."""
    size, total = int(piece.shape[1]), len(sound.there)
    begin, end = max(0, place), min(total, place + size)
    if begin < end:
        sound.samples[:, begin:end] = piece[:, begin - place : end - place]
        sound.there[begin:end] = True
    return size
