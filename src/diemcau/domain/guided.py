"""Guided MCUs: of another make, whose technician puts one site full screen by hand (R4-reuse).

Nothing of it can be switched from here, so it is asked of a person, and the asking is timed. What
is wanted of each follows from programme and preview, as the seats on lanes do for our own MCUs.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from diemcau.domain.conference import Ask, Call, CallState, Conference, connected
from diemcau.domain.directory import Directory
from diemcau.domain.planner import carrier, guides
from diemcau.domain.refusal import Conflict, Invalid
from diemcau.domain.source import site_of

WITHIN = timedelta(seconds=30)
"""From the request to the site on the main screen (R6.1-6), where no procedure says otherwise."""


def require_possible(before: Conference, after: Conference, directory: Directory) -> None:
    """Raise ``Conflict`` for a new scene with two sites whose picture is the same one."""
    for scene in {after.program, after.preview} - {before.program, before.preview}:
        shown: dict[str, str] = {}
        for site in scene.present:
            other = shown.setdefault(carrier(directory, site), site)
            if other != site:
                names = [directory.site(one).name for one in (other, site)]
                raise Conflict(
                    f"{' và '.join(names)} cùng qua một MCU của hãng khác, mỗi lần chỉ đưa lên"
                    " được một; hãy chọn một.",
                    f"{' and '.join(names)} come through one MCU of another make, which shows one"
                    " at a time; choose one.",
                )


def asking(
    before: Conference, after: Conference, directory: Directory, now: datetime
) -> Conference:
    """What each guided MCU is asked for now: its site on the programme, else the one in preview.

    Its gateway is no room: it is never muted, or the sound of whoever is called would stay off.
    """
    gateways = {directory.mcu(mcu).gateway for mcu in guides(after, directory)}
    after = replace(after, muted=after.muted - gateways)
    asks: dict[str, Ask] = {}
    for mcu, site in _wanted(after, directory):
        known = after.asks.get(mcu)
        asks[mcu] = known if known and known.site == site else Ask(mcu, site, now)
    call = after.current_call
    guide = directory.guide(call.site) if call else ""
    if call is None or call.ask is not None or guide not in asks:
        return replace(after, asks=asks)
    waiting = _of_call(before, call, asks[guide], directory)
    return replace(after, asks=asks, calls=_replaced(after, waiting))


def _wanted(conference: Conference, directory: Directory) -> Iterator[tuple[str, str]]:
    """The first of each guided MCU: what is on air goes before what comes next."""
    scenes = (conference.program.shown, conference.on_air, conference.preview.shown)
    found: dict[str, str] = {}
    for site in (site_of(source) for scene in scenes for source in scene):
        guide = directory.guide(site)
        if guide:
            found.setdefault(guide, site)
    yield from found.items()


def _of_call(before: Conference, call: Call, ask: Ask, directory: Directory) -> Call:
    """A call waits for the technician. Of a gateway that was on the programme already no first
    picture or sound will be seen: that is there."""
    gateway = carrier(directory, call.site)
    seen = {carrier(directory, source) for source in before.program.shown}
    heard = {carrier(directory, source) for source in before.heard}
    waiting = replace(
        call,
        ask=ask,
        state=CallState.REQUESTED,
        picture_ms=0.0 if gateway in seen else None,
        sound_ms=0.0 if gateway in heard else None,
    )
    return connected(waiting)


def confirmed(
    conference: Conference, directory: Directory, site: str, by: str, now: datetime
) -> Conference:
    """The technician has put the site full screen; said twice, the first word counts.

    Raises ``Invalid`` for a site of no guided MCU, ``Conflict`` when it is not asked for any more.
    """
    conference.require(site)
    guide = directory.guide(site)
    if not guide:
        raise Invalid(
            "Điểm cầu này được nối tự động, không cần xác nhận.",
            "This site is switched by the system; there is nothing to confirm.",
        )
    ask = conference.asks.get(guide)
    if ask is None or ask.site != site:
        raise Conflict(
            "Yêu cầu đã đổi; hãy xem lại điểm cầu đang được yêu cầu.",
            "The request has changed; look again at what is asked for.",
        )
    if ask.confirmed_at is not None:
        return conference
    done = replace(ask, confirmed_at=now, confirmed_by=by)
    after = replace(conference, asks={**conference.asks, guide: done})
    call = conference.current_call
    if call is None or call.ask != ask:
        return after
    return replace(after, calls=_replaced(after, connected(replace(call, ask=done))))


def _replaced(conference: Conference, call: Call) -> tuple[Call, ...]:
    return tuple(call if one.id == call.id else one for one in conference.calls)


def due(conference: Conference, ask: Ask, within: timedelta) -> datetime:
    """By when: reckoned from the call that waits for it, else from the asking itself."""
    waiting = (call for call in conference.calls if call.ask and _same(call.ask, ask))
    call = next(waiting, None)
    return (call.requested_at if call else ask.at) + within


def _same(one: Ask, other: Ask) -> bool:
    return (one.mcu, one.site, one.at) == (other.mcu, other.site, other.at)
