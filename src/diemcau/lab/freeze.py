"""When a picture counts as frozen: the definition of W3C WebRTC statistics (``freezeCount``)."""

from __future__ import annotations

from collections import deque

_FRAMES = 30
_MIN_EXTRA_MS = 150.0


class FreezeDetector:
    """Finds gaps between frames that a viewer notices.

    A gap is a freeze when it reaches max(3 × average, average + 150 ms), the average being that
    of the last 30 gaps between frames.
    """

    def __init__(self) -> None:
        self._last: float | None = None
        self._gaps: deque[float] = deque(maxlen=_FRAMES)
        self.count = 0
        self.total_ms = 0.0

    def frame(self, now_ms: float) -> float | None:
        """Take the time of a frame; return the length of the freeze it ended, in ms, or None."""
        last, self._last = self._last, now_ms
        if last is None:
            return None
        gap = now_ms - last
        frozen = self.is_frozen(gap)
        self._gaps.append(gap)
        if not frozen:
            return None
        self.count += 1
        self.total_ms += gap
        return gap

    def is_frozen(self, gap_ms: float) -> bool:
        """Whether a gap of this length is a freeze, by the frames seen so far."""
        if not self._gaps:
            return False
        average = sum(self._gaps) / len(self._gaps)
        return gap_ms >= max(3 * average, average + _MIN_EXTRA_MS)
