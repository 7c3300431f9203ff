"""Chirps for a site, and their return in its sound (a matched filter)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter
from scipy.signal import chirp as swept
from scipy.signal import correlate, hilbert
from scipy.signal.windows import tukey

from diemcau.examiner.stream import RATE

BEFORE_END_S = 3.4, 2.5, 1.4
"""When a chirp is sent. The gaps differ, so that one's return is not taken for another's."""

LONGEST_S = 1.0
"""How late a return may come."""

AMPLITUDE = 0.25
_LENGTH_S = 0.3
_LOW_HZ, _HIGH_HZ = 400, 3400
_CERTAIN = 5.0
"""So far a return must stand out of what a chirp finds in any other sound by chance."""
_LIKE = 2.0
"""And so many times stronger than the chirp played backwards is found, which nobody sent."""
_AROUND, _MOST = 501, 3.0
"""Of how many frequencies the median is taken, and how many times it one may be."""

Mono = NDArray[np.floating[Any]]


@cache
def chirp() -> Mono:
    """What is sent: 0.3 s through the frequencies of speech, softly begun and ended."""
    times = np.arange(round(_LENGTH_S * RATE)) / RATE
    sweep = swept(times, _LOW_HZ, _LENGTH_S, _HIGH_HZ) * tukey(len(times), 0.2)
    samples: Mono = (AMPLITUDE * sweep).astype(np.float32)
    return samples


def moments(seconds: float) -> list[float]:
    """When in an examination of so many seconds chirps are sent."""
    return [seconds - before for before in BEFORE_END_S]


def signal(seconds: float) -> Mono:
    """The sound for a site during an examination: silence and chirps."""
    samples = np.zeros(round(seconds * RATE), np.float32)
    for moment in moments(seconds):
        begin = round(moment * RATE)
        samples[begin : begin + len(chirp())] = chirp()
    return samples


def figures(sound: Mono, sent: Sequence[float]) -> dict[str, float]:
    """Delay and level of the echo, if there is one, and how strong it must be to be found; levels
    are those of the return against what was sent. ``sent``: seconds from the sound's beginning."""
    toneless = _without_tones(sound)
    levels = _returned(toneless, sent, chirp())
    chance = float(_returned(toneless, sent, chirp()[::-1]).max())
    peak = int(levels.argmax())
    floor = max(_CERTAIN * float(np.median(levels)), _LIKE * chance)
    found = {"echo_floor_db": _db(floor)}
    if levels[peak] > floor > 0:
        found |= {"echo_ms": 1000 * peak / RATE, "echo_db": _db(float(levels[peak]))}
    return found


def _returned(sound: Mono, sent: Sequence[float], what: Mono) -> Mono:
    """How strong it is so many samples after each moment, on the median of all of them."""
    template = np.asarray(hilbert(what))
    span = round(LONGEST_S * RATE)
    returns = []
    for moment in sent:
        begin = round(moment * RATE)
        heard = sound[begin : begin + span + len(template) - 1]
        returns.append(np.abs(correlate(heard, template, "valid", "fft")))
    levels: Mono = np.median(returns, axis=0) / float(np.square(what).sum())
    return levels


def _without_tones(sound: Mono) -> Mono:
    """A sound of which no frequency stands far out of those around it, as a chirp's do not."""
    spectrum = np.fft.rfft(sound * tukey(len(sound), 0.02))
    strength = np.abs(spectrum)
    around = median_filter(strength, _AROUND)
    return np.fft.irfft(spectrum * np.minimum(1, _MOST * around / np.maximum(strength, 1e-12)))


def _db(ratio: float) -> float:
    return 20 * math.log10(max(ratio, 1e-6))
