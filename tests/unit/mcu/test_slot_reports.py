"""What a mixer says once reaches also a server that comes later."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from diemcau.mcu.agent import Agent, AgentSettings
from diemcau.mcu.slot_reports import SlotReports

Json = dict[str, Any]
SOURCE, OTHER = "s1 up/vnpt/0", "s2 site/s2"


def event(name: str, source: str | None, said: str) -> Json:
    member = {"input": "state", "look": "looks"}[name]
    return {"event": name, "slot": 3, "source": source, member: said}


def told(name: str, site: str, said: str) -> tuple[str, Json]:
    member = {"input": "state", "look": "looks"}[name]
    return name, {"conference": "c1", "slot": 3, "site": site, member: said}


class House:
    def __init__(self) -> None:
        self.told: list[tuple[str, Json]] = []
        self.slots = SlotReports(lambda name, params: self.told.append((name, params)))

    def again(self) -> list[tuple[str, Json]]:
        self.told.clear()
        self.slots.say_again()
        return self.told


@pytest.fixture
def house() -> House:
    return House()


def test_the_last_of_each_is_said_again(house: House) -> None:
    for said in (event("input", SOURCE, "lost"), event("look", SOURCE, "black")):
        house.slots.heard("c1", said)
    assert house.told == [told("input", "s1", "lost"), told("look", "s1", "black")]
    house.slots.heard("c1", event("look", SOURCE, "moving"))
    house.slots.heard("c1", event("input", SOURCE, "live"))
    assert house.again() == [told("input", "s1", "live"), told("look", "s1", "moving")]


def test_of_whoever_had_the_slot_before_nothing_is_said_again(house: House) -> None:
    house.slots.heard("c1", event("look", SOURCE, "black"))
    house.slots.heard("c1", event("input", OTHER, "waiting"))
    assert house.again() == [told("input", "s2", "waiting")]
    house.slots.heard("c1", event("input", None, "waiting"))
    assert house.again() == []


def test_of_whoever_left_a_slot_is_told_that_nothing_arrives_there(house: House) -> None:
    """Or the server would go on with what was said of it last."""
    house.slots.heard("c1", event("look", SOURCE, "frozen"))
    house.slots.heard("c1", event("input", OTHER, "waiting"))
    waits = [told("input", site, "waiting") for site in ("s1", "s2")]
    assert house.told[1:] == waits
    house.slots.heard("c1", event("input", None, "waiting"))
    assert house.told[3:] == waits[1:]


def test_what_arrives_of_a_site_is_told_by_the_slot_that_it_has_now(house: House) -> None:
    house.slots.heard("c1", event("input", SOURCE, "live"))
    house.slots.heard("c1", event("input", SOURCE, "live") | {"slot": 4})
    now = len(house.told)
    house.slots.heard("c1", event("input", None, "waiting"))
    assert len(house.told) == now


def test_when_a_mixer_dies_nothing_arrives_of_any_site(house: House) -> None:
    house.slots.heard("c1", event("look", SOURCE, "frozen"))
    house.slots.heard("c2", event("look", OTHER, "frozen"))
    house.slots.lost("c1")
    assert house.told[2:] == [told("input", "s1", "waiting")]
    assert [params["conference"] for _, params in house.again()] == ["c2"]


def test_nothing_is_said_again_of_a_mixer_that_is_gone(house: House) -> None:
    house.slots.heard("c1", event("input", SOURCE, "live"))
    house.slots.forget("c1")
    assert house.again() == []


def test_what_a_mixer_went_on_with_alone_is_told_by_the_next_agent(house: House) -> None:
    now = {"slot": 3, "source": SOURCE, "state": "live", "looks": "moving"}
    house.slots.found("c1", [now, {"slot": 4, "source": None, "state": "waiting"}])
    assert house.told == [told("input", "s1", "live"), told("look", "s1", "moving")]


def test_what_it_says_by_itself_is_newer_than_its_status(house: House) -> None:
    house.slots.heard("c1", event("input", OTHER, "waiting"))
    house.slots.found("c1", [{"slot": 3, "source": SOURCE, "state": "live"}])
    assert house.again() == [told("input", "s2", "waiting")]


class Line:
    """A connection to a server; ``heard``: what arrived there."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Json]] = []
        self._closed = asyncio.Event()
        self._news = asyncio.Event()

    async def send(self, text: str) -> None:
        message = json.loads(text)
        self.heard.append((message["method"], message["params"]))
        self._news.set()

    async def __aiter__(self) -> AsyncIterator[str]:
        await self._closed.wait()
        return
        yield ""

    @asynccontextmanager
    async def open(self, agent: Agent) -> AsyncIterator[Line]:
        talk = asyncio.create_task(agent._converse(self))  # type: ignore[arg-type]
        async with asyncio.timeout(5):
            await self.hears("hello")
            yield self
            self._closed.set()
            await talk

    async def hears(self, name: str) -> Json:
        while not (found := [params for heard, params in self.heard if heard == name]):
            self._news.clear()
            await self._news.wait()
        return found[-1]


async def test_what_changed_while_there_was_no_server_is_told_to_the_next(tmp_path: Path) -> None:
    """A site that was lost and came back meanwhile would stay lost, and its page make anew a
    session that is good."""
    agent = Agent(AgentSettings("tinh", "ws://127.0.0.1:1", "key", "127.0.0.1", tmp_path, 0))
    mixing = agent.media._mixing
    async with Line().open(agent) as line:
        mixing._heard("c1", event("input", SOURCE, "lost"))
        assert (await line.hears("input"))["state"] == "lost"
    mixing._heard("c1", event("input", SOURCE, "live"))
    async with Line().open(agent) as line:
        assert (await line.hears("input"))["state"] == "live"
        assert line.heard[0][0] == "hello"
