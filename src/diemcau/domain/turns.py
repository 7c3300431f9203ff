"""Sites in turn: each full screen for a while, the next one ready in preview."""

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from diemcau.domain.conference import Conference, Turn, full, taken
from diemcau.domain.refusal import Conflict, Invalid

SHORTEST_S, LONGEST_S = 10, 120


def turning(
    conference: Conference, sites: Sequence[str], seconds: int, now: datetime
) -> Conference:
    """Begin a turn with the first of the sites."""
    conference.require(*sites)
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise Invalid(
            f"Mỗi điểm cầu từ {SHORTEST_S} đến {LONGEST_S} giây.",
            f"Each site takes from {SHORTEST_S} to {LONGEST_S} seconds.",
        )
    order = tuple(dict.fromkeys(site for site in sites if site))
    if len(order) < 2:
        raise Invalid("Hãy chọn từ hai điểm cầu trở lên.", "Choose two sites or more.")
    return _showing(conference, Turn(order, seconds, 0, now))


def turned(conference: Conference, there: Container[str], now: datetime) -> Conference:
    """Show whoever is due: the next site that is ``there``; nobody else there, nothing changes.

    A turn that was late for long (a server that was away) goes on from now.
    """
    turn = conference.turn
    if turn is None or now < turn.due:
        return conference
    late = now - turn.due >= timedelta(seconds=turn.seconds)
    since = now if late else turn.due
    for step in range(1, len(turn.sites)):
        place = (turn.place + step) % len(turn.sites)
        if turn.sites[place] in there:
            return _showing(conference, replace(turn, place=place, since=since))
    return replace(conference, turn=replace(turn, since=since))


def turn_ended(conference: Conference) -> Conference:
    """Whoever is on the main screen stays there."""
    if conference.turn is None:
        raise Conflict("Không có lượt luân phiên nào.", "No turn is under way.")
    return replace(conference, turn=None)


def _showing(conference: Conference, turn: Turn) -> Conference:
    after = taken(conference, full(turn.sites[turn.place]))
    following = turn.sites[(turn.place + 1) % len(turn.sites)]
    return replace(after, preview=full(following), turn=turn)
