"""The shipped files say what Decision 429/QĐ-UBND of 2022, Article 6, says."""

from datetime import date, timedelta
from importlib import resources

import pytest

from diemcau.domain.permissions import ALLOWED, Action
from diemcau.domain.procedure import Deadline, Event, Evidence, Step
from diemcau.domain.roles import Role
from diemcau.procedures import load, shipped

TWO_HOURS = Deadline(Event.START, -timedelta(hours=2))
HALF_AN_HOUR = Deadline(Event.START, -timedelta(minutes=30))
DECISION_429 = {
    "429-planned": {"R6.1-1", "R6.1-2", "R6.1-3", "R6.1-4a", "R6.1-4b", "R6.1-5", "R6.1-6",
                    "R6.1-6b", "R6.1-7"},
    "429-urgent": {"R6.2"},
    "429-in-province": {"R6.3"},
}  # fmt: skip


def steps(name: str, number: str) -> list[Step]:
    return [step for step in load(name).steps if step.number == number]


@pytest.mark.parametrize("name", shipped())
def test_a_file_is_named_after_its_id_and_every_step_is_written_out(name: str) -> None:
    procedure = load(name)
    assert procedure.id == name
    for step in procedure.steps:
        assert step.text.vi, step.id
        assert step.text.en, step.id
        assert step.clause, step.id


@pytest.mark.parametrize("name", shipped())
def test_a_site_is_on_the_main_screen_within_thirty_seconds_of_the_chairs_call(name: str) -> None:
    procedure = load(name)
    assert procedure.call_within == timedelta(seconds=30)
    assert Deadline(Event.CALL, timedelta(seconds=30)) in [
        step.deadline for step in procedure.steps
    ]


@pytest.mark.parametrize("name", shipped())
def test_every_evidence_of_a_session_is_asked_for_and_every_check_item_used(name: str) -> None:
    procedure = load(name)
    evidence = {step.evidence for step in procedure.steps}
    needed = {Evidence.NOTICES, Evidence.PLAN, Evidence.CHECKS, Evidence.LINKS, Evidence.OPENING}
    assert needed | {Evidence.SESSION, Evidence.ASSESSMENT} <= evidence
    used = {item for step in procedure.steps for item in step.checks}
    assert used == {item.id for item in procedure.checks}


@pytest.mark.parametrize("name", shipped())
def test_whoever_may_open_the_session_is_warned_before_its_start_and_told_at_it(name: str) -> None:
    (opening,) = (step for step in load(name).steps if step.evidence is Evidence.OPENING)
    making = timedelta(minutes=1 if name == "429-urgent" else 0)
    assert opening.deadline == Deadline(Event.START, making)
    assert (opening.warn, opening.escalate) == (timedelta(minutes=10), timedelta(minutes=5))
    assert {*opening.roles} == ALLOWED[Action.HOLD] - {Role.OPERATOR}
    assert opening.roles[0] == "office"


@pytest.mark.parametrize("name", DECISION_429)
def test_every_requirement_of_a_clause_is_fulfilled_by_a_step(name: str) -> None:
    assert {step.requirement for step in load(name).steps} == DECISION_429[name]


def test_documents_belong_to_the_steps_that_make_them() -> None:
    forms = {step.id: step.forms for step in load("429-planned").steps if step.forms}
    assert forms == {
        "notice": ("notice",),
        "inform": ("script",),
        "plan": ("plan",),
        "check-districts": ("check",),
        "check-communes": ("check",),
        "local-checks": ("summary",),
        "contacts": ("duty",),
        "session": ("logbook",),
    }


def test_the_units_are_told_within_fifteen_minutes_of_the_request() -> None:
    (inform,) = steps("429-planned", "2")
    assert inform.deadline == Deadline(Event.REQUEST, timedelta(minutes=15))
    assert inform.roles[0] == "office"


def test_the_plan_is_complete_before_the_rehearsal() -> None:
    (plan,) = steps("429-planned", "3")
    assert (plan.deadline, plan.evidence) == (Deadline(Event.REHEARSAL), Evidence.PLAN)


def test_internal_rehearsals_and_the_joining_of_mcus_end_two_hours_before_the_start() -> None:
    rehearsed = [*steps("429-planned", "4a"), *steps("429-planned", "4b")]
    (join,) = (step for step in steps("429-planned", "5") if step.evidence is Evidence.LINKS)
    assert {step.deadline for step in [*rehearsed, join]} == {TWO_HOURS}
    held = [gate.steps for gate in load("429-planned").gates if gate.at == TWO_HOURS]
    assert held == [tuple(step.id for step in rehearsed), (join.id,)]


def test_all_is_ready_half_an_hour_before_the_start() -> None:
    for name in DECISION_429:
        procedure = load(name)
        (gate,) = (gate for gate in procedure.gates if gate.at == HALF_AN_HOUR)
        due = {step.deadline for step in procedure.steps if step.id in gate.steps}
        assert due == {HALF_AN_HOUR}


def test_the_office_checks_districts_and_the_department_communes() -> None:
    for number in ("4a", "5"):
        who = {tier: step.roles[0] for step in steps("429-planned", number) for tier in step.tiers}
        assert (who["district"], who["commune"]) == ("office", "dic")


def test_the_texts_of_the_decision_stand_in_the_files() -> None:
    for name, words in {
        "429-planned": "hạn chế tối đa qua nhiều cấp kết nối cascade",
        "429-urgent": "thông báo qua email, điện thoại hoặc gửi văn bản",
        "429-in-province": "do thủ trưởng cơ quan, đơn vị chủ trì phiên họp",
    }.items():
        assert any(words in step.text.vi for step in load(name).steps), name


def test_the_example_of_2026_knows_no_district() -> None:
    procedure = load("three-tier-2026")
    assert procedure.tiers == ("central", "province", "commune")
    assert procedure.valid_from == date(2026, 1, 1)
    text = resources.files("diemcau.procedures").joinpath("three-tier-2026.toml").read_text("utf-8")
    assert "huyện" not in text
