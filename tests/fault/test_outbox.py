"""kill -9 of a process that sends notices: none is lost, what came twice was marked doubtful."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from diemcau.domain.outbox import Message, MessageState
from tests.contract.courier_rigs import MailRig, message
from tests.fault.outbox_process import LinesStore

pytestmark = pytest.mark.fault

MESSAGES, RECIPIENTS, KILLS = 200, 40, 20


class SlowRig(MailRig):
    """Takes its time between taking a letter over and saying so: there the doubt is made."""

    def __init__(self) -> None:
        super().__init__()
        self.came = asyncio.Condition()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        said = await super().handle_DATA(server, session, envelope)
        async with self.came:
            self.came.notify_all()
        await asyncio.sleep(random.uniform(0.001, 0.01))
        return said

    async def receives(self, more: int) -> None:
        until = len(self.letters) + more
        async with self.came:
            await self.came.wait_for(lambda: len(self.letters) >= until)


@pytest.fixture
async def rig() -> AsyncIterator[SlowRig]:
    made = SlowRig()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def store(tmp_path: Path) -> LinesStore:
    made = LinesStore(tmp_path / "outbox.jsonl")
    now = datetime.now(UTC)
    for number in range(MESSAGES):
        one = message(f"m{number:03}", f"p{number % RECIPIENTS}@x.vn")
        written = now - timedelta(seconds=MESSAGES - number)
        await made.save_message(replace(one, created_at=written, next_at=written))
    return made


async def _started(rig: MailRig, file: Path) -> Process:
    command = [sys.executable, "-m", "tests.fault.outbox_process", str(file), str(rig.port)]
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])}
    return await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, env=environment)


async def _killed(rig: SlowRig, file: Path) -> None:
    """At a random moment: while it starts, or when it has sent a few more."""
    process = await _started(rig, file)
    more = random.randrange(6)
    await rig.receives(more)
    await asyncio.sleep(random.uniform(0, 0.005 if more else 1.0))
    process.kill()
    assert await process.wait() == -9


def _first_of(recipient: str, rig: MailRig) -> list[str]:
    ids = [
        one for one, mail in zip(rig.arrived(), rig.mails(), strict=True) if mail["To"] == recipient
    ]
    return list(dict.fromkeys(ids))


async def test_no_notice_is_lost_and_what_came_twice_is_marked(
    rig: SlowRig, store: LinesStore, tmp_path: Path
) -> None:
    file = tmp_path / "outbox.jsonl"
    for _ in range(KILLS):
        await _killed(rig, file)
    last = await _started(rig, file)
    assert await last.wait() == 0

    kept: dict[str, Message] = store.all()
    arrived = Counter(rig.arrived())
    assert len(kept) == MESSAGES
    assert arrived.keys() == kept.keys()
    assert {one.state for one in kept.values()} == {MessageState.SENT}
    doubtful = {one.id for one in kept.values() if one.doubtful}
    assert {name for name, times in arrived.items() if times > 1} <= doubtful
    assert 0 < len(doubtful) <= KILLS * 4
    assert all(arrived[one.id] <= one.attempts for one in kept.values())
    for number in range(RECIPIENTS):
        in_order = _first_of(f"p{number}@x.vn", rig)
        assert in_order == sorted(in_order)
