"""The server as a process of its own: what it leaves behind when it ends, and who else may come."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from typer.testing import CliRunner

from diemcau.bootstrap import InUse, Settings, locked
from diemcau.cli.__main__ import app
from diemcau.cli.administrator import make
from diemcau.domain.outbox import Message, MessageState
from diemcau.domain.refusal import Invalid
from diemcau.domain.roles import Role
from diemcau.identity import BadSso, JwtTokens, load_secret, read_client
from diemcau.lab.caller import Caller
from diemcau.mcu.ports import free_tcp_ports
from diemcau.services.clock import SystemClock
from diemcau.store import open_store_to_read


class SlowPost:
    """A mail server that has a letter, and does not say so before ``go``."""

    def __init__(self) -> None:
        self.arrived, self.go = asyncio.Event(), asyncio.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.arrived.set()
        await self.go.wait()
        return "250 OK"


class Running:
    """A server that runs; ``operator`` may do everything there."""

    def __init__(
        self, process: asyncio.subprocess.Process, client: httpx2.AsyncClient, log: Path
    ) -> None:
        self.process, self.operator, self.log = process, Caller(client), log

    async def ends(self, within: float = 15) -> int:
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), within)


@asynccontextmanager
async def running(folder: Path, *options: str) -> AsyncIterator[Running]:
    [port] = free_tcp_ports(1)
    log = folder / "server.log"
    argv = ["-X", "dev", "-m", "diemcau.cli", "server", "--folder", str(folder / "data")]
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *argv, "--port", str(port), *options, stdout=output, stderr=output
        )
    try:
        token, _ = JwtTokens(load_secret(folder / "data"), SystemClock()).issue("t", Role.OPERATOR)
        async with httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token}"}
        ) as client:
            await answering(client, process)
            yield Running(process, client, log)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def answering(client: httpx2.AsyncClient, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(60):
        while process.returncode is None:
            try:
                await client.get("/api/health")
                return
            except httpx2.HTTPError:
                await asyncio.sleep(0.05)
    raise AssertionError("the server did not start")


@pytest.fixture
async def post() -> AsyncIterator[tuple[SlowPost, int]]:
    slow, loop = SlowPost(), asyncio.get_running_loop()
    listener = await loop.create_server(lambda: SMTP(slow, loop=loop), "127.0.0.1", 0)
    async with listener:
        yield slow, listener.sockets[0].getsockname()[1]


async def told(server: Running) -> str:
    """A session of which one person is told, by mail; its dossier."""
    operator = server.operator
    person = {"name": "Trần Thị Bình", "unit": "u-26", "email": "binh@tinh.example"}
    await operator.put("/api/directory/person/p-binh", **person)
    starts = SystemClock().now() + timedelta(hours=4)
    dossier = await operator.post(
        "/api/dossiers",
        title="Họp giao ban",
        procedure="429-planned",
        unit="u-26",
        master="vinh-phuc",
        sites=["s-26"],
        starts_at=starts.isoformat(),
        ends_at=(starts + timedelta(hours=1)).isoformat(),
    )
    await operator.post(f"/api/dossiers/{dossier['id']}/notices")
    made: str = dossier["id"]
    return made


async def test_a_server_that_is_ended_finishes_its_letters_and_signs_its_log(
    tmp_path: Path, post: tuple[SlowPost, int]
) -> None:
    slow, port = post
    couriers = tmp_path / "couriers.toml"
    couriers.write_text(
        f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "hop@tinh.vn"\n'
    )
    async with running(tmp_path, "--couriers", str(couriers)) as server:
        await told(server)
        await asyncio.wait_for(slow.arrived.wait(), 15)
        ending = asyncio.create_task(server.ends())
        done, _ = await asyncio.wait({ending}, timeout=1)
        assert not done, "the letter is still under way"
        slow.go.set()
        assert await ending == 0
        said = server.log.read_text()
    assert "Task was destroyed" not in said
    assert "Traceback" not in said
    [message] = await stored(tmp_path / "data")
    assert message.state is MessageState.SENT
    result = await asyncio.to_thread(verify, tmp_path / "data")
    assert (result.exit_code, "nguyên vẹn" in result.output) == (0, True)


async def stored(data: Path) -> list[Message]:
    store = await open_store_to_read(Settings(data).database_url)
    try:
        return await store.records(Message)
    finally:
        await store.close()


def verify(data: Path) -> Any:
    return CliRunner().invoke(app, ["verify-log", "--folder", str(data)])


async def test_a_running_server_keeps_its_folder_to_itself_but_lets_its_log_be_verified(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    async with running(tmp_path) as server:
        await server.operator.put("/api/directory/person/p-an", name="An", unit="u-26")
        with pytest.raises(InUse, match=str(server.process.pid)):
            await make(Settings(data), "an.nv", "Nguyễn Văn An", "")
        result = await asyncio.to_thread(verify, data)
        assert (result.exit_code, "2 entries" in result.output) == (0, True)
        server.process.kill()
        await server.process.wait()
    account, password = await make(Settings(data), "an.nv", "Nguyễn Văn An", "")
    async with running(tmp_path) as server:
        new = "chiều mưa bên sông"
        body = {"account": account.id, "old": password, "new": new}
        await server.operator.post("/api/account/password", **body)
        assert (await server.operator.post("/api/sign-in", account="an.nv", password=new))["token"]
        assert await server.ends() == 0


def test_a_folder_is_locked_once_and_free_again(tmp_path: Path) -> None:
    with locked(tmp_path / "new"):
        with pytest.raises(InUse), locked(tmp_path / "new"):
            pass
        with locked(tmp_path / "other"):
            pass
    with locked(tmp_path / "new"):
        pass


async def test_the_first_administrator_is_of_a_unit_there_is(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="u-nowhere"):
        await make(Settings(tmp_path), "an.nv", "Nguyễn Văn An", "u-nowhere")
    account, _ = await make(Settings(tmp_path), "an.nv", "Nguyễn Văn An", "u-246")
    assert account.grants[0].unit == "u-246"
    with pytest.raises(Exception, match="has an administrator"):
        await make(Settings(tmp_path), "binh.tt", "Trần Thị Bình", "")


def test_the_first_password_is_shown_with_what_to_do(tmp_path: Path) -> None:
    argv = ["administrator", "an.nv", "--name", "An", "--folder", str(tmp_path)]
    result = CliRunner().invoke(app, argv)
    assert result.exit_code == 0
    assert "an.nv" in result.output
    assert "u-26" in result.output
    assert "first sign-in" in result.output


def test_a_log_that_is_not_there_is_refused_and_none_is_made(tmp_path: Path) -> None:
    load = CliRunner().invoke(app, ["administrator", "an.nv", "--name", "An",
                                    "--folder", str(tmp_path)])  # fmt: skip
    assert load.exit_code == 0
    (tmp_path / "diemcau.db").unlink()
    result = verify(tmp_path)
    assert isinstance(result.exception, Invalid)
    assert "no file" in str(result.exception)
    assert not (tmp_path / "diemcau.db").exists()


def test_a_servers_database_is_its_owners_alone(tmp_path: Path) -> None:
    CliRunner().invoke(app, ["administrator", "an.nv", "--name", "An", "--folder", str(tmp_path)])
    for name in ("diemcau.db", "lock", "secret", "journal-key.pem"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0, name


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("issuer = ", "TOML"),
        ('issuer = "https://sso.example"', "client_id"),
        ('issuer = "http://sso.example"\nclient_id = "x"', "https"),
        ('issuer = "https://sso.example/?a=1"\nclient_id = "x"', "https"),
        ('issuer = "https://sso.example"\nclient_id = 5', "client_id"),
        ('issuer = "https://sso.example"\nclient_id = "x"\npassword = "y"', "password"),
    ],
)
def test_faulty_settings_of_single_sign_on_are_named(tmp_path: Path, text: str, wrong: str) -> None:
    file = tmp_path / "sso.toml"
    file.write_text(text)
    with pytest.raises(BadSso, match=wrong):
        read_client(file)


@pytest.mark.parametrize("issuer", ["https://sso.example/realms/tinh", "http://127.0.0.1:8000"])
def test_settings_of_single_sign_on_are_read(tmp_path: Path, issuer: str) -> None:
    file = tmp_path / "sso.toml"
    file.write_text(f'issuer = "{issuer}"\nclient_id = "hop"\nsecret = "s3cret"\n')
    client = read_client(file)
    assert (client.issuer, client.id, client.secret) == (issuer, "hop", "s3cret")


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (["--public-url", "hop.tinh.gov.vn"], "whole address"),
        (["--sso", "/nowhere.toml"], "nowhere"),
    ],
)
def test_a_server_with_faulty_options_says_so_and_does_not_start(
    tmp_path: Path, options: list[str], wrong: str
) -> None:
    result = CliRunner().invoke(app, ["server", "--folder", str(tmp_path / "data"), *options])
    assert isinstance(result.exception, Invalid)
    assert wrong in str(result.exception)
    assert not (tmp_path / "data").exists()
