"""The log book's custody: signed, verified, exported and shown.

An export is NDJSON: one entry a line, then one line with the signed head and the public key. Every
line is in canonical form, so that a file of which one bit has changed is found out.
"""

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from diemcau.domain.journal import (
    GENESIS,
    FaultKind,
    Head,
    JournalFault,
    Sealed,
    Verdict,
    Verification,
    entry_of,
    fault,
    head_of,
    intact,
)
from diemcau.domain.plain import Json, canonical
from diemcau.ports.clock import Clock
from diemcau.ports.journal import HeadCheck, JournalStore, Sealer

PAGE = 500
"""Entries read at once: some 20 ms of hashing before others have their turn."""

SHOWN = 200
"""Characters of a value in a line for people; the export has all of it."""

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
Language = Literal["vi", "en"]


class Journal:
    def __init__(self, store: JournalStore, sealer: Sealer, clock: Clock) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock

    async def head(self) -> Head:
        """Vouch for the log as it is now; the caller keeps what he gets."""
        last = await self._store.last()
        seq, digest = (0, GENESIS) if last is None else (last.seq, last.hash)
        return self._sealer.sign(seq, digest, self._clock.now())

    async def holds(self, head: Head) -> bool:
        """Whether the head is genuine and the log still has the entry it names: one look, for a
        server's start, before a newer head takes the place of the kept one."""
        if not self._sealer.check(head):
            return False
        if head.seq == 0:
            return head.hash == GENESIS
        found = await self._store.entries(head.seq - 1, 1)
        return any(e.seq == head.seq and e.hash == head.hash and intact(e) for e in found)

    async def verify(self, heads: Iterable[Head] = ()) -> Verdict:
        """All of the log, against heads of any time."""
        return await verify_store(self._store, self._sealer, heads)

    async def export(self) -> AsyncIterator[bytes]:
        """The lines of a file with the log as it is now, each with its end of line."""
        head = await self.head()
        async for entry in _all(self._store):
            if entry.seq > head.seq:
                break
            yield _line(entry.form())
        yield _line(Closing(head, self._sealer.public_key).form())


async def verify_store(
    store: JournalStore, check: HeadCheck, heads: Iterable[Head] = ()
) -> Verdict:
    """All of a store's log, page by page, against heads that were kept elsewhere. One that the key
    did not sign is a fault, and says nothing about the log."""
    kept = list(heads)
    genuine = [head for head in kept if check.check(head)]
    verification = Verification(heads=genuine)
    for head in kept:
        if head not in genuine:
            verification.found(fault(FaultKind.SIGNATURE, head.seq))
    async for entry in _all(store):
        verification.add(entry)
    return verification.verdict()


async def _all(store: JournalStore) -> AsyncIterator[Sealed]:
    after = 0
    while page := await store.entries(after, PAGE):
        for entry in page:
            yield entry
        after = page[-1].seq


@dataclass(frozen=True)
class Closing:
    """The last line of an export."""

    head: Head
    public_key: str

    def form(self) -> dict[str, Json]:
        return {"head": self.head.form(), "public_key": self.public_key}


def export(entries: Iterable[Sealed], head: Head, public_key: str) -> Iterator[bytes]:
    """The lines of a file with these entries, of which ``head`` is the last one's."""
    for entry in entries:
        yield _line(entry.form())
    yield _line(Closing(head, public_key).form())


def read_export(lines: Iterable[bytes]) -> Iterator[Sealed | Closing | JournalFault]:
    """What the lines of an export hold, one after the other; a fault for a line that is not as it
    was written, or comes after the last, or is missing at the end. Raises nothing."""
    closed = False
    for number, line in enumerate(lines, 1):
        found = None if closed else _read(line.removesuffix(b"\n"))
        yield found or fault(FaultKind.DAMAGED, line=number)
        closed = closed or isinstance(found, Closing)
    if not closed:
        yield fault(FaultKind.NO_HEAD)


def verify_export(lines: Iterable[bytes], check: HeadCheck) -> Verdict:
    """An export against the public key of the server it came from."""
    verification = Verification()
    head = None
    for item in read_export(lines):
        if isinstance(item, Sealed):
            verification.add(item)
        elif isinstance(item, JournalFault):
            verification.found(item)
        elif item.public_key != check.public_key:
            verification.found(fault(FaultKind.KEY))
        elif not check.check(item.head):
            verification.found(fault(FaultKind.SIGNATURE, item.head.seq))
        else:
            head = item.head
    return verification.verdict(head)


def _line(form: Json) -> bytes:
    return canonical(form) + b"\n"


def _read(line: bytes) -> Sealed | Closing | None:
    try:
        data = json.loads(line)
        item = _closing(data) if "head" in data else entry_of(data)
        return item if canonical(item.form()) == line else None
    except (ValueError, TypeError, RecursionError):
        return None


def _closing(data: dict[str, Json]) -> Closing:
    return Closing(head_of(data["head"]), str(data.get("public_key")))


def log_line(entry: Sealed, language: Language) -> str:
    """An entry as one line for people; nothing written in it can begin another."""
    parts = [
        str(entry.seq),
        _time(entry.at, language),
        entry.actor,
        entry.text.vi if language == "vi" else entry.text.en,
        *(f"{c.path}: {_shown(c.old)} → {_shown(c.new)}" for c in entry.changes),
    ]
    if entry.reason:
        parts.append(f"{'lý do' if language == 'vi' else 'reason'}: {entry.reason}")
    return " · ".join(_one_line(part) for part in parts)


def _time(moment: datetime, language: Language) -> str:
    local = moment.astimezone(ZONE)
    return f"{local:%H:%M:%S ngày %d/%m/%Y}" if language == "vi" else f"{local:%Y-%m-%d %H:%M:%S}"


def _shown(value: Json) -> str:
    if value is None:
        return "—"
    return value if isinstance(value, str) else canonical(value).decode()


def _one_line(text: str) -> str:
    cut = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in cut)
