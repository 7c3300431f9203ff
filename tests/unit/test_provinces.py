"""The provinces that ship with the package hold what their files say."""

import subprocess
import sys
from collections import Counter
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from diemcau import provinces
from diemcau.domain.conference import Conference
from diemcau.domain.directory import Directory
from diemcau.domain.directory_rules import faults
from diemcau.domain.planner import cascade
from diemcau.domain.refusal import Invalid, Unknown
from diemcau.domain.roles import reach
from diemcau.domain.units import Unit
from diemcau.provinces import TIERS, listed, load, names, national

BARE = '[units]\nsource="legacy"\nprovince="26"\n[central]\ncode="tw"\nname="TW"\nsite="TW"\n'


def test_vinh_phuc_has_four_tiers_and_all_its_units() -> None:
    province = load("vinh-phuc-2022")
    tiers = Counter(unit.tier for unit in province.units)
    assert tiers == {"central": 1, "province": 1, "district": 9, "commune": 121}
    assert province.master == "vinh-phuc"


def test_phu_tho_has_no_districts() -> None:
    tiers = Counter(unit.tier for unit in load("phu-tho-2025").units)
    assert tiers == {"central": 1, "province": 1, "commune": 148}


@pytest.mark.parametrize("name", names())
def test_every_unit_has_a_site_and_every_site_a_cascade_to_the_master(name: str) -> None:
    province = load(name)
    directory = province.directory()
    assert [site.unit for site in province.sites] == [unit.id for unit in province.units]
    assert [site.number for site in province.sites] == list(range(1, len(province.sites) + 1))
    conference = Conference("c", "t", province.master, tuple(directory.sites))
    tree = cascade(conference, directory)
    assert tree.members == set(directory.mcus)
    assert Counter(site.mcu for site in province.sites).keys() == set(directory.mcus)


def test_three_satellites_share_nine_districts_of_vinh_phuc() -> None:
    province = load("vinh-phuc-2022")
    satellites = [mcu for mcu in province.mcus if mcu.parent == "vinh-phuc"]
    assert [mcu.id for mcu in satellites] == ["vnpt", "viettel", "mobifone"]
    assert [len(mcu.areas) for mcu in satellites] == [3, 3, 3]
    assert all(mcu.operator for mcu in satellites)


def test_sites_are_named_after_their_unit_in_small_letters() -> None:
    sites = load("vinh-phuc-2022").directory().sites
    assert sites["s-26"].name == "UBND tỉnh Vĩnh Phúc"
    assert sites["s-08962"].name == "UBND thị trấn Đạo Đức"
    assert sites["s-08962"].code == "26-249-08962"
    assert sites["s-chinh-phu"].mcu == "chinh-phu"


def test_a_tier_ends_on_the_day_its_file_names(tmp_path: Path) -> None:
    shipped = resources.files("diemcau.provinces").joinpath("vinh-phuc-2022.toml")
    ended = tmp_path / "ended.toml"
    ended.write_text(shipped.read_text("utf-8").replace("# valid_to", "valid_to"), "utf-8")
    units = load(str(ended)).directory().units
    assert "u-243" in units.on(date(2025, 6, 30))
    assert "u-243" not in units.on(date(2025, 7, 1))
    since = load("phu-tho-2025").directory().units
    assert "u-25" not in since.on(date(2025, 6, 30))
    assert "u-25" in since.on(date(2025, 7, 1))


def test_an_unknown_province_is_answered_with_the_known_ones() -> None:
    with pytest.raises(Unknown, match="vinh-phuc-2022"):
        load("atlantis")


def test_an_area_that_means_no_unit_is_named(tmp_path: Path) -> None:
    file = tmp_path / "tinh.toml"
    file.write_text(BARE + '[[mcu]]\nid="a"\nname="A"\nareas=["Huyện Không Có"]\n')
    with pytest.raises(Invalid, match="Huyện Không Có"):
        load(str(file))


def test_loading_imports_no_address_parser() -> None:
    code = (
        "import sys; from diemcau.provinces import load; load('vinh-phuc-2022');"
        "print(sorted({'pandas', 'shapely', 'geopy', 'vietnamadminunits'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", names())
def test_a_province_breaks_no_rule_of_the_directory(name: str) -> None:
    assert faults(load(name).directory().entries) == []


@pytest.mark.parametrize(
    ("name", "dic"),
    [
        ("vinh-phuc-2022", "Sở Thông tin và Truyền thông"),
        ("phu-tho-2025", "Sở Khoa học và Công nghệ"),
    ],
)
def test_offices_and_enterprises_stand_under_the_province_without_sites(
    name: str, dic: str
) -> None:
    province = load(name)
    tiers = Counter(unit.tier for unit in province.offices)
    assert tiers == {"department": 7, "enterprise": 3}
    assert dic in {unit.name for unit in province.offices}
    provincial = next(unit for unit in province.units if unit.tier == "province")
    assert {unit.parent for unit in province.offices} == {provincial.id}
    assert not {unit.id for unit in province.offices} & {site.unit for site in province.sites}


@pytest.mark.parametrize("name", names())
def test_an_enterprise_reaches_its_mcu_and_the_sites_it_serves(name: str) -> None:
    directory = load(name).directory()
    reached = reach(directory, ["u-vnpt"])
    served = {site.id for site in directory.sites.values() if site.mcu == "vnpt"}
    assert reached.mcus == {"vnpt"}
    assert reached.sites == served


@pytest.mark.parametrize("name", names())
def test_every_usual_line_is_a_line_with_its_bandwidth_and_carrier(name: str) -> None:
    directory = load(name).directory()
    lines = directory.trunks.values()
    assert {(line.lower, line.upper) for line in lines} == set(directory.lines())
    assert all(line.mbps > 0 and line.carrier and line.unit for line in lines)


def test_sites_keep_their_numbers_and_a_unit_of_the_file_gets_the_next_if_it_wants_one(
    tmp_path: Path,
) -> None:
    file = tmp_path / "tinh.toml"
    shipped = resources.files(provinces).joinpath("vinh-phuc-2022.toml").read_text("utf-8")
    file.write_text(shipped.replace('id = "u-stttt"', 'id = "u-stttt"\nsite = true'))
    before, after = load("vinh-phuc-2022").sites, load(str(file)).sites
    assert after[: len(before)] == before
    (added,) = after[len(before) :]
    assert (added.id, added.code, added.number) == ("s-stttt", "26-STTTT", len(before) + 1)
    assert (added.unit, added.mcu) == ("u-stttt", "vinh-phuc")


def test_a_file_without_tiers_offices_and_lines_has_the_usual_tiers(tmp_path: Path) -> None:
    file = tmp_path / "tinh.toml"
    file.write_text(BARE + '[[mcu]]\nid="a"\nname="A"\nareas=["TW"]\n')
    province = load(str(file))
    assert (province.tiers, province.offices, province.lines) == (TIERS, (), ())
    assert faults(province.directory().entries) == []


def test_a_line_to_an_mcu_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = tmp_path / "tinh.toml"
    mcu = '[[mcu]]\nid="a"\nname="A"\nareas=["TW"]\n'
    file.write_text(BARE + mcu + '[[line]]\nlower="a"\nupper="khong"\n')
    with pytest.raises(Invalid, match="khong"):
        load(str(file))


def test_the_country_has_34_provinces_and_3321_communes_since_the_reform() -> None:
    country = national()
    units = [entry for entry in country if isinstance(entry, Unit)]
    assert Counter(unit.tier for unit in units) == {"central": 1, "province": 34, "commune": 3321}
    assert len({unit.code for unit in units}) == len(units)
    assert faults(country) == []
    assert "u-25" not in Directory(country).on(date(2025, 6, 30)).units


def test_one_province_of_either_list() -> None:
    new, old = listed("2025", "25"), listed("legacy", "26", above="")
    assert [unit for unit in national() if unit in new] == new
    assert (new[0].name, new[0].parent, len(new)) == ("Tỉnh Phú Thọ", "u-chinh-phu", 149)
    assert (old[0].name, old[0].parent, len(old)) == ("Tỉnh Vĩnh Phúc", "", 131)
    assert {unit.valid_to for unit in old} == {date(2025, 7, 1)}
    assert {unit.id for unit in old} == {f"u-{unit.code}" for unit in old}


@pytest.mark.parametrize(("source", "code"), [("2025", "99"), ("2025", "x"), ("legacy", "99")])
def test_a_province_that_a_list_has_not_is_unknown(source: str, code: str) -> None:
    with pytest.raises(Unknown, match=code):
        listed(source, code)
