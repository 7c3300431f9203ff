"""A session is recorded, fetched and decoded: who spoke, in which order, whatever dies."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
import pytest_asyncio

from diemcau.lab.marks import FULL, MarkReader
from diemcau.lab.meeting import Meeting
from diemcau.lab.province import Province
from diemcau.lab.tones import tone_hz
from tests.eyes import Eyes
from tests.inside import becomes
from tests.media.recorded import Recorded, check, in_step
from tests.stage import CHAIR, COMMUNE, OTHER, alone, full, in_session

pytestmark = [pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

MCUS = ("vinh-phuc", "vnpt", "viettel")
SITES = (CHAIR, COMMUNE, OTHER)

UNWRITTEN_S = 0.5
"""What a busy mixer may have under way to the disk when it is killed."""

Json = dict[str, Any]


class Stage:
    def __init__(self, province: Province, meeting: Meeting) -> None:
        self.province, self.meeting = province, meeting
        headers = {"Authorization": f"Bearer {province.token()}"}
        self.client = httpx2.AsyncClient(base_url=province.url, headers=headers, timeout=30)

    @property
    def recording(self) -> Json:
        found: Json = self.meeting.state["conference"].get("recording", {})
        return found

    async def becomes(self, state: str, **more: Any) -> Json:
        """Until the recording is in that state, and these figures are at least so large."""

        def reached(_: Json) -> bool:
            now = self.recording
            return now.get("state") == state and all(
                now.get(name, -1) >= value for name, value in more.items()
            )

        await self.meeting.until(reached, f"{state} {more}; it is {self.recording}", 40)
        return self.recording

    async def listed(self) -> list[Json]:
        answer = await self.client.get(f"{self.meeting.path}/recordings")
        found: list[Json] = answer.raise_for_status().json()
        return found

    async def fetched(self, number: int, part: int, folder: Path) -> Path:
        """A part as it comes down from the server, in two ranges."""
        url = f"{self.meeting.path}/recordings/{number}/{part}"
        first = await self.client.get(url, headers={"Range": "bytes=0-99999"})
        assert (first.status_code, len(first.content)) == (206, 100_000)
        rest = await self.client.get(url, headers={"Range": "bytes=100000-"})
        file = folder / f"{number}-{part}.mkv"
        file.write_bytes(first.content + rest.content)
        total = int(rest.headers["Content-Range"].rpartition("/")[2])
        assert file.stat().st_size == total
        return file

    def takes(self, file: Path) -> tuple[list[Any], list[Any]]:
        """What is seen and what is heard in a file, as sites."""
        sites = {self.province.number(site): site for site in SITES}

        def read(frame: Any) -> str | None:
            luma = np.frombuffer(frame.planes[0], np.uint8).reshape(-1, frame.planes[0].line_size)
            mark = MarkReader(frame.width, frame.height, FULL).read(luma)[0]
            return sites.get(mark.number) if mark else None

        recorded = Recorded(file)
        tones = {site: float(tone_hz(number)) for number, site in sites.items() if site != CHAIR}
        return recorded.shown(read), recorded.heard(tones)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("province")
        province = await stack.enter_async_context(Province(folder, mcus=MCUS))
        meeting = await in_session(province, "Họp giao ban", SITES)
        # The chair is heard whatever is shown, and would be heard over the others' tones.
        await meeting.command("mute", site=CHAIR, muted=True)
        made = Stage(province, meeting)
        yield made
        await made.client.aclose()


async def on_air(stage: Stage, site: str) -> None:
    """Prepared first, so that picture and sound are there at once."""
    await stage.meeting.command("preview", scene=full(site))
    await stage.meeting.until(lambda s: s["sites"][site].get("input") == "live", f"{site} live")
    await stage.meeting.command("take")
    async with Eyes(stage.province, stage.meeting, mcu="vinh-phuc") as eyes:
        await eyes.shows(stage.province.number(site))
        await eyes.hears(stage.province.number(site))


async def test_who_was_on_air_is_in_the_file_in_that_order_and_lips_are_in_step(
    stage: Stage, tmp_path: Path
) -> None:
    await on_air(stage, COMMUNE)
    await stage.meeting.command("recording", on=True)
    await stage.becomes("recording", seconds=2)
    await on_air(stage, OTHER)
    for _ in range(3):
        await stage.becomes("recording", seconds=stage.recording["seconds"] + 1.5)
        await stage.meeting.command("take")  # what was on air before is next
    growing = await stage.becomes("recording", seconds=stage.recording["seconds"] + 2, plays=True)
    assert growing["number"] == 1
    assert growing["free_bytes"] > growing["bytes"] > 100_000
    await stage.meeting.command("recording", on=False)
    await stage.becomes("stopped")
    await stage.meeting.until(lambda _: stage.recording["bytes"] > growing["bytes"], "all of it")
    [part] = await stage.listed()
    assert not part["writing"]
    seen, heard = stage.takes(await stage.fetched(1, 1, tmp_path))
    assert [take.what for take in seen] == [COMMUNE, OTHER, COMMUNE, OTHER, COMMUNE]
    assert in_step(seen, heard)


async def test_a_recording_goes_on_after_whatever_dies(stage: Stage, tmp_path: Path) -> None:
    """Server and agent: in the same part. Mixer: what was written plays, and the next part."""
    await on_air(stage, COMMUNE)
    await stage.meeting.command("recording", on=True)
    before = await stage.becomes("recording", seconds=2)
    for killed in ("server", "agent-vinh-phuc"):
        stage.province.kill(killed)
        await stage.meeting.mcus_online()
        before = await stage.becomes("recording", seconds=before["seconds"] + 3)
    stage.province.kill("mixer-vinh-phuc")
    await stage.becomes("failed")
    assert stage.recording["reason"] == "mixer-gone"
    await stage.becomes("recording", seconds=before["seconds"] + 3)
    await stage.meeting.command("recording", on=False)
    await stage.meeting.until(
        lambda _: stage.recording["state"] == "stopped" and stage.recording.get("plays"), "it plays"
    )
    parts = [part for part in await stage.listed() if part["number"] == 2]
    assert [part["part"] for part in parts] == [1, 2]
    first, second = [await stage.fetched(2, part["part"], tmp_path) for part in parts]
    assert Recorded(first).seconds >= before["seconds"] - UNWRITTEN_S
    assert check(first)["plays"]
    assert check(second)["plays"]
    seen, heard = stage.takes(first)
    assert [take.what for take in seen] == [take.what for take in heard] == [COMMUNE]
    assert COMMUNE in [take.what for take in stage.takes(second)[0]]
    assert sum(part["seconds"] for part in parts) == pytest.approx(
        stage.recording["seconds"], abs=0.3
    )


async def test_the_files_stay_where_they_are_when_the_session_is_over(stage: Stage) -> None:
    await alone(stage.meeting, COMMUNE)
    await stage.meeting.command("recording", on=True)
    await stage.becomes("recording", seconds=1)
    file = Path((await stage.listed())[-1]["file"])
    await stage.meeting.close()
    sheet = file.with_suffix(".json")

    async def found() -> Any:
        return json.loads(sheet.read_text())

    await becomes(found, lambda known: known.get("plays") is True, timeout=60)
    assert check(file)["plays"]
