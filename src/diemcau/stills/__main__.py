"""Command line of the stills' process."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from diemcau.apart.lines import Lines
from diemcau.apart.process import main
from diemcau.stills.control import Control
from diemcau.stills.decoder import Decoder, Gst
from diemcau.stills.taker import Taker


async def _serve(socket: Path, ending: asyncio.Event) -> None:
    Gst.init(None)
    taker = Taker(Decoder())
    control = Control(taker)
    lines = Lines(socket, lambda: control)
    await taker.open()
    await lines.start()
    await ending.wait()
    await lines.close()
    taker.close()


if __name__ == "__main__":
    sys.exit(main("stills", __doc__, _serve))
