"""Commands on conferences: each loads, applies a verb of the domain, tells the MCUs, and stores.

The MCUs are told *before* the change is stored, which saves a take the time of a disk. That is
safe: the caller gets his answer only once it is stored; if storing fails, the former state is
desired again; and if the server dies in between, the next one desires what is stored. Desire is
always whole, never a difference, so no order of these events leaves anything behind.
"""

import asyncio
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from typing import Protocol

import structlog

from diemcau.domain import conference as verbs
from diemcau.domain import floor, guided, planner, rehearsal, turns
from diemcau.domain.conference import BUSES, Ask, Call, Conference, Scene
from diemcau.domain.directory import Directory
from diemcau.domain.planner import allocate
from diemcau.domain.refusal import Invalid
from diemcau.domain.script import ScriptItem
from diemcau.domain.source import site_of
from diemcau.ports.clock import Clock
from diemcau.ports.mcus import Report
from diemcau.ports.store import ConferenceStore, EpochStore, StoreFailed
from diemcau.services.connect_times import ConnectTimes, is_whole
from diemcau.services.desires import Desires
from diemcau.services.places import Places
from diemcau.services.refusals import NotStored, UnknownConference

log = structlog.get_logger(__name__)


Verb = Callable[[Conference], Conference]
Changed = Callable[[str], None]


class ConferenceKeeper(ConferenceStore, EpochStore, Protocol):
    """What conferences are kept in."""


@dataclass(frozen=True)
class Order:
    """What a new conference shall be."""

    title: str
    master: str
    sites: tuple[str, ...]
    chair: str = ""
    buses: tuple[str, ...] = BUSES
    max_sites: int | None = None
    homes: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)


class ConferenceControl:
    """The open conferences, in memory as they are stored; one command at a time on each."""

    def __init__(
        self,
        places: Places,
        store: ConferenceKeeper,
        desires: Desires,
        clock: Clock,
        changed: Changed,
        max_sites: int = 200,
    ) -> None:
        self._places = places
        self._store = store
        self._desires = desires
        self._clock = clock
        self._changed = changed
        self._max_sites = max_sites
        self._conferences: dict[str, Conference] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._times = ConnectTimes()

    @property
    def directory(self) -> Directory:
        return self._places.directory

    async def start(self) -> None:
        """Desire again exactly what was desired before: seats and lives come from the store."""
        for conference in await self._store.conferences():
            self._put(conference)

    def get(self, conference_id: str) -> Conference:
        try:
            return self._conferences[conference_id]
        except KeyError:
            raise UnknownConference(conference_id) from None

    def find(self, conference_id: str) -> Conference | None:
        return self._conferences.get(conference_id)

    def mcus(self, conference_id: str) -> frozenset[str]:
        """The MCUs of its cascade, and guided ones; none where it is not open."""
        conference = self.find(conference_id)
        if conference is None:
            return frozenset()
        members = planner.cascade(conference, self.directory).members
        return frozenset(members) | planner.guides(conference, self.directory)

    def parent(self, conference_id: str, mcu: str) -> str:
        """The MCU above one of its cascade; "" at the top, or where it is not there."""
        conference = self.find(conference_id)
        tree = planner.cascade(conference, self.directory) if conference else None
        return tree.parent.get(mcu, "") if tree else ""

    def standing_on(self) -> set[str]:
        """The sites and MCUs that open conferences stand on."""
        found: set[str] = set()
        for conference in self._conferences.values():
            found |= {*conference.sites, *self.mcus(conference.id)}
        return found

    def home(self, conference_id: str, source: str) -> str:
        """The MCU at which a site joins, and its content with it; "" where either is not known."""
        conference = self.find(conference_id)
        if conference is None or site_of(source) not in conference.sites:
            return ""
        return planner.home(conference, self.directory, source)

    def all(self) -> Sequence[Conference]:
        return tuple(self._conferences.values())

    def require_possible(self, order: Order) -> None:
        """Raise the refusal that ``open`` would."""
        conference = verbs.opened(self._new(order, ""))
        planner.cascade(conference, self.directory)

    async def open(self, order: Order, conference_id: str = "") -> Conference:
        """A new conference; a given id makes opening twice the same as opening once."""
        conference = verbs.opened(self._new(order, conference_id))
        if conference.id in self._conferences:
            return self._conferences[conference.id]
        return await self._change(conference.id, lambda _: conference, is_new=True)

    async def close(self, conference_id: str) -> None:
        """Its MCUs drop it once it is stored as closed: a session must not end by a failure."""
        async with self._lock(conference_id):
            self.get(conference_id)
            try:
                await self._store.close_conference(conference_id, self._clock.now())
            except StoreFailed as error:
                log.error("not stored", conference=conference_id, error=str(error))
                raise NotStored from error
            del self._conferences[conference_id]
            self._locks.pop(conference_id, None)
            self._times.forget(conference_id)
            self._desires.drop(conference_id)
            self._changed(conference_id)

    async def preview(self, conference_id: str, scene: Scene) -> None:
        await self._change(conference_id, lambda c: verbs.previewed(c, scene))

    async def take(self, conference_id: str, scene: Scene | None = None, item: str = "") -> None:
        await self._change(conference_id, lambda c: verbs.taken(c, scene, item))

    async def call(self, conference_id: str, site: str, arrived: float) -> Call:
        """``arrived``: when the request came in, by the clock's ``monotonic``."""
        call_id, now = f"k{token_hex(4)}", self._clock.now()

        def verb(before: Conference) -> Conference:
            after = verbs.called(before, site, call_id, now)
            if after.calls[0].id == call_id:
                self._times.requested(after, arrived)
            return after

        return (await self._change(conference_id, verb)).calls[0]

    async def confirm(self, conference_id: str, site: str, by: str) -> Ask:
        """The technician of a guided MCU has put the site full screen."""
        now = self._clock.now()
        after = await self._change(
            conference_id, lambda c: guided.confirmed(c, self.directory, site, by, now)
        )
        return after.asks[self.directory.guide(site)]

    async def release(self, conference_id: str) -> None:
        await self._change(conference_id, verbs.released)

    async def undo(self, conference_id: str) -> None:
        await self._change(conference_id, verbs.undone)

    async def mute(self, conference_id: str, site: str, off: bool) -> None:
        await self._change(conference_id, lambda c: verbs.muted(c, site, off))

    async def mute_all(self, conference_id: str, but: tuple[str, ...]) -> None:
        await self._change(conference_id, lambda c: verbs.all_muted(c, but))

    async def banner(self, conference_id: str, text: str) -> None:
        await self._change(conference_id, lambda c: verbs.bannered(c, text))

    async def clock(self, conference_id: str, on: bool) -> None:
        await self._change(conference_id, lambda c: verbs.clocked(c, on))

    async def slate(self, conference_id: str, text: str) -> None:
        await self._change(conference_id, lambda c: verbs.slated(c, text))

    async def lock(self, conference_id: str, on: bool, been: Collection[str]) -> None:
        await self._change(conference_id, lambda c: verbs.locked(c, on, been))

    async def raise_hand(self, conference_id: str, site: str) -> None:
        now = self._clock.now()
        await self._change(conference_id, lambda c: floor.hand_raised(c, site, now))

    async def lower_hand(self, conference_id: str, site: str) -> None:
        await self._change(conference_id, lambda c: floor.hand_lowered(c, site))

    async def give_floor(self, conference_id: str, site: str) -> None:
        await self._change(conference_id, lambda c: floor.floor_given(c, site))

    async def begin_turn(
        self, conference_id: str, sites: Sequence[str], seconds: int, there: Container[str]
    ) -> None:
        """``there``: whose media arrive."""
        now = self._clock.now()
        await self._change(conference_id, lambda c: turns.turning(c, sites, seconds, there, now))

    async def turn(self, conference_id: str, there: Container[str]) -> None:
        """Show whoever is due of those that are ``there``."""
        now = self._clock.now()
        await self._change(conference_id, lambda c: turns.turned(c, there, now))

    async def end_turn(self, conference_id: str) -> None:
        await self._change(conference_id, turns.turn_ended)

    async def cue(self, conference_id: str, item: ScriptItem, following: Scene | None) -> None:
        """The script's item that the main screen shows, with its banner; what follows is made
        ready."""
        now = self._clock.now()

        def verb(before: Conference) -> Conference:
            if before.cue == item.id:
                return before
            after = verbs.bannered(verbs.cued(before, item.id, now), item.banner)
            return verbs.previewed(after, following) if following else after

        await self._change(conference_id, verb)

    async def record(self, conference_id: str, on: bool) -> bool:
        """Begin or end a recording; whether that changed anything."""
        before = self.get(conference_id)
        now = self._clock.now()
        after = await self._change(conference_id, lambda c: verbs.recorded(c, on, now))
        return after.recording != before.recording

    async def rehearse(self, conference_id: str, sites: Sequence[str]) -> None:
        now = self._clock.now()
        await self._change(conference_id, lambda c: rehearsal.rehearsed(c, sites, now))

    async def end_rehearsal(self, conference_id: str) -> None:
        await self._change(conference_id, rehearsal.rehearsal_ended)

    async def move_rehearsal(
        self, conference_id: str, now: datetime, there: Collection[str], back: Collection[str]
    ) -> Conference:
        """Begin what is due of those that are ``there``; ``back``: who joined anew."""

        def verb(before: Conference) -> Conference:
            returned = rehearsal.came_back(before, back, now)
            return rehearsal.moved_on(returned, self.directory, there, now)

        return await self._change(conference_id, verb)

    async def examined(self, conference_id: str, site: str, attempt: int, passed: bool) -> None:
        now = self._clock.now()
        await self._change(
            conference_id, lambda c: rehearsal.examined(c, site, attempt, passed, now)
        )

    async def on_air(self, report: Report, now: float) -> None:
        """A mixer saw a site reach a bus; ``now`` is when its report came in (monotonic)."""
        conference_id = report.params["conference"]
        conference = self.find(conference_id)
        if conference is None or conference.master != report.mcu:
            return
        call = conference.current_call
        if call is None or report.params["site"] != planner.carrier(self.directory, call.site):
            return
        if not self._times.known(conference):
            if is_whole(report):
                await self._change(conference_id, lambda c: verbs.reached(c, call.site))
            return
        figures = self._times.measure(conference, report, now)
        if figures is None:
            return
        await self._change(conference_id, lambda c: verbs.measured(c, call.site, *figures))

    async def lives(self, mcu: str, epoch: str) -> None:
        """An MCU's media server began a new life: links that belonged to the old one are redone.

        Stored before it is acted upon, so that a restarted server does not desire the old links.
        """
        if not epoch or epoch == self._desires.epoch(mcu):
            return
        self._desires.lives(mcu, epoch)
        try:
            await self._store.save_epoch(mcu, epoch, self._clock.now())
        except StoreFailed as error:
            log.error("epoch not stored", mcu=mcu, error=str(error))
        for conference_id in self._desires.involving(mcu):
            self._desires.put(self._conferences[conference_id])

    def _new(self, order: Order, conference_id: str) -> Conference:
        self._require_switched(order.master)
        joining = [self.directory.joining(site) for site in order.sites]
        most = self._max_sites if order.max_sites is None else order.max_sites
        _require_sound(order, most, self._max_sites)
        return Conference(
            id=conference_id or f"c{token_hex(4)}",
            title=order.title,
            master=order.master,
            sites=tuple(dict.fromkeys((*order.sites, *joining))),
            chair=order.chair,
            buses=order.buses,
            max_sites=most,
            homes=order.homes,
            parents=order.parents,
        )

    def _require_switched(self, master: str) -> None:
        if self.directory.mcu(master).gateway:
            raise Invalid(
                "MCU của hãng khác không làm MCU trung tâm được; hãy chọn MCU khác.",
                "An MCU of another make cannot be the master; choose another.",
            )

    async def _change(self, conference_id: str, verb: Verb, is_new: bool = False) -> Conference:
        async with self._lock(conference_id):
            before = None if is_new else self.get(conference_id)
            former = before or _NONE
            wanted = verb(former)
            guided.require_possible(former, wanted, self.directory)
            wanted = guided.asking(former, wanted, self.directory, self._clock.now())
            after = allocate(wanted, self.directory)
            if after == before:
                return after
            self._put(after)
            try:
                await self._store.save_conference(after, self._clock.now())
            except StoreFailed as error:
                log.error("not stored", conference=conference_id, error=str(error))
                self._undo(conference_id, before)
                raise NotStored from error
            return after

    def _put(self, conference: Conference) -> None:
        self._conferences[conference.id] = conference
        self._desires.put(conference)
        self._changed(conference.id)

    def _undo(self, conference_id: str, before: Conference | None) -> None:
        if before is not None:
            self._put(before)
            return
        del self._conferences[conference_id]
        self._desires.drop(conference_id)
        self._changed(conference_id)

    def _lock(self, conference_id: str) -> asyncio.Lock:
        if conference_id not in self._conferences:
            return asyncio.Lock()
        return self._locks.setdefault(conference_id, asyncio.Lock())


_NONE = Conference(id="", title="", master="", sites=())


def _require_sound(order: Order, most: int, server_most: int) -> None:
    if not order.sites:
        raise Invalid("Hãy chọn ít nhất một điểm cầu.", "Choose at least one site.")
    if "program" not in order.buses or not set(order.buses) <= set(BUSES):
        raise Invalid(
            "«buses» phải có program, và có thể thêm chair.",
            "'buses' must hold program, and may hold chair.",
        )
    if not 1 <= most <= server_most:
        raise Invalid(
            f"«max_sites» từ 1 đến {server_most} trên máy chủ này.",
            f"'max_sites' is from 1 to {server_most} on this server.",
        )
