"""Hearing which sites are in a sound: each synthetic site sends a sine of its own.

All tones are multiples of 20 Hz, so over a window of 50 ms they are orthogonal: one site's tone
says nothing at another's place. A window in which a tone begins or ends leaks up to −16 dB to its
neighbours, which the threshold allows for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 48000
WINDOW = RATE // 20
FULL_LEVEL_DB = -14.0
_HYSTERESIS_DB = 4.0
_FLOOR_DB = -99.0

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
        self._window = np.zeros(WINDOW, dtype=np.float32)
        self.audible: list[int] = []
        self.levels_db: dict[int, float] = {}

    def hear(self, samples: Samples) -> bool:
        """Take the next samples (−1…1); return whether the set of audible sites changed."""
        recent = samples[-WINDOW:]
        self._window = np.concatenate((self._window[len(recent) :], recent))
        # Not ``@``: its worker threads spin between packets, and take a whole core.
        amplitudes = np.abs(np.einsum("nw,w->n", self._waves, self._window))
        self.levels_db = {
            number: round(_decibels(float(amplitude)), 1)
            for number, amplitude in zip(self.numbers, amplitudes, strict=True)
        }
        before, self.audible = self.audible, [n for n in self.numbers if self._is_audible(n)]
        return before != self.audible

    def _is_audible(self, number: int) -> bool:
        margin = _HYSTERESIS_DB if number in self.audible else 0.0
        return self.levels_db[number] >= self.threshold_db - margin


def _decibels(amplitude: float) -> float:
    return max(_FLOOR_DB, 20 * math.log10(amplitude)) if amplitude > 0 else _FLOOR_DB
