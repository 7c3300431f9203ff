"""A viewer inside the test's own process: for what wants pixels, colours and levels, not events."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Self

import numpy as np

from diemcau.lab.marks import Luma, MarkReader, Pane
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.receive import Reception, now_ms
from diemcau.lab.tones import RATE, Samples, tone_hz
from diemcau.lab.whep import WhepClient, WhepError

FULL = Pane(0, 0, 1, 1)
WINDOW_S = 0.05
PACKETS_S = 50
AUDIBLE_DB, SILENCE_DB = -26.0, -40.0
"""26 dB below a site's tone: what Opus makes of other tones stays under it."""


class Eyes:
    """``async with Eyes(province, meeting, mcu="vnpt") as eyes``: as the chair, who may see all
    feeds, at that MCU; or as the given ``site`` at its home MCU."""

    def __init__(
        self,
        province: Province,
        meeting: Meeting,
        feed: str = "program",
        *,
        mcu: str = "",
        site: str = "",
    ) -> None:
        at = f"?mcu={mcu}" if mcu else ""
        token = province.token("site" if site else "chair", meeting.id, site)
        self._client = WhepClient(f"{province.lab_url}/whep/{meeting.id}/{feed}{at}", token)
        self._reception = Reception(self._on_picture, self._on_sound, self._on_frame)
        self._sounds: deque[tuple[float, Samples]] = deque(maxlen=PACKETS_S * 30)
        self._changed = asyncio.Event()
        self._frame: Any = None
        self._session = ""
        self.luma: Luma = np.zeros((2, 2), np.uint8)

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        async with asyncio.timeout(10):
            self._session, offer = await self._offer()
        await self._client.answer(self._session, await self._reception.answer(offer))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.end(self._session)
        await self._reception.close()
        await self._client.__aexit__(None, None, None)

    async def until(self, condition: Callable[[], bool], what: str, timeout: float = 10) -> float:
        """Wait, looking at every picture and sound; gives the moment (``now_ms``)."""
        try:
            async with asyncio.timeout(timeout):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"not within {timeout} s: {what}; sees {self.sites()}") from None
        return now_ms()

    async def shows(self, number: int, timeout: float = 10) -> float:
        """Until this site is seen full screen."""
        return await self.until(lambda: self.sites() == [number], f"site {number}", timeout)

    async def hears(self, number: int, timeout: float = 10) -> float:
        """Until this site's tone is heard."""
        return await self.until(
            lambda: self.tone_db(number) > AUDIBLE_DB, f"the tone of site {number}", timeout
        )

    def sites(self, panes: Sequence[Pane] = (FULL,)) -> list[int | None]:
        """The numbers of the sites in these panes of the newest picture."""
        height, width = self.luma.shape
        marks = MarkReader(width, height, panes).read(self.luma)
        return [mark.number if mark else None for mark in marks]

    def cut(self, pane: Pane) -> Luma:
        """The brightness of a part of the newest picture."""
        height, width = self.luma.shape
        rows = slice(int(pane.y * height), int((pane.y + pane.height) * height))
        return self.luma[rows, int(pane.x * width) : int((pane.x + pane.width) * width)]

    def contrast(self, pane: Pane) -> float:
        """From the darkest to the brightest point of a part of the newest picture."""
        return float(np.ptp(self.cut(pane)))

    def chroma(self, pane: Pane) -> tuple[float, float]:
        """Mean U and V (128 is grey) of a part of the newest picture."""
        if self._frame is None:
            return 128.0, 128.0
        u, v = (self._plane(index, pane) for index in (1, 2))
        return float(u.mean()), float(v.mean())

    def tone_db(self, number: int, seconds: float = 0.4) -> float:
        """The level (dBFS) of a site's tone in what was heard last, however long ago that was."""
        latest = [sound for _, sound in islice(reversed(self._sounds), round(seconds * PACKETS_S))]
        sound = np.concatenate(latest[::-1]) if latest else np.zeros(0, np.float32)
        return level_db(sound[-round(seconds * RATE) :], tone_hz(number))

    def heard(self, since: float, until: float = float("inf")) -> Samples:
        """The sound that came in a time (``now_ms``), mono, 48 kHz."""
        parts = [samples for at, samples in self._sounds if since <= at <= until]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def loudest_db(self, hz: float, since: float) -> float:
        """The level (dBFS) of a frequency in the one window of 50 ms that has most of it."""
        sound, size = self.heard(since), int(RATE * WINDOW_S)
        starts = range(0, len(sound) - size, size // 2)
        return max((level_db(sound[at : at + size], hz) for at in starts), default=-100.0)

    def seconds_of(self, number: int, since: float, over_db: float = AUDIBLE_DB) -> float:
        """For how long a site's tone was heard since a moment, in windows of 50 ms."""
        sound, size = self.heard(since), int(RATE * WINDOW_S)
        windows = sound[: len(sound) // size * size].reshape(-1, size)
        return WINDOW_S * sum(level_db(window, tone_hz(number)) > over_db for window in windows)

    async def _offer(self) -> tuple[str, str]:
        """The server's offer, as soon as the programme has come down to that MCU."""
        while True:
            try:
                return await self._client.offer()
            except WhepError as error:
                if "no-feed" not in str(error):
                    raise
            await asyncio.sleep(0.1)

    def _plane(self, index: int, pane: Pane) -> Luma:
        plane = self._frame.planes[index]
        pixels = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
        rows = slice(int(pane.y * plane.height), int((pane.y + pane.height) * plane.height))
        left, right = int(pane.x * plane.width), int((pane.x + pane.width) * plane.width)
        return pixels[rows, left:right]

    def _on_picture(self, luma: Luma, _now: float) -> None:
        self.luma = luma
        self._changed.set()

    def _on_frame(self, frame: Any) -> None:
        self._frame = frame

    def _on_sound(self, samples: Samples, now: float) -> None:
        self._sounds.append((now, samples))
        self._changed.set()


def level_db(samples: Samples, hz: float) -> float:
    """The level (dBFS of the amplitude) of one frequency in a sound."""
    if not len(samples):
        return -100.0
    times = np.arange(len(samples)) / RATE
    window = np.hanning(len(samples))
    amplitude = 2 * abs(np.sum(samples * window * np.exp(-2j * np.pi * hz * times)))
    return float(20 * np.log10(max(amplitude / window.sum(), 1e-5)))
