"""How the picture on a slot looks: does it move, is it black, does it stand still?

A camera's picture is never twice the same: its noise changes, however still the room is. What an
encoder makes of a frozen one still creeps, by a level or two as it spends its bits on finer detail,
and jumps with a keyframe. Measured with x264 at 180 to 720 lines, 200 to 1500 kbit/s: in 0.2 s
more than 2 % of the pixels of a live picture change by more than two levels, if its noise is one
level or more; of a frozen one less than 0.4 %, after a second. Time is an argument, in seconds.
"""

from collections import deque
from enum import StrEnum
from itertools import repeat
from operator import gt, sub

EVERY = 0.2
COLUMNS = 160
# Luma of studio range, where 16 is black: a covered lens has noise, a dark room has lights.
BLACK_MEAN, BLACK_MOST = 24, 48
BLACK_AFTER = 1.4
CREEP = 2
STILL_SHARE = 0.004
FROZEN_AFTER = 1.6
# The looks that a keyframe, and what is mended after it, may spoil in that time.
KEYFRAMES = 2


class Look(StrEnum):
    MOVING = "moving"
    BLACK = "black"
    FROZEN = "frozen"


class Looks:
    """Looks at one source's pictures every now and then."""

    def __init__(self, now: float) -> None:
        self.look = Look.MOVING
        self._begun = self._lit = self._next = now
        self._frames = 0
        self._former = b""
        self._changes: deque[float] = deque(maxlen=KEYFRAMES + 1)

    def due(self, now: float, frames: int) -> bool:
        """Whether it is time, and there is a new picture. `frames`: how many there were so far."""
        if now < self._next or frames == self._frames:
            return False
        self._next, self._frames = max(self._next + EVERY, now), frames
        return True

    def take(self, now: float, rows: list[bytes]) -> bool:
        """Take some rows of the luma of a picture; True when it looks different than before."""
        if not rows:
            return False
        before, luma = self.look, b"".join(row[:: max(1, len(row) // COLUMNS)] for row in rows)
        if _changed(self._former, luma):
            self._changes.append(now)
        self._former = luma
        if max(luma) > BLACK_MOST or sum(luma) > BLACK_MEAN * len(luma):
            self._lit = now
        if now - self._lit >= BLACK_AFTER:
            self.look = Look.BLACK
        else:
            self.look = Look.FROZEN if self._stands(now) else Look.MOVING
        return self.look is not before

    def _stands(self, now: float) -> bool:
        """Whether nothing but keyframes changed the picture for long enough."""
        since = now - FROZEN_AFTER
        return self._begun <= since and sum(change > since for change in self._changes) <= KEYFRAMES


def _changed(former: bytes, luma: bytes) -> bool:
    """Whether more has changed than an encoder does by itself."""
    if len(former) != len(luma):
        return True
    moved: int = sum(map(gt, map(abs, map(sub, former, luma)), repeat(CREEP)))
    return moved > STILL_SHARE * len(luma)
