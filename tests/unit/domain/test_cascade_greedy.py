"""The greedy plan keeps all limits whatever it is given; its words and risks say what it is."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemcau.domain.cascade_greedy import drafted, greedy
from diemcau.domain.cascade_limits import violations
from diemcau.domain.cascade_plan import (
    STANDBY_HOPS,
    Infeasible,
    PlanLine,
    PlanMcu,
    PlanProblem,
    PlanSite,
    least_hops,
)
from diemcau.domain.cascade_risks import risks
from diemcau.domain.cascade_words import explain
from diemcau.testing.plans import star


@st.composite
def provinces(draw: st.DrawFn) -> PlanProblem:
    """A master and up to twelve MCUs with a usual line up, other lines, and up to 60 sites."""
    names = [f"m{n}" for n in range(draw(st.integers(1, 13)))]
    usual = {name: draw(st.sampled_from(names[:n])) for n, name in enumerate(names) if n}
    other = st.tuples(st.sampled_from(names), st.sampled_from(names))
    lines = [PlanLine(lower, upper) for lower, upper in usual.items()]
    lines += [PlanLine(*ends, priority=2) for ends in draw(st.lists(other, max_size=8))]
    homes = draw(st.lists(st.sampled_from(names), max_size=60))
    sites = [
        PlanSite(f"s{n}", f"S{n}", tuple(filter(None, (home, usual.get(home)))))
        for n, home in enumerate(homes)
    ]
    ports = st.integers(2, 20)
    mcus = tuple(PlanMcu(name, name, draw(ports)) for name in names)
    return PlanProblem("m0", mcus, tuple(lines), tuple(sites))


@settings(deadline=None)
@given(provinces())
def test_a_draft_breaks_no_limit_and_loses_no_site_unseen(problem: PlanProblem) -> None:
    draft = drafted(problem)
    assert {*draft.plan.home} | {*draft.left_out} == problem.site.keys()
    assert len(draft.plan.home) + len(draft.left_out) == len(problem.sites)
    kept = replace(problem, sites=tuple(problem.site[site] for site in draft.plan.home))
    assert violations(kept, draft.plan) == []
    if not draft.left_out:
        assert draft.plan.cost.hops >= least_hops(problem)


@settings(deadline=None)
@given(provinces())
def test_a_refusal_names_a_shortage(problem: PlanProblem) -> None:
    if drafted(problem).left_out:
        with pytest.raises(Infeasible) as refusal:
            greedy(problem)
        assert refusal.value.shortages


def test_a_site_moves_on_to_make_room_for_one_that_has_no_choice() -> None:
    problem = PlanProblem(
        "m",
        (PlanMcu("m", "M", 4), PlanMcu("a", "A", 2), PlanMcu("b", "B", 9)),
        (PlanLine("a", "m"), PlanLine("b", "m")),
        (
            PlanSite("1", "1", ("a", "m")),
            PlanSite("2", "2", ("a", "m")),
            PlanSite("3", "3", ("m", "b")),
            PlanSite("4", "4", ("m", "b")),
            PlanSite("5", "5", ("m",)),
        ),
    )
    plan = greedy(problem)
    assert sorted(plan.home[site] for site in "12") == ["a", "m"]
    assert plan.home["3"] == plan.home["4"] == "b"


def test_a_master_short_of_ports_hangs_the_lighter_satellite_lower() -> None:
    plan = greedy(replace(star(2), lines=(*star(2).lines, PlanLine("b", "a", priority=2))))
    assert plan.parent == {"a": "m", "b": "a"} or plan.parent == {"b": "m", "a": "b"}


def test_a_standby_costs_two_levels_and_a_level_one_for_each_site() -> None:
    plan = greedy(star(3))
    assert plan.cost[:3] == (5 + STANDBY_HOPS, 1, 0)
    assert plan.cost.load == 1
    assert plan.gap == pytest.approx(1 / 7)


def test_the_words_say_levels_moves_and_what_is_tight() -> None:
    problem = star(3)
    said = [text.en for text in explain(problem, greedy(problem))]
    assert said[0] == "A cascade of 1 levels: master MCU Chủ, 2 satellite MCUs, 6 sites."
    assert said[2] == (
        "MCU A: level 1, under MCU Chủ (VNPT, 100 Mbit/s, priority 1); serves 3 sites and 1 links;"
        " 4 of 5 ports in use."
    )
    assert (
        "1 sites of MCU B are at MCU Chủ because that MCU is full (2 sites, 1 links): B 2." in said
    )
    assert "Tight: MCU B has no free ports." in said
    assert all(text.vi for text in explain(problem, greedy(problem)))


def test_the_words_say_who_was_pinned_and_what_is_proven() -> None:
    problem = replace(star(4), pins={"b0": "m"})
    said = [text.en for text in explain(problem, replace(greedy(problem), optimal=True))]
    assert any("because they are pinned there by hand: B 0" in line for line in said)
    assert any(line.startswith("Proven") for line in said)


def test_a_line_with_another_way_round_is_no_risk_and_an_only_mcu_is() -> None:
    problem = replace(star(9), mcus=tuple(replace(m, capacity=9) for m in star(9).mcus))
    found = {risk.subject: risk for risk in risks(problem, greedy(problem))}
    assert found["a", "m"].carried
    assert found["b", "m"].carried
    assert found["b",].carried
    assert set(found["a",].lost) == {"a0", "a1", "a2"}
    assert "3 sites are lost" in found["a",].text.en
    assert "mất 3 điểm cầu" in found["a",].text.vi


def test_a_second_line_between_the_same_two_stands_in_for_the_first() -> None:
    lines = (PlanLine("a", "m"), PlanLine("a", "m", priority=2))
    site = PlanSite("s", "S", ("a",))
    problem = PlanProblem("m", (PlanMcu("m", "M", 5), PlanMcu("a", "A", 5)), lines, (site,))
    assert {r.subject: r.carried for r in risks(problem, greedy(problem))}["a", "m"]


def test_without_the_master_another_mixes_and_the_risk_says_who() -> None:
    problem = replace(star(9), mcus=tuple(replace(m, capacity=9) for m in star(9).mcus))
    (risk,) = [r for r in risks(problem, greedy(problem)) if r.subject == ("m",)]
    assert risk.carried
    assert risk.problem.master in ("a", "b")
    assert "as master instead" in risk.text.en


def test_without_the_only_neighbour_of_all_everybody_is_lost() -> None:
    problem = replace(star(9), lines=())
    alone = replace(problem, sites=(PlanSite("s", "S", ("m",)),))
    (risk,) = risks(alone, greedy(alone))
    assert risk.lost == ("s",)
