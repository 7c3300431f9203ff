"""How far a site's sound is behind its picture, where a test clip is played in the room: a flash of
white and a pip of 1 kHz in every second, as the usual test clips have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from diemcau.examiner.stream import RATE

EVERY_S = 1.0
"""From one flash to the next."""

LEAST = 3
"""So many flashes and pips must agree: fewer are chance."""
AGREE, SHARE = 0.06, 0.8
"""How near to the common lag (s), and how many of the flashes at least."""

FLASH_LUMA = 8.0
"""A screen that fills a twentieth of the picture raises its mean brightness by so much."""
PIP_HZ, PIP_RATIO = (800, 1250), 4.0
"""A pip stands out by 12 dB of what else is heard at these frequencies."""

_SMOOTH = RATE // 200
_REFRACTORY_S = 0.3

Mono = NDArray[np.floating[Any]]


class Light(NamedTuple):
    """How bright a picture is on the mean (luma), and when it came (s)."""

    at: float
    luma: float


def figures(lights: Sequence[Light], sound: Mono) -> dict[str, float]:
    """``sound_late_ms``, where a clip was seen and heard; ``lights`` and ``sound`` are timed from
    the same moment on."""
    flashes, pips = _flashes(lights), _pips(sound)
    lags = [_nearest(flash, pips) for flash in flashes]
    agreed = _agreeing([lag for lag in lags if lag is not None])
    if len(agreed) < max(LEAST, SHARE * len(flashes)):
        return {}
    return {"sound_late_ms": 1000 * float(np.median(agreed))}


def _flashes(lights: Sequence[Light]) -> list[float]:
    """When the picture flashed; none where most flashes are not whole seconds apart. A picture
    that came late, the first of a flash, says nothing.

    A flash that is first seen on one picture began since the one before: half way, on the mean.
    """
    if len(lights) < LEAST:
        return []
    lumas = np.array([light.luma for light in lights])
    usual, most = float(np.median(lumas)), float(lumas.max())
    if most - usual < FLASH_LUMA:
        return []
    limit = (usual + most) / 2
    began = [
        (dark.at + bright.at) / 2
        for dark, bright in pairwise(lights)
        if dark.luma < limit <= bright.luma
    ]
    beats = [[at for at in began if _whole(abs(at - one) / EVERY_S)] for one in began]
    beat = max(beats, key=len, default=[])
    return beat if len(beat) >= max(LEAST, SHARE * len(began)) else []


def _whole(periods: float) -> bool:
    return abs(periods - round(periods)) * EVERY_S < 2 * AGREE


def _pips(sound: Mono) -> list[float]:
    """When the sound at a pip's frequencies set in."""
    if len(sound) < RATE:
        return []
    band = sosfiltfilt(butter(2, PIP_HZ, "bandpass", fs=RATE, output="sos"), sound)
    loud = np.convolve(np.abs(band), np.ones(_SMOOTH) / _SMOOTH, "same")
    usual, most = float(np.median(loud)), float(loud.max())
    if most < PIP_RATIO * max(usual, 1e-5):
        return []
    above = loud >= (usual + most) / 2
    began: list[float] = []
    for place in np.flatnonzero(above[1:] & ~above[:-1]):
        if not began or place / RATE - began[-1] >= _REFRACTORY_S:
            began.append(place / RATE)
    return began


def _nearest(flash: float, pips: Sequence[float]) -> float | None:
    """How much later the pip came that is nearest; none within half a second is none of it."""
    lags = [pip - flash for pip in pips if abs(pip - flash) <= EVERY_S / 2]
    return min(lags, key=abs, default=None)


def _agreeing(lags: Sequence[float]) -> list[float]:
    """Those near to the lag that most are near to."""
    near = [[lag for lag in lags if abs(lag - one) <= AGREE] for one in lags]
    return max(near, key=len, default=[])
