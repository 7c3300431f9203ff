"""A bad line between a host and the bridge: loss, delay, a narrow way up. A process carries frames.

The kernels we meet have no ``sch_netem``. So the host's cable is taken off the bridge and a TAP
device put in its place, and this module, run as a process of its own, carries Ethernet frames
between the two, losing some and holding each for a while.

It reads settings as JSON lines on stdin and answers each with its counts on stdout. Frames travel
with their virtio header (checksum not yet computed, segments not yet cut), because a veth pair
leaves that work to a network card that does not exist.
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from diemcau.lab.errors import LabError, WireError
from diemcau.lab.ip import Ip
from diemcau.lab.signals import send

_FORWARDER = Path(__file__).with_name("forwarder.py")
_QUEUE = "10000"
"""Frames that wait while the forwarder stands still; the usual 1000 are 1.6 s of a busy line."""


class Wire:
    """The controlling side: puts the forwarder in place, sets it, takes it out."""

    def __init__(self, ip: Ip, cable: str, tap: str, bridge: str) -> None:
        self._ip, self._cable, self._tap, self._bridge = ip, cable, tap, bridge
        self._process = subprocess.Popen(
            [*ip.privilege, sys.executable, str(_FORWARDER), cable, tap],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            self._read()
            self._insert()
        except LabError:
            self.remove()
            raise

    def set(
        self,
        *,
        loss: float,
        delay_ms: float,
        jitter_ms: float,
        burst: float,
        up_kbps: float,
        seed: int,
    ) -> None:
        """Set share of loss (0–1), delay each way and its jitter (ms), mean length of a loss, and
        what is carried from the host (kbit/s; 0: all). Raises WireError."""
        if not 0 <= loss < 1 or min(delay_ms, jitter_ms, up_kbps) < 0 or burst < 1:
            raise WireError("loss must be in 0–1, burst at least 1, the others at least 0")
        self._ask(
            {
                "loss": loss, "delay_ms": delay_ms, "jitter_ms": jitter_ms, "burst": burst,
                "up_kbps": up_kbps, "seed": seed,
            }
        )  # fmt: skip

    def counts(self) -> dict[str, int]:
        """Return frames carried and lost: up is from the host, down is to it. Raises WireError."""
        return self._ask({})

    def remove(self) -> None:
        """Put the cable back on the bridge and end the forwarder."""
        with contextlib.suppress(LabError):
            self._ip.run("link", "set", self._cable, "master", self._bridge)
        if self._process.stdin:
            self._process.stdin.close()  # the forwarder ends at the end of its input
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            send([self._process.pid], signal.SIGKILL)
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def _insert(self) -> None:
        # The cable's end in the root namespace must not answer for the machine by itself.
        self._ip.root(["sysctl", "-qw", f"net.ipv4.conf.{self._cable}.arp_ignore=8"])
        self._ip.run("link", "set", self._tap, "addrgenmode", "none", check=False)
        self._ip.run("link", "set", self._tap, "master", self._bridge, "txqueuelen", _QUEUE, "up")
        self._ip.run("link", "set", self._cable, "nomaster")

    def _ask(self, request: dict[str, Any]) -> dict[str, int]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise WireError(f"the wire on {self._cable} has ended") from error
        return self._read()

    def _read(self) -> dict[str, int]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise WireError(f"the wire on {self._cable} ended; its complaint is on stderr")
        counts: dict[str, int] = json.loads(line)
        return counts
