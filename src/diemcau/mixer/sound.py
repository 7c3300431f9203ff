"""The sound of a conference: one mix for everybody, and a mix-minus for each slot.

Every 20 ms the next block of each slot is put into one many-channel buffer and pushed through
`audiomixmatrix`, a limiter and the Opus encoders, in this module's own thread: when the push
returns, the packets have left. The matrix is set in the same thread, so nothing needs a lock.
"""

import logging
import operator
import time
from array import array
from collections.abc import Callable, Sequence
from typing import Any

from diemcau.mixer.beat import Beat
from diemcau.mixer.feed import Feed
from diemcau.mixer.gst import Gst, chain, error_text, feeding_pad, make, messages
from diemcau.mixer.mixminus import Together, matrix_text, mix_matrix, with_theirs
from diemcau.mixer.settings import return_slot
from diemcau.mixer.slot import Slot

log = logging.getLogger(__name__)

RATE = 48_000
BLOCK = 960
PERIOD_NS = 20_000_000
# Blocks later than this are left out: a hole is better than a delay that stays.
SLACK = 0.1
LEVEL_NS = 200_000_000
SILENCE_DB = -100.0
RAMP_UP = array("f", (n / BLOCK for n in range(BLOCK)))
RAMP_DOWN = array("f", (1 - n / BLOCK for n in range(BLOCK)))


class SoundMixer:
    """Mixes the slots into the feeds that have sound.

    `on_levels(name, dbfs)` gets levels for every 200 ms, with name `slots` or `outputs`, when
    `poll` is called; `on_heard(slot, source, left)` tells when the first sound of a source left
    on the program since `open`, in monotonic seconds. `crossing(running)` are the slots that the
    program shows, or shows no more, only after that running time (ns): their sound, and that of
    slots together with them, waits for that cut. Both are called from the sound thread.
    """

    def __init__(
        self,
        slots: Sequence[Slot],
        feeds: Sequence[Feed],
        bitrate: int,
        on_levels: Callable[[str, list[float]], None],
        on_heard: Callable[[int, str, float], None],
        crossing: Callable[[int], frozenset[int]],
    ) -> None:
        self._slots = slots
        self._feeds = [feed for feed in feeds if feed.audio is not None]
        self._on_levels = on_levels
        self._on_heard = on_heard
        self._crossing = crossing
        self._order: tuple[frozenset[int], Together] = (frozenset(), ())
        self._obeyed: tuple[frozenset[int], Together] = self._order
        self._open: frozenset[int] = frozenset()
        self._playing: set[int] = set()
        self._heard: dict[int, int] = {}
        self._valves: dict[int, Any] = {}
        self.encoded: dict[str, Any] = {}
        """The pad at which each feed's Opus leaves its encoder."""
        self._build(bitrate)
        start = feeds[0].timebase.start if feeds else time.monotonic()
        self._beat = Beat("sound", PERIOD_NS / 1e9, SLACK, start, self._block)

    def start(self) -> None:
        """Begin to send, where there is a feed with sound."""
        self._pipeline.set_state(Gst.State.PLAYING)
        if self._feeds:
            self._beat.start()

    def stop(self) -> None:
        if self._feeds:
            self._beat.stop()
        self._pipeline.set_state(Gst.State.NULL)

    def poll(self) -> list[str]:
        """Tell the levels that were measured since the last call; returns errors."""
        failures = []
        for message in messages(self._pipeline):
            if message.type == Gst.MessageType.ELEMENT:
                rms = message.get_structure().get_value("rms")
                levels = [max(SILENCE_DB, value) for value in rms]
                self._on_levels(message.src.get_name(), levels)
            elif (text := error_text(message)) is not None:
                failures.append(text)
        return failures

    def open(self, slots: frozenset[int], together: Together) -> None:
        """These slots are heard, from the next block on or from the cut that shows them; see
        `mix_matrix` for those together."""
        self._order = slots, together

    def _build(self, bitrate: int) -> None:
        channels, outs = len(self._slots), max(1, len(self._feeds))
        self._pipeline = Gst.Pipeline.new("sound")
        level = make("level", name="slots", interval=LEVEL_NS)
        mixed = make("level", name="outputs", interval=LEVEL_NS)
        self._matrix = make("audiomixmatrix", in_channels=channels, out_channels=outs)
        self._set_matrix(self._open)
        split = make("deinterleave")
        chain(self._pipeline, level, self._matrix, make("rglimiter"), mixed, split)
        split.connect("pad-added", lambda _split, pad: self._attach(pad))
        self._branches = [self._branch(feed, bitrate) for feed in self._feeds]
        self._pad = feeding_pad("sound-in", level.get_static_pad("sink"), _caps(channels))

    def _branch(self, feed: Feed, bitrate: int) -> Any:
        """Encoder and socket of one feed; returns its first element."""
        assert feed.audio is not None
        valve = make("valve")
        encoder = make("opusenc", bitrate=bitrate, audio_type="voice", complexity=5)
        chain(
            self._pipeline,
            valve,
            make("audioconvert"),
            encoder,
            feed.audio.payloader,
            feed.audio.sink,
        )
        self.encoded[feed.name] = encoder.get_static_pad("src")
        slot = return_slot(feed.name)
        if slot is not None:
            self._valves[slot] = valve
            valve.set_property("drop", True)
        return valve

    def _attach(self, pad: Any) -> None:
        channel = int(pad.get_name().rpartition("_")[2])
        if channel < len(self._branches):
            pad.link(self._branches[channel].get_static_pad("sink"))

    def _set_matrix(self, opened: frozenset[int]) -> None:
        own = [return_slot(feed.name) for feed in self._feeds] or [None]
        rows = mix_matrix(opened, len(self._slots), own, self._obeyed[1])
        Gst.util_set_object_arg(self._matrix, "matrix", matrix_text(rows))

    def _block(self, n: int, _now: float) -> None:
        renewed = self._obey(self._order)
        opened, together = self._obeyed
        crossing = with_theirs(self._crossing(n * PERIOD_NS), together)
        wanted = (opened - crossing) | (self._open & crossing)
        if renewed or wanted - self._open:
            self._set_matrix(self._open | wanted)
        sources = [(slot.epoch, slot.source) for slot in self._slots]
        self._open_returns(sources)
        frame, playing = self._interleave(wanted)
        buffer = Gst.Buffer.new_wrapped(frame.tobytes())
        buffer.pts, buffer.duration = n * PERIOD_NS, PERIOD_NS
        flow = self._pad.push(buffer)
        if flow != Gst.FlowReturn.OK:
            log.error("sound: the mix could not be sent: %s", flow.value_nick)
        self._playing = playing
        if self._open - wanted:
            self._set_matrix(wanted)
        self._open = wanted
        self._tell_heard(playing & wanted & opened, sources, time.monotonic())

    def _obey(self, order: tuple[frozenset[int], Together]) -> bool:
        """Take a newer order, if there is one: what is heard is told anew."""
        if order is self._obeyed:
            return False
        self._obeyed = order
        self._heard.clear()
        return True

    def _interleave(self, wanted: frozenset[int]) -> "tuple[array[float], set[int]]":
        """One block of all slots, with ramps where a sound begins or ends, and who has sound."""
        count = len(self._slots)
        frame = array("f", bytes(4 * BLOCK * count))
        playing = set()
        for index, slot in enumerate(self._slots):
            block = slot.sound.take()
            if block is None:
                continue
            playing.add(index)
            samples = array("f", block)
            if index not in self._playing or index in wanted - self._open:
                samples = array("f", map(operator.mul, samples, RAMP_UP))
            elif index in self._open - wanted:
                samples = array("f", map(operator.mul, samples, RAMP_DOWN))
            frame[index::count] = samples
        return frame, playing

    def _open_returns(self, sources: Sequence[tuple[int, str | None]]) -> None:
        for slot, valve in self._valves.items():
            drop = sources[slot][1] is None
            if valve.get_property("drop") != drop:
                valve.set_property("drop", drop)

    def _tell_heard(
        self, heard: set[int], sources: Sequence[tuple[int, str | None]], left: float
    ) -> None:
        for slot in set(self._heard) - self._open:
            del self._heard[slot]
        for slot in heard:
            epoch, source = sources[slot]
            if source is not None and self._heard.get(slot) != epoch:
                self._heard[slot] = epoch
                self._on_heard(slot, source, left)


def _caps(channels: int) -> Any:
    return Gst.Caps.from_string(
        f"audio/x-raw,format=F32LE,rate={RATE},channels={channels},layout=interleaved,"
        "channel-mask=(bitmask)0"
    )
