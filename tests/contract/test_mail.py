"""Mail to a real SMTP server: envelopes, encryption, logging in, and what its refusals mean."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from diemcau.couriers import MailCourier
from diemcau.domain.outbox import Attachment, Message
from diemcau.identity import Tls, self_signed
from diemcau.ports.couriers import DeliveryFailed
from tests.contract.courier_rigs import MailRig, message

INVITATION = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
    "SUMMARY:Họp giao ban\r\n.bắt đầu bằng dấu chấm\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture
async def rig() -> AsyncIterator[MailRig]:
    made = await MailRig().start()
    yield made
    await made.stop()


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    return self_signed(tmp_path, ["127.0.0.1"], datetime.now(UTC))


def server_side(tls: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    return context


async def failure(courier: MailCourier, one: Message | None = None) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        await courier.deliver(one or message("m1"))
    return caught.value


async def test_what_arrives_is_what_was_written(rig: MailRig) -> None:
    pdf = bytes(range(256)) * 500
    one = replace(
        message("m1"),
        body="Kính gửi:\n.\n..\n.dấu chấm đầu dòng\n",
        html="<p>Kính gửi</p>",
        calendar=INVITATION,
        attachments=(Attachment("Giấy mời.pdf", "application/pdf", b64encode(pdf).decode()),),
    )
    await rig.courier.deliver(one)
    (mail,) = rig.mails()
    assert mail["Subject"] == "Giấy mời họp"
    assert mail["From"].addresses[0].display_name == "Văn phòng UBND tỉnh Vĩnh Phúc"
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == one.body
    invitation, document = mail.iter_attachments()
    assert invitation.get_payload(decode=True) == INVITATION.encode()
    assert document.get_payload(decode=True) == pdf


async def test_the_envelope_names_the_sender_and_one_recipient(rig: MailRig) -> None:
    await rig.courier.deliver(message("m1", "binh@vinhphuc.gov.vn"))
    (envelope,) = rig.envelopes
    assert envelope.mail_from == "hnth@vinhphuc.gov.vn"
    assert envelope.rcpt_tos == ["binh@vinhphuc.gov.vn"]


async def test_messages_after_each_other_share_a_connection(rig: MailRig) -> None:
    for number in range(5):
        await rig.courier.deliver(message(f"m{number}"))
    assert len(rig.letters) == 5
    assert len(rig.connections) == 1


async def test_a_kept_connection_that_the_server_ended_is_replaced(rig: MailRig) -> None:
    await rig.courier.deliver(message("m1"))
    assert rig.connections[0].transport is not None
    rig.connections[0].transport.abort()  # type: ignore[attr-defined]
    await rig.courier.deliver(message("m2"))
    assert rig.arrived() == ["m1", "m2"]
    assert len(rig.connections) == 2


async def test_a_connection_is_kept_for_seconds_only(
    rig: MailRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diemcau.couriers.mail.IDLE_S", 0.01)
    await rig.courier.deliver(message("m1"))
    async with asyncio.timeout(5):
        while rig.connections[0].transport is not None:
            await asyncio.sleep(0.005)
    await rig.courier.deliver(message("m2"))
    assert len(rig.connections) == 2


async def test_a_delivery_that_is_called_off_leaves_no_connection_behind(rig: MailRig) -> None:
    rig.refuse("hang")
    task = asyncio.create_task(rig.courier.deliver(message("m1")))
    async with asyncio.timeout(5):
        while not rig.connections or rig.connections[0].envelope is None:
            await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await rig.courier.deliver(message("m2"))
    assert rig.arrived() == ["m2"]
    assert len(rig.connections) == 2


@pytest.mark.parametrize(
    ("command", "reply", "permanent"),
    [
        ("RCPT", "550 5.1.1 No such user", True),
        ("RCPT", "450 4.2.1 Mailbox busy", False),
        ("RCPT", "421 4.3.2 Shutting down", False),
        ("RCPT", "530 5.7.0 Authentication required", False),
        ("DATA", "554 5.7.1 Looks like spam", True),
        ("DATA", "452 4.3.1 Disk full", False),
        ("MAIL", "550 5.7.1 You may not send as this", False),
        ("MAIL", "451 4.3.0 Try later", False),
        ("MAIL", "552 5.3.4 Message too large", True),
    ],
)
async def test_what_a_refusal_means_depends_on_whom_it_means(
    rig: MailRig, command: str, reply: str, permanent: bool
) -> None:
    rig.replies = {command: reply}
    failed = await failure(rig.courier)
    assert (failed.permanent, failed.doubtful, failed.reason) == (permanent, False, reply)
    assert rig.letters == []
    rig.replies = {}
    await rig.courier.deliver(message("m1"))
    assert rig.arrived() == ["m1"]


async def test_after_a_failure_the_connection_is_given_up(rig: MailRig) -> None:
    rig.replies = {"RCPT": "550 No such user"}
    await failure(rig.courier)
    async with asyncio.timeout(5):
        while rig.connections[0].transport is not None:
            await asyncio.sleep(0.005)


async def test_nonsense_after_the_letter_leaves_it_open_whether_it_was_taken(rig: MailRig) -> None:
    rig.replies = {"DATA": "jawohl"}
    failed = await failure(rig.courier)
    assert (failed.permanent, failed.doubtful) == (False, True)


@pytest.mark.parametrize(
    "to", ["", "Nguyễn Văn An", "an@x.vn\r\nRCPT TO:<b@x.vn>", "a@x.vn,b@x.vn"]
)
async def test_a_bad_address_never_reaches_the_server(rig: MailRig, to: str) -> None:
    failed = await failure(rig.courier, message("m1", to))
    assert failed.permanent
    assert "\n" not in failed.reason
    assert rig.connections == []


async def test_an_attachment_that_is_none_is_final(rig: MailRig) -> None:
    one = replace(message("m1"), attachments=(Attachment("a.pdf", "application/pdf", "?"),))
    assert (await failure(rig.courier, one)).permanent
    assert rig.connections == []


@pytest.mark.parametrize("implicit", [False, True])
async def test_it_is_encrypted_and_logged_in(tls: Tls, implicit: bool) -> None:
    rig = await MailRig({"hnth": "mật khẩu"}, server_side(tls)).start(
        implicit=implicit,
        security="tls" if implicit else "starttls",
        ca=tls.certificate,
        user="hnth",
        password="mật khẩu",
    )
    await rig.courier.deliver(message("m1"))
    assert rig.arrived() == ["m1"]
    assert rig.connections[0].session is not None
    assert rig.connections[0].session.authenticated
    await rig.stop()


async def test_a_server_that_nobody_vouches_for_gets_nothing(tls: Tls) -> None:
    rig = await MailRig(tls=server_side(tls)).start(security="starttls")
    failed = await failure(rig.courier)
    assert (failed.permanent, failed.doubtful) == (False, False)
    assert "CERTIFICATE" in failed.reason.upper()
    assert rig.letters == []
    await rig.stop()


async def test_a_server_without_encryption_gets_nothing_where_it_is_wanted() -> None:
    rig = await MailRig().start(security="starttls")
    failed = await failure(rig.courier)
    assert not failed.permanent
    assert "STARTTLS" in failed.reason
    assert rig.letters == []
    await rig.stop()


async def test_a_wrong_password_waits_for_the_operators_and_is_not_told() -> None:
    rig = await MailRig({"hnth": "right"}).start(user="hnth", password="geheim")
    failed = await failure(rig.courier)
    assert (failed.permanent, failed.doubtful) == (False, False)
    assert failed.reason.startswith("535")
    assert "geheim" not in failed.reason
    await rig.stop()


async def test_a_server_that_let_us_not_in_is_left_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rig = await MailRig({"hnth": "right"}).start(user="hnth", password="wrong")
    reasons = {(await failure(rig.courier, message(f"m{n}"))).reason for n in range(50)}
    assert len(reasons) == 1
    assert len(rig.connections) == 1
    monkeypatch.setattr("diemcau.couriers.mail.REST_S", 0.0)
    rig.courier = MailCourier(rig.settings(user="hnth", password="wrong"))
    await failure(rig.courier)
    await failure(rig.courier)
    assert len(rig.connections) == 3
    await rig.stop()


async def test_a_server_that_greets_with_a_refusal_is_tried_again_later() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"554 No service here\r\n")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    rig = MailRig()
    rig.port = server.sockets[0].getsockname()[1]
    failed = await failure(MailCourier(rig.settings()))
    assert (failed.permanent, failed.doubtful) == (False, False)
    assert failed.reason == "554 No service here"
    server.close()


async def test_a_server_that_never_greets_is_left_alone_in_time() -> None:
    connected: list[asyncio.StreamWriter] = []

    async def stay_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.append(writer)

    server = await asyncio.start_server(stay_silent, "127.0.0.1", 0)
    rig = MailRig()
    rig.port = server.sockets[0].getsockname()[1]
    async with asyncio.timeout(5):
        failed = await failure(MailCourier(rig.settings()))
    assert (failed.permanent, failed.doubtful) == (False, False)
    for writer in connected:
        writer.close()
    server.close()
