"""Draws what is written on the picture: captions, banner, clock, and the slate of an empty pane.

Text goes through Pango (correct Vietnamese marks) onto cairo surfaces, once for each text, and is
blended by GStreamer. A slate is a whole picture: luma drawn as one 8-bit surface, chroma constant.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from diemcau.mixer.geometry import Rect, even
from diemcau.mixer.gst import WHOLE, BufferCopy, Gst, GstVideo, Pango, PangoCairo, cairo
from diemcau.mixer.picture import i420_caps

# Fonts that draw every Vietnamese letter themselves: Liberation Sans borrows its horned vowels.
FONT = "Noto Sans, DejaVu Sans"
# Luma (16-235) and chroma of the dark ground behind and between the panes.
GROUND_LUMA = 26
PANE_LUMA = 34
TEXT_LUMA = 225
QUIET_LUMA = 150
CHROMA_U = 134
CHROMA_V = 124
# Overlay colours: red, green, blue, alpha, 0 to 1.
PLATE = (0.05, 0.08, 0.13, 0.72)
BANNER_PLATE = (0.06, 0.11, 0.20, 0.92)
INK = (0.96, 0.97, 0.98, 1.0)
ACCENT = (0.80, 0.62, 0.24, 1.0)
# Pixels a running text moves in a frame, and the widest surface it may need.
RUN_PIXELS = 3
WIDEST = 30_000
NO_SIGNAL = "Mất tín hiệu"
NO_PICTURE = "Không có hình"


def preload() -> None:
    """Find the fonts now: the first caption must not wait for them."""
    _measure("Điểm cầu – Mất tín hiệu", 20)


def ground(width: int, height: int) -> Any:
    """The picture behind all panes, as an I420 buffer."""
    return _i420(bytes([GROUND_LUMA]) * (width * height), width, height)


@lru_cache(maxsize=32)
def slate(width: int, height: int, caption: str, notice: str) -> tuple[Any, Any]:
    """A dark pane with the caption in its centre and a notice below: I420 buffer and caps."""
    surface = cairo.ImageSurface(cairo.FORMAT_A8, width, height)
    context = cairo.Context(surface)
    context.set_operator(cairo.OPERATOR_SOURCE)
    context.set_source_rgba(0, 0, 0, PANE_LUMA / 255)
    context.paint()
    context.set_operator(cairo.OPERATOR_OVER)
    size = _caption_size(height) * 1.25
    lines = [(caption, size, TEXT_LUMA), (notice, size * 0.75, QUIET_LUMA)]
    _centred(context, [line for line in lines if line[0]], width, height)
    surface.flush()
    stride, data = surface.get_stride(), bytes(surface.get_data())
    luma = b"".join(data[row * stride : row * stride + width] for row in range(height))
    return _i420(luma, width, height), i420_caps(width, height)


def _i420(luma: bytes, width: int, height: int) -> Any:
    """An I420 buffer without padding; even width and height; strides a multiple of 2 only."""
    quarter = (width // 2) * (height // 2)
    data = luma + bytes([CHROMA_U]) * quarter + bytes([CHROMA_V]) * quarter
    buffer = Gst.Buffer.new_wrapped(data)
    size = width * height
    GstVideo.buffer_add_video_meta_full(
        buffer,
        GstVideo.VideoFrameFlags.NONE,
        GstVideo.VideoFormat.I420,
        width,
        height,
        3,
        [0, size, size + quarter, 0],
        [width, width // 2, width // 2, 0],
    )
    return buffer


def _centred(context: Any, lines: list[tuple[str, float, int]], width: int, height: int) -> None:
    layouts = [
        (_layout(context, text, size, width * 0.88, True), luma) for text, size, luma in lines
    ]
    heights = [layout.get_pixel_size()[1] for layout, _ in layouts]
    gap = height * 0.03
    top = (height - sum(heights) - gap * (len(lines) - 1)) / 2
    for (layout, luma), tall in zip(layouts, heights, strict=True):
        context.move_to(width * 0.06, top)
        context.set_source_rgba(0, 0, 0, luma / 255)
        PangoCairo.show_layout(context, layout)
        top += tall + gap


def _caption_size(height: int) -> float:
    """Letter height in pixels for a pane of this height."""
    return min(36.0, max(13.0, height * 0.058))


def _layout(context: Any, text: str, size: float, width: float | None, centred: bool) -> Any:
    """One line (two where centred), cut with an ellipsis where `width` is too little for it."""
    layout = PangoCairo.create_layout(context)
    font = Pango.FontDescription.from_string(f"{FONT} Semi-Bold")
    font.set_stretch(Pango.Stretch.CONDENSED)
    font.set_absolute_size(size * Pango.SCALE)
    layout.set_font_description(font)
    layout.set_text(text, -1)
    layout.set_width(-1 if width is None else int(width * Pango.SCALE))
    layout.set_height(-2 if centred else -1)
    layout.set_wrap(Pango.WrapMode.WORD_CHAR)
    layout.set_ellipsize(Pango.EllipsizeMode.END)
    layout.set_alignment(Pango.Alignment.CENTER if centred else Pango.Alignment.LEFT)
    return layout


def composition(rectangles: Iterable[Any]) -> Any | None:
    """All rectangles as one overlay, None where there are none."""
    result = None
    for rectangle in rectangles:
        if result is None:
            result = GstVideo.VideoOverlayComposition.new(rectangle)
        else:
            result.add_rectangle(rectangle)
    return result


@lru_cache(maxsize=128)
def caption(text: str, pane: Rect, bottom: int) -> Any:
    """The lower third of a pane: its text on a dark plate. `bottom` is where a banner begins."""
    size = _caption_size(pane.h)
    margin = even(max(6.0, pane.h * 0.035))
    pad_x, pad_y = size * 0.62, size * 0.34
    room = pane.w - 2 * margin - 2 * pad_x - size * 0.25
    wide, tall = _measure(text, size, room)
    width = even(wide + 2 * pad_x + size * 0.25)
    height = even(tall + 2 * pad_y)
    surface = cairo.ImageSurface(cairo.FORMAT_ARGB32, width, height)
    context = cairo.Context(surface)
    _fill(context, PLATE, 0, 0, width, height)
    _fill(context, ACCENT, 0, 0, max(2.0, size * 0.18), height)
    _write(context, text, size, size * 0.18 + pad_x, pad_y, room)
    y = min(pane.y + pane.h, bottom) - margin - height
    return _rectangle(surface, pane.x + margin, max(pane.y, even(y)))


def banner_height(height: int) -> int:
    """Pixels of the strip at the bottom of a frame."""
    return even(height * 0.075)


class Banner:
    """A strip along the bottom of the frame; text that is too long for it runs.

    The running text is drawn once on a wide surface; each frame shows another window of it.
    """

    def __init__(self, text: str, width: int, height: int) -> None:
        tall = banner_height(height)
        self._y = height - tall
        self._width = width
        strip = cairo.ImageSurface(cairo.FORMAT_ARGB32, width, tall)
        context = cairo.Context(strip)
        _fill(context, BANNER_PLATE, 0, 0, width, tall)
        _fill(context, ACCENT, 0, 0, width, max(2, height // 360))
        size = tall * 0.46
        margin = width * 0.025
        wide, line = _measure(text, size)
        top = (tall - line) / 2
        self.runs = wide > width - 2 * margin
        if self.runs:
            self._turn = min(even(wide + width / 4), WIDEST - width)
            self._text = _pixels(self._long(text, size, top, tall))
        else:
            _write(context, text, size, margin, top)
        self._strip = _rectangle(strip, 0, self._y)

    def rectangles(self, frame: int) -> list[Any]:
        """What to draw in frame number `frame`."""
        if not self.runs:
            return [self._strip]
        window = _window(*self._text, frame * RUN_PIXELS % self._turn, self._width)
        return [self._strip, _overlay(window, 0, self._y, self._width, self._text[2])]

    def _long(self, text: str, size: float, top: float, tall: int) -> Any:
        """The text, and again after a pause, so that every window of a turn is inside."""
        surface = cairo.ImageSurface(cairo.FORMAT_ARGB32, self._turn + self._width, tall)
        context = cairo.Context(surface)
        for start in range(0, self._turn + self._width, self._turn):
            _write(context, text, size, start, top)
        return surface


@lru_cache(maxsize=4)
def banner(text: str, width: int, height: int) -> Banner:
    """The banner with this text, drawn once."""
    return Banner(text, width, height)


@lru_cache(maxsize=8)
def clock(text: str, width: int, height: int) -> Any:
    """The time of day in the upper right corner."""
    size = height * 0.036
    wide, tall = _measure(text, size)
    pad_x, pad_y = size * 0.6, size * 0.3
    plate_w, plate_h = even(wide + 2 * pad_x), even(tall + 2 * pad_y)
    surface = cairo.ImageSurface(cairo.FORMAT_ARGB32, plate_w, plate_h)
    context = cairo.Context(surface)
    _fill(context, PLATE, 0, 0, plate_w, plate_h)
    _write(context, text, size, pad_x, pad_y)
    margin = even(height * 0.025)
    return _rectangle(surface, width - plate_w - margin, margin)


def _measure(text: str, size: float, room: float | None = None) -> tuple[int, int]:
    context = cairo.Context(cairo.ImageSurface(cairo.FORMAT_ARGB32, 1, 1))
    wide, tall = _layout(context, text, size, room, False).get_pixel_size()
    return int(wide), int(tall)


def _fill(context: Any, colour: tuple[float, ...], x: float, y: float, w: float, h: float) -> None:
    context.set_source_rgba(*colour)
    context.rectangle(x, y, w, h)
    context.set_operator(cairo.OPERATOR_SOURCE)
    context.fill()
    context.set_operator(cairo.OPERATOR_OVER)


def _write(
    context: Any, text: str, size: float, x: float, y: float, room: float | None = None
) -> None:
    context.set_source_rgba(*INK)
    context.move_to(x, y)
    PangoCairo.show_layout(context, _layout(context, text, size, room, False))


def _rectangle(surface: Any, x: int, y: int) -> Any:
    """A cairo surface as an overlay rectangle of its own size."""
    pixels = _pixels(surface)
    return _overlay(_window(*pixels, 0, pixels[1]), x, y, pixels[1], pixels[2])


def _pixels(surface: Any) -> tuple[Any, int, int, int]:
    """Memory of a surface as a buffer, with its width, height and stride."""
    surface.flush()
    buffer = Gst.Buffer.new_wrapped(bytes(surface.get_data()))
    return buffer, surface.get_width(), surface.get_height(), surface.get_stride()


def _window(pixels: Any, _width: int, height: int, stride: int, left: int, width: int) -> Any:
    """Part of a surface as a picture, in the same memory."""
    buffer = pixels.copy_region(BufferCopy.MEMORY, 0, WHOLE)
    GstVideo.buffer_add_video_meta_full(
        buffer,
        GstVideo.VideoFrameFlags.NONE,
        GstVideo.VideoFormat.BGRA,
        width,
        height,
        1,
        [4 * left, 0, 0, 0],
        [stride, 0, 0, 0],
    )
    return buffer


def _overlay(buffer: Any, x: int, y: int, width: int, height: int) -> Any:
    flags = GstVideo.VideoOverlayFormatFlags.PREMULTIPLIED_ALPHA
    return GstVideo.VideoOverlayRectangle.new_raw(buffer, x, y, width, height, flags)
