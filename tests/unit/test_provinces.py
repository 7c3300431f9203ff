"""The provinces that ship with the package hold what their files say."""

import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from diemcau.domain.conference import Conference
from diemcau.domain.planner import cascade
from diemcau.domain.refusal import Invalid, Unknown
from diemcau.provinces import load, names


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


def test_the_district_tier_ends_on_the_first_of_july_2025() -> None:
    units = load("vinh-phuc-2022").directory().units
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
    file.write_text(
        '[units]\nsource="legacy"\nprovince="26"\n[central]\ncode="tw"\nname="TW"\nsite="TW"\n'
        '[[mcu]]\nid="a"\nname="A"\nareas=["Huyện Không Có"]\n'
    )
    with pytest.raises(Invalid, match="Huyện Không Có"):
        load(str(file))


def test_loading_imports_no_address_parser() -> None:
    code = (
        "import sys; from diemcau.provinces import load; load('vinh-phuc-2022');"
        "print(sorted({'pandas', 'shapely', 'geopy', 'vietnamadminunits'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
