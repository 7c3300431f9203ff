"""A network that lets no UDP through, as guest Wi-Fi and strict firewalls do."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

EPHEMERAL = "32768-60999"
"""Linux's ``net.ipv4.ip_local_port_range`` as it comes."""


@contextmanager
def udp_blocked(inside: Sequence[str]) -> Iterator[None]:
    """The host's rules refuse every datagram of a browser, whose ports are the system's choice (an
    MCU's are its own); what is not UDP goes on. ``inside``: the command that runs another one in
    the host's network."""

    def rule(*arguments: str) -> None:
        subprocess.run([*inside, "ip", "rule", *arguments], check=True)

    # The table of local addresses comes first by default, before any rule could refuse.
    rule("add", "pref", "100", "lookup", "local")
    rule("del", "pref", "0")
    rule("add", "pref", "50", "ipproto", "udp", "sport", EPHEMERAL, "prohibit")
    try:
        yield
    finally:
        rule("del", "pref", "50")
        rule("add", "pref", "0", "lookup", "local")
        rule("del", "pref", "100")
