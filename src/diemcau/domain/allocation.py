"""Keeping things where they are: sites on mixer slots, and sites on the lanes of a link.

A place that carried another site a moment ago may still deliver that site's last packets. So a
newcomer goes to a place that was *idle before*, and only in need to one that is freed by the same
change: then the first picture on it is certainly the newcomer's.
"""

from collections.abc import Sequence

Places = tuple[str, ...]
"""Who sits where: a site's id, or "" for an idle place."""


def assign(current: Places, wanted: Sequence[str], size: int) -> Places:
    """Seat ``wanted`` (most important first) on ``size`` places, moving nobody who is seated.

    Those who find no place are left out: the least important ones.
    """
    wanted = list(dict.fromkeys(wanted))[:size]
    current = (current + ("",) * size)[: max(size, len(current))]
    places = [site if site in wanted else "" for site in current]
    newcomers = [site for site in wanted if site not in places]
    idle_before = [i for i, site in enumerate(current) if not site]
    freed_now = [i for i, site in enumerate(current) if site and not places[i]]
    for site, place in zip(newcomers, idle_before + freed_now, strict=False):
        places[place] = site
    return tuple(places)


def grow(current: Places, wanted: int, least: int, most: int) -> int:
    """How many places to have: one idle more than ``wanted``, never fewer than now."""
    return min(most, max(least, len(current), wanted + 1))
