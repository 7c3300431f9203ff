"""Webhooks to a real HTTP server: what it is told, how it knows us, and what its answers mean."""

import asyncio
import hmac
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import HttpUrl

from diemcau.couriers import WebhookCourier
from diemcau.domain.outbox import Attachment, Channel
from diemcau.ports.couriers import DeliveryFailed
from tests.contract.courier_rigs import NOW, SECRET, WebhookRig, message


@pytest.fixture
async def rig() -> AsyncIterator[WebhookRig]:
    made = WebhookRig()
    yield made
    await made.stop()


async def failure(rig: WebhookRig) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        await rig.courier.deliver(rig.message("m1"))
    return caught.value


async def test_what_arrives_is_what_was_written(rig: WebhookRig) -> None:
    one = replace(
        rig.message("m1"),
        html="<p>Kính gửi</p>",
        calendar="BEGIN:VCALENDAR\r\n",
        attachments=(Attachment("Giấy mời.pdf", "application/pdf", "AAEC"),),
    )
    await rig.courier.deliver(one)
    assert rig.bodies() == [
        {
            "id": "m1",
            "dossier": "d1",
            "to": "van-thu",
            "phone": "",
            "created_at": "2026-11-24T01:02:03.000Z",
            "subject": "Giấy mời họp",
            "text": "Kính gửi …\n",
            "html": "<p>Kính gửi</p>",
            "calendar": "BEGIN:VCALENDAR\r\n",
            "attachments": [
                {"name": "Giấy mời.pdf", "media_type": "application/pdf", "data": "AAEC"}
            ],
        }
    ]
    assert rig.posts[0][0]["content-type"] == "application/json"


async def test_the_receiver_can_prove_who_wrote_it_and_when(rig: WebhookRig) -> None:
    """As a receiver does by the text of Standard Webhooks 1.0, without our code."""
    await rig.courier.deliver(rig.message("m1"))
    headers, body = rig.posts[0]
    assert headers["webhook-id"] == headers["idempotency-key"] == "m1"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    signed = b".".join([b"m1", headers["webhook-timestamp"].encode(), body])
    key = b64decode(SECRET.removeprefix("whsec_"))
    expected = b64encode(hmac.new(key, signed, "sha256").digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


async def test_a_later_attempt_is_the_same_message_with_a_new_time(rig: WebhookRig) -> None:
    await rig.courier.deliver(rig.message("m1"))
    rig.clock.advance(60)
    await rig.courier.deliver(rig.message("m1"))
    (first, body), (second, again) = rig.posts
    assert body == again
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 60
    assert first["webhook-signature"] != second["webhook-signature"]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_every_2xx_is_yes(rig: WebhookRig, status: int) -> None:
    rig.answers = [(status, {})]
    await rig.courier.deliver(rig.message("m1"))
    assert rig.arrived() == ["m1"]


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        (400, True),
        (401, True),
        (404, True),
        (410, True),
        (408, False),
        (425, False),
        (429, False),
        (500, False),
        (503, False),
        (301, False),
        (307, False),
    ],
)
async def test_what_an_answer_means(rig: WebhookRig, status: int, permanent: bool) -> None:
    rig.answers = [(status, {"Location": f"http://127.0.0.1:{rig.port}/elsewhere"})]
    failed = await failure(rig)
    assert (failed.permanent, failed.doubtful) == (permanent, False)
    assert str(status) in failed.reason
    assert rig.posts == []


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Tue, 24 Nov 2026 02:02:03 GMT", timedelta(hours=1)),
        ("Tue, 24 Nov 2020 02:02:03 GMT", timedelta(0)),
        ("99999999999999999999", timedelta(hours=48)),
        ("Tue, 24 Nov 9999 02:02:03 GMT", timedelta(hours=48)),
        ("-5", timedelta(0)),
        ("²", timedelta(0)),
        ("soon", timedelta(0)),
    ],
)
async def test_a_receiver_that_asks_for_time_is_heard(
    rig: WebhookRig, said: str, wait: timedelta
) -> None:
    rig.answers = [(429, {"Retry-After": said})]
    assert (await failure(rig)).at_least == wait


async def test_an_endless_answer_is_not_read(rig: WebhookRig) -> None:
    rig.answers = [(200, {"Content-Length": "1000000000"})]
    await rig.courier.deliver(rig.message("m1"))
    assert rig.arrived() == ["m1"]


async def test_a_webhook_that_is_not_set_up_waits_for_the_operators(rig: WebhookRig) -> None:
    with pytest.raises(DeliveryFailed, match="mat-hut") as caught:
        await rig.courier.deliver(message("m1", "mat-hut", Channel.WEBHOOK))
    assert (caught.value.permanent, caught.value.doubtful) == (False, False)


async def test_a_receiver_that_nobody_vouches_for_gets_nothing(rig: WebhookRig) -> None:
    secure = rig.settings(url=HttpUrl(f"https://127.0.0.1:{rig.port}/hook"))
    courier = WebhookCourier([secure], rig.clock)
    with pytest.raises(DeliveryFailed) as caught:
        await courier.deliver(rig.message("m1"))
    assert (caught.value.permanent, caught.value.doubtful) == (False, False)
    assert rig.posts == []
    await courier.close()


async def test_an_answer_that_comes_drop_by_drop_is_not_waited_for(rig: WebhookRig) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.05)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    slow = rig.settings(url=HttpUrl(f"http://127.0.0.1:{port}/hook"))
    courier = WebhookCourier([slow], rig.clock)
    async with asyncio.timeout(5):
        with pytest.raises(DeliveryFailed) as caught:
            await courier.deliver(rig.message("m1"))
    assert (caught.value.permanent, caught.value.doubtful) == (False, True)
    await courier.close()
    server.close()
