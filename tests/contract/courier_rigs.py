"""Receivers on loopback that take messages over or refuse them as told, and the same in memory."""

from __future__ import annotations

import asyncio
import email
import json
import ssl
import threading
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Protocol

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import HttpUrl, SecretStr

from diemcau.couriers import MailCourier, MailSettings, WebhookCourier, WebhookSettings
from diemcau.domain.outbox import Channel, Message
from diemcau.ports.couriers import Courier, DeliveryFailed
from diemcau.testing import FakeClock, FakeCourier

NOW = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQ="
TIMEOUT_S = 3.0

How = Literal["later", "never", "cut", "hang"]
"""What a receiver does with the next message: refuse it for now or for good, break, be silent."""


def message(name: str, to: str = "an@vinhphuc.gov.vn", channel: Channel = Channel.MAIL) -> Message:
    return Message(name, "d1", channel, to, "Giấy mời họp", "Kính gửi …\n", NOW, NOW)


class Rig(Protocol):
    @property
    def courier(self) -> Courier: ...

    def message(self, name: str) -> Message: ...

    def refuse(self, how: How) -> None: ...

    async def vanish(self) -> None:
        """Nobody listens there any more."""
        ...

    def arrived(self) -> list[str]:
        """The identities by which the receiver tells messages apart, in the order of arrival."""
        ...

    async def stop(self) -> None: ...


class FakeRig:
    def __init__(self) -> None:
        self.courier = FakeCourier()

    def message(self, name: str) -> Message:
        return message(name)

    def refuse(self, how: How) -> None:
        doubtful = how in ("cut", "hang")
        self.courier.failures.append(DeliveryFailed(how == "never", how, doubtful=doubtful))

    async def vanish(self) -> None:
        self.courier.down = DeliveryFailed(False, "gone")

    def arrived(self) -> list[str]:
        return [one.id for one in self.courier.delivered]

    async def stop(self) -> None:
        return


class _Smtp(SMTP):
    """Breaks off in the middle of the letter if its rig wants that."""

    def __init__(self, rig: MailRig, **options: Any) -> None:
        super().__init__(rig, hostname="mail.test", **options)
        self._rig = rig
        rig.connections.append(self)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self._rig.next_is("cut"):
            await self.push("354 go on")
            await self._reader.readuntil(b"\r\n")
            assert self.transport is not None
            self.transport.abort()  # type: ignore[attr-defined]
            return
        await super().smtp_DATA(arg)


class MailRig:
    """A whole SMTP server. ``letters``: what it took over. ``replies``: what it says to a command
    in place of yes. ``accounts``: who may log in, with his password; empty: anybody sends.
    """

    courier: MailCourier

    def __init__(
        self, accounts: dict[str, str] | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self.letters: list[bytes] = []
        self.envelopes: list[Envelope] = []
        self.connections: list[_Smtp] = []
        self.replies: dict[str, str] = {}
        self.released = asyncio.Event()
        self._accounts = accounts or {}
        self._tls = tls
        self._next: list[How] = []

    async def start(self, *, implicit: bool = False, **settings: Any) -> MailRig:
        loop = asyncio.get_running_loop()
        options: dict[str, Any] = {"loop": loop, "enable_SMTPUTF8": False}
        if self._accounts:
            options |= {"authenticator": self._check, "auth_required": True}
            options |= {"auth_require_tls": self._tls is not None and not implicit}
        if self._tls and not implicit:
            options |= {"tls_context": self._tls, "require_starttls": True}
        self._server = await loop.create_server(
            lambda: _Smtp(self, **options), "127.0.0.1", 0, ssl=self._tls if implicit else None
        )
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.courier = MailCourier(self.settings(**settings))
        return self

    def settings(self, **settings: Any) -> MailSettings:
        usual = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": "none",
            "sender": "hnth@vinhphuc.gov.vn",
            "sender_name": "Văn phòng UBND tỉnh Vĩnh Phúc",
            "timeout_s": TIMEOUT_S,
        }
        return MailSettings.model_validate(usual | settings)

    def message(self, name: str) -> Message:
        return message(name)

    def refuse(self, how: How) -> None:
        self._next.append(how)

    def next_is(self, how: How) -> bool:
        return bool(self._next) and self._next[0] == how and bool(self._next.pop(0))

    async def vanish(self) -> None:
        await self.courier.close()
        self._server.close()

    def arrived(self) -> list[str]:
        return [
            str(one["Message-ID"]).strip().partition("@")[0].lstrip("<") for one in self.mails()
        ]

    def mails(self) -> list[EmailMessage]:
        return [email.message_from_bytes(data, policy=default) for data in self.letters]

    async def stop(self) -> None:
        self.released.set()
        await self.courier.close()
        self._server.close()
        for connection in self.connections:
            if connection.transport is not None:
                connection.transport.close()
        await self._server.wait_closed()

    def _check(
        self, server: SMTP, session: Session, envelope: Envelope, how: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        known = self._accounts.get(data.login.decode())
        return AuthResult(success=known == data.password.decode(), handled=False)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.replies.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.replies.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.next_is("hang"):
            await self.released.wait()
        if self.next_is("later"):
            return "451 4.7.1 Greylisted"
        if self.next_is("never"):
            return "554 5.6.0 Not wanted"
        if "DATA" not in self.replies:
            assert isinstance(envelope.content, bytes)
            self.letters.append(envelope.content)
            self.envelopes.append(envelope)
        return self.replies.get("DATA", "250 OK")


class _HttpServer(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


class WebhookRig:
    """A whole HTTP server, on threads. ``posts``: what it took over, headers and body."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.released = threading.Event()
        self.clock = FakeClock(NOW)
        self._next: list[How] = []
        self._server = _HttpServer(("127.0.0.1", 0), _handler(self))
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.courier = WebhookCourier([self.settings()], self.clock)

    def settings(self, **settings: Any) -> WebhookSettings:
        usual = WebhookSettings(
            name="van-thu",
            url=HttpUrl(f"http://127.0.0.1:{self.port}/hook"),
            secret=SecretStr(SECRET),
            timeout_s=TIMEOUT_S,
        )
        return usual.model_copy(update=settings)

    def message(self, name: str) -> Message:
        return message(name, "van-thu", Channel.WEBHOOK)

    def refuse(self, how: How) -> None:
        self._next.append(how)

    async def vanish(self) -> None:
        await self._shut()

    def arrived(self) -> list[str]:
        return [headers["idempotency-key"] for headers, _ in self.posts]

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.posts]

    async def stop(self) -> None:
        self.released.set()
        await self.courier.close()
        await self._shut()

    async def _shut(self) -> None:
        await asyncio.to_thread(self._server.shutdown)
        self._server.server_close()
        self._thread.join()

    def post(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Answer one request, on its own thread."""
        how = self._next.pop(0) if self._next else None
        if how == "hang":
            self.released.wait()
        if how in ("cut", "hang"):
            handler.close_connection = True
            return
        status, headers = {"later": 503, "never": 422}.get(how or "", 204), dict[str, str]()
        if how is None and self.answers:
            status, headers = self.answers.pop(0)
        if status < 300:
            self.posts.append(({k.lower(): v for k, v in handler.headers.items()}, body))
        handler.send_response(status)
        for name, value in ({"Content-Length": "0"} | headers).items():
            handler.send_header(name, value)
        handler.end_headers()


def _handler(rig: WebhookRig) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            rig.post(self, self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, *_: object) -> None:
            return

    return Handler
