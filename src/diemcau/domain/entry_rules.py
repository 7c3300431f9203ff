"""What must hold of an entry of the directory by itself; how it stands to the others is next door
(``directory_rules``)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date

from diemcau.domain.directory import (
    KINDS,
    SITE_NUMBERS,
    Contact,
    Duty,
    Entry,
    Line,
    Mcu,
    Person,
    Room,
    Site,
    Tier,
    validity,
)
from diemcau.domain.localtime import YEARS
from diemcau.domain.refusal import Text
from diemcau.domain.roles import ACCOUNT_ROLES
from diemcau.domain.units import Unit

LONGEST = 200
"""Characters of a text."""

ID = re.compile(r"[a-z0-9-]{1,64}")
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, line ends and turns of direction: what a name cannot show."""

EMAIL = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@.<>,;\"]+")
PHONE = re.compile(r"\+?[\d\s().-]+")
PHONE_DIGITS = range(3, 16)
FUNCTIONS = frozenset(str(role) for role in ACCOUNT_ROLES)

NAMES: dict[type[Entry], tuple[str, ...]] = {
    Tier: ("name", "name_en"),
    Unit: ("name",),
    Room: ("name",),
    Mcu: ("name",),
    Site: ("name",),
    Person: ("name",),
}
"""The texts that may not be empty."""

TEXTS: dict[type[Entry], tuple[str, ...]] = {
    kind: tuple(f.name for f in fields(kind) if f.type is str and f.name != "id")
    for kind in KINDS.values()
}
"""All texts but the id."""

LEAST: dict[type[Entry], dict[str, int]] = {
    Tier: {"rank": 0},
    Room: {"seats": 0},
    Mcu: {"capacity": 1},
    Line: {"priority": 1},
    Duty: {"rank": 1},
}
"""The smallest value of whole numbers."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with an entry's field, and what to do about it."""

    entry: Entry
    field: str
    text: Text


def own_faults(entry: Entry) -> Iterator[Fault]:
    """What is wrong with an entry by itself."""
    for field, text in (
        *_texts(entry),
        *_numbers(entry),
        *_times(entry),
        *_reached(entry),
    ):
        yield Fault(entry, field, text)


Found = Iterator[tuple[str, Text]]


def _texts(entry: Entry) -> Found:
    if not ID.fullmatch(entry.id):
        yield (
            "id",
            Text(
                f"Mã định danh «{shown(entry.id)}» không hợp lệ; chỉ dùng a-z, 0-9 và dấu gạch"
                " ngang, từ 1 đến 64 ký tự.",
                f"The id {shown(entry.id)!r} is not valid; use a-z, 0-9 and hyphens, 1 to 64"
                " characters.",
            ),
        )
    for field in NAMES.get(type(entry), ()):
        if not getattr(entry, field).strip():
            yield field, Text("Chưa có tên; hãy ghi tên.", "There is no name; write one.")
    for field in TEXTS[type(entry)]:
        value = getattr(entry, field)
        if len(value) > LONGEST:
            yield (
                field,
                Text(
                    f"Dài {len(value)} ký tự; hãy rút gọn còn nhiều nhất {LONGEST}.",
                    f"{len(value)} characters long; shorten it to {LONGEST} at most.",
                ),
            )
        if UNSEEN.search(value):
            yield (
                field,
                Text(
                    f"«{shown(value)}» có ký tự điều khiển hoặc xuống dòng; hãy gõ lại.",
                    f"{shown(value)!r} has control characters or line ends; type it anew.",
                ),
            )


def _numbers(entry: Entry) -> Found:
    for field, least in LEAST.get(type(entry), {}).items():
        if getattr(entry, field) < least:
            yield (
                field,
                Text(
                    f"{getattr(entry, field)} quá nhỏ; ít nhất là {least}.",
                    f"{getattr(entry, field)} is too small; at least {least}.",
                ),
            )
    if isinstance(entry, Mcu | Line) and not 0 < entry.mbps < float("inf"):
        yield (
            "mbps",
            Text("Băng thông phải lớn hơn 0 Mbit/s.", "The bandwidth must be above 0 Mbit/s."),
        )
    if isinstance(entry, Unit):
        for field, most in (("latitude", 90.0), ("longitude", 180.0)):
            if not -most <= getattr(entry, field) <= most:
                yield (
                    field,
                    Text(
                        f"Tọa độ tính bằng độ, từ {-most:g} đến {most:g}; 0 nếu không biết.",
                        f"Degrees, from {-most:g} to {most:g}; 0 if not known.",
                    ),
                )
    if isinstance(entry, Site) and entry.number not in SITE_NUMBERS:
        first, last = SITE_NUMBERS[0], SITE_NUMBERS[-1]
        yield (
            "number",
            Text(
                f"Số điểm cầu {entry.number} ngoài khoảng; chọn một số từ {first} đến {last}.",
                f"The site number {entry.number} is out of range; choose one from {first} to"
                f" {last}.",
            ),
        )


def _times(entry: Entry) -> Found:
    if isinstance(entry, Duty):
        if not is_timed(entry):
            yield (
                "starts",
                Text(
                    f"Giờ trực phải có múi giờ, trong các năm {YEARS[0]}–{YEARS[-1]}.",
                    f"The duty's times need a time zone, and years from {YEARS[0]} to {YEARS[-1]}.",
                ),
            )
        elif entry.ends <= entry.starts:
            yield (
                "ends",
                Text("Giờ hết ca trực phải sau giờ bắt đầu.", "The duty must end after it starts."),
            )
        return
    since, until = validity(entry)
    if since >= until:
        yield (
            "valid_to",
            Text(
                f"Ngày hết hiệu lực ({day(until)}) phải sau ngày có hiệu lực ({day(since)}).",
                f"The end of validity ({day(until)}) must be after its beginning ({day(since)}).",
            ),
        )


def is_timed(duty: Duty) -> bool:
    """Whether its times can be computed with."""
    return all(time.tzinfo and time.year in YEARS for time in (duty.starts, duty.ends))


def _reached(entry: Entry) -> Found:
    """How a person or a carrier is reached, and what for."""
    if isinstance(entry, Person) and entry.email and not EMAIL.fullmatch(entry.email):
        yield (
            "email",
            Text(
                f"«{shown(entry.email)}» không phải địa chỉ thư điện tử; ghi dạng ten@co-quan.vn.",
                f"{shown(entry.email)!r} is no e-mail address; write it as name@office.vn.",
            ),
        )
    field = "phone" if isinstance(entry, Person) else "carrier_phone"
    phone = getattr(entry, field, "")
    if phone and not is_phone(phone):
        yield (
            field,
            Text(
                f"«{shown(phone)}» không phải số điện thoại; chỉ ghi chữ số, dấu cách và dấu +.",
                f"{shown(phone)!r} is no telephone number; write digits, blanks and + only.",
            ),
        )
    if isinstance(entry, Contact) and entry.function not in FUNCTIONS:
        known = ", ".join(sorted(FUNCTIONS))
        yield (
            "function",
            Text(
                f"Không có chức năng «{shown(entry.function)}»; chọn một trong: {known}.",
                f"No function {shown(entry.function)!r}; choose one of: {known}.",
            ),
        )


def is_phone(text: str) -> bool:
    return bool(PHONE.fullmatch(text)) and sum(c.isdigit() for c in text) in PHONE_DIGITS


def shown(value: str) -> str:
    """A value as a text may quote it: short, and with nothing in it that cannot be seen."""
    seen = UNSEEN.sub("\N{REPLACEMENT CHARACTER}", value)
    return seen if len(seen) <= 60 else f"{seen[:59]}…"


def day(value: date) -> str:
    """DD/MM/YYYY; an open end is "…"."""
    if value in (date.min, date.max):
        return "…"
    return f"{value.day:02}/{value.month:02}/{value.year:04}"
