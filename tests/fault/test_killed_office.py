"""kill -9 of the office's server at fifty moments of a planned session: nothing is lost, nothing is
said twice but what is marked so, and the log book verifies.

The server is a process of its own with a database on disk and a mail server; its clock runs faster,
so that the deadlines of seven hours fall due while it dies and comes back. Whoever asks for
something and loses the connection asks again, as people do.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from typer.testing import CliRunner

from diemcau.bootstrap import Settings
from diemcau.cli import server as command
from diemcau.cli.__main__ import app
from diemcau.domain.agenda import Alarm, alarms, next_moment
from diemcau.domain.dossier import Dossier
from diemcau.domain.outbox import Message, MessageState
from diemcau.domain.roles import Role
from diemcau.identity import JwtTokens, load_secret
from diemcau.lab.caller import Caller
from diemcau.lab.cast import fill
from diemcau.lab.errors import LabError
from diemcau.mcu.ports import free_tcp_ports
from diemcau.procedures import load as load_procedure
from diemcau.provinces import load
from diemcau.services.clock import SystemClock
from diemcau.store import open_store_to_read
from diemcau.store.records import decode
from tests.contract.courier_rigs import MailRig
from tests.play.company import (
    CHAIR,
    CITY,
    COMMUNE,
    DISTRICT,
    HOUR,
    LINK,
    SITES,
    WARD,
    Players,
)

pytestmark = pytest.mark.fault

KILLS, SPEED = 50, 120
LEAD = 5 * HOUR
"""From the letter to the session, by the server's clock: two and a half minutes by ours."""
STARTS_IN_S, LIVES_S = 2.5, 0.8
WHILE_STARTING = 0.3
"""Of the kills, so many come before the server answers."""
ROOT = Path(__file__).parents[2]
PROCEDURE = load_procedure("429-planned")

Act = Callable[[], Awaitable[Any]]


class SlowRig(MailRig):
    """Takes its time between taking a letter over and saying so: there the doubt is made."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        said = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(self._chance.uniform(0.001, 0.03))
        return said


class MortalServer:
    """One data folder and port, many lives. ``up`` while one of them answers."""

    def __init__(self, folder: Path, mail_port: int) -> None:
        self.folder, self.data = folder, folder / "data"
        [self.port] = free_tcp_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.up = asyncio.Event()
        self.kills = 0
        self.killed = asyncio.Condition()
        self.clock = command.clock_of(self.data, SPEED)
        self._couriers = folder / "couriers.toml"
        self._couriers.write_text(
            f'[mail]\nhost = "127.0.0.1"\nport = {mail_port}\nsecurity = "none"\n'
            'sender = "hop@tinh.vn"\n'
        )
        self._process: Process | None = None

    async def begins(self) -> None:
        argv = [
            "-m", "diemcau.cli", "server", "--folder", str(self.data), "--port", str(self.port),
            "--public-url", self.url, "--couriers", str(self._couriers),
            "--clock-speed", str(SPEED),
        ]  # fmt: skip
        environment = {
            **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "PYTHONPYCACHEPREFIX": str(self.folder / "compiled"),
        }
        with (self.folder / "server.log").open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *argv, env=environment, stdout=output, stderr=output
            )

    async def answers(self) -> None:
        process = self._process
        assert process is not None
        async with asyncio.timeout(60), httpx2.AsyncClient(base_url=self.url) as client:
            while process.returncode is None:
                with suppress(httpx2.TransportError):
                    await client.get("/api/health")
                    self.up.set()
                    return
                await asyncio.sleep(0.05)
        raise AssertionError((self.folder / "server.log").read_text()[-4000:])

    async def dies(self, how: signal.Signals = signal.SIGKILL) -> int:
        self.up.clear()
        assert self._process is not None
        self._process.send_signal(how)
        code = await self._process.wait()
        async with self.killed:
            self.kills += how is signal.SIGKILL
            self.killed.notify_all()
        return code

    async def turn(self, kills: int) -> None:
        """Wait until it was killed so often."""
        async with self.killed:
            await self.killed.wait_for(lambda: self.kills >= kills)

    async def put_down(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


class Insistent(Caller):
    """Asks again whenever the connection is lost before the answer; a conflict on asking again
    says that the first time was heard."""

    def __init__(self, client: httpx2.AsyncClient, token: str, up: asyncio.Event) -> None:
        super().__init__(client, token)
        self._up = up

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        again = False
        while True:
            await self._up.wait()
            try:
                return await super()._call(method, path, body)
            except httpx2.TransportError:
                again = True
            except LabError as error:
                if again and ": 409 " in str(error):
                    return {}
                raise


class Office(Players):
    """The players at a server that dies."""

    def __init__(self, client: httpx2.AsyncClient, server: MortalServer, rig: MailRig) -> None:
        super().__init__(client, load("vinh-phuc-2022").directory())
        self.server, self.rig = server, rig

    def as_(self, part: str) -> Caller:
        return Insistent(self.client, self.cast[part].token, self.server.up)

    async def told(self, part: str = "office") -> None:
        """Sent again, it would be an update: so whoever heard no answer looks first."""
        once = Caller(self.client, self.cast[part].token)
        while not (await self.seen(part))["notice"]:
            with suppress(httpx2.TransportError):
                await once.post(f"{self.path}/notices")

    async def clicked(self, address: str) -> None:
        """By the link of the mail, once that is there; who has no account asks again as well."""
        async with asyncio.timeout(60):
            while not (links := [LINK.search(text) for text in self._mails_to(address)]):
                await asyncio.sleep(0.1)
        assert links[0]
        nobody = Insistent(self.client, "", self.server.up)
        await nobody.post("/api/acknowledgements", token=links[0][1])

    def _mails_to(self, address: str) -> list[str]:
        found = []
        for mail in self.rig.mails():
            body = mail.get_body(("plain",))
            if mail["To"] == address and body is not None:
                found.append(body.get_content())
        return found

    async def all_is_said(self) -> None:
        """What fell due by now has been raised: of each step and gate still open, its last alarm.
        Asked until it is so."""
        async with asyncio.timeout(60):
            while True:
                now = self.server.clock.now()
                dossier = decode(Dossier, await self.seen())
                if {alarm.id for alarm in open_alarms(dossier, now)} <= dossier.raised:
                    return
                await asyncio.sleep(0.1)

    async def all_is_sent(self) -> None:
        async with asyncio.timeout(60):
            while True:
                found = (await self.as_("office").get(f"{self.path}/notices"))["messages"]
                if {message["state"] for message in found} == {"sent"}:
                    return
                await asyncio.sleep(0.1)

    def acts(self) -> list[Act]:
        """The planned session, act by act, by those whose it is."""
        start = self.server.clock.now() + LEAD
        rehearsal = (start - 4 * HOUR).isoformat()
        return [
            lambda: self.letter(start, rehearsal_at=rehearsal, key="hop-thang-11-2026"),
            self.told,
            lambda: self.clicked("p-s-08707@tinh.example"),
            lambda: self.acknowledged("u-246", "district"),
            lambda: self.acknowledged("u-08764", "room"),
            lambda: self.acknowledged("u-vnpt", "telecom"),
            lambda: self.acknowledged("u-viettel", "telecom-2"),
            lambda: self.acknowledged("u-stttt", "dic"),
            *(lambda unit=unit: self.acknowledged(unit, "office")
              for unit in ("u-26", "u-vpub", "u-243")),
            self.scripted,
            self.planned,
            lambda: self.checked("office", "check-districts", CHAIR, CITY),
            lambda: self.checked("district", "check-districts", DISTRICT),
            lambda: self.checked("room", "local-checks", COMMUNE, fault="Mất gói 4 %"),
            lambda: self.checked("dic", "check-communes", WARD, COMMUNE),
            lambda: self.checked("technician", "local-checks", CHAIR),
            lambda: self.checked("telecom", "local-checks", CITY, WARD),
            lambda: self.checked("district", "local-checks", DISTRICT),
            lambda: self.checked("room", "local-checks", COMMUNE),
            lambda: self.handed_in("technician", CHAIR),
            lambda: self.handed_in("telecom", CITY, WARD),
            lambda: self.handed_in("district", DISTRICT),
            lambda: self.handed_in("room", COMMUNE),
            self.opened,
            lambda: self.marked("office", "sample-districts"),
            lambda: self.marked("dic", "sample-communes"),
            *(lambda site=site: self.present("office", site)
              for site in (CHAIR, CITY, WARD)),
            lambda: self.present("room", COMMUNE),
            lambda: self.took(CHAIR),
            lambda: self.took(WARD),
            self.all_is_said,
            self.closed,
            self.assessed,
        ]  # fmt: skip

    async def play(self, acts: list[Act]) -> None:
        """Spread over all the server's deaths."""
        for number, act in enumerate(acts):
            await self.server.turn(number * KILLS // len(acts))
            await act()


def ideal(dossier: Dossier) -> list[Alarm]:
    """All alarms of the session as a server that never was away would raise them, if no step were
    ever done."""
    found: list[Alarm] = []
    known: set[str] = set()
    now = dossier.requested_at
    while (
        moment := next_moment(PROCEDURE, dossier.times, {}, known, now, dossier.timed_at)
    ) is not None:
        new = alarms(PROCEDURE, dossier.times, {}, known, moment, dossier.timed_at)
        found += new
        known |= {alarm.id for alarm in new}
        now = moment
    return found


def open_alarms(dossier: Dossier, now: datetime) -> list[Alarm]:
    """The last alarm that fell due of each step and gate that is not done."""
    waits = {step.id for step in PROCEDURE.steps if step.id not in dossier.steps}
    waits |= {gate.id for gate in PROCEDURE.gates if waits & set(gate.steps)}
    last = {alarm.subject: alarm for alarm in ideal(dossier) if alarm.at <= now}
    return [alarm for subject, alarm in last.items() if subject in waits]


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("KILL_SEED", random.randrange(2**32)))
    print(f"KILL_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
async def rig(chance: random.Random) -> AsyncIterator[SlowRig]:
    made = SlowRig(chance)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def server(tmp_path: Path, rig: SlowRig) -> AsyncIterator[MortalServer]:
    made = MortalServer(tmp_path, rig.port)
    await made.begins()
    await made.answers()
    yield made
    await made.put_down()


@pytest.fixture
async def office(server: MortalServer, rig: SlowRig) -> AsyncIterator[Office]:
    async with httpx2.AsyncClient(base_url=server.url, timeout=60) as client:
        made = Office(client, server, rig)
        token, _ = JwtTokens(load_secret(server.data), SystemClock()).issue("t", Role.OPERATOR)
        link = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(base_url=server.url, headers=link, timeout=60) as operator:
            made.cast = await fill(operator, made.directory, SITES, server.clock.now())
        yield made


async def killed(server: MortalServer, chance: random.Random) -> int:
    """Fifty lives and deaths; how many of them before it answered."""
    early = 0
    for _ in range(KILLS):
        if chance.random() < WHILE_STARTING:
            await asyncio.sleep(chance.uniform(0, STARTS_IN_S))
        else:
            await server.answers()
            await asyncio.sleep(chance.uniform(0, LIVES_S))
        early += not server.up.is_set()
        assert await server.dies() == -signal.SIGKILL
        await server.begins()
    await server.answers()
    return early


async def test_whatever_moment_it_is_killed_at_nothing_is_lost_and_nothing_done_twice(
    server: MortalServer, office: Office, rig: SlowRig, chance: random.Random
) -> None:
    since = time.monotonic()
    playing = asyncio.create_task(office.play(office.acts()))
    early = await killed(server, chance)
    await asyncio.wait_for(playing, 120)
    await office.all_is_sent()
    log = await office.log()
    assert await server.dies(signal.SIGTERM) == 0
    messages, dossier = await stored(server)
    doubles = await every_message_arrived(rig, messages)
    missing = every_alarm_was_raised_once(dossier, log)
    assert all(any(f".{alarm}." in message.id for message in messages) for alarm in dossier.raised)
    every_step_was_done_once(dossier, log)
    result = await asyncio.to_thread(
        CliRunner().invoke, app, ["verify-log", "--folder", str(server.data)]
    )
    assert (result.exit_code, "nguyên vẹn" in result.output) == (0, True), result.output
    print(
        f"{server.kills} kills ({early} before it answered) in {time.monotonic() - since:.0f} s:"
        f" {len(messages)} messages, {sum(m.doubtful for m in messages)} doubtful,"
        f" {doubles} arrived twice; {len(dossier.raised)} alarms, {missing} superseded;"
        f" {len(log)} lines of the log book"
    )


async def stored(server: MortalServer) -> tuple[list[Message], Dossier]:
    store = await open_store_to_read(Settings(server.data).database_url)
    try:
        [dossier] = await store.records(Dossier)
        return await store.records(Message), dossier
    finally:
        await store.close()


async def every_message_arrived(rig: SlowRig, messages: list[Message]) -> int:
    """Each under the one name it has; how many came twice."""
    arrived = Counter(rig.arrived())
    assert {message.state for message in messages} == {MessageState.SENT}
    assert arrived.keys() == {message.id for message in messages}
    twice = {name for name, times in arrived.items() if times > 1}
    assert twice <= {message.id for message in messages if message.doubtful}
    assert all(arrived[message.id] <= message.attempts for message in messages)
    return len(twice)


def every_alarm_was_raised_once(dossier: Dossier, log: list[dict[str, Any]]) -> int:
    """In the log book, whatever it said; how many gave way to a later one of theirs."""
    lines = [entry["text"]["vi"] for entry in log if entry["action"].startswith("alarm.")]
    assert dossier.closed_at is not None
    assert max(Counter(line.partition(" → ")[0] for line in lines).values()) == 1
    assert len(lines) == len(dossier.raised)
    fallen = {alarm.id: alarm for alarm in ideal(dossier) if alarm.at <= dossier.closed_at}
    assert dossier.raised <= fallen.keys()
    last = {alarm.subject: alarm for id, alarm in fallen.items() if id in dossier.raised}
    open_at_the_end = {alarm.subject for alarm in open_alarms(dossier, dossier.closed_at)}
    missing = [
        alarm
        for alarm in fallen.values()
        if alarm.subject in open_at_the_end and alarm.id not in dossier.raised
    ]
    assert all(alarm.at < last[alarm.subject].at for alarm in missing)
    return len(missing)


def every_step_was_done_once(dossier: Dossier, log: list[dict[str, Any]]) -> None:
    done = Counter(entry["text"]["en"] for entry in log if entry["action"] == "step.done")
    assert set(done.values()) == {1}
    assert done.keys() == {
        f"Step done: {step.title.en}" for step in PROCEDURE.steps if step.id in dossier.steps
    }
    assert {step.id for step in PROCEDURE.steps} - dossier.steps.keys() == {"join", "ready"}
    for once in ("dossier.opened", "dossier.announced", "session.opened", "session.closed",
                 "script.approved", "dossier.assessed"):  # fmt: skip
        assert [entry["action"] for entry in log].count(once) == 1, once
