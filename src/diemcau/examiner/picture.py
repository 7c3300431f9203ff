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

from diemcau.apart.stillness import EVERY, KEYFRAMES, changed, thinned
from diemcau.examiner import graph, mark
from diemcau.examiner.h264 import CLOCK, Unit, access_units
from diemcau.examiner.lipsync import Light
from diemcau.examiner.stream import Arrived

LOOK_EVERY_S = EVERY
"""Brightness, mark and change are looked at so often; every frame would cost more than its
decoding."""

WHITE = 235
ANALYSERS = {"blackdetect": "d=0"}
ROWS = 36
"""How many rows of a picture are compared with the one before."""
SPARSE = 8
"""Of how many rows and columns one tells how bright a picture is."""
CERTAIN = 6
"""So many looks without a change make one with a change among them a keyframe's."""


class Picture(NamedTuple):
    """``lights``: how bright each frame was, and when it came (monotonic seconds)."""

    figures: dict[str, float]
    mark: int | None
    lights: list[Light]


def examined(arrived: Sequence[Arrived], end: float) -> Picture:
    """What came until ``end``; without a picture, only that there was none."""
    units = access_units(arrived)
    look, black = _Look(), _Black()
    for said in graph.of_pictures(look.at(_decoded(units)), ANALYSERS):
        black.hear(said)
    if not look.seconds:
        return Picture({"frames": 0.0}, None, [])
    count, lasted = len(look.seconds), max(end - units[0].at, 1 / CLOCK)
    figures = {
        "frames": float(count),
        "fps": count / lasted,
        "width": float(look.width),
        "height": float(look.height),
        "black": black.frames / count,
        "frozen_s": min(lasted, look.unchanged(end - units[-1].at)),
        **look.brightness(),
    }
    zero = min(unit.at - unit.stamp / CLOCK for unit in units)
    lights = [Light(zero + seconds, luma) for seconds, luma in look.lights]
    return Picture(figures, look.mark(), lights)


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


class Look(NamedTuple):
    """Whether a picture had changed since the look before."""

    at: float
    changed: bool


class _Look:
    """Passes frames on, and keeps what is to be seen on some of them."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.lights: list[tuple[float, float]] = []
        self.width = self.height = 0
        self._levels = np.zeros(256, np.int64)
        self._marks: Counter[int] = Counter()
        self._former = b""
        self._looks: list[Look] = []
        self._next = float("-inf")

    def at(self, frames: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        for frame in frames:
            seconds = (frame.pts or 0) / CLOCK
            self.seconds.append(seconds)
            self.width, self.height = frame.width, frame.height
            luma = _luma(frame)
            self.lights.append((seconds, float(luma[::SPARSE, ::SPARSE].mean())))
            if seconds >= self._next:
                self._next = seconds + LOOK_EVERY_S
                self._see(seconds, luma)
            yield frame

    def _see(self, seconds: float, luma: NDArray[np.uint8]) -> None:
        rows = luma[:: max(1, len(luma) // ROWS)]
        seen = b"".join(thinned(row.tobytes()) for row in rows)
        self._looks.append(Look(seconds, changed(self._former, seen)))
        self._former = seen
        self._levels += np.bincount(luma.ravel(), minlength=256)
        number = mark.read(luma)
        if number is not None:
            self._marks[number] += 1

    def unchanged(self, after: float) -> float:
        """Longest time in which no more changed than keyframes do; ``after``: how long after the
        last picture there was none. No picture is no new one either."""
        gaps = (later - earlier for earlier, later in pairwise(self.seconds))
        return max(after, *gaps, *self._still(0, 0), *self._still(KEYFRAMES, CERTAIN), 0.0)

    def _still(self, spoilt: int, unspoilt: int) -> Iterator[float]:
        """How long each run of looks lasted of which so many changed, and the others, at least
        ``unspoilt``, did not."""
        last = len(self._looks) - 1
        changes = [place for place, look in enumerate(self._looks) if look.changed]
        ends = [0] * spoilt + changes + [last] * (spoilt + 1)
        for begin, end in zip(ends, ends[spoilt + 1 :], strict=False):
            if end - begin - spoilt >= unspoilt:
                yield self._looks[end].at - self._looks[begin].at

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


def _luma(frame: av.VideoFrame) -> NDArray[np.uint8]:
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]
