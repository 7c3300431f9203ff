"""What templates see of a paper, and the picture of a cascade."""

import xml.etree.ElementTree as ET
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from html import escape
from random import Random
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain.cascade import Cascade
from diemcau.domain.cascade_drawing import HEIGHT, WIDTH, drawn
from diemcau.domain.example_papers import EXAMPLES, HEADING, NOTICE
from diemcau.domain.localtime import spoken
from diemcau.domain.papers import FORMS, Drawing
from diemcau.domain.printing import long_day, plain, printed
from diemcau.testing.papers import LETTERS, province_drawing

SVG = "{http://www.w3.org/2000/svg}"


def test_times_are_those_of_vietnam() -> None:
    late = datetime(2026, 12, 31, 18, 5, tzinfo=UTC)
    assert spoken(late) == "01:05 ngày 01/01/2027"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 10), "ngày 10 tháng 02 năm 2026"),
        (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (date(2026, 12, 31), "ngày 31 tháng 12 năm 2026"),
    ],
)
def test_days_are_written_as_the_decree_does(day: date, written: str) -> None:
    assert long_day(day) == written


def test_a_number_or_day_to_come_leaves_room_for_a_pen() -> None:
    heading = printed(NOTICE, replace(HEADING, number="", day=None))["heading"]
    room = "\N{NO-BREAK SPACE}" * 8
    assert heading["code"] == f"Số: {room}/TB-VP"
    assert heading["dated"] == f"Vĩnh Phúc, ngày{room}tháng{room}năm{room}"


@given(st.text(alphabet=st.characters()))
def test_a_printed_text_can_be_carried_by_xml_and_changes_only_once(text: str) -> None:
    result = plain(text)
    assert (ET.fromstring(f"<a>{escape(result)}</a>").text or "") == result
    assert plain(result) == result


def test_there_are_134_vietnamese_letters_and_all_stay_as_they_are() -> None:
    assert len(set(LETTERS)) == 134
    assert plain("".join(LETTERS)) == "".join(LETTERS)


@pytest.mark.parametrize("form", FORMS)
def test_no_field_is_called_like_a_method_of_what_templates_get(form: str) -> None:
    names = {field.name for field in fields(FORMS[form])}
    assert names == printed(EXAMPLES[form], HEADING)["paper"].keys()
    assert not names & set(dir({}))


def boxes(svg: str) -> list[tuple[float, float]]:
    found = ET.fromstring(svg).iter(f"{SVG}rect")
    return [(float(box.attrib["x"]), float(box.attrib["y"])) for box in found]


def words(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter(f"{SVG}text")]


def test_145_sites_on_8_mcus_are_8_boxes_with_their_numbers() -> None:
    svg = drawn(province_drawing())
    places = boxes(svg)
    assert len(places) == 8
    assert sum(int(text.split()[-3]) for text in words(svg) if "điểm cầu" in text) == 145
    assert float(ET.fromstring(svg).attrib["width"]) < 700


@given(st.integers(1, 30), st.randoms())
def test_no_two_boxes_touch_and_all_are_inside(size: int, random: Random) -> None:
    parent = {f"m{number}": f"m{random.randrange(number)}" for number in range(1, size)}
    names = MappingProxyType(dict.fromkeys(("m0", *parent), "MCU"))
    svg = drawn(Drawing(Cascade("m0", MappingProxyType(parent)), names, MappingProxyType({})))
    places = boxes(svg)
    assert len(places) == size
    for number, (x, y) in enumerate(places):
        assert 0 <= x <= float(ET.fromstring(svg).attrib["width"]) - WIDTH
        assert 0 <= y <= float(ET.fromstring(svg).attrib["height"]) - HEIGHT
        for left, top in places[:number]:
            assert abs(x - left) > WIDTH or abs(y - top) > HEIGHT


def test_a_name_is_text_however_it_is_written_and_cut_where_it_is_too_long() -> None:
    name = '<script>alert("1")</script> & ' + "Trung tâm tích hợp dữ liệu " * 3
    drawing = Drawing(
        Cascade("a", MappingProxyType({})), MappingProxyType({"a": name}), MappingProxyType({})
    )
    first, second, count = words(drawn(drawing))
    assert first.startswith("<script>alert")
    assert first.endswith("…")
    assert second.endswith("…")
    assert count == "MCU chủ: 0 điểm cầu"
