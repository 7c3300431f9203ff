"""The outbox over a store and couriers in memory; hours pass in milliseconds."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from diemcau.domain.outbox import Channel, Message, MessageState, recovered, sending
from diemcau.ports.couriers import DeliveryFailed
from diemcau.services.outbox import Outbox
from diemcau.testing import FakeCourier, LoopClock, MemoryOutboxStore
from diemcau.testing.clock import START

pytestmark = pytest.mark.looptime

HOUR = 3600
BUSY = DeliveryFailed(False, "451 busy")
UNKNOWN = DeliveryFailed(True, "550 unknown")


def message(name: str = "m1", to: str = "an@vinhphuc.gov.vn", at_s: float = 0) -> Message:
    at = START + timedelta(seconds=at_s)
    return Message(name, "d1", Channel.MAIL, to, "Giấy mời", "Kính gửi …", at, at)


def hook(name: str, to: str = "van-thu") -> Message:
    return replace(message(name, to), channel=Channel.WEBHOOK)


class WatchedClock(LoopClock):
    looks = 0

    def now(self) -> datetime:
        self.looks += 1
        return super().now()


class House:
    def __init__(self, *stored: Message) -> None:
        self.store = MemoryOutboxStore(stored)
        self.mail, self.webhook = FakeCourier(), FakeCourier()
        self.told: list[Message] = []
        self.clock = WatchedClock()
        self.outbox = self.made()

    def made(self) -> Outbox:
        couriers = {Channel.MAIL: self.mail, Channel.WEBHOOK: self.webhook}
        return Outbox(self.store, couriers, self.clock, self.told.append)

    async def queue(self, *messages: Message) -> None:
        for one in messages:
            await self.store.save_message(one)
        self.outbox.wake(messages)

    def history(self, name: str = "m1") -> list[MessageState]:
        return [m.state for m in self.store.saved if m.id == name]

    def arrived(self) -> list[str]:
        return [m.id for m in self.mail.delivered]


@asynccontextmanager
async def running(house: House) -> AsyncIterator[House]:
    task = asyncio.create_task(house.outbox.run())
    yield house
    house.outbox.stop()
    async with asyncio.timeout(10 * HOUR):
        await task


async def passes(seconds: float) -> None:
    """So long on the loop's clock, and what falls due in it happens."""
    await asyncio.sleep(seconds)


async def test_what_is_stored_goes_out_and_each_step_is_recorded() -> None:
    async with running(House(message())) as house:
        await passes(1)
    assert house.mail.delivered == [house.store.saved[0]]
    assert house.history() == [MessageState.SENDING, MessageState.SENT]
    assert house.store.message("m1").sent_at == START
    assert [m.state for m in house.told] == [MessageState.SENDING, MessageState.SENT]


async def test_what_is_queued_later_goes_out_at_once() -> None:
    async with running(House()) as house:
        await passes(5 * HOUR)
        await house.queue(message(at_s=5 * HOUR))
        await passes(0.001)
        assert house.arrived() == ["m1"]


async def test_what_is_queued_before_the_start_goes_out_once() -> None:
    house = House()
    await house.queue(message())
    async with running(house):
        await passes(1)
    assert house.arrived() == ["m1"]


async def test_an_idle_outbox_sleeps() -> None:
    house = House()
    async with running(house):
        await passes(1)
        looks = house.clock.looks
        await passes(1000 * HOUR)
        assert house.clock.looks == looks


async def test_a_server_down_for_an_hour_costs_time_and_no_message() -> None:
    house = House(*(message(f"m{n}", f"p{n}@x.vn") for n in range(50)))
    house.mail.down = DeliveryFailed(False, "connection refused")
    async with running(house):
        await passes(HOUR)
        assert house.arrived() == []
        assert house.store.message("m1").error == "connection refused"
        house.mail.down = None
        await passes(HOUR / 4)
    assert sorted(house.arrived()) == sorted(f"m{n}" for n in range(50))
    assert all(house.store.message(f"m{n}").state is MessageState.SENT for n in range(50))
    assert not any(house.store.message(f"m{n}").doubtful for n in range(50))


async def test_it_is_given_up_after_two_days_at_known_moments() -> None:
    house = House(message())
    house.mail.down = BUSY
    async with running(house):
        await passes(49 * HOUR)
    begun = [m.next_at for m in house.store.saved if m.state is MessageState.SENDING]
    seconds = [round((at - START).total_seconds()) for at in begun]
    assert seconds[:7] == [0, 10, 40, 100, 400, 1300, 2200]
    assert seconds[-1] == 48 * HOUR
    last = house.store.message("m1")
    assert (last.state, last.error) == (MessageState.FAILED, "451 busy")
    assert last.attempts == len(begun)


async def test_a_permanent_refusal_is_final_and_lets_the_next_one_through() -> None:
    house = House(message("m1"), message("m2"))
    house.mail.failures = [UNKNOWN]
    async with running(house):
        await passes(1)
    assert house.store.message("m1").state is MessageState.FAILED
    assert house.store.message("m1").attempts == 1
    assert house.arrived() == ["m2"]


async def test_a_recipient_gets_his_messages_in_order_even_when_the_first_waits() -> None:
    house = House(message("m1"), message("m2"), message("m3"), message("x", "binh@x.vn"))
    house.mail.failures = [BUSY]
    async with running(house):
        await passes(5)
        assert house.arrived() == ["x"]
        await passes(6)
    assert house.arrived() == ["x", "m1", "m2", "m3"]


async def test_no_more_than_so_many_are_under_way_at_a_time() -> None:
    house = House(*(message(f"m{n}", f"p{n}@x.vn") for n in range(30)))
    house.mail.gate.clear()
    async with running(house):
        await passes(1)
        assert len(house.mail.under_way) == 8
        assert [m.state for m in house.store.saved] == [MessageState.SENDING] * 8
        house.mail.gate.set()
        await passes(1)
    assert len(house.mail.delivered) == 30


async def test_a_courier_that_hangs_holds_up_no_other_and_is_left_after_ten_minutes() -> None:
    house = House(*(message(f"m{n}", f"p{n}@x.vn") for n in range(20)), hook("h1"))
    house.mail.gate.clear()
    async with running(house):
        await passes(1)
        assert [m.id for m in house.webhook.delivered] == ["h1"]
        await passes(600)
        assert house.store.message("m1").doubtful
        house.mail.gate.set()
        await passes(HOUR)
    assert len(house.mail.delivered) == 20


async def test_a_courier_that_breaks_is_tried_again() -> None:
    house = House(message())
    broken = house.mail.deliver
    house.mail.deliver = _break  # type: ignore[method-assign]
    async with running(house):
        await passes(1)
        assert "ZeroDivisionError" in house.store.message("m1").error
        assert house.store.message("m1").doubtful
        house.mail.deliver = broken  # type: ignore[method-assign]
        await passes(10)
    assert house.arrived() == ["m1"]


async def _break(message: Message) -> None:
    raise ZeroDivisionError


async def test_a_channel_that_is_not_set_up_keeps_its_messages() -> None:
    house = House(hook("h1"))
    house.outbox = Outbox(house.store, {Channel.MAIL: house.mail}, house.clock)
    async with running(house):
        await passes(1)
    kept = house.store.message("h1")
    assert kept.state is MessageState.QUEUED
    assert "[webhook]" in kept.error


async def test_a_receiver_that_asks_for_time_gets_it() -> None:
    house = House(message())
    house.mail.failures = [DeliveryFailed(False, "HTTP 429", at_least=timedelta(hours=2))]
    async with running(house):
        await passes(2 * HOUR - 1)
        assert house.arrived() == []
        await passes(2)
    assert house.arrived() == ["m1"]


async def test_an_answer_that_was_lost_makes_it_doubtful_and_it_goes_again() -> None:
    house = House(message())
    house.mail.failures = [DeliveryFailed(False, "cut", doubtful=True)]
    async with running(house):
        await passes(11)
    assert house.store.message("m1").state is MessageState.SENT
    assert house.store.message("m1").doubtful


async def test_nothing_leaves_that_the_store_does_not_know_of() -> None:
    async with running(House()) as house:
        await passes(1)
        await house.queue(message())
        house.store.failing = True
        await passes(HOUR)
        assert house.arrived() == []
        house.store.failing = False
        await passes(5)
        assert house.arrived() == ["m1"]


async def test_what_was_sent_while_the_store_fails_is_recorded_later_and_not_sent_again() -> None:
    house = House(message("m1"), message("m2"))
    house.mail.gate.clear()
    async with running(house):
        await passes(1)
        house.store.failing = True
        house.mail.gate.set()
        await passes(HOUR)
        assert house.arrived() == ["m1"]
        assert house.history() == [MessageState.SENDING]
        house.outbox.wake([message("m1")])
        house.store.failing = False
        await passes(5)
    assert house.history() == [MessageState.SENDING, MessageState.SENT]
    assert house.arrived() == ["m1", "m2"]
    assert not house.store.message("m1").doubtful


async def test_a_store_that_cannot_be_read_at_first_is_read_later() -> None:
    house = House(message("m1"))
    house.store.failing = True
    house.outbox.wake([message("m2", "binh@x.vn")])
    async with running(house):
        await passes(60)
        assert house.arrived() == []
        house.store.failing = False
        await passes(5)
    assert house.arrived() == ["m1", "m2"]


async def test_woken_twice_for_a_message_it_goes_out_once() -> None:
    house = House()
    async with running(house):
        await house.queue(message())
        house.outbox.wake([message()])
        await passes(1)
        house.outbox.wake([message()])
        await passes(HOUR)
    assert house.arrived() == ["m1"]


async def test_what_a_dead_process_was_sending_goes_again_and_is_doubtful() -> None:
    house = House(sending(message("m1"), START), message("m2", "binh@x.vn"))
    async with running(house):
        await passes(1)
    assert sorted(house.arrived()) == ["m1", "m2"]
    assert house.store.message("m1").doubtful
    assert not house.store.message("m2").doubtful


async def _stopped(house: House, task: asyncio.Task[None]) -> None:
    house.outbox.stop()
    await passes(1)
    assert not task.done()
    house.mail.gate.set()
    await task


async def _cancelled(house: House, task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(("end", "doubtful"), [(_stopped, False), (_cancelled, True)])
async def test_the_end_of_a_process(
    end: Callable[[House, asyncio.Task[None]], Awaitable[None]], doubtful: bool
) -> None:
    """Stopped, it finishes what is under way; cancelled, the next one knows what is doubtful."""
    house = House(*(message(f"m{n}", f"p{n}@x.vn") for n in range(12)))
    house.mail.gate.clear()
    task = asyncio.create_task(house.outbox.run())
    await passes(1)
    await end(house, task)
    assert len(house.arrived()) == (0 if doubtful else 8)
    house.mail.gate.set()
    house.outbox = house.made()
    async with running(house):
        await passes(1)
    assert sorted(house.arrived()) == sorted(f"m{n}" for n in range(12))
    marked = [n for n in range(12) if house.store.message(f"m{n}").doubtful]
    assert marked == (list(range(8)) if doubtful else [])


async def test_stopped_while_the_store_fails_it_ends_and_leaves_the_message_doubtful() -> None:
    house = House(message())
    house.mail.gate.clear()
    async with running(house):
        await passes(1)
        house.store.failing = True
        house.mail.gate.set()
        await passes(1)
    house.store.failing = False
    assert [recovered(m, START).doubtful for m in await house.store.messages()] == [True]


async def test_who_is_told_may_break_without_harm() -> None:
    house = House(message())
    house.outbox = Outbox(house.store, {Channel.MAIL: house.mail}, house.clock, _shout)
    async with running(house):
        await passes(1)
    assert house.store.message("m1").state is MessageState.SENT


def _shout(message: Message) -> None:
    raise ZeroDivisionError
