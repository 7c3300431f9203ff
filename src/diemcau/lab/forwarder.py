"""The process behind `wire.py`: carries frames between a cable and a TAP, badly on purpose.

It is a script of its own, free of the package, because under sudo it must start from nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import select
import signal
import socket
import struct
import sys
import time
from collections import deque

_ETH_P_ALL = 0x0003
_SOL_PACKET = 263
_PACKET_VNET_HDR = 15
_PACKET_IGNORE_OUTGOING = 23
_TUNSETIFF = 0x400454CA
_IFF_TAP, _IFF_NO_PI, _IFF_VNET_HDR = 0x0002, 0x1000, 0x4000
_FRAME_MAX = 10 + 14 + 65535
_BUFFER = 4 << 20
_SNDBUFFORCE, _RCVBUFFORCE = 32, 33
"""Of Linux: beyond what is allowed to everybody, for this process may."""


class Losses:
    """Which packets are lost: a share of them, in runs of a mean length (Gilbert's model).

    Losses that are independent come in runs too, of 1 / (1 - loss): that is the shortest mean.
    """

    def __init__(self, loss: float, burst: float, seed: int) -> None:
        self._random = random.Random(seed)
        self._leave = 1 / max(burst, 1 / (1 - loss))
        self._enter = self._leave * loss / (1 - loss)
        self._losing = False

    def lost(self) -> bool:
        """Decide the next packet's fate."""
        chance = self._leave if self._losing else self._enter
        if self._random.random() < chance:
            self._losing = not self._losing
        return self._losing


class Delays:
    """How long packets take: a time, and up to twice the jitter more; none overtakes another."""

    def __init__(self, delay: float, jitter: float, seed: int) -> None:
        self._random = random.Random(seed)
        self._delay, self._jitter = delay, jitter
        self._latest = 0.0

    def due(self, now: float) -> float:
        """When a packet that comes now arrives."""
        takes = self._delay + 2 * self._jitter * self._random.random()
        self._latest = max(self._latest, now + takes)
        return self._latest


class Pace:
    """How many bits a line carries in a second (0: as many as come). What would wait longer than
    ``QUEUE_S`` for its turn is lost, as in a router."""

    QUEUE_S = 0.3

    def __init__(self, kbps: float) -> None:
        self._bytes_s = kbps * 125
        self._free = 0.0

    def turn(self, now: float, size: int) -> float | None:
        """When the last byte of a packet that comes now is on its way; None: it is lost."""
        if not self._bytes_s:
            return now
        if self._free - now > self.QUEUE_S:
            return None
        self._free = max(self._free, now) + size / self._bytes_s
        return self._free


class Direction:
    """One way of the line: frames wait here until their time has come."""

    def __init__(self, source: int, target: int) -> None:
        self.source, self._target = source, target
        self.waiting: deque[tuple[float, bytes]] = deque()
        self.carried = self.lost = 0
        self._delays = Delays(0, 0, 0)
        self._losses = Losses(0, 1, 0)
        self._pace = Pace(0)

    def set(self, delays: Delays, losses: Losses, pace: Pace) -> None:
        self._delays, self._losses, self._pace = delays, losses, pace

    def take_in(self, now: float) -> None:
        """Read all that is there; keep what is not lost."""
        for _ in range(64):
            try:
                frame = os.read(self.source, _FRAME_MAX)
            except (BlockingIOError, OSError):
                return
            turn = None if self._losses.lost() else self._pace.turn(now, len(frame))
            if turn is None:
                self.lost += 1
            else:
                self.waiting.append((self._delays.due(turn), frame))

    def give_out(self, now: float) -> None:
        """Send what has waited long enough."""
        while self.waiting and self.waiting[0][0] <= now:
            frame = self.waiting.popleft()[1]
            try:
                os.write(self._target, frame)
                self.carried += 1
            except OSError:  # the cable is cut, or the far buffer is full: lost, as on a real line
                self.lost += 1


def open_tap(name: str) -> int:
    """Make a TAP device that carries virtio headers; it goes with this process."""
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    flags = _IFF_TAP | _IFF_NO_PI | _IFF_VNET_HDR
    fcntl.ioctl(tap, _TUNSETIFF, struct.pack("16sH22x", name.encode(), flags))
    return tap


def open_cable(name: str) -> socket.socket:
    """Open a packet socket on an interface, with virtio headers."""
    cable = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    cable.setsockopt(_SOL_PACKET, _PACKET_VNET_HDR, 1)
    cable.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
    cable.setsockopt(socket.SOL_SOCKET, _RCVBUFFORCE, _BUFFER)
    cable.setsockopt(socket.SOL_SOCKET, _SNDBUFFORCE, _BUFFER)
    cable.bind((name, _ETH_P_ALL))
    cable.setblocking(False)
    return cable


class Forwarder:
    """Both directions, and the line of orders on stdin."""

    def __init__(self, cable: int, tap: int) -> None:
        self.up = Direction(cable, tap)
        self.down = Direction(tap, cable)
        self._orders = b""

    def run(self) -> None:
        """Carry frames until stdin ends."""
        poll = select.epoll()
        for fd in (self.up.source, self.down.source, 0):
            poll.register(fd, select.EPOLLIN)
        while True:
            events = poll.poll(self._until_next())
            now = time.monotonic()
            for fd, _ in events:
                if fd == 0:
                    if not self._obey():
                        return
                else:
                    (self.up if fd == self.up.source else self.down).take_in(now)
            now = time.monotonic()
            self.up.give_out(now)
            self.down.give_out(now)

    def _until_next(self) -> float:
        due = [direction.waiting[0][0] for direction in (self.up, self.down) if direction.waiting]
        return max(0.0, min(due) - time.monotonic()) if due else -1

    def _obey(self) -> bool:
        data = os.read(0, 65536)
        if not data:
            return False
        *lines, self._orders = (self._orders + data).split(b"\n")
        for line in lines:
            order = json.loads(line)
            if order:
                delay, jitter = order["delay_ms"] / 1000, order["jitter_ms"] / 1000
                for place, direction in enumerate((self.up, self.down)):
                    seed = 2 * order["seed"] + place
                    losses = Losses(order["loss"], order["burst"], seed)
                    pace = Pace(order["up_kbps"] if direction is self.up else 0)
                    direction.set(Delays(delay, jitter, seed), losses, pace)
            self.report()
        return True

    def report(self) -> None:
        """Print the counts as one JSON line."""
        counts = {
            "up_carried": self.up.carried,
            "up_lost": self.up.lost,
            "down_carried": self.down.carried,
            "down_lost": self.down.lost,
        }
        print(json.dumps(counts), flush=True)


def main(cable_name: str, tap_name: str) -> None:
    """Carry frames between the two until stdin ends (the controller closed it, or died)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the controller decides when the line goes
    tap = open_tap(tap_name)
    cable = open_cable(cable_name)
    forwarder = Forwarder(cable.fileno(), tap)
    forwarder.report()
    forwarder.run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
