"""A Word file in the layout of Decree 30/2020/NĐ-CP, Appendix I, put together part by part."""

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
LEFT, CENTRE, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
INDENT = Mm(10)
NUMBER, SHORT = 11, 28
"""Width of the column STT, in mm like all widths of columns; what is no wider is centred."""
RED = RGBColor(0xFF, 0, 0)


class Sheet:
    """Begins with the heading and the ``kind`` of document; values are Jinja expressions."""

    def __init__(self, kind: str, flipped: bool = False) -> None:
        self._file = docx.Document()
        self._width = 252 if flipped else 165
        self._page(flipped)
        self._style()
        self._top()
        self._titled(kind)

    def save(self, path: Path) -> None:
        self._file.save(str(path))

    def paragraph(self, text: str, *, keep: bool = False) -> None:
        """``keep``: on the same page as what follows."""
        _written(self._body(keep=keep), text)

    def section(self, title: str) -> None:
        paragraph = self._body(keep=True)
        paragraph.paragraph_format.space_before = Pt(8)
        _written(paragraph, title, bold=True)

    def fact(self, name: str, value: str, text: str = "", *, keep: bool = False) -> None:
        """Name and value, or a text about it; left out where there is no value."""
        with self.where(value):
            paragraph = self._body(keep=keep)
            _written(paragraph, f"{name}: ", bold=True)
            _written(paragraph, text or f"{{{{ {value} }}}}")

    def each(self, values: str, text: str) -> None:
        """A paragraph for each of the values; it calls them ``each``."""
        self._tag(f"for each in {values}")
        self.paragraph(text)
        self._tag("endfor")

    @contextmanager
    def where(self, value: str) -> Iterator[None]:
        """What is added meanwhile is printed only where there is such a value."""
        self._tag(f"if {value}")
        yield
        self._tag("endif")

    def table(self, values: str, columns: Mapping[str, str], widths: Sequence[int]) -> None:
        """Title and field of each column."""
        cells = [f"{{{{ it.{field} }}}}" for field in columns.values()]
        self.rows(values, list(columns), cells, widths)

    def rows(
        self, values: str, titles: Sequence[str], cells: Sequence[str], widths: Sequence[int]
    ) -> None:
        """Numbered rows, one for each value (``it``); the titles come again on every page."""
        table = self._file.add_table(rows=4, cols=len(titles) + 1)
        table.style = "Table Grid"
        _sized(table, [NUMBER, *widths], margin=70)
        _filled(table, 0, ["STT", *titles], range(len(titles) + 1), bold=True)
        table.cell(1, 0).text = f"{{%tr for it in {values} %}}"
        short = [number for number, width in enumerate([NUMBER, *widths]) if width <= SHORT]
        _filled(table, 2, ["{{ loop.index }}", *cells], short)
        table.cell(3, 0).text = "{%tr endfor %}"
        _marked(table, 0, "w:tblHeader")
        for row in (0, 2):
            _marked(table, row, "w:cantSplit")
        self._gap()

    def picture(self, caption: str) -> None:
        for text, italic in (("{{ drawing }}", False), (caption, True)):
            paragraph = self._file.add_paragraph()
            paragraph.alignment = CENTRE
            paragraph.paragraph_format.keep_with_next = not italic
            _written(paragraph, text, size=13, italic=italic)

    def annex(self, title: str, reference: str) -> None:
        self._file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        for text, italic in (("PHỤ LỤC", False), (title, False), (reference, True)):
            paragraph = self._file.add_paragraph()
            paragraph.alignment = CENTRE
            paragraph.paragraph_format.space_after = Pt(2 if not italic else 8)
            _written(paragraph, text, bold=not italic, italic=italic)

    def end(self, party_function: str = "", party_name: str = "") -> None:
        """Places 7 to 9. Another party signs on the left; recipients then stand below."""
        table = self._file.add_table(rows=2 if party_name else 1, cols=2)
        _sized(table, [self._width // 2, self._width - self._width // 2])
        for row in range(len(table.rows)):
            _marked(table, row, "w:cantSplit")
        lines = "heading.signer_function"
        _signed(table.cell(0, 1), lines, "heading.signer_name")
        if party_name:
            _signed(table.cell(0, 0), f"{party_function}.split('\\n')", party_name)
            for cell in table.row_cells(0):
                for paragraph in cell.paragraphs:
                    paragraph.paragraph_format.keep_with_next = True
        _received(table.cell(len(table.rows) - 1, 0))

    def _page(self, flipped: bool) -> None:
        section = self._file.sections[0]
        size = (Mm(297), Mm(210)) if flipped else (Mm(210), Mm(297))
        section.page_width, section.page_height = size
        section.orientation = WD_ORIENT.LANDSCAPE if flipped else WD_ORIENT.PORTRAIT
        section.top_margin = section.bottom_margin = Mm(20)
        section.left_margin, section.right_margin = Mm(30), Mm(15)
        section.header_distance = Mm(10)
        section.different_first_page_header_footer = True
        number = section.header.paragraphs[0]
        number.alignment = CENTRE
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        number._p.append(field)

    def _style(self) -> None:
        normal = self._file.styles["Normal"]
        normal.font.name = FONT
        normal.font.size = Pt(14)
        fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
            fonts.set(qn(script), FONT)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "vi-VN")
        normal.element.rPr.append(language)
        normal.paragraph_format.space_after = Pt(0)

    def _top(self) -> None:
        """Places 1 to 4, 10a and 10b."""
        right = 89
        half = self._width - right
        table = self._file.add_table(rows=2, cols=2)
        _sized(table, [half, right])
        left, state, code, dated = (table.cell(row, column) for row in (0, 1) for column in (0, 1))
        _tagged(left, "if heading.superior")
        _line(left, "{{ heading.superior }}", 12)
        _tagged(left, "endif")
        _line(left, "{{ heading.body }}", 12, bold=True)
        _rule(left, half / 2 - 13)
        _line(state, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, bold=True)
        _line(state, "Độc lập - Tự do - Hạnh phúc", 13, bold=True)
        _rule(state, (right - 57) / 2)
        _line(code, "{{ heading.code }}", 13)
        # Frames of one width, one below the other, Word would make into one.
        for mark, width in (("heading.secrecy", 28), ("heading.urgency", 34)):
            _tagged(code, f"if {mark}")
            _stamp(code, f"{{{{ {mark} }}}}", (half - width) / 2)
            _tagged(code, "endif")
        _line(dated, "{{ heading.dated }}", 13, italic=True)
        for cell in (left, state, code, dated):
            cell._tc.remove(cell.paragraphs[0]._p)

    def _titled(self, kind: str) -> None:
        """Place 5a."""
        for text, before in ((kind, 16), ("{{ paper.subject }}", 0)):
            paragraph = self._file.add_paragraph()
            paragraph.alignment = CENTRE
            paragraph.paragraph_format.space_before = Pt(before)
            paragraph.paragraph_format.keep_with_next = True
            _written(paragraph, text, bold=True)
        rule = self._file.add_paragraph()
        _ruled(rule, (self._width - 40) / 2)
        rule.paragraph_format.space_after = Pt(8)

    def _body(self, *, keep: bool = False) -> Paragraph:
        paragraph = self._file.add_paragraph()
        layout = paragraph.paragraph_format
        layout.alignment = BOTH
        layout.first_line_indent = INDENT
        layout.space_before, layout.space_after = Pt(3), Pt(6 if keep else 3)
        layout.keep_with_next = keep
        return paragraph

    def _tag(self, words: str) -> None:
        self._file.add_paragraph(f"{{%p {words} %}}")

    def _gap(self) -> None:
        _low(self._file.add_paragraph())


def _written(
    paragraph: Paragraph, text: str, size: float = 0, *, bold: bool = False, italic: bool = False
) -> None:
    run = paragraph.add_run(text)
    run.bold, run.italic = bold or None, italic or None
    if size:
        run.font.size = Pt(size)


def _line(
    cell: _Cell, text: str, size: float, *, bold: bool = False, italic: bool = False
) -> Paragraph:
    paragraph: Paragraph = cell.add_paragraph()
    paragraph.alignment = CENTRE
    _written(paragraph, text, size, bold=bold, italic=italic)
    return paragraph


def _tagged(cell: _Cell, words: str) -> None:
    cell.add_paragraph(f"{{%p {words} %}}")


def _rule(cell: _Cell, margin: float) -> None:
    _ruled(cell.add_paragraph(), margin)


def _ruled(paragraph: Paragraph, margin: float) -> None:
    """A rule with that much room on its left and right, in mm: the border of a low paragraph."""
    layout = paragraph.paragraph_format
    layout.left_indent = layout.right_indent = Mm(margin)
    layout.line_spacing = Pt(5)
    layout.space_before = Pt(2)
    _bordered(paragraph, "top", "000000")


def _low(paragraph: Paragraph) -> None:
    """Nothing but a little room."""
    paragraph.paragraph_format.line_spacing = Pt(5)


def _stamp(cell: _Cell, text: str, margin: float) -> None:
    paragraph = _line(cell, text, 13, bold=True)
    paragraph.runs[0].font.color.rgb = RED
    layout = paragraph.paragraph_format
    layout.left_indent = layout.right_indent = Mm(margin)
    layout.space_before = layout.space_after = Pt(4)
    _bordered(paragraph, "top left bottom right", "FF0000")


def _bordered(paragraph: Paragraph, sides: str, colour: str) -> None:
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="6" w:space="1" w:color="{colour}"/>'
        for side in sides.split()
    )
    borders = parse_xml(f"<w:pBdr {nsdecls('w')}>{lines}</w:pBdr>")
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _signed(cell: _Cell, lines: str, name: str) -> None:
    """Function in capitals, room for hand and seal, name."""
    _tagged(cell, f"for each in {lines}")
    _line(cell, "{{ each }}", 13, bold=True)
    _tagged(cell, "endfor")
    _line(cell, f"{{{{ {name} }}}}", 14, bold=True).paragraph_format.space_before = Mm(20)
    cell._tc.remove(cell.paragraphs[0]._p)


def _received(cell: _Cell) -> None:
    _tagged(cell, "if heading.recipients")
    _written(cell.add_paragraph(), "Nơi nhận:", 12, bold=True, italic=True)
    _tagged(cell, "for each in heading.recipients")
    _written(cell.add_paragraph(), "- {{ each }}{% if loop.last %}.{% else %};{% endif %}", 11)
    _tagged(cell, "endfor")
    _tagged(cell, "endif")
    # A cell without any paragraph is no cell.
    _low(cell.add_paragraph())
    cell._tc.remove(cell.paragraphs[0]._p)


def _sized(table: Table, widths: Sequence[int], margin: int = 0) -> None:
    """Columns of so many mm; Word goes by the cells, LibreOffice by the grid. ``margin``: left and
    right in every cell, in twentieths of a point."""
    sides = "".join(f'<w:{side} w:w="{margin}" w:type="dxa"/>' for side in ("left", "right"))
    table._tblPr.append(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{sides}</w:tblCellMar>"))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _filled(
    table: Table, row: int, texts: Sequence[str], centred: Container[int], *, bold: bool = False
) -> None:
    for number, text in enumerate(texts):
        cell = table.cell(row, number)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.alignment = CENTRE if number in centred else LEFT
        layout = paragraph.paragraph_format
        layout.space_before = layout.space_after = Pt(2)
        _written(paragraph, text, 12, bold=bold)


def _marked(table: Table, row: int, mark: str) -> None:
    properties: BaseOxmlElement = table.rows[row]._tr.get_or_add_trPr()
    properties.append(OxmlElement(mark))
