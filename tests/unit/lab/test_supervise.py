"""The supervisor keeps commands running, and makes only hopeless ones wait."""

from __future__ import annotations

import asyncio
import operator
import sys
import time
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest

from diemcau.lab.errors import LabError
from diemcau.lab.owners import alive
from diemcau.lab.supervise import BACK_OFF, Supervisor

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


@pytest.fixture
async def supervisor(tmp_path: Path) -> AsyncIterator[Supervisor]:
    async with Supervisor(tmp_path) as made:
        yield made


async def test_a_killed_command_comes_back_at_once(supervisor: Supervisor) -> None:
    first = await supervisor.start("mcu", SLEEPER)
    supervisor.kill("mcu")
    second = await asyncio.wait_for(supervisor.wait_started("mcu"), 10)
    assert second != first
    assert supervisor.pid("mcu") == second
    assert supervisor.starts("mcu") == 2


async def test_a_command_stays_down_for_as_long_as_that_is_wanted(supervisor: Supervisor) -> None:
    first = await supervisor.start("mcu", SLEEPER)
    async with supervisor.down("mcu"):
        while alive(first):
            await asyncio.sleep(0.01)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(supervisor.wait_started("mcu"), 0.3)
        assert supervisor.pid("mcu") is None
    assert await asyncio.wait_for(supervisor.wait_started("mcu"), 10) != first


async def test_a_command_that_keeps_dying_is_made_to_wait(tmp_path: Path) -> None:
    deaths: asyncio.Queue[tuple[str, int, float]] = asyncio.Queue()

    def dies(name: str, code: int) -> None:
        deaths.put_nowait((name, code, time.monotonic()))

    async with Supervisor(tmp_path, on_exit=dies) as s, asyncio.timeout(30):
        await s.start("broken", ["/bin/sh", "-c", "echo dying; exit 3"])
        died = [await deaths.get() for _ in range(4)]
        assert s.starts("broken") == 4
        assert {(name, code) for name, code, _ in died} == {("broken", 3)}
        waited = [after[2] - before[2] for before, after in pairwise(died)]
        assert all(map(operator.ge, waited, BACK_OFF[1:])), waited
        assert "dying" in s.log("broken").read_text()


async def test_what_is_stopped_stays_stopped(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    pids = [await supervisor.start(name, SLEEPER) for name in ("a", "b")]
    await supervisor.stop()
    assert not any(alive(pid) for pid in pids)


async def test_a_command_that_ignores_the_request_and_its_children_are_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diemcau.lab.supervise.GRACE_SECONDS", 0.2)
    supervisor = Supervisor(tmp_path)
    script = "trap '' TERM; sleep 61 & echo $!; wait; wait"
    await supervisor.start("stubborn", ["/bin/sh", "-c", script])
    log = supervisor.log("stubborn")
    for _ in range(200):
        if log.read_text().strip():
            break
        await asyncio.sleep(0.01)
    child = int(log.read_text())
    await supervisor.end("stubborn")
    for _ in range(100):
        if not alive(child):
            break
        await asyncio.sleep(0.01)
    assert not alive(child)


async def test_a_name_in_use_is_refused(supervisor: Supervisor) -> None:
    await supervisor.start("mcu", SLEEPER)
    with pytest.raises(LabError, match="already"):
        await supervisor.start("mcu", SLEEPER)
