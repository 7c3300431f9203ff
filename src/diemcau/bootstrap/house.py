"""Where everything is put together over an open store."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace

import structlog
from fastapi import FastAPI

from diemcau import provinces
from diemcau.api.app import create_app
from diemcau.api.context import Server
from diemcau.api.gateway import Gateway
from diemcau.bootstrap.lock import locked
from diemcau.bootstrap.parts import KeptAccounts, KeptMessages, Parts, ProcedureFiles, real_parts
from diemcau.bootstrap.settings import Settings
from diemcau.domain.alarms import Alarm, Changes
from diemcau.domain.conference import Conference
from diemcau.domain.directory import Entry
from diemcau.domain.dossier import Dossier
from diemcau.domain.guided import WITHIN
from diemcau.domain.journal import SYSTEM, Note
from diemcau.domain.outbox import Message
from diemcau.domain.refusal import Invalid, Text
from diemcau.domain.script import Script
from diemcau.identity import (
    HEAD_FILE,
    DerivedAgentKeys,
    FileAgentKeys,
    HeadFile,
    JwtTokens,
    load_secret,
)
from diemcau.ports.identity import AgentKeys
from diemcau.ports.mcus import Mcus
from diemcau.ports.store import Record, Store, StoreFailed
from diemcau.services.accounts import Accounts
from diemcau.services.conferences import ConferenceControl
from diemcau.services.custody import Custody
from diemcau.services.desires import Desires
from diemcau.services.dossiers.assessments import Assessments
from diemcau.services.dossiers.bell import Bell
from diemcau.services.dossiers.cases import Cases
from diemcau.services.dossiers.checks import Checks
from diemcau.services.dossiers.desk import Desk
from diemcau.services.dossiers.files import Files
from diemcau.services.dossiers.lifecycle import Lifecycle
from diemcau.services.dossiers.news import News
from diemcau.services.dossiers.notices import Notices
from diemcau.services.dossiers.office import Office
from diemcau.services.dossiers.plans import Plans
from diemcau.services.dossiers.post import Post
from diemcau.services.dossiers.printing import Printing
from diemcau.services.dossiers.responsible import Responsible
from diemcau.services.dossiers.scripts import Scripts
from diemcau.services.dossiers.sitting import Sitting
from diemcau.services.editor import Editor
from diemcau.services.entrances import Entrances
from diemcau.services.guard import Guard
from diemcau.services.hashing import Hashing
from diemcau.services.hub import Hub
from diemcau.services.incidents import Incidents
from diemcau.services.journal import Journal
from diemcau.services.lines import Lines
from diemcau.services.live import project
from diemcau.services.observations import Observations
from diemcau.services.outbox import Outbox
from diemcau.services.places import Book
from diemcau.services.procedures import Procedures
from diemcau.services.recordings import Recordings
from diemcau.services.records import Records
from diemcau.services.rehearsals import Rehearsals
from diemcau.services.reports import Reports
from diemcau.services.rooms import Rooms
from diemcau.services.scenes import Scenes
from diemcau.services.selftests import SelfTests
from diemcau.services.sessions import Sessions
from diemcau.services.sign_in import SignIn
from diemcau.services.templates import Templates
from diemcau.services.turns import Turns
from diemcau.services.watch import Watch
from diemcau.store import open_store

log = structlog.get_logger(__name__)

GRACE_S = 20.0
"""How long a server that ends waits for what is under way: a mail server takes its time."""

AGAIN_S = 5.0
"""How long a job that broke waits before it begins again."""


def build_server(settings: Settings) -> FastAPI:
    """The server as an ASGI application; it opens its store when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(settings) as house, house.working():
            app.state.server = house.server
            yield

    app = create_app(settings.clock, lifespan)
    if settings.static is not None:
        app.state.static = settings.static
    return app


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator["House"]:
    """The house of a data folder, which nobody else opens meanwhile; nothing goes on in it by
    itself before ``House.working``. Raises ``InUse``, and ``Invalid`` for what is set up wrongly.
    """
    with locked(settings.data):
        with _unreadable_said():
            store = await open_store(settings.database_url)
        try:
            parts = real_parts(settings)
            try:
                with _unreadable_said():
                    house = await assemble(settings, store, parts=parts)
                yield house
            finally:
                await parts.close()
        finally:
            await store.close()


@contextmanager
def _unreadable_said() -> Iterator[None]:
    """A database that cannot be used, as a refusal to start."""
    try:
        yield
    except StoreFailed as error:
        raise Invalid(
            f"Không mở được cơ sở dữ liệu, và chưa thay đổi gì trong đó: {error}",
            f"The database cannot be opened, and nothing in it was changed: {error}",
        ) from error


@dataclass(frozen=True)
class House:
    """A server and what goes on in it by itself."""

    server: Server
    outbox: Outbox
    custody: Custody
    turns: Turns
    rehearsals: Rehearsals
    watch: Watch

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """The clock of the procedures, the outbox and the log book's custody run in this block.

        At its end what is under way is finished and recorded, within ``GRACE_S``; last, the log
        book's head is signed.
        """
        office = self.server.office
        await self.custody.start()
        jobs = [
            asyncio.create_task(_kept("clock of the procedures", office.lifecycle.run)),
            asyncio.create_task(_kept("outbox", self.outbox.run)),
            asyncio.create_task(_kept("custody of the log book", self.custody.run)),
            asyncio.create_task(_kept("sites in turn", self.turns.run)),
            asyncio.create_task(_kept("rehearsals", self.rehearsals.run)),
            asyncio.create_task(_kept("watch", self.watch.run)),
        ]
        try:
            yield
        finally:
            ticking = office.lifecycle, self.outbox, self.turns, self.rehearsals, self.watch
            for one in (*ticking, self.custody):
                one.stop()
            await _ended(jobs)
            await self.watch.close()
            await office.sitting.stop()
            await self.server.accounts.close()
            await self.custody.sign()


async def _kept(name: str, job: Callable[[], Awaitable[None]]) -> None:
    """A job that must go on until it is stopped: what breaks it is logged, and it begins again."""
    while True:
        try:
            return await job()
        except Exception:
            log.exception("broke; beginning again", job=name)
        await asyncio.sleep(AGAIN_S)


async def _ended(jobs: list[asyncio.Task[None]]) -> None:
    """Wait for jobs that were told to stop, and no longer than ``GRACE_S``."""
    _, late = await asyncio.wait(jobs, timeout=GRACE_S)
    for job in late:
        log.warning("still busy; what it sends is doubtful", job=str(job.get_coro()))
        job.cancel()
    await asyncio.gather(*jobs, return_exceptions=True)


async def assemble(
    settings: Settings, store: Store, mcus: Mcus | None = None, parts: Parts | None = None
) -> House:
    """Put the services together over an open store, and plan what is stored.

    ``mcus``: in place of the agents that connect; ``parts``: in place of slow edges; for tests.
    """
    clock = settings.clock
    parts = parts or real_parts(settings)
    secret = load_secret(settings.data)
    tokens = JwtTokens(secret, clock)
    records = Records(store, clock)
    await records.load()
    book = Book(records)
    home = await _first_directory(settings.province, records, book)
    gateway = Gateway(book, clock)
    observations = Observations(lambda conference, site: control.home(conference, site))
    mcus = mcus or gateway
    desires = Desires(book, mcus, await store.epochs())
    hub = Hub(lambda name: _render(name), clock)
    control = ConferenceControl(
        book, store, desires, clock, lambda name: _changed(name), settings.max_sites
    )

    def _render(name: str) -> dict[str, object] | None:
        conference = control.find(name)
        if conference is None:
            return None
        dossier = office.files.of_conference(name)
        script = office.scripts.in_force(dossier) if dossier else None
        said = rooms.view(name) | incidents.view(name) | rehearsals.view(conference)
        within = office.files.procedure(dossier).call_within if dossier else WITHIN
        seen = (said, script, watch.alarms(name), within)
        return project(conference, book.directory, observations, dossier, *seen)

    def _changed(name: str) -> None:
        if control.find(name):
            hub.changed(name)
            turns.wake()
            rehearsals.heard(name)
            watch.heard(name)
            office.sitting.observed(name)
        else:
            hub.ended(name)
            watch.wake()
            observations.forget(name)
            rooms.forget(name)
            rehearsals.forget(name)
            incidents.forget(name)

    def _filed(puts: Sequence[Record], *_: object) -> None:
        """Sessions show of their dossiers the times and the script."""
        for put in puts:
            if isinstance(put, Dossier):
                hub.changed(put.conference)
            elif isinstance(put, Script):
                hub.changed(office.files.dossier(put.dossier).conference)

    turns = Turns(control, observations, clock)
    hashing = Hashing(parts.passwords)
    accounts = Accounts(KeptAccounts(records), hashing, clock)
    await accounts.start()
    procedures = Procedures(records, ProcedureFiles(book), clock)
    await procedures.start()
    outbox = Outbox(KeptMessages(records), parts.couriers, clock)
    guard = Guard(records, book)
    journal = Journal(store, parts.sealer, clock)
    office = _office(settings, parts, store, records, book, procedures, control, observations,
                     guard, tokens, outbox)  # fmt: skip
    rehearsals = Rehearsals(control, observations, office.files, office.checks, clock)

    async def _told(conference: Conference, changes: Changes, there: Sequence[Alarm]) -> None:
        """An alarm that lasts is an incident: somebody has to work on it."""
        for alarm in await office.bell.tell(conference, changes, there):
            await incidents.alarmed(conference.id, alarm)

    watch = Watch(control, observations, store, clock, office.files.session, hub.changed, _told)

    def _seen(name: str) -> None:
        office.sitting.observed(name)
        rehearsals.heard(name)

    gateway.listener = Reports(
        control, observations, hub, clock, _seen, watch.heard, rehearsals.examined
    )
    records.listeners.append(_filed)
    rooms = Rooms(office.files, clock, hub.changed)
    incidents = Incidents(office.files, control, clock, hub.changed)
    await control.start()
    await office.sitting.start()
    custody = Custody(journal, HeadFile(settings.data / HEAD_FILE), records)
    server = Server(
        book=book,
        records=records,
        store=store,
        control=control,
        sessions=Sessions(control, observations, mcus, hub),
        observations=observations,
        hub=hub,
        gateway=gateway,
        tokens=tokens,
        agent_keys=_agent_keys(settings, secret),
        clock=clock,
        guard=guard,
        accounts=accounts,
        sign_in=SignIn(accounts, hashing, parts.codes, clock),
        office=office,
        rooms=rooms,
        incidents=incidents,
        self_tests=SelfTests(office.files, office.checks),
        entrances=Entrances(office.files, control, tokens, tokens, clock, parts.codes.picture),
        scenes=Scenes(records, clock),
        editor=Editor(records, book, parts.sheets, control.standing_on),
        templates=Templates(parts.documents, records),
        journal=journal,
        recordings=Recordings(mcus),
        rehearsals=rehearsals,
        watch=watch,
        lines=Lines(book, store),
        listed=provinces.listed,
        verify_log_book=custody.verify,
        home=home,
        sso=parts.sso,
        public_url=settings.public_url.rstrip("/"),
    )
    return House(server, outbox, custody, turns, rehearsals, watch)


def _office(
    settings: Settings,
    parts: Parts,
    store: Store,
    records: Records,
    book: Book,
    procedures: Procedures,
    control: ConferenceControl,
    observations: Observations,
    guard: Guard,
    tokens: JwtTokens,
    outbox: Outbox,
) -> Office:
    files = Files(records, book, procedures, settings.clock)
    ways = replace(parts.ways, public_url=settings.public_url.rstrip("/"))
    post = Post(ways, parts.calendar, tokens)
    scripts, checks = Scripts(files), Checks(files)
    responsible = Responsible(files)
    assessments = Assessments(files, scripts, store, store, parts.sheets)
    news = News()
    records.listeners += [
        news.changed,
        lambda puts, *_: outbox.wake([put for put in puts if isinstance(put, Message)]),
    ]
    return Office(
        files=files,
        cases=Cases(files),
        notices=Notices(files, post, responsible),
        scripts=scripts,
        plans=Plans(files, parts.solver),
        checks=checks,
        sitting=Sitting(files, scripts, control, observations, assessments),
        desk=Desk(files, guard),
        lifecycle=Lifecycle(files, post, responsible),
        bell=Bell(files, post),
        printing=Printing(files, checks, scripts, parts.documents, store, assessments),
        news=news,
        assessments=assessments,
    )


def _agent_keys(settings: Settings, secret: bytes) -> AgentKeys:
    if settings.agent_keys is not None:
        return FileAgentKeys.read(settings.agent_keys)
    return DerivedAgentKeys(secret)


async def _first_directory(province: str, records: Records, book: Book) -> str:
    """A new database gets the directory of the province ("": it stays as it is), and one of a
    version that knew no tiers gets those. The unit that the installation belongs to: the first one
    that the province's own MCU serves."""
    named = provinces.load(province) if province else None
    if named and not book.directory.mcus:
        text = Text(f"Lập danh bạ: {province}", f"Directory made: {province}")
        await _keep(records, named.directory().entries, text)
    elif book.directory.entries and not book.directory.tiers:
        text = Text("Bổ sung các cấp hành chính", "Tiers of administration added")
        await _keep(records, named.tiers if named else provinces.TIERS, text)
    mcus = book.directory.mcus
    if named is None:
        top = [mcu for mcu in mcus.values() if not mcu.parent]
        return top[0].areas[0] if top and top[0].areas else ""
    if named.master not in mcus:
        raise Invalid(
            f"Cơ sở dữ liệu này thuộc tỉnh khác, không phải «{province}»; chọn thư mục dữ liệu"
            " khác.",
            f"This database is another province's, not {province!r}'s; choose another data folder.",
        )
    return mcus[named.master].areas[0]


async def _keep(records: Records, entries: Sequence[Entry], text: Text) -> None:
    await records.commit(*entries, notes=[Note(SYSTEM, "directory.made", "directory", text)])
