"""Command line of the examiner."""

from __future__ import annotations

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from diemcau.apart.lines import Lines
from diemcau.apart.process import NICENESS, main
from diemcau.examiner.control import Control
from diemcau.examiner.examination import warm


async def _serve(socket: Path, ending: asyncio.Event) -> None:
    # Whoever analyses gives way; who listens and sends chirps has its moments to keep.
    with ThreadPoolExecutor(os.cpu_count(), initializer=lambda: os.nice(NICENESS)) as executor:
        executor.submit(warm)
        lines = Lines(socket, lambda: Control(executor))
        await lines.start()
        await ending.wait()
        await lines.close()


if __name__ == "__main__":
    sys.exit(main("examiner", __doc__, _serve, niceness=0))
