"""How good a conversation over a line is: the E-model of ITU-T G.107 (06/2015).

It is the narrow-band model with its default values. What it says of Opus is therefore a rating on
the scale of a telephone: 93.2 is a perfect telephone line, and wide band is not rewarded.
"""

from dataclasses import dataclass
from math import exp, log, log2, log10, sqrt

BEST_MOS = 4.5
"""MOS from R = 100 on (annex B)."""


@dataclass(frozen=True)
class Codec:
    """What a codec costs: ``ie`` without loss, ``bpl`` how well it bears loss (G.107 clause 7.5).
    ``source``: whose figures they are."""

    name: str
    ie: float
    bpl: float
    source: str


G711 = Codec("G.711", 0.0, 4.3, "ITU-T G.113 appendix I; the default of G.107")
G711_PLC = Codec("G.711 with concealment", 0.0, 25.1, "ITU-T G.113 appendix I")
OPUS = Codec(
    "Opus",
    0.0,
    25.1,
    "not standardised for narrow band: taken as G.711 with concealment, since it is transparent "
    "to a telephone's ear from 24 kbit/s on and conceals lost frames too",
)


@dataclass(frozen=True)
class Connection:
    """The parameters of G.107 table 2 with their default values: levels and noise in dB, delays in
    ms. ``bpl`` and ``ie`` are the codec's; ``burst_ratio`` is 1 for losses that are independent."""

    slr: float = 8.0
    rlr: float = 2.0
    stmr: float = 15.0
    ds: float = 3.0
    dr: float = 3.0
    telr: float = 65.0
    wepl: float = 110.0
    echo_ms: float = 0.0
    round_trip_ms: float = 0.0
    one_way_ms: float = 0.0
    qdu: float = 1.0
    ie: float = 0.0
    bpl: float = 4.3
    loss_pct: float = 0.0
    burst_ratio: float = 1.0
    circuit_noise: float = -70.0
    floor_noise: float = -64.0
    room_noise_sent: float = 35.0
    room_noise_received: float = 35.0
    advantage: float = 0.0

    @property
    def olr(self) -> float:
        return self.slr + self.rlr


def line(
    one_way_ms: float, loss_pct: float, codec: Codec = OPUS, burst_ratio: float = 1.0
) -> Connection:
    """A line of which delay and loss are known: echo goes there and back on it, all else is the
    default. Negative figures count as 0, and no more than all is lost."""
    delay = max(0.0, one_way_ms)
    return Connection(
        echo_ms=delay,
        round_trip_ms=2 * delay,
        one_way_ms=delay,
        ie=codec.ie,
        bpl=codec.bpl,
        loss_pct=min(100.0, max(0.0, loss_pct)),
        burst_ratio=burst_ratio,
    )


def rating(c: Connection) -> float:
    """The rating factor R = Ro - Is - Id - Ie,eff + A (clause 7.1)."""
    noise = _noise(c)
    ro = 15 - 1.5 * (c.slr + noise)
    return ro - _simultaneous(c, ro, noise) - _delay(c, ro, noise) - _equipment(c) + c.advantage


def mos(r: float) -> float:
    """The mean opinion score of a rating (annex B). From R = 0 to 6.5 the formula there falls below
    1, the worst that people may answer: here it is 1."""
    if r <= 0:
        return 1.0
    if r >= 100:
        return BEST_MOS
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)


def line_mos(one_way_ms: float, loss_pct: float, codec: Codec = OPUS) -> float:
    """The score of a line; see ``line``."""
    return mos(rating(line(one_way_ms, loss_pct, codec)))


def _noise(c: Connection) -> float:
    """No, the sum of all noise powers at the 0 dBr point (clause 7.2)."""
    sent = c.room_noise_sent - c.slr - c.ds - 100
    sent += 0.004 * (c.room_noise_sent - c.olr - c.ds - 14) ** 2
    lstr = c.stmr + c.dr
    heard = c.room_noise_received + 10 * log10(1 + 10 ** ((10 - lstr) / 10))
    received = c.rlr - 121 + heard + 0.008 * (heard - 35) ** 2
    powers = (c.circuit_noise, sent, received, c.floor_noise + c.rlr)
    return 10 * log10(sum(10 ** (power / 10) for power in powers))


def _simultaneous(c: Connection, ro: float, noise: float) -> float:
    """Is = Iolr + Ist + Iq: what comes together with the voice (clause 7.3)."""
    x = (c.olr + 0.2 * (64 + noise - c.rlr)) / 8
    loud = 20 * (_root(1 + x**8, 8) - x)
    return loud + _sidetone(c) + _quantizing(c, ro)


def _sidetone(c: Connection) -> float:
    """Ist: sidetone that is not optimal (clause 7.3)."""
    stmr = -10 * log10(10 ** (-c.stmr / 10) + exp(-c.echo_ms / 4) * 10 ** (-c.telr / 10))
    return (
        12 * _root(1 + ((stmr - 13) / 6) ** 8, 8)
        - 28 * _root(1 + ((stmr + 1) / 19.4) ** 35, 35)
        - 13 * _root(1 + ((stmr - 3) / 33) ** 13, 13)
        + 29
    )


def _quantizing(c: Connection, ro: float) -> float:
    """Iq: quantizing distortion (clause 7.3)."""
    q = 37 - 15 * log10(c.qdu)
    g = 1.07 + 0.258 * q + 0.0602 * q * q
    y = (ro - 100) / 15 + 46 / 8.4 - g / 9
    z = 46 / 30 - g / 40
    return 15 * log10(1 + 10**y + 10**z)


def _delay(c: Connection, ro: float, noise: float) -> float:
    """Id = Idte + Idle + Idd: talker echo, listener echo, delay itself (clause 7.4)."""
    rle = 10.5 * (c.wepl + 7) / _root(c.round_trip_ms + 1, 4)
    listener_echo = (ro - rle) / 2 + sqrt((ro - rle) ** 2 / 4 + 169)
    return _talker_echo(c, noise) + listener_echo + _too_long(c.one_way_ms)


def _talker_echo(c: Connection, noise: float) -> float:
    """Idte, for the sidetone of 9 to 20 dB that a headset or a room has (clause 7.4)."""
    t = c.echo_ms
    if t < 1:
        return 0.0
    terv = c.telr - 40 * log10((1 + t / 10) / (1 + t / 150)) + 6 * exp(-0.3 * t * t)
    roe = -1.5 * (noise - c.rlr)
    re = 80 + 2.5 * (terv - 14)
    return ((roe - re) / 2 + sqrt((roe - re) ** 2 / 4 + 100) - 1) * (1 - exp(-t))


def _too_long(one_way_ms: float) -> float:
    """Idd, for the default sensitivity: sT = 1, mT = 100 ms (clause 7.4)."""
    if one_way_ms <= 100:
        return 0.0
    x = log2(one_way_ms / 100)
    return 25 * (_root(1 + x**6, 6) - 3 * _root(1 + (x / 3) ** 6, 6) + 2)


def _equipment(c: Connection) -> float:
    """Ie,eff: the codec, and the packets it does not get (clause 7.5)."""
    if c.loss_pct <= 0:
        return c.ie
    return c.ie + (95 - c.ie) * c.loss_pct / (c.loss_pct / c.burst_ratio + c.bpl)


def _root(value: float, degree: int) -> float:
    return exp(log(value) / degree)
