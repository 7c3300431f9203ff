"""What every MCU shall have, over all conferences; an MCU is told only when that changes."""

from collections.abc import Iterable, Mapping

from diemcau.domain import planner
from diemcau.domain.conference import Conference
from diemcau.domain.resources import Resource
from diemcau.ports.mcus import Mcus
from diemcau.services.places import Places

Plan = dict[str, tuple[Resource, ...]]


class Desires:
    """The plans of the open conferences, and the lives of the media servers they rest on."""

    def __init__(self, places: Places, mcus: Mcus, epochs: Mapping[str, str]) -> None:
        self._places = places
        self._mcus = mcus
        self._epochs = dict(epochs)
        self._plans: dict[str, Plan] = {}

    def epoch(self, mcu: str) -> str:
        return self._epochs.get(mcu, "")

    def put(self, conference: Conference) -> None:
        """Plan an allocated conference anew and tell the MCUs whose part of it changed."""
        before = self._plans.get(conference.id, {})
        after = planner.plan(conference, self._places.directory, self._epochs)
        self._plans[conference.id] = after
        members = [*after, *(mcu for mcu in before if mcu not in after)]
        self._tell(mcu for mcu in members if before.get(mcu) != after.get(mcu))

    def drop(self, conference_id: str) -> None:
        """The conference is closed: its MCUs shall have nothing of it."""
        self._tell(self._plans.pop(conference_id, {}))

    def lives(self, mcu: str, epoch: str) -> None:
        """A media server's present life; whoever plans with it calls ``put`` afterwards."""
        self._epochs[mcu] = epoch

    def involving(self, mcu: str) -> list[str]:
        """The conferences that ``mcu`` takes part in."""
        return [conference for conference, plan in self._plans.items() if mcu in plan]

    def _tell(self, mcus: Iterable[str]) -> None:
        for mcu in mcus:
            plans = (self._plans[conference] for conference in sorted(self._plans))
            self._mcus.desire(mcu, [r for plan in plans for r in plan.get(mcu, ())])
