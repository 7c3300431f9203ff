"""A message as a letter: MIME as every mail program reads it (RFC 5322, 2045, 6047).

All headers are built by the standard library from values without control characters, so nothing
in a message can become a header of its own.
"""

import re
from base64 import b64decode
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from unicodedata import category

from diemcau.couriers.settings import ADDRESS
from diemcau.domain.outbox import Message

POLICY = SMTP.clone(cte_type="7bit", refold_source="none")
"""Also for servers without 8BITMIME (RFC 6152). What ``set_raw`` has folded stays as it is."""

HOME = "diemcau.invalid"
"""The right side of every Message-ID: nobody's domain, so that no change of settings changes it."""

_ADDRESS = re.compile(ADDRESS)
_METHOD = re.compile(r"^METHOD:([A-Za-z-]+)\s*$", re.MULTILINE | re.IGNORECASE)


def is_address(text: str) -> bool:
    return len(text) <= 254 and _ADDRESS.match(text) is not None


def letter(message: Message, sender: str, sender_name: str = "") -> bytes:
    """The letter, its lines ended by CRLF; every attempt's is the same but for its boundaries.

    Plain text, then the same in HTML, then the invitation (``text/calendar``, with its method) as
    alternatives; the invitation again as a file, for programs that know no invitations; then the
    attachments. Raises ``ValueError`` for what cannot be a letter.
    """
    mail = EmailMessage(POLICY)
    mail.set_raw("From", _mailbox(one_line(sender_name), sender))
    mail["To"] = Address(addr_spec=message.to)
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = message.created_at
    mail["Message-ID"] = f"<{message.id}@{HOME}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notices, please
    mail.set_content(message.body)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    if message.calendar:
        _add_invitation(mail, message.calendar)
    for attachment in message.attachments:
        main, _, sub = attachment.media_type.partition("/")
        data = b64decode(attachment.data, validate=True)
        mail.add_attachment(data, main, sub, filename=one_line(attachment.name))
    return mail.as_bytes()


def _mailbox(name: str, address: str) -> str:
    """The older ``Header`` writes the name: ``Address`` loses blanks where it folds (3.11)."""
    if not name:
        return address
    encoded = Header(name, "utf-8", header_name="From").encode(linesep="\r\n")
    return f"{encoded}\r\n <{address}>"


def _add_invitation(mail: EmailMessage, calendar: str) -> None:
    """In base64, which leaves its lines as they are."""
    method = _METHOD.search(calendar)
    params = {"method": method[1].upper()} if method else {}
    mail.add_alternative(calendar, subtype="calendar", params=params, cte="base64")
    mail.add_attachment(
        calendar, subtype="calendar", params=params, cte="base64", filename="invite.ics"
    )


def one_line(text: str) -> str:
    """Without control characters, surrogates and line breaks of any kind."""
    plain = "".join(" " if category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text)
    return " ".join(plain.split())
