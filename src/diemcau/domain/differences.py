"""What changed between two records, as a person would say it: the log book's old → new."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from diemcau.domain.plain import Json, canonical, plain

SECRETS = frozenset({"password_hash", "totp_secret", "secret", "token"})
"""Fields whose values are nobody's to read, not even in the log."""

MASK = "•••"


@dataclass(frozen=True)
class Change:
    """What ``path`` was and is; None where there was, or is, nothing."""

    path: str
    old: Json
    new: Json


def differences(old: object, new: object) -> tuple[Change, ...]:
    """What a person would say changed between two records, or between their JSON forms.

    Mappings are compared by key (``a.b``; a key that is missing counts as null), lists of records
    by their ``id`` (``a[id].b``), other lists whole. None on one side: all fields of the other, of
    a record made or removed. Secrets are masked.
    """
    before, after = plain(old), plain(new)
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        before, after = {} if before is None else before, {} if after is None else after
    return tuple(masked(change) for change in _between("", before, after))


def _between(path: str, old: Json, new: Json) -> Iterator[Change]:
    if canonical(old) == canonical(new):
        return
    before, after = _parts(path, old), _parts(path, new)
    if before is None or after is None or isinstance(old, list) is not isinstance(new, list):
        yield Change(path, old, new)
        return
    if isinstance(old, list):
        yield from _moved(path, list(before), list(after))
    for part in before | after:
        yield from _between(part, before.get(part), after.get(part))


def _parts(path: str, value: Json) -> dict[str, Json] | None:
    """What a value consists of, by path; None for what is compared whole."""
    if isinstance(value, Mapping):
        return {f"{path}.{name}" if path else name: member for name, member in value.items()}
    if isinstance(value, list):
        records = {f"{path}[{_id(member)}]": member for member in value if _id(member)}
        return records if len(records) == len(value) else None
    return None


def _id(value: Json) -> str:
    return str(value.get("id") or "") if isinstance(value, Mapping) else ""


def _moved(path: str, before: list[str], after: list[str]) -> Iterator[Change]:
    """The order of those that are in both lists, if it changed."""
    old = [part for part in before if part in after]
    new = [part for part in after if part in before]
    if old != new:
        cut = len(path) + 1
        yield Change(path, [part[cut:-1] for part in old], [part[cut:-1] for part in new])


def masked(change: Change) -> Change:
    """The change without what nobody may read. Whether there was a secret may be seen."""
    secret = not SECRETS.isdisjoint(re.split(r"[.\[\]]", change.path))
    return Change(change.path, _mask(change.old, secret), _mask(change.new, secret))


def _mask(value: Json, secret: bool) -> Json:
    if secret:
        return value if value in (None, "") else MASK
    if isinstance(value, Mapping):
        return {name: _mask(member, name in SECRETS) for name, member in value.items()}
    if isinstance(value, list):
        return [_mask(member, False) for member in value]
    return value
