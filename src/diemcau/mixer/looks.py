"""How the picture on a slot looks: does it move, is it black, does it stand still?

What standing still is, is measured in ``apart/stillness.py``. Time is an argument, in seconds.
"""

from collections import deque
from enum import StrEnum

from diemcau.apart.stillness import EVERY, KEYFRAMES, changed, thinned

# Luma of studio range, where 16 is black: a covered lens has noise, a dark room has lights.
BLACK_MEAN, BLACK_MOST = 24, 48
BLACK_AFTER = 1.4
FROZEN_AFTER = 1.1


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
        before, luma = self.look, b"".join(map(thinned, rows))
        if changed(self._former, luma):
            self._changes.append(now)
        self._former = luma
        if max(luma) > BLACK_MOST or sum(luma) > BLACK_MEAN * len(luma):
            self._lit = now
            self.look = Look.FROZEN if self._stands(now) else Look.MOVING
        elif now - self._lit >= BLACK_AFTER:
            self.look = Look.BLACK
        return self.look is not before

    def miss(self, waiting: float) -> bool:
        """No new picture comes though packets do, since `waiting` seconds; True when it looks
        different than before."""
        if waiting < FROZEN_AFTER or self.look is not Look.MOVING:
            return False
        self.look = Look.FROZEN
        return True

    def _stands(self, now: float) -> bool:
        """Whether nothing but keyframes changed the picture for long enough."""
        since = now - FROZEN_AFTER
        return self._begun <= since and sum(change > since for change in self._changes) <= KEYFRAMES
