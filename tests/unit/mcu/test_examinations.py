"""What an MCU tells of its examinations, with an examiner of the tests'."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from diemcau.domain.resources import Examination
from diemcau.mcu.examinations import Examinations
from diemcau.mcu.rooms import Rooms
from diemcau.ports.media import MediaError
from tests.unit.mcu.janus_ground import JanusGround

ASKED = Examination("c1", "s1", 3)
ABOUT = {"conference": "c1", "site": "s1", "attempt": 3}


class Examiner:
    """Answers ``run`` once it is told how."""

    running = True

    def __init__(self) -> None:
        self.answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    async def call(self, method: str, params: Any, timeout_s: float = 5) -> dict[str, Any]:
        if method == "run":
            return await self.answer
        return {"id": 1, "audio": ["127.0.0.1", 5000], "video": ["127.0.0.1", 5002]}


class House:
    def __init__(self, folder: Path) -> None:
        ground = JanusGround().ground
        self.told: list[tuple[str, dict[str, Any]]] = []
        rooms = Rooms(ground, None)  # type: ignore[arg-type]
        self.examinations = Examinations(
            ground, rooms, folder, lambda *told: self.told.append(told)
        )
        self.examiner = Examiner()
        self.examinations._examiner = self.examiner  # type: ignore[assignment]

    def _on_event(self, name: str, params: dict[str, Any]) -> None:
        self.told.append((name, params))

    async def examine(self) -> None:
        """Begin as ``create`` does, without the forwards of a Janus."""
        order = {"id": 1, "seconds": 6}
        looking = self.examinations._look(self.examiner, ASKED, order)  # type: ignore[arg-type]
        self.examinations._looking[ASKED.key] = asyncio.create_task(looking)

    async def ended(self) -> None:
        await self.examinations._looking[ASKED.key]


@pytest.fixture
async def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_what_is_found_is_told_again_as_long_as_it_is_wanted(house: House) -> None:
    """To a server that was away when it was told."""
    await house.examine()
    house.examiner.answer.set_result({"figures": {"fps": 25.0}, "mark": 7})
    await house.ended()
    found = {"figures": {"fps": 25.0}, "mark": 7, "hears": False}
    assert house.told == [("examined", ABOUT | found)]
    house.examinations.say_again()
    assert house.told == [("examined", ABOUT | found)] * 2
    await house.examinations.delete(ASKED)
    house.examinations.say_again()
    assert len(house.told) == 2


@pytest.mark.parametrize(
    ("error", "failed"),
    [
        (MediaError("failed", "it failed; see the log"), "failed"),
        (MediaError("examiner-timeout", "no answer to run"), "examiner-timeout"),
        (ZeroDivisionError("0"), "ZeroDivisionError('0')"),
    ],
)
async def test_of_an_examination_that_failed_is_told_that_it_did(
    house: House, error: Exception, failed: str
) -> None:
    await house.examine()
    house.examiner.answer.set_exception(error)
    await house.ended()
    assert house.told == [("examined", ABOUT | {"failed": failed})]


@pytest.mark.parametrize("code", ["closed", "examiner-gone"])
async def test_what_an_examiner_that_died_had_is_made_again_and_nothing_told(
    house: House, code: str
) -> None:
    await house.examine()
    house.examiner.answer.set_exception(MediaError(code, "it died"))
    await house.ended()
    assert house.told == []


async def test_what_an_examiner_that_died_meanwhile_would_have_looked_at_is_not_there(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or it would be taken for under way, for ever."""

    async def forward(wanted: Examination, opened: Any, notes: Any) -> None:
        house.examinations._ended()

    async def nothing(*_: Any) -> None:
        return

    for name in ("add_feed", "remove_feed"):
        monkeypatch.setattr(house.examinations._rooms, name, nothing)
    monkeypatch.setattr(house.examinations, "_forward", forward)
    with pytest.raises(MediaError, match="died"):
        await house.examinations.create(ASKED)
    assert house.examinations._ground.present.resources == ()
