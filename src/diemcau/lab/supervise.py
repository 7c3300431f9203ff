"""Keeps named commands running, as systemd would on a real host.

The demo and the fault tests kill processes on purpose; what died comes back at once. Only a
command that dies again and again is made to wait, so that a wrong option does not eat the machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from diemcau.lab.errors import LabError
from diemcau.lab.signals import payload, send

STEADY_SECONDS = 5.0
"""A command that ran this long and died is restarted at once."""
BACK_OFF = (0.0, 0.0, 0.25, 0.5, 1.0, 2.0)
"""Wait before the n-th restart in a row of a command that does not stay up, in seconds."""
GRACE_SECONDS = 5.0


@dataclass
class _Command:
    name: str
    argv: Sequence[str]
    env: Mapping[str, str] | None
    cwd: Path | None
    log: Path
    stop: int
    takes_orders: bool
    process: asyncio.subprocess.Process | None = None
    task: asyncio.Task[None] | None = None
    starts: int = 0
    started: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: asyncio.Event = field(default_factory=asyncio.Event)


class Supervisor:
    """Named commands that are kept running until `stop`.

    `folder` gets one log file per command, ``<name>.log``. `on_exit` is told name and exit code
    of every death that was not asked for.
    """

    def __init__(
        self, folder: Path, on_exit: Callable[[str, int], None] = lambda name, code: None
    ) -> None:
        self._folder = folder
        self._on_exit = on_exit
        self._commands: dict[str, _Command] = {}

    async def __aenter__(self) -> Supervisor:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(
        self,
        name: str,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stop: int = signal.SIGTERM,
        takes_orders: bool = False,
    ) -> int:
        """Start a command and keep it running; return its pid. `env` is added to ours, `stop` is
        the signal that ends it, `takes_orders`: it reads lines from stdin (`order`).

        Raises LabError for a name in use, OSError for a program that cannot be run.
        """
        if name in self._commands:
            raise LabError(f"a command named {name!r} is already kept running")
        self._folder.mkdir(parents=True, exist_ok=True)
        command = _Command(name, argv, env, cwd, self._folder / f"{name}.log", stop, takes_orders)
        command.wanted.set()
        await self._launch(command)
        self._commands[name] = command
        command.task = asyncio.create_task(self._keep(command), name=f"keep {name}")
        assert command.process is not None
        return payload(command.process.pid)

    def pid(self, name: str) -> int | None:
        """Return the pid now (that of the command, also behind sudo), or None while it is down."""
        process = self._commands[name].process
        return payload(process.pid) if process is not None and process.returncode is None else None

    def order(self, name: str, line: str) -> None:
        """Give a running command that takes orders one more."""
        process = self._commands[name].process
        assert process is not None
        assert process.stdin is not None
        process.stdin.write(line.encode() + b"\n")

    def starts(self, name: str) -> int:
        """Return how often the command was started (1 = never died)."""
        return self._commands[name].starts

    def log(self, name: str) -> Path:
        """Return the command's log file."""
        return self._commands[name].log

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to the command alone, not to its children; it is then restarted."""
        pid = self.pid(name)
        if pid is not None:
            self._commands[name].started.clear()
            send([pid], number)

    @asynccontextmanager
    async def down(self, *names: str) -> AsyncIterator[None]:
        """Kill these commands, and start them again only at the end of the block."""
        for name in names:
            self._commands[name].wanted.clear()
            self.kill(name)
        try:
            yield
        finally:
            for name in names:
                self._commands[name].wanted.set()

    async def wait_started(self, name: str) -> int:
        """Wait until the command runs (again) after `kill`; return its pid."""
        command = self._commands[name]
        await command.started.wait()
        assert command.process is not None
        return payload(command.process.pid)

    async def end(self, name: str) -> None:
        """Stop one command for good: its signal to it, after a grace SIGKILL to all it started."""
        command = self._commands.pop(name, None)
        if command is not None:
            await _end(command)

    async def stop(self) -> None:
        """Stop every command for good, all at the same time."""
        commands, self._commands = list(self._commands.values()), {}
        await asyncio.gather(*(_end(command) for command in commands))

    async def _launch(self, command: _Command) -> None:
        with command.log.open("ab") as log:
            command.process = await asyncio.create_subprocess_exec(
                *command.argv,
                stdin=asyncio.subprocess.PIPE
                if command.takes_orders
                else asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=command.cwd,
                env={**os.environ, **(command.env or {})},
                start_new_session=True,
            )
        command.starts += 1
        command.started.set()

    async def _keep(self, command: _Command) -> None:
        deaths = 0
        while True:
            assert command.process is not None
            begun = time.monotonic()
            code = await command.process.wait()
            self._on_exit(command.name, code)
            deaths = 0 if time.monotonic() - begun >= STEADY_SECONDS else deaths + 1
            await asyncio.sleep(BACK_OFF[min(deaths, len(BACK_OFF) - 1)])
            await command.wanted.wait()
            await self._launch(command)


async def _end(command: _Command) -> None:
    if command.task is not None:
        command.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await command.task
    process = command.process
    if process is None:
        return
    if process.returncode is None:
        send([process.pid], command.stop)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), GRACE_SECONDS)
    # What the command itself started and left behind is in its session's process group.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
