"""One contract for whatever prints the documents: the fake, and Word and Typst."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx
import pytest

from diemcau.documents import OfficeDocuments
from diemcau.documents.pdf import TypstPrinter
from diemcau.domain.example_papers import EXAMPLES, HEADING, NOTICE, SUMMARY
from diemcau.domain.papers import FORMS
from diemcau.ports.documents import (
    FORMATS,
    Documents,
    FontMissing,
    Format,
    Template,
    TemplateBroken,
    UnknownForm,
)
from diemcau.testing import FakeDocuments
from diemcau.testing.papers import ALPHABET, many, typed
from tests.office_tools import docx_text, one_line, pdf_pages

FONTS = Path("/usr/share/fonts/truetype")


@pytest.fixture(params=["fake", "office"])
def documents(request: pytest.FixtureRequest, tmp_path: Path) -> Documents:
    return FakeDocuments() if request.param == "fake" else OfficeDocuments(tmp_path / "own")


@pytest.fixture
def office(tmp_path: Path) -> OfficeDocuments:
    return OfficeDocuments(tmp_path / "own")


def text(data: bytes) -> str:
    """What a reader sees, on one line."""
    if data.startswith(b"%PDF"):
        return one_line(" ".join(pdf_pages(data)))
    return one_line(docx_text(data) if data.startswith(b"PK") else data.decode())


def changed(data: bytes) -> bytes:
    """The template with a line of the office's own."""
    if not data.startswith(b"PK"):
        return data + "\nMẫu riêng".encode()
    return tagged(data, "Mẫu riêng")


def tagged(data: bytes, words: str) -> bytes:
    document = docx.Document(BytesIO(data))
    document.add_paragraph(words)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("form", FORMS)
def test_a_form_prints_what_it_is_about_and_its_number(
    documents: Documents, form: str, format: Format
) -> None:
    printed = text(documents.render(EXAMPLES[form], HEADING, format))
    assert EXAMPLES[form].subject in printed
    assert "Số: 86/TB-VP" in printed


def test_every_form_has_a_template_in_every_format_none_of_them_changed(
    documents: Documents,
) -> None:
    expected = {Template(form, format, False) for form in FORMS for format in FORMATS}
    assert set(documents.templates()) == expected
    for template in expected:
        assert documents.template(template.form, template.format)


@pytest.mark.parametrize("format", FORMATS)
def test_the_offices_own_template_is_used_until_the_first_is_restored(
    documents: Documents, format: Format
) -> None:
    first = documents.template("duty", format)
    documents.replace_template("duty", format, changed(first))
    assert documents.template("duty", format) == changed(first) or format == "docx"
    assert Template("duty", format, True) in documents.templates()
    assert "Mẫu riêng" in text(documents.render(EXAMPLES["duty"], HEADING, format))
    documents.restore_template("duty", format)
    assert documents.template("duty", format) == first
    assert Template("duty", format, False) in documents.templates()
    documents.restore_template("duty", format)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "broken",
    [b"", b"PK\x03\x04 half a file", b"\xff\xfe\x00", b"plain words that print nothing"],
    ids=["empty", "half", "binary", "another file"],
)
def test_a_broken_template_is_refused_and_the_former_kept(
    documents: Documents, format: Format, broken: bytes
) -> None:
    own = changed(documents.template("check", format))
    documents.replace_template("check", format, own)
    with pytest.raises(TemplateBroken) as refused:
        documents.replace_template("check", format, broken)
    assert "Biên bản kiểm tra kỹ thuật" in refused.value.detail.vi
    assert documents.template("check", format) == own


def test_a_form_that_there_is_not_is_refused(documents: Documents) -> None:
    asked: list[Callable[[], object]] = [
        lambda: documents.template("../../etc/passwd", "docx"),
        lambda: documents.replace_template("letter", "pdf", b"x"),
        lambda: documents.restore_template("letter", "docx"),
    ]
    for ask in asked:
        with pytest.raises(UnknownForm):
            ask()


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("form", FORMS)
def test_every_vietnamese_letter_can_be_read_back(
    documents: Documents, form: str, format: Format
) -> None:
    paper = typed(EXAMPLES[form], ALPHABET)
    printed = text(documents.render(paper, HEADING, format))
    assert all(word in printed for word in ALPHABET.split())


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("form", FORMS)
def test_what_people_typed_is_printed_as_they_typed_it(
    documents: Documents, form: str, format: Format
) -> None:
    words = ["#import", '"@preview/x"', "{{", "heading.sign", "}}", "{%p", "<w:p>", "&amp;", "*x*"]
    words += ["$1$", "#panic()", "@nơi", "_y_", "\\n", "//", "-->", "</w:t>", "日本", "😀", "]"]
    paper = typed(EXAMPLES[form], " ".join(words))
    heading = typed(replace(HEADING, secrecy="MẬT"), "</w:p>{% endif %}#")
    printed = text(documents.render(paper, heading, format))
    # What has no glyph in the font cannot be read back from a PDF.
    readable = [word for word in words if word not in "日本😀" or format == "docx"]
    assert [word for word in readable if word not in printed] == []
    assert "</w:p>{% endif %}#" in printed


@pytest.mark.parametrize("format", FORMATS)
def test_letters_that_no_file_can_carry_are_left_out(documents: Documents, format: Format) -> None:
    paper = replace(NOTICE, chair="Bà\x00 Lê\ud800 Thị\x0b Mỹ\ufffe")
    assert "Bà Lê Thị Mỹ" in text(documents.render(paper, HEADING, format))


@pytest.mark.parametrize("format", FORMATS)
def test_letters_in_pieces_are_put_together(documents: Documents, format: Format) -> None:
    paper = replace(NOTICE, chair="Nguye\u0302\u0303n Thi\u0323 A\u0301nh")
    assert "Nguyễn Thị Ánh" in text(documents.render(paper, HEADING, format))


def test_145_sites_have_a_numbered_row_each_under_a_heading_on_every_page(
    office: OfficeDocuments,
) -> None:
    pages = pdf_pages(office.render(many("summary"), HEADING, "pdf"))
    assert len(pages) > 8
    for number, page in enumerate(pages[1:-1], start=2):
        assert page.split()[0] == str(number)
        assert "STT" in page
    assert "145" in " ".join(pages).split()


def test_a_table_in_word_repeats_its_heading_and_breaks_no_row(office: OfficeDocuments) -> None:
    document = docx.Document(BytesIO(office.render(many("summary"), HEADING, "docx")))
    results = document.tables[1]
    assert len(results.rows) == 146
    assert results.rows[0]._tr.xpath("./w:trPr/w:tblHeader")
    assert all(row._tr.xpath("./w:trPr/w:cantSplit") for row in results.rows)
    assert results.rows[145].cells[0].text == "145"


@pytest.mark.parametrize("checks", [1, 6, 12])
def test_a_column_for_each_check_fits_the_page(office: OfficeDocuments, checks: int) -> None:
    titles = tuple(f"Mục {number}" for number in range(checks))
    rows = tuple(replace(row, results=("Đạt",) * checks) for row in SUMMARY.results)
    paper = replace(SUMMARY, checks=titles, results=rows)
    document = docx.Document(BytesIO(office.render(paper, HEADING, "docx")))
    grid = document.tables[1]._tbl.tblGrid
    widths = [column.w for column in grid.gridCol_lst]
    assert len(widths) == checks + 4
    assert sum(width.mm for width in widths if width) <= 253
    assert all(title in text(office.render(paper, HEADING, "pdf")) for title in titles)


@pytest.mark.parametrize("format", FORMATS)
def test_a_heading_with_nothing_but_what_it_must_have(documents: Documents, format: Format) -> None:
    heading = replace(
        HEADING, superior="", number="", day=None, recipients=(), urgency="", issuer=""
    )
    printed = text(documents.render(NOTICE, heading, format))
    assert "/TB-VP" in printed
    assert "HỎA TỐC" not in printed
    assert "Nơi nhận" not in printed


def test_the_heading_is_that_of_the_decree(office: OfficeDocuments) -> None:
    for format in FORMATS:
        printed = text(office.render(NOTICE, replace(HEADING, secrecy="MẬT"), format))
        for part in (
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "Vĩnh Phúc, ngày 08 tháng 3 năm 2022",
            "HỎA TỐC",
            "MẬT",
            "chỉ đạo của Chủ tịch Ủy ban nhân dân tỉnh;",
            "Nơi nhận:",
            "- Lưu: VT, TTTH.",
            "PHÓ CHÁNH VĂN PHÒNG",
            "08:00 ngày 25/03/2022",
        ):
            assert part in printed, (format, part)


FAULTS: list[tuple[Format, Callable[[bytes], bytes], str]] = [
    ("pdf", lambda data: data + b"\n#paper.colour", "colour"),
    ("pdf", lambda data: data + b"\n#let x = (", "unclosed delimiter"),
    ("pdf", lambda data: data + b'\n#import "@preview/cetz:0.3.0"', "package"),
    ("pdf", lambda data: data + b'\n#read("../../../pyproject.toml")', "root"),
    ("pdf", lambda data: data + b"\n#while true { let x = 1 }", "always true"),
    ("docx", lambda data: tagged(data, "{{ paper.colour }}"), "colour"),
    ("docx", lambda data: tagged(data, "{% if paper.subject %}"), "endif"),
    ("docx", lambda data: tagged(data, "{{ paper.__class__.__mro__ }}"), "SecurityError"),
    ("docx", lambda data: tagged(data, "{% for x in range(9**9) %}{% endfor %}"), "Overflow"),
    ("docx", lambda data: tagged(data, "{{ 1 / 0 }}"), "ZeroDivision"),
]


@pytest.mark.parametrize(("format", "spoilt", "fault"), FAULTS, ids=[x[2] for x in FAULTS])
def test_the_refusal_of_a_template_names_the_fault(
    office: OfficeDocuments, format: Format, spoilt: Callable[[bytes], bytes], fault: str
) -> None:
    with pytest.raises(TemplateBroken) as refused:
        office.replace_template("script", format, spoilt(office.template("script", format)))
    assert fault in refused.value.detail.en
    assert Template("script", format, False) in office.templates()


@pytest.mark.parametrize("format", FORMATS)
def test_a_finished_document_is_no_template(office: OfficeDocuments, format: Format) -> None:
    finished = office.render(NOTICE, HEADING, format)
    with pytest.raises(TemplateBroken):
        office.replace_template("notice", format, finished)


def test_a_pdf_is_the_same_whenever_it_is_printed(office: OfficeDocuments) -> None:
    first = office.render(NOTICE, HEADING, "pdf")
    assert office.render(NOTICE, HEADING, "pdf") == first


@pytest.mark.parametrize("folders", [(), (Path("/nowhere"),), (FONTS / "dejavu",)])
def test_without_a_font_for_vietnamese_the_refusal_says_which_to_install(
    tmp_path: Path, folders: tuple[Path, ...]
) -> None:
    bare = OfficeDocuments(tmp_path, TypstPrinter(folders))
    with pytest.raises(FontMissing) as refused:
        bare.render(NOTICE, HEADING, "pdf")
    assert "apt-get install fonts-liberation2" in refused.value.detail.vi
    assert bare.render(NOTICE, HEADING, "docx")
