"""Lines that want mending, over several sessions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from diemcau.domain.assessment import SessionFigures
from diemcau.domain.directory import Directory, Line, Mcu, Site
from diemcau.domain.line_ranking import ranked_over, ranking_table

START = datetime(2026, 11, 1, 1, 0, tzinfo=UTC)
DIRECTORY = Directory(
    [
        Mcu("tinh", "MCU tỉnh"),
        Mcu("bac", "MCU bắc", parent="tinh"),
        Line("l2", "bac", "tinh", priority=2, carrier="MobiFone"),
        Line("l1", "tinh", "bac", priority=1, carrier="VNPT"),
        Site("s-1", "1", "UBND xã Một", "u-1", "bac", 1),
    ]
)
NONE = SessionFigures(
    "d0", "d0", "planned", "Họp 0", START, 60.0, 1, 1, None, None, None, 0, 0, None, None, 0, None,
    0, 0, 0,
)  # fmt: skip


def session(number: int, **impaired: float) -> SessionFigures:
    subjects = {"link": "link/bac/tinh", "site": "site/s-1", "gone": "site/s-9"}
    return replace(
        NONE,
        id=f"d{number}",
        title=f"Họp {number}",
        starts_at=START + timedelta(days=number),
        impaired_s={subjects[name]: seconds for name, seconds in impaired.items()},
    )


def test_what_was_impaired_most_over_all_sessions_comes_first() -> None:
    figures = [session(1, link=30.0, site=100.0), session(2, link=90.5), NONE]
    link, site = ranked_over(figures, DIRECTORY)
    assert (link.subject, link.sessions, link.impaired_s) == ("link/bac/tinh", 2, 120.5)
    assert (link.worst, link.worst_at, link.worst_s) == ("Họp 2", START + timedelta(days=2), 90.5)
    assert (link.name, link.carrier) == ("MCU bắc – MCU tỉnh", "VNPT")
    assert (site.name, site.carrier, site.sessions) == ("UBND xã Một", "", 1)


def test_what_the_directory_no_longer_has_is_named_by_its_id() -> None:
    [gone] = ranked_over([session(1, gone=5.0)], DIRECTORY)
    assert gone.name == "s-9"


def test_the_table_has_a_row_for_each() -> None:
    table = ranking_table(ranked_over([session(1, link=30.0, site=100.0)], DIRECTORY))
    assert [row[:4] for row in table.rows] == [
        ("UBND xã Một", "", 1, 100.0),
        ("MCU bắc – MCU tỉnh", "VNPT", 1, 30.0),
    ]
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_nothing_to_mend_is_an_empty_ranking() -> None:
    assert ranked_over([NONE], DIRECTORY) == ()
