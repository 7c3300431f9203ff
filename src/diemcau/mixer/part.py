"""One part of a recording: a file into which the programme's own H.264 and Opus are written.

The pipeline here stands apart from the programme's: it gets the encoders' buffers through probes
and queues without a bound, so a disk that is slow or full holds up nothing but this file; a queue
that grows too long is the end of the part. The file is Matroska, each block written through at
once: whatever was written when the process or the disk dies can be played, and an orderly end adds
length and index (docs/decisions/0023).
"""

import logging
import os
from enum import StrEnum
from pathlib import Path
from typing import Any

from diemcau.mixer.gst import (
    SECOND,
    WHOLE,
    BufferCopy,
    Gst,
    error_text,
    feeding_pad,
    make,
    messages,
    while_wanted,
)

log = logging.getLogger(__name__)

# A disk that is this far behind (seconds) will not catch up.
MOST_BEHIND = 5.0
# An orderly end that takes longer than this is none.
LONGEST_END = 5.0


class PartState(StrEnum):
    STARTING = "starting"
    RECORDING = "recording"
    FAILED = "failed"
    STOPPED = "stopped"


class Part:
    """Opens no file before ``open``; what may wait for the disk is ``open``, ``measure`` and
    ``close``, which belong into a thread of their own. Times are monotonic seconds."""

    def __init__(self, path: Path, now: float) -> None:
        self.path = path
        self.state = PartState.STARTING
        self.reason = ""
        self.seconds = 0.0
        self.bytes = 0
        self.free_bytes = 0
        self._grew = now
        self._ending: float | None = None
        self._base = -1
        self._pads: tuple[Any, Any] | None = None
        self._pipeline = Gst.Pipeline.new("recording")
        muxer = make("matroskamux", writing_app="diemcau")
        self._sink = make(
            "filesink",
            location=str(path),
            buffer_mode="unbuffered",
            sync=False,
            async_=False,
        )
        self._queues = [_queue(), _queue()]
        for element in (*self._queues, muxer, self._sink):
            self._pipeline.add(element)
        muxer.link(self._sink)
        for queue, pad in zip(self._queues, ("video_0", "audio_0"), strict=True):
            queue.get_static_pad("src").link(muxer.request_pad_simple(pad))

    @property
    def over(self) -> bool:
        return self.state in (PartState.FAILED, PartState.STOPPED)

    def open(self) -> None:
        self._pipeline.set_state(Gst.State.PLAYING)

    def attach(self, video: Any, audio: Any) -> None:
        """Begin with the next keyframe that leaves the encoder at pad ``video``."""
        while_wanted(video, lambda buffer: self._picture(video, audio, buffer))
        while_wanted(audio, lambda buffer: self._sound(audio, buffer))

    def measure(self) -> tuple[int, int]:
        """Size and free disk, in bytes, once what was written is on the disk."""
        with self.path.open("rb") as file:
            os.fdatasync(file.fileno())
            return os.fstat(file.fileno()).st_size, free_bytes(self.path)

    def measured(self, size: int, free: int, now: float) -> None:
        if size > self.bytes:
            self._grew = now
        self.bytes, self.free_bytes = size, free

    def end(self, now: float, reason: str = "") -> None:
        """Finish the file; it is over when ``poll`` says so. With a reason, it has failed."""
        if self._ending is not None or self.over:
            return
        self.reason = reason
        self._ending = now
        for pad in self._pads or ():
            pad.push_event(Gst.Event.new_eos())

    def poll(self, now: float) -> bool:
        """Look how it goes; True once the file can be closed."""
        finished = self._read_messages()
        if self._ending is not None:
            return finished or self._pads is None or now - self._ending > LONGEST_END
        if finished:
            return True
        if max(self._behind(), now - self._grew) > MOST_BEHIND:
            self.reason = "stalled"
        elif self._written():
            self.state = PartState.RECORDING
        return bool(self.reason)

    def close(self) -> None:
        self._pads = None
        self._pipeline.set_state(Gst.State.NULL)

    def report(self) -> dict[str, Any]:
        """The `recording` of docs/protocol.md section 5."""
        said = {
            "file": str(self.path),
            "state": self.state.value,
            "seconds": round(self.seconds, 1),
            "bytes": self.bytes,
            "free_bytes": self.free_bytes,
        }
        return said | ({"reason": self.reason} if self.reason else {})

    def _written(self) -> bool:
        known, written = self._sink.query_position(Gst.Format.BYTES)
        return bool(known and written > 0)

    def _behind(self) -> float:
        """Seconds of programme that wait for the disk."""
        waiting = max(queue.get_property("current-level-time") for queue in self._queues)
        return float(waiting) / SECOND

    def _read_messages(self) -> bool:
        """Whether the file is whole, or will never be."""
        for message in messages(self._pipeline):
            if message.type == Gst.MessageType.EOS:
                return True
            if (text := error_text(message)) is not None:
                log.error("%s: %s", self.path.name, text)
                self.reason = "disk-full" if _no_space(message) else "disk-failed"
                return True
        return False

    def _picture(self, pad: Any, audio: Any, buffer: Any) -> bool:
        running = _running(pad, buffer)
        if self._pads is None:
            if self._finished or buffer.has_flags(Gst.BufferFlags.DELTA_UNIT):
                return not self._finished
            if not self._begin(pad, audio, running):
                return True
        return self._push(0, buffer, running)

    def _sound(self, pad: Any, buffer: Any) -> bool:
        if self._pads is None:
            return not self._finished
        running = _running(pad, buffer)
        return running < self._base or self._push(1, buffer, running)

    @property
    def _finished(self) -> bool:
        return self.over or self._ending is not None

    def _begin(self, video: Any, audio: Any, running: int) -> bool:
        """Both streams begin here, if both are known by now."""
        caps = [pad.get_current_caps() for pad in (video, audio)]
        if None in caps:
            return False
        self._base = running
        names = ("recorded-picture", "recorded-sound")
        self._pads = tuple(
            feeding_pad(name, queue.get_static_pad("sink"), one)
            for name, queue, one in zip(names, self._queues, caps, strict=True)
        )
        return True

    def _push(self, stream: int, buffer: Any, running: int) -> bool:
        pads = self._pads
        if pads is None or self._finished:
            return False
        at = running - self._base
        copy = buffer.copy_region(BufferCopy.MEMORY | BufferCopy.META | BufferCopy.FLAGS, 0, WHOLE)
        copy.pts = copy.dts = at
        copy.duration = buffer.duration
        self.seconds = max(self.seconds, at / SECOND)
        return bool(pads[stream].push(copy) == Gst.FlowReturn.OK)


def free_bytes(path: Path) -> int:
    """What is free on the disk of a file or folder."""
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize


def _queue() -> Any:
    return make("queue", max_size_buffers=0, max_size_bytes=0, max_size_time=0)


def _running(pad: Any, buffer: Any) -> int:
    segment = pad.get_sticky_event(Gst.EventType.SEGMENT, 0).parse_segment()
    return int(segment.to_running_time(Gst.Format.TIME, buffer.pts))


def _no_space(message: Any) -> bool:
    error, _ = message.parse_error()
    return bool(error.matches(Gst.ResourceError.quark(), Gst.ResourceError.NO_SPACE_LEFT))
