"""Recordings of an MCU host: parts, figures, checks; the mixer and the check are played here."""

from __future__ import annotations

import asyncio
import base64
import threading
from pathlib import Path
from typing import Any

import pytest

from diemcau.domain.resources import Recording
from diemcau.mcu.present import Present
from diemcau.mcu.recordings import Part, Recordings
from diemcau.ports.media import MediaError

Json = dict[str, Any]
ONE = Recording("c1", 1)


class Host:
    """A mixer that says what it is told to, and an agent's recordings; ``said`` goes up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[Json] = []
        self.orders: list[Json] = []
        self.checked: list[str] = []
        self.refusal: MediaError | None = None
        self.plays = True
        self.begins = "recording"
        self.start()

    def start(self) -> None:
        """Another agent on the same disk."""
        self.present = Present(lambda: None)
        self.recordings = Recordings(
            self.present, self.folder, 100, self._call, self._hear, self._check
        )

    @property
    def there(self) -> tuple[Any, ...]:
        return self.present.resources

    def event(self, name: str, state: str, **more: Any) -> None:
        said = {"file": str(self.folder / "c1" / name), "state": state}
        figures = {"seconds": 2.0, "bytes": 3, "free_bytes": 1000}
        self.recordings.heard("c1", {**said, **figures, **more})

    async def settled(self) -> None:
        """Until everything that is being checked has been checked."""
        while self.recordings.checking:
            await asyncio.gather(*self.recordings.checking)

    async def _call(self, conference: str, method: str, params: Json) -> Json:
        assert (conference, method) == ("c1", "record")
        if self.refusal is not None:
            raise self.refusal
        self.orders.append(params)
        if params["file"] is not None:
            file = Path(params["file"])
            file.write_bytes(b"abc")
            self.event(file.name, self.begins, reason="disk-full")
        return {}

    def _hear(self, name: str, params: Json) -> None:
        assert name == "recording"
        self.said.append(params)

    async def _check(self, file: Path) -> Json:
        self.checked.append(file.name)
        return {"plays": self.plays, "seconds": 2.5, "checked_at": "now"}


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


async def test_it_is_there_once_the_mixer_writes(host: Host) -> None:
    await host.recordings.create(ONE)
    assert host.there == (ONE,)
    assert host.orders == [{"file": str(host.folder / "c1" / "1-1.mkv"), "reserve": 100}]
    last = host.said[-1]
    assert (last["number"], last["part"], last["state"]) == (1, 1, "recording")


async def test_one_that_was_ended_is_checked_and_its_sheet_outlives_the_agent(host: Host) -> None:
    await host.recordings.create(ONE)
    await host.recordings.delete(ONE)
    assert not host.there
    assert host.orders[-1] == {"file": None}
    host.event("1-1.mkv", "stopped")
    await host.settled()
    assert (host.said[-1]["state"], host.said[-1]["plays"]) == ("stopped", True)
    host.start()
    [part] = (await host.recordings.listed({"conference": "c1"}))["parts"]
    assert (part["plays"], part["seconds"], part["bytes"]) == (True, 2.5, 3)
    assert not part["writing"]
    assert host.checked == ["1-1.mkv"]


async def test_after_the_mixers_death_the_next_part_goes_on_in_the_figures(host: Host) -> None:
    await host.recordings.create(ONE)
    host.recordings.lost("c1")
    assert not host.there
    assert (host.said[-1]["state"], host.said[-1]["reason"]) == ("failed", "mixer-gone")
    await host.settled()
    await host.recordings.create(ONE)
    host.event("1-2.mkv", "recording", seconds=4.0, bytes=10)
    last = host.said[-1]
    assert (last["part"], last["seconds"], last["bytes"]) == (2, 6.5, 13)


async def test_a_disk_without_room_is_told_with_what_is_free(host: Host) -> None:
    host.refusal = MediaError("disk-low")
    with pytest.raises(MediaError):
        await host.recordings.create(ONE)
    last = host.said[-1]
    assert (last["state"], last["reason"]) == ("failed", "disk-low")
    assert last["free_bytes"] > 0
    assert not host.there


async def test_a_disk_that_fills_up_takes_it_away_until_there_is_room_again(host: Host) -> None:
    await host.recordings.create(ONE)
    host.event("1-1.mkv", "failed", reason="disk-full")
    assert not host.there
    await host.settled()
    assert (host.said[-1]["reason"], host.said[-1]["plays"]) == ("disk-full", True)
    host.begins = "failed"
    with pytest.raises(MediaError, match="disk-full"):
        await host.recordings.create(ONE)
    host.begins = "recording"
    await host.recordings.create(ONE)
    assert host.orders[-1]["file"].endswith("/1-3.mkv")


async def test_a_disk_that_hangs_holds_up_no_more_than_what_waits_for_it(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    monkeypatch.setattr(Part, "note", lambda part, **known: answers.wait(2))
    host.event("1-1.mkv", "failed", reason="stalled")
    (check,) = host.recordings.checking
    while not host.checked:
        await asyncio.sleep(0)
    assert not check.done()
    answers.set()
    await host.settled()
    assert [told["reason"] for told in host.said] == ["stalled", "stalled"]


async def test_what_the_last_file_says_late_does_not_end_the_next_one(host: Host) -> None:
    await host.recordings.create(ONE)
    await host.recordings.delete(ONE)
    two = Recording("c1", 2)
    await host.recordings.create(two)
    host.event("1-1.mkv", "stopped")
    assert host.there == (two,)


async def test_a_later_agent_finds_it_going_on(host: Host) -> None:
    await host.recordings.create(ONE)
    host.start()
    assert not host.there
    host.event("1-1.mkv", "recording")
    assert host.there == (ONE,)


async def test_a_mixer_that_is_gone_has_ended_it(host: Host) -> None:
    await host.recordings.create(ONE)
    host.refusal = MediaError("no-mixer")
    await host.recordings.delete(ONE)
    assert not host.there
    host.refusal = MediaError("mixer-timeout")
    with pytest.raises(MediaError):
        await host.recordings.delete(ONE)


async def test_a_session_that_closes_before_its_recording_does_is_checked_too(host: Host) -> None:
    await host.recordings.create(ONE)
    host.refusal = MediaError("no-mixer")
    await host.recordings.delete(ONE)
    host.recordings.ended("c1")
    await host.settled()
    assert host.checked == ["1-1.mkv"]


async def test_pieces_are_read_from_recordings_and_from_nothing_else(host: Host) -> None:
    await host.recordings.create(ONE)
    which = {"conference": "c1", "number": 1, "part": 1}
    piece = await host.recordings.read({**which, "offset": 1, "length": 100})
    assert base64.b64decode(piece["data"]) == b"bc"
    with pytest.raises(MediaError, match="1-9"):
        await host.recordings.read({**which, "part": 9, "offset": 0, "length": 1})
    with pytest.raises(ValueError, match=r"\.\."):
        await host.recordings.read({**which, "conference": "../c1", "offset": 0, "length": 1})
