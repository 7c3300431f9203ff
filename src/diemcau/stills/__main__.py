"""Command line of the stills' process: a control socket, and an orderly end."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from diemcau.apart.lines import Lines
from diemcau.stills.control import Control
from diemcau.stills.decoder import Decoder, Gst
from diemcau.stills.taker import Taker

NICENESS = 10
"""A still may come late; what is on air may not."""


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="diemcau.stills", description=__doc__)
    parser.add_argument("--socket", type=Path, required=True, help="Unix socket to listen on")
    arguments = parser.parse_args()
    logging.basicConfig(
        stream=sys.stderr, level="INFO", format="%(levelname)s %(name)s: %(message)s"
    )
    os.nice(NICENESS)
    Gst.init(None)
    asyncio.run(_run(arguments.socket))
    return 0


async def _run(socket: Path) -> None:
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    taker = Taker(Decoder())
    control = Control(taker)
    lines = Lines(socket, lambda: control)
    await taker.open()
    await lines.start()
    await ending.wait()
    lines.close()
    taker.close()


if __name__ == "__main__":
    sys.exit(main())
