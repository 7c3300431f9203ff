"""What changed, to the pages that are open: which records of which dossier, and nothing else.

A page asks again for what it shows; so nobody is told anything that he could not read.
"""

import asyncio
from collections.abc import Sequence

from diemcau.ports.store import Record

MOST = 200
"""Changes that wait for a slow page; beyond that it is told to read everything again."""

ALL = ("", "all")


class Reader:
    """One open page."""

    def __init__(self, news: "News") -> None:
        self._news = news
        self._waiting: dict[tuple[str, str], None] = {}
        self._wake = asyncio.Event()

    async def next(self) -> list[tuple[str, str]]:
        """Wait for changes: (dossier, kind of record) pairs, each once; ("", "all"): all."""
        await self._wake.wait()
        self._wake.clear()
        changes, self._waiting = list(self._waiting), {}
        return changes

    def tell(self, changes: Sequence[tuple[str, str]]) -> None:
        self._waiting |= dict.fromkeys(changes)
        if len(self._waiting) > MOST:
            self._waiting = {ALL: None}
        self._wake.set()

    def close(self) -> None:
        self._news.readers.discard(self)


class News:
    def __init__(self) -> None:
        self.readers: set[Reader] = set()

    def read(self) -> Reader:
        reader = Reader(self)
        self.readers.add(reader)
        return reader

    def changed(self, puts: Sequence[Record], removes: Sequence[Record], _: object) -> None:
        """A listener of the records."""
        changes = [(_dossier(record), type(record).__name__) for record in (*puts, *removes)]
        for reader in self.readers:
            reader.tell(changes)


def _dossier(record: Record) -> str:
    if type(record).__name__ == "Dossier":
        return record.id
    return str(getattr(record, "dossier", ""))
