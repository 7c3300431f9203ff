"""What must hold between the parts of a procedure, beyond each being readable."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from itertools import chain

from diemcau.domain.deadline_words import deadline_words
from diemcau.domain.procedure import KINDS, Deadline, Event, Evidence, Procedure, Step
from diemcau.domain.refusal import Text
from diemcau.domain.roles import ACCOUNT_ROLES
from diemcau.procedures.faults import Fault, meant
from diemcau.procedures.lines import Lines

_ID = re.compile(r"[a-z0-9-]{1,32}")
"""Half of what ids may have, since an alarm's id has a step's in it."""

Found = Iterator[tuple[tuple[str, int, str], Text]]
"""What is wrong, each with its place: section, which of its tables, key."""


def broken(procedure: Procedure, tiers: Collection[str], lines: Lines) -> Iterator[Fault]:
    """What contradicts itself or names what is not there; ``tiers`` are all there are."""
    found = chain(
        _ids(procedure),
        _head(procedure, tiers),
        _names(procedure, tiers),
        _order(procedure),
        _circles(procedure),
        _gates(procedure),
    )
    return (Fault(lines.of(*place), text) for place, text in found)


def _ids(procedure: Procedure) -> Found:
    """Well formed; one of a kind among steps and gates, and among check items."""
    yield from _formed(("procedure", 0, "id"), [procedure.id])
    for nth, step in enumerate(procedure.steps):
        yield from _formed(("step", nth, "forms"), step.forms)
    moments = [("step", step.id) for step in procedure.steps]
    moments += [("gate", gate.id) for gate in procedure.gates]
    for group in (moments, [("check", item.id) for item in procedure.checks]):
        seen: set[str] = set()
        places: Counter[str] = Counter()
        for section, name in group:
            place = (section, places[section], "id")
            places[section] += 1
            yield from _formed(place, [name])
            if name and name in seen:
                yield place, Text(f"mã «{name}» đã dùng rồi.", f"the id {name!r} is taken already.")
            seen.add(name)


def _formed(place: tuple[str, int, str], names: Iterable[str]) -> Found:
    for name in names:
        if name and not _ID.fullmatch(name):
            yield (
                place,
                Text(
                    f"mã «{name}» chỉ được có a-z, 0-9 và gạch nối, dài nhất 32 ký tự.",
                    f"the id {name!r} may hold a-z, 0-9 and hyphens only, 32 characters at most.",
                ),
            )


def _head(procedure: Procedure, tiers: Collection[str]) -> Found:
    kinds = [procedure.kind] if procedure.kind else []
    yield from _unknown(("procedure", 0, "kind"), kinds, KINDS, Text("loại", "kind"))
    yield from _unknown(("procedure", 0, "tiers"), procedure.tiers, tiers, Text("cấp", "tier"))
    if procedure.valid_to <= procedure.valid_from:
        yield (
            ("procedure", 0, "valid_to"),
            Text("«valid_to» phải sau «valid_from».", "valid_to must be after valid_from."),
        )


def _names(procedure: Procedure, tiers: Collection[str]) -> Found:
    """Whatever a step names is there."""
    steps = [step.id for step in procedure.steps]
    items = [item.id for item in procedure.checks]
    for nth, step in enumerate(procedure.steps):
        for key, names, known, what in (
            ("roles", step.roles, ACCOUNT_ROLES, Text("vai trò", "role")),
            ("after", step.after, steps, Text("bước", "step")),
            ("checks", step.checks, items, Text("mục kiểm tra", "check item")),
            ("tiers", step.tiers, procedure.tiers or tiers, Text("cấp", "tier")),
        ):
            yield from _unknown(("step", nth, key), names, known, what)
        if step.evidence is Evidence.CHECKS and not step.checks:
            yield (
                ("step", nth, "evidence"),
                Text(
                    "cần liệt kê mục kiểm tra trong «checks».",
                    "evidence by checks needs its items listed in 'checks'.",
                ),
            )


def _unknown(
    place: tuple[str, int, str], names: Iterable[str], known: Collection[str], what: Text
) -> Found:
    for name in names:
        if name not in known:
            hint = meant(name, known)
            yield (
                place,
                Text(
                    f"không có {what.vi} «{name}»; {hint.vi}",
                    f"no {what.en} {name!r}; {hint.en}",
                ),
            )


def _order(procedure: Procedure) -> Found:
    """No step is due before one that it comes after, as far as the same event tells."""
    before = _before(procedure)
    for nth, step in enumerate(procedure.steps):
        if step.deadline is None or step.id in before[step.id]:
            continue
        others = [other for other in procedure.steps if other.id in before[step.id]]
        late = [other for other in others if _later(other, step.deadline)]
        if late:
            worst = max(late, key=_offset)
            yield (
                ("step", nth, "deadline"),
                Text(
                    f"thời hạn sớm hơn của bước «{worst.id}», là bước phải làm trước.",
                    f"is due before the step {worst.id!r}, which comes before it.",
                ),
            )


def _later(step: Step, deadline: Deadline | None) -> bool:
    """Whether the step is due after the deadline; unknown counts as no."""
    due = step.deadline
    return (
        due is not None
        and deadline is not None
        and due.event is deadline.event
        and due.offset > deadline.offset
    )


def _offset(step: Step) -> timedelta:
    return step.deadline.offset if step.deadline else timedelta(0)


def _circles(procedure: Procedure) -> Found:
    """Each circle is told once, at its first step."""
    before = _before(procedure)
    told: set[str] = set()
    for nth, step in enumerate(procedure.steps):
        if step.id in before[step.id] and step.id not in told:
            circle = {other for other in before[step.id] if step.id in before[other]}
            told |= circle
            named = " → ".join(sorted(circle))
            yield (
                ("step", nth, "after"),
                Text(
                    f"các bước chờ nhau thành vòng: {named}.", f"steps wait in a circle: {named}."
                ),
            )


def _before(procedure: Procedure) -> dict[str, set[str]]:
    """For every step all that come before it, at any distance; itself too, if in a circle."""
    after = {step.id: set(step.after) for step in procedure.steps}
    before: dict[str, set[str]] = {}
    for step in after:
        reached: set[str] = set()
        todo = after[step] & after.keys()
        while todo:
            reached |= todo
            todo = {far for near in todo for far in after[near] & after.keys()} - reached
        before[step] = reached
    return before


def _gates(procedure: Procedure) -> Found:
    """A gate falls once, and not before what it waits for is due."""
    steps = [step.id for step in procedure.steps]
    for nth, gate in enumerate(procedure.gates):
        place = ("gate", nth, "steps")
        yield from _unknown(place, gate.steps, steps, Text("bước", "step"))
        if gate.at.event is Event.CALL:
            yield (
                ("gate", nth, "at"),
                Text("không thể tính từ «call».", "a gate cannot be counted from a call."),
            )
        for step in filter(None, map(procedure.step, gate.steps)):
            if _later(step, gate.at) and step.deadline:
                due = deadline_words(step.deadline)
                yield (
                    place,
                    Text(
                        f"bước «{step.id}» đến hạn sau mốc kiểm soát này ({due.vi}).",
                        f"the step {step.id!r} is due after this gate ({due.en}).",
                    ),
                )
