"""The figures of a site's picture (docs/protocol.md section 5)."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import av
import numpy as np
from av.codec.context import Flags
from numpy.typing import NDArray

from diemcau.examiner import graph, mark
from diemcau.examiner.h264 import CLOCK, Unit, access_units
from diemcau.examiner.stream import Arrived

LOOK_EVERY_S = 0.2
"""Brightness and mark are looked at so often; every frame would cost more than its decoding."""

WHITE = 235
ANALYSERS = {"blackdetect": "d=0", "freezedetect": "n=-80dB:d=0.2"}
"""An encoder that is given the same picture again and again ends with exactly the same one, which
the least movement is not: hence a tolerance far below FFmpeg's."""


class Picture(NamedTuple):
    figures: dict[str, float]
    mark: int | None


def examined(arrived: Sequence[Arrived], end: float) -> Picture:
    """What came until ``end``; without a picture, only that there was none."""
    units = access_units(arrived)
    look, unchanged, black = _Look(), _Unchanged(), _Black()
    for said in graph.of_pictures(look.at(_decoded(units)), ANALYSERS):
        unchanged.hear(said)
        black.hear(said)
    if not look.seconds:
        return Picture({"frames": 0.0}, None)
    count, lasted = len(look.seconds), max(end - units[0].at, 1 / CLOCK)
    figures = {
        "frames": float(count),
        "fps": count / lasted,
        "width": float(look.width),
        "height": float(look.height),
        "black": black.frames / count,
        "frozen_s": min(lasted, unchanged.longest(look.seconds, end - units[-1].at)),
        **look.brightness(),
    }
    return Picture(figures, look.mark())


def _decoded(units: Iterable[Unit]) -> Iterator[av.VideoFrame]:
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1  # many sites are examined at once
    decoder.flags |= Flags.low_delay
    for unit in units:
        packet = av.Packet(unit.data)
        packet.pts = packet.dts = unit.stamp
        with contextlib.suppress(av.FFmpegError):  # damaged: the decoder goes on with the next
            for frame in decoder.decode(packet):
                frame.time_base = Fraction(1, CLOCK)
                yield frame


class _Look:
    """Passes frames on, and keeps what is to be seen on some of them."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.width = self.height = 0
        self._levels = np.zeros(256, np.int64)
        self._marks: Counter[int] = Counter()
        self._next = float("-inf")

    def at(self, frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        for frame in frames:
            seconds = (frame.pts or 0) / CLOCK
            self.seconds.append(seconds)
            self.width, self.height = frame.width, frame.height
            if seconds >= self._next:
                self._next = seconds + LOOK_EVERY_S
                self._see(_luma(frame))
            yield frame

    def _see(self, luma: NDArray[np.uint8]) -> None:
        self._levels += np.bincount(luma.ravel(), minlength=256)
        number = mark.read(luma)
        if number is not None:
            self._marks[number] += 1

    def mark(self) -> int | None:
        return self._marks.most_common(1)[0][0] if self._marks else None

    def brightness(self) -> dict[str, float]:
        shares = self._levels / self._levels.sum()
        low, high = np.searchsorted(np.cumsum(shares), (0.1, 0.9))
        return {
            "luma": float(shares @ np.arange(256)),
            "contrast": float(high - low),
            "over_exposed": float(shares[WHITE:].sum()),
        }


class _Black:
    """Counts the frames on which blackdetect sees nothing."""

    def __init__(self) -> None:
        self.frames = 0
        self._now = False

    def hear(self, said: graph.Said) -> None:
        self._now = "lavfi.black_start" in said or (self._now and "lavfi.black_end" not in said)
        self.frames += self._now


class _Unchanged:
    """How long freezedetect saw the same picture."""

    def __init__(self) -> None:
        self._longest = 0.0
        self._since: float | None = None

    def hear(self, said: graph.Said) -> None:
        if "lavfi.freezedetect.freeze_start" in said:
            self._since = float(said["lavfi.freezedetect.freeze_start"])
        if "lavfi.freezedetect.freeze_duration" in said:
            self._since = None
            self._longest = max(self._longest, float(said["lavfi.freezedetect.freeze_duration"]))

    def longest(self, seconds: Sequence[float], after: float) -> float:
        """``seconds``: when there were frames; ``after``: how long after the last there was none.
        No picture is no new one either."""
        last = seconds[-1] if self._since is None else self._since
        gaps = (later - earlier for earlier, later in pairwise(seconds))
        return max(self._longest, seconds[-1] - last + after, *gaps, 0.0)


def _luma(frame: av.VideoFrame) -> NDArray[np.uint8]:
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]
