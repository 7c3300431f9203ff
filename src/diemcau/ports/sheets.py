"""Workbooks: the directory, which clerks fill in, and tables of figures."""

from collections.abc import Sequence
from typing import Protocol

from diemcau.domain.assessment_tables import Table
from diemcau.domain.directory import Directory, Entry
from diemcau.domain.refusal import Text


class SheetFault(Protocol):
    """What is wrong in one cell (``cell`` as "C17", "" where it is not in one)."""

    @property
    def sheet(self) -> str: ...
    @property
    def cell(self) -> str: ...
    @property
    def row(self) -> int: ...
    @property
    def column(self) -> str: ...
    @property
    def text(self) -> Text: ...


class Import(Protocol):
    """The directory as a workbook wants it, and what that changes: nothing if it has faults."""

    @property
    def added(self) -> Sequence[Entry]: ...
    @property
    def changed(self) -> Sequence[tuple[Entry, Entry]]: ...
    @property
    def removed(self) -> Sequence[Entry]: ...
    @property
    def faults(self) -> Sequence[SheetFault]: ...


class Sheets(Protocol):
    """All of it is blocking, and may take seconds: call it in a thread."""

    def template(self) -> bytes: ...

    def export(self, directory: Directory) -> bytes: ...

    def tables(self, found: Sequence[Table]) -> bytes: ...

    def read(self, data: bytes, current: Directory) -> Import: ...
