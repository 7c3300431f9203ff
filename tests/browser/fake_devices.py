"""What a fake camera and microphone of Chromium show and say: files with one fault each."""

import math
import struct
import wave
from collections.abc import Callable
from pathlib import Path

RATE = 48_000
CHIRP_S, FROM_HZ, TO_HZ = 0.4, 400, 3000
"""As web/src/lib/chirp.ts plays it."""

Wave = Callable[[float], float]


def sound(file: Path, of: Wave, seconds: float = 3.6) -> Path:
    """A mono WAV of a function of time, cut at full scale."""
    values = (of(index / RATE) for index in range(int(seconds * RATE)))
    cut = (max(-1.0, min(1.0, value)) for value in values)
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(b"".join(struct.pack("<h", round(32767 * value)) for value in cut))
    return file


def silence(_t: float) -> float:
    return 0.0


def voice(t: float) -> float:
    """Syllables of a deep voice."""
    syllable = max(0.0, math.sin(2 * math.pi * 2 * t))
    return 0.16 * syllable * sum(math.sin(2 * math.pi * 140 * n * t) / n for n in range(1, 6))


def shouting(t: float) -> float:
    """A voice far beyond the end of the scale."""
    return 30 * voice(t)


def chirps(t: float) -> float:
    """The chirp of the test again and again, as a loudspeaker beside the microphone gives it."""
    at = t % (CHIRP_S + 0.05)
    if at > CHIRP_S:
        return 0.0
    phase = 2 * math.pi * (FROM_HZ * at + (TO_HZ - FROM_HZ) / CHIRP_S * at * at / 2)
    return 0.3 * math.sqrt(math.sin(math.pi * at / CHIRP_S)) * math.sin(phase)


def picture(
    file: Path, luma: Callable[[int, int], int], width: int = 320, height: int = 180
) -> Path:
    """A Y4M of one still picture."""
    frame = bytes(luma(x, y) for y in range(height) for x in range(width))
    colour = bytes([128]) * (width * height // 2)
    head = f"YUV4MPEG2 W{width} H{height} F25:1 Ip A1:1 C420jpeg\n".encode()
    file.write_bytes(head + (b"FRAME\n" + frame + colour) * 5)
    return file


def black(_x: int, _y: int) -> int:
    return 16


def stripes(x: int, _y: int) -> int:
    return 40 + x % 160
