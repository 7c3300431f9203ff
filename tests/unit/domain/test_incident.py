"""An incident's steps: what each needs, and what may come in any order (Article 7)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain.incident import (
    CARRIERS,
    CURES_SHOWN,
    Cause,
    Incident,
    Stamp,
    Step,
    carrier_answered,
    carrier_told,
    cause_found,
    chair_heard,
    chair_told,
    closed,
    cures,
    mended,
    place_of,
    taken_up,
)
from diemcau.domain.refusal import Conflict, Invalid, Refusal

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
NEW = Incident("d1.1", "d1", "s-1", AT, "an", "Mất hình")


def later(minutes: int) -> datetime:
    return AT + timedelta(minutes=minutes)


def told(incident: Incident, at: datetime, until: int = 60) -> Incident:
    return carrier_told(incident, "VNPT", "Ông Lâm", "hàn cáp", later(until), "binh", at)


DO: dict[Step, Callable[[Incident, datetime], Incident]] = {
    Step.TAKEN: lambda one, at: taken_up(one, "binh", at),
    Step.CAUSE_KNOWN: lambda one, at: cause_found(one, Cause.LINE, "đứt cáp", "binh", at),
    Step.CARRIER_TOLD: told,
    Step.CARRIER_ANSWERED: lambda one, at: carrier_answered(one, "đồng ý", None, "vnpt", at),
    Step.CHAIR_TOLD: lambda one, at: chair_told(one, "báo cáo sau", "binh", at),
    Step.CHAIR_HEARD: lambda one, at: chair_heard(one, "chair", at),
    Step.MENDED: lambda one, at: mended(one, "đổi sang đường dự phòng", "binh", at),
    Step.CLOSED: lambda one, at: closed(one, "binh", at),
}


def test_every_step_says_when_it_was_done_and_by_whom() -> None:
    incident = NEW
    for minutes, step in enumerate(Step, start=1):
        incident = DO[step](incident, later(minutes))
        assert incident.steps[step].at == later(minutes)
        assert incident.seconds(step) == minutes * 60
    assert list(incident.steps) == list(Step)
    assert incident.steps[Step.CARRIER_ANSWERED].by == "vnpt"
    assert incident.state == "closed"


def test_the_chair_can_be_told_before_the_cause_is_known() -> None:
    incident = chair_told(NEW, "tạm dừng 5 phút", "binh", later(1))
    assert (incident.state, list(incident.steps)) == ("chair-told", [Step.TAKEN, Step.CHAIR_TOLD])


@pytest.mark.parametrize("step", [Step.CAUSE_KNOWN, Step.CHAIR_TOLD, Step.MENDED])
def test_whoever_works_on_it_has_taken_it_up(step: Step) -> None:
    assert DO[step](NEW, later(2)).steps[Step.TAKEN] == Stamp(later(2), "binh")


def test_who_was_first_to_take_it_stays() -> None:
    taken = taken_up(NEW, "an", later(1))
    assert taken_up(taken, "binh", later(2)) == taken


@pytest.mark.parametrize(
    "step", [Step.CARRIER_TOLD, Step.CARRIER_ANSWERED, Step.CHAIR_HEARD, Step.CLOSED]
)
def test_what_needs_another_step_is_refused_before_it(step: Step) -> None:
    with pytest.raises(Conflict):
        DO[step](taken_up(NEW, "an", later(1)), later(2))


@pytest.mark.parametrize("kind", [cause for cause in Cause if cause not in CARRIERS])
def test_no_carrier_is_told_of_what_is_not_its_concern(kind: Cause) -> None:
    with pytest.raises(Conflict):
        told(cause_found(NEW, kind, "mất điện", "binh", later(1)), later(2))


def test_an_estimated_time_is_ahead() -> None:
    known = DO[Step.CAUSE_KNOWN](NEW, later(1))
    with pytest.raises(Invalid):
        told(known, later(3), until=3)
    with pytest.raises(Invalid):
        carrier_answered(told(known, later(3)), "", later(2), "vnpt", later(4))
    assert carrier_answered(
        told(known, later(3)), "", later(90), "vnpt", later(4)
    ).back_at == later(90)


def test_whoever_is_told_anew_answers_anew() -> None:
    incident = NEW
    for step in (*list(Step)[:6], Step.CARRIER_TOLD, Step.CHAIR_TOLD):
        incident = DO[step](incident, later(5))
    assert not {Step.CARRIER_ANSWERED, Step.CHAIR_HEARD} & incident.steps.keys()
    assert incident.note == ""


def test_a_remedy_is_said() -> None:
    with pytest.raises(Invalid):
        mended(NEW, "  ", "binh", later(1))


@given(st.lists(st.sampled_from(list(Step)), max_size=20))
def test_nothing_closes_itself_and_what_is_closed_was_mended(steps: list[Step]) -> None:
    incident = NEW
    for minutes, step in enumerate(steps, start=1):
        before = incident
        try:
            incident = DO[step](incident, later(minutes))
        except Refusal:
            continue
        assert incident.ended == (before.ended or step is Step.CLOSED)
        assert set(before.steps) - set(incident.steps) <= {Step.CARRIER_ANSWERED, Step.CHAIR_HEARD}
    if incident.ended:
        assert incident.remedy
        assert Step.MENDED in incident.steps


def former(number: int, **more: object) -> Incident:
    one = replace(NEW, id=f"d0.{number}", dossier="d0", at=AT - timedelta(days=number))
    known = cause_found(one, Cause.LINE, "đứt cáp", "binh", AT)
    return replace(closed(mended(known, f"cách {number}", "binh", AT), "binh", AT), **more)  # type: ignore[arg-type]


def test_cures_are_of_the_same_place_the_same_kind_first_and_the_newest() -> None:
    past = [
        former(3),
        former(1, kind=Cause.POWER),
        former(2),
        former(4, site="s-2"),
        former(5, steps={}),
        former(6, site="", link="bac/tinh"),
    ]
    known = cause_found(NEW, Cause.LINE, "mất tín hiệu", "binh", later(1))
    assert [one.remedy for one in cures(known, past)] == ["cách 2", "cách 3", "cách 1"]
    assert len(cures(known, map(former, range(1, 20)))) == CURES_SHOWN


def test_an_incident_is_no_cure_of_itself() -> None:
    assert cures(former(1), [former(1)]) == ()


@pytest.mark.parametrize("subject", ["site/s-1", "link/bac/tinh"])
def test_a_subject_is_a_site_or_a_link(subject: str) -> None:
    site, link = place_of(subject)
    assert replace(NEW, site=site, link=link).subject == subject


@pytest.mark.parametrize("subject", ["", "site/", "site/a/b", "link/bac", "link/a/b/c", "mcu/bac"])
def test_nothing_else_is_one(subject: str) -> None:
    with pytest.raises(Invalid):
        place_of(subject)
