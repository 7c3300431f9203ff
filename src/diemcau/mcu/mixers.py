"""Mixer processes: started with their ports, spoken to over a Unix socket, found again later."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from diemcau.mcu.apart import LOOK_AGAIN_S, Apart
from diemcau.mcu.ports import free_udp_ports, give_back
from diemcau.mcu.process import Process
from diemcau.mcu.program import Program
from diemcau.ports.media import MediaError

log = structlog.get_logger(__name__)

SEQUENCE_MARGIN = 2000
"""How far a mixer that starts anew jumps ahead in RTP sequence numbers: more than its predecessor
can have sent since its last report, less than half the number space."""

AUDIO_SSRC, VIDEO_SSRC = 1000, 1010
CHIRP_INDEX = 30
CHIRP_SSRC = AUDIO_SSRC + 10 * CHIRP_INDEX


class MixerProcess(Apart):
    """One conference's mixer. ``folder`` holds its settings (ports), socket, pid and log;
    ``on_again`` is told that the line to it was cut and goes on."""

    def __init__(
        self,
        folder: Path,
        program: Program,
        on_event: Callable[[dict[str, Any]], None],
        on_again: Callable[[], None],
        on_end: Callable[[], None],
    ) -> None:
        super().__init__("mixer", folder, self._heard, on_end)
        self._program = program
        self._tell = on_event
        self._on_again = on_again
        self._settings_file = folder / "settings.json"
        self.settings: dict[str, Any] = {}

    def prepare(self, slots: int, feeds: list[str]) -> None:
        """Fix the ports, once for the life of the conference: Janus and mixer both know them."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(OSError, ValueError):
            self.settings = json.loads(self._settings_file.read_text())
        if len(self.settings.get("inputs", [])) == slots and set(feeds) == set(
            self.settings["outputs"]
        ):
            return
        ports = iter(free_udp_ports(2 * (slots + len(feeds))))
        self.settings = {
            **self._program._asdict(),
            "video_bitrate": self._program.bitrate,
            "audio_bitrate": 32_000,
            "inputs": [{"port": next(ports), "rtcp_port": next(ports)} for _ in range(slots)],
            "outputs": {
                feed: {
                    "host": "127.0.0.1",
                    "port": next(ports),
                    "rtcp_port": next(ports),
                    "audio_ssrc": AUDIO_SSRC + 10 * audio_index(feed),
                    "video_ssrc": VIDEO_SSRC,
                }
                for feed in feeds
            },
        }
        self._save()

    def forget(self) -> None:
        """The conference is over, or the ports were taken by others: they are free again."""
        slots = [*self.settings.get("inputs", []), *self.settings.get("outputs", {}).values()]
        give_back([slot[name] for slot in slots for name in ("port", "rtcp_port")])
        self.settings = {}
        for path in (self._settings_file, self._socket_file, self._pid_file):
            path.unlink(missing_ok=True)

    def arguments(self) -> list[str]:
        return ["--settings", str(self._settings_file)]

    async def _mend(self, process: Process) -> asyncio.StreamReader | None:
        """A mixer on air goes on without its agent: connect again, and end it only where that
        fails. Of one that dies the line ends a little earlier than itself."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.ended.wait(), LOOK_AGAIN_S)
        try:
            line = await self._connect(process)
        except MediaError:
            return await super()._mend(process)
        log.warning("the line to a mixer was cut", folder=str(self.folder))
        self._on_again()
        return line

    def _heard(self, message: dict[str, Any]) -> None:
        self._note_sequence(message)
        self._tell(message)

    def _note_sequence(self, message: dict[str, Any]) -> None:
        """Keep, for a successor, where each output's sequence numbers will safely be past."""
        if message["event"] != "stats":
            return
        for feed, report in message["outputs"].items():
            output = self.settings["outputs"][feed]
            for name in ("audio_seq", "video_seq"):
                if report.get(name) is not None:
                    output[name] = (report[name] + SEQUENCE_MARGIN) % 65536
        try:
            self._save()
        except OSError as error:
            log.warning("sequence numbers not kept", folder=str(self.folder), error=str(error))

    def _save(self) -> None:
        temporary = self._settings_file.with_suffix(".new")
        temporary.write_text(json.dumps(self.settings))
        temporary.replace(self._settings_file)


def audio_index(feed: str) -> int:
    """The place of a feed's sound among the streams of its Janus publisher, for a feed that comes
    as RTP.

    Janus 1.1.2 derives a remote publisher's SSRC from this place and loses a listener that is
    switched between two publishers of the same SSRC; so every return has a place of its own, and
    the chirps have one beyond them.
    """
    if feed.startswith("chirp/"):
        return CHIRP_INDEX
    return 2 + int(feed.removeprefix("return/")) if feed.startswith("return/") else 0
