"""Documents and calendars without Typst or Word: text in, text out."""

import json
import re

from diemcau.domain.example_papers import EXAMPLES, HEADING
from diemcau.domain.papers import FORMS, Heading, Invitation, Paper
from diemcau.domain.printing import printed
from diemcau.ports.documents import FORMATS, Format, Template, TemplateBroken, UnknownForm

TAG = re.compile(r"\{\{ (\w+)\.(\w+) \}\}")
SHIPPED = "{{ paper.subject }}\n{{ heading.code }}\n{{ paper.all }}"


class FakeDocuments:
    """A template is text with tags such as ``{{ paper.subject }}``; ``paper.all`` is all of it."""

    def __init__(self) -> None:
        self._own: dict[tuple[str, Format], bytes] = {}

    def render(self, paper: Paper, heading: Heading, format: Format) -> bytes:
        return self._print(self.template(paper.form, format), paper, heading, format)

    def templates(self) -> tuple[Template, ...]:
        return tuple(
            Template(form, format, (form, format) in self._own)
            for form in FORMS
            for format in FORMATS
        )

    def template(self, form: str, format: Format) -> bytes:
        self._refuse_unknown(form)
        return self._own.get((form, format), SHIPPED.encode())

    def replace_template(self, form: str, format: Format, data: bytes) -> None:
        self._refuse_unknown(form)
        made = self._print(data, EXAMPLES[form], HEADING, format)
        if EXAMPLES[form].subject not in made.decode():
            raise TemplateBroken(form, format, "it does not print the subject (paper.subject)")
        self._own[form, format] = data

    def restore_template(self, form: str, format: Format) -> None:
        self._refuse_unknown(form)
        self._own.pop((form, format), None)

    def _refuse_unknown(self, form: str) -> None:
        if form not in FORMS:
            raise UnknownForm(form)

    def _print(self, template: bytes, paper: Paper, heading: Heading, format: Format) -> bytes:
        values = printed(paper, heading)
        values["paper"]["all"] = "\n".join(_texts(values))

        def value(tag: re.Match[str]) -> str:
            try:
                return str(values[tag[1]][tag[2]])
            except KeyError:
                raise TemplateBroken(paper.form, format, f"there is no {tag[0]}") from None

        try:
            return TAG.sub(value, template.decode()).encode()
        except UnicodeDecodeError as error:
            raise TemplateBroken(paper.form, format, str(error)) from None


def _texts(value: object) -> list[str]:
    """Every text in there."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [str(value)]


class FakeCalendar:
    """Says in JSON what the entry would be."""

    def entry(self, invitation: Invitation) -> bytes:
        return json.dumps(
            {
                "method": "CANCEL" if invitation.cancelled else "REQUEST",
                "uid": f"{invitation.dossier}.{invitation.unit}",
                "sequence": invitation.sequence,
                "starts": invitation.starts.isoformat(),
                "ends": invitation.ends.isoformat(),
                "attendees": [attendee.email for attendee in invitation.attendees],
            }
        ).encode()
