"""A conference whose MCUs say how it fares, over a server on fakes: time goes on in small steps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from diemcau.bootstrap import House
from diemcau.domain.planner import cascade, home
from diemcau.domain.resources import Input, Mix, Mixer, Publisher, to_json
from diemcau.ports.mcus import Report
from diemcau.services.watch import Watch
from diemcau.testing.clock import FakeClock
from diemcau.testing.mcus import FakeMcus

Json = dict[str, Any]
STEP_S = 0.2
WELL: Json = {"rtt_ms": 20.0, "loss_pct": 0.0, "jitter_ms": 3.0, "kbps": 900.0}


@dataclass
class Fares:
    """How a site fares; what it ``says`` of itself goes past its MCU, as its page does."""

    figures: Json = field(default_factory=lambda: dict(WELL))
    silent: bool = False
    blind: bool = False
    level: float = -30.0
    input: str = "live"
    looks: str = "moving"
    says: Json = field(default_factory=dict)


class Watched:
    """``cut``: MCUs of which nothing is heard; ``gone``: sites that left by themselves."""

    def __init__(self, house: House, mcus: FakeMcus, clock: FakeClock, conference: str) -> None:
        self.server, self.watch = house.server, house.watch
        self.mcus, self.clock, self.name = mcus, clock, conference
        self.sites = {site: Fares() for site in self.conference.sites}
        self.links: dict[str, Json] = {}
        self.cut: set[str] = set()
        self.gone: set[str] = set()
        self.mute_statistics = False
        self.mixer = True
        self._told: dict[str, Json] = {}
        self._steps = 0

    @property
    def conference(self) -> Any:
        return self.server.control.get(self.name)

    @property
    def listener(self) -> Any:
        return self.server.gateway.listener

    def at(self, mcu: str) -> list[str]:
        book = self.server.book.directory
        sites = [s for s in self.sites if s not in self.gone]
        return [site for site in sites if home(self.conference, book, site) == mcu]

    @property
    def members(self) -> list[str]:
        tree = cascade(self.conference, self.server.book.directory)
        return sorted(tree.members - self.cut)

    async def begins(self) -> "Watched":
        for mcu in self.members:
            self.listener.connected(mcu)
            self.listener.report(Report(mcu, "hello", {"epoch": "e1"}))
        await self.listener.settle()
        await self.goes_on(3)
        return self

    async def goes_on(self, seconds: float) -> None:
        """What is so is said again, as often as agents say it."""
        for _ in range(round(seconds / STEP_S)):
            for mcu in self.members:
                self._say(mcu)
            self._steps += 1
            self.clock.advance(STEP_S)
            if (pause := self.watch.pause()) is None or pause <= 0:
                await self.watch.tick()

    async def until(self, true: Callable[[Watch], bool], seconds: float) -> float:
        """How long it took."""
        began = self.clock.monotonic()
        while not true(self.watch):
            await self.goes_on(STEP_S)
            assert self.clock.monotonic() - began <= seconds, self.there
        return self.clock.monotonic() - began

    async def found(self, *wanted: tuple[str, str], within: float = 3.0) -> None:
        await self.until(lambda _: self.there == list(wanted), within)

    @property
    def there(self) -> list[tuple[str, str]]:
        return [(alarm.subject, alarm.kind) for alarm in self.watch.alarms(self.name)]

    def _say(self, mcu: str) -> None:
        sites = self.at(mcu)
        self._observed(mcu, sites)
        if self._steps % round(1 / STEP_S) == 0 and not self.mute_statistics:
            self._stats(mcu, sites)
        if mcu == self.conference.master:
            self._mixed()
        if self._steps % round(1 / STEP_S) == 0:
            for site in sites:
                if self.sites[site].says:
                    self.server.observations.page(self.name, site, self.sites[site].says)

    def _observed(self, mcu: str, sites: list[str]) -> None:
        has = [*self.mcus.desired[mcu], *(Publisher(self.name, s, f"w-{s}") for s in sites)]
        if not self.mixer:
            has = [one for one in has if not isinstance(one, Mixer | Mix | Input)]
        silent = [[self.name, site] for site in sites if self.sites[site].silent]
        blind = [[self.name, site] for site in sites if self.sites[site].blind]
        resources = [to_json(one) for one in has]
        stopped = {"silent": silent, "blind": blind, "deaf": self._deaf(mcu)}
        self._once(mcu, "observed", {"epoch": "e1", "resources": resources, **stopped})

    def _deaf(self, mcu: str) -> list[str]:
        return [] if self.mixer or mcu == self.conference.master else [self.name]

    def _stats(self, mcu: str, sites: list[str]) -> None:
        of = [{"conference": self.name, "site": s, **self.sites[s].figures} for s in sites]
        held = range(len(self.conference.lanes.get(mcu, ())))
        lanes = [{"conference": self.name, "lane": n, **self._lane(mcu, n)} for n in held]
        params = {"publishers": of, "links": lanes}
        self.listener.report(Report(mcu, "stats", params))

    def _lane(self, mcu: str, lane: int) -> Json:
        """What its site lost before is missing on a lane too."""
        own, site = self.links.get(mcu, WELL), self.conference.lanes[mcu][lane]
        before = self.sites[site].figures.get("loss_pct", 0) if site else 0
        return {**own, "loss_pct": own["loss_pct"] + before}

    def _mixed(self) -> None:
        seats = {s: n for n, s in enumerate(self.conference.slots) if s and s not in self.gone}
        for site, slot in seats.items():
            fares = self.sites[site]
            about = {"conference": self.name, "slot": slot, "site": site}
            away = home(self.conference, self.server.book.directory, site) in self.cut
            gone = fares.silent or away
            self._once(site, "input", about | {"state": "lost" if gone else fares.input})
            self._once(site, "look", about | {"looks": fares.looks})
        levels = {site: self.sites[site].level for site in seats}
        master = self.conference.master
        params = {"conference": self.name, "sites": levels, "program": -25.0}
        self.listener.report(Report(master, "levels", params))

    def _once(self, whose: str, method: str, params: Json) -> None:
        """What did not change is not said again."""
        mcu = whose if method == "observed" else self.conference.master
        if self._told.get(f"{whose} {method}") != params:
            self._told[f"{whose} {method}"] = params
            self.listener.report(Report(mcu, method, params))
