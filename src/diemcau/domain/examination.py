"""What is wrong with a site, judged by what was measured of it before a session (R6.1-4a, -5).

The figures are those of the examiner and of the line's statistics (docs/protocol.md sections 4 and
5). Of what is wrong only the causes are named: a black picture is not dark and frozen besides.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache


class Fault(StrEnum):
    """In the order in which they are told."""

    NO_PICTURE = "no-picture"
    WRONG_PICTURE = "wrong-picture"
    BLACK = "black"
    FROZEN = "frozen"
    DARK = "dark"
    OVER_EXPOSED = "over-exposed"
    LOW_FRAME_RATE = "low-frame-rate"
    SMALL_PICTURE = "small-picture"
    NO_SOUND = "no-sound"
    SILENT = "silent"
    QUIET = "quiet"
    CLIPPING = "clipping"
    NOISE = "noise"
    HUM = "hum"
    ECHO = "echo"
    LIP_SYNC = "lip-sync"
    ONE_WAY = "one-way"
    LOSS = "loss"
    LOSS_DOWN = "loss-down"
    NARROW = "narrow"
    JITTER = "jitter"
    DELAY = "delay"
    NOT_REACHED = "not-reached"


PICTURE_FIGURES = (
    "frames", "fps", "width", "height", "luma", "contrast", "over_exposed", "black", "frozen_s",
)  # fmt: skip
SOUND_FIGURES = (
    "sound_s", "listened_s", "loudness_lufs", "peak_dbtp", "clipped", "silence_s", "noise_dbfs",
    "hum_dbfs", "hum_db", "echo_ms", "echo_db", "echo_floor_db", "spread_ms", "sound_late_ms",
)  # fmt: skip
LINE_FIGURES = (
    "rtt_ms", "loss_pct", "jitter_ms", "kbps", "down_loss_pct", "down_kbps", "can_send_kbps",
)  # fmt: skip
CONNECT_FIGURES = ("to_connect_ms", "to_picture_ms", "to_sound_ms")
"""Without a bound: the regulation's 30 s (Decision 429, art. 6.1-6) are from the chair's request to
the main screen, and an examination is over long before."""


@dataclass(frozen=True)
class Measured:
    """What is known of a site; what was not measured is absent, or None.

    ``hears``: it receives the sound that is sent to it. ``reached``: its picture and sound arrived
    in the mixer of the main site. ``mark``: the number in its picture, ``expected`` its own.
    """

    figures: Mapping[str, float] = field(default_factory=dict)
    hears: bool | None = None
    reached: bool | None = None
    mark: int | None = None
    expected: int | None = None


@dataclass(frozen=True)
class Bound:
    """A figure may be from ``least`` to ``most``; None: however little, however much."""

    figure: str
    least: float | None = None
    most: float | None = None

    def is_crossed(self, figures: Mapping[str, float]) -> bool:
        """Not by a figure that was not measured."""
        if self.figure not in figures:
            return False
        value = figures[self.figure]
        too_little = self.least is not None and value < self.least
        return too_little or (self.most is not None and value > self.most)


@dataclass(frozen=True)
class Thresholds:
    """From where on a figure is a fault."""

    black: float = 0.9
    """Share of the pictures. One that was black for a moment may have been switched on."""

    frozen_s: float = 2.0
    """What the watch of a session is held to as well; no camera's sensor is still for so long."""

    luma_min: float = 45.0
    """Faces are lit to 70-120 of 16-235; below 45 (a seventh of full white) they are not made out
    on a large screen. Measured, not standardised: EBU R 103 sets only the limits of the range."""

    over_exposed: float = 0.35
    """Share of white pixels. Paper and windows take less than a third of a picture."""

    fps_min: float = 7.0
    """Terminals on narrow lines go down to a quarter of 30, which is 7.5; below it people move in
    jerks. ITU-T H-series supplement 1 wants 20 where lips are read: a wish, and no fault."""

    lines_min: float = 180.0
    """The lowest simulcast layer of a camera of 720 lines, which is what an MCU forwards here."""

    sound_min_s: float = 0.02
    """A packet of Opus as browsers send it (RFC 7587, section 4.2)."""

    silence: float = 0.9
    """Share of the time that is one silence: less are the pauses of somebody who speaks."""

    loudness_min_lufs: float = -40.0
    """17 LU below the level of EBU R 128 (-23 LUFS): there a listener reaches for the volume, and
    a room's noise for speech."""

    clipped: float = 0.001
    """Share of the samples: 48 in a second. Speech at the level of R 128 has none."""

    noise_max_dbfs: float = -40.0
    """15 dB, the least distance of speech from noise (ANSI/ASA S12.60), below the peaks of speech
    at -23 LUFS."""

    hum_min_db: float = 15.0
    hum_max_dbfs: float = -50.0
    """It stands out, and it is heard in the pauses of speech at -23 LUFS: both."""

    echo_max_db: float = -35.0
    """ITU-T P.340 asks for a loss of 40 dB on the way through a hands-free terminal; 5 dB are left
    to the measurement."""

    sound_late_max_ms: float = 185.0
    sound_early_max_ms: float = 90.0
    """ITU-R BT.1359: beyond these, sound and picture that are apart are not accepted."""

    loss_max_pct: float = 2.0
    """ITU-T G.1010: a videophone bears 1 % and speech 3 %; lost pictures are sent again here. It
    holds for either way."""

    can_send_min_kbps: float = 500.0
    """Sound takes 40, which leaves 0.13 bit for each pixel of 640×360 at 15 pictures a second; with
    less than 0.1 a camera's picture in H.264, constrained baseline, is no longer sharp. A rule of
    thumb, not standardised; the estimate is the browser's own (W3C webrtc-stats)."""

    narrow_spread_min_ms: float = 50.0
    """A line that is full delays its sound (ITU-T Y.1541 class 0 allows 50 ms): both must say so,
    for a browser that has just begun, or sends little, knows of no more than it tried."""

    spread_max_ms: float = 100.0
    """ITU-T Y.1541 class 0 asks for 50 ms on a network's way; the same again is left to the site's
    access line and computer. The mixer makes up for 40 ms at once, and for 240 with delay."""

    jitter_min_ms: float = 20.0
    """Both must say so: an examiner on a busy host sees packets late that its MCU had in time."""

    rtt_max_ms: float = 300.0
    """ITU-T G.114: 150 ms one way is good for all conversations."""


DEFAULTS = Thresholds()

_BOUNDS: Mapping[Fault, Callable[[Measured, Thresholds], Sequence[Bound]]] = {
    Fault.NO_PICTURE: lambda m, t: [Bound("frames", least=1)],
    Fault.BLACK: lambda m, t: [Bound("black", most=t.black)],
    Fault.FROZEN: lambda m, t: [Bound("frozen_s", most=t.frozen_s)],
    Fault.DARK: lambda m, t: [Bound("luma", least=t.luma_min)],
    Fault.OVER_EXPOSED: lambda m, t: [Bound("over_exposed", most=t.over_exposed)],
    Fault.LOW_FRAME_RATE: lambda m, t: [Bound("fps", least=t.fps_min)],
    Fault.SMALL_PICTURE: lambda m, t: [Bound(_shorter(m), least=t.lines_min)],
    Fault.NO_SOUND: lambda m, t: [Bound("sound_s", least=t.sound_min_s)],
    Fault.SILENT: lambda m, t: [
        Bound("silence_s", most=t.silence * m.figures.get("listened_s", 0))
    ],
    Fault.QUIET: lambda m, t: [Bound("loudness_lufs", least=t.loudness_min_lufs)],
    Fault.CLIPPING: lambda m, t: [Bound("clipped", most=t.clipped)],
    Fault.NOISE: lambda m, t: [Bound("noise_dbfs", most=t.noise_max_dbfs)],
    Fault.HUM: lambda m, t: [
        Bound("hum_db", most=t.hum_min_db),
        Bound("hum_dbfs", most=t.hum_max_dbfs),
    ],
    Fault.ECHO: lambda m, t: [Bound("echo_db", most=t.echo_max_db)],
    Fault.LIP_SYNC: lambda m, t: [
        Bound("sound_late_ms", least=-t.sound_early_max_ms, most=t.sound_late_max_ms)
    ],
    Fault.LOSS: lambda m, t: [Bound("loss_pct", most=t.loss_max_pct)],
    Fault.LOSS_DOWN: lambda m, t: [Bound("down_loss_pct", most=t.loss_max_pct)],
    Fault.NARROW: lambda m, t: [
        Bound("can_send_kbps", least=t.can_send_min_kbps),
        Bound("spread_ms", most=t.narrow_spread_min_ms),
    ],
    Fault.JITTER: lambda m, t: [
        Bound("spread_ms", most=t.spread_max_ms),
        Bound("jitter_ms", most=t.jitter_min_ms),
    ],
    Fault.DELAY: lambda m, t: [Bound("rtt_ms", most=t.rtt_max_ms)],
}
"""Faults that figures tell: each when all of its bounds are crossed."""

_FACTS: Mapping[Fault, Callable[[Measured], bool]] = {
    Fault.WRONG_PICTURE: lambda m: None not in (m.mark, m.expected) and m.mark != m.expected,
    Fault.ONE_WAY: lambda m: m.hears is False,
    Fault.NOT_REACHED: lambda m: m.reached is False,
}

EXPLAINS: Mapping[Fault, frozenset[Fault]] = {
    Fault.NO_PICTURE: frozenset(
        {
            Fault.WRONG_PICTURE, Fault.BLACK, Fault.DARK, Fault.OVER_EXPOSED, Fault.FROZEN,
            Fault.SMALL_PICTURE, Fault.NOT_REACHED,
        }
    ),
    Fault.BLACK: frozenset({Fault.DARK, Fault.FROZEN}),
    Fault.FROZEN: frozenset({Fault.LOW_FRAME_RATE}),
    Fault.NO_SOUND: frozenset({Fault.SILENT, Fault.CLIPPING, Fault.ECHO, Fault.NOT_REACHED}),
    Fault.SILENT: frozenset({Fault.QUIET, Fault.NOISE, Fault.HUM}),
    Fault.CLIPPING: frozenset({Fault.NOISE, Fault.HUM}),
    Fault.LOSS: frozenset({Fault.JITTER, Fault.FROZEN, Fault.SMALL_PICTURE, Fault.LOSS_DOWN}),
    Fault.JITTER: frozenset({Fault.DELAY, Fault.LOW_FRAME_RATE, Fault.NARROW}),
    Fault.NARROW: frozenset({Fault.LOW_FRAME_RATE, Fault.SMALL_PICTURE}),
}  # fmt: skip
"""What follows from a fault by itself, one step far."""

_SEEN = {
    Fault.NO_PICTURE, Fault.WRONG_PICTURE, Fault.BLACK, Fault.FROZEN, Fault.DARK,
    Fault.OVER_EXPOSED,
}  # fmt: skip
_HEARD = {
    Fault.NO_SOUND, Fault.SILENT, Fault.QUIET, Fault.CLIPPING, Fault.NOISE, Fault.HUM, Fault.ECHO,
}  # fmt: skip

ANSWERS: Mapping[str, frozenset[Fault]] = {
    "camera": frozenset(_SEEN),
    "picture": frozenset(_SEEN | {Fault.LOW_FRAME_RATE, Fault.SMALL_PICTURE}),
    "microphone": frozenset(_HEARD),
    "sound-out": frozenset(_HEARD | {Fault.LIP_SYNC}),
    "sound-in": frozenset({Fault.ONE_WAY}),
    "line": frozenset({Fault.LOSS, Fault.LOSS_DOWN, Fault.NARROW, Fault.JITTER, Fault.DELAY}),
    "mcu": frozenset({Fault.NOT_REACHED}),
}
"""The check items of a procedure that an examination answers, and the faults that fail each."""

_ASKED: Mapping[str, Callable[[Measured], bool]] = {
    "camera": lambda m: "frames" in m.figures,
    "picture": lambda m: "frames" in m.figures,
    "microphone": lambda m: "sound_s" in m.figures,
    "sound-out": lambda m: "sound_s" in m.figures,
    "sound-in": lambda m: m.hears is not None,
    "line": lambda m: "loss_pct" in m.figures,
    "mcu": lambda m: m.reached is not None,
}
"""Whether an item was examined at all."""


@dataclass(frozen=True)
class Answer:
    """Of a check item; ``faults`` are the causes for which it did not pass."""

    passed: bool
    faults: tuple[Fault, ...] = ()


def judge(measured: Measured, thresholds: Thresholds = DEFAULTS) -> tuple[Fault, ...]:
    """The causes of what is wrong, each once, in the order of ``Fault``."""
    found = _found(measured, thresholds)
    explained = {result for fault in found for result in consequences(fault)}
    return tuple(fault for fault in found if fault not in explained)


def crossed(
    measured: Measured, thresholds: Thresholds = DEFAULTS
) -> Mapping[Fault, tuple[Bound, ...]]:
    """The bounds that were crossed, by the fault of which they tell; also of faults that others
    explain, as a black picture is dark besides."""
    told = (fault for fault in _found(measured, thresholds) if fault in _BOUNDS)
    return {fault: tuple(_BOUNDS[fault](measured, thresholds)) for fault in told}


def answers(measured: Measured, thresholds: Thresholds = DEFAULTS) -> Mapping[str, Answer]:
    """By check item, of those that were examined. One that suffers from the fault of another item,
    as the picture does when the line loses packets, does not pass, and names that fault."""
    found = _found(measured, thresholds)
    causes = judge(measured, thresholds)
    told = {}
    for item, fails in ANSWERS.items():
        if _ASKED[item](measured):
            suffered = fails.intersection(found)
            guilty = (c for c in causes if suffered & {c, *consequences(c)})
            told[item] = Answer(not suffered, tuple(guilty))
    return told


@cache
def consequences(fault: Fault) -> frozenset[Fault]:
    """All that a fault explains, however far."""
    direct = EXPLAINS.get(fault, frozenset())
    return direct.union(*(consequences(result) for result in direct))


def _found(measured: Measured, thresholds: Thresholds) -> list[Fault]:
    return [fault for fault in Fault if _is_found(fault, measured, thresholds)]


def _is_found(fault: Fault, measured: Measured, thresholds: Thresholds) -> bool:
    if fault in _FACTS:
        return _FACTS[fault](measured)
    bounds = _BOUNDS[fault](measured, thresholds)
    return all(bound.is_crossed(measured.figures) for bound in bounds)


def _shorter(measured: Measured) -> str:
    """The side of the picture that is the shorter one, as far as they were measured."""
    sides = [side for side in ("width", "height") if side in measured.figures]
    return min(sides, key=measured.figures.__getitem__, default="height")
