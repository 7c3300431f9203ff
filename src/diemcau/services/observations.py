"""What the MCUs and the pages said last, sorted by conference. Nothing here is stored: it is said
again after every reconnection."""

import binascii
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any

from diemcau.domain.source import is_content, site_of
from diemcau.ports.mcus import Report

_JOINED: Mapping[str, Callable[[list[float]], float]] = {
    "rtt_ms": max, "loss_pct": max, "jitter_ms": max, "kbps": sum,
}  # fmt: skip

QUALITY = (
    "rtt_ms",
    "loss_pct",
    "jitter_ms",
    "kbps",
    "can_send_kbps",
    "fps",
    "frozen_pct",
    "heard_db",
)

JPEG = b"\xff\xd8\xff"
LARGEST_STILL = 32 * 1024

Home = Callable[[str, str], str]
"""The MCU of a source in a conference; "" where either is not known."""


@dataclass(frozen=True)
class Seen:
    """What one MCU has of one conference."""

    ready: bool = False
    """The room is there, and the programme in it."""
    mixer: bool = False
    publishers: Mapping[str, str] = field(default_factory=dict)
    """Session by source."""
    listeners: frozenset[str] = frozenset()
    """Sessions."""
    lanes: Mapping[int, str] = field(default_factory=dict)
    """Source by lane of the uplink."""
    silent: frozenset[str] = frozenset()
    """Those from whom nothing comes any more."""
    blind: frozenset[str] = frozenset()
    """Those whose picture stopped while their sound comes."""
    deaf: bool = False
    """The programme does not come down the link to the MCU above."""

    @property
    def lost(self) -> frozenset[str]:
        """Those whose picture does not come."""
        return self.silent | self.blind


NOTHING = Seen()


@dataclass(frozen=True)
class Still:
    """A small picture (JPEG) of a site, as it was at a moment."""

    jpeg: bytes
    at: datetime

    @property
    def version(self) -> str:
        """A site has one still a second at most, so its time in seconds tells it from others, also
        from those that an earlier life of the server gave away."""
        return str(int(self.at.timestamp()))


@dataclass
class Said:
    """What was said about one conference, by all. Names are those of sources: content is no site,
    but what is said of it is the same."""

    seen: dict[str, Seen] = field(default_factory=dict)
    expected: dict[str, bool] = field(default_factory=dict)
    """Sites that joined and did not leave; True once their publisher was seen."""
    been: set[str] = field(default_factory=set)
    """Sites that have joined, and may have left since."""
    sessions: dict[str, str] = field(default_factory=dict)
    """The last session a site opened here."""
    inputs: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Mixer slot and what arrives there, by site."""
    looks: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Mixer slot and how the picture there looks, by site: ``moving``, ``black`` or ``frozen``."""
    levels: dict[str, float] = field(default_factory=dict)
    program_level: float | None = None
    recording: Mapping[str, Any] = field(default_factory=dict)
    """How the last recording goes, in the words of the master's agent."""
    quality: dict[str, dict[str, float]] = field(default_factory=dict)
    page_quality: dict[str, dict[str, float]] = field(default_factory=dict)
    loudest_heard: dict[str, float] = field(default_factory=dict)
    """The loudest that a site's page played since ``look_again``, in dBFS."""
    arrived: set[str] = field(default_factory=set)
    """Sources whose pictures reached the mixer since ``look_again``."""
    links: dict[str, dict[int, dict[str, float]]] = field(default_factory=dict)
    stills: dict[str, Still] = field(default_factory=dict)
    """The last one of each site that publishes."""

    def publishing(self, site: str, mcu: str) -> bool:
        return site in self.seen.get(mcu, NOTHING).publishers

    def holder(self, source: str, mcu: str) -> str:
        """The session that publishes the source, or is about to; "" for none."""
        if not self.expected.get(source, True):
            return self.sessions[source]
        return self.seen.get(mcu, NOTHING).publishers.get(source, "")

    def input(self, site: str, slot: int) -> str:
        """What arrives on the site's mixer slot; what was said of another slot is old."""
        said_slot, state = self.inputs.get(site, (slot, "waiting"))
        return state if said_slot == slot else "waiting"

    def look(self, site: str, slot: int) -> str:
        """How the site's picture on its mixer slot looks; "" if nobody said."""
        said_slot, looks = self.looks.get(site, (slot, ""))
        return looks if said_slot == slot else ""

    def link(self, mcu: str) -> dict[str, float]:
        """A link's lanes together."""
        return joined(self.links.get(mcu, {}).values())

    def look_again(self, site: str) -> None:
        """Forget what it heard, and that it arrived; from now on both are looked for."""
        self.loudest_heard.pop(site, None)
        self.arrived.discard(site)

    def there(self) -> set[str]:
        """The sites whose media arrive."""
        lost = {source for seen in self.seen.values() for source in seen.lost}
        return {source for source in self.published() - lost if not is_content(source)}

    def present(self) -> set[str]:
        """The sites that publish, or are about to."""
        return {source for source in self.coming() if not is_content(source)}

    def coming(self) -> set[str]:
        """The sources that are published, or about to be."""
        return self.published() | {source for source, seen in self.expected.items() if not seen}

    def published(self) -> set[str]:
        return {source for seen in self.seen.values() for source in seen.publishers}


class Observations:
    """The holder. An MCU is believed about what is its own: its sites, its links, its mixers."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._said: dict[str, Said] = {}
        self.online: set[str] = set()
        self.reported: set[str] = set()
        self.slow: set[str] = set()
        """Those whose agents have not answered for a while."""

    def well(self, mcu: str, conference: str) -> bool:
        """Whether an MCU is there, answers, and has its room with the programme."""
        seen = self.of(conference).seen.get(mcu, NOTHING)
        there = mcu in self.online & self.reported and mcu not in self.slow
        return there and seen.ready and not seen.deaf

    def of(self, conference: str) -> Said:
        return self._said.setdefault(conference, Said())

    def forget(self, conference: str) -> None:
        self._said.pop(conference, None)

    def observed(self, mcu: str, params: dict[str, Any]) -> set[str]:
        """Take in all that an MCU has; the conferences whose part of it changed."""
        self.reported.add(mcu)
        now = _sorted_out(params, lambda conference, site: self._home(conference, site) == mcu)
        changed = set()
        for conference in {*now, *(c for c, said in self._said.items() if mcu in said.seen)}:
            said, seen = self.of(conference), now.get(conference, NOTHING)
            if said.seen.get(mcu) != seen:
                said.seen[mcu] = seen
                changed.add(conference)
                self._follow(said, seen)
        return changed

    def input(self, params: dict[str, Any]) -> None:
        """What arrives; while nothing has come yet, there is no picture that looks like
        anything."""
        said = self.of(params["conference"])
        said.inputs[params["site"]] = (int(params["slot"]), str(params["state"]))
        if params["state"] == "live":
            said.arrived.add(params["site"])
        if params["state"] == "waiting":
            said.looks.pop(params["site"], None)

    def look(self, params: dict[str, Any]) -> None:
        said = self.of(params["conference"])
        said.looks[params["site"]] = (int(params["slot"]), str(params["looks"]))

    def levels(self, params: dict[str, Any]) -> None:
        said = self.of(params["conference"])
        said.levels = {site: float(level) for site, level in params["sites"].items()}
        program = params.get("program")
        said.program_level = None if program is None else float(program)

    def recording(self, params: dict[str, Any]) -> None:
        self.of(params["conference"]).recording = params

    def stats(self, report: Report) -> set[str]:
        """Take in an MCU's figures; the conferences they are about."""
        touched = set()
        for entry in report.params.get("publishers", ()):
            if self._home(entry["conference"], entry["site"]) == report.mcu:
                self.of(entry["conference"]).quality[entry["site"]] = figures(entry)
                touched.add(entry["conference"])
        links: dict[str, dict[int, dict[str, float]]] = {}
        for entry in report.params.get("links", ()):
            links.setdefault(entry["conference"], {})[int(entry["lane"])] = figures(entry)
        stale = {c for c, said in self._said.items() if report.mcu in said.links}
        for conference in stale | links.keys():
            self.of(conference).links[report.mcu] = links.get(conference, {})
        return touched | stale | links.keys()

    def still(self, report: Report, now: datetime) -> bool:
        """Take in a site's still, if it is there and that MCU's own; raises ``ValueError`` for
        what is no small JPEG."""
        conference, site = str(report.params["conference"]), str(report.params["site"])
        if self._home(conference, site) != report.mcu:
            return False
        said = self.of(conference)
        if not said.publishing(site, report.mcu):
            return False
        jpeg = binascii.a2b_base64(report.params["jpeg"], strict_mode=True)
        if not jpeg.startswith(JPEG) or len(jpeg) > LARGEST_STILL:
            raise ValueError("a still is a JPEG of at most 32 KiB")
        said.stills[site] = Still(jpeg, now)
        return True

    def page(self, conference: str, site: str, said: Mapping[str, Any]) -> None:
        """A site's own figures, as its page measured them."""
        kept, found = self.of(conference), figures(said)
        kept.page_quality[site] = found
        if "heard_db" in found:
            heard = kept.loudest_heard.get(site, found["heard_db"])
            kept.loudest_heard[site] = max(heard, found["heard_db"])

    def joining(self, conference: str, site: str, session: str) -> None:
        said = self.of(conference)
        said.expected[site] = False
        said.sessions[site] = session

    def left(self, conference: str, site: str, session: str, former: str = "") -> None:
        """The site ended that session of its own will, or never got it: then its ``former`` one,
        if there is one, goes on."""
        said = self.of(conference)
        if said.sessions.get(site, session) != session:
            return
        said.expected.pop(site, None)
        said.sessions.pop(site, None)
        if former:
            said.sessions[site] = former
            publishers = (seen.publishers.get(site) for seen in said.seen.values())
            said.expected[site] = former in publishers

    def _follow(self, said: Said, seen: Seen) -> None:
        for site, session in seen.publishers.items():
            # A site whose new session is under way still shows its old one: wait for the new.
            if said.sessions.setdefault(site, session) == session:
                said.expected[site] = True
            said.been.add(site_of(site))
        present = said.coming()
        for site in (said.quality.keys() | said.page_quality.keys()) - present:
            said.quality.pop(site, None)
            said.page_quality.pop(site, None)
        for site in said.stills.keys() - said.published():
            del said.stills[site]


def joined(lanes: Collection[Mapping[str, float]]) -> dict[str, float]:
    """Lanes as one link: the worst delay and loss, the sum of the rates."""
    found: dict[str, float] = {}
    for name, join in _JOINED.items():
        values = [lane[name] for lane in lanes if name in lane]
        if values:
            found[name] = round(join(values), 1)
    return found


def figures(entry: Mapping[str, Any]) -> dict[str, float]:
    """The quality figures in a record, those that are there."""
    values = {name: entry.get(name) for name in QUALITY}
    return {
        name: round(float(value), 2)
        for name, value in values.items()
        if isinstance(value, (int, float)) and isfinite(value)
    }


def _sorted_out(params: dict[str, Any], is_own: Callable[[str, str], bool]) -> dict[str, Seen]:
    """Resources by conference. Those kinds that no page shows are passed over."""
    rooms: set[str] = set()
    mixers: set[str] = set()
    programs: set[str] = set()
    publishers: dict[str, dict[str, str]] = {}
    listeners: dict[str, set[str]] = {}
    lanes: dict[str, dict[int, str]] = {}
    stopped = {name: _by_conference(params.get(name, ())) for name in ("silent", "blind")}
    for resource in params["resources"]:
        conference = resource["conference"]
        match resource["kind"]:
            case "room":
                rooms.add(conference)
            case "mixer":
                mixers.add(conference)
            case "mixer-feed" | "downlink" if resource["feed"] == "program":
                programs.add(conference)
            case "publisher" if is_own(conference, resource["site"]):
                publishers.setdefault(conference, {})[resource["site"]] = resource["session"]
            case "listener":
                listeners.setdefault(conference, set()).add(resource["session"])
            case "uplink":
                lanes.setdefault(conference, {})[int(resource["lane"])] = resource["source"]
    return {
        conference: Seen(
            ready=conference in rooms & programs,
            mixer=conference in mixers,
            publishers=publishers.get(conference, {}),
            listeners=frozenset(listeners.get(conference, ())),
            lanes=lanes.get(conference, {}),
            **{name: frozenset(of.get(conference, ())) for name, of in stopped.items()},
            deaf=conference in params.get("deaf", ()),
        )
        for conference in {*rooms, *publishers, *listeners, *lanes}
    }


def _by_conference(sites: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """An agent of an older version does not say all of them."""
    sorted_out: dict[str, set[str]] = {}
    for conference, site in sites:
        sorted_out.setdefault(conference, set()).add(site)
    return sorted_out
