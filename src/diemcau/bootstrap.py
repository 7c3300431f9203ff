"""The composition root of the server: the one place where everything is put together."""

import asyncio
import errno
import signal
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from diemcau.api.app import create_app
from diemcau.api.context import Server
from diemcau.api.gateway import Gateway
from diemcau.domain.directory import Directory
from diemcau.domain.refusal import Invalid
from diemcau.identity import DerivedAgentKeys, FileAgentKeys, JwtTokens, Tls, load_secret
from diemcau.ports.clock import Clock
from diemcau.ports.identity import AgentKeys
from diemcau.ports.mcus import Mcus
from diemcau.ports.store import Store, StoreFailed
from diemcau.provinces import load
from diemcau.services.clock import SystemClock
from diemcau.services.conferences import ConferenceControl
from diemcau.services.desires import Desires
from diemcau.services.hub import Hub
from diemcau.services.live import project
from diemcau.services.observations import Observations
from diemcau.services.reports import Reports
from diemcau.services.sessions import Sessions
from diemcau.store import open_store


@dataclass(frozen=True)
class Settings:
    """What an operator of the server decides.

    ``database``: an SQLAlchemy URL, "" for SQLite in the data folder. ``province``: the directory
    of a new database. ``agent_keys``: a TOML file of keys, None for keys derived from the secret.
    ``public_url``: how pages reach the server, "" to take it from each request.
    """

    data: Path
    database: str = ""
    province: str = "vinh-phuc-2022"
    max_sites: int = 200
    agent_keys: Path | None = None
    public_url: str = ""
    static: Path | None = None
    clock: Clock = field(default_factory=SystemClock)

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite+aiosqlite:///{self.data / 'diemcau.db'}"


def build_server(settings: Settings) -> FastAPI:
    """The server as an ASGI application; it opens its store when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        settings.data.mkdir(parents=True, exist_ok=True)
        store = await _open_store(settings)
        try:
            app.state.server = await assemble(settings, store)
            yield
        finally:
            await store.close()

    app = create_app(settings.clock, lifespan)
    if settings.static is not None:
        app.state.static = settings.static
    return app


async def _open_store(settings: Settings) -> Store:
    try:
        return await open_store(settings.database_url)
    except StoreFailed as error:
        raise Invalid(
            f"Không mở được cơ sở dữ liệu, và chưa thay đổi gì trong đó: {error}",
            f"The database cannot be opened, and nothing in it was changed: {error}",
        ) from error


async def assemble(settings: Settings, store: Store, mcus: Mcus | None = None) -> Server:
    """Put the services together over an open store, and plan what is stored.

    ``mcus``: in place of the agents that connect, for tests.
    """
    clock = settings.clock
    directory = await _directory(settings.province, store)
    secret = load_secret(settings.data)
    gateway = Gateway(directory, clock)
    observations = Observations(directory)
    mcus = mcus or gateway
    desires = Desires(directory, mcus, await store.epochs())
    hub = Hub(lambda name: _render(name), clock)
    control = ConferenceControl(
        directory, store, desires, clock, lambda name: _changed(name), settings.max_sites
    )

    def _render(name: str) -> dict[str, object] | None:
        conference = control.find(name)
        return project(conference, directory, observations) if conference else None

    def _changed(name: str) -> None:
        if control.find(name):
            hub.changed(name)
        else:
            hub.ended(name)
            observations.forget(name)

    gateway.listener = Reports(control, observations, hub, clock)
    await control.start()
    return Server(
        directory=directory,
        control=control,
        sessions=Sessions(directory, control, observations, mcus, hub),
        observations=observations,
        hub=hub,
        gateway=gateway,
        tokens=JwtTokens(secret, clock),
        agent_keys=_agent_keys(settings, secret),
        clock=clock,
        public_url=settings.public_url.rstrip("/"),
    )


def _agent_keys(settings: Settings, secret: bytes) -> AgentKeys:
    if settings.agent_keys is not None:
        return FileAgentKeys.read(settings.agent_keys)
    return DerivedAgentKeys(secret)


async def _directory(province: str, store: Store) -> Directory:
    """The stored directory; a new database gets that of the province ("": whatever is stored)."""
    stored = await store.directory()
    if stored is not None and not province:
        return stored
    named = load(province)
    if stored is None:
        await store.save_directory(named.directory())
        return named.directory()
    if named.master not in stored.mcus:
        raise Invalid(
            f"Cơ sở dữ liệu này thuộc tỉnh khác, không phải «{province}»; chọn thư mục dữ liệu"
            " khác.",
            f"This database is another province's, not {province!r}'s; choose another data folder.",
        )
    return stored


class PortTaken(OSError):
    """Another program listens there already."""


def listen(addresses: Sequence[str], port: int) -> list[socket.socket]:
    """Sockets on all addresses at one port (0: a free one); raises ``PortTaken``, ``OSError``.

    The protocol is named, since asyncio turns Nagle's algorithm off only where it is: without
    that, every answer waits 40 ms for the peer's delayed acknowledgement.
    """
    sockets: list[socket.socket] = []
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
            listener.listen(2048)
        except OSError as error:
            for one in (listener, *sockets):
                one.close()
            if error.errno != errno.EADDRINUSE:
                raise
            raise PortTaken(
                error.errno,
                f"Cổng {port} trên {address} đã có chương trình khác dùng; chọn cổng khác."
                f" / Port {port} on {address} is taken by another program; choose another.",
            ) from error
        port = listener.getsockname()[1]
        listener.setblocking(False)
        sockets.append(listener)
    return sockets


class _Uvicorn(uvicorn.Server):
    """A server that leaves signals to whoever started it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@asynccontextmanager
async def serving(
    app: FastAPI, sockets: list[socket.socket], tls: Tls | None = None, *, alone: bool = True
) -> AsyncIterator[None]:
    """Serve the application on the sockets while the block runs; it answers from the start of it.

    ``alone``: this server starts and ends the application, here and not in uvicorn, so that what
    hinders it (``Invalid``) reaches the caller. The sockets are closed at the end.
    """
    server = _Uvicorn(_config(app, tls))
    async with AsyncExitStack() as stack:
        for listener in sockets:
            stack.callback(listener.close)
        if alone:
            await stack.enter_async_context(app.router.lifespan_context(app))
        task = asyncio.create_task(server.serve(sockets))
        ready = asyncio.create_task(server.ready.wait())
        try:
            await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            yield
        finally:
            ready.cancel()
            server.should_exit = True
            await asyncio.gather(task, return_exceptions=True)


async def serve(
    app: FastAPI, plain: list[socket.socket], secure: list[socket.socket], tls: Tls | None = None
) -> None:
    """Serve until SIGINT or SIGTERM: HTTP on the plain sockets, HTTPS on the secure ones."""
    servers = [(plain, None), (secure, tls)]
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with app.router.lifespan_context(app), AsyncExitStack() as stack:
        for sockets, certificate in servers:
            if sockets:
                await stack.enter_async_context(serving(app, sockets, certificate, alone=False))
        await ended.wait()


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches the address: browsers trust its pages without TLS."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _config(app: FastAPI, tls: Tls | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        ws_per_message_deflate=False,  # small patches: not worth a compressor for each page
        timeout_graceful_shutdown=2,
        ssl_certfile=str(tls.certificate) if tls else None,
        ssl_keyfile=str(tls.key) if tls else None,
    )
