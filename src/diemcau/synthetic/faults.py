"""What may be wrong with a synthetic site on purpose, so that examinations and alarms have
something to find. What is wrong with a line is not made here, but on the line.
"""

from __future__ import annotations

from enum import StrEnum

from diemcau.synthetic.mark import BLACK, MAX_NUMBER, WHITE
from diemcau.synthetic.picture import Picture


class Fault(StrEnum):
    """By the names of ``diemcau.domain.examination``."""

    NONE = ""
    BLACK = "black"
    FROZEN = "frozen"
    DARK = "dark"
    LOW_FRAME_RATE = "low-frame-rate"
    WRONG_PICTURE = "wrong-picture"
    SILENT = "silent"
    CLIPPING = "clipping"
    NOISE = "noise"
    HUM = "hum"
    ECHO = "echo"
    LIP_SYNC = "lip-sync"
    ONE_WAY = "one-way"


AT_ONCE = frozenset(
    {Fault.NONE, Fault.BLACK, Fault.FROZEN, Fault.DARK, Fault.LOW_FRAME_RATE, Fault.SILENT}
)
"""What may come and go while a site plays; all else is there from its start, or never."""

ECHO_SECONDS, ECHO_VOLUME = 0.15, 0.25
"""What a site with an echo hears comes back so much later, at -12 dB."""

CLIP_MS, FLASH_MS, LATE_MS = 1000, 200, 400
"""A test clip flashes and pips once a second; where they are not in step, the pip comes so late."""

_FRAME_MILLISECONDS = 333
_PIP_HZ, _PIP_PERIODS = 1000, 60
_NOISE_VOLUME, _HUM_VOLUME, _HUM_HZ = 0.15, 0.1, 50
TONE = "tone"
"""The element that makes a site's voice."""
_RAW = "audio/x-raw,format=S16LE,rate=48000,channels=1"


def shown_number(number: int, fault: Fault) -> int:
    """The number in the mark of a site's picture: its own, or the next site's."""
    return (number + 1) % (MAX_NUMBER + 1) if fault is Fault.WRONG_PICTURE else number


def voice(hertz: int, volume: float, fault: Fault, clip: bool) -> str:
    """The part of a pipeline that makes a site's sound: a sine, or a test ``clip``'s pips, and what
    is wrong with it."""
    if clip:
        wave = f"ticks freq={_PIP_HZ} sine-periods-per-tick={_PIP_PERIODS} name={TONE}"
        return _source(f"{wave} tick-interval={CLIP_MS * 1_000_000}", volume)
    tone = _source(f"sine freq={hertz} name={TONE}", 0 if fault is Fault.SILENT else volume)
    match fault:
        case Fault.CLIPPING:  # a sine that is much too loud leaves only its sign
            return _source(f"square freq={hertz}", 1)
        case Fault.NOISE:
            return _mixed(tone, _source("white-noise", _NOISE_VOLUME))
        case Fault.HUM:
            return _mixed(tone, _source(f"sine freq={_HUM_HZ}", _HUM_VOLUME))
        case Fault.ECHO:
            heard = f"appsrc name=heard is-live=true format=time caps={_RAW},layout=interleaved"
            return _mixed(tone, heard, ECHO_VOLUME)
    return tone


class Spoilt:
    """A site's picture, with what is wrong with it, or the flashes of a test ``clip``."""

    def __init__(self, picture: Picture, fault: Fault, luma: int, clip: bool) -> None:
        """``luma``: how many bytes of a frame are brightness."""
        self._clip, self._early = clip, LATE_MS if fault is Fault.LIP_SYNC else 0
        self._picture, self.fault, self._luma = picture, fault, luma
        self._dark = bytes(BLACK + max(0, value - BLACK) // 5 for value in range(256))
        self._white = bytes([WHITE]) * luma + bytes([128]) * (luma // 2)
        self._last = b""
        self._next = 0

    def frame(self, milliseconds: int, clock: str, running: int) -> bytes | None:
        """As of ``Picture``; None when there is none now. ``running``: since when it is sent, in
        milliseconds."""
        if self._clip and (running + self._early) % CLIP_MS < FLASH_MS:
            return self._white
        if self.fault is Fault.FROZEN and self._last:
            return self._last
        if self.fault is Fault.LOW_FRAME_RATE:
            if milliseconds < self._next:
                return None
            self._next = milliseconds + _FRAME_MILLISECONDS
        self._last = self._spoilt(self._picture.frame(milliseconds, clock))
        return self._last

    def _spoilt(self, frame: bytes) -> bytes:
        luma, chroma = frame[: self._luma], frame[self._luma :]
        match self.fault:
            case Fault.BLACK:
                return bytes([BLACK]) * len(luma) + bytes([128]) * len(chroma)
            case Fault.DARK:
                return luma.translate(self._dark) + chroma
        return frame


def _source(wave: str, volume: float) -> str:
    return f"audiotestsrc is-live=true samplesperbuffer=960 wave={wave} volume={volume} ! {_RAW}"


def _mixed(voice: str, other: str, volume: float = 1.0) -> str:
    """Two sounds as one; the other may be missing for a while (``force-live``)."""
    return (
        f"{voice} ! voice.sink_0 {other} ! voice.sink_1 "
        f"audiomixer name=voice force-live=true sink_1::volume={volume} ! {_RAW}"
    )
