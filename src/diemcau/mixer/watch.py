"""Watches one slot: is its picture alive, and when must a keyframe be asked for?

A viewer behind a lost packet waits for seconds; asking after 300 ms brings the picture back
(see the figures for lossy lines). Time is an argument, in seconds.
"""

from dataclasses import dataclass
from enum import StrEnum

STALL = 0.3
# On a line known to lose packets: what did not come by now was asked for once, in vain.
STALL_LOSSY = 0.2
LOST = 1.0
# A picture that stands still while only other packets come is taken off the air after this.
STALE = 3.0
# Keyframe requests: the first ones fast, then patient.
FIRST_PAUSE = 0.3
LONGEST_PAUSE = 2.4


class State(StrEnum):
    WAITING = "waiting"
    LIVE = "live"
    STALLED = "stalled"
    LOST = "lost"


@dataclass
class Watch:
    """State of one slot since its source was told."""

    since: float
    state: State = State.WAITING
    frames: int = 0
    packets: int = 0
    last_frame: float = -1.0
    last_packet: float = -1.0
    last_request: float = -1.0
    pause: float = FIRST_PAUSE
    asked: int = 0
    gap: float = STALL

    def __post_init__(self) -> None:
        self.last_frame = self.last_packet = self.last_request = self.since

    def update(self, now: float, frames: int, packets: int, lossy: bool = False) -> bool:
        """Take the totals so far of decoded frames and received packets.

        `lossy` is a line on which waiting longer seldom helps. Returns whether a keyframe should
        be asked for now; the caller sends it.
        """
        came_back = packets > self.packets and now - self.last_packet >= LOST
        if packets > self.packets or frames > self.frames:
            self.last_packet = now
        if frames > self.frames:
            self.gap += 0.1 * ((now - self.last_frame) / (frames - self.frames) - self.gap)
            self.last_frame, self.state = now, State.LIVE
            self.pause, self.asked = FIRST_PAUSE, 0
        elif self.state is not State.WAITING:
            self.state = self._without_frame(now)
        self.frames, self.packets = frames, packets
        # A source of few frames a second is not asked for more of them.
        early = lossy and 3 * self.gap <= STALL_LOSSY
        return self._ask(now, came_back, STALL_LOSSY if early else STALL)

    def requested(self, now: float) -> None:
        """A keyframe was asked for by another hand: do not ask again too soon."""
        self.last_request = now

    def gap_stays(self, now: float) -> bool:
        """A lost packet was given up: returns whether a keyframe should be asked for now."""
        if now - self.last_request < self.pause:
            return False
        self._count(now)
        return True

    def stale(self, now: float) -> bool:
        """Whether the last picture is too old to be shown."""
        return self.state is State.LOST or (
            self.state is State.STALLED and now - self.last_frame >= STALE
        )

    def _without_frame(self, now: float) -> State:
        if now - self.last_packet >= LOST:
            return State.LOST
        coming = now - self.last_packet < STALL
        if now - self.last_frame >= STALL and coming:
            return State.STALLED
        return self.state

    def _ask(self, now: float, came_back: bool, stall: float) -> bool:
        blind = now - self.last_frame >= stall and now - self.last_packet < STALL
        if not blind:
            return False
        if not came_back and now - self.last_request < self.pause:
            return False
        if came_back:
            self.pause, self.asked = FIRST_PAUSE, 0
        self._count(now)
        return True

    def _count(self, now: float) -> None:
        """The second request comes soon: the first, or its keyframe, may have been lost as well."""
        self.last_request = now
        self.asked += 1
        if self.asked > 1:
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
