"""Moves turns on: sleeps until the next site of a turn is due, then shows it.

What is due follows from the stored conferences, so a server that comes back goes on with them.
"""

import asyncio
from contextlib import suppress

import structlog

from diemcau.domain.refusal import Refusal
from diemcau.ports.clock import Clock
from diemcau.services.conferences import ConferenceControl
from diemcau.services.observations import Observations

log = structlog.get_logger(__name__)

AGAIN_S = 1.0
"""How long to wait after a turn could not be stored."""


class Turns:
    def __init__(
        self, control: ConferenceControl, observations: Observations, clock: Clock
    ) -> None:
        self._control = control
        self._observations = observations
        self._clock = clock
        self._wake = asyncio.Event()
        self._stopped = False

    def changed(self) -> None:
        """A conference changed: what is due may have."""
        self._wake.set()

    def stop(self) -> None:
        self._stopped = True
        self._wake.set()

    async def run(self) -> None:
        """Until stopped: show who is due, then sleep until the next one is."""
        while not self._stopped:
            self._wake.clear()
            pause = self._pause() if await self.tick() else AGAIN_S
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    async def tick(self) -> bool:
        """Show whoever is due now; whether all of that was stored."""
        stored, now = True, self._clock.now()
        for conference in self._control.all():
            if conference.turn is None or now < conference.turn.due:
                continue
            there = self._observations.of(conference.id).there()
            try:
                await self._control.turn(conference.id, there)
            except Refusal as refusal:
                stored = False
                log.error("turn not moved on", conference=conference.id, error=str(refusal))
        return stored

    def _pause(self) -> float | None:
        """Seconds until the next one is due; None: nothing is under way."""
        moments = [c.turn.due for c in self._control.all() if c.turn is not None]
        return max(self._clock.seconds_until(min(moments)), 0.0) if moments else None
