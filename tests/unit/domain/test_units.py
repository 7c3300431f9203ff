"""Units on a tree of any depth, with dates of validity."""

from datetime import date

import pytest

from diemcau.domain.directory import Mcu, home_mcu
from diemcau.domain.refusal import Invalid, Unknown
from diemcau.domain.units import Unit, UnitTree

REFORM = date(2025, 7, 1)
UNITS = [
    Unit("vn", "Chính phủ", "central"),
    Unit("vp", "Tỉnh Vĩnh Phúc", "province", "vn", valid_to=REFORM),
    Unit("lt", "Huyện Lập Thạch", "district", "vp", valid_to=REFORM),
    Unit("x1", "Xã Sơn Đông", "commune", "lt", valid_to=REFORM),
    Unit("pt", "Tỉnh Phú Thọ", "province", "vn"),
    Unit("x2", "Xã Lập Thạch", "commune", "pt", valid_from=REFORM),
]


def test_the_tree_of_2022_has_four_tiers_and_that_of_2026_three() -> None:
    tree = UnitTree(UNITS)
    assert [u.tier for u in tree.on(date(2022, 3, 3)).above("x1")] == [
        "district", "province", "central",
    ]  # fmt: skip
    assert [u.tier for u in tree.on(date(2026, 1, 1)).above("x2")] == ["province", "central"]


def test_a_unit_is_gone_on_the_day_its_validity_ends() -> None:
    tree = UnitTree(UNITS)
    assert "lt" in tree.on(date(2025, 6, 30))
    assert "lt" not in tree.on(REFORM)
    assert "x1" not in tree.on(REFORM)


def test_a_missing_parent_and_a_circle_are_refused_by_name() -> None:
    with pytest.raises(Invalid, match="nowhere"):
        UnitTree([Unit("a", "A", "t", "nowhere")])
    with pytest.raises(Invalid, match="ancestor"):
        UnitTree([Unit("a", "A", "t", "b"), Unit("b", "B", "t", "a")])


def test_the_home_mcu_is_that_of_the_nearest_area_above() -> None:
    tree = UnitTree(UNITS)
    mcus = [Mcu("p", "P", areas=("vp",)), Mcu("d", "D", areas=("lt",))]
    assert home_mcu(tree, mcus, "x1") == "d"
    assert home_mcu(tree, mcus, "vp") == "p"
    with pytest.raises(Unknown, match="areas"):
        home_mcu(tree, mcus, "x2")
