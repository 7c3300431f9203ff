"""What is wrong with a workbook, and where."""

from dataclasses import dataclass

from diemcau.domain.refusal import Text


@dataclass(frozen=True)
class SheetFault:
    """``cell`` as "C17"; "" (and ``row`` 0) where the fault is not in one cell. ``column`` is the
    column's heading, ``text`` says what to do."""

    sheet: str
    cell: str
    row: int
    column: str
    text: Text


class Unreadable(Exception):
    """The file is no workbook that can be read."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(vi, en)


class Unfit(Exception):
    """A cell's value is not what its column holds."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(vi, en)
