"""What every place for messages promises: the fake, and the records over each store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from diemcau.bootstrap.parts import KeptMessages
from diemcau.domain.outbox import Message, MessageState, failed, sending, sent
from diemcau.ports.couriers import OutboxStore
from diemcau.ports.store import StoreFailed
from diemcau.services.records import Records
from diemcau.testing import FakeClock, MemoryOutboxStore, MemoryStore
from tests.contract.databases import Place
from tests.kept import AT, RECORDS

FULL = next(record for record in RECORDS if isinstance(record, Message))


def message(number: int) -> Message:
    at = AT - timedelta(seconds=number)
    return replace(FULL, id=f"m{number}", state=MessageState.QUEUED, created_at=at, next_at=at)


async def over(place: Place) -> KeptMessages:
    """As the next process finds them."""
    records = Records(await place.store(), FakeClock())
    await records.load()
    return KeptMessages(records)


async def test_messages_come_in_the_order_in_which_they_were_queued(place: Place) -> None:
    outbox = await over(place)
    queued = [message(number) for number in (2, 3, 1)]
    for one in queued:
        await outbox.save_message(one)
    assert await outbox.messages() == queued
    under_way = sending(queued[1], AT)
    await outbox.save_message(under_way)
    assert await (await over(place)).messages() == [queued[0], under_way, queued[2]]


async def test_what_has_ended_is_not_given_again(place: Place) -> None:
    outbox = await over(place)
    for number in range(1, 5):
        await outbox.save_message(message(number))
    await outbox.save_message(sent(message(1), AT))
    await outbox.save_message(failed(message(3), AT, "550"))
    assert await outbox.messages() == [message(2), message(4)]
    assert await (await over(place)).messages() == [message(2), message(4)]


@pytest.fixture(params=["fake", "records"])
def failing(request: pytest.FixtureRequest) -> tuple[OutboxStore, MemoryOutboxStore | MemoryStore]:
    """Where messages are, and what can be made to fail."""
    if request.param == "fake":
        fake = MemoryOutboxStore()
        return fake, fake
    store = MemoryStore()
    return KeptMessages(Records(store, FakeClock())), store


async def test_what_could_not_be_saved_is_as_it_was(
    failing: tuple[OutboxStore, MemoryOutboxStore | MemoryStore],
) -> None:
    outbox, disk = failing
    await outbox.save_message(message(1))
    disk.failing = True
    for one in (sent(message(1), AT), message(2)):
        with pytest.raises(StoreFailed):
            await outbox.save_message(one)
    disk.failing = False
    assert await outbox.messages() == [message(1)]
