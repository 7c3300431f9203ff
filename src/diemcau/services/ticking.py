"""A job that does what is due, and sleeps until the next moment or until something changed."""

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress


class Ticking(ABC):
    """``again_s``: how long to wait after something could not be done, whatever wakes it meanwhile:
    what is undone again says so, too."""

    again_s: float

    def __init__(self) -> None:
        self._wake = asyncio.Event()
        self._stopped = asyncio.Event()

    @abstractmethod
    async def tick(self) -> bool:
        """Do all that is due now; whether all of it could be done."""

    @abstractmethod
    def pause(self) -> float | None:
        """Seconds until something is due; None: nothing is, unless something changes."""

    def wake(self) -> None:
        """Something changed: what is due may have."""
        self._wake.set()

    def stop(self) -> None:
        self._stopped.set()
        self._wake.set()

    async def run(self) -> None:
        """Until stopped."""
        while not self._stopped.is_set():
            self._wake.clear()
            if await self.tick():
                await self._rest(self._wake, self.pause())
            else:
                await self._rest(self._stopped, self.again_s)

    async def _rest(self, end: asyncio.Event, seconds: float | None) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await end.wait()
