"""Letters, read back by the standard library."""

import email
from base64 import b64encode
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage, MIMEPart
from email.policy import default
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemcau.couriers.letters import is_address, letter, one_line
from diemcau.domain.outbox import Attachment, Channel, Message

NOW = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
SENDER, NAME = "hnth@vinhphuc.gov.vn", "Văn phòng UBND tỉnh Vĩnh Phúc"
INVITATION = "\r\n".join(
    [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Diem Cau//VI",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "UID:d1@diemcau",
        "DTSTAMP:20261124T010203Z",
        "DTSTART:20261125T010000Z",
        "SUMMARY:Họp trực tuyến giao ban tháng 11 với các huyện\\, thành phố và các ",
        "  xã\\, phường",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
)


def message(**fields: Any) -> Message:
    usual: dict[str, Any] = {
        "id": "m1",
        "dossier": "d1",
        "channel": Channel.MAIL,
        "to": "an@vinhphuc.gov.vn",
        "subject": "Giấy mời họp trực tuyến ngày 25/11/2026",
        "body": "Kính gửi: UBND các huyện, thành phố\n\nTrân trọng./.\n",
        "created_at": NOW,
        "next_at": NOW,
    }
    return Message(**(usual | fields))


def read(one: Message, name: str = NAME) -> EmailMessage:
    data = letter(one, SENDER, name)
    data.decode("ascii")
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    parsed = email.message_from_bytes(data, policy=default)
    assert isinstance(parsed, EmailMessage)
    assert not [part.defects for part in parsed.walk() if part.defects]
    return parsed


def text(part: MIMEPart | None) -> str:
    assert part is not None
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


def name_of(mail: EmailMessage) -> str:
    """The sender's name by the standard library's older reader: the newer one (3.11) adds blanks
    between encoded words."""
    raw = str(next(value for key, value in mail.raw_items() if key == "From"))
    name, _, _ = raw.rpartition("<")
    return str(make_header(decode_header(name.strip())))


def test_a_plain_letter() -> None:
    mail = read(message())
    assert mail["Subject"] == "Giấy mời họp trực tuyến ngày 25/11/2026"
    assert (name_of(mail), mail["From"].addresses[0].addr_spec) == (NAME, SENDER)
    assert mail["To"] == "an@vinhphuc.gov.vn"
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == "<m1@diemcau.invalid>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert text(mail) == message().body


def test_every_attempt_is_the_same_letter_but_for_its_boundaries() -> None:
    assert letter(message(), SENDER) == letter(message(attempts=7), SENDER)


def test_html_is_an_alternative_to_the_text() -> None:
    mail = read(message(html="<p>Kính gửi: <b>UBND</b></p>"))
    assert mail.get_content_type() == "multipart/alternative"
    assert text(mail.get_body(("plain",))) == message().body
    assert text(mail.get_body(("html",))).strip() == "<p>Kính gửi: <b>UBND</b></p>"


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_invitation_is_an_alternative_and_a_file_and_stays_intact(method: str) -> None:
    invitation = INVITATION.replace("METHOD:REQUEST", f"METHOD:{method}")
    mail = read(message(html="<p>x</p>", calendar=invitation))
    assert mail.get_content_type() == "multipart/mixed"
    body, file = mail.iter_parts()
    kinds = [part.get_content_type() for part in body.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    inline = list(body.iter_parts())[2]
    assert file.get_filename() == "invite.ics"
    for part in (inline, file):
        assert part.get_content_type() == "text/calendar"
        assert part.get_param("method") == method
        assert part.get_content_charset() == "utf-8"
        assert part.get_payload(decode=True) == invitation.encode()


def test_an_invitation_written_with_bare_line_feeds_gets_the_line_ends_of_its_standard() -> None:
    mail = read(message(calendar=INVITATION.replace("\r\n", "\n")))
    file = next(iter(mail.iter_attachments()))
    assert file.get_payload(decode=True) == INVITATION.encode()


def test_attachments_keep_name_type_and_every_byte() -> None:
    data = bytes(range(256)) * 40
    files = (
        Attachment("Giấy mời số 12/GM-UBND.pdf", "application/pdf", b64encode(data).decode()),
        Attachment("ghi chú.txt", "text/plain", b64encode("một\ntệp".encode()).decode()),
    )
    mail = read(message(calendar=INVITATION, attachments=files))
    pdf, note = list(mail.iter_attachments())[1:]
    assert (pdf.get_filename(), pdf.get_content_type()) == (files[0].name, "application/pdf")
    assert pdf.get_payload(decode=True) == data
    assert (note.get_filename(), note.get_content_type()) == ("ghi chú.txt", "text/plain")
    assert note.get_payload(decode=True) == "một\ntệp".encode()


EVIL = ["\r\nBcc: x@evil.vn", "\nBcc: x@evil.vn", "\rBcc: x@evil.vn", "\u2028Bcc: x", "\x00Bcc: x"]


@pytest.mark.parametrize("evil", EVIL)
def test_nothing_in_a_message_becomes_a_header(evil: str) -> None:
    file = Attachment(f"a{evil}.pdf", "application/pdf", "")
    harmless = read(message(subject="x", html="x", attachments=(file,)), "A")
    one = message(
        subject=f"Giấy mời{evil}",
        body=f"x{evil}",
        html=f"x{evil}",
        calendar=f"METHOD:REQUEST{evil}",
        attachments=(file,),
    )
    mail = read(one, f"Văn phòng{evil}")
    assert mail.keys() == harmless.keys()
    assert "Bcc" in mail["Subject"]
    headers = [name for part in mail.walk() for name in part.keys()]  # noqa: SIM118
    assert "Bcc" not in headers


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "m1>\r\nBcc: <x"},
        {"to": "an@vinhphuc.gov.vn\r\nBcc: x@evil.vn"},
        {"to": "an@vinhphuc.gov.vn, x@evil.vn"},
        {"attachments": (Attachment("a", "application/pdf\r\nBcc: x@evil.vn", ""),)},
        {"attachments": (Attachment("a", "application/pdf", "không phải base64"),)},
        {"body": "\ud800"},
    ],
)
def test_what_cannot_be_a_letter_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        letter(message(**fields), SENDER)


VIETNAMESE = st.text(
    "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặÀÁĐ 0123456789,.;:()<>@\"'«»\\-–/", max_size=300
)


@given(VIETNAMESE, VIETNAMESE, VIETNAMESE)
def test_any_subject_sender_and_file_name_come_back(subject: str, name: str, file: str) -> None:
    attached = Attachment(f"{file}x", "application/pdf", "AAAA")
    mail = read(message(subject=subject, attachments=(attached,)), name)
    assert " ".join(str(mail["Subject"]).split()) == one_line(subject)
    assert [one.addr_spec for one in mail["From"].addresses] == [SENDER]
    assert name_of(mail) == one_line(name)
    came_back = next(iter(mail.iter_attachments())).get_filename() or ""
    assert " ".join(came_back.split()) == one_line(f"{file}x")


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_body_comes_back_line_by_line(body: str) -> None:
    got = text(read(message(body=body, html="<p/>")).get_body(("plain",)))
    assert got.encode().splitlines() == (body.encode().splitlines() or [b""])


@settings(max_examples=50)
@given(st.text(max_size=150))
def test_no_text_whatever_breaks_a_subject(subject: str) -> None:
    assert "\n" not in read(message(subject=subject))["Subject"]


def test_the_longest_id_stays_whole() -> None:
    raw = letter(message(id="a" * 64), SENDER).decode()
    assert f"Message-ID: <{'a' * 64}@diemcau.invalid>\r\n" in raw.replace(":\r\n ", ": ")


@pytest.mark.parametrize(
    "address", ["an@vinhphuc.gov.vn", "van.thu+hop@x-y.vn", "root@localhost", "a@1.vn"]
)
def test_addresses(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "an",
        "an@",
        "@x.vn",
        "an@x.vn\n",
        "an@x.vn\r\nRCPT TO:<b@x.vn>",
        "an@x.vn>",
        "<an@x.vn>",
        "An <an@x.vn>",
        "an@x.vn, binh@x.vn",
        "nguyễn@x.vn",
        "an@-x.vn",
        "an@x..vn",
        '"an b"@x.vn',
        "a" * 65 + "@x.vn",
        "an@" + "x." * 130 + "vn",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert not is_address(text)
