"""A bus keeps its old picture until the newcomers have theirs: no viewer sees a site dial in.

A small state machine with time as an argument. The sound of who comes and of who goes waits for
the cut (``crossing``), so that nobody is heard before or after being seen.
"""

from collections.abc import Callable
from dataclasses import dataclass

from diemcau.mixer.messages import Layout


@dataclass(frozen=True)
class Held:
    """A layout that waits for the pictures of its newcomers, at most until `deadline` (seconds).
    `crossing`: the slots that it brings or takes away."""

    layout: Layout
    take: str
    newcomers: frozenset[int]
    crossing: frozenset[int]
    deadline: float


class Hold:
    """What a bus shows now, and what it is about to show."""

    def __init__(self) -> None:
        self.layout = Layout()
        self.take = ""
        self.held: Held | None = None
        self._cut: tuple[int, frozenset[int]] = (0, frozenset())

    def crossing(self, running: int) -> frozenset[int]:
        """The slots that a cut later than this brings or takes away; for any thread.

        Running times are in ns: those of the frame that is cut to, and of what is heard with it.
        """
        held, (cut, crossed) = self.held, self._cut
        if held is not None:
            return held.crossing
        return crossed if running < cut else frozenset()

    def offer(self, layout: Layout, take: str, hold: float, now: float) -> None:
        """Ask for a layout; a held one is forgotten, and asked for again waits no longer for that.
        `hold` and `now` in seconds."""
        shown, wanted, held = self.layout.slots(), layout.slots(), self.held
        deadline = held.deadline if held and held.layout == layout else now + hold
        self.held = Held(layout, take, wanted - shown, wanted ^ shown, deadline)

    def due(self, now: float, has_picture: Callable[[int], bool]) -> bool:
        """Whether the time for the held layout has come."""
        held = self.held
        if held is None:
            return False
        return now >= held.deadline or all(has_picture(slot) for slot in held.newcomers)

    def cut(self, running: int) -> None:
        """Show the held layout from the frame of this running time (ns) on."""
        held = self.held
        assert held is not None
        self._cut = running, held.crossing
        self.layout, self.take, self.held = held.layout, held.take, None
