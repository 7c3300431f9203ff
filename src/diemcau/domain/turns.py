"""Sites in turn: each full screen for a while, the next one ready in preview."""

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from diemcau.domain.conference import Conference, Turn, full, taken
from diemcau.domain.refusal import Conflict, Invalid

SHORTEST_S, LONGEST_S = 10, 120


def turning(
    conference: Conference,
    sites: Sequence[str],
    seconds: int,
    there: Container[str],
    now: datetime,
) -> Conference:
    """Begin a turn with the first of the sites that is ``there``; with the first where none is."""
    conference.require(*sites)
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise Invalid(
            f"Mỗi điểm cầu từ {SHORTEST_S} đến {LONGEST_S} giây.",
            f"Each site takes from {SHORTEST_S} to {LONGEST_S} seconds.",
        )
    order = tuple(dict.fromkeys(site for site in sites if site))
    if len(order) < 2:
        raise Invalid("Hãy chọn từ hai điểm cầu trở lên.", "Choose two sites or more.")
    turn = Turn(order, seconds, -1, now)
    return _showing(conference, replace(turn, place=_following(turn, there) or 0), there)


def turned(conference: Conference, there: Container[str], now: datetime) -> Conference:
    """Show whoever is due: the next site that is ``there``; nobody else there, nothing changes.

    A turn that was late for long (a server that was away) goes on from now.
    """
    turn = conference.turn
    if turn is None or now < turn.due:
        return conference
    late = now - turn.due >= timedelta(seconds=turn.seconds)
    since = now if late else turn.due
    place = _following(turn, there)
    if place in (None, turn.place):
        return replace(conference, turn=replace(turn, since=since))
    return _showing(conference, replace(turn, place=place, since=since), there)


def turn_ended(conference: Conference) -> Conference:
    """Whoever is on the main screen stays there."""
    if conference.turn is None:
        raise Conflict("Không có lượt luân phiên nào.", "No turn is under way.")
    return replace(conference, turn=None)


def _showing(conference: Conference, turn: Turn, there: Container[str]) -> Conference:
    after = taken(conference, full(turn.sites[turn.place]))
    place = _following(turn, there)
    following = turn.place + 1 if place is None else place
    return replace(after, preview=full(turn.sites[following % len(turn.sites)]), turn=turn)


def _following(turn: Turn, there: Container[str]) -> int | None:
    """The place of the next site that is there, which may be the present one's; None: no site."""
    places = (turn.place + step for step in range(1, len(turn.sites) + 1))
    around = (place % len(turn.sites) for place in places)
    return next((place for place in around if turn.sites[place] in there), None)
