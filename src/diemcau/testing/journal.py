"""A log book in memory, which tests may tamper with, and a key that is no secret."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from diemcau.domain.journal import Head, Note, Sealed, seal_all


class MemoryJournal:
    """``sealed`` is the log itself."""

    def __init__(self) -> None:
        self.sealed: list[Sealed] = []

    def append(self, notes: Iterable[Note], now: datetime) -> list[Sealed]:
        """What a store does in the commit of what the notes tell of."""
        added = seal_all(notes, now, self.sealed[-1] if self.sealed else None)
        self.sealed += added
        return added

    async def entries(
        self,
        after: int,
        limit: int,
        subject: str = "",
        actor: str = "",
        before: int | None = None,
    ) -> list[Sealed]:
        found = [
            entry
            for entry in self.sealed
            if entry.seq > after
            and (not subject or f"{entry.subject}/".startswith(f"{subject}/"))
            and actor in ("", entry.actor)
            and (before is None or entry.seq < before)
        ]
        return found[:limit] if before is None else found[-limit:]

    async def last(self) -> Sealed | None:
        return self.sealed[-1] if self.sealed else None


class FakeSealer:
    """Signs with a hash over its name: keys of two names do not accept each other's heads."""

    def __init__(self, name: str = "server") -> None:
        self.public_key = f"key of {name}\n"

    def sign(self, seq: int, hash: str, at: datetime) -> Head:
        head = Head(seq, hash, at, "")
        return replace(head, signature=self._signature(head))

    def check(self, head: Head) -> bool:
        return head.signature == self._signature(head)

    def _signature(self, head: Head) -> str:
        return sha256(self.public_key.encode() + head.claim()).hexdigest()
