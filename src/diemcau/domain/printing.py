"""A paper as templates see it: nothing but plain texts, numbers and lists.

Both formats print the same words, and nothing that somebody typed can be taken for anything else:
texts are composed (NFC, or fonts split the Vietnamese letters), and free of control characters and
of what XML cannot carry.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any
from unicodedata import category, normalize

from diemcau.domain.assessment import Assessment
from diemcau.domain.cascade import Cascade
from diemcau.domain.localtime import spoken
from diemcau.domain.papers import Heading, Paper

NOT_XML = "\ufffe\uffff"
ROOM = "\N{NO-BREAK SPACE}" * 8
"""Where a clerk's pen will write."""


def printed(paper: Paper, heading: Heading) -> dict[str, Any]:
    """``heading`` and ``paper`` by the names of their fields. Times are those of Vietnam.

    The heading also has ``code`` (số và ký hiệu) and ``dated`` (địa danh và thời gian) in one
    piece, ``reference`` as annexes cite it, and the signer's function as its lines. A cascade and
    the figures of an assessment are left out: they are drawn.
    """
    code, day = f"{heading.number or ROOM}/{heading.sign}", long_day(heading.day)
    return {
        "heading": {
            **_value(heading),
            "code": plain(f"Số: {code}"),
            "dated": plain(f"{heading.place}, {day}"),
            "reference": plain(f"{code} {day}"),
            "signer_function": plain(heading.signer_function).split("\n"),
        },
        "paper": _value(paper),
    }


def plain(text: str) -> str:
    """The text in NFC; of all control characters only line feeds are left."""
    composed = normalize("NFC", text).replace("\r\n", "\n").replace("\t", " ")
    return "".join(
        letter
        for letter in composed
        if letter == "\n" or (category(letter) not in ("Cc", "Cs") and letter not in NOT_XML)
    )


def long_day(day: date | None) -> str:
    """As the Decree writes it: days to 9 and months to 2 get a nought; None leaves room."""
    if day is None:
        return f"ngày{ROOM}tháng{ROOM}năm{ROOM}"
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def _value(value: object) -> Any:
    match value:
        case None | Cascade() | Assessment():
            return ""
        case str():
            return plain(value)
        case int():
            return value
        case datetime():
            return spoken(value)
        case date():
            return f"{value:%d/%m/%Y}"
        case Mapping():
            return {key: _value(each) for key, each in value.items()}
        case tuple():
            return [_value(each) for each in value]
    assert is_dataclass(value)
    return {field.name: _value(getattr(value, field.name)) for field in fields(value)}
