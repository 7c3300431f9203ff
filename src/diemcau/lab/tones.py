"""Hearing which sites are in a sound: each synthetic site sends a sine of its own.

Differences and sums of the tones are multiples of 40 Hz, so over a window of 25 ms they are
orthogonal: one site's tone says nothing at another's place. A window in which a tone begins, ends
or jumps does leak to its neighbours; but of two windows side by side only one can hold the jump.
So a site is heard from when both windows have its tone, and until neither has it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 48000
WINDOW = RATE // 40
_HYSTERESIS_DB = 4.0
_SILENCE = 1e-5

Samples = NDArray[np.float32]


def tone_hz(number: int) -> int:
    """Return the frequency of a site's tone."""
    return 300 + 40 * (number % 100)


class ToneDetector:
    """Follows which of the candidate sites are audible in a mono signal of 48 kHz.

    A tone counts from `threshold_db` (dBFS of its amplitude) on, and until 4 dB below it.
    """

    def __init__(self, numbers: Sequence[int], threshold_db: float = -26.0) -> None:
        self.numbers = list(numbers)
        self.threshold_db = threshold_db
        times = np.arange(WINDOW) / RATE
        angles = 2 * np.pi * np.outer([tone_hz(n) for n in self.numbers], times)
        self._waves = (np.exp(-1j * angles) * 2 / WINDOW).astype(np.complex64)
        self._sound = np.zeros(2 * WINDOW, dtype=np.float32)
        self.audible: list[int] = []
        self.levels_db: dict[int, float] = {}

    def hear(self, samples: Samples) -> bool:
        """Take the next samples (−1…1); return whether the set of audible sites changed.

        `levels_db` are then those of the last 25 ms.
        """
        self._sound = np.concatenate((self._sound, samples))[-2 * WINDOW :]
        # Not ``@``: its worker threads spin between packets, and take a whole core.
        halves = self._sound.reshape(2, WINDOW)
        amplitudes = np.abs(np.einsum("nw,hw->nh", self._waves, halves))
        levels = 20 * np.log10(np.maximum(amplitudes, _SILENCE))
        latest = (float(level) for level in levels[:, 1])
        self.levels_db = dict(zip(self.numbers, (round(level, 1) for level in latest), strict=True))
        pairs = zip(self.numbers, levels.min(axis=1), levels.max(axis=1), strict=True)
        before, self.audible = (
            self.audible,
            [number for number, low, high in pairs if self._is_audible(number, low, high)],
        )
        return before != self.audible

    def _is_audible(self, number: int, low: float, high: float) -> bool:
        if number in self.audible:
            return high >= self.threshold_db - _HYSTERESIS_DB
        return low >= self.threshold_db
