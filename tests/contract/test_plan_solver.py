"""One contract for whoever draws up cascade plans: HiGHS, and the greedy of the tests."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diemcau.domain.cascade_greedy import drafted
from diemcau.domain.cascade_limits import violations
from diemcau.domain.cascade_plan import (
    CascadePlan,
    Infeasible,
    PlanLine,
    PlanMcu,
    PlanProblem,
    PlanSite,
)
from diemcau.planning import HighsSolver
from diemcau.ports.planning import PlanSolver
from diemcau.testing import GreedySolver
from diemcau.testing.planning import every_plan
from diemcau.testing.plans import star

SECONDS = 20.0
MCUS = "mabc"
LAW = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(params=["greedy", "highs"])
def solver(request: pytest.FixtureRequest) -> PlanSolver:
    return GreedySolver() if request.param == "greedy" else HighsSolver()


@st.composite
def problems(draw: st.DrawFn) -> PlanProblem:
    """Four MCUs, few ports, up to seven sites in three kinds: so that all plans can be listed."""
    mcus = tuple(
        PlanMcu(name, name.upper(), draw(st.integers(1, 5)), draw(st.sampled_from([9.0, 100.0])))
        for name in MCUS
    )
    pairs = [(one, other) for n, one in enumerate(MCUS) for other in MCUS[n + 1 :]]
    lines = tuple(
        PlanLine(lower, upper, draw(st.sampled_from([2.0, 50.0, 50.0])), draw(st.integers(1, 2)))
        for lower, upper in draw(st.lists(st.sampled_from(pairs), min_size=2, max_size=7))
    )
    homes = st.lists(st.sampled_from(MCUS), min_size=1, max_size=3, unique=True).map(tuple)
    kinds = draw(st.lists(homes, min_size=1, max_size=3))
    sites = tuple(
        PlanSite(f"s{n}", f"Site {n}", kind)
        for n, kind in enumerate(draw(st.lists(st.sampled_from(kinds), max_size=7)))
    )
    pinned = bool(sites) and draw(st.booleans())
    pins = {"s0": draw(st.sampled_from(MCUS))} if pinned else {}
    fixed = draw(st.booleans())
    trunks = {"c": draw(st.sampled_from("mab"))} if fixed else {}
    return PlanProblem("m", mcus, lines, sites, pins, trunks, levels=draw(st.integers(1, 3)))


def solved(solver: PlanSolver, problem: PlanProblem) -> CascadePlan | None:
    try:
        return solver.solve(problem, SECONDS)
    except Infeasible:
        return None


def refused(solver: PlanSolver, problem: PlanProblem) -> Infeasible | None:
    try:
        solver.solve(problem, SECONDS)
    except Infeasible as refusal:
        return refusal
    return None


@LAW
@given(problem=problems())
def test_every_site_has_one_home_on_a_tree_to_the_master_within_all_limits(
    solver: PlanSolver, problem: PlanProblem
) -> None:
    plan = solved(solver, problem)
    if plan is not None:
        assert plan.home.keys() == problem.site.keys()
        assert set(plan.home.values()) <= plan.depths.keys()
        assert violations(problem, plan) == []


@LAW
@given(problem=problems())
def test_no_plan_costs_more_than_the_greedy_one(solver: PlanSolver, problem: PlanProblem) -> None:
    draft, plan = drafted(problem), solved(solver, problem)
    if not draft.left_out:
        assert plan is not None
        assert plan.cost <= draft.plan.cost


@LAW
@given(problem=problems())
def test_what_is_refused_is_explained_and_has_no_plan(
    solver: PlanSolver, problem: PlanProblem
) -> None:
    refusal = refused(solver, problem)
    if refusal is not None:
        assert refusal.id == "plan-infeasible"
        assert refusal.shortages
        assert all(text.vi and text.en for text in refusal.shortages)
        assert next(every_plan(problem), None) is None


@LAW
@given(problem=problems())
def test_a_plan_that_says_it_is_optimal_costs_no_more_than_any(
    solver: PlanSolver, problem: PlanProblem
) -> None:
    plan = solved(solver, problem)
    if plan is not None and plan.optimal:
        assert plan.gap == 0
        best = min(other.cost for other in every_plan(problem))
        assert plan.cost[:3] == best[:3]
        assert plan.cost.load == pytest.approx(best.load, abs=1e-5)
        assert plan.cost.mbps == pytest.approx(best.mbps)


@LAW
@given(problem=problems())
def test_the_gap_is_no_smaller_than_what_the_best_plan_saves(
    solver: PlanSolver, problem: PlanProblem
) -> None:
    plan = solved(solver, problem)
    if plan is not None and plan.cost.hops:
        best = min(other.cost.hops for other in every_plan(problem))
        assert (plan.cost.hops - best) / plan.cost.hops <= plan.gap + 1e-6


@LAW
@given(problem=problems())
def test_the_same_problem_gives_the_same_plan(solver: PlanSolver, problem: PlanProblem) -> None:
    one, other = solved(solver, problem), solved(solver, problem)
    assert (one and one.cost) == (other and other.cost)


def test_a_full_satellite_sends_one_site_to_its_standby(solver: PlanSolver) -> None:
    plan = solver.solve(star(3), SECONDS)
    assert plan.parent == {"a": "m", "b": "m"}
    assert sorted(plan.home.values()) == ["a", "a", "a", "b", "b", "m"]


def test_missing_ports_are_named_by_mcu_and_number(solver: PlanSolver) -> None:
    with pytest.raises(Infeasible, match="short of 1 ports") as refusal:
        solver.solve(star(1), SECONDS)
    assert "thiếu 1 cổng" in refusal.value.detail.vi


def test_an_mcu_without_a_line_is_named(solver: PlanSolver) -> None:
    problem = replace(star(9), lines=(PlanLine("b", "m"),))
    with pytest.raises(Infeasible, match="No line leads from MCU A to the master MCU Chủ"):
        solver.solve(problem, SECONDS)


def test_a_line_that_is_too_narrow_is_named_with_what_it_needs(solver: PlanSolver) -> None:
    problem = replace(star(9), lines=(PlanLine("a", "m", 2), PlanLine("b", "m")), link_mbps=5)
    with pytest.raises(Infeasible, match="MCU A – MCU Chủ carries 2 Mbit/s, 5 are needed"):
        solver.solve(problem, SECONDS)


def test_a_failure_that_nobody_can_stand_in_for_comes_first_among_the_risks(
    solver: PlanSolver,
) -> None:
    problem = star(3)
    found = solver.risks(problem, solver.solve(problem, SECONDS), SECONDS)
    assert found[0].subject in {("a",), ("m",)}
    lost = {risk.subject: set(risk.lost) for risk in found}
    assert lost["a",] == {"a0", "a1", "a2"}
    assert all(risk.sure for risk in found if risk.subject == ("a",))
    assert lost.keys() == {("m",), ("a",), ("b",), ("a", "m"), ("b", "m")}
