"""The `ip` command as functions: run one, list what exists."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

from diemcau.lab.errors import LabError, MissingToolError, NotPermittedError, UnsupportedError


def privilege() -> list[str]:
    """Return what goes before a command that needs root: nothing, or ``sudo -n``.

    Raises NotPermittedError where neither is to be had.
    """
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        raise NotPermittedError("network namespaces need root: run as root, or install sudo")
    if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode != 0:
        raise NotPermittedError(
            "network namespaces need root: run as root, or first run 'sudo -v' in this terminal"
        )
    return ["sudo", "-n"]


def ip_program() -> str:
    """Return the path of `ip`. Raises MissingToolError."""
    found = shutil.which("ip", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        raise MissingToolError("the command 'ip' is missing: apt-get install iproute2")
    return found


class Ip:
    """`ip`, with the privilege it needs on this machine."""

    def __init__(self) -> None:
        self.program = ip_program()
        self.privilege = privilege()

    def run(self, *args: str, check: bool = True) -> str:
        """Run ``ip ARGS`` and return what it printed. Raises LabError with its complaint."""
        result = self.root([self.program, *args])
        if check and result.returncode != 0:
            complaint = result.stderr.strip().splitlines()[-1:] or ["no message"]
            raise LabError(f"ip {' '.join(args)}: {complaint[0]}")
        return result.stdout

    def root(self, argv: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run any command as root and return its result, whatever its exit code."""
        return subprocess.run(
            [*self.privilege, *argv], capture_output=True, text=True, check=False, timeout=20
        )

    def addresses(self) -> list[tuple[int, str, str]]:
        """Return (interface index, interface name, IPv4 address) of the root namespace."""
        interfaces: list[dict[str, Any]] = json.loads(self.run("-j", "-4", "addr") or "[]")
        return [
            (entry["ifindex"], entry["ifname"], address["local"])
            for entry in interfaces
            for address in entry.get("addr_info", [])
        ]

    def namespaces(self) -> list[str]:
        """Return the names of all network namespaces that have one."""
        return [line.split()[0] for line in self.run("netns", "list").splitlines() if line.strip()]

    def links(self) -> list[str]:
        """Return the names of the root namespace's interfaces."""
        entries: list[dict[str, Any]] = json.loads(self.run("-j", "link") or "[]")
        return [entry["ifname"] for entry in entries if entry.get("ifname")]

    def pids_in(self, namespace: str) -> list[int]:
        """Return the processes alive in a namespace."""
        return [int(pid) for pid in self.run("netns", "pids", namespace, check=False).split()]

    def make_namespace(self, name: str) -> None:
        """Make a named network namespace. Raises UnsupportedError where the kernel has none."""
        result = self.root([self.program, "netns", "add", name])
        if result.returncode != 0:
            complaint = (result.stderr.strip().splitlines() or ["no message"])[-1]
            raise UnsupportedError(
                f"this machine gives no network namespaces ({complaint}): "
                "in a container, start it with --privileged or --cap-add NET_ADMIN,SYS_ADMIN"
            )
