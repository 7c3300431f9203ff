"""Signals to processes that may run behind sudo.

Started by an ordinary user, a command on a host is ``sudo … ip netns exec … command``: the process
we know is sudo, which we may not signal, and which hides the one that is meant.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

_WRAPPERS = ("sudo",)


def payload(pid: int) -> int:
    """Return the process that a wrapper runs; the process itself when it is none."""
    while _comm(pid) in _WRAPPERS:
        children = _children(pid)
        if not children:
            break
        pid = children[0]
    return pid


def send(pids: Iterable[int], number: int) -> None:
    """Send a signal to what runs in each of these processes, forgiving those that are gone."""
    for pid in map(payload, pids):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
        except PermissionError:
            argv = ["sudo", "-n", "kill", f"-{number}", str(pid)]
            subprocess.run(argv, capture_output=True, check=False)


def _comm(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _children(pid: int) -> list[int]:
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []
