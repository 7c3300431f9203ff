"""Who asks to speak, and who may: hands raised and the floor given (R6.1-6)."""

from dataclasses import replace
from datetime import datetime

from diemcau.domain.conference import Conference, Hand, all_muted
from diemcau.domain.refusal import Invalid


def hand_raised(conference: Conference, site: str, now: datetime) -> Conference:
    """The site asks to speak; asking again keeps its place in the queue."""
    conference.require(site)
    if any(hand.site == site for hand in conference.hands):
        return conference
    return replace(conference, hands=(*conference.hands, Hand(site, now)))


def hand_lowered(conference: Conference, site: str) -> Conference:
    conference.require(site)
    return replace(conference, hands=tuple(h for h in conference.hands if h.site != site))


def floor_given(conference: Conference, site: str) -> Conference:
    """The site may speak, and it alone: all others but the chair are muted."""
    if not site:
        raise Invalid("Hãy chọn điểm cầu được phát biểu.", "Choose the site that may speak.")
    return hand_lowered(all_muted(conference, (site,)), site)
