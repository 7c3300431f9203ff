"""Takes decoded sound that comes when it comes, and gives one block at each beat.

An adaptive jitter buffer: a block that comes too late costs one block of silence and so adds one
block of delay; when the delay was not needed for a while, one block is left out again.
Time is counted in beats, so the module has no clock.
"""

from collections import deque

# Never more delay than this, in blocks of 20 ms: what comes on top is thrown away at once.
DEEPEST = 12
# Delay that was not needed for this many beats (2 s) is given back, one block at a time.
PATIENCE = 100


class Playout:
    """One slot's sound, in blocks of `size` bytes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._blocks: deque[bytes] = deque()
        self._rest = b""
        self._spare = DEEPEST
        self._beats = 0
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
        self._watch_again()

    def take(self) -> bytes | None:
        """The block for this beat, None for silence."""
        while len(self._blocks) > DEEPEST:
            self._drop()
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
        if self._spare >= 1:
            self._drop()
        self._watch_again()

    def _drop(self) -> None:
        self._blocks.popleft()
        self.dropped += 1

    def _watch_again(self) -> None:
        self._spare, self._beats = DEEPEST, 0
