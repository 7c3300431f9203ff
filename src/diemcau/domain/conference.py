"""A conference: what is on its buses, who is heard, whom the chair called; and the verbs on it.

Every verb takes the conference as it was and gives it as it shall be, so that the store, the
planner and the tests see the same thing. Time is an argument.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from diemcau.domain.allocation import Places
from diemcau.domain.layout import Layout, layout
from diemcau.domain.refusal import Conflict, Invalid, Unknown
from diemcau.domain.source import site_of

CALLS_KEPT = 20

BUSES = ("program", "chair")
"""What the mixer makes: a bus not kept is never asked of it."""


class CallState(StrEnum):
    REQUESTED = "requested"
    CONNECTED = "connected"
    RELEASED = "released"
    FAILED = "failed"


@dataclass(frozen=True)
class Ask:
    """The technician of a guided MCU is to put a site full screen (R4-reuse, R6.1-6)."""

    mcu: str
    site: str
    at: datetime
    confirmed_at: datetime | None = None
    confirmed_by: str = ""


@dataclass(frozen=True)
class Call:
    """The chair's request for a site (R6.1-6) and its measured connection time (R3-connect-time).

    ``picture_ms`` and ``sound_ms``: from the request to the site's first frame and first sound on
    the programme bus, in milliseconds; None until measured. ``ask``: what its MCU's technician has
    to do first, where that is a guided one.
    """

    id: str
    site: str
    requested_at: datetime
    state: CallState = CallState.REQUESTED
    picture_ms: float | None = None
    sound_ms: float | None = None
    ask: Ask | None = None

    @property
    def connect_ms(self) -> float | None:
        """Both directions work when picture and sound are there: the later of the two, and of the
        word of the technician who has to put the site there."""
        if self.picture_ms is None or self.sound_ms is None:
            return None
        if self.ask is None:
            return max(self.picture_ms, self.sound_ms)
        if self.ask.confirmed_at is None:
            return None
        waited = (self.ask.confirmed_at - self.requested_at).total_seconds() * 1000
        return max(self.picture_ms, self.sound_ms, waited)


@dataclass(frozen=True)
class Scene:
    """A layout and the source in each of its panes; "" is an empty pane."""

    layout: Layout = field(default_factory=lambda: layout("full"))
    sites: tuple[str, ...] = ("",)

    def __post_init__(self) -> None:
        if len(self.sites) > len(self.layout.panes):
            raise Invalid(
                f"Bố cục có {len(self.layout.panes)} ô, không đủ cho {len(self.sites)} điểm cầu.",
                f"The layout has {len(self.layout.panes)} panes for {len(self.sites)} sites.",
            )
        shown = [site for site in self.sites if site]
        if len(shown) != len(set(shown)):
            raise Invalid("Một điểm cầu chỉ đứng ở một ô.", "A site stands in one pane only.")
        padding = ("",) * (len(self.layout.panes) - len(self.sites))
        object.__setattr__(self, "sites", self.sites + padding)

    @property
    def shown(self) -> tuple[str, ...]:
        """The sources whose pictures it has."""
        return tuple(source for source in self.sites if source)

    @property
    def present(self) -> tuple[str, ...]:
        """The sites in it, be it by their camera or by their content."""
        return tuple(dict.fromkeys(site_of(source) for source in self.shown))


def full(site: str) -> Scene:
    return Scene(layout("full"), (site,))


@dataclass(frozen=True)
class Hand:
    """A site asks to speak."""

    site: str
    at: datetime


@dataclass(frozen=True)
class Turn:
    """Sites full screen one after the other; the one at ``place`` is shown ``since`` then."""

    sites: tuple[str, ...]
    seconds: int
    place: int
    since: datetime

    @property
    def due(self) -> datetime:
        """When the next one is to be shown."""
        return self.since + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Trial:
    """A site's examination in a rehearsal: not before ``due``; under way ``since`` then."""

    site: str
    due: datetime
    attempt: int = 1
    since: datetime | None = None


@dataclass(frozen=True)
class Rehearsal:
    """An unattended rehearsal (``domain.rehearsal``): what is to be examined, and who passed."""

    since: datetime
    trials: tuple[Trial, ...] = ()
    passed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Former:
    """What a take changed, as it was before: pictures, slate, place in the script, and the call
    that it ended."""

    program: Scene
    preview: Scene
    cue: str = ""
    cue_at: datetime | None = None
    banner: str = ""
    slate: str = ""
    base: Scene = field(default_factory=Scene)
    chair_view: Scene = field(default_factory=Scene)
    ended: Call | None = None


@dataclass(frozen=True)
class Conference:
    """One session's desired state. ``slots`` and ``lanes`` say who sits where in the media."""

    id: str
    title: str
    master: str
    sites: tuple[str, ...]
    chair: str = ""
    buses: tuple[str, ...] = BUSES
    max_sites: int = 200
    program: Scene = field(default_factory=Scene)
    chair_view: Scene = field(default_factory=Scene)
    preview: Scene = field(default_factory=Scene)
    base: Scene = field(default_factory=Scene)
    outgoing: Scene = field(default_factory=Scene)
    muted: frozenset[str] = frozenset()
    banner: str = ""
    calls: tuple[Call, ...] = ()
    take_number: int = 0
    slots: Places = ()
    lanes: Mapping[str, Places] = field(default_factory=dict)
    homes: Mapping[str, str] = field(default_factory=dict)
    """The MCU of each site by the cascade plan; a site without one is at its usual MCU."""
    parents: Mapping[str, str] = field(default_factory=dict)
    """The MCU above each MCU by the cascade plan; empty: over the usual lines."""
    cue: str = ""
    """The item of the script that is on the main screen."""
    cue_at: datetime | None = None
    hands: tuple[Hand, ...] = ()
    """Who asks to speak, the longest waiting first."""
    turn: Turn | None = None
    former: Former | None = None
    """What was before the last take, for as long as it can be undone."""
    clock: bool = False
    slate: str = ""
    """What the programme shows in place of pictures, without sound: a break, say."""
    locked: bool = False
    """Whoever is not ``admitted`` stays out."""
    admitted: frozenset[str] = frozenset()
    """The sites that had been there when it was locked."""
    asks: Mapping[str, Ask] = field(default_factory=dict)
    """What is asked of each guided MCU, or was last done there."""
    recording: int = 0
    """The number of the recording that is wanted; 0 for none."""
    recordings: int = 0
    """How many were begun so far."""
    recorded_at: datetime | None = None
    """When the last one was begun."""
    rehearsal: Rehearsal | None = None

    @property
    def under_examination(self) -> tuple[str, ...]:
        """The sites that the rehearsal examines now."""
        trials = self.rehearsal.trials if self.rehearsal else ()
        return tuple(trial.site for trial in trials if trial.since is not None)

    @property
    def current_call(self) -> Call | None:
        """The call whose site is on the main screen, or asked for."""
        open_states = (CallState.REQUESTED, CallState.CONNECTED)
        return next((call for call in self.calls if call.state in open_states), None)

    @property
    def on_air(self) -> tuple[str, ...]:
        """The sources of the programme's picture, and who is heard though it does not show them:
        the chair, and the site whose content it shows."""
        chair = (self.chair,) if self.chair else ()
        return tuple(dict.fromkeys(self.program.shown + chair + self.program.present))

    @property
    def heard(self) -> tuple[str, ...]:
        """Nobody, while a slate is up; a site that is muted is so with its content."""
        if self.slate:
            return ()
        return tuple(source for source in self.on_air if site_of(source) not in self.muted)

    @property
    def wanted(self) -> tuple[str, ...]:
        """Every source whose media the mixer needs, most important first."""
        scenes = (self.program, self.chair_view, self.preview, self.outgoing, self.base)
        next_ones = (source for scene in scenes for source in scene.shown + scene.present)
        return tuple(dict.fromkeys((*self.on_air, *next_ones, *self.under_examination)))

    def require(self, *sites: str) -> None:
        """Raise ``Unknown`` for a site that does not take part."""
        for site in sites:
            if site and site not in self.sites:
                raise Unknown(
                    f"Điểm cầu «{site}» không thuộc phiên họp này; thêm nó vào danh sách trước.",
                    f"Site {site!r} is not in this conference; add it to its list first.",
                )


def opened(conference: Conference) -> Conference:
    """The state a session starts in: the chair full screen, nothing in preview.

    Its list may be longer than ``max_sites``, which caps those connected at once.
    """
    conference.require(conference.chair, *conference.sites)
    scene = full(conference.chair)
    return replace(conference, program=scene, base=scene, chair_view=scene)


def previewed(conference: Conference, scene: Scene) -> Conference:
    """Make the scene ready: its sites are brought up the cascade and decoded before the take."""
    conference.require(*scene.present)
    return replace(conference, preview=scene)


def taken(conference: Conference, scene: Scene | None = None, item: str = "") -> Conference:
    """Preview (or the scene) to programme; what was on programme becomes the preview.

    It takes the slate away, and ends the turn: the hand of whoever directs goes before it. What is
    on the main screen already, as this item of the script, stays: asked for twice is asked for
    once, and can be undone.
    """
    scene = scene or conference.preview
    conference.require(*scene.present)
    same = scene == conference.program and item in ("", conference.cue)
    if same and not conference.slate and conference.turn is None:
        return conference
    after = _shown(conference, scene)
    current = conference.current_call
    ended = current if current is not None and current.site not in scene.present else None
    if ended is not None:
        after = replace(_end_current_call(after), chair_view=full(conference.chair))
    return replace(
        after,
        base=scene,
        preview=conference.program,
        former=Former(
            conference.program,
            conference.preview,
            conference.cue,
            conference.cue_at,
            conference.banner,
            conference.slate,
            conference.base,
            conference.chair_view,
            ended,
        ),
        turn=None,
        slate="",
    )


def undone(conference: Conference) -> Conference:
    """The last take never was: pictures, slate, call and place in the script as they were before.

    A banner goes back only with the item of the script that it belongs to; a slate that was put up
    since stays.
    """
    former = conference.former
    if former is None:
        raise Conflict("Không có lần lên hình nào để hoàn tác.", "There is no take to undo.")
    moved = conference.cue != former.cue
    ended = former.ended
    return replace(
        _shown(conference, former.program),
        preview=former.preview,
        base=former.base,
        chair_view=former.chair_view,
        calls=tuple(ended if ended and c.id == ended.id else c for c in conference.calls),
        cue=former.cue,
        cue_at=former.cue_at,
        banner=former.banner if moved else conference.banner,
        slate=conference.slate or former.slate,
        turn=None,
        former=None,
    )


def called(conference: Conference, site: str, call_id: str, now: datetime) -> Conference:
    """The chair asks for a site: at once on the main screen, beside the chair (R6.1-6), and heard.

    A site that is on the programme already has nothing to connect: its call has no figure. Asked
    for again while its call is open, it is heard and seen as before, and its call goes on.
    """
    conference.require(site)
    if not site:
        raise Invalid("Hãy chọn một điểm cầu để mời.", "Choose a site to call.")
    if site == conference.chair:
        raise Conflict("Chủ tọa đã ở trên màn hình.", "The chair is on the main screen already.")
    current = conference.current_call
    if current is not None and current.site == site:
        return replace(conference, muted=conference.muted - {site}, slate="")
    ended = _end_current_call(conference)
    beside = Scene(layout("side-by-side"), (ended.chair, site)) if ended.chair else full(site)
    after = replace(
        _shown(ended, beside),
        chair_view=full(site),
        muted=ended.muted - {site},
        hands=tuple(hand for hand in ended.hands if hand.site != site),
        former=None,
        turn=None,
        slate="",
    )
    there = site in conference.on_air
    call = Call(call_id, site, now, CallState.CONNECTED if there else CallState.REQUESTED)
    return replace(after, calls=(call, *after.calls)[:CALLS_KEPT])


def released(conference: Conference) -> Conference:
    """The called site leaves the main screen; the picture before the first call comes back."""
    if conference.current_call is None:
        raise Conflict("Không có điểm cầu nào đang được mời.", "No site is called at the moment.")
    ended = _end_current_call(conference)
    return replace(_shown(ended, ended.base), chair_view=full(ended.chair), former=None)


def measured(
    conference: Conference, site: str, picture_ms: float | None, sound_ms: float | None
) -> Conference:
    """Write what the mixer measured into the site's call that waits for it; unchanged if there is
    none. The first figures count: they are told again, and anew when the site comes back."""
    return _changed(conference, site, lambda call: _with_figures(call, picture_ms, sound_ms))


def reached(conference: Conference, site: str) -> Conference:
    """The site that was called is seen and heard, since when nobody knows any more: its call is
    connected, without figures. Where a technician's word is waited for, that goes on."""

    def there(call: Call) -> Call:
        waits = call.ask is not None and call.ask.confirmed_at is None
        return call if waits else replace(call, state=CallState.CONNECTED)

    return _changed(conference, site, there)


def _changed(conference: Conference, site: str, change: Callable[[Call], Call]) -> Conference:
    """With its call changed, if that waits for its connection."""
    current = conference.current_call
    if current is None or current.site != site or current.state is not CallState.REQUESTED:
        return conference
    calls = tuple(change(call) if call is current else call for call in conference.calls)
    return replace(conference, calls=calls)


def muted(conference: Conference, site: str, off: bool) -> Conference:
    conference.require(site)
    silent = conference.muted | {site} if off else conference.muted - {site}
    return replace(conference, muted=silent)


def all_muted(conference: Conference, but: tuple[str, ...] = ()) -> Conference:
    """Mute every site but those named and the chair."""
    conference.require(*but)
    kept = {*but, conference.chair}
    return replace(conference, muted=frozenset(s for s in conference.sites if s not in kept))


def bannered(conference: Conference, text: str) -> Conference:
    if len(text) > 300:
        raise Invalid("Dòng chữ dài quá 300 ký tự.", "The banner is over 300 characters.")
    return replace(conference, banner=text.strip())


def clocked(conference: Conference, on: bool) -> Conference:
    """The time of day on the picture, or not."""
    return replace(conference, clock=on)


def slated(conference: Conference, text: str) -> Conference:
    """A slate with this text in place of pictures and sound; "" takes it away."""
    if len(text) > 120:
        raise Invalid(
            "Dòng chữ của hình thay thế dài quá 120 ký tự.",
            "The slate's text is over 120 characters.",
        )
    return replace(conference, slate=text.strip())


def locked(conference: Conference, on: bool, been: Collection[str] = ()) -> Conference:
    """Nobody new comes in; the sites that have ``been`` there may come back."""
    return replace(conference, locked=on, admitted=frozenset(been if on else ()))


def cued(conference: Conference, item: str, now: datetime) -> Conference:
    """This item of the script is on the main screen since ``now``."""
    return conference if conference.cue == item else replace(conference, cue=item, cue_at=now)


def recorded(conference: Conference, on: bool, now: datetime) -> Conference:
    """Begin another recording, or end the one under way; asked for twice is asked for once."""
    if on == bool(conference.recording):
        return conference
    if not on:
        return replace(conference, recording=0)
    number = conference.recordings + 1
    return replace(conference, recording=number, recordings=number, recorded_at=now)


def _shown(conference: Conference, scene: Scene) -> Conference:
    """Programme ``scene``; the old one keeps its slots until the next change, so that the mixer
    can hold its picture while the newcomer's first frame is under way."""
    return replace(
        conference,
        program=scene,
        outgoing=conference.program,
        take_number=conference.take_number + 1,
    )


def _end_current_call(conference: Conference) -> Conference:
    current = conference.current_call
    if current is None:
        return conference
    state = CallState.RELEASED if current.state is CallState.CONNECTED else CallState.FAILED
    calls = tuple(replace(c, state=state) if c is current else c for c in conference.calls)
    return replace(conference, calls=calls)


def connected(call: Call) -> Call:
    """The call, as connected as its figures say."""
    open_still = call.state is CallState.REQUESTED and call.connect_ms is not None
    return replace(call, state=CallState.CONNECTED) if open_still else call


def _with_figures(call: Call, picture_ms: float | None, sound_ms: float | None) -> Call:
    call = replace(
        call,
        picture_ms=picture_ms if call.picture_ms is None else call.picture_ms,
        sound_ms=sound_ms if call.sound_ms is None else call.sound_ms,
    )
    return connected(call)
