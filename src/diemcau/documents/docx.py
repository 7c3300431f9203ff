"""DOCX through docxtpl: a template is a Word file with Jinja tags in it, which a clerk can lay out.

Tags run in a sandbox, and what people typed is escaped. A tag for something that the form does not
have is a fault, not a gap.
"""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from docx.document import Document
from docx.image.image import Image
from docx.opc.exceptions import OpcError
from docx.shared import Inches, Length, Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from diemcau.documents.pdf import DENSITY, Faulty

LARGEST = 20 * 2**20
"""Bytes of a template, unpacked; the ones that come with the programme have 0.2 MB."""
WIDTH, HEIGHT = Mm(165), Mm(190)
"""The most that a picture takes."""


class WordPrinter:
    def render(self, template: bytes, values: Mapping[str, Any], picture: bytes | None) -> bytes:
        """The DOCX; ``picture`` is a PNG, which the tag ``{{ drawing }}`` stands for. Raises
        ``Faulty``."""
        _refuse_bombs(template)
        environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
        made = BytesIO()
        try:
            document = DocxTemplate(BytesIO(template))
            document.init_docx()
            drawing = _placed(document, picture) if picture else ""
            document.render({**values, "drawing": drawing}, environment)
            _fit(document.docx)
            document.save(made)
        except (TemplateError, OpcError, SyntaxError) as error:
            raise Faulty(f"{type(error).__name__}: {error}") from None
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
            # What python-docx and tags say of a file that is half a Word file, or of bad sums.
            raise Faulty(f"{type(error).__name__}: {error}") from None
        return made.getvalue()


def _placed(document: DocxTemplate, picture: bytes) -> InlineImage:
    """The picture in its own size, or as large as the page lets it be."""
    image = Image.from_blob(picture)
    width, height = Inches(image.px_width / DENSITY), Inches(image.px_height / DENSITY)
    part = min(1.0, WIDTH / width, HEIGHT / height)
    return InlineImage(document, BytesIO(picture), width=Length(int(width * part)))


def _fit(document: Document) -> None:
    """Give each table the grid of its cells, no wider than the page: columns that a tag repeats are
    in the cells only, and LibreOffice goes by the grid."""
    section = document.sections[0]
    margins = (section.left_margin or 0) + (section.right_margin or 0)
    space = (section.page_width or Mm(210)) - margins
    for table in document.tables:
        cells = table._tbl.tr_lst[0].tc_lst if table._tbl.tr_lst else []
        widths = [cell.width or 0 for cell in cells]
        part = min(1.0, space / (sum(widths) or space))
        grid = table._tbl.tblGrid
        for column in list(grid):
            grid.remove(column)
        for width in widths:
            grid.add_gridCol().w = Length(int(width * part))
        for row in table._tbl.tr_lst if part < 1 else []:
            for cell in row.tc_lst:
                cell.width = Length(int((cell.width or 0) * part))


def _refuse_bombs(template: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(template)) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile:
        raise Faulty("it is not a DOCX file") from None
    if size > LARGEST:
        raise Faulty(f"it unpacks to {size} bytes; {LARGEST} are allowed")
