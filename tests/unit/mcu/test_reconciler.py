"""The loop that makes the desired state so, over media in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from diemcau.domain.resources import Admission, Key, Resource, Room
from diemcau.mcu.reconciler import Reconciler
from diemcau.ports.media import MediaError
from diemcau.testing import FakeHost, FakeMedia

ONE, TWO = Room("c1"), Room("c2")


class SlowMedia(FakeMedia):
    """Every creation waits for ``gate``; those under way at once are counted by key."""

    gate: asyncio.Event | None = None
    under_way: tuple[Key, ...] = ()

    async def create(self, resource: Resource) -> None:
        self.under_way += (resource.key,)
        if self.gate is not None:
            await self.gate.wait()
        await super().create(resource)


class House:
    def __init__(self) -> None:
        self.host = FakeHost("vnpt", {})
        self.media = SlowMedia(self.host, _nobody, self._expected, self._changed)
        self.reconciler = Reconciler(self.media)

    def _expected(self, key: Key) -> Resource | None:
        return self.reconciler.expected(key)

    def _changed(self) -> None:
        self.reconciler.wake()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0.005)


async def _nobody(to: str, method: str, params: dict[str, object]) -> dict[str, object]:
    raise MediaError("away", to)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    await made.media.start()
    task = asyncio.create_task(made.reconciler.run())
    yield made
    task.cancel()


async def test_what_is_desired_is_made_and_what_is_not_is_removed(house: House) -> None:
    house.reconciler.desire([ONE, TWO])
    await house.until(lambda: house.reconciler.settled)
    assert set(house.media.observed) == {ONE, TWO}
    house.reconciler.desire([TWO])
    await house.until(lambda: house.reconciler.settled)
    assert set(house.media.observed) == {TWO}


async def test_what_vanishes_is_made_again(house: House) -> None:
    house.reconciler.desire([ONE])
    await house.until(lambda: house.reconciler.settled)
    house.host.die()
    await house.until(lambda: house.media.observed == (ONE,))
    assert house.media.done == [("create", ONE.key)] * 2


async def test_before_the_first_wish_nothing_is_touched(house: House) -> None:
    await house.media.create(ONE)
    house.media.done.clear()
    house.reconciler.wake()
    await asyncio.sleep(0.05)
    assert house.media.observed == (ONE,)
    assert not house.media.done


async def test_a_key_has_one_action_under_way_however_often_it_is_woken(house: House) -> None:
    house.media.gate = asyncio.Event()
    house.reconciler.desire([ONE, TWO])
    await house.until(lambda: len(house.media.under_way) == 2)
    for _ in range(10):
        house.reconciler.wake()
        await asyncio.sleep(0)
    assert sorted(house.media.under_way) == [ONE.key, TWO.key]
    assert not house.reconciler.settled
    house.media.gate.set()
    await house.until(lambda: house.reconciler.settled)


async def test_a_wish_that_changes_during_an_action_is_followed_after_it(house: House) -> None:
    house.media.gate = asyncio.Event()
    house.reconciler.desire([ONE])
    await house.until(lambda: len(house.media.under_way) == 1)
    house.reconciler.desire([])
    house.media.gate.set()
    await house.until(lambda: house.reconciler.settled and not house.media.observed)
    assert house.media.done == [("create", ONE.key), ("delete", ONE.key)]


async def test_a_failing_key_is_tried_again_while_others_go_on(house: House) -> None:
    house.media.failing.add(ONE.key)
    house.reconciler.desire([ONE, TWO])
    await house.until(lambda: house.media.observed == (TWO,))
    await house.until(lambda: house.media.done.count(("create", ONE.key)) >= 2)
    assert not house.reconciler.settled
    house.media.failing.clear()
    await house.until(lambda: house.reconciler.settled)


async def test_an_action_that_breaks_is_tried_again_too(house: House) -> None:
    broken = house.media.present.put
    house.media.present.put = _break  # type: ignore[method-assign,assignment]
    house.reconciler.desire([ONE])
    await house.until(lambda: len(house.media.done) >= 1)
    house.media.present.put = broken  # type: ignore[method-assign]
    await house.until(lambda: house.reconciler.settled)
    assert house.media.observed == (ONE,)


def _break(_held: object) -> None:
    raise ZeroDivisionError


async def test_what_is_expected_is_what_was_desired_last(house: House) -> None:
    rule = Admission("c1", "s1", "program")
    house.reconciler.desire([ONE, rule])
    assert house.reconciler.expected(rule.key) == rule
    house.reconciler.desire([ONE])
    assert house.reconciler.expected(rule.key) is None


async def test_it_ends_when_told_to_also_at_the_moment_of_a_change(house: House) -> None:
    """``asyncio.wait_for`` of Python 3.11, waiting for the next retry, forgets a cancellation that
    comes with the event."""
    house.media.failing.add(ONE.key)
    house.reconciler.desire([ONE])
    await house.until(lambda: house.media.done == [("create", ONE.key)])
    running = asyncio.create_task(house.reconciler.run())
    for _ in range(5):
        await asyncio.sleep(0)
    house.reconciler.wake()
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running], timeout=5)
    assert running.cancelled()
