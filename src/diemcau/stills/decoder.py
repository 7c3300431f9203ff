"""A keyframe → a small JPEG picture: the one place that knows GStreamer.

One pipeline serves all sites, since a new one would cost ten times the decoding. It is flushed
before every keyframe: a decoder that lacks a part of a picture fills it from the one before, which
is another site's.
"""

from __future__ import annotations

import importlib
from typing import Any

import gi

from diemcau.stills.errors import StillError

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
Gst: Any = importlib.import_module("gi.repository.Gst")
importlib.import_module("gi.repository.GstApp")

WIDTH, HEIGHT = 192, 108
QUALITY = 75
PATIENCE_MS = 500


def _description() -> str:
    """Return the pipeline: access unit → picture in a frame of 16:9 → JPEG."""
    return f"""
    appsrc name=keyframes format=time caps=video/x-h264,stream-format=byte-stream,alignment=au
    ! h264parse ! avdec_h264 max-threads=1 output-corrupt=false
    ! videoscale add-borders=true ! videoconvert
    ! video/x-raw,format=I420,width={WIDTH},height={HEIGHT},pixel-aspect-ratio=1/1
    ! jpegenc quality={QUALITY} ! appsink name=stills sync=false max-buffers=1
    """


class Decoder:
    """To be used by one thread; ``Gst.init`` was called."""

    def __init__(self) -> None:
        self._pipeline: Any = None
        self._number = 0

    def still(self, keyframe: bytes) -> bytes:
        """The JPEG of a keyframe (Annex B); raises ``StillError`` ``undecodable``."""
        for _ in range(2):
            picture = self._decoded(keyframe)
            if picture is not None:
                return picture
            self.close()  # it may have been spoilt by a keyframe before this one
        raise StillError("undecodable", f"{len(keyframe)} bytes, no picture")

    def close(self) -> None:
        if self._pipeline is not None:
            self._pipeline.set_state(Gst.State.NULL)
            self._pipeline = None

    def _decoded(self, keyframe: bytes) -> bytes | None:
        """Only a picture with the keyframe's own time stamp is its picture."""
        if self._pipeline is None:
            self._pipeline = Gst.parse_launch(_description())
            self._pipeline.set_state(Gst.State.PLAYING)
        self._number += 1
        stamp = self._number * Gst.SECOND
        source = self._pipeline.get_by_name("keyframes")
        source.send_event(Gst.Event.new_flush_start())
        source.send_event(Gst.Event.new_flush_stop(True))
        buffer = Gst.Buffer.new_wrapped(keyframe)
        buffer.pts = stamp
        source.emit("push-buffer", buffer)
        sink = self._pipeline.get_by_name("stills")
        sample = sink.emit("try-pull-sample", PATIENCE_MS * Gst.MSECOND)
        if sample is None or sample.get_buffer().pts != stamp:
            return None
        encoded = sample.get_buffer()
        return bytes(encoded.extract_dup(0, encoded.get_size()))
