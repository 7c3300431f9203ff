"""The cascade hangs at the conference's master, whichever MCU that is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain.cascade import hang
from diemcau.domain.refusal import Invalid
from diemcau.testing.places import PROVINCE

LINES = [(mcu, above) for mcu, above in PROVINCE.items() if above]


def test_from_the_government_down_it_is_the_administration_itself() -> None:
    tree = hang("gov", LINES, PROVINCE)
    assert dict(tree.parent) == {mcu: above for mcu, above in PROVINCE.items() if above}
    assert tree.path("far") == ("far", "south", "prov", "gov")


def test_a_satellite_as_master_turns_the_lines_round() -> None:
    tree = hang("north", LINES, ["north", "far", "gov"])
    assert tree.path("far") == ("far", "south", "prov", "north")
    assert tree.path("gov") == ("gov", "prov", "north")
    assert tree.children("prov") == ("gov", "south")


def test_mcus_on_no_way_to_a_site_take_no_part() -> None:
    assert hang("prov", LINES, ["north"]).members == {"prov", "north"}


def test_an_mcu_without_a_line_is_refused_by_name() -> None:
    with pytest.raises(Invalid, match="island"):
        hang("prov", LINES, ["island"])


@given(st.sampled_from(sorted(PROVINCE)), st.lists(st.sampled_from(sorted(PROVINCE))))
def test_every_member_has_a_way_to_the_master_without_circles(
    master: str, members: list[str]
) -> None:
    tree = hang(master, LINES, members)
    for mcu in tree.members:
        path = tree.path(mcu)
        assert path[-1] == master
        assert len(set(path)) == len(path)
