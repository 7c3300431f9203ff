"""From the directory to the problem of a session's cascade plan."""

from collections.abc import Iterable, Mapping
from datetime import date

from diemcau.domain.cascade_plan import (
    LEVELS_MOST,
    LINK_MBPS,
    SITE_MBPS,
    PlanLine,
    PlanMcu,
    PlanProblem,
    PlanSite,
)
from diemcau.domain.directory import Directory, Mcu


def problem_of(
    directory: Directory,
    master: str,
    sites: Iterable[str],
    day: date,
    *,
    pins: Mapping[str, str] | None = None,
    trunks: Mapping[str, str] | None = None,
    link_mbps: float = LINK_MBPS,
    site_mbps: float = SITE_MBPS,
    levels: int = LEVELS_MOST,
) -> PlanProblem:
    """The problem of joining these sites on that day, with all MCUs and lines then in force.

    Lines are the records, and a line of 100 Mbit/s and first choice from each MCU to its usual
    parent where no record says otherwise. A guided MCU is no part of it: of its sites its gateway
    alone joins. Raises ``Unknown`` for a master or site of no record.
    """
    book = directory.on(day)
    book.mcu(master)
    mcus = [mcu for mcu in book.mcus.values() if not mcu.gateway]
    return PlanProblem(
        master,
        tuple(PlanMcu(mcu.id, mcu.name, mcu.capacity, mcu.mbps, mcu.unit) for mcu in mcus),
        tuple(_lines(book)),
        tuple(
            PlanSite(site.id, site.name, homes(book, master, site.mcu))
            for site in map(book.site, dict.fromkeys(map(book.joining, sites)))
        ),
        dict(pins or {}),
        dict(trunks or {}),
        link_mbps,
        site_mbps,
        levels,
    )


def homes(book: Directory, master: str, usual: str) -> tuple[str, ...]:
    """The MCUs that may take a site whose usual one is ``usual``, that one first.

    A standby is what an administration can order without asking anybody else: another MCU of the
    *same owner* (who answers for its security plan, R5-plan, and whose rights already reach the
    site, R5-access), or the MCU *above* the usual one, which carries the site's picture anyway and
    belongs to the higher authority; but not where the usual one is the master or above it, for then
    the picture does not go that way: the government does not serve a province's own session. Never
    another enterprise's MCU beside it: it has no line to the site, no contract (R8-costs) and no
    duty to it. Whoever has such an agreement pins the site.
    """
    own = book.mcus.get(usual)
    if own is None:
        return ()
    same = [
        mcu.id
        for mcu in book.mcus.values()
        if _owner(mcu) and _owner(mcu) == _owner(own) and not mcu.gateway
    ]
    upwards = _ours(book, own.parent) and usual not in _chain(book, master)
    above = [own.parent] if upwards else []
    return tuple(dict.fromkeys([usual, *same, *above]))


def _chain(book: Directory, mcu: str) -> list[str]:
    """The MCU and those above it by their usual lines."""
    chain: list[str] = []
    while mcu in book.mcus and mcu not in chain:
        chain.append(mcu)
        mcu = book.mcus[mcu].parent
    return chain


def _owner(mcu: Mcu) -> str:
    return mcu.unit or mcu.operator


def _ours(book: Directory, mcu: str) -> bool:
    return mcu in book.mcus and not book.mcus[mcu].gateway


def _lines(book: Directory) -> Iterable[PlanLine]:
    recorded = set()
    for line in book.trunks.values():
        recorded.add(frozenset((line.lower, line.upper)))
        if _ours(book, line.lower) and _ours(book, line.upper):
            yield PlanLine(
                line.lower,
                line.upper,
                line.mbps,
                line.priority,
                line.unit,
                line.carrier,
                line.id,
            )
    for lower, upper in book.lines():
        if _ours(book, lower) and _ours(book, upper) and frozenset((lower, upper)) not in recorded:
            yield PlanLine(lower, upper)
