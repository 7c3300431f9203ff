"""A PostgreSQL of one's own."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine


class NoPostgres(Exception):
    """There is none on this machine; the text says what is missing."""


class Postgres:
    """A server on a Unix socket in its folder, with no TCP port at all: any number of them run
    beside each other. It sorts text as Vietnamese does, so what relies on code points shows.

    Raises ``NoPostgres``.
    """

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
        raise NoPostgres("PostgreSQL is not installed here (Debian: apt-get install postgresql)")
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
    raise NoPostgres("no account 'postgres' or 'nobody' to run PostgreSQL as")
