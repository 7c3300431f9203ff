"""Puts the mixer together: carries out commands, and tells what happens."""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from diemcau.mixer import graphics
from diemcau.mixer.beat import Beat
from diemcau.mixer.bus import Bus
from diemcau.mixer.feed import Feed, Timebase
from diemcau.mixer.looks import Look
from diemcau.mixer.messages import (
    InputOrder,
    Layout,
    Mix,
    Request,
    parse_input,
    parse_keyframe,
    parse_mix,
    parse_record,
)
from diemcau.mixer.on_air import PROGRAM, OnAir
from diemcau.mixer.part import Part
from diemcau.mixer.recorder import Recorder
from diemcau.mixer.settings import Settings
from diemcau.mixer.slot import Slot
from diemcau.mixer.slot import preload as preload_decoders
from diemcau.mixer.sound import SILENCE_DB, SoundMixer

log = logging.getLogger(__name__)

# A beat later than this many frames is left out; up to there it is made up for.
LATEST_BEATS = 3
WATCH_SECONDS = 0.05
REPORT_SECONDS = 1.0
# Many viewers ask at once when a packet is lost upstream of them: one keyframe serves them all.
KEYFRAME_GAP = 0.25


class Engine:
    """The mixer of one conference. `send` gets every event; all methods belong to the loop."""

    def __init__(self, settings: Settings, send: Callable[[dict[str, Any]], None]) -> None:
        self.stopping = asyncio.Event()
        self.failure: str | None = None
        self._settings = settings
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._timebase = Timebase()
        self._mix: dict[str, Any] | None = None
        self._on_air = OnAir()
        self._slots = [Slot(n, ports, self._check_soon) for n, ports in enumerate(settings.inputs)]
        self._feeds = {
            name: Feed(name, output, self._timebase) for name, output in settings.outputs.items()
        }
        self._buses = {
            name: Bus(name, settings, self._slots, self._feeds[name], self._picture_left)
            for name in settings.buses
            if self._feeds[name].video is not None
        }
        feeds = list(self._feeds.values())
        self._sound = SoundMixer(
            self._slots,
            feeds,
            settings.audio_bitrate,
            self._tell_levels,
            self._sound_left,
            self._crossing,
        )
        self._recorder = Recorder(self._attach, send)
        self._picture_beat = Beat(
            "picture",
            1 / settings.fps,
            LATEST_BEATS / settings.fps,
            self._timebase.start,
            self._beat,
        )
        self._slot_levels = [SILENCE_DB] * settings.slots
        self._last_keyframe: dict[str, float] = {}
        self._rates: dict[str, tuple[int, int]] = {}
        self._fps = [0.0] * settings.slots
        self._counted: list[int] = [0] * settings.slots

    async def start(self) -> None:
        """Begin to send; ready for commands when this returns."""
        preload_decoders()
        graphics.preload()
        for name, feed in self._feeds.items():
            feed.on_keyframe = partial(self._keyframe_wanted, name)
            await feed.open()
        for bus in self._buses.values():
            bus.start()
        self._sound.start()
        if self._buses:
            self._picture_beat.start()
        self._tasks = [
            asyncio.create_task(_every(WATCH_SECONDS, self._check)),
            asyncio.create_task(_every(REPORT_SECONDS, self._report)),
        ]
        self._tell_time()

    async def stop(self) -> None:
        await self._recorder.close()
        for task in self._tasks:
            task.cancel()
        if self._buses:
            self._picture_beat.stop()
        self._sound.stop()
        for bus in self._buses.values():
            bus.stop()
        for slot in self._slots:
            slot.close()
        for feed in self._feeds.values():
            feed.close()

    async def handle(self, request: Request) -> dict[str, Any]:
        """Carry out one command; MixerError where it makes no sense."""
        match request.method:
            case "mix":
                self._apply_mix(parse_mix(request.params, self._settings))
            case "input":
                self._apply_input(parse_input(request.params, self._settings))
            case "keyframe":
                self._keyframe_wanted(parse_keyframe(request.params, self._settings))
            case "record":
                await self._recorder.record(parse_record(request.params, self._settings))
            case "status":
                return self.status()
            case "stop":
                self.stopping.set()
        return {}

    def status(self) -> dict[str, Any]:
        """Everything an agent that comes back must know."""
        return {
            "mix": self._mix,
            "inputs": [self._input_status(slot) for slot in self._slots],
            "on_air": self._on_air.events(time.monotonic()),
            "outputs": {name: feed.sequence_numbers() for name, feed in self._feeds.items()},
            "skipped": {name: bus.skipped for name, bus in self._buses.items()},
            "recording": self._recorder.status(),
            "settings": self._settings.raw,
        }

    def _input_status(self, slot: Slot) -> dict[str, Any]:
        picture = slot.picture
        return {
            "slot": slot.index,
            "source": slot.source,
            "state": slot.state.value,
            "looks": slot.looks.look.value,
            "fps": self._fps[slot.index],
            "width": None if picture is None else picture.width,
            "height": None if picture is None else picture.height,
            "underruns": slot.sound.underruns,
            "delay_ms": round(1000 * slot.delay),
            "keyframes_asked": slot.keyframes_asked,
        }

    def _apply_mix(self, mix: Mix) -> None:
        self._mix = mix.raw
        for slot in range(self._settings.slots):
            if slot not in mix.open:
                self._on_air.closed(slot)
        for name, bus in self._buses.items():
            layout = mix.buses.get(name, Layout())
            sources = {slot: self._slots[slot].source for slot in layout.slots()}
            for shown in self._on_air.shown(name, mix.take, sources):
                self._tell_on_air(*shown)
            bus.offer(layout, mix.take, mix.hold)
        self._sound.open(mix.open, mix.together)

    def _crossing(self, running: int) -> frozenset[int]:
        bus = self._buses.get(PROGRAM)
        return frozenset() if bus is None else bus.crossing(running)

    def _apply_input(self, order: InputOrder) -> None:
        slot = self._slots[order.slot]
        if slot.assign(order.source, order.pli):
            self._on_air.changed(order.slot, order.source)
            self._tell_input(slot)

    def _check_soon(self) -> None:
        self._loop.call_soon_threadsafe(self._check)

    def _check(self) -> None:
        now = time.monotonic()
        for slot in self._slots:
            if slot.check(now):
                self._tell_input(slot)
        self._look(now)
        self._check_outputs()
        self._recorder.poll()

    def _look(self, now: float) -> None:
        """Look at the pictures that somebody is shown."""
        shown = {slot for bus in self._buses.values() for slot in bus.shown}
        for slot in self._slots:
            if slot.look(now) if slot.index in shown else slot.look_away(now):
                self._tell_look(slot)

    def _attach(self, part: Part) -> None:
        """Join a part of a recording to the program as it is encoded."""
        part.attach(self._buses[PROGRAM].encoded, self._sound.encoded[PROGRAM])
        self._keyframe_wanted(PROGRAM)

    def _tell_input(self, slot: Slot) -> None:
        self._send(
            {
                "event": "input",
                "slot": slot.index,
                "source": slot.source,
                "state": slot.state.value,
            }
        )

    def _tell_look(self, slot: Slot) -> None:
        event = {"event": "look", "slot": slot.index, "source": slot.source}
        self._send({**event, "looks": slot.looks.look.value})

    def _beat(self, n: int, now: float) -> None:
        running = n * 1_000_000_000 // self._settings.fps
        for bus in self._buses.values():
            bus.beat(running, now)

    def _picture_left(self, bus: str, slot: int, source: str, left: float) -> None:
        def book() -> None:
            if self._on_air.picture_left(bus, slot, source, left):
                self._tell_on_air(bus, slot)

        self._loop.call_soon_threadsafe(book)

    def _sound_left(self, slot: int, source: str, left: float) -> None:
        def book() -> None:
            if self._on_air.sound_left(slot, source, left):
                self._tell_on_air(PROGRAM, slot)

        self._loop.call_soon_threadsafe(book)

    def _tell_on_air(self, bus: str, slot: int) -> None:
        self._send(self._on_air.event(bus, slot, time.monotonic()))

    def _tell_levels(self, name: str, levels: list[float]) -> None:
        if name == "slots":
            self._slot_levels = levels
            return
        heard = [feed.name for feed in self._feeds.values() if feed.audio is not None]
        program = levels[heard.index(PROGRAM)] if PROGRAM in heard else SILENCE_DB
        slots = [round(level, 1) for level in self._slot_levels]
        self._send({"event": "levels", "slots": slots, "program": round(program, 1)})

    def _keyframe_wanted(self, name: str) -> None:
        """Force a keyframe now, or as soon as the last one is old enough."""
        bus = self._buses.get(name)
        if bus is None:
            return
        now = time.monotonic()
        wait = self._last_keyframe.get(name, 0.0) + KEYFRAME_GAP - now
        if wait > KEYFRAME_GAP:
            return
        self._last_keyframe[name] = now + max(0.0, wait)
        self._loop.call_later(max(0.0, wait), bus.force_keyframe)

    def _check_outputs(self) -> None:
        """End where an output cannot go on, so that whoever started the mixer starts another."""
        failures = self._sound.poll()
        for bus in self._buses.values():
            failures += bus.errors()
        for text in failures:
            log.error("output broken: %s", text)
            self.failure = text
            self.stopping.set()

    def _report(self) -> None:
        for feed in self._feeds.values():
            feed.report()
        self._recorder.report()
        for slot in self._slots:
            if slot.looks.look is not Look.MOVING:
                self._tell_look(slot)
        self._tell_time()
        outputs = {name: self._feed_stats(name, feed) for name, feed in self._feeds.items()}
        inputs = [{"slot": slot.index, "fps": self._slot_fps(slot)} for slot in self._slots]
        self._send({"event": "stats", "outputs": outputs, "inputs": inputs})

    def _feed_stats(self, name: str, feed: Feed) -> dict[str, Any]:
        bus = self._buses.get(name)
        frames, octets = (bus.frames if bus else 0), feed.octets()
        before = self._rates.get(name, (0, 0))
        self._rates[name] = (frames, octets)
        return {
            "fps": (frames - before[0]) / REPORT_SECONDS,
            "bitrate": round((octets - before[1]) * 8 / REPORT_SECONDS),
            **feed.sequence_numbers(),
        }

    def _slot_fps(self, slot: Slot) -> float:
        before, self._counted[slot.index] = self._counted[slot.index], slot.frames
        self._fps[slot.index] = max(0, slot.frames - before) / REPORT_SECONDS
        return self._fps[slot.index]

    def _tell_time(self) -> None:
        text = time.strftime("%H:%M")
        for bus in self._buses.values():
            bus.tell_time(text)


async def _every(seconds: float, work: Callable[[], None]) -> None:
    """Do `work` now and then at a steady rate, not later and later."""
    due = time.monotonic()
    while True:
        try:
            work()
        except Exception:
            log.exception("%s failed", work.__name__)
        due = max(due + seconds, time.monotonic())
        await asyncio.sleep(due - time.monotonic())
