"""A courier that delivers into a list or fails as told, and an outbox's store in memory."""

import asyncio
from collections.abc import Iterable

from diemcau.domain.outbox import Message
from diemcau.ports.couriers import DeliveryFailed
from diemcau.ports.store import StoreFailed


class FakeCourier:
    """``delivered``: all that arrived. ``down`` fails everything while it is set; ``failures`` fail
    the next ones, in turn. ``gate``: while cleared, deliveries wait, noted in ``under_way``.
    """

    def __init__(self) -> None:
        self.delivered: list[Message] = []
        self.under_way: list[Message] = []
        self.down: DeliveryFailed | None = None
        self.failures: list[DeliveryFailed] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def deliver(self, message: Message) -> None:
        self.under_way.append(message)
        try:
            await self.gate.wait()
        finally:
            self.under_way.remove(message)
        if self.down is not None:
            raise self.down
        if self.failures:
            raise self.failures.pop(0)
        self.delivered.append(message)

    async def close(self) -> None:
        return


class MemoryOutboxStore:
    """``saved`` is every record ever made, in order; ``failing`` makes all methods fail."""

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self.failing = False
        self.saved: list[Message] = []
        self._messages = {message.id: message for message in messages}

    async def messages(self) -> list[Message]:
        self._work()
        return [message for message in self._messages.values() if not message.ended]

    async def save_message(self, message: Message) -> None:
        self._work()
        self.saved.append(message)
        self._messages[message.id] = message

    def message(self, message_id: str) -> Message:
        """As it was recorded last."""
        return self._messages[message_id]

    def _work(self) -> None:
        if self.failing:
            raise StoreFailed("the disk is full")
