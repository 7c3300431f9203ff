"""What an MCU can have: the vocabulary in which desired and observed state are written.

Every kind is a frozen record with a ``key`` (what it is), an ``identity`` (what cannot change
without making it anew), ``needs`` (keys that must be there before it) and ``provides`` (keys that
are there with it). The reconciler knows nothing else about them, so there are no special cases.

A *feed* is a named stream in a conference's room on one MCU:
``site/<source>``, ``up/<child MCU>/<lane>``, ``program``, ``chair``, ``return/<n>``,
``chirp/<site>``, ``blank``.
``return/<n>`` is the programme without the sound of slot n's site (mix-minus); on a
satellite, n is the lane of its uplink, since whoever is on that lane must not hear himself.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, cast

Key = tuple[str, ...]

BLANK = "blank"
"""A feed that never sends: what an idle lane is switched to, so that idling costs no bandwidth."""


def feed_key(conference: str, feed: str) -> Key:
    return ("feed", conference, feed)


@dataclass(frozen=True)
class Resource:
    """Base of all kinds. ``mutable`` fields may change in place, all others are identity.

    A ``passive`` kind is made by somebody else (a site that joins, a child MCU that dials in): the
    reconciler changes and removes it, but cannot create it.
    """

    kind: ClassVar[str]
    mutable: ClassVar[frozenset[str]] = frozenset()
    passive: ClassVar[bool] = False

    conference: str

    @property
    def key(self) -> Key:
        return (self.kind, self.conference)

    @property
    def needs(self) -> frozenset[Key]:
        return frozenset()

    @property
    def provides(self) -> frozenset[Key]:
        return frozenset({self.key})

    @property
    def identity(self) -> tuple[Any, ...]:
        return tuple(getattr(self, f.name) for f in fields(self) if f.name not in self.mutable)


@dataclass(frozen=True)
class InRoom(Resource):
    """Base of what lives in the conference's room."""

    @property
    def needs(self) -> frozenset[Key]:
        return frozenset({("room", self.conference)})


@dataclass(frozen=True)
class Feed(InRoom):
    """Base of what brings a feed into the room under its own name."""

    feed: str

    @property
    def key(self) -> Key:
        return (self.kind, self.conference, self.feed)

    @property
    def provides(self) -> frozenset[Key]:
        return frozenset({self.key, feed_key(self.conference, self.feed)})


@dataclass(frozen=True)
class Room(Resource):
    """The conference's forwarding room, with its blank feed."""

    kind = "room"

    @property
    def provides(self) -> frozenset[Key]:
        return frozenset({self.key, feed_key(self.conference, BLANK)})


@dataclass(frozen=True)
class Mixer(Resource):
    """The mixer process of a conference whose master is here."""

    kind = "mixer"
    slots: int
    buses: tuple[str, ...]


@dataclass(frozen=True)
class MixerFeed(Feed):
    """An output of the mixer as a feed of the room: a bus or a return."""

    kind = "mixer-feed"


@dataclass(frozen=True)
class MixPane:
    """A pane of a bus: the slot shown (-1: none), its rectangle in fractions, its caption."""

    slot: int
    x: float
    y: float
    w: float
    h: float
    caption: str


@dataclass(frozen=True)
class BusMix:
    """What one bus shows."""

    bus: str
    panes: tuple[MixPane, ...]
    banner: str = ""
    clock: bool = False


@dataclass(frozen=True)
class Mix(Resource):
    """Everything the mixer shall show and let be heard; ``take`` names the change in reports.

    ``together``: slots of one site, which hears none of them in the return of any.
    """

    kind = "mix"
    mutable = frozenset({"take", "buses", "open", "together"})
    take: str
    buses: tuple[BusMix, ...]
    open: tuple[int, ...]
    together: tuple[tuple[int, ...], ...] = ()

    @property
    def needs(self) -> frozenset[Key]:
        return frozenset({("mixer", self.conference)})


@dataclass(frozen=True)
class Input(Resource):
    """A mixer slot fed by a feed. ``site``, the source, is part of what it is: another one, another
    input."""

    kind = "input"
    slot: int
    site: str
    feed: str

    @property
    def key(self) -> Key:
        return (self.kind, self.conference, str(self.slot))

    @property
    def needs(self) -> frozenset[Key]:
        return frozenset({("mixer", self.conference), ("room", self.conference)})


@dataclass(frozen=True)
class Recording(Resource):
    """The programme written into files of the master's host, as long as it is wanted."""

    kind = "recording"
    number: int

    @property
    def needs(self) -> frozenset[Key]:
        return frozenset({("mix", self.conference)})


@dataclass(frozen=True)
class Examination(Resource):
    """A site's picture and sound looked at by the examiner, which sends it ``chirp/<site>``.

    It is there from the beginning until it is no longer wanted; what it found is a report.
    ``attempt`` is part of what it is: another one, another examination.
    """

    kind = "examination"
    site: str
    attempt: int

    @property
    def key(self) -> Key:
        return (self.kind, self.conference, self.site)

    @property
    def needs(self) -> frozenset[Key]:
        return frozenset({feed_key(self.conference, f"site/{self.site}")})

    @property
    def provides(self) -> frozenset[Key]:
        return frozenset({self.key, feed_key(self.conference, self.chirp)})

    @property
    def chirp(self) -> str:
        """The feed that the site hears meanwhile."""
        return f"chirp/{self.site}"


@dataclass(frozen=True)
class Uplink(InRoom):
    """A lane up to the parent MCU: one PeerConnection, switched to ``source``."""

    kind = "uplink"
    mutable = frozenset({"source"})
    lane: int
    parent: str
    epoch: str
    source: str = BLANK

    @property
    def key(self) -> Key:
        return (self.kind, self.conference, str(self.lane))


@dataclass(frozen=True)
class Downlink(Feed):
    """A feed received from the parent MCU: the programme, the chair's bus, a lane's return."""

    kind = "downlink"
    parent: str
    epoch: str


@dataclass(frozen=True)
class ChildLink(Resource):
    """The parent's end of a child's link, made when the child dials in.

    ``link`` is ``up/<lane>`` (``source`` unused) or the name of a feed sent down.
    """

    kind = "child-link"
    mutable = frozenset({"source"})
    passive = True
    child: str
    link: str
    source: str = ""

    @property
    def key(self) -> Key:
        return (self.kind, self.conference, self.child, self.link)

    @property
    def provides(self) -> frozenset[Key]:
        if self.link.startswith("up/"):
            lane = self.link.removeprefix("up/")
            return frozenset({self.key, feed_key(self.conference, f"up/{self.child}/{lane}")})
        return frozenset({self.key})


@dataclass(frozen=True)
class Admission(Resource):
    """A site may join here, and hears ``sound`` beside the programme's picture. A rule, no thing:
    ``reconcile.resolve`` turns it into what each of the site's sessions shall be."""

    kind = "admission"
    site: str
    sound: str

    @property
    def key(self) -> Key:
        return (self.kind, self.conference, self.site)


@dataclass(frozen=True)
class Publisher(Resource):
    """A site's own picture and sound, or its content, sent by WHIP; ``site`` is the source."""

    kind = "publisher"
    passive = True
    site: str
    session: str

    @property
    def key(self) -> Key:
        return (self.kind, self.conference, self.site)

    @property
    def provides(self) -> frozenset[Key]:
        return frozenset({self.key, feed_key(self.conference, f"site/{self.site}")})


@dataclass(frozen=True)
class Listener(Resource):
    """A WHEP session: ``feed`` is what it asked for; ``picture`` and ``sound`` are the feeds they
    come from now ("" once that feed has gone).

    ``site`` is "" for one that is no site (control room, main screen, a test's viewer).
    """

    kind = "listener"
    mutable = frozenset({"picture", "sound"})
    passive = True
    session: str
    site: str
    feed: str
    picture: str
    sound: str

    @property
    def key(self) -> Key:
        return (self.kind, self.conference, self.session)


KINDS: dict[str, type[Resource]] = {
    cls.kind: cls
    for cls in (
        Room, Mixer, MixerFeed, Mix, Input, Uplink, Downlink, ChildLink, Admission, Publisher,
        Listener, Recording, Examination,
    )
}  # fmt: skip


def to_json(resource: Resource) -> dict[str, Any]:
    """The resource as it goes over the wire: its fields and its ``kind``."""
    return {"kind": resource.kind, **asdict(resource)}


def from_json(data: dict[str, Any]) -> Resource:
    """The opposite of ``to_json``; raises ``ValueError`` for what is no resource."""
    values = dict(data)
    kind = values.pop("kind", None)
    if kind not in KINDS:
        raise ValueError(f"no resource kind {kind!r}")
    cls = KINDS[kind]
    if cls is Mix:
        values["buses"] = tuple(_bus(bus) for bus in values["buses"])
        values["open"] = tuple(values["open"])
        values["together"] = tuple(tuple(slots) for slots in values.get("together", ()))
    if cls is Mixer:
        values["buses"] = tuple(values["buses"])
    try:
        return cls(**values)
    except TypeError as error:
        raise ValueError(f"{kind}: {error}") from error


def _bus(data: dict[str, Any]) -> BusMix:
    panes = tuple(MixPane(**pane) for pane in cast("list[dict[str, Any]]", data["panes"]))
    return BusMix(data["bus"], panes, data.get("banner", ""), data.get("clock", False))
