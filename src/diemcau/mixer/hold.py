"""A bus keeps its old picture until the newcomers have theirs: no viewer sees a site dial in.

A small state machine with time as an argument. Sound is not held: it opens at once.
"""

from collections.abc import Callable
from dataclasses import dataclass

from diemcau.mixer.messages import Layout


@dataclass(frozen=True)
class Held:
    """A layout that waits for the pictures of its newcomers, at most until `deadline` (seconds)."""

    layout: Layout
    take: str
    newcomers: frozenset[int]
    deadline: float


class Hold:
    """What a bus shows now, and what it is about to show."""

    def __init__(self) -> None:
        self.layout = Layout()
        self.take = ""
        self.held: Held | None = None

    def offer(self, layout: Layout, take: str, hold: float, now: float) -> None:
        """Ask for a layout; a held one is forgotten. `hold` and `now` in seconds."""
        newcomers = layout.slots() - self.layout.slots()
        self.held = Held(layout, take, newcomers, now + hold)

    def resolve(self, now: float, has_picture: Callable[[int], bool]) -> bool:
        """Cut to the held layout where its time has come; True when the layout changed."""
        held = self.held
        if held is None:
            return False
        if now < held.deadline and not all(has_picture(slot) for slot in held.newcomers):
            return False
        self.layout, self.take, self.held = held.layout, held.take, None
        return True
