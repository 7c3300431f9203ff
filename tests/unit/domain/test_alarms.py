"""Alarms: what is raised, when, and never twice; the laws hold for any procedure and any record."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain.agenda import (
    Alarm,
    Done,
    Level,
    State,
    agenda,
    alarms,
    gates,
    next_moment,
    shifted,
)
from diemcau.domain.procedure import Deadline, Event, Gate, Procedure, Step
from diemcau.domain.refusal import Text

ZERO = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TIMES = {Event.REQUEST: ZERO, Event.START: ZERO + timedelta(minutes=120)}
TITLE = Text("Bước", "Step")
Moments = Mapping[Event, datetime]
Record = Mapping[str, Done]


def at(minute: int) -> datetime:
    return ZERO + timedelta(minutes=minute)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def step(name: str, offset: int, warn: int, escalate: int, escalations: int) -> Step:
    return Step(
        name, "1", TITLE, ("office",), "1",
        deadline=Deadline(Event.START, minutes(offset)),
        warn=minutes(warn), escalate=minutes(escalate), escalations=escalations,
    )  # fmt: skip


def procedure(*steps: Step, gates: tuple[Gate, ...] = ()) -> Procedure:
    return Procedure("p", "0" * 12, TITLE, "planned", "", (), steps, gates=gates)


CHECK = step("check", -60, 10, 15, 2)
"""Due at minute 60, warned of at 50, escalated at 75 and 90."""
ONE = procedure(CHECK)
GATED = procedure(
    step("quiet", 600, 0, 10, 0),
    gates=(Gate("ready", TITLE, Deadline(Event.START, minutes(-30)), ("quiet",), "1"),),
)


def look(
    of: Procedure, moments: Iterable[int], done: Record, raised: Iterable[str] = (),
    times: Moments = TIMES, since: datetime | None = None,
) -> list[Alarm]:  # fmt: skip
    """All that is raised by a server that looks at these minutes."""
    known, found = set(raised), list[Alarm]()
    for minute in moments:
        new = alarms(of, times, done, known, at(minute), since)
        found += new
        known |= {alarm.id for alarm in new}
    return found


def said(found: Iterable[Alarm]) -> list[tuple[Level, int, datetime]]:
    return [(alarm.level, alarm.nth, alarm.at) for alarm in found]


def test_a_step_warns_is_late_and_escalates_up_to_its_cap() -> None:
    assert said(look(ONE, range(300), {})) == [
        (Level.WARN, 1, at(50)),
        (Level.LATE, 1, at(60)),
        (Level.ESCALATE, 1, at(75)),
        (Level.ESCALATE, 2, at(90)),
    ]


def test_a_step_done_in_time_raises_nothing_more() -> None:
    assert said(look(ONE, range(300), {"check": Done(at(40), "an")})) == []
    assert [a.level for a in look(ONE, range(300), {"check": Done(at(55), "an")})] == [Level.WARN]


def test_a_step_done_late_stops_escalating() -> None:
    found = look(ONE, range(300), {"check": Done(at(80), "an")})
    assert [alarm.level for alarm in found] == [Level.WARN, Level.LATE, Level.ESCALATE]


def test_a_server_that_was_away_raises_the_last_alarm_only() -> None:
    assert said(look(ONE, [40, 200, 201], {})) == [(Level.ESCALATE, 2, at(90))]
    assert said(look(ONE, [40, 61, 62, 300], {})) == [
        (Level.LATE, 1, at(60)), (Level.ESCALATE, 2, at(90)),
    ]  # fmt: skip


def test_a_deadline_that_had_passed_when_it_was_set_is_late_from_then_on() -> None:
    assert said(look(ONE, range(100, 300), {}, since=at(100))) == [
        (Level.LATE, 1, at(100)), (Level.ESCALATE, 1, at(115)), (Level.ESCALATE, 2, at(130)),
    ]  # fmt: skip
    assert said(look(GATED, range(100, 300), {}, since=at(100))) == [(Level.LATE, 1, at(100))]
    assert look(ONE, range(300), {}, since=at(50)) == look(ONE, range(300), {})


def test_of_a_deadline_set_within_its_warning_it_is_warned_at_once() -> None:
    assert said(look(ONE, range(55, 61), {}, since=at(55))) == [
        (Level.WARN, 1, at(50)), (Level.LATE, 1, at(60)),
    ]  # fmt: skip


def test_a_server_that_was_away_raises_nothing_of_what_was_done_meanwhile() -> None:
    assert look(ONE, [40, 200], {"check": Done(at(100), "an")}) == []
    assert look(GATED, [40, 200], {"quiet": Done(at(100), "an")}) == []


def test_an_id_holds_step_level_count_and_deadline_in_universal_time() -> None:
    (alarm,) = look(ONE, [60], {})
    assert (alarm.id, alarm.subject) == ("check-late-1-20260302020000", "check")
    hanoi = {event: time.astimezone(timezone(timedelta(hours=7))) for event, time in TIMES.items()}
    assert look(ONE, [60], {}, times=hanoi)[0].id == alarm.id


def test_an_id_of_the_longest_step_is_an_id() -> None:
    (alarm,) = look(procedure(step("s" * 32, -60, 0, 1, 9)), [300], {})
    assert alarm.nth == 9
    assert re.fullmatch(r"[a-z0-9-]{1,64}", alarm.id)


def test_a_step_whose_deadline_moved_alarms_anew() -> None:
    first = look(ONE, range(61), {})
    moved = shifted(TIMES, at(180))
    again = look(ONE, range(61, 121), {}, [alarm.id for alarm in first], moved)
    assert said(again) == [(Level.WARN, 1, at(110)), (Level.LATE, 1, at(120))]


def test_a_clock_set_back_raises_nothing_that_came_before_the_last_raised() -> None:
    assert look(ONE, [90, 60, 75, 90], {}) == look(ONE, [90], {})


def test_a_missed_gate_raises_one_late() -> None:
    found = look(GATED, range(300), {})
    assert [(alarm.subject, *of) for alarm, of in zip(found, said(found), strict=True)] == [
        ("ready", Level.LATE, 1, at(90))
    ]
    assert look(GATED, range(300), {"quiet": Done(at(90), "an")}) == []


def test_the_clock_looks_again_at_the_next_alarm() -> None:
    done = {"check": Done(at(55), "an")}
    assert next_moment(ONE, TIMES, {}, (), at(0)) == at(50)
    assert next_moment(ONE, TIMES, {}, (), at(55)) == at(55)
    assert next_moment(ONE, TIMES, {}, ["check-warn-1-20260302020000"], at(55)) == at(60)
    assert next_moment(ONE, TIMES, done, (), at(56)) is None
    assert next_moment(ONE, {}, {}, (), at(0)) is None
    assert next_moment(ONE, TIMES, {}, ["check-escalate-2-20260302020000"], at(91)) is None


MINUTES = st.integers(0, 240)
STEPS = st.builds(
    step, st.just(""), st.integers(-100, 60), st.integers(0, 30), st.integers(1, 40),
    st.integers(0, 3),
)  # fmt: skip


@st.composite
def procedures(draw: st.DrawFn) -> Procedure:
    drawn = draw(st.lists(STEPS, min_size=1, max_size=4))
    steps = tuple(
        Step(**{**vars(each), "id": f"s{nth}", "after": tuple(f"s{n}" for n in range(nth))})
        for nth, each in enumerate(drawn)
    )
    offset = draw(st.integers(-100, 60))
    names = draw(st.lists(st.sampled_from([each.id for each in steps]), min_size=1, unique=True))
    gate = Gate("gate", TITLE, Deadline(Event.START, minutes(offset)), tuple(names), "1")
    return procedure(*steps, gates=(gate,))


RECORDS = st.dictionaries(
    st.sampled_from(["s0", "s1", "s2", "s3"]),
    MINUTES.map(lambda minute: Done(at(minute), "an")),
)
LOOKS = st.lists(MINUTES, max_size=8).map(sorted)


@given(procedures(), RECORDS, LOOKS)
def test_looking_rarely_raises_a_part_of_what_looking_often_raises(
    of: Procedure, done: Record, looks: list[int]
) -> None:
    often = {alarm.id for alarm in look(of, range(241), done)}
    assert {alarm.id for alarm in look(of, looks, done)} <= often


@given(procedures(), RECORDS, LOOKS)
def test_after_the_same_last_look_the_last_alarm_of_what_is_open_is_the_same(
    of: Procedure, done: Record, looks: list[int]
) -> None:
    end = at(240)
    open_steps = {i.step.id for i in agenda(of, TIMES, done, end) if i.state is not State.DONE}
    open_gates = {gate.id for gate in of.gates if open_steps & set(gate.steps)}
    for subject in open_steps | open_gates:
        often, rarely = (
            [alarm for alarm in look(of, moments, done) if alarm.subject == subject][-1:]
            for moments in (range(241), [*looks, 240])
        )
        assert often == rarely


@given(procedures(), RECORDS, st.lists(MINUTES, max_size=12))
def test_nothing_is_raised_twice_and_nothing_before_its_time_even_if_the_clock_jumps(
    of: Procedure, done: Record, looks: list[int]
) -> None:
    known: set[str] = set()
    for minute in looks:
        new = alarms(of, TIMES, done, known, at(minute))
        ids = {alarm.id for alarm in new}
        assert len(ids) == len(new)
        assert not ids & known
        assert all(alarm.at <= at(minute) for alarm in new)
        assert not alarms(of, TIMES, done, known | ids, at(minute))
        known |= ids


@given(procedures(), RECORDS, LOOKS, MINUTES)
def test_until_the_next_moment_there_is_nothing_to_raise_and_then_there_is(
    of: Procedure, done: Record, looks: list[int], now: int
) -> None:
    frozen = {name: entry for name, entry in done.items() if entry.at <= at(now)}
    raised = {alarm.id for alarm in look(of, [m for m in looks if m <= now], frozen)}
    moment = next_moment(of, TIMES, frozen, raised, at(now))
    until = at(600) if moment is None else moment
    for minute in range(now, 600):
        if at(minute) < until:
            assert not alarms(of, TIMES, frozen, raised, at(minute))
    if moment is not None:
        assert moment >= at(now)
        assert alarms(of, TIMES, frozen, raised, moment)


@given(procedures(), RECORDS, LOOKS)
def test_looking_only_when_told_raises_all_that_looking_often_raises(
    of: Procedure, done: Record, looks: list[int]
) -> None:
    changes = {entry.at for entry in done.values()}
    now, known = at(0), list[Alarm]()
    while now <= at(240):
        raised = {alarm.id for alarm in known}
        known += alarms(of, TIMES, done, raised, now)
        following = next_moment(of, TIMES, done, {alarm.id for alarm in known}, now)
        wakes = [m for m in (following, *changes) if m is not None and m > now]
        if not wakes:
            break
        now = min(wakes)
    assert set(known) == set(look(of, range(241), done))


@given(procedures(), RECORDS, MINUTES, st.integers(0, 500))
def test_moving_the_start_later_undoes_nothing_and_makes_nothing_late(
    of: Procedure, done: Record, now: int, by: int
) -> None:
    later = shifted(TIMES, TIMES[Event.START] + minutes(by))
    before, after = (agenda(of, times, done, at(now)) for times in (TIMES, later))
    for old, new in zip(before, after, strict=True):
        assert (new.state, new.done) == (old.state, old.done)
        assert old.late or not new.late
    for held in gates(of, TIMES, done, at(now)):
        if held.ready:
            assert all(state.ready for state in gates(of, later, done, at(now)))
