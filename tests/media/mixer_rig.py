"""A mixer process, synthetic sources and an independent receiver, all on 127.0.0.1.

The receiver shares no code with the mixer: packets come from a plain socket, H.264 is unpacked by
RFC 6184 here, and pictures and sound are decoded by FFmpeg (PyAV).
"""

import json
import os
import select
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from diemcau.apart.arrivals import monotonic_ahead, receive, stamp

REPOSITORY = Path(__file__).parents[2]
SYSTEM_PYTHON = "/usr/bin/python3"
COLOURS = {"red": 0xFFE02020, "green": 0xFF20C020, "blue": 0xFF2040E0, "yellow": 0xFFE0E020}


def free_ports(count: int) -> list[int]:
    """UDP ports that nobody holds now."""
    held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def free_inputs(slots: int) -> list[dict[str, int]]:
    """Settings of this many inputs."""
    ports = free_ports(2 * slots)
    return [{"port": ports[2 * n], "rtcp_port": ports[2 * n + 1]} for n in range(slots)]


class PortTakenError(Exception):
    """A port was free a moment ago, and is not any more."""


@dataclass(frozen=True)
class Packet:
    """An RTP packet and when it came (monotonic seconds), as the kernel says."""

    came: float
    kind: int
    marker: bool
    seq: int
    timestamp: int
    ssrc: int
    payload: bytes


@dataclass(frozen=True)
class Frame:
    """A decoded picture: RGB array, RTP time, arrival of its last packet, keyframe or not."""

    rgb: NDArray[np.uint8]
    timestamp: int
    came: float
    key: bool


class Receiver:
    """Receives one feed on a port, and keeps every packet."""

    def __init__(self) -> None:
        self.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        stamp(self.rtp, 4 * 1024 * 1024)
        self.rtp.bind(("127.0.0.1", 0))
        self.rtcp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.rtcp.bind(("127.0.0.1", 0))
        self.packets: list[Packet] = []
        self.reports: list[tuple[bytes, Any]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self.rtp.getsockname()[1])

    @property
    def rtcp_port(self) -> int:
        return int(self.rtcp.getsockname()[1])

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self.rtp.close()
        self.rtcp.close()

    def of(self, kind: int, since: float = 0.0) -> list[Packet]:
        return [p for p in list(self.packets) if p.kind == kind and p.came >= since]

    def frames(self, since: float = 0.0) -> list[Frame]:
        """Pictures that came after `since`, decoded from the last keyframe before it on."""
        packets = self.of(107)
        keys = [n for n, p in enumerate(packets) if p.came <= since and begins_key(p)]
        decoded = decode_video(packets[keys[-1] if keys else 0 :])
        return [frame for frame in decoded if frame.came > since]

    def sound(self, since: float) -> NDArray[np.float32]:
        """Samples at 48 kHz, one channel, received after `since`."""
        return decode_audio(self.of(111, since))

    def ask_keyframe(self) -> None:
        """Send a PLI to where the mixer's reports come from."""
        _, address = self.reports[-1]
        self.rtcp.sendto(struct.pack("!BBHII", 0x81, 206, 2, 1, 1010), address)

    def _run(self) -> None:
        while not self._stop.is_set():
            for ready in select.select([self.rtp, self.rtcp], [], [], 0.1)[0]:
                data, came, address = receive(ready, monotonic_ahead())
                if ready is self.rtp:
                    self.packets.append(parse_rtp(data, came))
                else:
                    self.reports.append((data, address))


def parse_rtp(data: bytes, came: float) -> Packet:
    first, second, seq, timestamp, ssrc = struct.unpack_from("!BBHII", data)
    start = 12 + 4 * (first & 15)
    if first & 16:
        start += 4 + 4 * struct.unpack_from("!H", data, start + 2)[0]
    return Packet(came, second & 127, bool(second & 128), seq, timestamp, ssrc, data[start:])


def nals(packets: list[Packet]) -> Iterator[bytes]:
    """NAL units of one access unit (RFC 6184: single, STAP-A, FU-A)."""
    parts: list[bytes] = []
    for packet in packets:
        data = packet.payload
        kind = data[0] & 31
        if kind == 24:
            at = 1
            while at < len(data):
                size = struct.unpack_from("!H", data, at)[0]
                yield data[at + 2 : at + 2 + size]
                at += 2 + size
        elif kind == 28:
            if data[1] & 128:
                parts = [bytes([data[0] & 0xE0 | data[1] & 31])]
            parts.append(data[2:])
            if data[1] & 64:
                yield b"".join(parts)
        else:
            yield data


def access_units(packets: list[Packet]) -> Iterator[list[Packet]]:
    unit: list[Packet] = []
    for packet in packets:
        if unit and packet.timestamp != unit[0].timestamp:
            yield unit
            unit = []
        unit.append(packet)
    if unit and unit[-1].marker:
        yield unit


def begins_key(packet: Packet) -> bool:
    """Whether a packet brings a sequence parameter set, as each keyframe's first one does."""
    return packet.payload[0] & 31 in (7, 24) and any(n[0] & 31 == 7 for n in nals([packet]))


def is_key(unit: list[Packet]) -> bool:
    return any(nal[0] & 31 == 5 for nal in nals(unit))


def decode_video(packets: list[Packet]) -> Iterator[Frame]:
    decoder: Any = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    decoder.flags |= 0x80000  # low delay: one picture out for each one in
    started = False
    for unit in access_units(packets):
        key = is_key(unit)
        started = started or key
        if not started:
            continue
        data = b"".join(b"\0\0\0\1" + nal for nal in nals(unit))
        for picture in decoder.decode(av.Packet(data)):
            yield Frame(picture.to_ndarray(format="rgb24"), unit[0].timestamp, unit[-1].came, key)


def decode_audio(packets: list[Packet]) -> NDArray[np.float32]:
    decoder: Any = av.CodecContext.create("opus", "r")
    decoder.sample_rate = 48000
    decoder.layout = "mono"
    blocks = [
        frame.to_ndarray().astype(np.float32).mean(axis=0)
        for packet in packets
        for frame in decoder.decode(av.Packet(packet.payload))
    ]
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def tone_level(samples: NDArray[np.float32], hertz: float) -> float:
    """Amplitude of a sine in dB of full scale."""
    if len(samples) == 0:
        return -120.0
    window = np.hanning(len(samples))
    turn = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / 48000)
    amplitude = 2 * abs(np.sum(samples * window * turn)) / np.sum(window)
    return float(20 * np.log10(max(amplitude, 1e-6)))


def colour_name(rgb: NDArray[np.uint8]) -> str:
    """Which source's colour an area has: its mean, against the known ones; else `dark`."""
    mean = rgb.reshape(-1, 3).astype(float).mean(axis=0)
    known = {
        name: np.array([value >> 16 & 255, value >> 8 & 255, value & 255], float)
        for name, value in COLOURS.items()
    }
    name, distance = min(
        ((name, float(np.abs(mean - colour).max())) for name, colour in known.items()),
        key=lambda pair: pair[1],
    )
    if distance < 48:
        return name
    return "dark" if mean.max() < 70 else f"rgb{mean.round().astype(int).tolist()}"


class Source:
    """A site: one colour and one tone, as RTP to a slot's port. Ends with `close`."""

    def __init__(
        self,
        port: int,
        colour: str,
        hertz: int,
        size: str = "320x180",
        key_int: int = 5,
        pattern: str = "solid-color",
    ) -> None:
        width, height = size.split("x")
        pipeline = (
            f"videotestsrc is-live=true pattern={pattern} foreground-color={COLOURS[colour]} ! "
            f"video/x-raw,format=I420,width={width},height={height},framerate=25/1,"
            "colorimetry=bt709 ! "
            f"x264enc tune=zerolatency speed-preset=ultrafast threads=1 bitrate=300 "
            f"key-int-max={key_int} ! video/x-h264,profile=constrained-baseline ! "
            "rtph264pay pt=107 ssrc=1010 config-interval=-1 aggregate-mode=zero-latency mtu=1200 ! "
            f"udpsink host=127.0.0.1 port={port} sync=false "
            f"audiotestsrc is-live=true freq={hertz} volume=0.2 samplesperbuffer=960 ! "
            "audio/x-raw,rate=48000,channels=1 ! opusenc ! rtpopuspay pt=111 ssrc=1000 ! "
            f"udpsink host=127.0.0.1 port={port} sync=false"
        )
        self.process = subprocess.Popen(
            ["gst-launch-1.0", "-q", *pipeline.split()], stderr=subprocess.DEVNULL
        )

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass
class Client:
    """A client of the control socket; keeps every event with its arrival."""

    path: Path
    events: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    _number: int = 0

    def __post_init__(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(self.path))
        self._buffer = b""

    def call(self, method: str, **params: Any) -> Any:
        """The result of a command; AssertionError with the mixer's words where it refused."""
        answer = self.ask(method, **params)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        return self.raw({"id": self._number, "method": method, "params": params})

    def raw(self, message: object) -> dict[str, Any]:
        """Send anything (bytes as they are), and wait for the answer."""
        line = message if isinstance(message, bytes) else json.dumps(message).encode()
        self._socket.sendall(line + b"\n")
        deadline = time.monotonic() + 5
        while True:
            message = self._next(deadline)
            if message is not None and "event" not in message:
                return message

    def wait(self, matches: Callable[[dict[str, Any]], bool], seconds: float = 5) -> dict[str, Any]:
        """The first event, old or new, that matches."""
        for _, event in self.events:
            if matches(event):
                return event
        deadline = time.monotonic() + seconds
        while True:
            message = self._next(deadline)
            if message is not None and "event" in message and matches(message):
                return message

    def state(self, slot: int, state: str, seconds: float = 5) -> None:
        """Wait until the last word about a slot is `state`."""
        deadline = time.monotonic() + seconds
        while True:
            known = [e for _, e in self.events if e["event"] == "input" and e["slot"] == slot]
            if known and known[-1]["state"] == state:
                return
            self._next(deadline)

    def listen(self, seconds: float) -> None:
        """Collect events for a while: for measurements, not to wait for something."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._next(deadline, must=False)

    def close(self) -> None:
        self._socket.close()

    def _next(self, deadline: float, must: bool = True) -> dict[str, Any] | None:
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0:
                assert not must, "the mixer did not say what was waited for"
                return None
            if select.select([self._socket], [], [], left)[0]:
                data = self._socket.recv(65536)
                assert data, "the mixer closed the connection"
                self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        if "event" in message:
            self.events.append((time.monotonic(), message))
        return message


class Rig:
    """A running mixer with receivers for its outputs; ``prefix``: a command to run it under."""

    def __init__(
        self,
        folder: Path,
        slots: int = 4,
        buses: tuple[str, ...] = ("program",),
        prefix: tuple[str, ...] = (),
        **settings: Any,
    ) -> None:
        self.folder = folder
        self._prefix = prefix
        self.inputs = free_inputs(slots)
        self.receivers = {name: Receiver() for name in (*buses, "return/0", "return/1")}
        self.settings: dict[str, Any] = {
            "width": 640,
            "height": 360,
            "fps": 25,
            "video_bitrate": 800_000,
            "inputs": self.inputs,
            "outputs": {name: self._output(name, r) for name, r in self.receivers.items()},
            **settings,
        }
        self.sources: list[Source] = []
        self.socket = folder / "mixer.sock"
        self._start_on_free_ports(slots)

    def _start_on_free_ports(self, slots: int) -> None:
        """Start; choose other ports where somebody took one in between."""
        for _ in range(3):
            try:
                return self.start()
            except PortTakenError:
                self.inputs = self.settings["inputs"] = free_inputs(slots)
        raise PortTakenError

    def start(self) -> None:
        path = self.folder / "settings.json"
        path.write_text(json.dumps(self.settings))
        self.log = (self.folder / "mixer.log").open("ab")
        self.process = subprocess.Popen(
            [
                *self._prefix, SYSTEM_PYTHON, "-m", "diemcau.mixer",
                "--socket", self.socket, "--settings", path,
            ],
            env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src")},
            stderr=self.log,
        )  # fmt: skip
        deadline = time.monotonic() + 10
        while True:
            try:
                self.client = Client(self.socket)
                return
            except OSError:
                self._check_running()
                assert time.monotonic() < deadline, "the mixer did not listen"
                time.sleep(0.02)

    def _check_running(self) -> None:
        if self.process.poll() is not None:
            words = (self.folder / "mixer.log").read_text()
            if "port cannot be opened" in words.splitlines()[-1]:
                raise PortTakenError
            raise AssertionError(words)

    def source(self, slot: int, colour: str, hertz: int, **options: Any) -> Source:
        made = Source(self.inputs[slot]["port"], colour, hertz, **options)
        self.sources.append(made)
        return made

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        for source in self.sources:
            source.close()
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(10)
        self.client.close()
        for receiver in self.receivers.values():
            receiver.close()
        self.log.close()

    def _output(self, name: str, receiver: Receiver) -> dict[str, Any]:
        output = {
            "host": "127.0.0.1",
            "port": receiver.port,
            "rtcp_port": receiver.rtcp_port,
            "audio_ssrc": 1000,
        }
        return output if name.startswith("return/") else {**output, "video_ssrc": 1010}
