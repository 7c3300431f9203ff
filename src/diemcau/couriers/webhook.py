"""Webhooks: other systems are told by HTTP POST, signed after Standard Webhooks (docs/couriers.md).

The receiver drops what it has had before by ``Idempotency-Key``, which is the message's id, and
trusts only what is signed with its secret a short while ago.
"""

import asyncio
import hmac
import json
import ssl
from base64 import b64encode
from collections.abc import Iterable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any

import httpx2

from diemcau.couriers.settings import WebhookSettings
from diemcau.domain.outbox import GIVES_UP_AFTER, Message
from diemcau.ports.clock import Clock
from diemcau.ports.couriers import DeliveryFailed
from diemcau.services.live import moment

LATER = (408, 425, 429)
"""4xx that speak of now, not of the message (RFC 9110, 8470, 6585)."""

NOT_BEGUN = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class WebhookCourier:
    def __init__(self, webhooks: Iterable[WebhookSettings], clock: Clock) -> None:
        self._webhooks = {webhook.name: webhook for webhook in webhooks}
        self._clients = {name: _client(webhook) for name, webhook in self._webhooks.items()}
        self._clock = clock

    async def deliver(self, message: Message) -> None:
        webhook = self._webhooks.get(message.to)
        if webhook is None:
            raise DeliveryFailed(
                False,
                f"Chưa cấu hình webhook «{message.to}»; thêm nó vào tệp cấu hình gửi thông báo."
                f" / No webhook {message.to!r} is set up; add it to the couriers' settings.",
            )
        status, wait = await self._post(webhook, message)
        if not 200 <= status < 300:
            final = 400 <= status < 500 and status not in LATER
            raise DeliveryFailed(final, f"HTTP {status}", at_least=wait)

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def _post(self, webhook: WebhookSettings, message: Message) -> tuple[int, timedelta]:
        """The status, and how long the receiver wants to be left alone; its answer is not read."""
        body = payload(message)
        headers = self._headers(webhook, message, body)
        client = self._clients[webhook.name]
        try:
            async with (
                asyncio.timeout(webhook.timeout_s),
                client.stream("POST", str(webhook.url), content=body, headers=headers) as answer,
            ):
                return answer.status_code, self._wait(answer.headers.get("Retry-After", ""))
        except NOT_BEGUN as error:
            raise DeliveryFailed(False, _reason(error)) from error
        except (httpx2.HTTPError, OSError) as error:  # a timeout is an OSError
            raise DeliveryFailed(False, _reason(error), doubtful=True) from error

    def _headers(self, webhook: WebhookSettings, message: Message, body: bytes) -> dict[str, str]:
        now = int(self._clock.now().timestamp())
        return {
            "Content-Type": "application/json",
            "Idempotency-Key": message.id,
            "Webhook-Id": message.id,
            "Webhook-Timestamp": str(now),
            "Webhook-Signature": signature(webhook.key, message.id, now, body),
        }

    def _wait(self, retry_after: str) -> timedelta:
        """RFC 9110 10.2.3: seconds, or a date. Nonsense is as good as nothing."""
        if retry_after.isdecimal():
            return min(timedelta(seconds=int(retry_after[:9])), GIVES_UP_AFTER)
        try:
            wait = parsedate_to_datetime(retry_after) - self._clock.now()
        except (ValueError, TypeError):
            return timedelta(0)
        return min(max(wait, timedelta(0)), GIVES_UP_AFTER)


def signature(key: bytes, message_id: str, at: int, body: bytes) -> str:
    """HMAC-SHA256 over id, time in seconds and body, as Standard Webhooks 1.0 has it."""
    signed = f"{message_id}.{at}.".encode() + body
    return "v1," + b64encode(hmac.digest(key, signed, sha256)).decode()


def payload(message: Message) -> bytes:
    """The message as JSON (docs/couriers.md); attachments stay in base64."""
    fields: dict[str, Any] = {
        "id": message.id,
        "dossier": message.dossier,
        "to": message.to,
        "phone": message.phone,
        "created_at": moment(message.created_at),
        "subject": message.subject,
        "text": message.body,
        "html": message.html,
        "calendar": message.calendar,
        "attachments": [
            {"name": a.name, "media_type": a.media_type, "data": a.data}
            for a in message.attachments
        ],
    }
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")


def _client(webhook: WebhookSettings) -> httpx2.AsyncClient:
    """Straight to the address of the settings: no redirect and no proxy carries it elsewhere."""
    trusted = ssl.create_default_context()
    if webhook.ca is not None:
        trusted.load_verify_locations(webhook.ca)
    return httpx2.AsyncClient(
        verify=trusted, timeout=webhook.timeout_s, follow_redirects=False, trust_env=False
    )


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
