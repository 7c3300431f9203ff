"""What is done, open, due and late; gates judged at their moment."""

from datetime import UTC, datetime, timedelta

import pytest

from diemcau.domain.agenda import Done, GateState, Item, State, agenda, gates, shifted
from diemcau.domain.procedure import Deadline, Event, Gate, Procedure, Step
from diemcau.domain.refusal import Invalid, Text

REQUEST = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
START = REQUEST + timedelta(hours=8)
TIMES = {Event.REQUEST: REQUEST, Event.START: START}
HOUR = timedelta(hours=1)
TITLE = Text("Bước", "Step")


def step(name: str, deadline: Deadline | None, *after: str) -> Step:
    return Step(name, "1", TITLE, ("office",), "1", deadline=deadline, after=after)


NOTICE = step("notice", Deadline(Event.REQUEST, timedelta(minutes=15)))
CHECK = step("check", Deadline(Event.START, -2 * HOUR), "notice")
HOLD = step("hold", None, "check", "notice")
CHECKED = Gate("checked", TITLE, Deadline(Event.START, -2 * HOUR), ("notice", "check"), "1")
PROCEDURE = Procedure(
    "p", "0" * 12, TITLE, "planned", "", (), (NOTICE, CHECK, HOLD), gates=(CHECKED,)
)


def done(at: datetime, due: datetime | None = None) -> Done:
    return Done(at, "an", due=due)


def items(record: dict[str, Done], now: datetime) -> dict[str, Item]:
    return {item.step.id: item for item in agenda(PROCEDURE, TIMES, record, now)}


def gate(record: dict[str, Done], now: datetime) -> GateState:
    (state,) = gates(PROCEDURE, TIMES, record, now)
    return state


def test_a_step_waits_until_all_before_it_are_done() -> None:
    found = items({"notice": done(REQUEST)}, REQUEST)
    assert [found[name].state for name in ("notice", "check", "hold")] == [
        State.DONE, State.OPEN, State.WAITING,
    ]  # fmt: skip
    assert found["hold"].blocked_by == ("check",)
    assert items({}, REQUEST)["hold"].blocked_by == ("check", "notice")


def test_a_step_may_be_done_before_those_it_comes_after() -> None:
    found = items({"check": done(REQUEST)}, REQUEST)["check"]
    assert (found.state, found.blocked_by) == (State.DONE, ())


def test_a_step_is_late_once_its_deadline_is_over_and_not_at_it() -> None:
    due = REQUEST + timedelta(minutes=15)
    assert items({}, due)["notice"].due == due
    assert not items({}, due)["notice"].late
    assert items({}, due + timedelta(seconds=1))["notice"].late


def test_what_was_done_in_time_is_never_late_and_what_was_done_late_always() -> None:
    due = REQUEST + timedelta(minutes=15)
    assert not items({"notice": done(due)}, START)["notice"].late
    assert items({"notice": done(due + timedelta(seconds=1))}, START)["notice"].late


def test_a_step_without_a_moment_is_never_late() -> None:
    assert items({}, START + 100 * HOUR)["hold"].due is None
    assert not items({}, START + 100 * HOUR)["hold"].late
    (found,) = agenda(Procedure("p", "", TITLE, "", "", (), (CHECK,)), {}, {}, START)
    assert (found.due, found.late) == (None, False)


def test_what_is_done_later_is_not_done_yet() -> None:
    assert items({"notice": done(START)}, REQUEST)["notice"].state is State.OPEN


def test_a_gate_ahead_says_what_is_missing_now() -> None:
    state = gate({"notice": done(REQUEST)}, START - 3 * HOUR)
    assert (state.at, state.passed, state.ready) == (START - 2 * HOUR, False, False)
    assert state.missing == ("check",)


def test_a_gate_is_ready_with_what_is_done_at_its_very_moment() -> None:
    record = {"notice": done(REQUEST), "check": done(START - 2 * HOUR)}
    state = gate(record, START - 2 * HOUR)
    assert (state.passed, state.ready, state.missing) == (True, True, ())


def test_a_gate_that_was_missed_stays_missed_whatever_is_done_later() -> None:
    record = {"notice": done(REQUEST), "check": done(START - HOUR)}
    state = gate(record, START)
    assert (state.passed, state.ready, state.missing) == (True, False, ("check",))


def test_a_gate_without_a_moment_is_not_passed() -> None:
    (state,) = gates(PROCEDURE, {}, {}, START)
    assert (state.at, state.passed, state.ready) == (None, False, False)


def test_moving_the_start_moves_deadlines_and_the_end_but_neither_rehearsal_nor_what_is_done() -> (
    None
):
    times = {**TIMES, Event.REHEARSAL: START - 4 * HOUR, Event.END: START + 2 * HOUR}
    moved = shifted(times, START + HOUR)
    assert moved == {
        **times, Event.START: START + HOUR, Event.END: START + 3 * HOUR,
    }  # fmt: skip
    record = {"notice": done(REQUEST)}
    found = {item.step.id: item for item in agenda(PROCEDURE, moved, record, START - 2 * HOUR)}
    assert found["notice"].done == record["notice"]
    assert found["check"].due == START - HOUR


def test_a_start_not_after_the_rehearsal_is_refused() -> None:
    with pytest.raises(Invalid, match="move the rehearsal first"):
        shifted({**TIMES, Event.REHEARSAL: START - HOUR}, START - HOUR)


@pytest.mark.parametrize("by", [-3 * HOUR, 3 * HOUR])
@pytest.mark.parametrize(("minutes", "late"), [(0, False), (1, True)])
def test_moving_the_session_changes_nothing_about_what_was_done_late_or_in_time(
    by: timedelta, minutes: int, late: bool
) -> None:
    due = START - 2 * HOUR
    record = {"check": done(due + timedelta(minutes=minutes), due)}
    moved = {**TIMES, Event.START: START + by}
    found = {item.step.id: item for item in agenda(PROCEDURE, moved, record, START)}["check"]
    assert (found.due, found.late) == (due, late)


def test_where_no_deadline_was_written_down_the_one_of_now_judges() -> None:
    record = {"check": done(START - 2 * HOUR)}
    moved = {**TIMES, Event.START: START - HOUR}
    found = {item.step.id: item for item in agenda(PROCEDURE, moved, record, START)}["check"]
    assert (found.due, found.late) == (START - 3 * HOUR, True)


@pytest.mark.parametrize(("minutes", "missing"), [(0, ()), (1, ("check",))])
def test_a_gate_that_came_earlier_is_missed_by_what_was_late_for_the_former_one_only(
    minutes: int, missing: tuple[str, ...]
) -> None:
    due = START - 2 * HOUR
    record = {"notice": done(REQUEST), "check": done(due + timedelta(minutes=minutes), due)}
    moved = {**TIMES, Event.START: START - HOUR}
    (state,) = gates(PROCEDURE, moved, record, START)
    assert (state.at, state.passed, state.missing) == (START - 3 * HOUR, True, missing)


def test_a_gate_that_came_later_waits_for_what_was_missing_at_the_former_one() -> None:
    due = START - 2 * HOUR
    record = {"notice": done(REQUEST), "check": done(due + HOUR, due)}
    moved = {**TIMES, Event.START: START + 2 * HOUR}
    (state,) = gates(PROCEDURE, moved, record, START + HOUR)
    assert (state.at, state.passed, state.missing) == (START, True, ())


def test_a_gate_that_counts_from_another_event_stands_where_it_stood() -> None:
    due = REQUEST + timedelta(minutes=15)
    record = {"notice": done(START - HOUR, due), "check": done(REQUEST)}
    moved = {**TIMES, Event.REQUEST: REQUEST - 8 * HOUR}
    (state,) = gates(PROCEDURE, moved, record, START)
    assert state.missing == ("notice",)
