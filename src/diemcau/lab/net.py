"""Hosts as network namespaces, joined by one bridge: a province on one machine.

Janus and aioice do no ICE on loopback, and a cut cable or a lossy line needs a network that can
be cut. So every host of a laboratory is a network namespace with one interface, ``eth0``, on a
bridge of 10.77.<k>.0/24. The machine itself has the address .1 there: a server or a browser
outside reaches the hosts and they reach it.

    with Network() as network:
        vnpt = network.host("vnpt")
        agent = vnpt.spawn(["diemcau", "mcu", …], log=Path("vnpt.log"))
        vnpt.lossy(loss=0.05, delay_ms=30)
        vnpt.cut()
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from diemcau.lab.errors import LabError, NoAddressError, UnsupportedError
from diemcau.lab.ip import Ip
from diemcau.lab.owners import alive, claim_tag, dead_tags, release_tag
from diemcau.lab.signals import send
from diemcau.lab.wire import Wire

GRACE_SECONDS = 3.0
_HOST_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,40}$")


class HostProcess(subprocess.Popen[bytes]):
    """A process on a host; signals reach the command itself, also behind sudo."""

    def send_signal(self, sig: int) -> None:
        """Send a signal to the command."""
        if self.poll() is None:
            send([self.pid], sig)


class Host:
    """One machine of the laboratory: a network namespace with an address and a cable."""

    def __init__(self, network: Network, name: str, number: int) -> None:
        self.name = name
        self.address = f"10.77.{network.subnet}.{number + 1}"
        self.namespace = f"{network.tag}-{name}"
        self.cable = f"{network.tag}-v{number}"
        self._tap = f"{network.tag}-t{number}"
        self._network = network
        self._ip = network.ip
        self._wire: Wire | None = None
        self._processes: list[HostProcess] = []

    def __repr__(self) -> str:
        return f"Host({self.name!r}, {self.address!r})"

    def command(self, argv: Sequence[str], env: Mapping[str, str] | None = None) -> list[str]:
        """Return the command line that runs `argv` on this host, for any process starter.

        Started by root it *becomes* the command (same pid); under sudo it is sudo's child, and
        runs as the user again.
        """
        settings = [f"{key}={value}" for key, value in (env or {}).items()]
        inner = ["env", *settings, *argv] if settings else list(argv)
        if self._ip.privilege:
            user = [f"--reuid={os.getuid()}", f"--regid={os.getgid()}", "--init-groups"]
            kept = [f"{key}={os.environ[key]}" for key in ("PATH", "HOME") if key in os.environ]
            inner = ["setpriv", *user, "env", *kept, *inner]
        return [*self._ip.privilege, self._ip.program, "netns", "exec", self.namespace, *inner]

    def spawn(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        stdin: int | IO[bytes] | None = subprocess.DEVNULL,
        stdout: int | IO[bytes] | None = None,
        stderr: int | IO[bytes] | None = None,
        log: Path | None = None,
        cwd: Path | None = None,
    ) -> HostProcess:
        """Start a command on this host.

        `env` is added to the environment; `log` is a file that gets what `stdout` and `stderr`
        do not claim (appended). The process ends with the network at the latest.
        """
        with contextlib.ExitStack() as stack:
            if log is not None:
                log.parent.mkdir(parents=True, exist_ok=True)
                target = stack.enter_context(log.open("ab"))
                stdout = target if stdout is None else stdout
                stderr = target if stderr is None else stderr
            process = HostProcess(
                self.command(argv, env), stdin=stdin, stdout=stdout, stderr=stderr, cwd=cwd
            )
        self._processes.append(process)
        return process

    def pids(self) -> list[int]:
        """Return the processes alive on this host."""
        return self._ip.pids_in(self.namespace)

    def cut(self) -> None:
        """Pull the cable: nothing passes either way until `mend`, and the host sees it."""
        self._ip.run("link", "set", self.cable, "down")

    def mend(self) -> None:
        """Put the cable back."""
        self._ip.run("link", "set", self.cable, "up")

    def cut_beyond(self) -> None:
        """Cut the line behind the switch: nothing passes until `mend_beyond`, and the host sees
        nothing of it. Not for a `lossy` line."""
        self._ip.run("link", "set", self.cable, "nomaster")

    def mend_beyond(self) -> None:
        """Mend the line behind the switch."""
        self._ip.run("link", "set", self.cable, "master", self._network.bridge)

    def lossy(
        self,
        loss: float = 0.02,
        delay_ms: float = 30.0,
        *,
        jitter_ms: float = 0.0,
        burst: float = 1.0,
        up_kbps: float = 0.0,
        seed: int = 1,
    ) -> None:
        """Make the line to this host a bad one, in both directions.

        `loss` is the share of packets lost (0–1), `burst` the mean number lost in a row,
        `delay_ms` what every packet takes each way, and up to twice `jitter_ms` more; `up_kbps` is
        what it carries from the host (0: all). Calling it again changes the line in place.
        Raises WireError.
        """
        if self._wire is None:
            self._wire = Wire(self._ip, self.cable, self._tap, self._network.bridge)
        self._wire.set(
            loss=loss,
            delay_ms=delay_ms,
            jitter_ms=jitter_ms,
            burst=burst,
            up_kbps=up_kbps,
            seed=seed,
        )

    def clean(self) -> None:
        """Make the line a good one again."""
        if self._wire is not None:
            self._wire.remove()
            self._wire = None

    def wire_counts(self) -> dict[str, int]:
        """Return packets carried and lost each way by the lossy line. Raises WireError."""
        if self._wire is None:
            return {"up_carried": 0, "up_lost": 0, "down_carried": 0, "down_lost": 0}
        return self._wire.counts()

    def close(self) -> None:
        """End everything alive here and remove the host."""
        with contextlib.suppress(LabError):
            self.clean()
        end_processes(self._ip, self.namespace, GRACE_SECONDS)
        for process in self._processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1)
        self._ip.run("netns", "del", self.namespace, check=False)
        self._ip.run("link", "del", self.cable, check=False)


class Network:
    """A bridge with hosts. Use as a context manager, or call `close`.

    Raises NotPermittedError, MissingToolError, UnsupportedError or NoAddressError.
    """

    def __init__(self) -> None:
        self.ip = Ip()
        remove_leftovers(self.ip)
        self.tag = claim_tag()
        self.bridge = f"{self.tag}-b"
        self.hosts: dict[str, Host] = {}
        self.subnet = self._make_bridge()
        self.address = f"10.77.{self.subnet}.1"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def host(self, name: str) -> Host:
        """Return the host of this name, made on first use. Small letters, digits, hyphens."""
        if name not in self.hosts:
            if not _HOST_NAME.match(name):
                raise LabError(f"host name {name!r}: use small letters, digits and hyphens")
            self.hosts[name] = self._make_host(name)
        return self.hosts[name]

    def close(self) -> None:
        """End every process on the hosts and remove hosts and bridge. May be called twice."""
        for host in self.hosts.values():
            send(host.pids(), signal.SIGTERM)
        for host in self.hosts.values():
            host.close()
        self.hosts.clear()
        self.ip.run("link", "del", self.bridge, check=False)
        release_tag(self.tag)

    def _make_bridge(self) -> int:
        try:
            self.ip.run("link", "add", "name", self.bridge, "type", "bridge")
        except LabError as error:
            raise UnsupportedError(f"no bridge can be made here: {error}") from error
        # Without this the bridge takes the lowest MAC of its ports, and changes it with them.
        self.ip.run("link", "set", self.bridge, "address", "02:4d:00:00:00:01")
        self.ip.run("link", "set", self.bridge, "up")
        for step in range(254):
            subnet = (os.getpid() + step) % 254 + 1
            if self._claim(subnet):
                return subnet
        self.ip.run("link", "del", self.bridge, check=False)
        raise NoAddressError("all of 10.77.1–254.0/24 are in use: end other runs first")

    def _claim(self, subnet: int) -> bool:
        """Take the subnet unless another interface has it; of two at once the elder keeps it."""
        prefix = f"10.77.{subnet}."

        def holders() -> list[tuple[int, str]]:
            return [(i, n) for i, n, address in self.ip.addresses() if address.startswith(prefix)]

        if holders():
            return False
        self.ip.run("addr", "add", f"{prefix}1/24", "dev", self.bridge)
        if min(holders())[1] == self.bridge:
            return True
        self.ip.run("addr", "del", f"{prefix}1/24", "dev", self.bridge)
        return False

    def _make_host(self, name: str) -> Host:
        host = Host(self, name, len(self.hosts) + 1)
        self.ip.make_namespace(host.namespace)
        inside = ["-n", host.namespace]
        peer = ["peer", "name", "eth0", "netns", host.namespace]
        self.ip.run("link", "add", host.cable, "type", "veth", *peer)
        self._ignore_ipv6(host)
        self.ip.run(*inside, "addr", "add", f"{host.address}/24", "dev", "eth0")
        self.ip.run(*inside, "link", "set", "lo", "up")
        self.ip.run(*inside, "link", "set", "eth0", "up")
        self.ip.run("link", "set", host.cable, "master", self.bridge)
        self.ip.run("link", "set", host.cable, "up")
        return host

    def _ignore_ipv6(self, host: Host) -> None:
        """Leave one address per host: ICE gathers less, and no neighbour discovery is lost."""
        off = "net.ipv6.conf.all.disable_ipv6=1"
        self.ip.root([self.ip.program, "netns", "exec", host.namespace, "sysctl", "-qw", off])
        self.ip.run("link", "set", host.cable, "addrgenmode", "none", check=False)


def end_processes(ip: Ip, namespace: str, grace: float) -> None:
    """End everything in a namespace: SIGTERM, then after `grace` seconds SIGKILL."""
    pids = ip.pids_in(namespace)
    send(pids, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while pids and time.monotonic() < deadline:
        time.sleep(0.02)
        pids = [pid for pid in ip.pids_in(namespace) if alive(pid)]
    send(pids, signal.SIGKILL)


def remove_leftovers(ip: Ip) -> list[str]:
    """Remove namespaces and interfaces of runs whose owner is dead; return their names."""
    removed: list[str] = []
    for tag in dead_tags():
        namespaces = [name for name in ip.namespaces() if name.startswith(f"{tag}-")]
        for namespace in namespaces:
            end_processes(ip, namespace, grace=0.5)
            ip.run("netns", "del", namespace, check=False)
        links = [name for name in ip.links() if name.startswith(f"{tag}-")]
        for link in links:
            ip.run("link", "del", link, check=False)
        release_tag(tag)
        removed += namespaces + links
    return removed
