"""How much later than a perfect line's a slot's pictures are shown, so that they come evenly.

On a line that loses packets a picture is whole only when the lost one was sent again: a round trip
late or more. Shown as they come, pictures would stand still and jump several times a second. So
the slot learns how late they come and shows all of them that much later; on a clean line that is
no delay at all. Nor does it learn from what a busy machine holds up: only pictures count that
come with a packet sent again. Time is an argument, in seconds.
"""

import math
from collections import deque

# Lateness that is not worth a delay: a picture or two that a busy machine holds up.
TOLERATED = 0.08
# More delay than this disturbs a conversation more than a picture that stands still now and then.
MOST = 0.24
# A picture this late tells of a pause of the source, not of its line.
PAUSE = 1.0
# The delay suffices for all but four times in ten seconds; what is not further apart than a
# recovery lasts is one time.
WINDOW = 10.0
SPARED = 4
APART = 0.25
# Delay goes in blocks of sound, and one at a time when it is no longer needed.
STEP = 0.02
LOWER_EVERY = 2.0


class Lateness:
    """Learns a line's delay from how late each picture came. ``delay`` in seconds."""

    def __init__(self, now: float) -> None:
        self.delay = 0.0
        self._peaks: deque[tuple[float, float]] = deque()
        self._changed = now
        self._again = now - APART

    def sent_again(self, now: float) -> None:
        """A packet came that was lost before."""
        self._again = now

    def came(self, now: float, late: float) -> None:
        """Take a picture that is whole `late` after its time."""
        if now - self._again < APART:
            self._note(now, late)
        while self._peaks and now - self._peaks[0][0] > WINDOW:
            self._peaks.popleft()
        need = self._need()
        if need > self.delay:
            self.delay, self._changed = need, now
        elif need < self.delay and now - self._changed >= LOWER_EVERY:
            self.delay = max(need, _steps(self.delay - STEP), 0.0)
            self._changed = now

    def _note(self, now: float, late: float) -> None:
        """Remember the worst of each time that pictures were late."""
        if not TOLERATED < late < PAUSE:
            return
        if self._peaks and now - self._peaks[-1][0] < APART:
            began, peak = self._peaks[-1]
            self._peaks[-1] = (began, max(peak, late))
        else:
            self._peaks.append((now, late))

    def _need(self) -> float:
        worst = sorted((peak for _, peak in self._peaks), reverse=True)
        return min(MOST, _steps(worst[SPARED])) if len(worst) > SPARED else 0.0


def _steps(seconds: float) -> float:
    """Rounded up to whole steps."""
    return round(math.ceil(round(seconds / STEP, 6)) * STEP, 6)
