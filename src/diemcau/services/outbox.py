"""The outbox: sends what is queued, each message until it is through, each recipient in order.

Before a message leaves, the store knows that it is being sent; afterwards, what became of it. So a
process may die at any moment: the next one finds every message, and knows which are doubtful.
Nothing is polled: the outbox sleeps until the next message falls due, or one is queued.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime

import structlog

from diemcau.domain import outbox
from diemcau.domain.outbox import Channel, Message
from diemcau.ports.clock import Clock
from diemcau.ports.couriers import Courier, DeliveryFailed, OutboxStore

log = structlog.get_logger(__name__)

AT_ONCE = 8
"""So many messages are under way at a time on each channel."""

LONGEST_S = 600.0
"""No courier keeps a message longer: it is taken from him, doubtful."""

RECORD_AGAIN_S = 5.0
"""How long to wait for a store that failed."""

NO_COURIER = (
    "Chưa cấu hình kênh gửi này; thêm mục [{0}] vào tệp cấu hình gửi thông báo."
    " / This channel is not set up; add [{0}] to the couriers' settings."
)


class Outbox:
    """``changed`` is called with every message whose new state has been recorded.

    Couriers are closed by whoever made them, after ``run`` has returned.
    """

    def __init__(
        self,
        store: OutboxStore,
        couriers: Mapping[Channel, Courier],
        clock: Clock,
        changed: Callable[[Message], None] = lambda message: None,
        at_once: int = AT_ONCE,
    ) -> None:
        self._store = store
        self._couriers = couriers
        self._clock = clock
        self._changed = changed
        self._slots = {channel: asyncio.Semaphore(at_once) for channel in Channel}
        self._messages: dict[str, Message] = {}
        self._sent: set[str] = set()
        self._busy: set[tuple[Channel, str, str, str]] = set()
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._store_failed = False

    def wake(self, messages: Iterable[Message] = ()) -> None:
        """These are queued, and stored already; what is known here already stays as it is."""
        for message in messages:
            if message.id not in self._sent:
                self._messages.setdefault(message.id, message)
        self._woken.set()

    def stop(self) -> None:
        """Begin nothing new; ``run`` returns when those under way are done and recorded."""
        self._stopping.set()
        self._woken.set()

    async def run(self) -> None:
        """Send until stopped. If cancelled, those under way are doubtful for the next process."""
        await self._load()
        async with asyncio.TaskGroup() as tasks:
            while not self._stopping.is_set():
                self._woken.clear()
                for message in outbox.due(self._idle(), self._clock.now()):
                    self._busy.add(message.recipient)
                    tasks.create_task(self._send(message))
                await self._rest(outbox.next_moment(self._idle()))

    async def _load(self) -> None:
        """What former processes left, before what this one was woken for."""
        while not self._stopping.is_set():
            try:
                stored = await self._store.messages()
            except Exception as error:
                self._store_fails(error)
                await self._pause()
                continue
            now = self._clock.now()
            left = {message.id: outbox.recovered(message, now) for message in stored}
            self._messages = left | {k: m for k, m in self._messages.items() if k not in left}
            return

    def _idle(self) -> list[Message]:
        """The messages to recipients for whom nothing is under way."""
        return [m for m in self._messages.values() if m.recipient not in self._busy]

    async def _rest(self, until: datetime | None) -> None:
        seconds = None if until is None else self._clock.seconds_until(until)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    async def _send(self, message: Message) -> None:
        """One attempt, with all its recording; the recipient is busy meanwhile."""
        try:
            outcome = await self._attempt(message)
            if outcome is None:
                await self._pause()
                return
            self._take_in(outcome)
            while not await self._recorded(outcome):
                if self._stopping.is_set():
                    log.error("outcome not recorded", message=message.id, state=outcome.state)
                    return
                await self._pause()
        finally:
            self._busy.discard(message.recipient)
            self._woken.set()

    async def _attempt(self, message: Message) -> Message | None:
        """What became of it; None if it could not begin, since the store or the outbox stops."""
        async with self._slots[message.channel]:
            if self._stopping.is_set():
                return None
            under_way = outbox.sending(message, self._clock.now())
            if not await self._recorded(under_way):
                return None
            return await self._delivered(under_way)

    async def _delivered(self, message: Message) -> Message:
        try:
            async with asyncio.timeout(LONGEST_S):
                await self._courier(message.channel).deliver(message)
        except DeliveryFailed as failure:
            return self._refused(message, failure)
        except Exception as error:  # a courier that breaks holds up no other message
            log.exception("courier broke", message=message.id, channel=message.channel)
            return self._refused(message, DeliveryFailed(False, repr(error), doubtful=True))
        return outbox.sent(message, self._clock.now())

    def _courier(self, channel: Channel) -> Courier:
        if channel not in self._couriers:
            raise DeliveryFailed(False, NO_COURIER.format(channel))
        return self._couriers[channel]

    def _refused(self, message: Message, failure: DeliveryFailed) -> Message:
        now = self._clock.now()
        if failure.permanent:
            after = outbox.failed(message, now, failure.reason)
        else:
            after = outbox.deferred(
                message, now, failure.reason, at_least=failure.at_least, doubtful=failure.doubtful
            )
        log.warning("not delivered", message=after.id, state=after.state, reason=after.error)
        return after

    def _take_in(self, outcome: Message) -> None:
        """Known from here on, whatever the store says: what is sent is not sent again."""
        if outcome.ended:
            self._messages.pop(outcome.id, None)
        else:
            self._messages[outcome.id] = outcome
        if outcome.state is outbox.MessageState.SENT:
            self._sent.add(outcome.id)

    async def _recorded(self, message: Message) -> bool:
        try:
            await self._store.save_message(message)
        except Exception as error:
            self._store_fails(error)
            return False
        if self._store_failed:
            self._store_failed = False
            log.info("outbox store works again")
        self._tell(message)
        return True

    def _tell(self, message: Message) -> None:
        try:
            self._changed(message)
        except Exception:
            log.exception("nobody was told of a message", message=message.id)

    def _store_fails(self, error: Exception) -> None:
        if not self._store_failed:
            log.error("outbox store failed; trying again", error=repr(error))
        self._store_failed = True

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(RECORD_AGAIN_S):
                await self._stopping.wait()
