"""Run any number of synthetic sites in one process.

    PYTHONPATH=src /usr/bin/python3 -m diemcau.synthetic --config sites.json

The file: ``{"sites": [{"number", "name", "code", "whip", "token", "whep", "fault"}, …], "width",
"height", "fps", "bitrate", "motion", "play"}``; ``whep`` is what a site plays if ``play`` is true,
``fault`` one of ``faults.Fault``, if anything shall be wrong with it; ``"clip": true``: it plays a
test clip, a flash and a pip in every second.

Prints a JSON line for each change of a site's state. Takes orders as JSON lines on stdin:
``{"reconnect": "26-07-012"}`` or ``{"reconnect": "*"}``, ``{"spoil": "26-07-012", "fault":
"black"}``: what is wrong with a site from now on, "" for nothing (``faults.AT_ONCE``).
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from diemcau.synthetic.faults import Fault
from diemcau.synthetic.picture import clock_text
from diemcau.synthetic.player import Player
from diemcau.synthetic.publisher import Format, gst_init
from diemcau.synthetic.site import Site, SiteConfig, report

_NUMBERS = ("width", "height", "fps", "bitrate")
Runners = Sequence[Site | Player]


def load(path: Path) -> tuple[list[SiteConfig], Format, bool]:
    """Read a configuration file. Raises SystemExit with one line that says what is wrong."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        sites = [
            SiteConfig(**{k: v for k, v in s.items() if k in SiteConfig._fields})
            for s in data["sites"]
        ]
        numbers = {key: int(data[key]) for key in _NUMBERS if key in data}
        fmt = Format(motion=bool(data.get("motion", False)), **numbers)
        sites = [site._replace(fault=Fault(site.fault)) for site in sites]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SystemExit(f"{path}: not a configuration of synthetic sites: {error}") from error
    return sites, fmt, bool(data.get("play", False))


def tick_forever(sites: list[Site], fps: int, stopping: threading.Event) -> None:
    """Give every site its pictures, one site after another within the interval of a frame."""
    interval = 1 / fps
    start = time.monotonic()
    beat = 0
    while not stopping.is_set():
        for place, site in enumerate(sites):
            due = start + (beat + place / len(sites)) * interval
            wait = due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            site.tick(int(time.monotonic() * 1000), clock_text(time.time()))
        late = int((time.monotonic() - start) / interval) - beat
        beat += max(1, late)  # a machine that was too slow skips frames, and does not catch up


def obey(line: str, runners: Runners) -> None:
    """Carry out one order. A bad one is answered with a line that says so."""
    try:
        match json.loads(line):
            case {"reconnect": str(code)}:
                for runner in _named(code, runners):
                    runner.reconnect()
            case {"spoil": str(code), "fault": str(fault)}:
                for runner in _named(code, runners):
                    if isinstance(runner, Site):
                        runner.spoil(Fault(fault))
            case _:
                raise ValueError('not an order; try {"reconnect": "*"}')
    except ValueError as error:
        report(error=str(error), line=line.strip())


def _named(code: str, runners: Runners) -> Runners:
    return [runner for runner in runners if code in ("*", runner.config.code)]


def listen(runners: Runners) -> None:
    """Carry out the orders on stdin until it ends."""
    for line in sys.stdin:
        if line.strip():
            obey(line, runners)


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="diemcau.synthetic", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    configs, fmt, play = load(parser.parse_args().config)
    gst_init()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        sites = [Site(config, fmt) for config in configs]
    except ValueError as error:
        raise SystemExit(str(error)) from error
    players = [_player(site) for site in sites if play and _plays(site.config)]
    runners: Runners = [*sites, *players]
    for runner in runners:
        runner.start()
    threading.Thread(target=listen, args=(runners,), daemon=True).start()
    threading.Thread(target=tick_forever, args=(sites, fmt.fps, stopping), daemon=True).start()
    stopping.wait()
    for runner in runners:
        runner.stop()
    for runner in runners:
        runner.join(timeout=3)


def _plays(config: SiteConfig) -> bool:
    return bool(config.whep) and config.fault is not Fault.ONE_WAY


def _player(site: Site) -> Player:
    return Player(site.config, site.hear if site.config.fault is Fault.ECHO else None)


if __name__ == "__main__":
    main()
