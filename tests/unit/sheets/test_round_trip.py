"""What is exported and read back is no change, whatever a lawful directory holds."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from diemcau.benches import directory as directory_bench
from diemcau.domain.directory import (
    KINDS,
    Contact,
    Directory,
    Duty,
    Entry,
    Line,
    Mcu,
    Person,
    Room,
    Site,
    Tier,
)
from diemcau.domain.directory_rules import faults
from diemcau.domain.units import Unit
from diemcau.provinces import load, names
from diemcau.sheets import export, read, template
from diemcau.sheets.columns import FUNCTION_NAMES, SHEETS
from tests.unit.sheets.books import parts, small

ODD = ["Xã Hai", "xã hai", "002", "u-0", " ", "=1+1", "x;y", "Xa\u0303", "a\u00a0b", "_x0041_"]
TEXT = st.sampled_from(ODD) | st.text("aA1Ắ;,.=@'\"<&> \u00a0\u0301🎥", max_size=8)
NAME = TEXT.filter(str.strip)
START = st.sampled_from([date.min, date(1850, 5, 6), date(1900, 1, 9)])
END = st.sampled_from([date.max, date(2030, 1, 1)])
MOMENT = st.datetimes(datetime(1890, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
MBPS = st.floats(0.001, 1e6)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """Three units under one, of names and codes that are easily confused, and what hangs on them.
    Those below are in force in 1990 to 2020 or longer, those above always."""
    entries: list[Entry] = [
        Tier("t1", draw(NAME), draw(NAME), 0),
        Tier("t2", draw(NAME), draw(NAME), 1),
        Unit("top", draw(NAME), "t1", code=draw(TEXT)),
    ]
    units = [f"u-{n}" for n in range(3)]
    entries += [Unit(u, draw(NAME), "t2", "top", code=draw(TEXT)) for u in units]
    entries.append(Room("002", draw(NAME), "u-0", draw(TEXT), draw(st.integers(0, 99))))
    entries.append(Mcu("u1", draw(NAME), draw(TEXT), "", ("u-2", "u-0"), "", 3, draw(MBPS)))
    gateway = draw(st.sampled_from(["", "g"]))
    entries.append(Mcu("m", draw(NAME), "", "u1", ("u-1",), "top", 3, draw(MBPS), gateway=gateway))
    entries.append(Site("g", draw(TEXT), draw(NAME), "top", "u1", 8))
    entries.append(Line("l", "m", "u1", draw(MBPS), 2, draw(TEXT), "115", "", draw(START)))
    entries.append(Site("s", draw(TEXT), draw(NAME), "u-2", "m", 7, "002", draw(START), draw(END)))
    entries += [
        Person(p, draw(NAME), draw(st.sampled_from(units)), draw(TEXT)) for p in ("p-a", "p-b")
    ]
    function = draw(st.sampled_from(sorted(map(str, FUNCTION_NAMES))))
    subject = draw(st.sampled_from(["u-1", "s", "top", "m"]))
    entries.append(Contact("c", "p-b", subject, function, draw(START), draw(END)))
    starts = draw(MOMENT)
    entries.append(Duty("d", "p-a", "u-1", starts, starts + timedelta(hours=12)))
    return Directory(draw(st.permutations(entries)))


@given(directories())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_exported_and_read_back_is_no_change(directory: Directory) -> None:
    assume(not faults(directory.entries))
    result = read(export(directory), directory)
    assert result.faults == ()
    assert (result.changed, result.added, result.removed) == ((), (), ())
    assert result.entries == directory.entries


@pytest.mark.parametrize("name", names())
def test_a_province_moves_to_another_server_as_it_is(name: str) -> None:
    directory = load(name).directory()
    result = read(export(directory), Directory([]))
    assert result.faults == ()
    assert set(result.added) == set(directory.entries)


async def test_a_whole_country_goes_out_and_in() -> None:
    figures = await directory_bench.run(quick=True)
    assert (figures["bench"], figures["communes"]) == ("directory", 3321)
    assert figures["entries"] > 14_000


def test_the_template_has_a_sheet_for_each_kind_and_a_guide_and_changes_nothing() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(template()))
    assert book.sheet_names == ["Hướng dẫn", *(sheet.vi for sheet in SHEETS)]
    for sheet in SHEETS:
        headings = book.get_sheet_by_name(sheet.vi).to_python()[0]
        assert headings == [column.vi for column in sheet.columns]
    result = read(template(), small())
    assert (result.entries, result.faults) == (small().entries, ())


def test_the_sheets_come_in_the_order_in_which_one_kind_needs_another() -> None:
    assert [sheet.kind for sheet in SHEETS] == list(KINDS.values())


def test_every_sheet_freezes_its_heading_offers_lists_and_explains_itself_in_english() -> None:
    found = parts(template())
    for number, sheet in enumerate(SHEETS, start=2):
        xml = found[f"xl/worksheets/sheet{number}.xml"].decode()
        assert 'state="frozen"' in xml
        assert "<dataValidation " in xml
        comments = found[f"xl/comments{number - 1}.xml"].decode()
        assert comments.count("<comment ") == len(sheet.columns)


def test_the_guides_lists_are_where_the_drop_down_looks_for_them() -> None:
    guide = CalamineWorkbook.from_filelike(io.BytesIO(template())).get_sheet_by_index(0)
    column = [row[0] for row in guide.to_python(skip_empty_area=False)]
    xml = parts(template())["xl/worksheets/sheet9.xml"].decode()
    first, last = (int(row) for row in xml.split("Hướng dẫn'!$A$")[1].split("<")[0].split(":$A$"))
    assert column[first - 1 : last] == [name.vi for name in FUNCTION_NAMES.values()]
