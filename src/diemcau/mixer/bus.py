"""One bus: a layout of panes, composed and encoded once for everybody who sees it.

The bus has a beat of its own. At each beat the newest picture of each pane is pushed into the
compositor, all with the same time stamp, so the compositor never waits and a layout changes
between two frames: a take to a decoded slot shows in the next frame, and a hidden slot costs
nothing. Compositor, overlay, encoder and socket run in one thread behind it.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from diemcau.mixer import graphics
from diemcau.mixer.feed import Feed
from diemcau.mixer.geometry import Rect, pane_rect, place
from diemcau.mixer.gst import (
    SECOND,
    WHOLE,
    BufferCopy,
    Gst,
    ask_keyframe,
    chain,
    errors,
    feeding_pad,
    filter_caps,
    make,
    on_buffer,
)
from diemcau.mixer.hold import Hold
from diemcau.mixer.messages import Layout, Pane
from diemcau.mixer.picture import Picture, cropped, i420_caps, picture_caps
from diemcau.mixer.settings import Settings
from diemcau.mixer.slot import Slot
from diemcau.mixer.watch import State

log = logging.getLogger(__name__)

# Size of the encoder's bucket: how far one frame may exceed the rate.
VBV_MS = 240
KEYFRAME_SECONDS = 2
# A frame that is not composed after this many waits is not waited for any longer.
MOST_WAITED = 3
# At most so many frames are left out so that a cut comes in one that is not late itself.
MOST_BEHIND = 5
NOTICES = {State.LOST: graphics.NO_SIGNAL, State.STALLED: graphics.NO_PICTURE}


class Mark(NamedTuple):
    """A source's first picture on the bus is in the frame of this running time (ns)."""

    running: int
    slot: int
    source: str


class Feeder:
    """One sink pad of the compositor and what was last told it.

    A change of picture size takes a new pad: on an old one the compositor would hold the frame
    back until the next (it consumes the buffers first, then finds that it must reconfigure).
    """

    def __init__(self, compositor: Any, index: int) -> None:
        self._compositor = compositor
        self._index = index
        self._sink: Any = None
        self._pad: Any = None
        self._caps: Any = None
        self._rect: Rect | None = None

    def push(self, rect: Rect, buffer: Any, caps: Any, times: tuple[int, int]) -> None:
        """Give the pad its picture for the next frame; `times` are PTS and duration in ns."""
        if caps is not self._caps:
            self._renew(caps)
        self._place(rect)
        stamped = buffer.copy_region(BufferCopy.MEMORY | BufferCopy.META, 0, WHOLE)
        stamped.pts, stamped.duration = times
        flow = self._pad.push(stamped)
        if flow != Gst.FlowReturn.OK:
            log.error("pane %d: picture not taken: %s", self._index, flow.value_nick)

    def release(self) -> None:
        if self._pad is not None:
            self._pad.unlink(self._sink)
            self._compositor.release_request_pad(self._sink)

    def _renew(self, caps: Any) -> None:
        self.release()
        self._sink = self._compositor.request_pad_simple("sink_%u")
        self._sink.set_property("zorder", self._index)
        self._pad = feeding_pad(f"pane-{self._sink.get_name()}", self._sink, caps)
        self._caps, self._rect = caps, None

    def _place(self, rect: Rect) -> None:
        if rect == self._rect:
            return
        for name, value in zip(("xpos", "ypos", "width", "height"), rect, strict=True):
            self._sink.set_property(name, value)
        self._rect = rect


class Bus:
    """A named bus. `on_picture(bus, slot, source, left)` is called from the encoder's thread."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        slots: Sequence[Slot],
        feed: Feed,
        on_picture: Callable[[str, int, str, float], None],
    ) -> None:
        self.name = name
        self.feed = feed
        self.frames = 0
        self.skipped = 0
        self._settings = settings
        self._slots = slots
        self._on_picture = on_picture
        self._period = SECOND // settings.fps
        self._lock = threading.Lock()
        self._hold = Hold()
        self._layout = Layout()
        self._rects: list[Rect] = []
        self._feeders: list[Feeder] = []
        self._seen: dict[int, int] = {}
        self._pushed = 0
        self._waited = 0
        self._left_out = 0
        self._composed = threading.Event()
        self._composed.set()
        self._offset = -1
        self._clock = ""
        self._overlay_key: object = None
        self._drawn: list[Any] = []
        self._banner: graphics.Banner | None = None
        self._overlays: deque[tuple[int, Any]] = deque([(0, None)])
        self._marks: deque[Mark] = deque()
        self._build()

    def start(self) -> None:
        self._pipeline.set_state(Gst.State.PLAYING)

    def stop(self) -> None:
        self._pipeline.set_state(Gst.State.NULL)

    def errors(self) -> list[str]:
        """What went wrong since the last call."""
        return errors(self._pipeline)

    @property
    def shown(self) -> frozenset[int]:
        """The slots that it shows now."""
        return self._layout.slots()

    def crossing(self, running: int) -> frozenset[int]:
        """The slots that it shows, or shows no more, only after this running time (ns)."""
        return self._hold.crossing(running)

    def offer(self, layout: Layout, take: str, hold: float) -> None:
        """Show a layout, after at most `hold` seconds where newcomers have no picture yet."""
        self._prepare(layout)
        with self._lock:
            self._hold.offer(layout, take, hold, time.monotonic())

    def tell_time(self, text: str) -> None:
        """The time of day, for layouts with a clock."""
        self._clock = text

    def force_keyframe(self) -> None:
        ask_keyframe(self._encoder.get_static_pad("src"))

    def beat(self, running: int, now: float) -> None:
        """Compose one frame for running time `running` (ns); called from the picture thread."""
        if self._unfinished():
            return
        with self._lock:
            if self._hold.due(now, self._has_picture):
                if self._behind(running):
                    return
                self._hold.cut(running)
                self._layout = self._hold.layout
                self._arrange()
        pts = self._pushed * self._period
        self._follow_clock(running - pts)
        pictures = [self._picture(pane) for pane in self._layout.panes]
        self._choose_overlay(pts, pictures)
        self._mark(running, pictures)
        self._pushed += 1
        self._composed.clear()
        self._push_all(pts, pictures)

    def _build(self) -> None:
        settings, video = self._settings, self.feed.video
        assert video is not None
        self._pipeline = Gst.Pipeline.new(f"bus-{self.name}")
        self._compositor = make("compositor", background="black", max_threads=1)
        overlay = make("overlaycomposition")
        overlay.connect("draw", self._draw)
        self._encoder = make(
            "x264enc",
            tune="zerolatency",
            speed_preset="ultrafast",
            threads=1,
            aud=False,
            bitrate=settings.video_bitrate // 1000,
            vbv_buf_capacity=VBV_MS,
            key_int_max=KEYFRAME_SECONDS * settings.fps,
        )
        profile = filter_caps("video/x-h264,profile=constrained-baseline,stream-format=avc")
        self.encoded = profile.get_static_pad("src")
        chain(
            self._pipeline,
            self._compositor,
            filter_caps(
                f"{picture_caps(settings.width, settings.height)},framerate={settings.fps}/1"
            ),
            overlay,
            self._encoder,
            profile,
            video.payloader,
            video.sink,
        )
        on_buffer(video.payloader.get_static_pad("src"), self._sent, lists=True)
        self._ground = graphics.ground(settings.width, settings.height)
        self._ground_caps = i420_caps(settings.width, settings.height)
        self._ground_rect = Rect(0, 0, settings.width, settings.height)
        self._ground_feeder = Feeder(self._compositor, 0)

    def _unfinished(self) -> bool:
        """Whether the last frame is still not composed after two beats; then one is left out."""
        if self._composed.wait(2 * self._period / SECOND) or self._waited >= MOST_WAITED:
            self._waited = 0
            return False
        self._waited += 1
        self.skipped += 1
        return True

    def _behind(self, running: int) -> bool:
        """Whether this frame is left out, because a cut in it could not be heard with it: it is
        older than the sound that leaves now. The next one comes the sooner."""
        late = time.monotonic() - self.feed.timebase.start - running / SECOND
        if late <= self._period / SECOND / 2 or self._left_out >= MOST_BEHIND:
            self._left_out = 0
            return False
        self._left_out += 1
        self.skipped += 1
        return True

    def _has_picture(self, slot: int) -> bool:
        return self._slots[slot].picture is not None

    def _arrange(self) -> None:
        """Prepare pads and rectangles for a new layout; nothing is in the compositor now."""
        panes = self._layout.panes
        self._rects = self._pane_rects(self._layout)
        while len(self._feeders) > len(panes):
            self._feeders.pop().release()
        while len(self._feeders) < len(panes):
            self._feeders.append(Feeder(self._compositor, len(self._feeders) + 1))
        self._seen.clear()

    def _follow_clock(self, offset: int) -> None:
        """Frames left out move all later ones: RTP time stays the wall clock's."""
        if offset != self._offset:
            self._offset = offset
            self._compositor.get_static_pad("src").set_offset(offset)

    def _picture(self, pane: Pane) -> Picture | None:
        return None if pane.slot is None else self._slots[pane.slot].picture

    def _push_all(self, pts: int, pictures: Sequence[Picture | None]) -> None:
        times = (pts, self._period)
        for feeder, pane, rect, picture in zip(
            self._feeders, self._layout.panes, self._rects, pictures, strict=True
        ):
            if picture is None:
                buffer, caps = graphics.slate(rect.w, rect.h, pane.caption, self._notice(pane))
                feeder.push(rect, buffer, caps, times)
            else:
                placement = place(picture.width, picture.height, rect, pane.fit)
                part = cropped(picture, placement.crop)
                feeder.push(placement.dest, part.buffer, part.caps, times)
        self._ground_feeder.push(self._ground_rect, self._ground, self._ground_caps, times)

    def _notice(self, pane: Pane) -> str:
        return "" if pane.slot is None else NOTICES.get(self._slots[pane.slot].state, "")

    def _mark(self, running: int, pictures: Sequence[Picture | None]) -> None:
        """Remember which sources are in a frame for the first time since they were shown."""
        for pane, picture in zip(self._layout.panes, pictures, strict=True):
            if pane.slot is None or picture is None:
                continue
            if self._seen.get(pane.slot) != picture.epoch:
                self._seen[pane.slot] = picture.epoch
                self._marks.append(Mark(running, pane.slot, picture.source))

    def _sent(self, pad: Any, info: Any) -> None:
        """RTP packets of a frame leave: tell whose first picture is in it."""
        if not self._marks:
            return
        listed = info.type & Gst.PadProbeType.BUFFER_LIST
        buffer = info.get_buffer_list().get(0) if listed else info.get_buffer()
        segment = pad.get_sticky_event(Gst.EventType.SEGMENT, 0).parse_segment()
        running = segment.to_running_time(Gst.Format.TIME, buffer.pts)
        while self._marks and self._marks[0].running <= running + self._period // 2:
            mark = self._marks.popleft()
            self._on_picture(self.name, mark.slot, mark.source, time.monotonic())

    def _choose_overlay(self, pts: int, pictures: Sequence[Picture | None]) -> None:
        """Put together captions, banner and clock again where one of them changed."""
        layout = self._layout
        clock = self._clock if layout.clock else ""
        key = (layout, clock, tuple(picture is None for picture in pictures))
        if key != self._overlay_key:
            self._overlay_key = key
            self._drawn = self._rectangles(clock, pictures)
            self._banner = self._draw_banner(layout.banner)
        elif self._banner is None or not self._banner.runs:
            return
        moving = [] if self._banner is None else self._banner.rectangles(self._pushed)
        self._overlays.append((pts, graphics.composition([*self._drawn, *moving])))

    def _draw_banner(self, text: str) -> graphics.Banner | None:
        if not text:
            return None
        return graphics.banner(text, self._settings.width, self._settings.height)

    def _prepare(self, layout: Layout) -> None:
        """Draw texts now, in the caller's thread, so that the beat finds them drawn."""
        rects = self._pane_rects(layout)
        bottom = self._bottom(layout)
        for pane, rect in zip(layout.panes, rects, strict=True):
            if pane.caption:
                graphics.caption(pane.caption, rect, bottom)
            if pane.slot is None or not self._has_picture(pane.slot):
                graphics.slate(rect.w, rect.h, pane.caption, self._notice(pane))
        self._draw_banner(layout.banner)

    def _bottom(self, layout: Layout) -> int:
        """Where the banner begins, or the frame ends."""
        height = self._settings.height
        return height - graphics.banner_height(height) if layout.banner else height

    def _pane_rects(self, layout: Layout) -> list[Rect]:
        width, height = self._settings.width, self._settings.height
        return [pane_rect(p.x, p.y, p.w, p.h, width, height) for p in layout.panes]

    def _rectangles(self, clock: str, pictures: Sequence[Picture | None]) -> list[Any]:
        layout, width, height = self._layout, self._settings.width, self._settings.height
        bottom = self._bottom(layout)
        drawn = [
            graphics.caption(pane.caption, rect, bottom)
            for pane, rect, picture in zip(layout.panes, self._rects, pictures, strict=True)
            if pane.caption and picture is not None
        ]
        if clock:
            drawn.append(graphics.clock(clock, width, height))
        return drawn

    def _draw(self, _overlay: Any, sample: Any) -> Any:
        """The overlay of the frame just composed; called from the encoder's thread."""
        self.frames += 1
        self._composed.set()
        pts = sample.get_buffer().pts
        while len(self._overlays) > 1 and self._overlays[1][0] <= pts:
            self._overlays.popleft()
        return self._overlays[0][1]
