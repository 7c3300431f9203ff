"""What LibreOffice makes of the Word files; and the shape of the pages in both formats."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.shared import Pt
from docx.styles.style import ParagraphStyle

from diemcau.documents import OfficeDocuments
from diemcau.documents.make_templates import SHEETS, main
from diemcau.documents.pdf import TEMPLATES
from diemcau.domain.example_papers import EXAMPLES, HEADING
from diemcau.domain.papers import FORMS, Notice
from diemcau.testing.papers import ALPHABET, many, typed
from tests.office_tools import as_pdf, document_xml, one_line, pdf_pages, pdf_sizes

UPRIGHT, FLIPPED = {(210, 297)}, {(297, 210)}
WIDE = {"summary", "duty", "check", "logbook"}


@pytest.fixture
def office(tmp_path: Path) -> OfficeDocuments:
    return OfficeDocuments(tmp_path / "own")


@pytest.mark.parametrize("form", FORMS)
def test_the_word_templates_are_what_their_script_makes(form: str, tmp_path: Path) -> None:
    main(tmp_path)
    made, shipped = (
        document_xml((folder / f"{form}.docx").read_bytes()) for folder in (tmp_path, TEMPLATES)
    )
    assert made == shipped, "run python -m diemcau.documents.make_templates"


def test_every_form_has_a_sheet_and_an_example() -> None:
    assert set(SHEETS) == set(EXAMPLES) == set(FORMS)


@pytest.mark.parametrize("form", FORMS)
def test_pages_are_a4_with_the_margins_and_the_font_of_the_decree(
    office: OfficeDocuments, form: str
) -> None:
    size = FLIPPED if form in WIDE else UPRIGHT
    assert pdf_sizes(office.render(EXAMPLES[form], HEADING, "pdf")) == size
    document = docx.Document(BytesIO(office.render(EXAMPLES[form], HEADING, "docx")))
    section = document.sections[0]
    assert section.page_width
    assert section.page_height
    assert {(round(section.page_width.mm), round(section.page_height.mm))} == size
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins if margin] == [20, 20, 30, 15]
    normal = document.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    assert (normal.font.name, normal.font.size) == ("Times New Roman", Pt(14))


@pytest.mark.office
@pytest.mark.parametrize("form", FORMS)
def test_libreoffice_prints_every_letter_on_numbered_pages(
    office: OfficeDocuments, form: str, tmp_path: Path
) -> None:
    paper = typed(EXAMPLES[form], ALPHABET)
    data = as_pdf(office.render(paper, HEADING, "docx"), tmp_path)
    pages = pdf_pages(data)
    printed = one_line(" ".join(pages))
    assert all(word in printed for word in ALPHABET.split())
    assert pdf_sizes(data) == (FLIPPED if form in WIDE else UPRIGHT)
    assert pages[0].split()[0] != "1"
    assert [page.split()[0] for page in pages[1:]] == [str(n + 2) for n in range(len(pages) - 1)]


@pytest.mark.office
@pytest.mark.parametrize("form", ["notice", "summary", "check"])
def test_libreoffice_repeats_the_heading_of_a_long_table(
    office: OfficeDocuments, form: str, tmp_path: Path
) -> None:
    pages = pdf_pages(as_pdf(office.render(many(form), HEADING, "docx"), tmp_path))
    with_rows = [page for page in pages if page.count("UBND huyện") > 4]
    assert len(with_rows) > 4
    assert all("STT" in page for page in with_rows)


@pytest.mark.parametrize("rows", range(4, 12))
def test_nobody_signs_a_sheet_without_the_last_words(office: OfficeDocuments, rows: int) -> None:
    longer = many("notice", rows)
    assert isinstance(longer, Notice)
    paper = replace(longer, sites=())
    pages = pdf_pages(office.render(paper, HEADING, "pdf"))
    assert HEADING.signer_name in pages[-1]
    assert "./." in pages[-1]
