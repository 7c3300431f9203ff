"""``bench watch``: what watching a session costs, and how soon a year of sessions is read.

No media: 150 sites at a master and seven satellites, reported as agents and pages report them, on a
clock that is moved on. A year: 100 sessions of 150 sites and 180 minutes, with their links.
"""

import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sized
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from diemcau.domain.assessing import Held, assess
from diemcau.domain.conference import Scene
from diemcau.domain.directory import Directory, Entry, Mcu, Site
from diemcau.domain.dossier import Dossier
from diemcau.domain.layout import layout
from diemcau.domain.measures import MINUTE_S, Figure, Minute
from diemcau.domain.resources import Publisher, to_json
from diemcau.domain.units import Unit
from diemcau.ports.mcus import Report
from diemcau.ports.store import Store
from diemcau.procedures.loader import load
from diemcau.services.conferences import Order
from diemcau.store import open_store
from diemcau.testing.app import FakeServer
from diemcau.testing.mcus import FakeMcus
from diemcau.testing.postgres import NoPostgres, Postgres

SITES, SATELLITES, MINUTES, SESSIONS = 150, 7, 180, 100
STEP_S = 0.2
MASTER = "m0"
MCUS = tuple(f"m{number}" for number in range(SATELLITES + 1))
START = datetime(2026, 1, 5, 1, tzinfo=UTC)
ILL: dict[str, Any] = {"loss_pct": 5.0, "rtt_ms": 250.0}


async def run(quick: bool = False) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        calm, troubled = await _cost(Path(folder), 120 if quick else 600)
        years = await _years(Path(folder), 5 if quick else SESSIONS)
    return {
        "bench": "watch",
        "sites": SITES,
        "calm_core_pct": calm,
        "troubled_core_pct": troubled,
        **years,
    }


def province() -> Directory:
    entries: list[Entry] = [Unit("u", "Tỉnh", "province")]
    entries += [
        Mcu(mcu, f"MCU {mcu}", parent="" if mcu == MASTER else MASTER, areas=("u",), unit="u")
        for mcu in MCUS
    ]
    entries += [
        Site(f"s{n}", f"{n:03}", f"UBND xã {n}", "u", MCUS[n % len(MCUS)], n + 1)
        for n in range(SITES)
    ]
    return Directory(entries)


async def _cost(folder: Path, seconds: int) -> tuple[float, float]:
    """Per cent of a core: all well, and with a tenth of the sites on bad lines."""
    house = FakeServer()
    house.directory, house.mcus = province(), FakeMcus(*MCUS)
    await house.start(folder, conference=False)
    sites = tuple(house.directory.sites)
    conference = await house.server.control.open(Order("Họp", MASTER, sites))
    await house.server.control.take(conference.id, Scene(layout("grid-3x3"), sites[:9]))
    agents = _Agents(house, conference.id)
    await agents.begin()
    calm = await agents.watched(seconds)
    agents.ill = set(sites[::10])
    return calm, await agents.watched(seconds)


class _Agents:
    """Says of a conference what agents and pages say, as often as they do."""

    def __init__(self, house: FakeServer, conference: str) -> None:
        self._house, self._conference = house, conference
        self._listener: Any = house.server.gateway.listener
        self._own = {mcu: [s.id for s in house.directory.sites.values() if s.mcu == mcu]
                     for mcu in MCUS}  # fmt: skip
        self._step = 0
        self.ill: set[str] = set()

    async def begin(self) -> None:
        for mcu in MCUS:
            self._listener.connected(mcu)
            self._listener.report(Report(mcu, "hello", {"epoch": "e"}))
        await self._listener.settle()
        for mcu, sites in self._own.items():
            has = [*self._house.mcus.desired[mcu],
                   *(Publisher(self._conference, site, "x") for site in sites)]  # fmt: skip
            resources = [to_json(one) for one in has]
            said = {"epoch": "e", "resources": resources, "silent": []}
            self._listener.report(Report(mcu, "observed", said))

    async def watched(self, seconds: int) -> float:
        """CPU that the watch takes of this time, in per cent."""
        watch, spent = self._house.house.watch, 0.0
        for _ in range(round(seconds / STEP_S)):
            self._report()
            self._house.clock.advance(STEP_S)
            if (pause := watch.pause()) is None or pause <= 0:
                begun = time.process_time()
                await watch.tick()
                spent += time.process_time() - begun
        return round(100 * spent / seconds, 2)

    def _report(self) -> None:
        self._step += 1
        if self._step % 5 == 0:
            for site in self._house.directory.sites:
                figures = {"rtt_ms": 20.0, "jitter_ms": 3.0, "fps": 25.0}
                self._house.server.observations.page(self._conference, site, figures)
        for number, mcu in enumerate(MCUS):
            if (self._step + number) % 5 == 0:
                self._statistics(mcu)
        levels = dict.fromkeys(self._own[MASTER][:9], -30.0)
        params = {"conference": self._conference, "sites": levels, "program": -25.0}
        self._listener.report(Report(MASTER, "levels", params))

    def _statistics(self, mcu: str) -> None:
        well = {"loss_pct": 0.1, "kbps": 900.0}
        of = [
            {"conference": self._conference, "site": site, **(ILL if site in self.ill else well)}
            for site in self._own[mcu]
        ]
        lanes = [{"conference": self._conference, "lane": n, **well} for n in range(3)]
        params = {"publishers": of, "links": lanes if mcu != MASTER else []}
        self._listener.report(Report(mcu, "stats", params))


async def _years(folder: Path, sessions: int) -> dict[str, Any]:
    figures: dict[str, Any] = {"sessions": sessions, "minutes": sessions * MINUTES * _SUBJECTS}
    async with AsyncExitStack() as stack:
        file = f"sqlite+aiosqlite:///{folder / 'year.db'}"
        stores: dict[str, Store] = {"sqlite": await open_store(file)}
        try:
            stores["postgresql"] = await stack.enter_async_context(_postgres())
        except NoPostgres:
            figures["postgresql"] = None
        for name, store in stores.items():
            figures |= {f"{name}_{what}": s for what, s in (await _year(store, sessions)).items()}
            await store.close()
    return figures


@asynccontextmanager
async def _postgres() -> AsyncIterator[Store]:
    with tempfile.TemporaryDirectory(prefix="diemcau-pg-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder))
        server.start()
        try:
            yield await open_store(server.url)
        finally:
            server.stop()


async def _year(store: Store, sessions: int) -> dict[str, float]:
    """Seconds for the assessment of a session; for all of it, for one of its sites, and for a line
    over the whole year, as they are stored."""
    for number in range(sessions):
        await store.keep_minutes(list(_session(number)))
    middle, link = f"d{sessions // 2}", "link/m1/m0"
    directory = province()
    held = _held(directory, middle, START + timedelta(days=3 * (sessions // 2)))

    async def assessed() -> Sized:
        minutes = await store.minutes(middle)
        return assess(replace(held, minutes=minutes), directory, held.dossier.ends_at).sites

    whole = timedelta(days=366)
    found = await store.minutes(middle)
    assert len(found) == MINUTES * _SUBJECTS
    return {
        "assessment_s": await _timed(assessed),
        "session_s": await _timed(lambda: store.minutes(middle)),
        "site_s": await _timed(lambda: store.minutes(middle, "site/s7")),
        "line_year_s": await _timed(lambda: store.minutes_of(link, START, START + whole)),
    }


def _held(directory: Directory, dossier: str, begun: datetime) -> Held:
    """A session as it is assessed, but for what was measured in it."""
    ended = begun + timedelta(minutes=MINUTES)
    sites = tuple(directory.sites)
    return Held(
        dossier=Dossier(
            dossier, "Họp", "429-planned", "u", MASTER, sites, begun, begun, ended,
            conference="c", opened_at=begun, closed_at=ended,
        ),
        procedure=load("429-planned"),
        homes={site.id: site.mcu for site in directory.sites.values()},
        parents=dict.fromkeys(MCUS[1:], MASTER),
    )  # fmt: skip


async def _timed(read: Callable[[], Awaitable[Sized]]) -> float:
    """The median of three."""
    took = []
    for _ in range(3):
        begun = time.perf_counter()
        assert len(await read())
        took.append(time.perf_counter() - begun)
    return round(sorted(took)[1], 3)


_SUBJECTS = SITES + SATELLITES
_FIGURES = {name: Figure(60, 12.345, 3.0, 45.0)
            for name in ("rtt_ms", "loss_pct", "jitter_ms", "kbps", "fps", "mos")}  # fmt: skip


def _session(number: int) -> Iterator[Minute]:
    """One session, minute by minute, as the watch keeps them."""
    begun = START + timedelta(days=3 * number)
    subjects = [f"site/s{n}" for n in range(SITES)]
    subjects += [f"link/{mcu}/{MASTER}" for mcu in MCUS[1:]]
    for minute in range(MINUTES):
        at = begun + timedelta(seconds=minute * MINUTE_S)
        for subject in subjects:
            yield Minute(f"d{number}", subject, at, 59.5, _FIGURES, {"lost": 0.5})
