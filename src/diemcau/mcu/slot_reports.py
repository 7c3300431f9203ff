"""What the mixers said last of their slots: said again to a server that may have missed it."""

from collections.abc import Callable, Iterable
from typing import Any

Json = dict[str, Any]
Event = Callable[[str, Json], None]


class SlotReports:
    """Passes on what mixers say of their slots, and keeps it: a mixer says ``input`` once, and does
    not say that a picture moves again."""

    def __init__(self, on_event: Event) -> None:
        self._on_event = on_event
        self._last: dict[tuple[str, int], tuple[str, dict[str, Json]]] = {}
        """Source and, by name, what was said of it, by conference and slot."""
        self._heard: set[tuple[str, int]] = set()
        """Those of which the mixer has said something since the line to it is there."""

    def heard(self, conference: str, event: Json) -> None:
        """``input`` or ``look``, of the slot's source; of no source, the slot is empty now."""
        slot, source, name = event["slot"], event["source"], event["event"]
        self._heard.add((conference, slot))
        former, said = self._last.pop((conference, slot), ("", {}))
        if former and _site(former) != _site(source or ""):
            self._left(conference, slot, _site(former))
        if not source:
            return
        said = said if former == source else {}
        more = {key: event[key] for key in event.keys() - {"event", "source"}}
        said[name] = {**more, "conference": conference, "site": _site(source)}
        self._last[conference, slot] = source, said
        self._on_event(name, said[name])

    def _left(self, conference: str, slot: int, site: str) -> None:
        """Nothing arrives of the site there any more; of one that has another slot by now, that
        slot tells."""
        shown = (_site(source) for (of, _), (source, _) in self._last.items() if of == conference)
        if site not in shown:
            waiting = {"conference": conference, "slot": slot, "site": site, "state": "waiting"}
            self._on_event("input", waiting)

    def found(self, conference: str, inputs: Iterable[Json]) -> None:
        """What a mixer's ``status`` tells of its slots; what it said by itself meanwhile is
        newer."""
        newer = {slot for of, slot in self._heard if of == conference}
        for entry in inputs:
            if entry["slot"] not in newer:
                of_slot = {"slot": entry["slot"], "source": entry["source"]}
                for said in _said(entry):
                    self.heard(conference, of_slot | said)

    def doubt(self, conference: str) -> None:
        """The line to its mixer is another one: what was said between the two was not heard."""
        self._heard = {key for key in self._heard if key[0] != conference}

    def say_again(self) -> None:
        for _, said in self._last.values():
            for name, params in said.items():
                self._on_event(name, params)

    def lost(self, conference: str) -> None:
        """Its mixer died: nothing arrives until there is another."""
        for of, slot in list(self._last):
            if of == conference:
                self.heard(of, {"event": "input", "slot": slot, "source": None})
        self.doubt(conference)

    def forget(self, conference: str) -> None:
        """It is over, or another MCU's."""
        self._last = {key: said for key, said in self._last.items() if key[0] != conference}
        self.doubt(conference)


def site_and_feed(source: str) -> tuple[str, str]:
    """Of a slot's source, as the agent names it to the mixer (docs/protocol.md section 5)."""
    site, _, feed = source.partition(" ")
    return site, feed


def _site(source: str) -> str:
    return site_and_feed(source)[0]


def _said(entry: Json) -> Iterable[Json]:
    """As its events say it. A mixer of an older version does not tell how a picture looks."""
    yield {"event": "input", "state": entry["state"]}
    if "looks" in entry:
        yield {"event": "look", "looks": entry["looks"]}
