"""A decoded frame, its caps in the mixer's one colour space, and cropping without a copy."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from diemcau.mixer.geometry import Rect
from diemcau.mixer.gst import Gst, GstVideo

ROWS = 16


@dataclass(frozen=True, eq=False)
class Picture:
    """A frame of one source, in the decoder's own memory.

    `epoch` counts the sources a slot had, so that the same one coming back is told apart.
    """

    buffer: Any
    caps: Any
    width: int
    height: int
    source: str
    epoch: int


def picture_caps(width: int, height: int) -> str:
    """Caps of I420 pictures in the mixer.

    All are labelled alike, whatever the decoder guessed from their size: a conversion between
    BT.601 and BT.709 for every pane would cost more than all the rest.
    """
    return (
        f"video/x-raw,format=I420,width={width},height={height},colorimetry=bt709,"
        "chroma-site=mpeg2,pixel-aspect-ratio=1/1,interlace-mode=progressive"
    )


@lru_cache(maxsize=64)
def i420_caps(width: int, height: int) -> Any:
    """The same caps object for the same size, so that a change is seen by identity."""
    return Gst.Caps.from_string(picture_caps(width, height))


def decoded_caps(decoder_caps: Any) -> tuple[Any, int, int]:
    """Caps to compose a decoder's frames with, and their size.

    Only plain I420 in studio range is relabelled; anything else is left to the compositor.
    """
    shape = decoder_caps.get_structure(0)
    width, height = shape.get_int("width")[1], shape.get_int("height")[1]
    plain = shape.get_string("format") == "I420"
    full_range = (shape.get_string("colorimetry") or "").startswith("1:")
    return (i420_caps(width, height) if plain and not full_range else decoder_caps), width, height


def cropped(picture: Picture, crop: Rect) -> Picture:
    """The part of a picture inside `crop`, in the same memory."""
    if (crop.w, crop.h) == (picture.width, picture.height):
        return picture
    meta = GstVideo.buffer_get_video_meta(picture.buffer)
    if meta is None or meta.format != GstVideo.VideoFormat.I420:
        return picture
    strides = list(meta.stride)
    chroma = (crop.y // 2, crop.x // 2)
    moves = [crop.y * strides[0] + crop.x, *(chroma[0] * strides[n] + chroma[1] for n in (1, 2))]
    offsets = [meta.offset[n] + moves[n] for n in range(3)]
    buffer = picture.buffer.copy_region(Gst.BufferCopyFlags.MEMORY, 0, 2**64 - 1)
    GstVideo.buffer_add_video_meta_full(
        buffer,
        GstVideo.VideoFrameFlags.NONE,
        GstVideo.VideoFormat.I420,
        crop.w,
        crop.h,
        3,
        [*offsets, 0],
        [*strides[:3], 0],
    )
    caps = i420_caps(crop.w, crop.h)
    return replace(picture, buffer=buffer, caps=caps, width=crop.w, height=crop.h)


def luma_rows(picture: Picture) -> list[bytes]:
    """A few rows of a picture, from top to bottom; none of what has another format than I420."""
    meta = GstVideo.buffer_get_video_meta(picture.buffer)
    if meta is not None and meta.format != GstVideo.VideoFormat.I420:
        return []
    stride, offset = (meta.stride[0], meta.offset[0]) if meta else (picture.width, 0)
    step = max(1, picture.height // ROWS)
    return [
        picture.buffer.extract_dup(offset + y * stride, picture.width)
        for y in range(step // 2, picture.height, step)
    ]
