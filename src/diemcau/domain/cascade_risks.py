"""What if: each MCU and each line of a plan taken away in turn, and the rest planned anew (N-1)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from diemcau.domain.cascade_greedy import Draft, drafted
from diemcau.domain.cascade_plan import CascadePlan, PlanLine, PlanProblem, plan_of
from diemcau.domain.refusal import Text

SUCCESSORS = 4
"""So many MCUs are tried as master in the place of one that failed."""


@dataclass(frozen=True)
class Risk:
    """A failure. ``subject``: the MCU, or both ends of the line. ``lost``: sites without a place
    even after planning anew, none if all are carried. ``problem``: what is left to plan with.
    ``sure``: proven that fewer
    cannot be lost, with that master."""

    subject: tuple[str, ...]
    lost: tuple[str, ...]
    text: Text
    problem: PlanProblem
    sure: bool

    @property
    def carried(self) -> bool:
        return not self.lost


def risks(problem: PlanProblem, plan: CascadePlan) -> tuple[Risk, ...]:
    """One for every MCU and every line that the plan uses, the worst first.

    It rests on the greedy plan, so ``lost`` may name more sites than need be lost, never fewer.
    """
    found = [*_mcus(problem, plan), *_lines(problem, plan)]
    return tuple(sorted(found, key=lambda risk: -len(risk.lost)))


def _mcus(problem: PlanProblem, plan: CascadePlan) -> Iterator[Risk]:
    for mcu in sorted(plan.mcus):
        if mcu == plan.master:
            yield without_master(problem, plan)
        else:
            rest = _without_mcu(problem, mcu)
            yield told(problem, (mcu,), rest, drafted(rest))


def _lines(problem: PlanProblem, plan: CascadePlan) -> Iterator[Risk]:
    for child, above in sorted(plan.parent.items()):
        line = problem.line(child, above)
        if line is not None:
            rest = replace(problem, lines=_without(problem.lines, line))
            yield told(problem, (child, above), rest, drafted(rest))


def _without(lines: tuple[PlanLine, ...], gone: PlanLine) -> tuple[PlanLine, ...]:
    """The lines but one; a second line between the same MCUs stays."""
    where = lines.index(gone)
    return lines[:where] + lines[where + 1 :]


def _without_mcu(problem: PlanProblem, gone: str) -> PlanProblem:
    """The rest without the MCU: what was fixed on it by hand is free again."""
    return replace(
        problem,
        mcus=tuple(mcu for mcu in problem.mcus if mcu.id != gone),
        lines=tuple(line for line in problem.lines if gone not in (line.lower, line.upper)),
        pins={site: mcu for site, mcu in problem.pins.items() if mcu != gone},
        trunks={c: above for c, above in problem.trunks.items() if gone not in (c, above)},
    )


def without_master(problem: PlanProblem, plan: CascadePlan) -> Risk:
    """Another MCU must mix: the best of those next to the master, by sites lost, then by cost.

    Fixed links led to the old master, so they are free again.
    """
    rest = replace(_without_mcu(problem, plan.master), trunks={})
    near = sorted(
        {mcu for mcu, ways in problem.ways_up.items() if plan.master in ways} & rest.mcu.keys(),
        key=lambda mcu: (-len(problem.ways_up[mcu]), -rest.mcu[mcu].capacity, mcu),
    )
    tries = [replace(rest, master=mcu) for mcu in near[:SUCCESSORS]]
    if not tries:
        nobody = Draft(plan_of(rest, {}, {}), tuple(problem.site), sure=True)
        return told(problem, (plan.master,), rest, nobody)
    drafts = [(drafted(heir), heir) for heir in tries]
    best, heir = min(drafts, key=lambda tried: (len(tried[0].left_out), tried[0].plan.cost))
    return told(problem, (plan.master,), heir, best)


def told(problem: PlanProblem, subject: tuple[str, ...], rest: PlanProblem, draft: Draft) -> Risk:
    """The risk with its words."""
    lost = draft.left_out
    what = " – ".join(map(problem.name, subject))
    vi, en = ("đường truyền ", "the line ") if len(subject) == 2 else ("", "")
    heir_vi = heir_en = ""
    if rest.master != problem.master:
        heir = problem.name(rest.master)
        heir_vi, heir_en = f", {heir} làm MCU chủ thay", f", with {heir} as master instead"
    if not lost:
        text = Text(
            f"Nếu {vi}{what} hỏng: mọi điểm cầu vẫn kết nối được sau khi lập lại{heir_vi}.",
            f"If {en}{what} fails: all sites are carried by a new plan{heir_en}.",
        )
    else:
        text = Text(
            f"Nếu {vi}{what} hỏng: mất {len(lost)} điểm cầu{heir_vi}; hãy chuẩn bị đường truyền"
            " hoặc MCU dự phòng.",
            f"If {en}{what} fails: {len(lost)} sites are lost{heir_en}; prepare a standby line"
            " or MCU.",
        )
    return Risk(subject, lost, text, rest, draft.sure)
