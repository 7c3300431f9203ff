"""The session itself: opened on the MCUs, roll called, presence seen, departures recorded, closed.

That a session is held is stored first, and its conference follows from that: whatever dies between
the two, ``ensure`` makes the one from the other, now or when the server comes back.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex
from typing import Any

import structlog

from diemcau.domain import dossier as verbs
from diemcau.domain.casework import Attendance, ChairCall, Departure, Roll, called_out, seen
from diemcau.domain.conference import Ask, Call, Scene
from diemcau.domain.dossier import Dossier, Secrecy, Stage
from diemcau.domain.journal import SYSTEM
from diemcau.domain.planner import cascade
from diemcau.domain.refusal import Conflict, Invalid, Refusal, Text, Unknown
from diemcau.domain.script import Script, cue_of, in_step, scene_of
from diemcau.ports.store import Record
from diemcau.services.conferences import ConferenceControl, Order
from diemcau.services.dossiers.assessments import Assessments
from diemcau.services.dossiers.files import Draft, Files
from diemcau.services.dossiers.scripts import Scripts
from diemcau.services.observations import NOTHING, Observations

log = structlog.get_logger(__name__)

BATCH_S = 0.5
"""Comings and goings are written down together after this long."""


class Sitting:
    def __init__(
        self,
        files: Files,
        scripts: Scripts,
        control: ConferenceControl,
        observations: Observations,
        assessments: Assessments,
    ) -> None:
        self._files = files
        self._scripts = scripts
        self._control = control
        self._observations = observations
        self._assessments = assessments
        self._batches: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        files.linked = self._linked
        files.records.listeners.append(self._became_secret)

    async def start(self) -> None:
        """Bring the conferences in step with the dossiers, after whatever came between."""
        for dossier in self._files.records.all(Dossier).values():
            if dossier.stage in (Stage.HELD, Stage.CLOSED):
                await self.ensure(dossier)

    async def stop(self) -> None:
        """Write nothing more down; what is being written is finished."""
        for timer in self._batches.values():
            timer.cancel()
        self._batches.clear()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def open(self, dossier_id: str, by: str) -> Dossier:
        """Build the session on its MCUs, by the plan if one is agreed. Twice is once."""
        dossier = self._files.dossier(dossier_id)
        if dossier.stage is not Stage.HELD:

            def work(before: Dossier) -> Draft:
                after = verbs.held(before, f"c-{before.id}", self._files.clock.now())
                text = Text("Mở phiên họp trên các MCU", "Session opened on the MCUs")
                return Draft(after, "session.opened", text)

            self._control.require_possible(self._order(dossier))
            dossier = await self._files.change(dossier_id, by, work)
        await self.ensure(dossier)
        return dossier

    async def close(self, dossier_id: str, by: str) -> Dossier:
        """The session is over. Twice is once, and does what could not be done the first time."""

        def work(before: Dossier) -> Draft:
            now = self._files.clock.now()
            there = self._files.records.of(Attendance, before.id).values()
            left = tuple(seen(attendance, False, now) for attendance in there)
            text = Text("Bế mạc phiên họp", "Session closed")
            return Draft(verbs.closed(before, now), "session.closed", text, left)

        dossier = self._files.dossier(dossier_id)
        if dossier.stage is not Stage.CLOSED:
            dossier = await self._files.change(dossier_id, by, work)
        await self.ensure(dossier)
        return dossier

    async def ensure(self, dossier: Dossier) -> None:
        """A held session has its conference, a closed one has none any more, and its figures are
        kept; a secret one is not recorded (R5-secret), also if it became secret only now."""
        running = self._control.find(dossier.conference)
        if dossier.stage is Stage.HELD and running is None:
            await self._control.open(self._order(dossier), dossier.conference)
            await self._make_ready(dossier)
        if dossier.stage is Stage.CLOSED and running is not None:
            await self._control.close(dossier.conference)
        elif self._wrongly_recorded(dossier):
            await self.record(dossier.conference, False, SYSTEM)
        if dossier.stage is Stage.CLOSED:
            await self._assessments.keep(dossier)

    async def _make_ready(self, dossier: Dossier) -> None:
        """The script's first item waits in preview."""
        script = self._scripts.in_force(dossier)
        first = self._following(script, "", dossier) if script else None
        if first is not None:
            await self._control.preview(dossier.conference, first)

    async def call_roll(
        self, dossier_id: str, site: str, roll: Roll, reason: str, people: int, by: str
    ) -> Attendance:
        """What the roll call found at a site (điểm danh)."""
        if not 0 <= people <= 10_000:
            raise Invalid("Số đại biểu từ 0 đến 10000.", "From 0 to 10000 people.")

        def work(dossier: Dossier) -> Draft:
            dossier.require_open()
            dossier.require_site(site)
            now = self._files.clock.now()
            after = called_out(self.attendance(dossier, site), roll, reason, people, by, now)
            name = self._files.book.directory.site(site).name
            text = Text(f"Điểm danh {name}: {roll}", f"Roll call, {name}: {roll}")
            return Draft(dossier, "roll.called", text, (after,), reason=after.reason)

        await self._files.change(dossier_id, by, work)
        return self.attendance(self._files.dossier(dossier_id), site)

    def staged(self, conference_id: str, item_id: str) -> Scene:
        """What an item of the script in force puts on the main screen."""
        dossier = self._files.of_conference(conference_id)
        script = self._scripts.in_force(dossier) if dossier else None
        item = script.item(item_id) if script else None
        if item is None:
            raise Unknown(
                f"Kịch bản đang dùng không có mục «{item_id}».",
                f"The script in force has no item {item_id!r}.",
            )
        return scene_of(item)

    async def took(
        self, conference_id: str, scene: Scene, reason: str, by: str, item_id: str = ""
    ) -> None:
        """The operator put a scene on the main screen: the script's next item, or a departure.

        With ``item_id`` the script goes on from that item, also where it left some out.
        """
        dossier = self._files.of_conference(conference_id)
        script = self._scripts.in_force(dossier) if dossier else None
        if dossier is None or script is None:
            return
        cue = self._control.get(conference_id).cue
        item = script.item(item_id) or cue_of(script, cue, scene.present)
        if item is not None:
            await self._control.cue(conference_id, item, self._following(script, item.id, dossier))
            if in_step(script, cue, item):
                return
        departure = Departure(
            id=f"{dossier.id}.{token_hex(4)}",
            dossier=dossier.id,
            at=self._files.clock.now(),
            by=by,
            sites=scene.present,
            reason=reason.strip(),
        )
        text = Text("Đưa lên màn hình ngoài kịch bản", "On the main screen outside the script")
        await self._files.change(
            dossier.id,
            by,
            lambda d: Draft(d, "script.departed", text, (departure,), reason=departure.reason),
        )

    def _following(self, script: Script, item: str, dossier: Dossier) -> Scene | None:
        """What the script shows next, to be made ready; None where that cannot be."""
        after = script.after(item)
        known = after is not None and after.sites and set(after.sites) <= set(dossier.sites)
        return scene_of(after) if after is not None and known else None

    async def extend(self, dossier_id: str, minutes: int, by: str) -> Dossier:
        """The session goes on for longer than was planned."""
        if not 1 <= minutes <= 240:
            raise Invalid("Kéo dài từ 1 đến 240 phút.", "Extend by 1 to 240 minutes.")

        def work(before: Dossier) -> Draft:
            if before.stage is not Stage.HELD:
                raise Conflict("Phiên họp không đang diễn ra.", "The session is not under way.")
            after = replace(before, ends_at=before.ends_at + timedelta(minutes=minutes))
            text = Text(f"Kéo dài phiên họp {minutes} phút", f"Session extended by {minutes} min")
            return Draft(after, "session.extended", text)

        return await self._files.change(dossier_id, by, work)

    async def asked(self, conference_id: str, call_id: str, by: str) -> None:
        """Somebody asked for a site, as the chair does: written down with who it was."""
        dossier = self._files.of_conference(conference_id)
        calls = {call.id: call for call in self._control.get(conference_id).calls}
        if dossier is None or call_id not in calls:
            return

        def work(before: Dossier) -> Draft:
            call = replace(_call(before, calls[call_id]), by=by)
            name = self._files.book.directory.site(call.site).name
            text = Text(f"Mời {name} phát biểu", f"{name} was asked to speak")
            return Draft(before, "session.called", text, (call,))

        await self._files.change(dossier.id, by, work)

    async def confirmed(self, conference_id: str, ask: Ask) -> None:
        """A technician put a site full screen: how long after it was asked for."""
        dossier = self._files.of_conference(conference_id)
        if dossier is None or ask.confirmed_at is None:
            return
        directory = self._files.book.directory
        site, mcu = directory.site(ask.site).name, directory.mcu(ask.mcu).name
        seconds = round((ask.confirmed_at - ask.at).total_seconds(), 1)
        text = Text(
            f"{mcu} đưa {site} lên toàn màn hình, {seconds} giây sau yêu cầu",
            f"{mcu} put {site} full screen, {seconds} s after it was asked to",
        )
        await self._files.tell(dossier, ask.confirmed_by, "session.shown", text)

    async def record(self, conference_id: str, on: bool, by: str) -> None:
        """Begin or end a recording; a secret session is not recorded (R5-secret)."""
        dossier = self._files.of_conference(conference_id)
        if on and dossier is not None and dossier.secrecy is Secrecy.SECRET:
            raise Conflict(
                "Phiên họp mật không được ghi hình.", "A secret session is not recorded."
            )
        if not await self._control.record(conference_id, on) or dossier is None:
            return
        number = self._control.get(conference_id).recordings
        text = (
            Text(f"Bắt đầu ghi hình, bản {number}", f"Recording {number} begun")
            if on
            else Text(f"Dừng ghi hình, bản {number}", f"Recording {number} ended")
        )
        await self._files.tell(dossier, by, f"recording.{'started' if on else 'stopped'}", text)

    async def explain(self, dossier_id: str, departure_id: str, reason: str, by: str) -> Departure:
        """Say why the session departed from its script; said once, it stays."""
        found = self._files.records.get(Departure, departure_id)
        if found is None or found.dossier != dossier_id:
            raise Unknown("Không có lần lệch kịch bản này.", "There is no such departure.")
        if found.reason:
            raise Conflict("Lý do đã được ghi.", "The reason is written already.")
        if not reason.strip():
            raise Invalid("Hãy ghi lý do.", "Write the reason.")
        after = Departure(found.id, found.dossier, found.at, found.by, found.sites, reason.strip())
        text = Text("Ghi lý do lệch kịch bản", "Departure from the script explained")
        await self._files.change(
            dossier_id, by, lambda d: Draft(d, "script.explained", text, (after,), reason=reason)
        )
        return after

    def attendance(self, dossier: Dossier, site: str) -> Attendance:
        kept = self._files.records.get(Attendance, f"{dossier.id}.{site}")
        return kept or Attendance(f"{dossier.id}.{site}", dossier.id, site)

    def observed(self, conference_id: str) -> None:
        """Something was said about a conference: write down who came and went, a little later."""
        if conference_id in self._batches or self._files.of_conference(conference_id) is None:
            return
        loop = asyncio.get_running_loop()
        self._batches[conference_id] = loop.call_later(BATCH_S, self._soon, conference_id)

    async def note(self, conference_id: str) -> None:
        """What the media show: who is there, and the chair's calls with their figures.

        An MCU that has not reported says nothing of its sites.
        """
        dossier = self._files.of_conference(conference_id)
        if dossier is None or dossier.stage is not Stage.HELD:
            return

        def work(before: Dossier) -> Draft:
            now = self._files.clock.now()
            there = self._there(before)
            changed = tuple(
                seen(self.attendance(before, site), present, now)
                for site, present in there.items()
                if present != self.attendance(before, site).there
            )
            names = self._files.book.directory.sites
            came = [f"{names[a.site].name} {'vào' if a.there else 'rời'}" for a in changed]
            english = [f"{a.site} {'came' if a.there else 'left'}" for a in changed]
            calls = self._calls(before)
            came += [f"mời {names[c.site].name}: {_figure(c)}" for c in calls]
            english += [f"call of {c.site}: {c.state}" for c in calls]
            text = Text(", ".join(came), ", ".join(english))
            return Draft(before, "session.seen", text, (*changed, *calls))

        await self._files.change(dossier.id, SYSTEM, work)

    def _calls(self, dossier: Dossier) -> tuple[ChairCall, ...]:
        """The chair's calls that are not yet kept as they are now."""
        conference = self._control.find(dossier.conference)
        kept = self._files.records.of(ChairCall, dossier.id)
        made = [_call(dossier, call) for call in conference.calls] if conference else []
        now = [replace(call, by=kept[call.id].by) if call.id in kept else call for call in made]
        return tuple(call for call in now if kept.get(call.id) != call)

    def _there(self, dossier: Dossier) -> Mapping[str, bool]:
        said = self._observations.of(dossier.conference)
        there = {}
        for site in dossier.sites:
            mcu = self._control.home(dossier.conference, site)
            if mcu in self._observations.reported and mcu in self._observations.online:
                seen_there = said.seen.get(mcu, NOTHING)
                there[site] = site in seen_there.publishers and site not in seen_there.lost
        return there

    def _linked(self, dossier: Dossier) -> bool:
        """Whether every satellite has the programme from above."""
        conference = self._control.find(dossier.conference) if dossier.conference else None
        if conference is None:
            return False
        said = self._observations.of(conference.id)
        tree = cascade(conference, self._files.book.directory)
        return all(said.seen.get(mcu, NOTHING).ready for mcu in tree.members)

    def _order(self, dossier: Dossier) -> Order:
        kept = self._files.plan(dossier)
        agreed = kept.plan if kept is not None and kept.agreed_at is not None else None
        return Order(
            title=dossier.title,
            master=dossier.master,
            sites=dossier.sites,
            chair=dossier.chair,
            max_sites=len(dossier.sites),
            homes=dict(agreed.home) if agreed else {},
            parents=dict(agreed.parent) if agreed else {},
        )

    def _became_secret(self, puts: Sequence[Record], *_: object) -> None:
        for put in puts:
            if isinstance(put, Dossier) and self._wrongly_recorded(put):
                self._spawn(self.ensure(put))

    def _wrongly_recorded(self, dossier: Dossier) -> bool:
        running = self._control.find(dossier.conference)
        recorded = running is not None and bool(running.recording)
        return recorded and dossier.secrecy is Secrecy.SECRET

    def _soon(self, conference_id: str) -> None:
        self._batches.pop(conference_id, None)
        self._spawn(self._note(conference_id))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _note(self, conference_id: str) -> None:
        try:
            await self.note(conference_id)
        except Refusal as refusal:
            log.error("presence not written", conference=conference_id, error=str(refusal))


def _call(dossier: Dossier, call: Call) -> ChairCall:
    return ChairCall(
        id=f"{dossier.id}.{call.id}",
        dossier=dossier.id,
        site=call.site,
        at=call.requested_at,
        state=str(call.state),
        picture_ms=call.picture_ms,
        sound_ms=call.sound_ms,
        connect_ms=call.connect_ms,
    )


def _figure(call: ChairCall) -> str:
    return call.state if call.connect_ms is None else f"{call.connect_ms / 1000:.1f} giây"
