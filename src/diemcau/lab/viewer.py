"""A viewer that watches and listens, and says what it saw: an independent judge of the media.

    python -m diemcau.lab.viewer --whep URL --token T --panes grid-2x2 --tones --numbers 1,2,3

It prints JSON lines: which sites are in which panes, how old the frames are, which sites are
heard, where the picture froze, how late the viewer itself was. Times are milliseconds of
CLOCK_MONOTONIC, which every process of the machine shares, in whatever network namespace it runs.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from diemcau.domain.layout import LAYOUTS
from diemcau.lab.errors import LabError
from diemcau.lab.freeze import FreezeDetector
from diemcau.lab.lateness import tell_lateness
from diemcau.lab.marks import FULL, Luma, Mark, MarkReader, Pane, age_ms
from diemcau.lab.receive import Reception, now_ms
from diemcau.lab.tones import Samples, ToneDetector
from diemcau.lab.whep import WhepClient, WhepError

SILENCE_MS = 500.0
STALL_MS = 300.0
STALE_MS = 600.0
"""A pane whose clock is older than this shows a frozen picture, not its site."""

CONNECT_MS = 4000.0
_AGE_EVERY_MS = 200.0
_CHECK_SECONDS = 0.05
_BACK_OFF = (0.05, 0.1, 0.2, 0.4, 0.8)


@dataclass
class Options:
    """What a viewer looks at and how it behaves; see the command's help."""

    whep: str
    token: str
    panes: Sequence[Pane] = FULL
    numbers: Sequence[int] = ()
    tones: bool = False
    reconnect: bool = False
    watchdog: bool = False
    every_frame: bool = False
    threshold_db: float = -26.0
    emit: Callable[[dict[str, object]], None] = field(
        default=lambda message: print(json.dumps(message), flush=True)
    )


@dataclass
class _Playing:
    """A WHEP session's address and its media."""

    session: str
    reception: Reception


class Viewer:
    """Watches one WHEP address until cancelled."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._marks: MarkReader | None = None
        self._tones = ToneDetector(options.numbers, options.threshold_db)
        self._freezes = FreezeDetector()
        self._panes: list[int | None] | None = None
        self._next_age = 0.0
        self._playing: _Playing | None = None
        self._frames = self._packets = self._lost = 0
        self._keyframes_asked = 0
        self._closing: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Watch. Ends with the session, or never if `reconnect` is set. Raises WhepError."""
        lateness = tell_lateness(lambda ms: self._emit("late", ms=round(ms)))
        beside = [asyncio.create_task(one) for one in (self._statistics(), lateness)]
        try:
            async with WhepClient(self._options.whep, self._options.token) as client:
                try:
                    await self._watch(client)
                finally:
                    if self._playing is not None:
                        await self._end(client, self._playing)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*self._closing, return_exceptions=True)

    async def _watch(self, client: WhepClient) -> None:
        self._playing = await self._connected(client)
        self._emit("connected")
        while True:
            reason = await self._follow(client, self._playing)
            self._emit("lost", reason=reason)
            if not self._options.reconnect:
                return
            await self._renew(client, self._playing)

    async def _renew(self, client: WhepClient, old: _Playing) -> None:
        """Make the next session before the old one is let go; the first to bring packets stays."""
        attempt = asyncio.create_task(self._connected(client))
        silent_since = old.reception.last_packet_ms
        while not attempt.done():
            await asyncio.wait({attempt}, timeout=_CHECK_SECONDS)
            if old.reception.last_packet_ms != silent_since and not attempt.done():
                attempt.cancel()
                await asyncio.gather(attempt, return_exceptions=True)
                self._emit("resumed")
                return
        self._playing = attempt.result()
        self._frames += old.reception.frames
        self._packets += old.reception.packets
        self._lost += old.reception.packets_lost
        self._emit("reconnected")
        task = asyncio.create_task(self._end(client, old))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _connected(self, client: WhepClient) -> _Playing:
        """A session that brings packets; tried again and again if `reconnect` is set."""
        failures = 0
        while True:
            try:
                return await self._connect(client)
            except WhepError as error:
                if not self._options.reconnect:
                    raise
                self._emit("lost", reason=str(error))
                await asyncio.sleep(_BACK_OFF[min(failures, len(_BACK_OFF) - 1)])
                failures += 1

    async def _connect(self, client: WhepClient) -> _Playing:
        """Make a session and wait for its first packet."""
        session, offer = await client.offer()
        playing = _Playing(session, Reception(self._on_picture, self._on_sound))
        reception = playing.reception
        try:
            await client.answer(session, await reception.answer(offer))
            deadline = now_ms() + CONNECT_MS
            begun = reception.last_packet_ms
            while reception.last_packet_ms == begun:
                if now_ms() > deadline or reception.failed:
                    raise WhepError("no packet came")
                await asyncio.sleep(0.01)
        except BaseException:
            await self._end(client, playing)
            raise
        return playing

    async def _follow(self, client: WhepClient, playing: _Playing) -> str:
        """Watch over one session; return why it ended."""
        reception, last_asked = playing.reception, 0.0
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            now = now_ms()
            silent = now - reception.last_packet_ms
            if reception.failed:
                return "the connection failed"
            if self._options.reconnect and silent >= SILENCE_MS:
                return f"no packets for {silent:.0f} ms"
            stalled = now - max(reception.last_frame_ms, last_asked) >= STALL_MS
            if self._options.watchdog and stalled and silent < STALL_MS:
                last_asked = now
                reception.ask_keyframe()
                await self._ask_server(client, playing.session)

    async def _ask_server(self, client: WhepClient, session: str) -> None:
        self._keyframes_asked += 1
        with contextlib.suppress(WhepError):  # a server without the extension has the PLI
            await client.keyframe(session)

    async def _end(self, client: WhepClient, playing: _Playing) -> None:
        await playing.reception.close()
        with contextlib.suppress(WhepError, TimeoutError):
            await asyncio.wait_for(client.end(playing.session), 2)

    def _on_picture(self, luma: Luma, now: float) -> None:
        frozen = self._freezes.frame(now)
        if frozen is not None:
            self._emit("freeze", now, ms=round(frozen))
        height, width = luma.shape
        if self._marks is None or self._marks.size != (width, height):
            self._marks = MarkReader(width, height, self._options.panes)
            self._emit("size", now, width=width, height=height)
        marks = self._marks.read(luma)
        panes = [_fresh(mark, now) for mark in marks]
        if panes != self._panes:
            self._panes = panes
            self._emit("picture", now, panes=panes)
        if self._options.every_frame and marks[0] and self._playing:
            arrived = self._playing.reception.arrived_ms
            self._emit("frame", arrived, clock=marks[0].clock)
        if now >= self._next_age:
            ages = (age_ms(mark, int(now)) for mark in marks if mark)
            age = next((age for age in ages if age is not None), None)
            if age is not None:
                self._next_age = now + _AGE_EVERY_MS
                self._emit("frame_age", now, ms=age)

    def _on_sound(self, samples: Samples, now: float) -> None:
        if self._options.tones and self._tones.hear(samples):
            levels = {str(number): self._tones.levels_db[number] for number in self._tones.audible}
            self._emit("sound", now, tones=list(self._tones.audible), levels_db=levels)

    async def _statistics(self) -> None:
        before = 0
        while True:
            await asyncio.sleep(1)
            now = self._playing.reception if self._playing else None
            frames = self._frames + (now.frames if now else 0)
            self._emit(
                "stats",
                fps=frames - before,
                frames=frames,
                packets=self._packets + (now.packets if now else 0),
                packets_lost=self._lost + (now.packets_lost if now else 0),
                freezes=self._freezes.count,
                frozen_ms=round(self._freezes.total_ms),
                keyframes_asked=self._keyframes_asked,
            )
            before = frames

    def _emit(self, event: str, now: float | None = None, **more: object) -> None:
        self._options.emit(
            {"t": round(now_ms() if now is None else now, 2), "event": event, **more}
        )


def _fresh(mark: Mark | None, now: float) -> int | None:
    """The site's number; None without a mark, and for a picture that stands still."""
    age = age_ms(mark, int(now)) if mark else None
    return None if mark is None or (age is not None and age > STALE_MS) else mark.number


def parse_panes(text: str) -> tuple[Pane, ...]:
    """Return the panes of a layout's name, or of a list [[x, y, width, height], …] in fractions.

    Raises ValueError with what is allowed.
    """
    if text in LAYOUTS:
        return tuple(Pane(pane.x, pane.y, pane.w, pane.h) for pane in LAYOUTS[text].panes)
    try:
        return tuple(Pane(*(float(value) for value in pane)) for pane in json.loads(text))
    except (ValueError, TypeError) as error:
        names = ", ".join(LAYOUTS)
        raise ValueError(f"panes {text!r}: use {names} or [[x,y,w,h],…]") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="diemcau.lab.viewer", description=__doc__)
    parser.add_argument("--whep", required=True, help="address of the programme")
    parser.add_argument("--token", required=True)
    parser.add_argument("--panes", default="full", help="a layout's name or [[x,y,w,h],…]")
    parser.add_argument("--tones", action="store_true", help="say which sites are heard")
    parser.add_argument("--numbers", default="", help="sites that may be heard: 1,2,3")
    parser.add_argument("--tone-db", type=float, default=-26.0, help="audible from here on (dBFS)")
    parser.add_argument("--seconds", type=float, help="stop after this long")
    parser.add_argument("--reconnect", action="store_true", help="make a new session when lost")
    parser.add_argument("--watchdog", action="store_true", help="ask for a keyframe at a stall")
    parser.add_argument("--every-frame", action="store_true", help="say when each frame arrived")
    return parser


async def _main(arguments: argparse.Namespace) -> None:
    options = Options(
        arguments.whep,
        arguments.token,
        panes=parse_panes(arguments.panes),
        numbers=[int(number) for number in arguments.numbers.split(",") if number],
        tones=arguments.tones,
        reconnect=arguments.reconnect,
        watchdog=arguments.watchdog,
        every_frame=arguments.every_frame,
        threshold_db=arguments.tone_db,
    )
    task = asyncio.create_task(Viewer(options).run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    if arguments.seconds:
        loop.call_later(arguments.seconds, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def main() -> None:
    """Watch until the time is up, SIGTERM, or the session's end."""
    try:
        asyncio.run(_main(_parser().parse_args()))
    except (LabError, ValueError) as error:
        sys.exit(f"viewer: {error}")


if __name__ == "__main__":
    main()
