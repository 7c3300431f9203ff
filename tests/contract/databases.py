"""The stores that the contracts run on: the fake, an SQLite file, a PostgreSQL of our own."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from diemcau.ports.store import Store
from diemcau.store import open_store
from diemcau.testing import MemoryStore

KINDS = ("memory", "sqlite", "postgresql")

on_databases = pytest.mark.parametrize("place", ["sqlite", "postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("place", ["postgresql"], indirect=True)
"""For tests that are about databases, or about one of them."""


class Postgres:
    """A server on a Unix socket in its folder, with no TCP port at all: any number of them run
    beside each other. It sorts text as Vietnamese does, so what relies on code points shows."""

    def __init__(self, folder: Path) -> None:
        self._initdb, self._pg_ctl = _binary("initdb"), _binary("pg_ctl")
        self._account = _account()
        self._data, self._log = folder / "data", folder / "log"
        if self._account:
            shutil.chown(folder, self._account[2])
        options = ["-A", "trust", "-N", "-E", "UTF8", "--locale-provider=icu", "--icu-locale=vi"]
        self._run(self._initdb, "-U", "diemcau", *options)
        self._options = f"-c listen_addresses='' -c fsync=off -k {folder}"
        self.url = f"postgresql+psycopg://diemcau@/postgres?host={folder}"

    @property
    def _running(self) -> bool:
        return (self._data / "postmaster.pid").exists()

    def start(self) -> None:
        if not self._running:
            self._run(self._pg_ctl, "-l", str(self._log), "-w", "-o", self._options, "start")

    def stop(self) -> None:
        if self._running:
            self._run(self._pg_ctl, "-m", "immediate", "-w", "stop")

    async def empty(self) -> None:
        engine = create_async_engine(self.url)
        async with engine.begin() as connection:
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
        await engine.dispose()

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._account, program, "-D", str(self._data), *arguments]
        environment = {**os.environ, "LC_ALL": "C"}
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", env=environment
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.decode()}")


def _binary(name: str) -> str:
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = str(versions[0]) if versions else shutil.which(name)
    if not found:
        pytest.skip("PostgreSQL is not installed here (Debian: apt-get install postgresql)")
    return found


def _account() -> list[str]:
    """How to run as somebody else: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return ["runuser", "-u", name, "--"]
    pytest.skip("no account 'postgres' or 'nobody' to run PostgreSQL as")


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
