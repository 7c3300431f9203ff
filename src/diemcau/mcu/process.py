"""Processes that outlive their parent: Janus and mixers go on when their agent dies.

Whoever starts one writes down its pid; whoever comes later watches it by pid, child or not.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from pathlib import Path


class Process:
    """A running process known by its pid; ``ended`` is set when it is no more."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.ended = asyncio.Event()
        self._fd = os.pidfd_open(pid)
        asyncio.get_running_loop().add_reader(self._fd, self._gone)

    @classmethod
    async def start(
        cls, argv: Sequence[str], log: Path, env: dict[str, str] | None = None
    ) -> "Process":
        """Start in a session of its own, so that a signal to the agent's group spares it."""
        with log.open("ab") as output:
            child = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=env,
                start_new_session=True,
            )
        return cls(child.pid)

    @classmethod
    def adopt(cls, pid: int, marker: str) -> "Process | None":
        """The process of that pid, if it is alive and has ``marker`` in its command line."""
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return None
        return cls(pid) if marker.encode() in command else None

    async def stop(self, grace_s: float = 2.0) -> None:
        """End it: politely, then after ``grace_s`` seconds for good."""
        for number, wait in ((signal.SIGTERM, grace_s), (signal.SIGKILL, grace_s)):
            if self.ended.is_set():
                return
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._fd, number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), wait)

    def _gone(self) -> None:
        asyncio.get_running_loop().remove_reader(self._fd)
        os.close(self._fd)
        self.ended.set()
