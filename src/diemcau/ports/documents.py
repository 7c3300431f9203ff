"""The documents of a session, printed; their templates, which the office may change; calendars."""

from dataclasses import dataclass
from typing import Literal, Protocol

from diemcau.domain.papers import FORMS, Heading, Invitation, Paper
from diemcau.domain.refusal import Invalid, Refusal, Text, Unknown

Format = Literal["docx", "pdf"]
FORMATS: tuple[Format, ...] = ("docx", "pdf")


@dataclass(frozen=True)
class Template:
    """``changed``: the office has put its own in the place of the one that comes with it."""

    form: str
    format: Format
    changed: bool


class UnknownForm(Unknown):
    id = "unknown-form"
    title = Text("Không có biểu mẫu này", "No such form")

    def __init__(self, form: str) -> None:
        forms = ", ".join(FORMS)
        super().__init__(
            f"Không có biểu mẫu «{form}»; các biểu mẫu là {forms}.",
            f"There is no form {form!r}; the forms are {forms}.",
        )


class TemplateBroken(Invalid):
    """A template that cannot be used. ``fault`` is what the printing programme said, in English."""

    id = "template-broken"
    title = Text("Tệp mẫu bị lỗi", "The template is broken")

    def __init__(self, form: str, format: Format, fault: str) -> None:
        super().__init__(
            f"Không in thử được «{FORMS[form].title.vi}» ({format}) bằng tệp này: {fault}. Hãy sửa"
            " lỗi rồi tải lên lại; mẫu đang dùng được giữ nguyên.",
            f"A trial of {FORMS[form].title.en!r} ({format}) with this file failed: {fault}."
            " Correct it and upload it again; the template in use is kept.",
        )


class FontMissing(Refusal):
    id = "font-missing"
    title = Text("Thiếu phông chữ", "The font is missing")

    def __init__(self) -> None:
        super().__init__(
            "Máy chủ không có Liberation Serif 2 hoặc Times New Roman nên chưa in được PDF; hãy"
            " chạy «apt-get install fonts-liberation2» trên máy chủ.",
            "The server has neither Liberation Serif 2 nor Times New Roman, so no PDF can be"
            " printed; run 'apt-get install fonts-liberation2' on the server.",
        )


class Documents(Protocol):
    """Blocking, and for as long as half a second: call it in a thread."""

    def render(self, paper: Paper, heading: Heading, format: Format) -> bytes:
        """The whole file. Raises ``FontMissing``, or ``TemplateBroken`` where the office's template
        fails on what this paper has."""
        ...

    def templates(self) -> tuple[Template, ...]:
        """All forms in all formats."""
        ...

    def template(self, form: str, format: Format) -> bytes:
        """The one in use: a DOCX with Jinja tags, or a Typst file. Raises ``UnknownForm``."""
        ...

    def replace_template(self, form: str, format: Format, data: bytes) -> None:
        """Use this one from now on, once it has printed an example.

        Raises ``UnknownForm``, or ``TemplateBroken`` and keeps the former.
        """
        ...

    def restore_template(self, form: str, format: Format) -> None:
        """Use again the one that comes with the programme. Raises ``UnknownForm``."""
        ...


class Calendar(Protocol):
    def entry(self, invitation: Invitation) -> bytes:
        """An iCalendar file to send by e-mail: METHOD REQUEST, or CANCEL (RFC 5546)."""
        ...
