"""Tables as a workbook: a page for each, times in Vietnam's."""

import io
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from diemcau.domain.assessment_tables import Cell, Table
from diemcau.domain.localtime import VIETNAM

WIDTH = 18


def tables(found: Sequence[Table]) -> bytes:
    """The XLSX file."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    head = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
    for table in found:
        page = book.add_worksheet(table.title)
        page.freeze_panes(1, 1)
        page.set_column(0, len(table.columns) - 1, WIDTH)
        for at, column in enumerate(table.columns):
            page.write_string(0, at, column.vi, head)
            page.write_comment(0, at, column.en, {"author": "Điểm Cầu"})
        for row, cells in enumerate(table.rows, start=1):
            for at, cell in enumerate(cells):
                _write(page, row, at, cell, moment)
    book.close()
    return buffer.getvalue()


def _write(page: Worksheet, row: int, at: int, cell: Cell, moment: Format) -> None:
    """A text is never taken for a formula or an address; what is not known stays blank."""
    if cell is None:
        return
    if isinstance(cell, str):
        page.write_string(row, at, cell)
    elif isinstance(cell, int | float):
        page.write_number(row, at, cell)
    else:
        page.write_datetime(row, at, cell.astimezone(VIETNAM).replace(tzinfo=None), moment)
