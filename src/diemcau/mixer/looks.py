"""How the picture on a slot looks: does it move, is it black, does it stand still?

A camera's picture is never twice the same, down to the last bit: its noise changes. One that does
not change for two seconds is not a still room but a fault. Time is an argument, in seconds.
"""

import zlib
from collections import deque
from enum import StrEnum

EVERY = 0.2
# Every so many pixels of a row are weighed for black.
STEP = 16
# Luma of studio range, where 16 is black: a covered lens has noise, a dark room has lights.
BLACK_MEAN, BLACK_MOST = 24, 48
BLACK_AFTER = 1.4
FROZEN_AFTER = 2.0
# An encoder's keyframe, and what it mends after it, differ though the camera's picture does not.
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
        self._sum = 0
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
        before, total = self.look, 0
        for row in rows:
            total = zlib.crc32(row, total)
        if total != self._sum:
            self._sum = total
            self._changes.append(now)
        if not _is_black(rows):
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


def _is_black(rows: list[bytes]) -> bool:
    values = [value for row in rows for value in row[::STEP]]
    return max(values) <= BLACK_MOST and sum(values) <= BLACK_MEAN * len(values)
