"""The live state of docs/protocol.md section 2: a pure projection of a conference and what was
said about it, and what each role may see of it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from diemcau import __version__
from diemcau.domain import guided, planner
from diemcau.domain.alarms import Alarm
from diemcau.domain.conference import Ask, Call, Conference, Scene, Turn
from diemcau.domain.directory import Directory, Mcu, Site
from diemcau.domain.dossier import Dossier
from diemcau.domain.layout import MAX_PANES
from diemcau.domain.planner import cascade
from diemcau.domain.quality import Quality, believed, quality_of, with_mos
from diemcau.domain.roles import Role
from diemcau.domain.script import Script
from diemcau.domain.source import content_of, is_content, site_of
from diemcau.ports.identity import Principal
from diemcau.services.observations import NOTHING, Observations, Said

Json = dict[str, Any]

ALL = "*"
"""The view of those who see every site; any other view is an area, the id of a site, or "" for
none."""

MCU_SEEN = ("id", "name", "state")
"""What a site sees of its own MCU."""

AREA = "mcu:"
"""The view of those who run some of the MCUs; their ids follow."""


def project(
    conference: Conference,
    directory: Directory,
    observations: Observations,
    dossier: Dossier | None = None,
    rooms: Json | None = None,
    script: Script | None = None,
    alarms: Iterable[Alarm] = (),
    within: timedelta = guided.WITHIN,
) -> Json:
    """Everything there is to see of a conference. Members without a value are absent.

    ``dossier``: the session's; ``rooms``: ``services.rooms.Rooms.view``; ``script``: in force;
    ``alarms``: what the watch found; ``within``: a call is to be connected.
    """
    said = observations.of(conference.id)
    tree = cascade(conference, directory)
    members = [mcu for mcu in directory.mcus.values() if mcu.id in tree.members]
    guides = planner.guides(conference, directory)
    return {
        "conference": conference_json(conference, within)
        | _session(dossier)
        | _recording(conference, said),
        "sites": {
            site: _site(conference, directory, directory.site(site), said)
            for site in conference.sites
        },
        "mcus": {
            mcu.id: _mcu(conference, mcu, tree.parent.get(mcu.id, ""), said, observations)
            for mcu in members
        }
        | {
            mcu: _guided(conference, directory, directory.mcu(mcu), said, within)
            for mcu in sorted(guides)
        },
        "server": {"version": __version__},
        "alarms": {alarm.id: _alarm(alarm) for alarm in alarms},
        **(rooms or {}),
        **_agenda(script),
    }


SEE_ALL = frozenset(
    {Role.OPERATOR, Role.CHAIR, Role.OFFICE, Role.TECHNICIAN, Role.MANAGER, Role.DIC}
)


def view_of(principal: Principal, roles: Collection[Role] = ()) -> str:
    """The view a token gives: that of its role, or of an account's ``roles`` there."""
    return ALL if SEE_ALL & {principal.role, *roles} else principal.site


def area_view(mcus: Iterable[str]) -> str:
    """The view of whoever runs these MCUs."""
    return AREA + ",".join(sorted(mcus))


def seen_by(state: Json, view: str) -> Json:
    """The part of the state that a view shows; shares its members with ``state``."""
    if view == ALL:
        return state
    if view.startswith(AREA):
        return _area(state, set(view.removeprefix(AREA).split(",")))
    return {**_part(state, {view}, set()), "mcus": _home(state, view)}


def _home(state: Json, site: str) -> Json:
    """Whether the site's own MCU is there."""
    home = state["sites"].get(site, {}).get("mcu")
    mcu = state["mcus"].get(home)
    return {home: {name: mcu[name] for name in MCU_SEEN}} if mcu else {}


def _area(state: Json, own: set[str]) -> Json:
    """These MCUs with those right above them, their sites, and whoever is on their lanes."""
    mcus = state["mcus"]
    above = {mcus[mcu]["parent"] for mcu in own if "parent" in mcus.get(mcu, {})}
    at_home = {site for site, value in state["sites"].items() if value["mcu"] in own}
    on_lanes = {
        lane["site"]
        for mcu in own
        for lane in mcus.get(mcu, {}).get("link", {}).get("lanes", ())
        if "site" in lane
    }
    return {
        **_part(state, at_home, on_lanes, own),
        "mcus": {mcu: value for mcu, value in mcus.items() if mcu in own | above},
        **({"agenda": state["agenda"]} if "agenda" in state else {}),
    }


def _part(state: Json, own: set[str], seen: set[str], mcus: Collection[str] = ()) -> Json:
    """The programme, the sites that are ``own`` with their talk and incidents, others ``seen``, and
    the alarms of ``own`` and of ``mcus``, with the incidents of the links of ``mcus``."""
    conference, sites = state["conference"], state["sites"]
    on_air = map(site_of, conference["program"]["sites"])
    shown = own | seen | {*on_air, conference.get("chair", "")}
    return {
        "conference": conference,
        "sites": {site: value for site, value in sites.items() if site in shown},
        "server": state["server"],
        "talk": {s: lines for s, lines in state.get("talk", {}).items() if s in own},
        "incidents": {
            name: one
            for name, one in state.get("incidents", {}).items()
            if one["site"] in own or one.get("link", "").partition("/")[0] in mcus
        },
        "examinations": {s: one for s, one in state.get("examinations", {}).items() if s in own},
        "alarms": {
            name: {**one, "sites": [site for site in one["sites"] if site in own]}
            for name, one in state.get("alarms", {}).items()
            if _concerns(one["subject"], own, mcus)
        },
    }


def _concerns(subject: str, sites: Collection[str], mcus: Collection[str]) -> bool:
    kind, *names = subject.split("/")
    return any(name in (sites if kind == "site" else mcus) for name in names)


def _alarm(alarm: Alarm) -> Json:
    return {
        "id": alarm.id,
        "subject": alarm.subject,
        "kind": alarm.kind,
        "since": moment(alarm.since),
        "sites": list(alarm.sites),
    }


def moment(time: datetime) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    text = time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return f"{text}Z"


def call_json(call: Call, within: timedelta = guided.WITHIN) -> Json:
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
        **({"ask": _ask(call.ask, call.requested_at + within)} if call.ask else {}),
    }


def _ask(ask: Ask, due: datetime) -> Json:
    done = ask.confirmed_at
    return {
        "mcu": ask.mcu,
        "site": ask.site,
        "at": moment(ask.at),
        "due_at": moment(due),
        **({"confirmed_at": moment(done), "confirmed_by": ask.confirmed_by} if done else {}),
    }


def scene_json(scene: Scene) -> Json:
    return {
        "layout": scene.layout.id,
        "panes": [[pane.x, pane.y, pane.w, pane.h] for pane in scene.layout.panes],
        "sites": list(scene.sites),
    }


def conference_json(conference: Conference, within: timedelta = guided.WITHIN) -> Json:
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
        "calls": [call_json(call, within) for call in conference.calls],
    }


def _session(dossier: Dossier | None) -> Json:
    if dossier is None:
        return {}
    return {
        "dossier": dossier.id,
        "starts_at": moment(dossier.starts_at),
        "ends_at": moment(dossier.ends_at),
    }


def _agenda(script: Script | None) -> Json:
    if script is None:
        return {}
    return {
        "agenda": [
            {
                "id": item.id,
                "title": item.title,
                "sites": list(item.sites),
                "minutes": item.minutes,
                **({"speaker": item.speaker} if item.speaker else {}),
                **({"at": moment(item.at)} if item.at else {}),
            }
            for item in script.items
        ]
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


_RECORDED = ("seconds", "bytes", "free_bytes", "plays", "checked_at")


def _recording(conference: Conference, said: Said) -> Json:
    """The last recording: as the master says it goes while it is wanted, else ``stopped``."""
    if conference.recorded_at is None:
        return {}
    known = said.recording.get("number") == conference.recordings
    told = said.recording if known else {}
    now = {"state": told.get("state", "starting"), "reason": told.get("reason")}
    if not conference.recording:
        now = {"state": "stopped", "reason": None}
    return {
        "recording": {
            "number": conference.recordings,
            "started_at": moment(conference.recorded_at),
            **{name: told[name] for name in _RECORDED if name in told},
            **{name: value for name, value in now.items() if value is not None},
        }
    }


def _site(conference: Conference, directory: Directory, site: Site, said: Said) -> Json:
    guide = directory.guide(site.id)
    home = planner.home(conference, directory, site.id)
    state: Json = {
        "id": site.id,
        "number": site.number,
        "code": site.code,
        "name": site.name,
        "unit": site.unit,
        "mcu": guide or home,
        "muted": site.id in conference.muted,
        **_source(conference, directory.joining(site.id), home, said),
        "tally": _tally(conference, site.id),
    }
    if guide:
        return state if state["tally"] != "off" else _out_of_sight(state)
    if site.id in said.stills:
        state["still"] = said.stills[site.id].version
    content = _source(conference, content_of(site.id), home, said)
    idle = content["state"] == content["tally"] == "off"
    return state if idle else state | {"content": {"id": content_of(site.id), **content}}


def _out_of_sight(state: Json) -> Json:
    """A site of a guided MCU that is not on its picture: whose figures those are is not known."""
    return {k: v for k, v in state.items() if k not in ("slot", "input", "level_db", "quality")}


def _source(conference: Conference, source: str, home: str, said: Said) -> Json:
    """What is seen of a site's camera, or of its content."""
    state: Json = {
        "state": source_state(conference, source, home, said),
        "home": state_at_home(source, home, said),
        "tally": _tally(conference, source),
    }
    session = said.seen.get(home, NOTHING).publishers.get(source)
    if session:
        state["session"] = session
    if source in conference.slots:
        state["slot"] = conference.slots.index(source)
        state["input"] = arriving(conference, source, said)
    if source in said.levels:
        state["level_db"] = round(said.levels[source], 1)
    quality = graded(said.page_quality.get(source, {}) | said.quality.get(source, {}))
    return state | ({"quality": quality} if quality else {})


def graded(figures: Mapping[str, float]) -> Json:
    """Figures that can be true, with the class that they make."""
    found = with_mos(believed(figures))
    quality = quality_of(found)
    return {**found, "class": str(quality)} if quality is not Quality.UNKNOWN else found


def source_state(conference: Conference, source: str, home: str, said: Said) -> str:
    """``lost`` is one that was there and whose media stopped without its leaving, or do not reach
    the mixer."""
    state = seen_at_home(source, home, said)
    missed = arriving(conference, source, said) == "lost"
    return "lost" if state == "ready" and missed else state


def arriving(conference: Conference, source: str, said: Said) -> str:
    """What arrives on the source's mixer slot; "" where it has none."""
    if source not in conference.slots:
        return ""
    return said.input(source, conference.slots.index(source))


def seen_at_home(source: str, home: str, said: Said) -> str:
    """The state of a source for whoever is to see it: one whose picture stopped is lost, though
    its sound comes."""
    state = state_at_home(source, home, said)
    lost = source in said.seen.get(home, NOTHING).lost
    return "lost" if state == "ready" and lost else state


def state_at_home(source: str, home: str, said: Said) -> str:
    """The state of a source as its own MCU sees it."""
    seen = said.seen.get(home, NOTHING)
    if source in seen.publishers:
        return "lost" if source in seen.silent else "ready"
    if source in said.expected:
        return "lost" if said.expected[source] else "connecting"
    return "off"


def _tally(conference: Conference, source: str) -> str:
    if source in conference.on_air:
        return "on_air"
    preview = conference.preview
    return "next" if source in (*preview.shown, *preview.present) else "off"


def _mcu(
    conference: Conference, mcu: Mcu, parent: str, said: Said, observations: Observations
) -> Json:
    seen = said.seen.get(mcu.id, NOTHING)
    state: Json = {
        "id": mcu.id,
        "name": mcu.name,
        "state": _mcu_state(mcu.id, seen.ready, observations),
        "viewers": len(seen.listeners),
        "publishers": sum(not is_content(source) for source in seen.publishers),
    }
    if parent:
        state["parent"] = parent
        state["link"] = _link(conference, mcu.id, said)
    return state


def _guided(
    conference: Conference, directory: Directory, mcu: Mcu, said: Said, within: timedelta
) -> Json:
    """It is there as long as its gateway is; what is asked of its technician."""
    home = planner.home(conference, directory, mcu.gateway)
    there = source_state(conference, mcu.gateway, home, said) == "ready"
    ask = conference.asks.get(mcu.id)
    asked = {"ask": _ask(ask, guided.due(conference, ask, within))} if ask else {}
    return {
        "id": mcu.id,
        "name": mcu.name,
        "state": "online" if there else "offline",
        "parent": home,
        "gateway": mcu.gateway,
        **asked,
    }


def _mcu_state(mcu: str, ready: bool, observations: Observations) -> str:
    if mcu not in observations.online:
        return "offline"
    return "online" if ready and mcu in observations.reported else "starting"


def _link(conference: Conference, mcu: str, said: Said) -> Json:
    """Lanes with who is on them, and the figures of all together."""
    there = said.seen.get(mcu, NOTHING).lanes
    lanes = [
        {
            "lane": lane,
            **({"site": site} if site else {}),
            "state": "ready" if lane in there else "connecting",
        }
        for lane, site in enumerate(conference.lanes.get(mcu, ()))
    ]
    return {"lanes": lanes, **graded(said.link(mcu))}
