"""Which MCUs may take a site, and which lines a cascade may use, by the directory of the day."""

from datetime import date

import pytest

from diemcau.domain.cascade_plan import LINK_MBPS, PlanProblem
from diemcau.domain.cascade_problem import problem_of
from diemcau.domain.directory import Directory, Entry, Line, Mcu, Site
from diemcau.domain.refusal import Unknown
from diemcau.domain.units import Unit

DAY = date(2026, 3, 3)
MCUS = (
    Mcu("gov", "Chính phủ", unit="u-gov"),
    Mcu("prov", "Tỉnh", parent="gov", unit="u-prov"),
    Mcu("vnpt-1", "VNPT 1", parent="prov", unit="u-vnpt", capacity=40, mbps=200),
    Mcu("vnpt-2", "VNPT 2", parent="prov", unit="u-vnpt"),
    Mcu("viettel", "Viettel", "Viettel", parent="prov"),
    Mcu("mobifone", "MobiFone", "MobiFone", parent="prov"),
)


def problem(*more: Entry, master: str = "prov", day: date = DAY) -> PlanProblem:
    units = [Unit(f"u-{name}", name, "tier") for name in ("gov", "prov", "vnpt")]
    sites = [
        Site(f"s-{mcu.id}", str(n), f"UBND {mcu.id}", "u-prov", mcu.id, n)
        for n, mcu in enumerate(MCUS, start=1)
    ]
    replaced = {entry.id for entry in more}
    kept = [entry for entry in MCUS if entry.id not in replaced]
    book = Directory([*units, *kept, *sites, *more])
    return problem_of(book, master, book.sites, day)


def test_standbys_are_the_owners_other_mcus_and_the_one_above_on_the_way_to_the_master() -> None:
    homes = {site.id: site.homes for site in problem().sites}
    assert homes["s-vnpt-1"] == ("vnpt-1", "vnpt-2", "prov")
    assert homes["s-viettel"] == ("viettel", "prov")


def test_who_is_the_master_or_above_it_has_no_standby_further_up() -> None:
    assert {site.id: site.homes for site in problem().sites}["s-prov"] == ("prov",)
    below = {site.id: site.homes for site in problem(master="viettel").sites}
    assert below["s-prov"] == ("prov",)
    assert below["s-viettel"] == ("viettel",)
    assert below["s-mobifone"] == ("mobifone", "prov")
    assert {site.id: site.homes for site in problem(master="gov").sites}["s-prov"] == (
        "prov",
        "gov",
    )


def test_mcus_bring_their_ports_and_bandwidth() -> None:
    its = problem().mcu["vnpt-1"]
    assert (its.name, its.capacity, its.mbps, its.unit) == ("VNPT 1", 40, 200, "u-vnpt")


def test_a_recorded_line_stands_for_the_usual_one_and_others_are_assumed() -> None:
    made = problem(Line("l1", "viettel", "prov", 30, 2, "Viettel", unit="u-prov"))
    line = made.line("prov", "viettel")
    assert line is not None
    assert (line.id, line.mbps, line.priority, line.carrier) == ("l1", 30, 2, "Viettel")
    usual = made.line("gov", "prov")
    assert usual is not None
    assert (usual.mbps, usual.priority) == (100, 1)
    assert len(made.lines) == len(MCUS) - 1


def test_what_is_not_in_force_on_the_day_takes_no_part() -> None:
    over = Mcu("vnpt-2", "VNPT 2", parent="prov", unit="u-vnpt", valid_to=DAY)
    made = problem(over, Line("l2", "viettel", "mobifone", valid_from=date(2027, 1, 1)))
    assert "vnpt-2" not in made.mcu
    assert made.line("viettel", "mobifone") is None
    assert {site.id: site.homes for site in made.sites}["s-vnpt-2"] == ()


def test_an_unknown_master_or_site_is_refused_by_name() -> None:
    with pytest.raises(Unknown, match="nowhere"):
        problem(master="nowhere")
    with pytest.raises(Unknown, match="s-none"):
        problem_of(Directory(MCUS), "prov", ["s-none"], DAY)


def test_a_link_needs_three_lanes_up_which_is_more_than_what_comes_down() -> None:
    assert pytest.approx(3 * (1.575 + 0.055)) == LINK_MBPS


def test_a_guided_mcu_is_no_part_of_it_and_its_gateway_joins_for_its_sites() -> None:
    other = Mcu("mobifone", "MobiFone", "MobiFone", parent="prov", gateway="s-viettel")
    made = problem(other, Line("l3", "mobifone", "prov"))
    assert "mobifone" not in made.mcu
    assert made.line("mobifone", "prov") is None
    assert [site.id for site in made.sites].count("s-viettel") == 1
    assert "s-mobifone" not in {site.id for site in made.sites}
