"""A conference as JSON and back: what the store keeps, independent of any database.

``decode(encode(c)) == c`` for every conference; unknown members are ignored, missing ones take
their defaults, so that a newer server reads what an older one wrote.
"""

from datetime import datetime
from typing import Any

from diemcau.domain.conference import (
    Ask,
    Call,
    CallState,
    Conference,
    Former,
    Hand,
    Rehearsal,
    Scene,
    Trial,
    Turn,
)
from diemcau.domain.layout import LAYOUTS, custom, layout

Json = dict[str, Any]

_SCENES = ("program", "chair_view", "preview", "base", "outgoing")
_PLAIN = (
    "id", "title", "master", "chair", "max_sites", "banner", "take_number", "cue", "clock",
    "slate", "locked", "recording", "recordings",
)  # fmt: skip
_TUPLES = ("sites", "buses", "slots")


def encode(conference: Conference) -> Json:
    return {
        **{name: getattr(conference, name) for name in _PLAIN},
        **{name: list(getattr(conference, name)) for name in _TUPLES},
        **{name: _scene(getattr(conference, name)) for name in _SCENES},
        "muted": sorted(conference.muted),
        "admitted": sorted(conference.admitted),
        "recorded_at": conference.recorded_at and conference.recorded_at.isoformat(),
        "calls": [_call(call) for call in conference.calls],
        "lanes": {mcu: list(places) for mcu, places in conference.lanes.items()},
        "homes": dict(conference.homes),
        "parents": dict(conference.parents),
        "cue_at": _moment(conference.cue_at),
        "hands": [{"site": hand.site, "at": _moment(hand.at)} for hand in conference.hands],
        "turn": _turn(conference.turn),
        "former": _former(conference.former),
        "rehearsal": _rehearsal(conference.rehearsal),
        "asks": [_ask(ask) for ask in conference.asks.values()],
    }


def decode(data: Json) -> Conference:
    """Raises ``ValueError``, ``KeyError`` or ``Invalid`` for what no ``encode`` wrote."""
    values: Json = {name: data[name] for name in _PLAIN if name in data}
    values |= {name: tuple(data[name]) for name in _TUPLES if name in data}
    values |= {name: _scene_of(data[name]) for name in _SCENES if name in data}
    values["muted"] = frozenset(data.get("muted", ()))
    before_it_was_kept: list[str] = data["sites"] if data.get("locked") else []
    values["admitted"] = frozenset(data.get("admitted", before_it_was_kept))
    recorded_at = data.get("recorded_at")
    values["recorded_at"] = datetime.fromisoformat(recorded_at) if recorded_at else None
    values["calls"] = tuple(_call_of(call) for call in data.get("calls", ()))
    values["homes"] = dict(data.get("homes", {}))
    values["parents"] = dict(data.get("parents", {}))
    values["lanes"] = {mcu: tuple(places) for mcu, places in data.get("lanes", {}).items()}
    values["cue_at"] = _moment_of(data.get("cue_at"))
    hands = [(hand["site"], _moment_of(hand["at"])) for hand in data.get("hands", ())]
    values["hands"] = tuple(Hand(site, at) for site, at in hands if at is not None)
    values["turn"] = _turn_of(data.get("turn"))
    values["former"] = _former_of(data.get("former"))
    values["rehearsal"] = _rehearsal_of(data.get("rehearsal"))
    values["asks"] = {ask.mcu: ask for ask in map(_ask_of, data.get("asks", ()))}
    return Conference(**values)


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment_of(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _turn(turn: Turn | None) -> Json | None:
    if turn is None:
        return None
    return {
        "sites": list(turn.sites),
        "seconds": turn.seconds,
        "place": turn.place,
        "since": turn.since.isoformat(),
    }


def _turn_of(data: Json | None) -> Turn | None:
    if data is None:
        return None
    since = datetime.fromisoformat(data["since"])
    return Turn(tuple(data["sites"]), data["seconds"], data["place"], since)


def _former(former: Former | None) -> Json | None:
    if former is None:
        return None
    return {
        "program": _scene(former.program),
        "preview": _scene(former.preview),
        "cue": former.cue,
        "cue_at": _moment(former.cue_at),
        "banner": former.banner,
        "slate": former.slate,
        "base": _scene(former.base),
        "chair_view": _scene(former.chair_view),
        "ended": former.ended and _call(former.ended),
    }


def _former_of(data: Json | None) -> Former | None:
    if not data:
        return None
    program = _scene_of(data["program"])
    return Former(
        program,
        _scene_of(data["preview"]),
        data["cue"],
        _moment_of(data["cue_at"]),
        data["banner"],
        data.get("slate", ""),
        _scene_of(data["base"]) if "base" in data else program,
        _scene_of(data["chair_view"]) if "chair_view" in data else program,
        _call_of(data["ended"]) if data.get("ended") else None,
    )


def _rehearsal(rehearsal: Rehearsal | None) -> Json | None:
    if rehearsal is None:
        return None
    return {
        "since": rehearsal.since.isoformat(),
        "passed": list(rehearsal.passed),
        "trials": [
            {
                "site": trial.site,
                "due": trial.due.isoformat(),
                "attempt": trial.attempt,
                "since": _moment(trial.since),
            }
            for trial in rehearsal.trials
        ],
    }


def _rehearsal_of(data: Json | None) -> Rehearsal | None:
    if data is None:
        return None
    trials = (
        Trial(
            trial["site"],
            datetime.fromisoformat(trial["due"]),
            trial["attempt"],
            _moment_of(trial["since"]),
        )
        for trial in data["trials"]
    )
    since = datetime.fromisoformat(data["since"])
    return Rehearsal(since, tuple(trials), tuple(data["passed"]))


def _scene(scene: Scene) -> Json:
    if LAYOUTS.get(scene.layout.id) == scene.layout:
        return {"layout": scene.layout.id, "sites": list(scene.sites)}
    panes = [[pane.x, pane.y, pane.w, pane.h] for pane in scene.layout.panes]
    return {"panes": panes, "sites": list(scene.sites)}


def _scene_of(data: Json) -> Scene:
    if "panes" in data:
        return Scene(custom([(x, y, w, h) for x, y, w, h in data["panes"]]), tuple(data["sites"]))
    return Scene(layout(data["layout"]), tuple(data["sites"]))


def _call(call: Call) -> Json:
    return {
        "id": call.id,
        "site": call.site,
        "requested_at": call.requested_at.isoformat(),
        "state": str(call.state),
        "picture_ms": call.picture_ms,
        "sound_ms": call.sound_ms,
        "ask": _ask(call.ask) if call.ask else None,
    }


def _call_of(data: Json) -> Call:
    return Call(
        id=data["id"],
        site=data["site"],
        requested_at=datetime.fromisoformat(data["requested_at"]),
        state=CallState(data["state"]),
        picture_ms=data.get("picture_ms"),
        sound_ms=data.get("sound_ms"),
        ask=_ask_of(data["ask"]) if data.get("ask") else None,
    )


def _ask(ask: Ask) -> Json:
    return {
        "mcu": ask.mcu,
        "site": ask.site,
        "at": ask.at.isoformat(),
        "confirmed_at": _moment(ask.confirmed_at),
        "confirmed_by": ask.confirmed_by,
    }


def _ask_of(data: Json) -> Ask:
    return Ask(
        data["mcu"],
        data["site"],
        datetime.fromisoformat(data["at"]),
        _moment_of(data["confirmed_at"]),
        data["confirmed_by"],
    )
