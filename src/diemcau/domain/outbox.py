"""Messages on their way out: a notice is written once, tried until it is through, never lost.

A message is stored in the same transaction as what caused it, so it is either both or neither.
From then on it is in one of four states; the verbs below are the only ways between them. What
nobody can know (a process died, or a line broke, between sending and hearing the answer) is not
guessed: the message goes out again under the same identity, and is marked *doubtful*.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

BACK_OFF = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
)
"""How long to wait after the first failure, the second, …; the last one from then on."""

GIVES_UP_AFTER = timedelta(hours=48)
"""Counted from when the message was written. The last attempt is made at this very moment."""


class Channel(StrEnum):
    """What a message goes out by."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class MessageState(StrEnum):
    QUEUED = "queued"
    """It waits until ``next_at``."""
    SENDING = "sending"
    SENT = "sent"
    """The next server has taken it over."""
    FAILED = "failed"
    """It never will be sent; ``error`` says why."""


@dataclass(frozen=True)
class Attachment:
    """A file; ``data`` is its bytes in base64 (RFC 4648)."""

    name: str
    media_type: str
    data: str


@dataclass(frozen=True)
class Message:
    """One message to one recipient; its ``id`` is unique everywhere, and kept over all attempts.

    ``to``: a mail address, or the name of a webhook; ``phone``: whom that is to reach. ``body`` is
    plain text, ``html`` the same for those who read that. ``calendar``: an iCalendar text (RFC
    5545) with its METHOD. ``attempts`` counts those begun. ``error``: the last failure, in the
    words of whoever refused. ``doubtful``: it may have arrived more than once.
    """

    id: str
    dossier: str
    channel: Channel
    to: str
    subject: str
    body: str
    created_at: datetime
    next_at: datetime
    phone: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    calendar: str = ""
    state: MessageState = MessageState.QUEUED
    attempts: int = 0
    sent_at: datetime | None = None
    error: str = ""
    doubtful: bool = False

    @property
    def recipient(self) -> tuple[Channel, str, str, str]:
        """Whom it is for: of one dossier, messages to one recipient go out one after another.

        What cannot be delivered of one session holds up nothing of another.
        """
        return self.channel, self.to, self.phone, self.dossier

    @property
    def ended(self) -> bool:
        return self.state in (MessageState.SENT, MessageState.FAILED)

    @property
    def gives_up_at(self) -> datetime:
        return self.created_at + GIVES_UP_AFTER


def sending(message: Message, now: datetime) -> Message:
    """An attempt begins: recorded before the first byte leaves. ``next_at`` says since when."""
    attempts = message.attempts + 1
    return replace(message, state=MessageState.SENDING, attempts=attempts, next_at=now)


def sent(message: Message, now: datetime) -> Message:
    return replace(message, state=MessageState.SENT, sent_at=now, error="")


def deferred(
    message: Message,
    now: datetime,
    error: str,
    *,
    at_least: timedelta = timedelta(0),
    doubtful: bool = False,
) -> Message:
    """It failed for now: to be tried again after the back-off, or ``at_least`` so much later.

    ``doubtful``: it may have left all the same. Gives up, as *failed*, 48 hours after the message
    was written.
    """
    message = replace(message, doubtful=message.doubtful or doubtful)
    if now >= message.gives_up_at:
        return failed(message, now, error)
    wait = max(BACK_OFF[min(max(message.attempts, 1), len(BACK_OFF)) - 1], at_least)
    next_at = min(now + wait, message.gives_up_at)
    return replace(message, state=MessageState.QUEUED, next_at=next_at, error=error)


def failed(message: Message, now: datetime, error: str) -> Message:
    """It cannot be sent as it is; ``next_at`` becomes the moment at which that was known."""
    return replace(message, state=MessageState.FAILED, next_at=now, error=error)


def recovered(message: Message, now: datetime) -> Message:
    """A message found *sending* that nobody sends any more: nobody knows whether it left.

    It is queued again under the same id, by which receivers drop the second. Others are as before.
    """
    if message.state is not MessageState.SENDING:
        return message
    return replace(message, state=MessageState.QUEUED, next_at=now, doubtful=True)


def order(messages: Iterable[Message]) -> list[Message]:
    """Oldest first; those written at the same moment in the order in which they are given."""
    return sorted(messages, key=lambda message: message.created_at)


def due(messages: Iterable[Message], now: datetime) -> list[Message]:
    """What is to be sent now: at most one for each recipient, since each waits for the former."""
    return [message for message in _first(messages) if message.next_at <= now]


def next_moment(messages: Iterable[Message]) -> datetime | None:
    """When the next one falls due; None if there is none to wait for."""
    return min((message.next_at for message in _first(messages)), default=None)


def _first(messages: Iterable[Message]) -> list[Message]:
    """The oldest of each recipient that has not ended, where it is not being sent already."""
    first: dict[tuple[Channel, str, str, str], Message] = {}
    for message in order(messages):
        if not message.ended:
            first.setdefault(message.recipient, message)
    return [message for message in first.values() if message.state is MessageState.QUEUED]
