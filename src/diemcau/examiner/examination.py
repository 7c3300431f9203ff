"""One site under examination: its sockets, and a run of looking, listening and chirping."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, NamedTuple, TypeVar

from diemcau.examiner import h264, sender
from diemcau.examiner.errors import ExaminerError
from diemcau.examiner.reception import Address, Reception
from diemcau.examiner.stream import Heard

A = TypeVar("A")
B = TypeVar("B")

ASK_AGAIN_S = 1.0
"""A request for a keyframe may be lost, as the keyframe may."""


class Chirp(NamedTuple):
    """Where the sound for a site goes."""

    address: Address
    ssrc: int


AUDIO_PT, VIDEO_PT = 112, 109
"""What is forwarded here has payload types of its own, by which an agent knows such forwards."""


class Examination:
    """``open`` before all else."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._audio = Reception(AUDIO_PT)
        self._video = Reception(VIDEO_PT)
        self._closed = asyncio.Event()
        self._running = False

    def open(self) -> dict[str, Address]:
        return {"audio": self._audio.open(), "video": self._video.open()}

    def close(self) -> None:
        """A run that is under way is refused."""
        self._closed.set()
        self._audio.close()
        self._video.close()

    async def run(self, seconds: float, pli: Address | None, chirp: Chirp | None) -> dict[str, Any]:
        """The figures of docs/protocol.md section 5; raises ``ExaminerError``."""
        if self._running:
            raise ExaminerError("busy", "it is under examination already")
        self._running = True
        try:
            heard = await self._listened(seconds, pli, chirp)
            return await self._apart(_result, heard)
        finally:
            self._running = False

    async def _listened(self, seconds: float, pli: Address | None, chirp: Chirp | None) -> Heard:
        payloads = await self._apart(_payloads, seconds) if chirp is not None else []
        start = asyncio.get_running_loop().time()
        self._audio.begin()
        self._video.begin()
        async with asyncio.TaskGroup() as tasks:
            busy = []
            if pli is not None:
                busy.append(tasks.create_task(self._ask(pli)))
            if chirp is not None:
                sending = sender.send(payloads, chirp.address, chirp.ssrc, start)
                busy.append(tasks.create_task(sending))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), seconds)
            for task in busy:
                task.cancel()
        if self._closed.is_set():
            raise ExaminerError("closed", "it was closed meanwhile")
        audio, video = self._audio.end(start + seconds), self._video.end(start + seconds)
        return Heard(audio, video, start, seconds, chirp is not None)

    async def _ask(self, pli: Address) -> None:
        """Ask for a keyframe until there is a whole one."""
        while h264.first_keyframe(self._video.arrived) is None:
            self._video.ask_for_keyframe(pli)
            await asyncio.sleep(ASK_AGAIN_S)

    async def _apart(self, work: Callable[[A], B], argument: A) -> B:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, argument)


def warm() -> None:
    """Load what analyses, which takes SciPy seconds: the socket does not wait for it."""
    importlib.import_module("diemcau.examiner.analysis")


def _payloads(seconds: float) -> list[bytes]:
    from diemcau.examiner.analysis import payloads

    return payloads(seconds)


def _result(heard: Heard) -> dict[str, Any]:
    from diemcau.examiner.analysis import result

    return result(heard)
