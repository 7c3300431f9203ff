"""The recording of the programme: begun and ended as told, and watched while it goes on.

A part that fails, by a disk that is full or broken, is told of and stays failed; whoever wants the
recording to go on asks for another file.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from diemcau.mixer.errors import MixerError
from diemcau.mixer.messages import RecordOrder
from diemcau.mixer.part import Part, PartState, free_bytes

log = logging.getLogger(__name__)

# What must be free before a part is begun, by the reserve and in bytes: else it would end as it
# begins, and so would the next one.
MARGIN = 1.1
LEAST = 1_000_000
# A disk that takes longer (seconds) to make a file hangs.
LONGEST_MAKING = 2.0
# Whoever ends the mixer waits a little longer than this.
LAST_WAIT = 1.5


class Recorder:
    """`attach(part)` joins a part to the programme's encoders; `send` gets events."""

    def __init__(
        self, attach: Callable[[Part], None], send: Callable[[dict[str, Any]], None]
    ) -> None:
        self._attach = attach
        self._send = send
        self._part: Part | None = None
        self._reserve = 0
        self._ending: set[Part] = set()
        self._closing: set[Part] = set()
        self._making: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._measuring = False

    async def record(self, order: RecordOrder) -> None:
        """Record into a file, or no more; MixerError `disk-low`, `file`, or `stalled` where the
        disk hangs: whatever else is ordered may not wait for it."""
        if order.file is None:
            self._end()
            return
        path = Path(order.file)
        if self._part is not None and self._part.path == path:
            return
        await self._make(path, order.reserve)
        self._end()
        self._reserve = order.reserve
        self._part = Part(path, time.monotonic())
        self._spawn(self._begin(self._part))

    def poll(self) -> None:
        """Tell what changed since the last call."""
        now = time.monotonic()
        for part in [*self._ending, *([self._part] if self._part else [])]:
            before = part.state
            if not part.over and part.poll(now):
                self._spawn(self._close(part))
            elif part.state is not before:
                self._tell(part)

    def report(self) -> None:
        """Tell how the recording grows; once a second."""
        part = self._part
        if part is None or part.over:
            return
        self._tell(part)
        if not self._measuring:
            self._measuring = True
            self._spawn(self._measure(part))

    def status(self) -> dict[str, Any] | None:
        return None if self._part is None else self._part.report()

    async def close(self) -> None:
        """The mixer ends: finish the file."""
        self._end()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WAIT):
                while self._ending or self._tasks:
                    self.poll()
                    await asyncio.sleep(0.02)

    async def _make(self, path: Path, reserve: int) -> None:
        failed = any(part.state is PartState.FAILED for part in self._closing)
        if failed or (self._making is not None and not self._making.done()):
            raise MixerError("stalled", "the disk still hangs as it did the last time")
        self._making = self._spawn(asyncio.to_thread(self._create, path, reserve))
        await asyncio.wait([self._making], timeout=LONGEST_MAKING)
        if not self._making.done():
            raise MixerError("stalled", f"the disk does not make {path}")
        self._making.result()

    def _create(self, path: Path, reserve: int) -> None:
        """A file of our own: none that is there already is ever written over."""
        try:
            if free_bytes(path.parent) < max(reserve * MARGIN, LEAST):
                raise MixerError("disk-low", f"less than the reserve is free in {path.parent}")
            path.touch(mode=0o600, exist_ok=False)
        except OSError as error:
            raise MixerError("file", f"{path} cannot be made: {error}") from error

    def _end(self) -> None:
        part, self._part = self._part, None
        if part is not None and not part.over:
            part.end(time.monotonic())
            self._ending.add(part)

    async def _begin(self, part: Part) -> None:
        await asyncio.to_thread(part.open)
        self._tell(part)
        self._attach(part)

    async def _measure(self, part: Part) -> None:
        try:
            size, free = await asyncio.to_thread(part.measure)
        except OSError as error:
            log.error("%s cannot be measured: %s", part.path, error)
            return
        finally:
            self._measuring = False
        now = time.monotonic()
        part.measured(size, free, now)
        if free < self._reserve:
            part.end(now, "disk-low")

    async def _close(self, part: Part) -> None:
        """What has ended is told once the file is closed, and what failed at once too: a disk that
        hangs does not let it be closed."""
        part.state = PartState.FAILED if part.reason else PartState.STOPPED
        self._closing.add(part)
        if part.reason:
            self._tell(part)
        await asyncio.to_thread(part.close)
        with contextlib.suppress(OSError):
            part.measured(*await asyncio.to_thread(part.measure), time.monotonic())
        self._ending.discard(part)
        self._closing.discard(part)
        self._tell(part)

    def _tell(self, part: Part) -> None:
        self._send({"event": "recording", **part.report()})

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
