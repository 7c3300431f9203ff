"""All figures of what came in a run; and what is sent in it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from diemcau.examiner import echo, h264, lipsync, opus, picture, sound
from diemcau.examiner.stream import RATE, Heard, spread_ms


@lru_cache(maxsize=4)
def payloads(seconds: float) -> list[bytes]:
    """The sound for a site during an examination, in packets of Opus."""
    return opus.encoded(echo.signal(seconds))


def result(heard: Heard) -> dict[str, Any]:
    """``{figures, mark}`` of what came. Before the first chirp the site's sound is its own."""
    seen = picture.examined(heard.video, heard.start + heard.seconds)
    came = opus.decoded(heard.audio, heard.start, heard.seconds)
    chirps = echo.moments(heard.seconds) if heard.chirped else []
    own = came.until(chirps[0]) if chirps else came
    figures = {**seen.figures, **sound.figures(own), "sound_s": came.seconds}
    if heard.audio:
        figures["spread_ms"] = spread_ms(heard.audio, RATE)
    if came.there.any():
        mono = came.mono
        lights = [light._replace(at=light.at - heard.start) for light in seen.lights]
        figures |= lipsync.figures(lights, mono)
        if chirps:
            figures |= echo.figures(mono, chirps)
    figures |= _times(heard, bool(figures["frames"]), bool(came.there.any()))
    rounded = {name: round(value, 4) for name, value in figures.items()}
    return {"figures": rounded, "mark": seen.mark}


def _times(heard: Heard, seen: bool, listened: bool) -> dict[str, float]:
    """How long after the run began, when a keyframe is asked for at once, there was a whole one, a
    first packet of sound, and both. Of what cannot be decoded nothing is told."""
    moments = {
        "to_picture_ms": h264.first_keyframe(heard.video) if seen else None,
        "to_sound_ms": min(packet.at for packet in heard.audio) if listened else None,
    }
    times = {
        name: 1000 * max(0.0, at - heard.start) for name, at in moments.items() if at is not None
    }
    return times if len(times) < len(moments) else times | {"to_connect_ms": max(times.values())}
