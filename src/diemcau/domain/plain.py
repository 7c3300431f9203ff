"""Records as plain JSON, and its one written form: what is hashed, signed and compared.

Plain JSON here is what any database and any language gives back as it was: texts, integers of at
most 53 bits (RFC 7493), booleans, null, lists and mappings. So a fraction, or a larger integer,
becomes the text that ``repr`` writes.
"""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from json import JSONEncoder
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""As JSON parsers give it; ``plain`` makes no ``float``, no tuple."""

EXACT = 2**53
"""Integers below it, and above its negative, are exact everywhere."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""Half a surrogate pair has no UTF-8, and PostgreSQL takes no NUL."""

_ENCODER = JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
)


def canonical(value: Json) -> bytes:
    """The one written form: UTF-8, members sorted by code point, no spaces, only the escapes that
    JSON demands, text as it is (not normalised).

    That is RFC 8785 for what ``plain`` makes (the RFC sorts by UTF-16, which differs only between
    names beyond U+FFFF and names from U+E000). Raises ``ValueError`` for NaN and half surrogates.
    """
    return _ENCODER.encode(value).encode()


def plain(value: object) -> Json:
    """Any record of the domain as plain JSON; times in UTC, durations in seconds, sets sorted.

    Raises ``TypeError`` for what is no record.
    """
    match value:
        case Enum():
            return plain(value.value)
        case None | bool():
            return value
        case str():
            return clean(value)
        case int():
            return int(value) if -EXACT < value < EXACT else str(int(value))
        case float():
            return repr(float(value))
        case datetime():
            return stamp(value)
        case date():
            return value.isoformat()
        case timedelta():
            seconds = value.total_seconds()
            return int(seconds) if seconds.is_integer() else repr(seconds)
        case _:
            return _collection(value)


def _collection(value: object) -> Json:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {clean(str(plain(name))): plain(member) for name, member in value.items()}
    if isinstance(value, Set):
        return sorted((plain(member) for member in value), key=canonical)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [plain(member) for member in value]
    raise TypeError(f"{type(value).__name__} has no plain form")


def clean(text: str) -> str:
    """The text with U+FFFD for what cannot be stored everywhere: nobody's typing stops the log."""
    return _UNSTORABLE.sub("\ufffd", text)


def stamp(moment: datetime) -> str:
    """A moment in UTC, to the microsecond, always 32 characters long; naive ones are refused."""
    if moment.utcoffset() is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
