"""Whether a camera's picture changes, told from what an encoder makes of one that stands still.

A camera's picture is never twice the same: its noise changes, however still the room is. What an
encoder makes of a frozen one still creeps, by a level or two as it spends its bits on finer detail,
and jumps with a keyframe. Measured with x264 at 180 to 720 lines, 200 to 1500 kbit/s: in 0.2 s
more than 2 % of the pixels of a live picture change by more than two levels, if its noise is one
level or more; of a frozen one less than 0.4 %, after a second.
"""

from itertools import repeat
from operator import gt, sub

EVERY = 0.2
"""How far apart (s) the pictures are that are compared."""

COLUMNS = 160
CREEP = 2
STILL_SHARE = 0.004
KEYFRAMES = 2
"""The comparisons that a keyframe, and what is mended after it, may spoil."""


def thinned(row: bytes) -> bytes:
    """As many points of a row of luma as are compared."""
    return row[:: max(1, len(row) // COLUMNS)]


def changed(former: bytes, luma: bytes) -> bool:
    """Whether more has changed than an encoder does by itself, between pictures ``EVERY`` apart."""
    if len(former) != len(luma):
        return True
    moved: int = sum(map(gt, map(abs, map(sub, former, luma)), repeat(CREEP)))
    return moved > STILL_SHARE * len(luma)
