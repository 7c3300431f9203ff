"""Opening a workbook that a stranger has made.

An XLSX is a zip of XML. Before the parser sees it, everything in it is unpacked here, counted
against limits, and packed anew without compression: what the parser then reads cannot be larger
than what was counted. Cells are counted as well, since a single one in the last row and column
would make the parser lay out the whole sheet; what it cannot allocate ends the process.
"""

import io
import re
import zipfile
import zlib
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from diemcau.sheets.faults import Unreadable

PACKED_LIMIT = 16 * 2**20
UNPACKED_LIMIT = 64 * 2**20
"""Bytes. The whole country's directory has 8 MiB."""
PARTS_LIMIT = 1000
CELLS_LIMIT = 4_000_000
"""Rows by columns, over all sheets."""

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ERROR_CELL = re.compile(rb"""(<(?:\w+:)?c\b[^>]*?\st=)(["'])e\2""")
"""The parser reads a formula's error as an empty cell; marked as a string it is read as it is."""
ROWS, COLUMNS = 1_048_576, 16_384
"""As many as a sheet has."""
ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def opened(data: bytes) -> CalamineWorkbook:
    """The workbook in an XLSX file's bytes. Raises ``Unreadable``."""
    _refuse_others(data)
    parts = _unpacked(data)
    if "[Content_Types].xml" not in parts or not any(n.endswith("workbook.xml") for n in parts):
        raise _no_workbook()
    cells = sum(_area(part) for name, part in parts.items() if name.endswith(".xml"))
    if cells > CELLS_LIMIT:
        raise Unreadable(
            "Có ô dữ liệu nằm quá xa (hàng hoặc cột cuối trang tính); hãy xóa các hàng, cột thừa"
            " rồi lưu lại.",
            "Some cell lies too far off, in the last rows or columns; delete the rows and columns"
            " that are not needed, and save again.",
        )
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(_packed(parts)))
    except (CalamineError, OSError, ValueError) as error:
        raise damaged() from error


def _refuse_others(data: bytes) -> None:
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise _locked()
        raise Unreadable(
            "Tệp thuộc dạng Excel cũ (.xls); hãy mở bằng Excel và lưu lại thành .xlsx.",
            "The file is of the old kind (.xls); open it in Excel and save it as .xlsx.",
        )
    if len(data) > PACKED_LIMIT:
        raise _too_large(PACKED_LIMIT)
    if not data.startswith(b"PK"):
        raise _no_workbook()


def _unpacked(data: bytes) -> dict[str, bytes]:
    """The XML parts by name; macros, pictures and the like are left out."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = package.infolist()
            if any(member.flag_bits & 1 for member in members):
                raise _locked()
            wanted = [m for m in members if m.filename.endswith((".xml", ".rels"))]
            if sum(m.file_size for m in wanted) > UNPACKED_LIMIT or len(members) > PARTS_LIMIT:
                raise _too_large(UNPACKED_LIMIT)
            return {m.filename: ERROR_CELL.sub(rb'\1"str"', package.read(m)) for m in wanted}
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
    ) as error:
        raise damaged() from error


def _packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return buffer.getvalue()


class _Extent:
    """The last row and column of a sheet that hold a value, while its XML goes by.

    Places that no sheet has are refused: the parser would take them for something else.
    """

    def __init__(self) -> None:
        self.row = self.column = 0
        self._here = (0, 0)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            at = (self._here[0], self._here[1] + 1)
            self._here = _place(attributes["r"]) if "r" in attributes else at
        elif tag == "row":
            number = attributes.get("r", str(self._here[0] + 1))
            self._here = _place(f"A{number}")[0], 0
        elif tag in ("v", "is", "f"):
            self.row = max(self.row, self._here[0])
            self.column = max(self.column, self._here[1])
        elif tag in ("mergeCell", "dimension"):
            for corner in attributes.get("ref", "").split(":"):
                _place(corner)


def _place(address: str) -> tuple[int, int]:
    """Row and column, from 1, of an address as "C17". Raises ``Unreadable``."""
    found = ADDRESS.fullmatch(address)
    if found is None:
        raise damaged()
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - 64
    row = int(found[2])
    if not 0 < row <= ROWS or column > COLUMNS:
        raise damaged()
    return row, column


def _area(part: bytes) -> int:
    """Rows by columns of a sheet's XML, 0 of other XML. Raises ``Unreadable``."""
    extent = _Extent()
    parser = expat.ParserCreate("utf-8")  # whatever the file says: the other parser does the same
    parser.StartElementHandler = extent.start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise damaged() from error
    return extent.row * extent.column


def _refuse_doctype(*_: object) -> None:
    raise damaged()


def _too_large(limit: int) -> Unreadable:
    return Unreadable(
        f"Tệp quá lớn (hơn {limit >> 20} MiB); hãy bỏ hình ảnh và trang tính thừa.",
        f"The file is too large (more than {limit >> 20} MiB); remove pictures and sheets that are"
        " not needed.",
    )


def _locked() -> Unreadable:
    return Unreadable(
        "Tệp có mật khẩu; hãy bỏ mật khẩu (Tệp › Thông tin › Bảo vệ sổ làm việc) rồi lưu lại.",
        "The file has a password; remove it (File › Info › Protect Workbook) and save again.",
    )


def _no_workbook() -> Unreadable:
    return Unreadable(
        "Đây không phải tệp Excel .xlsx; hãy tải mẫu về và điền vào đó.",
        "This is no Excel file (.xlsx); fetch the template and fill it in.",
    )


def damaged() -> Unreadable:
    return Unreadable(
        "Tệp bị hỏng, không đọc được; hãy mở bằng Excel và lưu lại.",
        "The file is damaged and cannot be read; open it in Excel and save it again.",
    )
