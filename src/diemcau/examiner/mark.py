"""Reading the mark at the top of a synthetic site's picture, from its description in
``diemcau.synthetic.mark``: the row with the site's number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]

_CELLS, _ROWS = 20, 18
_LEAST_CONTRAST = 50


def read(luma: Luma) -> int | None:
    """The site's number; None where there is no mark, or one that cannot be trusted."""
    height, width = luma.shape
    middles = ((np.arange(_CELLS) + 0.5) * width / _CELLS).astype(int)
    reach = max(1, width // _CELLS // 6)
    line = luma[height // _ROWS // 2].astype(int)
    levels = [line[middle - reach : middle + reach + 1].mean() for middle in middles]
    white, black = min(levels[0], levels[19]), max(levels[1], levels[18])
    if white - black < _LEAST_CONTRAST:
        return None
    bits = "".join("1" if level > (white + black) / 2 else "0" for level in levels[2:18])
    number, checksum = int(bits[:12], 2), int(bits[12:], 2)
    nibbles = (number >> 8) + (number >> 4 & 0xF) + (number & 0xF)
    return number if nibbles % 16 == checksum else None
