"""Mail over SMTP (RFC 5321), one envelope for each message.

What a refusal means depends on who is meant by it. Of the recipient or the letter (RCPT, DATA),
5xx is final. Of us (greeting, STARTTLS, AUTH, our address), it is for the operators to mend, and
the message waits for them. Once DATA has begun, a lost answer leaves it open whether the letter
was taken: that is doubtful.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from diemcau.couriers.letters import is_address, letter, one_line
from diemcau.couriers.settings import MailSettings
from diemcau.domain.outbox import Message
from diemcau.ports.couriers import DeliveryFailed

IDLE_S = 5.0
"""So long a connection is kept for the next message."""

REST_S = 10.0
"""So long a server is left alone that did not let us in: a thousand messages are not a thousand
attempts at its password."""

AUTHENTICATION = (530, 534, 535, 538)
"""RFC 4954: the server wants to know who we are, whatever we had asked."""

TOO_LARGE = 552
"""RFC 1870: of a letter whose size was announced with MAIL."""


class MailCourier:
    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._idle: list[SMTP] = []
        self._timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None
        self._shut: DeliveryFailed | None = None
        self._shut_until = 0.0

    async def deliver(self, message: Message) -> None:
        data = await asyncio.to_thread(self._written, message)  # milliseconds, with attachments
        client = await self._client()
        try:
            size = [f"size={len(data)}"] if client.supports_extension("size") else []
            with _refusals(lambda code: code == TOO_LARGE):
                await client.mail(self._settings.sender, options=size)
            with _refusals(_final):
                await client.rcpt(message.to)
            with _refusals(_final, doubtful=True):
                await client.data(data)
        except BaseException:
            client.close()
            raise
        self._keep(client)

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        idle, self._idle = self._idle, []
        for client in idle:
            with suppress(SMTPException, OSError):
                await client.quit()
            client.close()

    def _written(self, message: Message) -> bytes:
        if not is_address(message.to):
            raise DeliveryFailed(
                True,
                f"Địa chỉ thư không hợp lệ, hãy sửa trong danh bạ: {one_line(message.to)!r}"
                f" / Not a mail address, mend it in the directory: {one_line(message.to)!r}",
            )
        try:
            return letter(message, self._settings.sender, self._settings.sender_name)
        except ValueError as error:
            raise DeliveryFailed(True, f"Không lập được thư / No letter: {error}") from error

    async def _client(self) -> SMTP:
        """A connection that was kept and still lives, or a new one."""
        while self._idle:
            client = self._idle.pop()
            try:
                await client.rset()
            except (SMTPException, OSError):
                client.close()
            else:
                return client
        return await self._connected()

    async def _connected(self) -> SMTP:
        now = asyncio.get_running_loop().time
        if self._shut is not None and now() < self._shut_until:
            raise DeliveryFailed(False, self._shut.reason)
        client = self._new()
        try:
            with _refusals(lambda code: False):
                await client.connect()
        except DeliveryFailed as failure:
            self._shut, self._shut_until = failure, now() + REST_S
            raise
        return client

    def _new(self) -> SMTP:
        told = self._settings
        return SMTP(
            hostname=told.host,
            port=told.port or None,
            username=told.user or None,
            password=told.password.get_secret_value() if told.user else None,
            timeout=told.timeout_s,
            use_tls=told.security == "tls",
            start_tls=told.security == "starttls",
            cert_bundle=str(told.ca) if told.ca else None,
        )

    def _keep(self, client: SMTP) -> None:
        self._idle.append(client)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(IDLE_S, self._hang_up)

    def _hang_up(self) -> None:
        self._closing = asyncio.create_task(self.close())


def _final(code: int) -> bool:
    return 500 <= code < 600 and code not in AUTHENTICATION


@contextmanager
def _refusals(final: Callable[[int], bool], *, doubtful: bool = False) -> Iterator[None]:
    """What the server says, as ``DeliveryFailed``; ``doubtful`` where it says nothing sensible."""
    try:
        yield
    except SMTPResponseException as error:
        said = one_line(f"{error.code} {error.message}")[:300]
        senseless = doubtful and error.code < 0
        raise DeliveryFailed(final(error.code), said, doubtful=senseless) from error
    except (SMTPException, OSError, ValueError) as error:
        said = one_line(str(error))[:300] or type(error).__name__
        raise DeliveryFailed(False, said, doubtful=doubtful) from error
