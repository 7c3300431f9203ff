"""What a slot shows: its newest picture, or the newest whose time has come.

Pictures are put in by the decoder's thread and looked at by several others.
"""

import threading
from collections import deque
from typing import Generic, TypeVar

Picture = TypeVar("Picture")

# More would hold too many of the decoder's buffers; the oldest is then shown early.
DEEPEST = 16


class Screen(Generic[Picture]):
    """Pictures with the times from which they are shown, in the order they are put in."""

    def __init__(self) -> None:
        self._shown: Picture | None = None
        self._coming: deque[tuple[float, Picture]] = deque()
        self._lock = threading.Lock()

    def put(self, picture: Picture, due: float) -> None:
        """Show this picture from `due` on; the first one on an empty screen at once."""
        with self._lock:
            if self._shown is None:
                self._shown = picture
                return
            self._coming.append((due, picture))
            if len(self._coming) > DEEPEST:
                self._shown = self._coming.popleft()[1]

    def at(self, now: float) -> Picture | None:
        """The picture shown now."""
        with self._lock:
            while self._coming and self._coming[0][0] <= now:
                self._shown = self._coming.popleft()[1]
            return self._shown

    def clear(self) -> None:
        with self._lock:
            self._shown = None
            self._coming.clear()
