"""The session itself as the evidence of steps: that it is open, and that it was held."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from diemcau.domain.dossier import Dossier, cancelled, closed, held
from diemcau.domain.evidence import Facts, remaining, settled
from diemcau.domain.procedure import Deadline, Event, Evidence, Procedure, Step
from diemcau.domain.refusal import Text

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TITLE = Text("Bước", "Step")
OPEN = Step("open", "1", TITLE, ("office",), "1", Evidence.OPENING, deadline=Deadline(Event.START))
HOLD = Step("hold", "1", TITLE, ("office",), "1", Evidence.SESSION)
PROCEDURE = Procedure("p", "0" * 12, TITLE, "planned", "", (), (OPEN, HOLD))
PREPARED = Dossier(
    "d1", "Họp", "p", "u", "m", ("s",), START - 5 * HOUR, START, START + HOUR,
)  # fmt: skip


def done(dossier: Dossier, now: datetime) -> dict[str, datetime]:
    steps = settled(dossier, PROCEDURE, Facts(), now).steps
    return {step: entry.at for step, entry in steps.items()}


def test_a_session_that_nobody_opened_is_no_evidence() -> None:
    assert done(PREPARED, START + HOUR) == {}


def test_opening_a_session_is_done_by_opening_it_and_holding_it_by_closing_it() -> None:
    opened = held(PREPARED, "c-d1", START - HOUR)
    assert done(opened, START - HOUR) == {"open": START - HOUR}
    over = closed(settled(opened, PROCEDURE, Facts(), START - HOUR), START + HOUR)
    assert done(over, START + HOUR) == {"open": START - HOUR, "hold": START + HOUR}


def test_what_was_opened_in_time_is_not_late_by_a_procedure_that_comes_later() -> None:
    opened = held(PREPARED, "c-d1", START - HOUR)
    after = settled(opened, PROCEDURE, Facts(), START + HOUR)
    assert (after.steps["open"].at, after.steps["open"].due) == (START - HOUR, START)


def test_of_a_session_that_is_over_or_cancelled_nobody_asks_for_the_opening() -> None:
    assert remaining(PREPARED, PROCEDURE) == PROCEDURE
    assert remaining(cancelled(PREPARED, "Hoãn", START - HOUR), PROCEDURE).steps == ()
    over = replace(held(PREPARED, "c-d1", START), closed_at=START + HOUR)
    assert remaining(over, PROCEDURE).steps == ()
