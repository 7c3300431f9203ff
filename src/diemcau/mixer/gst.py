"""The narrow edge to GStreamer: gi has no type stubs, so its objects are `Any` beyond this file."""

import importlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import gi

for _name, _version in (
    ("Gst", "1.0"),
    ("GstVideo", "1.0"),
    ("Gio", "2.0"),
    ("Pango", "1.0"),
    ("PangoCairo", "1.0"),
):
    gi.require_version(_name, _version)


def _module(name: str) -> Any:
    return importlib.import_module(name)


Gst: Any = _module("gi.repository.Gst")
GstVideo: Any = _module("gi.repository.GstVideo")
Gio: Any = _module("gi.repository.Gio")
Pango: Any = _module("gi.repository.Pango")
PangoCairo: Any = _module("gi.repository.PangoCairo")
cairo: Any = _module("cairo")

# gi builds a type when it is first named, and two threads that do so at once find it half built.
for _module_of, _names in (
    (Gst, "Buffer BufferCopyFlags BufferFlags BusSyncReply Caps Event EventType FlowReturn Format"),
    (Gst, "MessageType Pad PadDirection PadLinkReturn PadProbeReturn PadProbeType Pipeline"),
    (Gst, "ResourceError Segment State"),
    (GstVideo, "VideoFormat VideoFrameFlags VideoOverlayComposition VideoOverlayFormatFlags"),
    (GstVideo, "VideoOverlayRectangle"),
):
    for _type in _names.split():
        getattr(_module_of, _type)

SECOND = 1_000_000_000
WHOLE = 2**64 - 1
BufferCopy: Any = Gst.BufferCopyFlags


def make(factory: str, **properties: Any) -> Any:
    """An element with its properties set; strings are read as in gst-launch."""
    element = Gst.ElementFactory.make(factory, None)
    if element is None:
        raise RuntimeError(f"GStreamer has no element {factory!r}; install its plugin package")
    for name, value in properties.items():
        key = name.rstrip("_").replace("_", "-")
        if isinstance(value, str):
            Gst.util_set_object_arg(element, key, value)
        else:
            element.set_property(key, value)
    return element


def chain(pipeline: Any, *elements: Any) -> None:
    """Add elements to a pipeline and link them one after another."""
    for element in elements:
        pipeline.add(element)
    for left, right in itertools.pairwise(elements):
        if not left.link(right):
            raise RuntimeError(f"cannot link {left.get_name()} to {right.get_name()}")


def filter_caps(caps: str) -> Any:
    return make("capsfilter", caps=caps)


def feeding_pad(name: str, target: Any, caps: Any) -> Any:
    """A source pad of our own, linked to `target` and ready to push time-stamped buffers."""
    pad = Gst.Pad.new(name, Gst.PadDirection.SRC)
    pad.set_active(True)
    if pad.link(target) != Gst.PadLinkReturn.OK:
        raise RuntimeError(f"cannot feed {target.get_name()}")
    pad.push_event(Gst.Event.new_stream_start(name))
    pad.push_event(Gst.Event.new_caps(caps))
    segment = Gst.Segment()
    segment.init(Gst.Format.TIME)
    pad.push_event(Gst.Event.new_segment(segment))
    return pad


def on_buffer(pad: Any, callback: Callable[[Any, Any], None], lists: bool = False) -> None:
    """Call `callback(pad, info)` for every buffer (or buffer list) that passes a pad."""
    mask = Gst.PadProbeType.BUFFER
    if lists:
        mask |= Gst.PadProbeType.BUFFER_LIST
    ok = Gst.PadProbeReturn.OK

    def probe(pad: Any, info: Any) -> Any:
        callback(pad, info)
        return ok

    pad.add_probe(mask, probe)


def while_wanted(pad: Any, callback: Callable[[Any], bool]) -> None:
    """Call `callback(buffer)` for every buffer that passes a pad, until it returns False."""
    more, enough = Gst.PadProbeReturn.OK, Gst.PadProbeReturn.REMOVE

    def probe(_pad: Any, info: Any) -> Any:
        return more if callback(info.get_buffer()) else enough

    pad.add_probe(Gst.PadProbeType.BUFFER, probe)


def ask_keyframe(pad: Any) -> None:
    """Have the encoder that ends in a source pad make a keyframe next."""
    pad.send_event(GstVideo.video_event_new_upstream_force_key_unit(Gst.CLOCK_TIME_NONE, True, 0))


def on_keyframe_request(pad: Any, callback: Callable[[], None]) -> None:
    """Call `callback()` when an element downstream of a source pad asks for a keyframe."""
    ok = Gst.PadProbeReturn.OK

    def probe(_pad: Any, info: Any) -> Any:
        if GstVideo.video_event_is_force_key_unit(info.get_event()):
            callback()
        return ok

    pad.add_probe(Gst.PadProbeType.EVENT_UPSTREAM, probe)


def messages(pipeline: Any) -> Iterator[Any]:
    """Messages a pipeline posted since the last call.

    They are fetched, not handled as they are posted: a handler written in Python cannot give a
    dropped message back, and each would keep its whole pipeline in memory.
    """
    bus = pipeline.get_bus()
    while (message := bus.pop()) is not None:
        yield message


def error_text(message: Any) -> str | None:
    """What an error message says, None for another one."""
    if message.type != Gst.MessageType.ERROR:
        return None
    error, debug = message.parse_error()
    return f"{error.message} ({debug})"


def errors(pipeline: Any) -> list[str]:
    """Errors since the last call; other messages are forgotten."""
    texts = [error_text(message) for message in messages(pipeline)]
    return [text for text in texts if text is not None]
