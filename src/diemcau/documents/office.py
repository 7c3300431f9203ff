"""The port ``Documents``: which template is in use, tried before it is; both formats printed."""

import os
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from diemcau.documents.docx import WordPrinter
from diemcau.documents.pdf import TEMPLATES, Faulty, TypstPrinter
from diemcau.domain.assessment_paper import AssessmentReport
from diemcau.domain.cascade_drawing import drawn
from diemcau.domain.example_papers import EXAMPLES, HEADING
from diemcau.domain.papers import FORMS, Heading, Paper, Plan
from diemcau.domain.printing import printed
from diemcau.ports.documents import FORMATS, Format, Template, TemplateBroken, UnknownForm

SUFFIX: dict[Format, str] = {"docx": "docx", "pdf": "typ"}


class OfficeDocuments:
    """``folder`` holds the office's own templates; it is made when there is one."""

    def __init__(self, folder: Path, pdf: TypstPrinter | None = None) -> None:
        self._folder = folder
        self._pdf = pdf or TypstPrinter()
        self._docx = WordPrinter()

    def render(self, paper: Paper, heading: Heading, format: Format) -> bytes:
        try:
            return self._print(self.template(paper.form, format), paper, heading, format)
        except Faulty as fault:
            raise TemplateBroken(paper.form, format, str(fault)) from None

    def templates(self) -> tuple[Template, ...]:
        return tuple(
            Template(form, format, self._own(form, format).is_file())
            for form in FORMS
            for format in FORMATS
        )

    def template(self, form: str, format: Format) -> bytes:
        own = self._own(form, format)
        return (own if own.is_file() else TEMPLATES / own.name).read_bytes()

    def replace_template(self, form: str, format: Format, data: bytes) -> None:
        own = self._own(form, format)
        try:
            self._try(form, format, data)
        except Faulty as fault:
            raise TemplateBroken(form, format, str(fault)) from None
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = own.with_suffix(f".{os.getpid()}.new")
        fresh.write_bytes(data)
        fresh.replace(own)

    def restore_template(self, form: str, format: Format) -> None:
        self._own(form, format).unlink(missing_ok=True)

    def _own(self, form: str, format: Format) -> Path:
        if form not in FORMS:
            raise UnknownForm(form)
        return self._folder / f"{form}.{SUFFIX[format]}"

    def _print(self, template: bytes, paper: Paper, heading: Heading, format: Format) -> bytes:
        values, drawing = printed(paper, heading), _drawing(paper)
        if format == "pdf":
            return self._pdf.render(template, values, drawing)
        return self._docx.render(template, values, self._pdf.picture(drawing) if drawing else None)

    def _seen(self, template: bytes, paper: Paper, format: Format) -> bytes:
        """What a reader sees of it, to compare."""
        if format == "pdf":
            return self._pdf.seen(template, printed(paper, HEADING), _drawing(paper))
        with zipfile.ZipFile(BytesIO(self._print(template, paper, HEADING, format))) as packed:
            return packed.read("word/document.xml")

    def _try(self, form: str, format: Format, data: bytes) -> None:
        """Print an example, and again with nothing in the heading that may be left out; a template
        that does not print what the paper is about is another file."""
        example = EXAMPLES[form]
        bare = replace(HEADING, number="", day=None, recipients=(), urgency="", superior="")
        self._print(data, example, bare, format)
        other = replace(example, subject=f"{example.subject} ({form})")
        if self._seen(data, example, format) == self._seen(data, other, format):
            raise Faulty("it does not print the subject (paper.subject)")


def _drawing(paper: Paper) -> str:
    match paper:
        case Plan():
            return drawn(paper.drawing)
        case AssessmentReport():
            # Matplotlib takes a second to come: only whoever plots waits for it.
            from diemcau.documents.plots import plotted

            return plotted(paper.plots)
        case _:
            return ""
