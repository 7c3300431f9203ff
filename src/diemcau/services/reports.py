"""What agents say, taken in: into the observations, the live state, the figures and the plans."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from diemcau.ports.clock import Clock
from diemcau.ports.mcus import Report
from diemcau.services.conferences import ConferenceControl
from diemcau.services.hub import Hub
from diemcau.services.observations import Observations

log = structlog.get_logger(__name__)


class Reports:
    """A ``ports.mcus.McuListener``: quick and in order; what must wait, waits in a task.

    ``seen`` is called with a conference of which an MCU has something else than before, ``heard``
    with one of which something new is known by which it can be judged; ``examined`` takes in what
    was found at a site.
    """

    def __init__(
        self,
        control: ConferenceControl,
        observations: Observations,
        hub: Hub,
        clock: Clock,
        seen: Callable[[str], None] = lambda conference: None,
        heard: Callable[[str], None] = lambda conference: None,
        examined: Callable[[Report], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        self._control = control
        self._observations = observations
        self._hub = hub
        self._clock = clock
        self._seen = seen
        self._heard = heard
        self._examined = examined
        self._tasks: set[asyncio.Task[None]] = set()
        self._handlers: dict[str, Callable[[Report], None]] = {
            "hello": self._hello,
            "observed": self._observed,
            "on_air": self._on_air,
            "input": self._input,
            "look": self._look,
            "levels": self._levels,
            "stats": self._stats,
            "still": self._still,
            "recording": self._recording,
            "examined": self._on_examined,
        }

    def report(self, report: Report) -> None:
        """Raises ``KeyError``, ``ValueError`` or ``TypeError`` for a malformed one."""
        self._handlers[report.method](report)

    def connected(self, mcu: str) -> None:
        self._observations.online.add(mcu)
        self._mcu_changed(mcu)

    def away(self, mcu: str) -> None:
        self._observations.online.discard(mcu)
        self._observations.reported.discard(mcu)
        self._observations.slow.discard(mcu)
        self._mcu_changed(mcu)

    def slow(self, mcu: str, is_slow: bool) -> None:
        change = self._observations.slow.add if is_slow else self._observations.slow.discard
        change(mcu)
        for conference in self._control.all():
            self._heard(conference.id)

    async def settle(self) -> None:
        """Wait until everything said so far has been acted upon."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _mcu_changed(self, _mcu: str) -> None:
        for conference in self._control.all():
            self._hub.changed(conference.id)
            self._seen(conference.id)
            self._heard(conference.id)

    def _hello(self, report: Report) -> None:
        self._later(self._control.lives(report.mcu, str(report.params["epoch"])))

    def _observed(self, report: Report) -> None:
        self._later(self._control.lives(report.mcu, str(report.params["epoch"])))
        first = report.mcu not in self._observations.reported
        for conference in self._observations.observed(report.mcu, report.params):
            self._heard_of(conference, self._hub.changed)
            self._seen(conference)
        if first:
            self._mcu_changed(report.mcu)

    def _on_air(self, report: Report) -> None:
        self._later(self._control.on_air(report, self._clock.monotonic()))

    def _input(self, report: Report) -> None:
        if self._from_master(report):
            self._observations.input(report.params)
            self._hub.changed(report.params["conference"])
            self._heard(report.params["conference"])

    def _look(self, report: Report) -> None:
        if self._from_master(report):
            self._observations.look(report.params)
            self._heard(report.params["conference"])

    def _levels(self, report: Report) -> None:
        if self._from_master(report):
            self._observations.levels(report.params)
            self._hub.changed_slightly(report.params["conference"])

    def _recording(self, report: Report) -> None:
        if self._from_master(report):
            self._observations.recording(report.params)
            self._hub.changed_slightly(report.params["conference"])

    def _stats(self, report: Report) -> None:
        for conference in self._observations.stats(report):
            self._heard_of(conference, self._hub.changed_slightly)

    def _on_examined(self, report: Report) -> None:
        if self._examined is not None:
            self._later(self._examined(report))

    def _still(self, report: Report) -> None:
        if self._observations.still(report, self._clock.now()):
            self._hub.changed_slightly(report.params["conference"])

    def _heard_of(self, conference: str, tell: Callable[[str], None]) -> None:
        """Tell the watchers of an open conference; what remains of a closed one is forgotten."""
        if self._control.find(conference) is None:
            self._observations.forget(conference)
        else:
            tell(conference)
            self._heard(conference)

    def _from_master(self, report: Report) -> bool:
        conference = self._control.find(report.params["conference"])
        return conference is not None and conference.master == report.mcu

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("report failed", error=repr(task.exception()))
