"""What is done, open, due and late of a procedure, and whom to wake when.

Nothing here is kept: all of it follows from the procedure, the times of its events and what is
done, so when the start is moved, the deadlines move by themselves and what is done stays done.

An alarm asks somebody to act. Hence the rules of ``alarms``:

- a step's alarms are one chain in time: a warning, "late" at its deadline, then its escalations. A
  server that was away while several fell due raises the last of them only, and the ones before it
  never;
- what is done by now raises nothing, whether it was done in time or late;
- a gate raises one "late", if it was missed and something is still missing;
- a deadline that had passed when it was set is late from then on: whoever is to be told first is
  told first, and those above him in their turn.

What is done is judged by the deadline that it had then: a session that is moved makes nobody late
who was in time, and nobody punctual who was late.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from diemcau.domain.procedure import Event, Gate, Procedure, Step
from diemcau.domain.refusal import Invalid

Times = Mapping[Event, datetime]


@dataclass(frozen=True)
class Done:
    """Since when a step is done, by whose word (a person's id, or "" for the system's own).

    ``due``: its deadline at that moment; None if it had none, or where that was not written down.
    """

    at: datetime
    by: str
    evidence: str = ""
    note: str = ""
    due: datetime | None = None


Record = Mapping[str, Done]
"""What is done, by the step's id."""


class State(StrEnum):
    WAITING = "waiting"
    """A step that comes before it is not done."""
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True)
class Item:
    """A step as it stands. ``late``: done after its deadline, or not done and past it.

    ``due`` of what is done is the deadline that it had then.
    """

    step: Step
    state: State
    due: datetime | None
    done: Done | None
    late: bool
    blocked_by: tuple[str, ...]


@dataclass(frozen=True)
class GateState:
    """A gate as it stands; one that is passed is judged by what was done at its moment.

    What was done while the gate stood at a later moment, and before that, is not missing.
    ``at`` is None as long as its event has no time.
    """

    gate: Gate
    at: datetime | None
    passed: bool
    ready: bool
    missing: tuple[str, ...]


class Level(StrEnum):
    WARN = "warn"
    LATE = "late"
    ESCALATE = "escalate"


@dataclass(frozen=True)
class Alarm:
    """``subject``: the step's or gate's id. ``at``: when it fell due. ``nth`` counts from 1.

    ``id`` holds the subject, level, nth and deadline: the same alarm has the same id on any
    server, and a step whose deadline moved alarms anew.
    """

    id: str
    subject: str
    level: Level
    nth: int
    at: datetime


def agenda(procedure: Procedure, times: Times, done: Record, now: datetime) -> tuple[Item, ...]:
    """Every step of the procedure, in its order."""
    return tuple(_item(step, times, done, now) for step in procedure.steps)


def gates(procedure: Procedure, times: Times, done: Record, now: datetime) -> tuple[GateState, ...]:
    """Every gate of the procedure, in its order."""
    return tuple(_gate(procedure, gate, times, done, now) for gate in procedure.gates)


def alarms(
    procedure: Procedure,
    times: Times,
    done: Record,
    raised: Collection[str],
    now: datetime,
    since: datetime | None = None,
) -> tuple[Alarm, ...]:
    """What is to be raised now, oldest first: one alarm of a step or gate at most.

    ``raised``: ids of all that was raised before. ``since``: when the times were set.
    """
    fallen = (
        [alarm for alarm in chain if alarm.at <= now]
        for chain in _pending(procedure, times, done, raised, now, since)
    )
    return tuple(sorted((chain[-1] for chain in fallen if chain), key=_by_time))


def next_moment(
    procedure: Procedure,
    times: Times,
    done: Record,
    raised: Collection[str],
    now: datetime,
    since: datetime | None = None,
) -> datetime | None:
    """When to look again, if nothing changes until then; ``now`` if an alarm is to be raised."""
    pending = _pending(procedure, times, done, raised, now, since)
    moments = [max(alarm.at, now) for chain in pending for alarm in chain]
    return min(moments, default=None)


def shifted(times: Times, start: datetime) -> dict[Event, datetime]:
    """The times with the start moved, and the end by as much.

    The rehearsal stays: it is agreed with people, and moved by itself. Raises ``Invalid`` for a
    start that is not after it.
    """
    rehearsal = times.get(Event.REHEARSAL)
    if rehearsal is not None and start <= rehearsal:
        raise Invalid(
            "Giờ họp mới không sau giờ tổng duyệt; hãy chuyển giờ tổng duyệt trước.",
            "The new start is not after the rehearsal; move the rehearsal first.",
        )
    moved = {**times, Event.START: start}
    if Event.START in times and Event.END in times:
        moved[Event.END] = times[Event.END] + (start - times[Event.START])
    return moved


def _item(step: Step, times: Times, done: Record, now: datetime) -> Item:
    entry = _done(step.id, done, now)
    due = (entry.due if entry else None) or step.due(times)
    blocked = () if entry else tuple(s for s in step.after if not _done(s, done, now))
    state = State.DONE if entry else State.WAITING if blocked else State.OPEN
    late = due is not None and (entry.at if entry else now) > due
    return Item(step, state, due, entry, late, blocked)


def _gate(procedure: Procedure, gate: Gate, times: Times, done: Record, now: datetime) -> GateState:
    at = gate.at.at(times)
    passed = at is not None and at <= now
    moment = at if at is not None and passed else now
    missing = tuple(
        step
        for step in gate.steps
        if not _done(step, done, min(moment + _earlier(procedure, gate, times, done, step), now))
    )
    return GateState(gate, at, passed, not missing, missing)


def _earlier(
    procedure: Procedure, gate: Gate, times: Times, done: Record, step_id: str
) -> timedelta:
    """How much later the gate stood when the step was done, by the deadline that this had."""
    step, entry = procedure.step(step_id), done.get(step_id)
    due = step.due(times) if step else None
    if step is None or step.deadline is None or entry is None or entry.due is None or due is None:
        return timedelta(0)
    if step.deadline.event is not gate.at.event:
        return timedelta(0)
    return max(entry.due - due, timedelta(0))


def _done(step: str, done: Record, moment: datetime) -> Done | None:
    entry = done.get(step)
    return entry if entry and entry.at <= moment else None


def _pending(
    procedure: Procedure,
    times: Times,
    done: Record,
    raised: Collection[str],
    now: datetime,
    since: datetime | None,
) -> Iterator[list[Alarm]]:
    """Of everything not done, its alarms after the last one raised."""
    for step in procedure.steps:
        due = step.due(times)
        if due is not None and not _done(step.id, done, now):
            yield _after_raised(_chain(step, due, max(due, since or due)), raised)
    for gate in procedure.gates:
        at = gate.at.at(times)
        if at is not None and not all(_done(step, done, now) for step in gate.steps):
            late = max(at, since or at)
            yield _after_raised([_alarm(gate.id, Level.LATE, 1, at, late)], raised)


def _chain(step: Step, due: datetime, late: datetime) -> list[Alarm]:
    """All alarms of a step that is never done, in time; it is late from ``late`` on."""
    chain = [_alarm(step.id, Level.LATE, 1, due, late)]
    if step.warn:
        chain.insert(0, _alarm(step.id, Level.WARN, 1, due, due - step.warn))
    for nth in range(1, step.escalations + 1):
        chain.append(_alarm(step.id, Level.ESCALATE, nth, due, late + nth * step.escalate))
    return chain


def _after_raised(chain: list[Alarm], raised: Collection[str]) -> list[Alarm]:
    spent = [place for place, alarm in enumerate(chain, start=1) if alarm.id in raised]
    return chain[max(spent, default=0) :]


def _alarm(subject: str, level: Level, nth: int, due: datetime, at: datetime) -> Alarm:
    moment = due.astimezone(UTC)
    return Alarm(f"{subject}-{level}-{nth}-{moment:%Y%m%d%H%M%S}", subject, level, nth, at)


def _by_time(alarm: Alarm) -> datetime:
    return alarm.at
