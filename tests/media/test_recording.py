"""The mixer's recording, decoded by others: order, sound in step, crashes, disks that are full."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.media.mixer_rig import Rig, colour_name
from tests.media.recorded import Recorded, check, in_step
from tests.media.test_mixer import COLOURS, TONES, full, show

pytestmark = pytest.mark.media

TONE_OF = {COLOURS[slot]: float(TONES[slot]) for slot in COLOURS}
SMALL_DISK = 1_500_000


def live(rig: Rig, *slots: int) -> None:
    for slot in slots:
        rig.source(slot, COLOURS[slot], TONES[slot])
        rig.client.call("input", slot=slot, source=COLOURS[slot])
    for slot in slots:
        rig.client.state(slot, "live")


def put_on(rig: Rig, slot: int) -> None:
    """On the programme, seen and heard alone."""
    show(rig.client, full(slot), sound={"open": [slot]})


def told(rig: Rig, state: str, seconds: float = 5) -> dict[str, Any]:
    """The next event of a recording in that state."""
    return rig.client.wait(lambda e: e.get("event") == "recording" and e["state"] == state, seconds)


def lasts(rig: Rig, seconds: float) -> dict[str, Any]:
    """The event of a recording that is so long now."""
    return rig.client.wait(
        lambda e: e.get("event") == "recording" and e["seconds"] >= seconds, seconds + 10
    )


def colour(frame: Any) -> str:
    rgb = frame.to_ndarray(format="rgb24")
    rows, columns = rgb.shape[:2]
    return colour_name(rgb[rows // 3 : rows // 2, columns // 3 : columns * 2 // 3])


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    try:
        live(made, 0, 1, 2)
        yield made
    finally:
        made.close()
        print((made.folder / "mixer.log").read_text())


def test_takes_are_in_the_file_in_their_order_with_sound_in_step(rig: Rig, tmp_path: Path) -> None:
    file = tmp_path / "1-1.mkv"
    put_on(rig, 0)
    rig.client.call("record", file=str(file), reserve=0)
    told(rig, "recording")
    for until, slot in enumerate((1, 2, 0, 1), 1):
        lasts(rig, 1.5 * until)
        put_on(rig, slot)
    growing = lasts(rig, 8)
    rig.client.call("record", file=None)
    stopped = told(rig, "stopped")
    assert stopped["bytes"] == file.stat().st_size > growing["bytes"] > 0
    assert stopped["free_bytes"] > 0
    recorded = Recorded(file)
    seen, heard = recorded.shown(colour), recorded.heard(TONE_OF)
    assert [take.what for take in seen] == [COLOURS[slot] for slot in (0, 1, 2, 0, 1)]
    assert in_step(seen, heard)
    assert recorded.times[0] == 0
    assert abs(recorded.seconds - stopped["seconds"]) < 0.1
    assert check(file)["plays"]


def test_what_was_written_before_a_kill_plays_and_the_next_mixer_goes_on(
    rig: Rig, tmp_path: Path
) -> None:
    first, second = tmp_path / "1-1.mkv", tmp_path / "1-2.mkv"
    put_on(rig, 0)
    rig.client.call("record", file=str(first), reserve=0)
    said = lasts(rig, 3)
    lasts(rig, said["seconds"] + 0.1)  # a report later, what it said is in the file
    rig.kill()
    assert check(first)["plays"]
    assert Recorded(first).seconds >= said["seconds"]
    rig.client.close()
    rig.start()
    refused = rig.client.raw(
        {"id": 7, "method": "record", "params": {"file": str(first), "reserve": 0}}
    )
    assert refused["error"]["code"] == "file"
    rig.client.call("record", file=str(second), reserve=0)
    lasts(rig, 1)
    rig.client.call("stop")
    assert rig.process.wait(5) == 0
    assert check(second)["plays"]
    assert Recorded(second).seconds > 0.9


def test_the_same_file_again_changes_nothing_and_is_in_the_status(rig: Rig, tmp_path: Path) -> None:
    file = str(tmp_path / "1-1.mkv")
    assert rig.client.call("status")["recording"] is None
    rig.client.call("record", file=file, reserve=0)
    lasts(rig, 1)
    rig.client.call("record", file=file, reserve=0)
    status = rig.client.call("status")["recording"]
    assert (status["file"], status["state"]) == (file, "recording")
    assert status["seconds"] >= 1
    rig.client.call("record", file=None)
    told(rig, "stopped")
    assert rig.client.call("status")["recording"] is None


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"file": "1-1.mkv", "reserve": 0}, "bad-params"),
        ({"file": "/nowhere/1-1.mkv", "reserve": 0}, "file"),
        ({"file": "/tmp/1-1.mkv", "reserve": 2**62}, "disk-low"),
    ],
)
def test_what_cannot_be_recorded_is_refused(rig: Rig, params: dict[str, Any], code: str) -> None:
    answer = rig.client.raw({"id": 1, "method": "record", "params": params})
    assert answer["error"]["code"] == code
    assert rig.client.call("status")["recording"] is None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[tuple[Rig, Path]]:
    """A mixer in a mount namespace of its own, where a folder is a disk of 1.5 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = f'mount -t tmpfs -o size={SMALL_DISK} small {folder} && exec "$@"'
    new = "-m" if os.geteuid() == 0 else "-rm"
    rig = Rig(tmp_path, prefix=("unshare", new, "sh", "-c", mount, "sh"))
    try:
        rig.source(0, "red", 400, pattern="snow")
        rig.client.call("input", slot=0, source="red")
        rig.client.state(0, "live")
        put_on(rig, 0)
        yield rig, folder
    finally:
        rig.close()
        print((rig.folder / "mixer.log").read_text())


def inside(rig: Rig, file: Path) -> Path:
    """The file as the mixer sees it."""
    return Path(f"/proc/{rig.process.pid}/root{file}")


@pytest.mark.parametrize(("reserve", "reason"), [(0, "disk-full"), (400_000, "disk-low")])
def test_a_full_disk_ends_the_recording_and_the_programme_goes_on(
    small_disk: tuple[Rig, Path], reserve: int, reason: str
) -> None:
    rig, folder = small_disk
    file = folder / "1-1.mkv"
    rig.client.call("record", file=str(file), reserve=reserve)
    begun = time.monotonic()
    failed = told(rig, "failed", 30)
    assert failed["reason"] == reason
    assert rig.client.call("status")["recording"]["reason"] == reason
    if reason == "disk-low":
        assert reserve / 2 < failed["free_bytes"] < reserve
    rig.client.listen(1)
    packets = rig.receivers["program"].of(107, begun)
    gaps = [b.came - a.came for a, b in itertools.pairwise(packets)]
    assert max(gaps) < 1
    assert check(inside(rig, file))["plays"]
    assert Recorded(inside(rig, file)).seconds > failed["seconds"] / 2
