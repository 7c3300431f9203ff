"""Listening and serving: HTTP on the plain sockets, HTTPS on the secure ones."""

import asyncio
import errno
import signal
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from ipaddress import ip_address

import uvicorn
from fastapi import FastAPI

from diemcau.identity import Tls


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
