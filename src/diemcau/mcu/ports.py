"""Free ports of this host, so that several MCUs and several runs live side by side."""

import socket
from contextlib import ExitStack


def free_udp_ports(count: int, host: str = "127.0.0.1") -> list[int]:
    """Ports nobody holds now. Held together while being picked, so all differ."""
    return _free_ports(count, host, socket.SOCK_DGRAM)


def free_tcp_ports(count: int, host: str = "127.0.0.1") -> list[int]:
    return _free_ports(count, host, socket.SOCK_STREAM)


def _free_ports(count: int, host: str, kind: socket.SocketKind) -> list[int]:
    with ExitStack() as stack:
        ports = []
        for _ in range(count):
            held = stack.enter_context(socket.socket(socket.AF_INET, kind))
            held.bind((host, 0))
            ports.append(int(held.getsockname()[1]))
        return ports
