"""FFmpeg's analysers: frames through a chain of filters, what these say of each frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import chain
from typing import Any

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

from diemcau.examiner.stream import RATE

Samples = NDArray[np.float32]
"""Sound of 48 kHz, full scale 1, of shape (channels, samples)."""

PLANAR = "yuv420p"

Said = Mapping[str, str]


def of_sound(samples: Samples, name: str, options: str, frame: int) -> Iterator[Said]:
    """What a filter says of each frame of so many samples of a stereo sound."""
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=RATE, format="fltp", layout="stereo", time_base=Fraction(1, RATE)
    )
    yield from _said(graph, source, {name: options}, "abuffersink", _cut(samples, frame))


def of_pictures(frames: Iterable[av.VideoFrame], filters: Mapping[str, str]) -> Iterator[Said]:
    """What a chain of filters says of each frame; those of another size than the first are scaled
    to it."""
    rest = iter(frames)
    first = next(rest, None)
    if first is None:
        return
    graph = Graph()
    source = graph.add_buffer(
        width=first.width,
        height=first.height,
        format=av.VideoFormat(PLANAR),
        time_base=first.time_base,
    )
    alike = (frame.reformat(first.width, first.height, PLANAR) for frame in chain([first], rest))
    yield from _said(graph, source, filters, "buffersink", alike)


def _said(
    graph: Graph, source: Any, filters: Mapping[str, str], sink: str, frames: Iterable[Any]
) -> Iterator[Said]:
    nodes = [source, *(graph.add(name, options) for name, options in filters.items())]
    nodes.append(graph.add(sink))
    graph.link_nodes(*nodes).configure()
    for frame in chain(frames, [None]):
        source.push(frame)
        yield from _pulled(nodes[-1])


def _pulled(sink: Any) -> Iterator[Said]:
    while True:
        try:
            yield sink.pull().metadata
        except (av.BlockingIOError, av.EOFError):
            return


def _cut(samples: Samples, size: int) -> Iterator[av.AudioFrame]:
    for start in range(0, samples.shape[1], size):
        piece = np.ascontiguousarray(samples[:, start : start + size])
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        yield frame
