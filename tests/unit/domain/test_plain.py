"""Plain JSON: every parser, database and language gives it back as it was."""

import json
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given

from diemcau.domain.directory import Line
from diemcau.domain.plain import EXACT, Json, canonical, plain
from diemcau.domain.procedure import Deadline, Event
from diemcau.domain.roles import Role
from tests.logs import values


def no_float(text: str) -> float:
    raise AssertionError(text)


@given(values)
def test_what_is_plain_comes_back_from_json_as_it_was(value: Json) -> None:
    made = plain(value)
    assert json.loads(canonical(made), parse_float=no_float, parse_constant=no_float) == made
    assert plain(made) == made


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (Role.DIC, "dic"),
        (True, True),
        (100.0, "100.0"),
        (float("inf"), "inf"),
        (EXACT - 1, EXACT - 1),
        (EXACT, str(EXACT)),
        (-EXACT, str(-EXACT)),
        (date(2025, 7, 1), "2025-07-01"),
        (datetime(2026, 1, 2, 3, tzinfo=UTC), "2026-01-02T03:00:00.000000+00:00"),
        (timedelta(hours=-2), -7200),
        (timedelta(milliseconds=1500), "1.5"),
        (frozenset({"b", "a"}), ["a", "b"]),
        (("b", "a"), ["b", "a"]),
        (MappingProxyType({Role.DIC: (1,)}), {"dic": [1]}),
        (Deadline(Event.START, timedelta(minutes=-30)), {"event": "start", "offset": -1800}),
        ("\ud83d\x00", "\ufffd\ufffd"),
    ],
)
def test_records_become_plain(value: object, form: object) -> None:
    assert plain(value) == form
    assert type(plain(value)) is type(form)


def test_a_record_of_the_directory_becomes_plain() -> None:
    form = plain(Line("l1", "bac", "tinh"))
    assert isinstance(form, dict)
    assert form["mbps"] == "100.0"
    assert form["valid_to"] == "9999-12-31"


@pytest.mark.parametrize("value", [b"secret", object(), Line, {"a": [b"x"]}])
def test_what_is_no_record_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="plain"):
        plain(value)


def test_the_written_form_is_sorted_tight_and_in_utf8() -> None:
    value: Json = {"b": ["ệ\u2028/", '"\\\n\x1f\x7f'], "B": None, "a": {"z": True, "đ": -1}}
    written = '{"B":null,"a":{"z":true,"đ":-1},"b":["ệ\u2028/","\\"\\\\\\n\\u001f\x7f"]}'
    assert canonical(value) == written.encode()


@pytest.mark.parametrize("value", [float("nan"), "\ud800", {"\udfff": 1}])
def test_what_no_json_can_hold_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match=r"JSON|surrogates"):
        canonical(value)
