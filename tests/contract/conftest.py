"""A server over fakes for the edge, and a private PostgreSQL for the store's contract."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from diemcau.testing.app import FakeServer


def _binary(name: str) -> str | None:
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(versions[0]) if versions else shutil.which(name)


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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a server of our own on a Unix socket, with no TCP port at all."""
    initdb, pg_ctl = _binary("initdb"), _binary("pg_ctl")
    if not initdb or not pg_ctl:
        pytest.skip("PostgreSQL is not installed here (Debian: apt-get install postgresql)")
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="diemcau-pg-"))
    if account:
        shutil.chown(folder, account[2])
    data, log = folder / "data", folder / "log"
    try:
        _run(
            [*account, initdb, "-D", str(data), "-U", "diemcau", "-A", "trust", "-N", "-E", "UTF8"]
        )
        options = f"-c listen_addresses='' -c fsync=off -k {folder}"
        _run([*account, pg_ctl, "-D", str(data), "-l", str(log), "-w", "-o", options, "start"])
        yield f"postgresql+psycopg://diemcau@/postgres?host={folder}"
    finally:
        if (data / "postmaster.pid").exists():
            _run([*account, pg_ctl, "-D", str(data), "-m", "immediate", "-w", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str]) -> None:
    environment = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", env=environment
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.decode()}")


@pytest.fixture
async def house(tmp_path: Path) -> FakeServer:
    return await FakeServer().start(tmp_path)


@pytest.fixture
async def client(house: FakeServer) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the application without a token; unhandled errors are answers, as on the wire."""
    transport = httpx2.ASGITransport(app=house.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://server") as client:
        yield client
