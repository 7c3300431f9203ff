"""From a value of the file to what it means; each reader raises ``Unreadable`` with the remedy."""

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from diemcau.domain.procedure import Deadline, Event, Evidence
from diemcau.domain.refusal import Text
from diemcau.procedures.faults import Unreadable, meant

Choice = TypeVar("Choice", bound=StrEnum)

_UNITS = {
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_PART = re.compile(r"([0-9]{1,4})\s*(min|s|h|d)\b\s*")
_LONG = re.compile(rf"(?:{_PART.pattern})+")
_DEADLINE = re.compile(r"([^\W\d_]+)\s*(?:([+−–-])\s*(.+))?")
_MOST_ESCALATIONS = 9


def word(value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str):
        raise Unreadable(
            f'cần một chuỗi trong dấu nháy, như "{value}".', f'needs a text in quotes: "{value}".'
        )
    if not value.strip():
        raise Unreadable("không được để trống.", "must not be empty.")
    return value.strip()


def words(value: Any) -> tuple[str, ...]:
    """A list of texts, none of them twice."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Unreadable(
            'cần một danh sách chuỗi, như ["a", "b"].', 'needs a list of texts, as ["a", "b"].'
        )
    twice = next((item for item in value if value.count(item) > 1), None)
    if twice is not None:
        raise Unreadable(f"ghi «{twice}» hai lần.", f"names {twice!r} twice.")
    return tuple(value)


def some_words(value: Any) -> tuple[str, ...]:
    """A list of at least one text."""
    if not words(value):
        raise Unreadable("cần ít nhất một mục.", "needs at least one entry.")
    return words(value)


def text(value: Any) -> Text:
    """A text in both languages."""
    if not isinstance(value, dict):
        raise Unreadable(
            "cần cả hai ngôn ngữ: viết thành hai khóa, đuôi «.vi» và «.en».",
            "needs both languages: write two keys, ending in .vi and .en.",
        )
    for key in value:
        if key not in ("vi", "en"):
            raise Unreadable(f"không có ngôn ngữ «{key}».", f"has no language {key!r}.", key)
    lacking = [key for key in ("vi", "en") if not _filled(value.get(key))]
    if lacking:
        keys = ", ".join(f".{key}" for key in lacking)
        raise Unreadable(f"thiếu hoặc để trống phần {keys}.", f"has nothing in {keys}.", lacking[0])
    return Text(value["vi"].strip(), value["en"].strip())


def _filled(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def duration(value: Any) -> timedelta:
    """``5 min``, ``1 h 30 min``."""
    written = word(value)
    if not _LONG.fullmatch(written):
        raise Unreadable(
            f'không đọc được thời lượng «{written}»; viết như "30 s", "5 min", "2 h", "1 d".',
            f'cannot read the duration {written!r}; write as "30 s", "5 min", "2 h" or "1 d".',
        )
    return sum((int(part[1]) * _UNITS[part[2]] for part in _PART.finditer(written)), timedelta(0))


def some_time(value: Any) -> timedelta:
    """A duration longer than zero."""
    if not duration(value):
        raise Unreadable("phải dài hơn 0.", "must be longer than zero.")
    return duration(value)


def deadline(value: Any) -> Deadline:
    """``rehearsal``, ``request + 15 min``, ``start - 2 h``."""
    written = word(value)
    found = _DEADLINE.fullmatch(written)
    if not found or (found[3] and not _LONG.fullmatch(found[3])):
        raise Unreadable(
            f'không đọc được thời hạn «{written}»; viết như "request + 15 min", "start - 2 h".',
            f'cannot read the deadline {written!r}; write as "request + 15 min", "start - 2 h".',
        )
    event = _choice(found[1], Event, Text("thời điểm", "event"))
    offset = duration(found[3]) if found[3] else timedelta(0)
    return Deadline(event, offset if found[2] == "+" else -offset)


def evidence(value: Any) -> Evidence:
    """One of the words of ``Evidence``."""
    return _choice(word(value), Evidence, Text("cách xác nhận", "evidence"))


def day(value: Any) -> date:
    """A date of TOML, without quotes or hour."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Unreadable(
            "cần một ngày không có dấu nháy, như 2026-01-31.",
            "needs a date without quotes, as 2026-01-31.",
        )
    return value


def count(value: Any) -> int:
    """How many times; a number of one digit."""
    if type(value) is not int or not 0 <= value <= _MOST_ESCALATIONS:
        raise Unreadable(
            f"cần một số nguyên từ 0 đến {_MOST_ESCALATIONS}, không có dấu nháy.",
            f"needs a whole number from 0 to {_MOST_ESCALATIONS}, without quotes.",
        )
    return value


def table(value: Any) -> dict[str, Any]:
    """A part of the file that is there once."""
    if not isinstance(value, dict):
        raise Unreadable(
            "phải là một phần, tiêu đề trong một cặp ngoặc: [procedure].",
            "must be one part, its header in single brackets: [procedure].",
        )
    return value


def tables(value: Any) -> list[dict[str, Any]]:
    """A part of the file that may be repeated."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Unreadable(
            "là phần lặp lại: viết tiêu đề trong hai cặp ngoặc, như [[step]].",
            "may be repeated: write its header in double brackets, as [[step]].",
        )
    return value


def _choice(written: str, kind: type[Choice], name: Text) -> Choice:
    known = [str(item) for item in kind]
    if written not in known:
        hint = meant(written, known)
        raise Unreadable(
            f"không có {name.vi} «{written}»; {hint.vi}", f"no {name.en} {written!r}; {hint.en}"
        )
    return kind(written)
