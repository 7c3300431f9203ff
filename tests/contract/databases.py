"""The stores that the contracts run on: the fake, an SQLite file, a PostgreSQL of our own."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from diemcau.ports.store import Store
from diemcau.store import open_store
from diemcau.testing import MemoryStore
from diemcau.testing.postgres import Postgres

KINDS = ("memory", "sqlite", "postgresql")

on_databases = pytest.mark.parametrize("place", ["sqlite", "postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("place", ["postgresql"], indirect=True)
"""For tests that are about databases, or about one of them."""


@dataclass
class Place:
    """Where one test's store is. ``url``: of its database, "" for the fake; ``server``: the
    PostgreSQL that keeps it."""

    url: str = ""
    server: Postgres | None = None
    _fake: MemoryStore = field(default_factory=MemoryStore)
    _open: list[Store] = field(default_factory=list)

    async def store(self) -> Store:
        """A store as the next process finds it."""
        opened: Store = await open_store(self.url) if self.url else self._fake
        self._open.append(opened)
        return opened

    def engine(self) -> AsyncEngine:
        """Another program's way into the database; the caller disposes of it."""
        return create_async_engine(self.url)

    async def execute(self, *statements: str) -> None:
        """What somebody does to the database behind the store's back."""
        engine = self.engine()
        async with engine.begin() as connection:
            for statement in statements:
                await connection.execute(text(statement))
        await engine.dispose()

    async def close(self) -> None:
        for store in self._open:
            await store.close()


class Limits:
    """What every connection of this process to SQLite is told when it is taken from its pool."""

    pragma = ""

    def __call__(self, connection: Any, _record: object, _proxy: object) -> None:
        cursor = connection.cursor()
        if self.pragma:
            cursor.execute(f"PRAGMA {self.pragma}")
        cursor.close()
