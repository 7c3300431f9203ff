"""The live state of docs/protocol.md section 2: a pure projection of a conference and what was
said about it, and what each role may see of it."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from diemcau import __version__
from diemcau.domain.conference import Call, Conference, Scene, Turn
from diemcau.domain.directory import Directory, Mcu, Site
from diemcau.domain.dossier import Dossier
from diemcau.domain.layout import MAX_PANES
from diemcau.domain.planner import cascade, home
from diemcau.domain.roles import Role
from diemcau.ports.identity import Principal
from diemcau.services.observations import NOTHING, Observations, Said

Json = dict[str, Any]

ALL = "*"
"""The view of those who see every site; any other view is the id of a site, or "" for none."""


def project(
    conference: Conference,
    directory: Directory,
    observations: Observations,
    dossier: Dossier | None = None,
    rooms: Json | None = None,
) -> Json:
    """Everything there is to see of a conference. Members without a value are absent.

    ``dossier``: the session's; ``rooms``: ``services.rooms.Rooms.view``.
    """
    said = observations.of(conference.id)
    tree = cascade(conference, directory)
    members = [mcu for mcu in directory.mcus.values() if mcu.id in tree.members]
    return {
        "conference": conference_json(conference) | _session(dossier),
        "sites": {
            site: _site(conference, directory.site(site), home(conference, directory, site), said)
            for site in conference.sites
        },
        "mcus": {
            mcu.id: _mcu(conference, mcu, tree.parent.get(mcu.id, ""), said, observations)
            for mcu in members
        },
        "server": {"version": __version__},
        **(rooms or {}),
    }


SEE_ALL = frozenset(
    {Role.OPERATOR, Role.CHAIR, Role.OFFICE, Role.TECHNICIAN, Role.MANAGER, Role.DIC}
)


def view_of(principal: Principal, roles: Collection[Role] = ()) -> str:
    """The view a token gives: that of its role, or of an account's ``roles`` there."""
    return ALL if SEE_ALL & {principal.role, *roles} else principal.site


def seen_by(state: Json, view: str) -> Json:
    """The part of the state that a view shows; shares its members with ``state``."""
    if view == ALL:
        return state
    conference, sites = state["conference"], state["sites"]
    shown = {*conference["program"]["sites"], conference.get("chair", ""), view}
    return {
        "conference": conference,
        "sites": {site: value for site, value in sites.items() if site in shown},
        "server": state["server"],
        "talk": {s: lines for s, lines in state.get("talk", {}).items() if s == view},
        "incidents": {
            name: one for name, one in state.get("incidents", {}).items() if one["site"] == view
        },
    }


def moment(time: datetime) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    text = time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return f"{text}Z"


def call_json(call: Call) -> Json:
    figures = {
        "picture_ms": call.picture_ms,
        "sound_ms": call.sound_ms,
        "connect_ms": call.connect_ms,
    }
    return {
        "id": call.id,
        "site": call.site,
        "requested_at": moment(call.requested_at),
        "state": str(call.state),
        **{name: value for name, value in figures.items() if value is not None},
    }


def scene_json(scene: Scene) -> Json:
    return {
        "layout": scene.layout.id,
        "panes": [[pane.x, pane.y, pane.w, pane.h] for pane in scene.layout.panes],
        "sites": list(scene.sites),
    }


def conference_json(conference: Conference) -> Json:
    """The ``conference`` member of the state."""
    chair = {"chair": conference.chair} if conference.chair else {}
    return {
        "id": conference.id,
        "title": conference.title,
        "master": conference.master,
        **chair,
        "buses": list(conference.buses),
        "program": scene_json(conference.program),
        "chair_view": scene_json(conference.chair_view),
        "preview": scene_json(conference.preview),
        "banner": conference.banner,
        **_cue(conference),
        "hands": [{"site": hand.site, "at": moment(hand.at)} for hand in conference.hands],
        **_turn(conference.turn),
        "undo": conference.former is not None,
        "clock": conference.clock,
        "slate": conference.slate,
        "locked": conference.locked,
        "max_sites": conference.max_sites,
        "max_panes": MAX_PANES,
        "calls": [call_json(call) for call in conference.calls],
    }


def _session(dossier: Dossier | None) -> Json:
    if dossier is None:
        return {}
    return {
        "dossier": dossier.id,
        "starts_at": moment(dossier.starts_at),
        "ends_at": moment(dossier.ends_at),
    }


def _cue(conference: Conference) -> Json:
    if not conference.cue:
        return {}
    at = {"cue_at": moment(conference.cue_at)} if conference.cue_at else {}
    return {"cue": conference.cue, **at}


def _turn(turn: Turn | None) -> Json:
    if turn is None:
        return {}
    return {
        "turn": {
            "sites": list(turn.sites),
            "seconds": turn.seconds,
            "place": turn.place,
            "since": moment(turn.since),
        }
    }


def _site(conference: Conference, site: Site, home: str, said: Said) -> Json:
    state: Json = {
        "id": site.id,
        "number": site.number,
        "code": site.code,
        "name": site.name,
        "unit": site.unit,
        "mcu": home,
        "state": site_state(conference, site, home, said),
        "tally": _tally(conference, site.id),
        "muted": site.id in conference.muted,
    }
    if site.id in conference.slots:
        state["slot"] = conference.slots.index(site.id)
        state["input"] = said.input(site.id, state["slot"])
    if site.id in said.levels:
        state["level_db"] = round(said.levels[site.id], 1)
    quality = said.page_quality.get(site.id, {}) | said.quality.get(site.id, {})
    return state | ({"quality": quality} if quality else {})


def site_state(conference: Conference, site: Site, home: str, said: Said) -> str:
    """``lost`` is one that was there and whose media stopped without its leaving."""
    seen = said.seen.get(home, NOTHING)
    if site.id in seen.publishers:
        seated = site.id in conference.slots
        missed = seated and said.input(site.id, conference.slots.index(site.id)) == "lost"
        return "lost" if missed or site.id in seen.silent else "ready"
    if site.id in said.expected:
        return "lost" if said.expected[site.id] else "connecting"
    return "off"


def _tally(conference: Conference, site: str) -> str:
    if site in conference.on_air:
        return "on_air"
    return "next" if site in conference.preview.shown else "off"


def _mcu(
    conference: Conference, mcu: Mcu, parent: str, said: Said, observations: Observations
) -> Json:
    seen = said.seen.get(mcu.id, NOTHING)
    state: Json = {
        "id": mcu.id,
        "name": mcu.name,
        "state": _mcu_state(mcu.id, seen.ready, observations),
        "viewers": len(seen.listeners),
        "publishers": len(seen.publishers),
    }
    if parent:
        state["parent"] = parent
        state["link"] = _link(conference, mcu.id, said)
    return state


def _mcu_state(mcu: str, ready: bool, observations: Observations) -> str:
    if mcu not in observations.online:
        return "offline"
    return "online" if ready and mcu in observations.reported else "starting"


def _link(conference: Conference, mcu: str, said: Said) -> Json:
    """Lanes with who is on them; figures: the worst delay and loss, the sum of the rates."""
    there = said.seen.get(mcu, NOTHING).lanes
    lanes = [
        {
            "lane": lane,
            **({"site": site} if site else {}),
            "state": "ready" if lane in there else "connecting",
        }
        for lane, site in enumerate(conference.lanes.get(mcu, ()))
    ]
    figures = said.links.get(mcu, {}).values()
    joined: Json = {}
    for name, join in (("rtt_ms", max), ("loss_pct", max), ("kbps", sum)):
        values = [lane[name] for lane in figures if name in lane]
        if values:
            joined[name] = round(join(values), 1)
    return {"lanes": lanes, **joined}
