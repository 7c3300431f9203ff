"""Custody of the log book: after what is written, its new head is signed and kept beside it.

A head in a file of its own is what finds a log out whose end was cut off or written anew.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from diemcau.domain.journal import SYSTEM, Head, Note, Sealed, Verdict
from diemcau.domain.refusal import Refusal, Text
from diemcau.ports.store import Record, StoreFailed
from diemcau.services.journal import Journal
from diemcau.services.records import Records

log = structlog.get_logger(__name__)


class Heads(Protocol):
    """Where the last head is kept."""

    def read(self) -> Head | None: ...

    def write(self, head: Head) -> None: ...

    def set_aside(self, head: Head) -> None: ...


class Custody:
    def __init__(self, journal: Journal, heads: Heads, records: Records) -> None:
        self._journal = journal
        self._heads = heads
        self._records = records
        self._written = asyncio.Event()
        self._signing = asyncio.Lock()
        self._stopped = False
        records.listeners.append(self._heard)

    async def start(self) -> None:
        """Before anything new is signed: is the log still the one that was signed last?

        If not, that is said in the log itself, and the former head is kept for the inspector.
        """
        head = await asyncio.to_thread(self._heads.read)
        if head is not None and not await self._journal.holds(head):
            log.error("log book does not hold what was signed", seq=head.seq)
            await asyncio.to_thread(self._heads.set_aside, head)
            text = Text(
                f"Sổ theo dõi không khớp bản chốt đã ký ở mục {head.seq}",
                f"The log book does not hold what was signed at entry {head.seq}",
            )
            await self._records.commit(notes=[Note(SYSTEM, "log-book.broken", "log-book", text)])
        await self.sign()

    async def run(self) -> None:
        """Sign after each batch of entries, until stopped."""
        while not self._stopped:
            await self._written.wait()
            self._written.clear()
            await self.sign()

    def stop(self) -> None:
        self._stopped = True
        self._written.set()

    async def sign(self) -> None:
        """Keep a head of the log as it is now; one at a time, or an older one could come last."""
        async with self._signing:
            try:
                head = await self._journal.head()
                await asyncio.to_thread(self._heads.write, head)
            except (Refusal, StoreFailed, OSError) as error:
                log.error("head of the log book not kept", error=str(error))

    async def verify(self) -> Verdict:
        """All of the log, against the head that is kept."""
        await self.sign()
        head = await asyncio.to_thread(self._heads.read)
        return await self._journal.verify([] if head is None else [head])

    def _heard(
        self, _puts: Sequence[Record], _removes: Sequence[Record], sealed: Sequence[Sealed]
    ) -> None:
        if sealed:
            self._written.set()
