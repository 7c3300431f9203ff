"""A store in memory. Records are kept as they are written, so what cannot be read again shows."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from diemcau.domain.conference import Conference
from diemcau.domain.journal import Note, Sealed
from diemcau.domain.measures import Minute
from diemcau.ports.store import R, Record, StoreFailed
from diemcau.store.records import decode, encode, kind_name, name_of
from diemcau.testing.journal import MemoryJournal


class MemoryStore:
    """``failing`` makes every write fail, as a full disk does."""

    def __init__(self) -> None:
        self.failing = False
        self._journal = MemoryJournal()
        self._records: dict[tuple[str, str], str] = {}
        self._conferences: dict[str, Conference] = {}
        self._closed: set[str] = set()
        self._epochs: dict[str, str] = {}
        self._minutes: dict[tuple[str, str, datetime], Minute] = {}

    @property
    def filled(self) -> bool:
        return bool(self._records)

    @property
    def journal(self) -> list[Sealed]:
        """The log book itself."""
        return self._journal.sealed

    async def close(self) -> None:
        return

    async def records(self, kind: type[R]) -> list[R]:
        name = kind_name(kind)
        return [decode(kind, json.loads(d)) for (its, _), d in self._records.items() if its == name]

    async def commit(
        self,
        puts: Sequence[Record],
        removes: Sequence[Record],
        notes: Sequence[Note],
        now: datetime,
    ) -> list[Sealed]:
        self._write()
        kept = {_key(record): json.dumps(encode(record)) for record in puts}
        sealed = self._journal.append(notes, now)
        for record in removes:
            self._records.pop(_key(record), None)
        self._records |= kept
        return sealed

    async def entries(
        self,
        after: int = 0,
        limit: int = 500,
        subject: str = "",
        actor: str = "",
        before: int | None = None,
    ) -> list[Sealed]:
        return await self._journal.entries(after, limit, subject, actor, before)

    async def last(self) -> Sealed | None:
        return await self._journal.last()

    async def conferences(self) -> list[Conference]:
        ids = sorted(self._conferences.keys() - self._closed)
        return [self._conferences[conference_id] for conference_id in ids]

    async def conference(self, conference_id: str) -> Conference | None:
        return self._conferences.get(conference_id)

    async def save_conference(self, conference: Conference, now: datetime) -> None:
        self._write()
        self._conferences[conference.id] = conference

    async def close_conference(self, conference_id: str, now: datetime) -> None:
        self._write()
        self._closed.add(conference_id)

    async def epochs(self) -> Mapping[str, str]:
        return dict(self._epochs)

    async def save_epoch(self, mcu: str, epoch: str, now: datetime) -> None:
        self._write()
        self._epochs[mcu] = epoch

    async def keep_minutes(self, minutes: Sequence[Minute]) -> None:
        self._write()
        self._minutes |= {(m.session, m.subject, m.start): m for m in minutes}

    async def minutes(self, session: str, subject: str = "") -> list[Minute]:
        wanted = [m for key, m in sorted(self._minutes.items()) if key[0] == session]
        return [m for m in wanted if subject in ("", m.subject)]

    async def minutes_of(self, subject: str, since: datetime, until: datetime) -> list[Minute]:
        its = [m for m in self._minutes.values() if m.subject == subject]
        within = [m for m in its if since <= m.start < until]
        return sorted(within, key=lambda m: (m.start, m.session))

    def _write(self) -> None:
        if self.failing:
            raise StoreFailed("the disk is full")


def _key(record: Record) -> tuple[str, str]:
    return name_of(record), record.id
