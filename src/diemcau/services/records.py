"""All records in memory as they are stored, and the one way to change them.

One server writes a database, so what is in memory is what is stored: reading asks nobody, and a
change is stored, with its lines of the log book, before anybody sees it.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from diemcau.domain.journal import Note, Sealed
from diemcau.ports.clock import Clock
from diemcau.ports.store import KINDS, R, Record, RecordStore, StoreFailed
from diemcau.services.refusals import NotStored

log = structlog.get_logger(__name__)

Heard = Callable[[Sequence[Record], Sequence[Record], Sequence[Sealed]], None]
"""Told after each change: what was put, what was removed, what the log book says of it. One that
fails hinders neither the others nor whoever made the change, which is stored by then."""


class Records:
    def __init__(self, store: RecordStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._kinds: dict[type[Any], dict[str, Any]] = {kind: {} for kind in KINDS.values()}
        self._of_dossier: dict[tuple[type[Any], str], dict[str, Any]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._committing = asyncio.Lock()
        self.listeners: list[Heard] = []

    async def load(self) -> None:
        for kind in KINDS.values():
            for record in await self._store.records(kind):
                self._put(record)

    def all(self, kind: type[R]) -> Mapping[str, R]:
        return self._kinds[kind]

    def get(self, kind: type[R], record_id: str) -> R | None:
        record: R | None = self._kinds[kind].get(record_id)
        return record

    def of(self, kind: type[R], dossier: str) -> Mapping[str, R]:
        """The records of a kind that belong to a dossier."""
        return self._of_dossier.get((kind, dossier), {})

    def lock(self, name: str) -> asyncio.Lock:
        """Held while a record is read, changed and stored, so that no change is lost."""
        return self._locks.setdefault(name, asyncio.Lock())

    async def commit(
        self,
        *puts: Record,
        removes: Sequence[Record] = (),
        notes: Sequence[Note] = (),
    ) -> None:
        """Store, then show; raises ``NotStored``, and then nothing has changed. What is removed is
        removed first: a record that is put as well comes last among its kind."""
        async with self._committing:
            try:
                sealed = await self._store.commit(puts, removes, notes, self._clock.now())
            except StoreFailed as error:
                log.error("not stored", error=str(error))
                raise NotStored from error
            for record in removes:
                self._remove(record)
            for record in puts:
                self._put(record)
            for listener in self.listeners:
                try:
                    listener(puts, removes, sealed)
                except Exception:
                    log.exception("a listener failed", listener=repr(listener))

    def _put(self, record: Record) -> None:
        former = self._kinds[type(record)].get(record.id)
        if former is not None and _dossier(former) not in ("", _dossier(record)):
            self._its_dossier(former).pop(record.id)
        self._kinds[type(record)][record.id] = record
        if _dossier(record):
            self._its_dossier(record)[record.id] = record

    def _remove(self, record: Record) -> None:
        former = self._kinds[type(record)].pop(record.id, None)
        if former is not None and _dossier(former):
            self._its_dossier(former).pop(record.id)

    def _its_dossier(self, record: Record) -> dict[str, Any]:
        """The records of its kind in its dossier."""
        return self._of_dossier.setdefault((type(record), _dossier(record)), {})


def _dossier(record: Record) -> str:
    dossier: str = getattr(record, "dossier", "")
    return dossier
