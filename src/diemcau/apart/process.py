"""How a process that stands apart is started: a control socket, and an orderly end."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path

NICENESS = 10
"""An answer may come late; what is on air may not."""

Serve = Callable[[Path, asyncio.Event], Coroutine[None, None, None]]


def main(name: str, description: str | None, serve: Serve, niceness: int = NICENESS) -> int:
    """Call ``serve`` with the socket of the command line, and an event that is set by SIGTERM or
    SIGINT; ``niceness`` is that of its main thread, and of all that begin from it."""
    parser = argparse.ArgumentParser(prog=f"diemcau.{name}", description=description)
    parser.add_argument("--socket", type=Path, required=True, help="Unix socket to listen on")
    arguments = parser.parse_args()
    logging.basicConfig(
        stream=sys.stderr, level="INFO", format="%(levelname)s %(name)s: %(message)s"
    )
    os.nice(niceness)
    asyncio.run(_until_told(serve, arguments.socket))
    return 0


async def _until_told(serve: Serve, socket: Path) -> None:
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    await serve(socket, ending)
