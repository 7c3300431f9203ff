"""Moves turns on: sleeps until the next site of a turn is due, then shows it.

What is due follows from the stored conferences, so a server that comes back goes on with them.
"""

import structlog

from diemcau.domain.refusal import Refusal
from diemcau.ports.clock import Clock
from diemcau.services.conferences import ConferenceControl
from diemcau.services.observations import Observations
from diemcau.services.ticking import Ticking

log = structlog.get_logger(__name__)


class Turns(Ticking):
    again_s = 1.0

    def __init__(
        self, control: ConferenceControl, observations: Observations, clock: Clock
    ) -> None:
        super().__init__()
        self._control = control
        self._observations = observations
        self._clock = clock

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

    def pause(self) -> float | None:
        """Seconds until the next one is due; None: nothing is under way."""
        moments = [c.turn.due for c in self._control.all() if c.turn is not None]
        return max(self._clock.seconds_until(min(moments)), 0.0) if moments else None
