"""Mixer processes: started with their ports, spoken to over a Unix socket, found again later."""

import asyncio
import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diemcau
from diemcau.mcu.ports import free_udp_ports, give_back
from diemcau.mcu.process import Process
from diemcau.ports.media import MediaError
from diemcau.wire import Peer, RemoteError

SYSTEM_PYTHON = "/usr/bin/python3"
SEQUENCE_MARGIN = 2000
"""How far a mixer that starts anew jumps ahead in RTP sequence numbers: more than its predecessor
can have sent since its last report, less than half the number space."""

AUDIO_SSRC, VIDEO_SSRC = 1000, 1010


class MixerProcess:
    """One conference's mixer. ``folder`` holds its settings (ports), socket, pid and log."""

    def __init__(
        self, folder: Path, on_event: Callable[[dict[str, Any]], None], on_end: Callable[[], None]
    ) -> None:
        self.folder = folder
        self._on_event = on_event
        self._on_end = on_end
        self._settings_file = folder / "settings.json"
        self._socket_file = folder / "mixer.sock"
        self._process: Process | None = None
        self._peer: Peer | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._tasks: list[asyncio.Task[None]] = []
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
            "width": 1280,
            "height": 720,
            "fps": 25,
            "video_bitrate": 1_500_000,
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

    async def find_or_start(self) -> bool:
        """Connect to the mixer an earlier agent left running, else start one; True if found."""
        self._process = self._find()
        found = self._process is not None
        if self._process is None:
            self._process = await self._start()
        try:
            await self._connect()
        except MediaError:
            await self._process.stop()
            raise
        self._tasks.append(asyncio.create_task(self._watch(self._process)))
        return found

    async def call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Ask the mixer; raises ``MediaError`` with its code."""
        if self._peer is None:
            raise MediaError("mixer-gone", "the mixer is not running")
        try:
            result: dict[str, Any] = await self._peer.call(method, params, timeout=5)
        except RemoteError as error:
            raise MediaError(error.code, str(error)) from error
        except (TimeoutError, OSError) as error:
            raise MediaError("mixer-timeout", f"the mixer did not answer {method}") from error
        return result

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._writer is not None:
            self._writer.close()
        if self._process is not None:
            await self._process.stop()

    def forget(self) -> None:
        """The conference is over, or the ports were taken by others: they are free again."""
        slots = [*self.settings.get("inputs", []), *self.settings.get("outputs", {}).values()]
        give_back([slot[name] for slot in slots for name in ("port", "rtcp_port")])
        self.settings = {}
        for path in (self._settings_file, self._socket_file, self.folder / "pid"):
            path.unlink(missing_ok=True)

    def leave(self) -> None:
        """The agent ends, the mixer goes on."""
        for task in self._tasks:
            task.cancel()

    def _find(self) -> Process | None:
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.folder / "pid").read_text())
            return Process.adopt(pid, str(self._socket_file))
        return None

    async def _start(self) -> Process:
        self._socket_file.unlink(missing_ok=True)
        process = await Process.start(
            [
                SYSTEM_PYTHON, "-m", "diemcau.mixer",
                "--socket", str(self._socket_file),
                "--settings", str(self._settings_file),
            ],
            self.folder / "mixer.log",
            env=mixer_environment(),
        )  # fmt: skip
        (self.folder / "pid").write_text(str(process.pid))
        return process

    async def _connect(self) -> None:
        assert self._process is not None
        for _ in range(500):
            if self._process.ended.is_set():
                break
            try:
                reader, writer = await asyncio.open_unix_connection(
                    str(self._socket_file), limit=2**22
                )
            except OSError:
                await asyncio.sleep(0.02)
                continue
            self._writer = writer
            self._peer = Peer(self._send)
            self._tasks.append(asyncio.create_task(self._read(reader)))
            return
        raise MediaError("mixer-start", f"the mixer did not start; see {self.folder}/mixer.log")

    async def _send(self, text: str) -> None:
        assert self._writer is not None
        self._writer.write(text.encode() + b"\n")
        await self._writer.drain()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        assert self._peer is not None
        with contextlib.suppress(OSError):
            while line := await reader.readline():
                message = json.loads(line)
                if "event" in message:
                    self._note_sequence(message)
                    self._on_event(message)
                else:
                    self._peer.receive(line.decode())
        self._peer.close()

    async def _watch(self, process: Process) -> None:
        await process.ended.wait()
        self._peer = None
        self._on_end()

    def _note_sequence(self, message: dict[str, Any]) -> None:
        """Keep, for a successor, where each output's sequence numbers will safely be past."""
        if message["event"] != "stats":
            return
        for feed, report in message["outputs"].items():
            output = self.settings["outputs"][feed]
            for name in ("audio_seq", "video_seq"):
                if report.get(name) is not None:
                    output[name] = (report[name] + SEQUENCE_MARGIN) % 65536
        self._save()

    def _save(self) -> None:
        temporary = self._settings_file.with_suffix(".new")
        temporary.write_text(json.dumps(self.settings))
        temporary.replace(self._settings_file)


def mixer_environment() -> dict[str, str]:
    """What the system's Python needs to find the mixer's modules."""
    source = Path(diemcau.__file__).parent.parent
    return {**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}


def audio_index(feed: str) -> int:
    """The place of a mixer output's sound among the streams of its Janus publisher.

    Janus 1.1.2 derives a remote publisher's SSRC from this place and loses a listener that is
    switched between two publishers of the same SSRC; so every return has a place of its own.
    """
    return 2 + int(feed.removeprefix("return/")) if feed.startswith("return/") else 0
