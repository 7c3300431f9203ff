"""What the outbox asks of those who carry messages, and of the store that remembers them."""

from datetime import timedelta
from typing import Protocol

from diemcau.domain.outbox import Message


class DeliveryFailed(Exception):
    """A message was not delivered; ``reason`` is for people, on one line, without secrets.

    ``permanent``: it never will be, as it is. Otherwise it may be tried again, not before
    ``at_least`` has passed where the receiver asked for that. ``doubtful``: the answer was lost,
    so it may have arrived all the same.
    """

    def __init__(
        self,
        permanent: bool,
        reason: str,
        *,
        at_least: timedelta = timedelta(0),
        doubtful: bool = False,
    ) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.reason = reason
        self.at_least = at_least
        self.doubtful = doubtful


class Courier(Protocol):
    """Carries messages of one channel, several at a time."""

    async def deliver(self, message: Message) -> None:
        """Return when the receiver has taken the message over; raises ``DeliveryFailed``.

        The same message delivered again bears the same identity, so that receivers drop it.
        """
        ...

    async def close(self) -> None:
        """Let go of connections that were kept for the next message."""
        ...


class OutboxStore(Protocol):
    """Both methods raise ``ports.store.StoreFailed``."""

    async def messages(self) -> list[Message]:
        """Those that have not ended, in the order in which they were queued."""
        ...

    async def save_message(self, message: Message) -> None:
        """Replace the message of this id; it is on disk when this returns."""
        ...
