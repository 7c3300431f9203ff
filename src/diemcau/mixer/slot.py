"""One slot: receives a source's RTP, decodes it, and keeps the newest picture and sound.

The decoding pipeline is built anew for every source, so that nothing of the previous one can
survive in a jitter buffer or decoder; the sockets stay, and are emptied in between. A slot
without a source has no pipeline and costs nothing.
"""

import logging
import socket
import time
from collections.abc import Callable
from typing import Any

from diemcau.mixer import rtcp
from diemcau.mixer.gst import (
    SECOND,
    Gio,
    Gst,
    chain,
    errors,
    filter_caps,
    make,
    on_buffer,
    on_keyframe_request,
    while_wanted,
)
from diemcau.mixer.lateness import STEP, TOLERATED, WINDOW, Lateness
from diemcau.mixer.looks import Look, Looks
from diemcau.mixer.picture import Picture, decoded_caps, luma_rows
from diemcau.mixer.playout import Playout
from diemcau.mixer.screen import Screen
from diemcau.mixer.settings import InputPort
from diemcau.mixer.watch import State, Watch

log = logging.getLogger(__name__)

AUDIO_PT = 111
VIDEO_PT = 107
# SSRC of this receiver in keyframe requests; any number does.
OWN_SSRC = 1
RECEIVE_BUFFER = 2 * 1024 * 1024
# How long a lost packet is waited for; packets in order are never held back. Janus asks for a
# lost packet of a picture with the next frame, and a second time after 155 ms: what a round trip
# of 100 ms brings again comes in this time.
VIDEO_PATIENCE_MS = 320
AUDIO_PATIENCE_MS = 20
# A picture that does not come back although packets come: build the decoder anew.
REBUILD_AFTER = 2.0
BROKEN_PAUSE = 0.5
BLOCK_BYTES = 960 * 4

PT_CAPS = {
    AUDIO_PT: "application/x-rtp,media=audio,clock-rate=48000,encoding-name=OPUS,payload=111",
    VIDEO_PT: "application/x-rtp,media=video,clock-rate=90000,encoding-name=H264,payload=107",
}


def preload() -> None:
    """Load the decoders' libraries now: the first source of the day must not wait for the disk."""
    for factory in ("rtpptdemux", "rtpjitterbuffer", "rtph264depay", "h264parse", "audioconvert"):
        make(factory)
    for factory in ("avdec_h264", "rtpopusdepay", "opusdec", "udpsrc", "fakesink"):
        make(factory)


class Slot:
    """Input `index` of the mixer.

    `on_picture` is called from the decoder's thread when there is a picture where none was.
    """

    def __init__(
        self, index: int, ports: InputPort, on_picture: Callable[[], None] = lambda: None
    ) -> None:
        self.index = index
        self.source: str | None = None
        self.pli: tuple[str, int] | None = None
        self.watch = Watch(time.monotonic())
        self.looks = Looks(time.monotonic())
        self.sound = Playout(BLOCK_BYTES)
        self.frames = 0
        self.keyframes_asked = 0
        self._screen: Screen[Picture] = Screen()
        self._lateness = Lateness(time.monotonic())
        self._highest: int | None = None
        self._looks_until = 0.0
        self._heard = 0
        self._pushed = 0
        self._shape: tuple[Any, Any, int, int] | None = None
        self.epoch = 0
        self._built = 0.0
        self._failures: list[str] = []
        self._pipeline: Any = None
        self._jitter: Any = None
        self._branches: dict[int, Any] = {}
        self._on_picture = on_picture
        self._rtp = _bound_socket(ports.port)
        self._rtcp = _bound_socket(ports.rtcp_port)

    @property
    def state(self) -> State:
        return self.watch.state

    @property
    def picture(self) -> Picture | None:
        """What is shown of this slot now."""
        return self._screen.at(time.monotonic())

    @property
    def delay(self) -> float:
        """How much later its pictures and sound leave because of its line, in seconds."""
        return self._lateness.delay

    def assign(self, source: str | None, pli: tuple[str, int] | None) -> bool:
        """Give the slot to a source; False when it has it already (only the address is new)."""
        if source == self.source:
            learnt = pli is not None and self.pli is None
            self.pli = pli
            if learnt and self.picture is None:
                self.ask_keyframe()  # the way to ask is new: what came before may have been missed
            return False
        self._forget()
        self.source, self.pli = source, pli
        self.watch = Watch(time.monotonic())
        self.looks = Looks(time.monotonic())
        if source is not None:
            self._build(source)
            self.ask_keyframe()
        return True

    def check(self, now: float) -> bool:
        """The watchdog's turn: True when the state changed."""
        if self.source is None:
            return False
        self._rebuild_if_broken(now)
        before = self.watch.state
        if self.watch.update(now, self.frames, self._packets(), lossy=self.delay > 0):
            self.ask_keyframe()
            self._rebuild_if_dead(now)
        if self.watch.stale(now):
            self._screen.clear()
        return self.watch.state is not before

    def look(self, now: float) -> bool:
        """Look at the picture; True when it looks different than before."""
        picture = self._screen.at(now)
        if picture is None:
            return False
        if self.looks.due(now, self.frames):
            return self.looks.take(now, luma_rows(picture))
        return self.state is State.STALLED and self.looks.miss(now - self.watch.last_frame)

    def look_away(self, now: float) -> bool:
        """Nobody is shown the picture; True when it looked like a fault until now."""
        before, self.looks = self.looks.look, Looks(now)
        return before is not Look.MOVING

    def ask_keyframe(self) -> None:
        """Send a PLI to the source's forwarder."""
        self.watch.requested(time.monotonic())
        if self.pli is None:
            return
        self.keyframes_asked += 1
        try:
            self._rtcp.sendto(rtcp.pli(OWN_SSRC, 1010), self.pli)
        except OSError as error:
            log.warning("slot %d: keyframe request not sent: %s", self.index, error)

    def _gap(self) -> None:
        """The depayloader met a gap that stays; called from its thread."""
        if self.watch.gap_stays(time.monotonic()):
            self.ask_keyframe()

    def close(self) -> None:
        self._forget()
        self._rtp.close()
        self._rtcp.close()

    def _packets(self) -> int:
        """Packets so far; the jitter buffer is only asked where frames do not tell as much."""
        if self._jitter is not None and self.frames == self.watch.frames:
            self._pushed = int(self._jitter.get_property("stats").get_uint64("num-pushed")[1])
        return self._pushed + self._heard

    def _rebuild_if_dead(self, now: float) -> None:
        silent = now - max(self.watch.last_frame, self._built)
        if silent >= REBUILD_AFTER:
            self._rebuild(f"packets but no picture for {silent:.1f} s")

    def _rebuild_if_broken(self, now: float) -> None:
        """An element that failed does not come back by itself."""
        self._failures += errors(self._pipeline)
        if self._failures and now - self._built >= BROKEN_PAUSE:
            self._rebuild(self._failures[0])

    def _rebuild(self, reason: str) -> None:
        if self.source is None:
            return
        log.warning("slot %d: decoder built anew: %s", self.index, reason)
        self._drop_pipeline()
        self._build(self.source)
        self.ask_keyframe()

    def _forget(self) -> None:
        self.epoch += 1
        self._drop_pipeline()
        self._screen.clear()
        self._lateness = Lateness(time.monotonic())
        self.sound.clear()
        self.frames = self._heard = self._pushed = 0

    def _drop_pipeline(self) -> None:
        pipeline, self._pipeline, self._jitter = self._pipeline, None, None
        self._branches = {}
        if pipeline is not None:
            pipeline.set_state(Gst.State.NULL)

    def _build(self, source: str) -> None:
        _drain(self._rtp)
        self._failures = []
        self._built = time.monotonic()
        self._highest, self._looks_until = None, 0.0
        epoch = self.epoch
        pipeline = Gst.Pipeline.new(f"slot-{self.index}-{epoch}")
        demux = make("rtpptdemux")
        chain(pipeline, self._receiver(), demux)
        self._jitter = _jitter_buffer(VIDEO_PATIENCE_MS)
        self._branches = {
            VIDEO_PT: self._video(pipeline, epoch, source),
            AUDIO_PT: self._audio(pipeline, epoch),
        }
        # Handlers hold the slot and never the pipeline, or it would keep itself alive for ever.
        demux.connect("request-pt-map", lambda _demux, pt: Gst.Caps.from_string(_pt_caps(pt)))
        demux.connect("new-payload-type", self._attach)
        on_keyframe_request(self._jitter.get_static_pad("src"), self._gap)
        self._pipeline = pipeline
        pipeline.set_state(Gst.State.PLAYING)

    def _receiver(self) -> Any:
        receiver = make("udpsrc", close_socket=False, caps="application/x-rtp")
        receiver.set_property("socket", Gio.Socket.new_from_fd(socket.dup(self._rtp.fileno())))
        return receiver

    def _video(self, pipeline: Any, epoch: int, source: str) -> Any:
        depay = make("rtph264depay", wait_for_keyframe=True, request_keyframe=True)
        decoder = make("avdec_h264", max_threads=1, output_corrupt=False)
        sink = make("fakesink", sync=False, async_=False, enable_last_sample=False)
        chain(pipeline, self._jitter, depay, make("h264parse"), decoder, sink)

        def decoded(pad: Any, info: Any) -> None:
            if epoch == self.epoch:
                self._decoded(pad, info.get_buffer(), source)

        on_buffer(decoder.get_static_pad("src"), decoded)
        return self._jitter

    def _audio(self, pipeline: Any, epoch: int) -> Any:
        jitter = _jitter_buffer(AUDIO_PATIENCE_MS)
        # No in-band FEC: it costs 20 ms, and one corrupt packet makes opusdec repeat it for ever.
        decoder = make("opusdec", plc=True)
        mono = filter_caps("audio/x-raw,rate=48000,channels=1")
        floats = filter_caps("audio/x-raw,format=F32LE,layout=interleaved")
        sink = make("fakesink", sync=False, async_=False, enable_last_sample=False)
        depay = make("rtpopusdepay")
        chain(pipeline, jitter, depay, decoder, mono, make("audioconvert"), floats, sink)

        def decoded(_pad: Any, info: Any) -> None:
            if epoch == self.epoch:
                buffer = info.get_buffer()
                self.sound.put(buffer.extract_dup(0, buffer.get_size()))
                self._heard += 1

        on_buffer(sink.get_static_pad("sink"), decoded)
        return jitter

    def _decoded(self, pad: Any, buffer: Any, source: str) -> None:
        caps = pad.get_current_caps()
        if self._shape is None or not self._shape[0].is_equal(caps):
            self._shape = (caps, *decoded_caps(caps))
        now = time.monotonic()
        new = self._screen.at(now) is None
        due = now + self._learn(pad, buffer, now)
        self._screen.put(Picture(buffer, *self._shape[1:], source, self.epoch), due)
        self.frames += 1
        if new:
            self._on_picture()

    def _look(self, now: float, jitter: Any) -> None:
        """Look at the packets for a while; a line that is never late is spared the cost."""
        looks, self._looks_until = self._looks_until, now + WINDOW
        if not looks:
            self._highest = None
            while_wanted(jitter.get_static_pad("sink"), self._arrived)

    def _arrived(self, packet: Any) -> bool:
        """Tell a packet that was sent again: it comes after later ones."""
        sequence = int.from_bytes(packet.extract_dup(2, 2), "big")
        if self._highest is None or (sequence - self._highest) & 0xFFFF < 0x8000:
            self._highest = sequence
        else:
            self._lateness.sent_again(time.monotonic())
        if time.monotonic() < self._looks_until:
            return True
        self._looks_until = 0.0
        return False

    def _learn(self, pad: Any, buffer: Any, now: float) -> float:
        """Take the lateness of a picture; how long it waits for its time, in seconds.

        Its PTS is when it would have come on a line that is never late.
        """
        late = _since(pad, buffer.pts, now)
        jitter = self._jitter
        if late > TOLERATED and jitter is not None:
            self._look(now, jitter)
        self._lateness.came(now, late)
        self.sound.delay = round(self.delay / STEP)
        return max(0.0, self.delay - late)

    def _attach(self, demux: Any, pt: int, pad: Any) -> None:
        """Link a payload type to its branch; one nobody knows is swallowed, not an error."""
        target = self._branches.get(pt)
        if target is None:
            log.warning("slot %d: packets of unknown payload type %d ignored", self.index, pt)
            target = make("fakesink", sync=False, async_=False)
            demux.get_parent().add(target)
            target.sync_state_with_parent()
        pad.link(target.get_static_pad("sink"))


def _since(pad: Any, stamp: int, now: float) -> float:
    """Seconds from a buffer's time stamp until now; 0 where there is none."""
    element = pad.get_parent_element()
    if stamp == Gst.CLOCK_TIME_NONE or element is None:
        return 0.0
    since: float = now - (element.get_base_time() + stamp) / SECOND
    return max(0.0, since)


def _jitter_buffer(patience: int) -> Any:
    """Puts packets in order, waiting `patience` ms for a missing one.

    A sender that starts anew under the same SSRC jumps in sequence: the limits decide when a jump
    is taken for that, rather than for losses or for old packets to be thrown away.
    """
    return make(
        "rtpjitterbuffer",
        latency=patience,
        faststart_min_packets=1,
        do_lost=True,
        max_dropout_time=1000,
        max_misorder_time=200,
    )


def _pt_caps(pt: int) -> str:
    return PT_CAPS.get(pt, f"application/x-rtp,clock-rate=90000,payload={pt}")


def _bound_socket(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    bound.setblocking(False)
    bound.bind(("127.0.0.1", port))
    return bound


def _drain(udp: socket.socket) -> None:
    """Throw away what the previous source left in the socket."""
    try:
        while True:
            udp.recv(65536)
    except BlockingIOError:
        return
