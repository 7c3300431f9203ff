"""A recording, decoded by FFmpeg, which shares nothing with what wrote it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

from tests.media.mixer_rig import REPOSITORY, SYSTEM_PYTHON

Timed = list[tuple[Any, Any]]

RATE = 48_000
WINDOW, STEP = RATE // 40, RATE // 200
TONE = 0.2
"""The amplitude of a synthetic site's tone."""
QUIET = 0.01
SHORTEST = 0.1
OUT_OF_STEP = 0.08


class Take(NamedTuple):
    """Something that lasts from one time of the file to another, in seconds."""

    what: Any
    begins: float
    ends: float


class Recorded:
    """Pictures and sound of a file, with their times in it; a whole session is not kept at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.times = [at for at, _ in self._pictures()]
        with av.open(str(path)) as file:
            self.sounds: Timed = [(frame.time, mono(frame)) for frame in file.decode(audio=0)]

    @property
    def seconds(self) -> float:
        return float(self.times[-1])

    def shown(self, read: Callable[[Any], Any]) -> list[Take]:
        """What ``read`` sees in the pictures, one entry for as long as it stays the same."""
        return runs((at, read(frame)) for at, frame in self._pictures())

    def heard(self, tones: dict[Any, float]) -> list[Take]:
        """Whose tone (Hz) is the loudest in each packet (20 ms); silence is passed over."""
        return runs(
            (at, max(tones, key=lambda name: loudness(samples, tones[name])))
            for at, samples in self.sounds
            if np.abs(samples).max() > QUIET
        )

    def audible(self, tones: dict[Any, float]) -> list[tuple[float, frozenset[Any]]]:
        """All whose tones are heard, every 5 ms; where the sound has a hole there is no entry."""
        sound = self._sound()
        strong = {name: swell(sound, hertz)[::STEP] > TONE / 2 for name, hertz in tones.items()}
        heard = [frozenset(n for n in tones if strong[n][i]) for i in range(len(sound) // STEP)]
        return [(i * STEP / RATE, names) for i, names in enumerate(heard) if names]

    def _sound(self) -> NDArray[np.float32]:
        """From the beginning of the file, with silence where there is none."""
        last, end = self.sounds[-1]
        sound = np.zeros(int(last * RATE) + len(end), np.float32)
        for at, samples in self.sounds:
            place = int(at * RATE)
            sound[place : place + len(samples)] = samples
        return sound

    def _pictures(self) -> Iterator[tuple[float, Any]]:
        with av.open(str(self.path)) as file:
            for frame in file.decode(video=0):
                yield frame.time, frame


def runs(found: Iterable[tuple[float, Any]]) -> list[Take]:
    """What lasts for less than 100 ms (a cut within a window, a lost packet) is passed over."""
    takes: list[Take] = []
    for what, group in groupby(found, key=lambda one: one[1]):
        times = [at for at, _ in group]
        if times[-1] - times[0] <= SHORTEST:
            continue
        former = takes.pop() if takes and takes[-1].what == what else None
        takes.append(Take(what, former.begins if former else times[0], times[-1]))
    return takes


def in_step(seen: list[Take], heard: list[Take]) -> bool:
    """Whether the same come in the same order, and pictures change when tones do: as the median,
    for a busy machine may show a take a frame or two after it is heard."""
    apart = [s.begins - h.begins for s, h in zip(seen[1:], heard[1:], strict=True)]
    print(f"sound behind the picture: {[round(-1000 * a) for a in apart]} ms")
    same = [take.what for take in seen] == [take.what for take in heard]
    return same and abs(median(apart)) <= OUT_OF_STEP


def swell(sound: NDArray[np.float32], hertz: float) -> NDArray[np.float64]:
    """A tone's amplitude at every moment, over the 25 ms around it: half where it begins or ends,
    and nothing of the tones of other sites (`diemcau.lab.tones`)."""
    turned = sound * np.exp(-2j * np.pi * hertz * np.arange(len(sound)) / RATE)
    sums = np.concatenate([np.zeros(1), np.cumsum(np.pad(turned, WINDOW // 2))])
    around: NDArray[np.float64] = 2 * np.abs(sums[WINDOW:] - sums[:-WINDOW]) / WINDOW
    return around[: len(sound)]


def loudness(window: NDArray[np.float32], hertz: float) -> float:
    times = np.arange(len(window)) / RATE
    wave = np.hanning(len(window)) * np.exp(-2j * np.pi * hertz * times)
    return float(abs(np.sum(window * wave)))


def mono(frame: Any) -> NDArray[np.float32]:
    samples = frame.to_ndarray()
    scale = 1.0 if samples.dtype.kind == "f" else 32768.0
    flat: NDArray[np.float32] = (samples.reshape(-1) / scale).astype(np.float32)
    return flat


def check(path: Path) -> dict[str, Any]:
    """What the product's own check says of a file."""
    done = subprocess.run(
        [SYSTEM_PYTHON, "-m", "diemcau.mixer.check", str(path)],
        env={"PYTHONPATH": str(REPOSITORY / "src")},
        capture_output=True,
        check=False,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["plays"] == (done.returncode == 0)
    return found
