"""The directory as a workbook (XLSX): exported, filled in by clerks, read back.

``template`` and ``export`` make one, ``read`` gives the change it asks for, or each fault with the
cell it is in. ``tables`` makes one of anything.
"""

from diemcau.sheets.faults import SheetFault
from diemcau.sheets.reading import Import, read
from diemcau.sheets.tables import tables
from diemcau.sheets.writing import export, template

__all__ = ["Import", "SheetFault", "export", "read", "tables", "template"]
