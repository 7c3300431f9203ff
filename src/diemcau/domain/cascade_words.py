"""A cascade plan in words, for the plan that is signed (R6.1-3) and for those who run it."""

from collections.abc import Iterable, Iterator

from diemcau.domain.cascade_plan import CascadePlan, PlanProblem, PlanSite
from diemcau.domain.refusal import Text

TIGHT = 0.85
"""From this share on a limit is worth a word."""

NAMED = 5
"""So many sites are named, the others counted."""


def explain(problem: PlanProblem, plan: CascadePlan) -> tuple[Text, ...]:
    """Levels, who serves whom, who is not at his usual MCU and why, what is tight. Shape: one text
    a fact, in the order in which one would read them out."""
    return (
        _whole(problem, plan),
        *(_mcu(problem, plan, mcu) for mcu in _downwards(plan)),
        *_moves(problem, plan),
        *_tight(problem, plan),
        _proof(plan),
        *plan.notes,
    )


def _whole(problem: PlanProblem, plan: CascadePlan) -> Text:
    mcus, sites, name = len(plan.mcus), len(plan.home), problem.name(plan.master)
    return Text(
        f"Cascade {plan.levels} cấp: chủ là {name}, {mcus - 1} MCU vệ tinh, {sites} điểm cầu.",
        f"A cascade of {plan.levels} levels: master {name}, {mcus - 1} satellite MCUs, {sites}"
        " sites.",
    )


def _downwards(plan: CascadePlan) -> list[str]:
    """All MCUs of the plan, each before those that hang under it."""
    result: list[str] = []
    waiting = [plan.master]
    while waiting:
        here = waiting.pop()
        result.append(here)
        waiting += sorted(plan.children(here), reverse=True)
    return result


def _mcu(problem: PlanProblem, plan: CascadePlan, mcu: str) -> Text:
    its = problem.mcu[mcu]
    sites, links = len(plan.sites_of(mcu)), plan.links_of(mcu)
    up_vi, up_en = _up(problem, plan, mcu)
    return Text(
        f"{problem.name(mcu)}: {up_vi}; phục vụ {sites} điểm cầu, {links} đường nối; dùng"
        f" {sites + links}/{its.capacity} cổng.",
        f"{problem.name(mcu)}: {up_en}; serves {sites} sites and {links} links; {sites + links} of"
        f" {its.capacity} ports in use.",
    )


def _up(problem: PlanProblem, plan: CascadePlan, mcu: str) -> tuple[str, str]:
    above = plan.parent.get(mcu)
    if above is None:
        return "MCU chủ", "the master"
    line, name, level = problem.line(mcu, above), problem.name(above), plan.depths.get(mcu, 0)
    if line is None:
        return f"cấp {level}, nối lên {name}", f"level {level}, under {name}"
    via = f"{line.carrier}, " if line.carrier else ""
    return (
        f"cấp {level}, nối lên {name} ({via}{line.mbps:g} Mbit/s, ưu tiên {line.priority})",
        f"level {level}, under {name} ({via}{line.mbps:g} Mbit/s, priority {line.priority})",
    )


def _moves(problem: PlanProblem, plan: CascadePlan) -> Iterator[Text]:
    """One text for each pair of usual and present MCU, and for those that are pinned."""
    moved: dict[tuple[str, str, bool], list[PlanSite]] = {}
    for site in problem.sites:
        home = plan.home.get(site.id)
        if home and site.homes and home != site.homes[0]:
            key = (site.homes[0], home, site.id in problem.pins)
            moved.setdefault(key, []).append(site)
    for (usual, home, pinned), sites in moved.items():
        names = _names(site.name for site in sites)
        here, there = problem.name(home), problem.name(usual)
        why_vi, why_en = _why(problem, plan, usual, pinned)
        yield Text(
            f"{len(sites)} điểm cầu của {there} chuyển sang {here} vì {why_vi}: {names.vi}.",
            f"{len(sites)} sites of {there} are at {here} because {why_en}: {names.en}.",
        )


def _names(names: Iterable[str]) -> Text:
    listed = list(names)
    shown, more = ", ".join(listed[:NAMED]), len(listed) - NAMED
    if more <= 0:
        return Text(shown, shown)
    return Text(f"{shown} và {more} điểm cầu khác", f"{shown} and {more} others")


def _why(problem: PlanProblem, plan: CascadePlan, usual: str, pinned: bool) -> tuple[str, str]:
    if pinned:
        return "được ghim theo yêu cầu", "they are pinned there by hand"
    if usual not in problem.mcu:
        return "MCU đó không có trong danh bạ", "that MCU is not in the directory"
    if usual not in plan.mcus:
        return "MCU đó không tham gia phiên họp", "that MCU takes no part in the session"
    if problem.sites_beside(usual, plan.links_of(usual)) <= len(plan.sites_of(usual)):
        return (
            f"MCU đó đã hết chỗ ({len(plan.sites_of(usual))} điểm cầu, {plan.links_of(usual)}"
            " đường nối)",
            f"that MCU is full ({len(plan.sites_of(usual))} sites, {plan.links_of(usual)} links)",
        )
    return "nhờ vậy cascade ít cấp hơn", "so the cascade needs fewer levels"


def _tight(problem: PlanProblem, plan: CascadePlan) -> Iterator[Text]:
    for mcu in _downwards(plan):
        its = problem.mcu[mcu]
        sites, links = len(plan.sites_of(mcu)), plan.links_of(mcu)
        ports = (sites + links) / max(1, its.capacity)
        mbps = sites * problem.site_mbps + links * problem.link_mbps
        if ports >= TIGHT:
            spare = its.capacity - sites - links
            yield Text(
                f"Sát giới hạn: {problem.name(mcu)} không còn cổng trống."
                if not spare
                else f"Sát giới hạn: {problem.name(mcu)} chỉ còn {spare} cổng trống.",
                f"Tight: {problem.name(mcu)} has {spare or 'no'} free ports.",
            )
        if mbps >= TIGHT * its.mbps:
            yield Text(
                f"Sát giới hạn: {problem.name(mcu)} dùng {mbps:.4g}/{its.mbps:g} Mbit/s.",
                f"Tight: {problem.name(mcu)} uses {mbps:.4g} of {its.mbps:g} Mbit/s.",
            )
    for child, above in sorted(plan.parent.items()):
        line = problem.line(child, above)
        if line and problem.link_mbps >= TIGHT * line.mbps:
            one, other = problem.name(child), problem.name(above)
            need = f"{problem.link_mbps:.3g}"
            yield Text(
                f"Sát giới hạn: đường {one} – {other} dùng {need}/{line.mbps:g} Mbit/s.",
                f"Tight: the line {one} – {other} uses {need} of {line.mbps:g} Mbit/s.",
            )


def _proof(plan: CascadePlan) -> Text:
    if plan.optimal:
        return Text(
            "Đã chứng minh: không có phương án nào ít cấp cascade hơn mà vẫn giữ mọi giới hạn.",
            "Proven: no plan within the limits has fewer cascade levels.",
        )
    share = f"{100 * plan.gap:.1f}"
    return Text(
        f"Chưa chứng minh là tốt nhất; có thể tốt hơn nhiều nhất {share} %.",
        f"Not proven to be the best; another could be better by {share} % at most.",
    )
