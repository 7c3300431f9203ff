"""A plan edited by hand is told everything that is wrong with it, and what to do."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from diemcau.domain.cascade_limits import shortages, violations
from diemcau.domain.cascade_plan import PlanLine, PlanMcu, PlanProblem, PlanSite, plan_of
from diemcau.testing.plans import star

TREE = {"a": "m", "b": "m"}
HOME = {"a0": "a", "a1": "a", "a2": "a", "b0": "b", "b1": "b", "b2": "m"}


def told(problem: PlanProblem, parent: Mapping[str, str], home: Mapping[str, str]) -> list[str]:
    found = violations(problem, plan_of(problem, parent, home))
    assert all(text.vi and text.vi != text.en for text in found)
    return [text.en for text in found]


def test_a_plan_within_all_limits_has_nothing_wrong() -> None:
    assert told(star(3), TREE, HOME) == []


@pytest.mark.parametrize(
    ("change", "parent", "home", "said"),
    [
        ({}, TREE, {**HOME, "b2": "b"}, "MCU B is short of 1 ports (3 sites and 1 links, 3 ports)"),
        ({}, TREE, {**HOME, "b2": "x"}, "There is no MCU 'x' in the directory"),
        ({}, TREE, {**HOME, "z": "m"}, "Site 'z' takes no part"),
        ({}, TREE, {**HOME, "a0": "m"}, "MCU Chủ may not take site A 0; choose one of: MCU A"),
        ({}, {"a": "b", "b": "a"}, HOME, "MCU A is in a circle of links"),
        ({}, {"b": "m"}, HOME, "MCU A is not joined to the master"),
        ({"levels": 1}, {"a": "b", "b": "m"}, HOME, "MCU A is at cascade level 2, 1 are allowed"),
        ({"pins": {"b2": "b"}}, TREE, HOME, "Site B 2 is pinned to MCU B"),
        ({"trunks": {"a": "b"}}, TREE, HOME, "MCU A is fixed under MCU B, the plan hangs it"),
        ({"lines": ()}, TREE, HOME, "There is no line between MCU A and MCU Chủ"),
        ({"link_mbps": 120}, TREE, HOME, "MCU A – MCU Chủ carries 100 Mbit/s, 120 are needed"),
        ({"site_mbps": 500}, TREE, HOME, "MCU A is short of 505 Mbit/s (1505 needed, 1000 there)"),
        ({"master": "b"}, TREE, HOME, "Site A 0"),
    ],
)
def test_what_is_wrong_is_named(
    change: dict[str, object], parent: dict[str, str], home: dict[str, str], said: str
) -> None:
    problem: PlanProblem = replace(star(3), **change)  # type: ignore[arg-type]
    if change.get("master"):
        plan = replace(plan_of(problem, parent, home), master="m")
        assert "master" in violations(problem, plan)[0].en
        return
    assert any(said in line for line in told(problem, parent, home))


def test_a_site_without_an_mcu_is_named() -> None:
    home = {site: mcu for site, mcu in HOME.items() if site != "a1"}
    assert told(star(3), TREE, home) == ["Site A 1 is at no MCU; choose one."]


def test_the_master_hangs_under_nobody() -> None:
    problem = star(3)
    plan = replace(plan_of(problem, TREE, HOME), parent={**TREE, "m": "a"})
    assert any("hangs under no other MCU" in text.en for text in violations(problem, plan))


def test_bandwidth_of_an_mcu_counts_sites_and_links() -> None:
    problem = replace(star(3), mcus=tuple(replace(m, mbps=10) for m in star(3).mcus))
    needed = 3 * problem.site_mbps + problem.link_mbps
    assert problem.site_mbps * 3 + problem.link_mbps < 10
    assert told(problem, TREE, HOME) == ["MCU Chủ is short of 1.41 Mbit/s (11.41 needed, 10 there);"
                                         " move sites away or widen its connection."]  # fmt: skip
    assert needed == pytest.approx(9.78)


def test_a_problem_without_its_master_lacks_just_that() -> None:
    assert [t.en for t in shortages(replace(star(3), master="x"))] == [
        "The master 'x' is not in the directory of that day; choose another."
    ]


def test_a_pin_to_nowhere_and_a_site_without_an_mcu_are_named() -> None:
    problem = replace(star(3), pins={"a0": "x"})
    problem = replace(problem, sites=(*problem.sites, PlanSite("s", "Xã S", ())))
    said = " ".join(text.en for text in shortages(problem))
    assert "Site A 0 is pinned to MCU 'x'" in said
    assert "No MCU may take site Xã S" in said


def test_a_fixed_link_that_leads_nowhere_is_named() -> None:
    problem = replace(star(3), trunks={"a": "b", "b": "a"})
    assert any("MCU A is fixed under MCU B" in text.en for text in shortages(problem))


def test_the_widest_of_two_lines_of_equal_priority_is_used_and_a_narrow_one_never() -> None:
    lines = (PlanLine("a", "b", 1, 1), PlanLine("b", "a", 20, 2), PlanLine("a", "b", 50, 2))
    problem = PlanProblem("a", (PlanMcu("a", "A", 9), PlanMcu("b", "B", 9)), lines, ())
    assert problem.line("b", "a") == lines[2]
    assert problem.ways_up == {"a": {}, "b": {"a": lines[2]}}
