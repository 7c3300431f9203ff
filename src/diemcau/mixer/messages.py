"""Control messages: one JSON object a line, checked in full before anything is changed.

Requests are `{"id", "method", "params"}`; the answer repeats the id with `result` or `error`.
"""

import json
from dataclasses import dataclass
from typing import Any

from diemcau.mixer.errors import MixerError
from diemcau.mixer.fields import boolean, fraction, integer, mapping, text
from diemcau.mixer.settings import Settings

METHODS = ("mix", "input", "keyframe", "record", "status", "stop")
FITS = ("contain", "cover")
MAX_PANES = 32
MAX_HOLD_MS = 30_000
# A thirty-second of a pixel of a 4096-pixel frame: thirds written in decimals still end at 1.
EDGE = 1e-4


@dataclass(frozen=True)
class Request:
    id: object
    method: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Pane:
    """A rectangle of the frame, in fractions of it; `slot` None is an empty pane."""

    slot: int | None
    x: float
    y: float
    w: float
    h: float
    caption: str = ""
    fit: str = "contain"


@dataclass(frozen=True)
class Layout:
    """What one bus shows."""

    panes: tuple[Pane, ...] = ()
    banner: str = ""
    clock: bool = False

    def slots(self) -> frozenset[int]:
        return frozenset(pane.slot for pane in self.panes if pane.slot is not None)


@dataclass(frozen=True)
class Mix:
    """The whole desired mix. A bus not named shows nothing; `hold` is in seconds.

    `together` are slots of one site, which hears none of them.
    """

    take: str
    hold: float
    buses: dict[str, Layout]
    open: frozenset[int]
    together: tuple[frozenset[int], ...]
    raw: dict[str, Any]


@dataclass(frozen=True)
class InputOrder:
    """A slot belongs to `source` from now on; keyframe requests for it go to `pli`."""

    slot: int
    source: str | None
    pli: tuple[str, int] | None


@dataclass(frozen=True)
class RecordOrder:
    """Record the program into `file` (None: no more), as long as `reserve` bytes stay free."""

    file: str | None
    reserve: int


def parse_line(line: bytes) -> Request:
    """A request from one line; MixerError `bad-line` or `bad-method`."""
    try:
        raw = json.loads(line)
    except ValueError as error:
        raise MixerError("bad-line", f"not a JSON object on one line: {error}") from error
    if not isinstance(raw, dict):
        raise MixerError("bad-line", 'send an object {"id", "method", "params"}, not a bare value')
    method = raw.get("method")
    if method not in METHODS:
        raise MixerError("bad-method", f"method {method!r} is none of {', '.join(METHODS)}")
    params = raw.get("params")
    if params is None:
        params = {}
    if not isinstance(params, dict):
        raise MixerError("bad-params", "params must be an object")
    return Request(raw.get("id"), method, params)


def request_id(line: bytes) -> object:
    """The id of a line that was refused, so that its sender can match the error; else None."""
    try:
        raw = json.loads(line)
    except ValueError:
        return None
    return raw.get("id") if isinstance(raw, dict) else None


def parse_mix(params: dict[str, Any], settings: Settings) -> Mix:
    """The mix asked for; MixerError where a bus, slot or rectangle does not exist."""
    take = text(params.get("take", ""), "take", 200)
    hold_ms = integer(params.get("hold_ms", 2000), "hold_ms", 0, MAX_HOLD_MS)
    buses = {}
    for name, raw in mapping(params.get("buses", {}), "buses").items():
        if name not in settings.buses:
            known = ", ".join(settings.buses) or "none"
            raise MixerError("no-bus", f"bus {name!r} does not exist; this mixer has: {known}")
        buses[name] = _layout(raw, f"buses.{name}", settings.slots)
    sound = mapping(params.get("sound", {}), "sound")
    heard = _slots(sound.get("open", []), "sound.open", settings.slots)
    groups = sound.get("together", [])
    if not isinstance(groups, list):
        raise MixerError("bad-params", "sound.together must be a list of lists of slots")
    together = tuple(
        _slots(group, f"sound.together[{n}]", settings.slots) for n, group in enumerate(groups)
    )
    return Mix(take, hold_ms / 1000, buses, heard, together, dict(params))


def parse_input(params: dict[str, Any], settings: Settings) -> InputOrder:
    """The order for one slot; MixerError `no-slot` or `bad-params`."""
    slot = _slot(params.get("slot"), "slot", settings.slots)
    source = params.get("source")
    if source is not None and not text(source, "source"):
        raise MixerError("bad-params", "source must name a source, or be null to empty the slot")
    pli = params.get("pli")
    if pli is None:
        return InputOrder(slot, source, None)
    if not isinstance(pli, list) or len(pli) != 2:
        raise MixerError("bad-params", 'pli must be ["host", port] or null')
    return InputOrder(slot, source, (text(pli[0], "pli[0]"), integer(pli[1], "pli[1]", 1, 65535)))


def parse_keyframe(params: dict[str, Any], settings: Settings) -> str:
    """Name of the bus asked for a keyframe."""
    name = text(params.get("output"), "output")
    if name not in settings.buses:
        known = ", ".join(settings.buses) or "none"
        raise MixerError("no-bus", f"output {name!r} has no picture; those that have one: {known}")
    return name


def parse_record(params: dict[str, Any], settings: Settings) -> RecordOrder:
    """The recording wanted; MixerError `no-bus` where there is no program with picture."""
    program = settings.outputs.get("program")
    if program is None or None in (program.audio_ssrc, program.video_ssrc):
        raise MixerError("no-bus", "this mixer has no program with picture and sound to record")
    file = params.get("file")
    reserve = integer(params.get("reserve", 0), "reserve", 0, 2**63)
    if file is not None and not text(file, "file", 4096).startswith("/"):
        raise MixerError("bad-params", "file must be a whole path, or null to record no more")
    return RecordOrder(file, reserve)


def _slot(value: object, where: str, slots: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < slots:
        raise MixerError("no-slot", f"{where}: slot {value!r} does not exist; use 0 to {slots - 1}")
    return value


def _slots(value: object, where: str, slots: int) -> frozenset[int]:
    if not isinstance(value, list):
        raise MixerError("bad-params", f"{where} must be a list of slots")
    return frozenset(_slot(slot, f"{where}[{n}]", slots) for n, slot in enumerate(value))


def _layout(raw: object, where: str, slots: int) -> Layout:
    table = mapping(raw, where)
    panes = table.get("panes", [])
    if not isinstance(panes, list) or len(panes) > MAX_PANES:
        raise MixerError("bad-params", f"{where}.panes must be a list of at most {MAX_PANES} panes")
    banner = table.get("banner")
    return Layout(
        tuple(_pane(pane, f"{where}.panes[{n}]", slots) for n, pane in enumerate(panes)),
        text("" if banner is None else banner, f"{where}.banner"),
        boolean(table.get("clock", False), f"{where}.clock"),
    )


def _pane(raw: object, where: str, slots: int) -> Pane:
    table = mapping(raw, where)
    slot = table.get("slot")
    x, y, w, h = (fraction(table.get(side), f"{where}.{side}") for side in "xywh")
    if w <= 0 or h <= 0 or x + w > 1 + EDGE or y + h > 1 + EDGE:
        raise MixerError(
            "bad-rectangle",
            f"{where}: x={x} y={y} w={w} h={h} does not lie in the frame; "
            "keep x+w and y+h within 1, and w and h above 0",
        )
    caption = table.get("caption")
    fit = table.get("fit", "contain")
    if fit not in FITS:
        raise MixerError("bad-params", f"{where}.fit must be contain or cover, not {fit!r}")
    return Pane(
        None if slot is None else _slot(slot, f"{where}.slot", slots),
        x,
        y,
        min(w, 1 - x),
        min(h, 1 - y),
        text("" if caption is None else caption, f"{where}.caption", 200),
        fit,
    )
