"""Every rule of the directory finds what breaks it, and names its entry and field."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from diemcau.domain.directory import (
    Contact,
    Duty,
    Entry,
    Line,
    Mcu,
    Person,
    Room,
    Site,
    Tier,
)
from diemcau.domain.directory_rules import REFERENCES, faults
from diemcau.domain.units import Unit

REFORM = date(2025, 7, 1)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

HIGH, LOW = Tier("high", "Tỉnh", "Province", 0), Tier("low", "Xã", "Commune", 1)
TOP = Unit("top", "Tỉnh", "high", code="26")
OLD = Unit("old", "Xã Cũ", "low", "top", valid_to=REFORM, code="1")
NEW = Unit("new", "Xã Mới", "low", "top", valid_from=REFORM, code="1")
ROOM = Room("room", "Phòng", "top")
UP, DOWN = Mcu("up", "MCU", unit="top", areas=("top",)), Mcu("down", "MCU", "VNPT", "up", ("old",))
LINE = Line("line", "down", "up", carrier_phone="1800 1166")
SITE = Site("site", "s", "UBND", "top", "up", 1, "room")
PERSON = Person("person", "A", "top", "", "+84 912.000-000", "a.b@x.gov.vn")
CONTACT = Contact("contact", "person", "site", "technician")
DUTY = Duty("duty", "person", "top", NOON, NOON + timedelta(hours=8))
GOOD: list[Entry] = [
    HIGH, LOW, TOP, OLD, NEW, ROOM, UP, DOWN, LINE, SITE, PERSON, CONTACT, DUTY,
]  # fmt: skip


def found(*changed: Entry) -> set[tuple[str, str]]:
    """The faults of the good entries with some changed or added."""
    ids = {(type(entry), entry.id) for entry in changed}
    kept = [entry for entry in GOOD if (type(entry), entry.id) not in ids]
    return {(fault.entry.id, fault.field) for fault in faults([*kept, *changed])}


def test_a_good_directory_has_no_faults() -> None:
    assert faults(GOOD) == []


BROKEN: dict[str, tuple[tuple[Entry, ...], set[tuple[str, str]]]] = {
    "an id of capitals": ((replace(ROOM, id="R"),), {("R", "id")}),
    "an id too long": ((Room("r" * 65, "P", "top"),), {("r" * 65, "id")}),
    "an id twice": ((ROOM, replace(ROOM, name="B")), {("room", "id")}),
    "no name": ((replace(ROOM, name=" "),), {("room", "name")}),
    "no English name": ((replace(LOW, name_en=""),), {("low", "name_en")}),
    "a name too long": ((replace(ROOM, name="a" * 201),), {("room", "name")}),
    "a control character": ((replace(PERSON, position="a\x00"),), {("person", "position")}),
    "a turn of direction": ((replace(ROOM, name="a\u202eb"),), {("room", "name")}),
    "no tier": ((replace(TOP, tier="x"),), {("top", "tier")}),
    "no parent": ((replace(NEW, parent="x"),), {("new", "parent")}),
    "a unit in itself": ((replace(TOP, parent="top"),), {("top", "parent"), ("top", "tier")}),
    "outlives its parent": (
        (Unit("child", "C", "low", "old"),), {("child", "parent"), ("child", "tier")},
    ),
    "a tier not below": ((replace(NEW, tier="high"),), {("new", "tier")}),
    "ends before it begins": ((replace(ROOM, valid_from=REFORM, valid_to=REFORM),),
                              {("room", "valid_to"), ("site", "room")}),
    "the code of a unit": ((replace(NEW, valid_from=date(2025, 6, 30)),), {("new", "code")}),
    "a room without unit": ((replace(ROOM, unit=""),), {("room", "unit")}),
    "a site outlives its unit": ((replace(SITE, unit="old"),), {("site", "unit")}),
    "a site before its unit": ((replace(SITE, unit="new"),), {("site", "unit")}),
    "a site without MCU": ((replace(SITE, mcu="x"),), {("site", "mcu")}),
    "a place beyond the pole": ((replace(TOP, latitude=91.0),), {("top", "latitude")}),
    "a number too small": ((replace(SITE, number=0),), {("site", "number")}),
    "a number too large": ((replace(SITE, number=4096),), {("site", "number")}),
    "a number twice": ((replace(SITE, id="b", code="b"),), {("b", "number")}),
    "a site's code twice": ((replace(SITE, id="b", number=2),), {("b", "code")}),
    "no seats at all": ((replace(ROOM, seats=-1),), {("room", "seats")}),
    "no ports": ((replace(UP, capacity=0),), {("up", "capacity")}),
    "no bandwidth": ((replace(UP, mbps=0),), {("up", "mbps")}),
    "bandwidth without number": ((replace(LINE, mbps=float("nan")),), {("line", "mbps")}),
    "MCUs in a circle": ((replace(UP, parent="down"),), {("up", "parent"), ("down", "parent")}),
    "a gateway that is none": ((replace(DOWN, gateway="x"),), {("down", "gateway")}),
    "a gateway at an MCU of another make": (
        (replace(DOWN, gateway="site"), replace(SITE, mcu="down")), {("down", "gateway")},
    ),
    "a gateway of two": (
        (replace(DOWN, gateway="site"), Mcu("b", "MCU", gateway="site")), {("b", "gateway")},
    ),
    "an MCU below one of another make": (
        (replace(DOWN, gateway="site"), Mcu("b", "MCU", "", "down")), {("b", "parent")},
    ),
    "an area of two": ((replace(UP, areas=("old",)),), {("up", "areas")}),
    "an area that was never there": (
        (replace(DOWN, valid_from=REFORM), replace(LINE, valid_from=REFORM)), {("down", "areas")},
    ),
    "a line to itself": ((replace(LINE, upper="down"),), {("line", "upper")}),
    "a second line": ((Line("b", "up", "down"),), {("b", "upper")}),
    "a line without end": ((replace(LINE, upper=""),), {("line", "upper")}),
    "no priority": ((replace(LINE, priority=0),), {("line", "priority")}),
    "no e-mail": ((replace(PERSON, email="a@b"),), {("person", "email")}),
    "no telephone": ((replace(PERSON, phone="12"),), {("person", "phone")}),
    "a carrier's telephone": ((replace(LINE, carrier_phone="x"),), {("line", "carrier_phone")}),
    "an unknown function": ((replace(CONTACT, function="site"),), {("contact", "function")}),
    "a contact of nothing": ((replace(CONTACT, subject="room"),), {("contact", "subject")}),
    "a contact outlives the person": ((replace(PERSON, valid_to=date(2027, 1, 1)),),
                                      {("contact", "person")}),
    "a duty after the person": ((replace(PERSON, valid_to=date(2026, 1, 1)),),
                                {("contact", "person"), ("duty", "person")}),
    "a duty backwards": ((replace(DUTY, ends=NOON),), {("duty", "ends")}),
    "a duty without zone": ((replace(DUTY, starts=datetime(2026, 1, 1)),), {("duty", "starts")}),
    "a duty at the end of time": ((replace(DUTY, ends=datetime.max.replace(tzinfo=UTC)),),
                                  {("duty", "starts")}),
    "a duty at the beginning of time": (
        (replace(DUTY, starts=datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))),),
        {("duty", "starts")}),
    "twice on duty": ((replace(DUTY, id="b", starts=NOON + timedelta(hours=7)),),
                      {("b", "starts")}),
    "nobody called first": ((replace(DUTY, rank=0),), {("duty", "rank")}),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_a_rule_is_named(name: str) -> None:
    changed, expected = BROKEN[name]
    assert found(*changed) == expected


ALLOWED: dict[str, tuple[Entry, ...]] = {
    "a code passes to a successor": (OLD, NEW),
    "a number passes to a successor": (
        replace(SITE, valid_to=REFORM), replace(SITE, id="b", valid_from=REFORM),
        replace(CONTACT, subject="b", valid_from=REFORM),
    ),
    "an area's unit may end before the MCU": (DOWN,),
    "an MCU of another make": (replace(DOWN, gateway="site"),),
    "an area passes on": (
        replace(DOWN, valid_to=REFORM), replace(LINE, valid_to=REFORM),
        Mcu("d2", "MCU", "", "up", ("old", "new"), valid_from=REFORM),
        replace(OLD, valid_to=date.max, code="2"),
    ),
    "units need no code": (replace(OLD, code=""), replace(NEW, code="", valid_from=date.min)),
    "a second on duty": (replace(DUTY, id="b", rank=2),),
    "one duty after another": (
        replace(DUTY, id="b", starts=DUTY.ends, ends=DUTY.ends + timedelta(hours=8)),
    ),
    "a person leaves the day after": (
        replace(PERSON, valid_to=date(2026, 1, 3)), replace(CONTACT, valid_to=date(2026, 1, 3)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_no_fault_is_none(name: str) -> None:
    assert found(*ALLOWED[name]) == set()


def test_a_fault_says_what_to_do_in_both_languages() -> None:
    (fault,) = faults([*GOOD[:-4], replace(SITE, number=5000)])
    assert "1 đến 4095" in fault.text.vi
    assert "1 to 4095" in fault.text.en


def test_a_long_circle_is_told_once_for_each_of_its_members_only() -> None:
    ring = [Unit(f"u{n}", "U", "low", f"u{(n + 1) % 500}") for n in range(500)]
    tail = [Unit("tail", "U", "low", "u7")]
    circles = [f for f in faults([LOW, *ring, *tail]) if f.field == "parent"]
    assert {fault.entry.id for fault in circles} == {unit.id for unit in ring}
    assert len(circles) == 500


def references(entry: Entry) -> Iterable[str]:
    return (r.field for r in REFERENCES if r.kind is type(entry))


@pytest.mark.parametrize("entry", GOOD[2:], ids=lambda entry: entry.id)
def test_every_reference_to_what_is_not_there_is_named(entry: Entry) -> None:
    for field in references(entry):
        nowhere: dict[str, Any] = {field: ("nowhere",) if field == "areas" else "nowhere"}
        broken = replace(entry, **nowhere)
        assert (entry.id, field) in found(broken)
