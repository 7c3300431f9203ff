"""A recording whose disk hangs is known to have failed, and waits for no one but the disk."""

import asyncio
import importlib
import sys
import threading
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from diemcau.mixer.errors import MixerError
from diemcau.mixer.messages import RecordOrder


class PartState(StrEnum):
    STARTING = "starting"
    RECORDING = "recording"
    FAILED = "failed"
    STOPPED = "stopped"


class Part:
    """A part as the recorder knows it, without GStreamer; its disk hangs from the beginning."""

    made: list["Part"]

    def __init__(self, path: Path, now: float) -> None:
        self.path, self.reason, self.bytes = path, "", 0
        self.state = PartState.STARTING
        self.disk_answers = threading.Event()
        self.made.append(self)

    @property
    def over(self) -> bool:
        return self.state in (PartState.FAILED, PartState.STOPPED)

    def open(self) -> None:
        return

    def poll(self, now: float) -> bool:
        self.reason = "stalled"
        return True

    def close(self) -> None:
        assert self.disk_answers.wait(10)

    def measure(self) -> tuple[int, int]:
        return 700, 0

    def measured(self, size: int, free: int, now: float) -> None:
        self.bytes = size

    def report(self) -> dict[str, Any]:
        return {"state": self.state.value, "reason": self.reason, "bytes": self.bytes}


class House:
    def __init__(self, module: Any, folder: Path) -> None:
        self.module, self._folder = module, folder
        self._told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.recorder = module.Recorder(lambda part: None, self._told.put_nowait)

    async def record(self, name: str) -> None:
        await self.recorder.record(RecordOrder(str(self._folder / name), 0))

    async def stalls(self, name: str) -> None:
        with pytest.raises(MixerError) as refused:
            await self.record(name)
        assert refused.value.code == "stalled"

    async def told(self, state: str) -> dict[str, Any]:
        async with asyncio.timeout(5):
            while (event := await self._told.get())["state"] != state:
                pass
        return event


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The recorder on a host without GStreamer."""
    Part.made = []
    stub = ModuleType("diemcau.mixer.part")
    vars(stub).update(Part=Part, PartState=PartState, free_bytes=lambda path: 2**40)
    monkeypatch.setitem(sys.modules, "diemcau.mixer.part", stub)
    monkeypatch.delitem(sys.modules, "diemcau.mixer.recorder", raising=False)
    yield House(importlib.import_module("diemcau.mixer.recorder"), tmp_path)
    sys.modules.pop("diemcau.mixer.recorder")


async def test_a_part_whose_disk_hangs_has_failed_at_once_and_the_next_waits(house: House) -> None:
    await house.record("1-1.mkv")
    await house.told("starting")
    house.recorder.poll()
    failed = {"event": "recording", "state": "failed", "reason": "stalled"}
    assert await house.told("failed") == failed | {"bytes": 0}
    await house.stalls("1-2.mkv")
    (part,) = Part.made
    part.disk_answers.set()
    assert await house.told("failed") == failed | {"bytes": 700}
    await house.record("1-2.mkv")
    assert len(Part.made) == 2


async def test_a_disk_that_makes_no_file_holds_up_nothing_else(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk_answers = threading.Event()
    monkeypatch.setattr(house.module, "LONGEST_MAKING", 0.01)
    monkeypatch.setattr(house.module, "free_bytes", lambda path: disk_answers.wait(10) and 2**40)
    await house.stalls("1-1.mkv")
    await house.stalls("1-2.mkv")
    disk_answers.set()
    await house.recorder._making
    monkeypatch.setattr(house.module, "LONGEST_MAKING", 10)
    await house.record("1-3.mkv")
    assert len(Part.made) == 1
