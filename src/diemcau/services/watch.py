"""The watch over the open conferences: what is seen of them is judged, and kept by the minute."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from diemcau.domain.alarms import Alarm, Alarms, Changes
from diemcau.domain.conference import Conference
from diemcau.domain.measures import Minute
from diemcau.domain.rollup import Rollup, Sample
from diemcau.ports.clock import Clock
from diemcau.ports.measures import MeasureStore
from diemcau.ports.store import StoreFailed
from diemcau.services.conferences import ConferenceControl
from diemcau.services.observations import Observations
from diemcau.services.sight import Sight
from diemcau.services.ticking import Ticking

log = structlog.get_logger(__name__)

EVERY_S, SOON_S = 0.5, 0.1
"""How often it looks: always, and when there is news or something is about to be an alarm."""
KEEP_S = 1.0
"""How often what it sees is kept."""
LONGEST_S = 2.0
"""No look stands for more than that: a machine that slept has seen nothing meanwhile."""
BACKLOG = 100_000
"""Minutes that wait for a store that fails; beyond that the oldest are lost."""

Tell = Callable[[Conference, Changes, Sequence[Alarm]], Awaitable[None]]
"""Told of a conference whose alarms changed, or has some: what changed, and what there is now."""


@dataclass
class _Watched:
    conference: Conference
    session: str
    sight: Sight
    rollup: Rollup
    at: float
    due: float
    kept: float
    alarms: Alarms = field(default_factory=Alarms)
    last: dict[str, Sample] = field(default_factory=dict)


class Watch(Ticking):
    """``session``: under what a conference's minutes are kept; ``changed``: told of a conference
    whose alarms are not the same any more."""

    again_s = 5.0

    def __init__(
        self,
        control: ConferenceControl,
        observations: Observations,
        store: MeasureStore,
        clock: Clock,
        session: Callable[[str], str],
        changed: Callable[[str], None],
        tell: Tell,
    ) -> None:
        super().__init__()
        self._control = control
        self._observations = observations
        self._store = store
        self._clock = clock
        self._session = session
        self._changed = changed
        self._tell = tell
        self._watched: dict[str, _Watched] = {}
        self._unkept: list[Minute] = []
        self._again = 0.0

    def alarms(self, conference: str) -> tuple[Alarm, ...]:
        watched = self._watched.get(conference)
        return watched.alarms.now if watched else ()

    def samples(self, conference: str) -> dict[str, Sample]:
        """How everybody was when last looked at, by subject."""
        watched = self._watched.get(conference)
        return watched.last if watched else {}

    def heard(self, conference: str) -> None:
        """There is news of a conference: look soon."""
        watched = self._watched.get(conference)
        if watched is None:
            self.wake()
        elif watched.due > watched.at + SOON_S:
            watched.due = watched.at + SOON_S
            self.wake()

    async def tick(self) -> bool:
        """Look at all that is due, and keep what is complete."""
        at = self._clock.monotonic()
        for conference in self._control.all():
            watched = self._watched.get(conference.id) or await self._begin(conference, at)
            watched.conference = conference
            if watched.due <= at:
                await self._look(watched, at)
        for gone in [c for c in self._watched if self._control.find(c) is None]:
            await self._end(self._watched.pop(gone))
        if self._unkept and at >= self._again:
            await self._keep()
        return True

    def pause(self) -> float | None:
        at = self._clock.monotonic()
        return min((max(w.due - at, 0.0) for w in self._watched.values()), default=None)

    async def close(self) -> None:
        """The server ends: the minutes under way are kept as far as they got."""
        for watched in self._watched.values():
            self._unkept += watched.rollup.take()
        await self._keep()

    async def _begin(self, conference: Conference, at: float) -> _Watched:
        session = self._session(conference.id)
        rollup = Rollup(session)
        try:
            rollup.resume(await self._store.minutes(session), self._clock.now())
        except StoreFailed as error:
            log.error("minutes not read", session=session, error=str(error))
        sight = Sight(self._observations, at)
        watched = _Watched(conference, session, sight, rollup, at, at, at)
        self._watched[conference.id] = watched
        return watched

    async def _look(self, watched: _Watched, at: float) -> None:
        now, conference = self._clock.now(), watched.conference
        seen = watched.sight.look(conference, self._control.directory, at)
        watched.last = {subject: one.sample for subject, one in seen.items()}
        if at - watched.kept >= KEEP_S:
            self._roll_up(watched, now, at)
        before = watched.alarms.now
        changes = watched.alarms.update({s: one.reading for s, one in seen.items()}, now, at)
        watched.at = at
        watched.due = at + (SOON_S if watched.alarms.unsettled else EVERY_S)
        if watched.alarms.now != before:
            self._changed(conference.id)
        await self._tell(conference, changes, watched.alarms.now)

    def _roll_up(self, watched: _Watched, now: datetime, at: float) -> None:
        seconds = min(at - watched.kept, LONGEST_S)
        watched.kept = at
        for subject, sample in watched.last.items():
            if not subject.startswith("mcu/"):
                watched.rollup.add(subject, now, seconds, sample)
        self._unkept += watched.rollup.take(now)

    async def _end(self, watched: _Watched) -> None:
        self._unkept += watched.rollup.take()
        await self._tell(watched.conference, watched.alarms.end(), ())

    async def _keep(self) -> None:
        """Store what is complete, once; what cannot be stored waits."""
        waiting, self._unkept = self._unkept[-BACKLOG:], []
        try:
            await self._store.keep_minutes(waiting)
        except StoreFailed as error:
            log.error("minutes not kept yet", waiting=len(waiting), error=str(error))
            self._unkept = waiting + self._unkept
            self._again = self._clock.monotonic() + self.again_s
