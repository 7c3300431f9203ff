"""Takes decoded sound that comes when it comes, and gives one block at each beat.

An adaptive jitter buffer: a block that comes too late costs one block of silence and so adds one
block of delay; when the delay was not needed for a while, one block is left out again.
Time is counted in beats, so the module has no clock.

`delay` blocks more are kept where the pictures are shown later, so that lips stay in step.
"""

from array import array
from collections import deque

# Never more delay than this, in blocks of 20 ms: what comes on top is thrown away at once.
DEEPEST = 12
# Delay that was not needed for this many beats (2 s) is given back, one block at a time.
PATIENCE = 100
# Delay asked for is made of single silences, this many beats apart and where sound is quiet, or
# anywhere after the longer time.
APART = 10
LONGEST_WAIT = 50
QUIET = 0.01


class Playout:
    """One slot's sound, in blocks of `size` bytes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._blocks: deque[bytes] = deque()
        self._rest = b""
        self._spare = DEEPEST
        self._beats = 0
        self._short = 0
        self.delay = 0
        self.underruns = 0
        self.dropped = 0
        self.playing = False

    def __len__(self) -> int:
        return len(self._blocks)

    def put(self, data: bytes) -> None:
        """Add decoded sound of any length; called from the decoder's thread."""
        if self._rest or len(data) != self._size:
            data = self._rest + data
            cut = len(data) - len(data) % self._size
            self._rest = data[cut:]
            for start in range(0, cut, self._size):
                self._blocks.append(data[start : start + self._size])
        else:
            self._blocks.append(data)

    def clear(self) -> None:
        """Forget everything: the slot belongs to another source."""
        self._blocks.clear()
        self._rest = b""
        self.playing = False
        self.delay = self._short = 0
        self._watch_again()

    def take(self) -> bytes | None:
        """The block for this beat, None for silence."""
        while len(self._blocks) > DEEPEST + self.delay:
            self._drop()
        if self._waits():
            return None
        try:
            block = self._blocks.popleft()
        except IndexError:
            self._underrun()
            return None
        self.playing = True
        self._give_back()
        return block

    def _underrun(self) -> None:
        if self.playing:
            self.underruns += 1
        self.playing = False
        self._watch_again()

    def _give_back(self) -> None:
        self._spare = min(self._spare, len(self._blocks))
        self._beats += 1
        if self._beats < PATIENCE:
            return
        if self._spare > self.delay:
            self._drop()
        self._watch_again()

    def _waits(self) -> bool:
        """Whether this beat stays silent, so that the sound comes later from now on."""
        if not self.playing or not 0 < len(self._blocks) <= self.delay:
            self._short = 0
            return False
        self._short += 1
        if self._short < APART or (self._short < LONGEST_WAIT and not _quiet(self._blocks[0])):
            return False
        self._short = 0
        self._watch_again()
        return True

    def _drop(self) -> None:
        self._blocks.popleft()
        self.dropped += 1

    def _watch_again(self) -> None:
        self._spare, self._beats = DEEPEST + self.delay, 0


def _quiet(block: bytes) -> bool:
    """Whether silence beside this block (floats) would hardly be heard."""
    samples = array("f", block)
    return max(max(samples), -min(samples)) < QUIET
