"""Free ports of this host, so that several MCUs and several runs live side by side.

UDP ports are handed out some time before they are opened. So they come from below the ranges in
which anybody picks by himself (Janus's RTP, the system's ephemeral ports), and none is handed out
twice by one process.
"""

import random
import socket
from contextlib import suppress

UDP_FIRST, UDP_LAST = 10_000, 19_999

_handed_out: set[int] = set()


def free_udp_ports(count: int, host: str = "127.0.0.1") -> list[int]:
    """Ports that nobody holds now and that were not handed out before.

    Raises ``OSError`` when there are not so many.
    """
    candidates = [port for port in range(UDP_FIRST, UDP_LAST + 1) if port not in _handed_out]
    random.shuffle(candidates)
    found: list[int] = []
    for port in candidates:
        if len(found) == count:
            break
        with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((host, port))
            found.append(port)
    if len(found) < count:
        raise OSError(f"no {count} free UDP ports between {UDP_FIRST} and {UDP_LAST} on {host}")
    _handed_out.update(found)
    return found


def give_back(ports: list[int]) -> None:
    """The ports may be handed out again."""
    _handed_out.difference_update(ports)


def free_tcp_ports(count: int, host: str = "127.0.0.1") -> list[int]:
    """Ports that nobody holds now. Held together while being picked, so all differ."""
    held = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for one in held:
            one.bind((host, 0))
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()
