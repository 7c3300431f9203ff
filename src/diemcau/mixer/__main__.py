"""Command line of the mixer: settings in, a control socket, and an orderly end."""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any

from diemcau.mixer.control import Control
from diemcau.mixer.engine import Engine
from diemcau.mixer.errors import MixerError
from diemcau.mixer.gst import Gst
from diemcau.mixer.settings import Settings, parse_settings

log = logging.getLogger("diemcau.mixer")

# The beats must not wait 5 ms for another thread to give up the interpreter.
SWITCH_SECONDS = 0.001
# Everybody sees a late beat of the mixer: it comes before other work where the system allows it.
NICENESS = -10


def main() -> int:
    """Run one mixer until `stop`, SIGTERM or SIGINT; 0, 1 after a failure, 2 for bad arguments."""
    parser = argparse.ArgumentParser(prog="diemcau.mixer", description=__doc__)
    parser.add_argument("--socket", type=Path, required=True, help="Unix socket to listen on")
    parser.add_argument(
        "--settings", type=Path, required=True, help="JSON file with ports and rates"
    )
    arguments = parser.parse_args()
    logging.basicConfig(
        stream=sys.stderr, level="INFO", format="%(levelname)s %(name)s: %(message)s"
    )
    sys.setswitchinterval(SWITCH_SECONDS)
    with contextlib.suppress(PermissionError):
        os.nice(NICENESS)
    try:
        settings = parse_settings(_load(arguments.settings))
        Gst.init(None)
        return asyncio.run(_run(arguments.socket, settings))
    except MixerError as error:
        log.error("%s: %s", error.code, error.message)
        return 2


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise MixerError("settings", f"cannot read {path}: {error}") from error


async def _run(socket: Path, settings: Settings) -> int:
    controls: list[Control] = []

    def send(event: dict[str, Any]) -> None:
        for control in controls:
            control.send(event)

    engine = _engine(settings, send)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, engine.stopping.set)
    await engine.start()
    try:
        await _serve(Control(socket, engine.handle), engine, controls)
    finally:
        await engine.stop()
    return 1 if engine.failure else 0


async def _serve(control: Control, engine: Engine, controls: list[Control]) -> None:
    """Take commands until the end; who connects finds a mixer that runs."""
    await control.start()
    controls.append(control)
    log.info("ready for commands")
    await engine.stopping.wait()
    await asyncio.sleep(0)
    await control.close()


def _engine(settings: Settings, send: Any) -> Engine:
    try:
        return Engine(settings, send)
    except OSError as error:
        raise MixerError("port", f"a port cannot be opened: {error}; choose free ones") from error


if __name__ == "__main__":
    sys.exit(main())
