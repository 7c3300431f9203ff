"""What the program costs: this mixer against a bare GStreamer pipeline doing the same work.

Four sites, 640x360 at 25 frames a second (H.264 and Opus), are composed into 720p25 with captions,
one sound for all and four mix-minus returns. Both run at the same time on the same packets, for
several rounds, so that a busy machine disturbs both alike; figures are medians of the rounds.
"""

import contextlib
import json
import os
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from diemcau.benches.cpu import cpu_time
from diemcau.mcu.ports import free_udp_ports

SYSTEM_PYTHON = "/usr/bin/python3"
SITES = 4
ROUNDS = 5
CAPTIONS = ("UBND xã Đạo Đức", "UBND xã Tam Hồng", "Sở Thông tin và Truyền thông", "UBND tỉnh")
# Second byte of an RTP header: marker bit (end of a picture) and payload type 107.
MARKED_PICTURE = 0x80 | 107
ENCODER = (
    "x264enc tune=zerolatency speed-preset=ultrafast threads=1 bitrate=1500 vbv-buf-capacity=240 "
    "key-int-max=50 aud=false ! video/x-h264,profile=constrained-baseline ! "
    "rtph264pay pt=107 config-interval=-1 aggregate-mode=zero-latency mtu=1200"
)


def run_cpu(seconds: float) -> dict[str, Any]:
    """Measure for about `seconds`; CPU figures are percent of one core (user and system).

    Returns `mixer_cpu`, `bare_cpu`, their `ratio_cpu`, `rest_cpu` (the mixer without sites),
    frames per second of both outputs, and the `rounds` behind the medians.
    """
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        ports = free_udp_ports(2 * SITES + SITES + 20)
        watched = [stack.enter_context(_Counter(ports[n])) for n in (-20, -10)]
        mixer, call = stack.enter_context(_mixer(Path(folder), ports))
        rest = _median_cpu([mixer], seconds / 5)[0]
        for site in range(SITES):
            stack.enter_context(_site(site, [ports[2 * site], ports[2 * SITES + site]]))
        bare = stack.enter_context(_bare(ports[2 * SITES : 3 * SITES], ports[-10:]))
        _put_on_air(call)
        _settle(watched)
        rounds = _rounds([mixer, bare], seconds * 4 / 5)
        fps = [counter.rate() for counter in watched]
    mixers, bares = zip(*rounds, strict=True)
    return {
        "mixer_cpu": round(statistics.median(mixers), 1),
        "bare_cpu": round(statistics.median(bares), 1),
        "ratio_cpu": round(statistics.median(m / b for m, b in rounds), 3),
        "rest_cpu": round(rest, 1),
        "mixer_fps": round(fps[0], 1),
        "bare_fps": round(fps[1], 1),
        "rounds": [[round(value, 1) for value in pair] for pair in rounds],
    }


class _Counter:
    """Counts the pictures that come to a port, so that no idle pipeline is called cheap."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self._socket.settimeout(0.2)
        self._stopping = threading.Event()
        self.frames = 0
        self._since = time.monotonic()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "_Counter":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._socket.close()

    def restart(self) -> None:
        """Begin to count anew."""
        self.frames, self._since = 0, time.monotonic()

    def rate(self) -> float:
        """Pictures a second since the last restart."""
        return self.frames / (time.monotonic() - self._since)

    def _run(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                packet = self._socket.recv(2048)
                self.frames += packet[1] == MARKED_PICTURE


def _settle(watched: list[_Counter]) -> None:
    """Wait until both outputs bring pictures, then begin to count."""
    deadline = time.monotonic() + 10
    for counter in watched:
        counter.restart()
        while counter.frames < 25:
            if time.monotonic() > deadline:
                raise TimeoutError("an output brings no pictures")
            time.sleep(0.1)
    for counter in watched:
        counter.restart()


def _rounds(processes: list[int], seconds: float) -> list[list[float]]:
    return [_cpu(processes, seconds / ROUNDS) for _ in range(ROUNDS)]


def _median_cpu(processes: list[int], seconds: float) -> list[float]:
    rounds = _rounds(processes, seconds)
    return [statistics.median(values) for values in zip(*rounds, strict=True)]


def _cpu(processes: list[int], seconds: float) -> list[float]:
    """Percent of a core each process used during the next `seconds`."""
    begin, before = time.monotonic(), [cpu_time(pid) for pid in processes]
    time.sleep(seconds)
    took = time.monotonic() - begin
    return [100 * (cpu_time(pid) - was) / took for pid, was in zip(processes, before, strict=True)]


@contextlib.contextmanager
def _running(command: list[str], **options: Any) -> Iterator[int]:
    process = subprocess.Popen(command, **options)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def _site(number: int, ports: list[int]) -> Iterator[int]:
    """A moving picture and a tone, sent to several ports."""
    clients = ",".join(f"127.0.0.1:{port}" for port in ports)
    command = (
        "gst-launch-1.0 -q videotestsrc is-live=true pattern=ball background-color=0xff305070 ! "
        "video/x-raw,format=I420,width=640,height=360,framerate=25/1 ! "
        "x264enc tune=zerolatency speed-preset=ultrafast threads=1 bitrate=600 key-int-max=25 ! "
        "video/x-h264,profile=constrained-baseline ! "
        "rtph264pay pt=107 ssrc=1010 config-interval=-1 aggregate-mode=zero-latency mtu=1200 ! "
        f"multiudpsink clients={clients} sync=false "
        f"audiotestsrc is-live=true freq={300 + 40 * number} volume=0.2 samplesperbuffer=960 ! "
        "audio/x-raw,rate=48000,channels=1 ! opusenc bitrate=32000 ! "
        f"rtpopuspay pt=111 ssrc=1000 ! multiudpsink clients={clients} sync=false"
    )
    with _running(command.split()) as pid:
        yield pid


@contextlib.contextmanager
def _mixer(folder: Path, ports: list[int]) -> Iterator[tuple[int, Any]]:
    """The mixer with four slots; yields its pid and a function that sends a command."""
    outputs = {
        name: {"port": ports[-20 + n], "rtcp_port": ports[-15 + n], "audio_ssrc": 1000}
        for n, name in enumerate(["program", *(f"return/{k}" for k in range(SITES))])
    }
    settings = {
        "inputs": [{"port": ports[2 * n], "rtcp_port": ports[2 * n + 1]} for n in range(SITES)],
        "outputs": {**outputs, "program": {**outputs["program"], "video_ssrc": 1010}},
    }
    (folder / "settings.json").write_text(json.dumps(settings))
    path = folder / "mixer.sock"
    command = [SYSTEM_PYTHON, "-m", "diemcau.mixer", "--socket", str(path)]
    command += ["--settings", str(folder / "settings.json")]
    source = str(Path(__file__).parents[2])
    with _running(command, env={**os.environ, "PYTHONPATH": source}) as pid:
        client = _connected(path)
        lines = client.makefile("rwb")

        def call(method: str, params: dict[str, Any]) -> dict[str, Any]:
            lines.write(json.dumps({"id": 1, "method": method, "params": params}).encode() + b"\n")
            lines.flush()
            while True:
                message: dict[str, Any] = json.loads(lines.readline())
                if "id" in message:
                    return message

        yield pid, call
        client.close()


def _connected(path: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    deadline = time.monotonic() + 10
    while True:
        try:
            client.connect(str(path))
            return client
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _put_on_air(call: Any) -> None:
    """All sites in a 2x2 layout, heard; returns when all are decoded."""
    for slot in range(SITES):
        call("input", {"slot": slot, "source": f"site {slot}"})
    panes = [
        {"slot": n, "x": n % 2 / 2, "y": n // 2 / 2, "w": 0.5, "h": 0.5, "caption": CAPTIONS[n]}
        for n in range(SITES)
    ]
    mix = {"buses": {"program": {"panes": panes}}, "sound": {"open": list(range(SITES))}}
    call("mix", mix)
    deadline = time.monotonic() + 10
    while any(slot["state"] != "live" for slot in call("status", {})["result"]["inputs"]):
        if time.monotonic() > deadline:
            raise TimeoutError("the sites did not come on air within 10 s")
        time.sleep(0.1)


@contextlib.contextmanager
def _bare(inputs: list[int], outputs: list[int]) -> Iterator[int]:
    """The same work in one gst-launch line, as a knowing hand would write it."""
    parts = [_bare_picture(outputs[0])]
    parts += [_bare_input(n, port) for n, port in enumerate(inputs)]
    parts += [_bare_sound(n, port) for n, port in enumerate([outputs[0], *outputs[1 : 1 + SITES]])]
    with _running(["gst-launch-1.0", "-q", *" ".join(parts).split()]) as pid:
        yield pid


def _bare_picture(port: int) -> str:
    panes = " ".join(
        f"sink_{n}::xpos={n % 2 * 640} sink_{n}::ypos={n // 2 * 360} "
        f"sink_{n}::width=640 sink_{n}::height=360"
        for n in range(SITES)
    )
    captions = " ! ".join(
        f"textoverlay text=Site-{n}-caption shaded-background=true font-desc=Sans,9 "
        f"halignment=left valignment=top xpad={n % 2 * 640 + 12} ypad={n // 2 * 360 + 320}"
        for n in range(SITES)
    )
    return (
        f"compositor name=mix background=black force-live=true latency=30000000 {panes} ! "
        "video/x-raw,format=I420,width=1280,height=720,framerate=25/1,colorimetry=bt601 ! "
        f"{captions} ! {ENCODER} ! udpsink host=127.0.0.1 port={port} sync=false async=false"
    )


def _bare_input(number: int, port: int) -> str:
    tees = " ".join(
        f"t{number}. ! queue ! m{mix}." for mix in range(1 + SITES) if mix != number + 1
    )
    return (
        f"udpsrc address=127.0.0.1 port={port} caps=application/x-rtp ! rtpptdemux name=d{number} "
        f"d{number}.src_107 ! application/x-rtp,media=video,clock-rate=90000,encoding-name=H264 ! "
        "rtpjitterbuffer latency=40 ! rtph264depay ! h264parse ! avdec_h264 max-threads=1 ! "
        f"queue leaky=downstream max-size-buffers=2 ! mix.sink_{number} "
        f"d{number}.src_111 ! application/x-rtp,media=audio,clock-rate=48000,encoding-name=OPUS ! "
        "rtpjitterbuffer latency=20 ! rtpopusdepay ! opusdec ! audio/x-raw,rate=48000,channels=1 ! "
        f"audioconvert ! audio/x-raw,format=F32LE ! tee name=t{number} {tees}"
    )


def _bare_sound(number: int, port: int) -> str:
    return (
        f"audiomixer name=m{number} output-buffer-duration=20000000 latency=30000000 ! "
        "audio/x-raw,format=F32LE,rate=48000,channels=1 ! audioconvert ! "
        "opusenc bitrate=32000 audio-type=voice complexity=5 ! rtpopuspay pt=111 ! "
        f"udpsink host=127.0.0.1 port={port} sync=false async=false"
    )


if __name__ == "__main__":
    print(json.dumps(run_cpu(40), indent=2))
