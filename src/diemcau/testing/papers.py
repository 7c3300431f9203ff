"""Papers that try a printer: every Vietnamese letter, many sites, hostile texts."""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeVar
from unicodedata import normalize

from diemcau.domain.cascade import Cascade
from diemcau.domain.example_papers import EXAMPLES
from diemcau.domain.papers import Attendee, Drawing, Invitation, Paper

TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
VOWELS = "aăâeêioôơuưy"
_SMALL = ["đ", *(normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES)]
LETTERS = tuple(
    letter for small in _SMALL if not small.isascii() for letter in (small, small.upper())
)
"""The 134 letters that Vietnamese has and ASCII has not, composed."""
ALPHABET = " ".join("".join(LETTERS[at : at + 12]) for at in range(0, len(LETTERS), 12))

P = TypeVar("P")


def many(form: str, rows: int = 145) -> Paper:
    """The form's example with so many rows in every table of sites."""
    paper = EXAMPLES[form]
    longer: dict[str, Any] = {}
    for field in fields(paper):
        value = getattr(paper, field.name)
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            longer[field.name] = tuple(value[number % len(value)] for number in range(rows))
    return replace(paper, **longer)


def typed(value: P, text: str) -> P:
    """The same with ``text`` after every text in it, as if somebody had typed it there."""
    return _typed(value, text)  # type: ignore[no-any-return]


def _typed(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return f"{value} {text}"
    if isinstance(value, tuple):
        return tuple(_typed(each, text) for each in value)
    if isinstance(value, Drawing):
        names = {mcu: f"{name} {text}" for mcu, name in value.names.items()}
        return replace(value, names=MappingProxyType(names))
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: _typed(getattr(value, field.name), text) for field in fields(value)}
        return replace(value, **parts)
    return value


def province_drawing() -> Drawing:
    """145 sites on 8 MCUs, at three levels."""
    parent = {"so": "tinh", "vnpt": "tinh", "viettel": "tinh"}
    parent |= {f"vnpt-{number}": "vnpt" for number in (1, 2)}
    parent |= {f"viettel-{number}": "viettel" for number in (1, 2)}
    names = {mcu: f"MCU {mcu.upper()} Vĩnh Phúc" for mcu in ("tinh", *parent)}
    sites = dict.fromkeys(names, 18) | {"tinh": 19}
    return Drawing(
        Cascade("tinh", MappingProxyType(parent)), MappingProxyType(names), MappingProxyType(sites)
    )


INVITATION = Invitation(
    dossier="phien-2022-03-25",
    unit="u-tam-dao",
    subject="Phiên họp trực tuyến quý II năm 2022",
    location="Phòng họp trực tuyến, UBND huyện Tam Đảo",
    description="Chuẩn bị lúc 07:30; kết nối MCU trước 06:00.",
    starts=datetime(2022, 3, 25, 1, 0, tzinfo=UTC),
    ends=datetime(2022, 3, 25, 4, 30, tzinfo=UTC),
    sent=datetime(2022, 3, 8, 2, 0, tzinfo=UTC),
    organizer=Attendee("Văn phòng UBND tỉnh", "vanphong@vinhphuc.gov.vn"),
    attendees=(
        Attendee("Lưu Thị Mỹ", "tamdao@vinhphuc.gov.vn"),
        Attendee("Nguyễn Văn Ước", "uocnv@vinhphuc.gov.vn"),
    ),
    reminders=(timedelta(hours=2), timedelta(minutes=30)),
)
