"""The line to a process that stands apart: it bears what comes of a message, and being cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from diemcau.mcu.apart import MOST_MISSED, Apart
from diemcau.ports.media import MediaError
from tests.unit.mcu.idle import Idle, say


class House:
    """``told``: the events that the agent heard of the process, and its end."""

    def __init__(self, folder: Path) -> None:
        self.idle = Idle(folder, "stills")
        self.told: asyncio.Queue[str] = asyncio.Queue()
        self.agent = Apart("stills", folder, self._heard, lambda: self.told.put_nowait("ended"))

    def _heard(self, event: dict[str, Any]) -> None:
        if event["event"] == "bad":
            raise OSError(28, "No space left on device")
        self.told.put_nowait(event["event"])

    async def line(self) -> asyncio.StreamWriter:
        """Found by the agent: the line to it."""
        assert await self.agent.find_or_start()
        return await self.idle.line()

    async def next(self) -> str:
        return await asyncio.wait_for(self.told.get(), 10)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path)
    async with AsyncExitStack() as stack:
        await made.idle.open(stack)
        stack.push_async_callback(made.agent.stop)
        yield made


async def test_what_comes_of_one_message_does_not_end_the_hearing(house: House) -> None:
    """The disk may be full for a moment when a message is taken in."""
    line = await house.line()
    for name in ("bad", "good"):
        say(line, {"event": name})
    assert await house.next() == "good"
    assert await house.agent.call("status", {}) == {}


async def test_a_process_whose_line_is_cut_is_ended_to_be_made_anew(house: House) -> None:
    (await house.line()).close()
    assert await house.next() == "ended"
    with pytest.raises(MediaError, match="not running"):
        await house.agent.call("status", {})


async def test_a_process_that_hangs_is_ended_to_be_made_anew(house: House) -> None:
    """Not one that only pauses: what is asked meanwhile is missed once."""
    line = await house.line()

    async def missed() -> None:
        with pytest.raises(MediaError) as refused:
            await house.agent.call("hangs", {}, timeout_s=0.01)
        assert refused.value.code == "stills-timeout"

    await asyncio.gather(*(missed() for _ in range(2 * MOST_MISSED)))
    for _ in range(MOST_MISSED - 2):
        await missed()
    await house.agent.call("status", {})
    for _ in range(MOST_MISSED - 1):
        await missed()
    assert house.idle.lives
    await missed()
    assert not house.idle.lives
    line.close()  # by its end
    assert await house.next() == "ended"


async def test_what_a_process_said_last_is_heard_before_its_end(house: House) -> None:
    line = await house.line()
    await house.idle.die()
    say(line, {"event": "last"})
    line.close()
    assert [await house.next() for _ in range(2)] == ["last", "ended"]
