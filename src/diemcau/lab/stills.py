"""Looking at stills: decoded by another decoder than made them, and read by their marks."""

from __future__ import annotations

import av
import numpy as np
from numpy.typing import NDArray

from diemcau.lab.marks import FULL, Mark, MarkReader

SIZE = (192, 108)


def decoded(jpeg: bytes, form: str = "rgb24") -> NDArray[np.uint8]:
    """The picture, height × width (× RGB)."""
    [frame] = av.CodecContext.create("mjpeg", "r").decode(av.Packet(jpeg))
    return np.asarray(frame.to_ndarray(format=form), np.uint8)


def mark_of(jpeg: bytes) -> Mark | None:
    """Whose picture it is, and when it was drawn; None where no mark can be read."""
    luma = decoded(jpeg, "gray")
    return MarkReader(luma.shape[1], luma.shape[0], FULL).read(luma)[0]
