"""The figures of a site's sound (docs/protocol.md section 5)."""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter
from scipy.signal import spectrogram

from diemcau.examiner.graph import Samples, of_sound
from diemcau.examiner.opus import Sound
from diemcau.examiner.stream import RATE

SILENCE_DBFS = -60
"""FFmpeg's silencedetect takes less for silence, unless told otherwise."""

FULL = 10 ** (-0.5 / 20)
"""From here on a sample counts as clipped: a codec rounds off what was cut."""

LOWEST_DB = -120.0
NOISE_HZ = 100, 8000
MAINS_HZ = 50, 100, 150, 200, 250
_SHORT, _LONG = 2048, RATE // 2
_NEIGHBOURS = (*range(-10, -3), *range(4, 11))

Powers = NDArray[np.float32]


def figures(sound: Sound) -> dict[str, float]:
    """Of a sound to which nothing was added; without any, only that there is none."""
    found = {"sound_s": sound.seconds}
    if sound.there.any():
        found |= loudness(sound.samples)
        found["clipped"] = float((np.abs(sound.samples[:, sound.there]) >= FULL).mean())
        found["silence_s"] = silence(sound.samples)
        found["listened_s"] = len(sound.there) / RATE
        found |= noise(sound) | hum(sound)
    return found


def loudness(samples: Samples) -> dict[str, float]:
    """Integrated loudness (EBU R 128) and true peak (ITU-R BS.1770)."""
    all_said = of_sound(samples, "ebur128", "metadata=1:peak=true:framelog=quiet", RATE)
    said = deque(all_said, maxlen=1).pop()
    if "lavfi.r128.I" not in said:
        return {}  # shorter than a block of R 128
    return {
        "loudness_lufs": float(said["lavfi.r128.I"]),
        "peak_dbtp": _db(float(said["lavfi.r128.true_peak"]) ** 2),
    }


def silence(samples: Samples) -> float:
    """The longest time without a sound, in seconds."""
    longest, began = 0.0, None
    for said in of_sound(samples, "silencedetect", f"n={SILENCE_DBFS}dB:d=0.1", RATE // 50):
        if "lavfi.silence_start" in said:
            began = float(said["lavfi.silence_start"])
        if "lavfi.silence_duration" in said:
            began, longest = None, max(longest, float(said["lavfi.silence_duration"]))
    if began is not None:
        longest = max(longest, samples.shape[1] / RATE - began)
    return longest


def noise(sound: Sound) -> dict[str, float]:
    """The level of what is there always and at all frequencies: not speech, and no tone."""
    hertz, powers = _spectra(sound, _SHORT, "density")
    if not powers.shape[1]:
        return {}
    # The median of exponentially distributed powers is ln 2 of their mean.
    broad = median_filter(powers, size=(31, 1)) / math.log(2)
    lasting = np.percentile(broad, 20, axis=1)
    band = (hertz >= NOISE_HZ[0]) & (hertz <= NOISE_HZ[1])
    return {"noise_dbfs": _db(float(lasting[band].sum()) * RATE / _SHORT)}


def hum(sound: Sound) -> dict[str, float]:
    """Mains hum: its level, and how far it stands out of what is beside it."""
    _, powers = _spectra(sound, _LONG, "spectrum")
    if not powers.shape[1]:
        return {}
    lasting = np.percentile(powers, 25, axis=1)
    lines = [hertz * _LONG // RATE for hertz in MAINS_HZ]
    humming = float(sum(lasting[line] for line in lines))
    beside = float(sum(np.median([lasting[line + n] for n in _NEIGHBOURS]) for line in lines))
    return {"hum_dbfs": _db(humming), "hum_db": _db(humming) - _db(beside)}


def _spectra(sound: Sound, size: int, scaling: str) -> tuple[NDArray[np.float64], Powers]:
    """Frequencies, and powers by frequency and time, of the times that came whole."""
    if len(sound.there) < size:
        return np.zeros(0), np.zeros((0, 0), np.float32)
    step = size // 4
    hertz, _, powers = spectrogram(
        sound.samples.mean(axis=0), RATE, "hann", size, size - step, scaling=scaling
    )
    missing = np.concatenate(([0], np.cumsum(~sound.there)))
    starts = np.arange(powers.shape[1]) * step
    return hertz, powers[:, missing[starts + size] == missing[starts]]


def _db(power: float) -> float:
    return max(LOWEST_DB, 10 * math.log10(max(power, 1e-20)))
