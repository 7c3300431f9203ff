"""Rows that are wrong, each in one way: what stands in them, and which cell is blamed for what."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.unit.sheets.books import HEADINGS, Formula

Row = dict[str, Any]


@dataclass(frozen=True)
class Faulty:
    """``blamed``: (row counted from 0, heading, words of the Vietnamese text)."""

    name: str
    page: str
    rows: tuple[Row, ...]
    blamed: tuple[tuple[int, str, str], ...]

    def cells(self, first: int) -> list[tuple[str, str]]:
        """Each blamed cell with those words, the first row being the sheet's ``first``."""
        headings = HEADINGS[self.page]
        return [
            (f"{chr(65 + headings.index(heading))}{first + at}", words)
            for at, heading, words in self.blamed
        ]


@dataclass
class Samples:
    """Good rows with a number of their own, so that all faulty ones fit into one workbook."""

    number: int = 100
    found: list[Faulty] = field(default_factory=list)

    def one(self, name: str, page: str, heading: str, value: Any, words: str) -> None:
        """A good row but for one cell."""
        row = self.good(page) | {heading: value}
        self.many(name, page, (row,), (0, heading, words))

    def many(self, name: str, page: str, rows: tuple[Row, ...], *blamed: Any) -> None:
        self.found.append(Faulty(name, page, rows, blamed))

    def good(self, page: str) -> Row:
        self.number += 1
        n = self.number
        rows: dict[str, Row] = {
            "Cấp": {"Mã cấp": f"t{n}", "Tên cấp": f"C{n}", "Tên tiếng Anh": "T", "Thứ bậc": 3},
            "Đơn vị": {
                "Mã đơn vị": f"x{n}",
                "Tên đơn vị": f"Xã {n}",
                "Cấp": "Xã",
                "Đơn vị cấp trên": "25",
            },
            "Phòng họp": {"Tên phòng họp": f"P{n}", "Đơn vị": "001", "Số chỗ": 10},
            "MCU": {"Mã MCU": f"m{n}", "Tên MCU": f"M{n}", "Số cổng": 5, "Băng thông (Mbit/s)": 9},
            "Đường truyền": {"MCU cấp dưới": "vnpt", "MCU cấp trên": "trung-tam"},
            "Điểm cầu": {
                "Mã điểm cầu": f"d{n}",
                "Tên điểm cầu": f"D{n}",
                "Đơn vị": "002",
                "MCU": "vnpt",
                "Số": n,
            },
            "Cán bộ": {"Họ và tên": f"Người {n}", "Đơn vị": "002"},
            "Đầu mối": {
                "Cán bộ": "Nguyễn Văn A",
                "Phụ trách": "vnpt",
                "Chức năng": "Đại biểu",
                "Mã hệ thống": f"c-{n}",
            },
            "Lịch trực": {
                "Cán bộ": "Nguyễn Văn A",
                "Đơn vị": "001",
                "Bắt đầu": f"07:30 01/01/{2000 + n}",
                "Kết thúc": f"17:30 01/01/{2000 + n}",
            },
        }
        return rows[page]


def _units(s: Samples) -> None:
    page, one, many = "Đơn vị", s.one, s.many
    one("unknown tier", page, "Cấp", "Xax", "có phải «Xã»?")
    one("unknown unit above", page, "Đơn vị cấp trên", "99999", "Không có đơn vị «99999»")
    one("ambiguous name", page, "Đơn vị cấp trên", "Xã Hai", "có thể là 2 mục: u-002, u-003")
    one("a day that does not exist", page, "Hiệu lực từ", "31/02/2025", "không phải ngày")
    one("a number in place of a date", page, "Hiệu lực từ", 45839, "không phải ngày")
    dates = {"Hiệu lực từ": "01/07/2026", "Hết hiệu lực từ": "01/07/2025"}
    many("dates the wrong way round", page, (s.good(page) | dates,),
         (0, "Hết hiệu lực từ", "phải sau ngày có hiệu lực"))  # fmt: skip
    twice = {"Mã đơn vị": "777"}
    many("a code twice at the same time", page, (s.good(page) | twice, s.good(page) | twice),
         (1, "Mã đơn vị", "Mã «777» cùng lúc"))  # fmt: skip
    one("no code", page, "Mã đơn vị", None, "Chưa ghi «Mã đơn vị»")
    one("no name", page, "Tên đơn vị", "\u00a0 ", "Chưa có tên")
    one("too long", page, "Tên đơn vị", "Xã " * 100, "hãy rút gọn")
    one("control characters", page, "Tên đơn vị", "Xã\x07 A", "ký tự điều khiển")
    one("a line end in a name", page, "Tên đơn vị", "Xã\nA", "xuống dòng")
    one("Excel made a date of a code", page, "Mã đơn vị", date(2025, 1, 2), "đổi nội dung ô")
    one("a truth value in place of text", page, "Tên đơn vị", True, "không phải chữ")
    one("a formula that failed", page, "Tên đơn vị", Formula("=A1/0", "#DIV/0!"), "#DIV/0!")
    wrong = {"Cấp": "Tỉnh", "Đơn vị cấp trên": "25"}
    many("a tier not below the one above", page, (s.good(page) | wrong,),
         (0, "Cấp", "không ở dưới cấp"))  # fmt: skip
    one("outlives the unit above", page, "Đơn vị cấp trên", "24", "đến trước 01/01/2026")
    a, b = s.good(page), s.good(page)
    a["Đơn vị cấp trên"], b["Đơn vị cấp trên"] = b["Mã đơn vị"], a["Mã đơn vị"]
    many("units in a circle", page, (a, b), (0, "Đơn vị cấp trên", "vòng"),
         (1, "Đơn vị cấp trên", "vòng"), (0, "Cấp", "không ở dưới"),
         (1, "Cấp", "không ở dưới"))  # fmt: skip
    one("neither x nor blank", page, "Xóa", "maybe", "chỉ ghi x")
    one("nothing to delete", page, "Xóa", "x", "Không có mục này")
    known = {"Mã hệ thống": "u-005"}
    many("an id in two rows", page, (s.good(page) | known, s.good(page) | known),
         (1, "Mã hệ thống", "Trùng với hàng"))  # fmt: skip
    one("an id that is none", page, "Mã hệ thống", "u_1!", "chỉ dùng a-z")


def _sites(s: Samples) -> None:
    page, one = "Điểm cầu", s.one
    one("number out of range", page, "Số", 5000, "từ 1 đến 4095")
    one("text in place of a number", page, "Số", "mười", "«mười» không phải số nguyên")
    one("a fraction", page, "Số", 1.5, "không phải số nguyên")
    one("a number beyond all", page, "Số", 1e12, "quá lớn")
    one("no number", page, "Số", None, "Chưa ghi «Số»")
    one("number twice", page, "Số", 1, "Số 1 cùng lúc")
    one("unknown MCU", page, "MCU", "vnpy", "có phải «vnpt»?")
    one("unknown room", page, "Phòng họp", "Hầm", "Không có phòng họp «Hầm»")
    one("no unit", page, "Đơn vị", None, "Chưa có đơn vị")
    one("a site outlives its unit", page, "Đơn vị", "004", "đến trước 01/01/2026")
    twice = {"Mã điểm cầu": "dd"}
    s.many("a site's code twice", page, (s.good(page) | twice, s.good(page) | twice),
           (1, "Mã điểm cầu", "Mã «dd» cùng lúc"))  # fmt: skip


def _mcus(s: Samples) -> None:
    s.one("no port", "MCU", "Số cổng", 0, "ít nhất là 1")
    s.one("no bandwidth", "MCU", "Băng thông (Mbit/s)", -1, "lớn hơn 0")
    s.one("text for bandwidth", "MCU", "Băng thông (Mbit/s)", "1.000", "không phải số")
    s.one("an area of two MCUs", "MCU", "Đơn vị phụ trách", "001", "chỉ để ở")
    s.one("an unknown area", "MCU", "Đơn vị phụ trách", "002; 98765", "«98765»")
    a, b = s.good("MCU"), s.good("MCU")
    a["MCU cấp trên"], b["MCU cấp trên"] = b["Mã MCU"], a["Mã MCU"]
    s.many("MCUs in a circle", "MCU", (a, b), (0, "MCU cấp trên", "vòng"),
           (1, "MCU cấp trên", "vòng"))  # fmt: skip
    line = {"MCU cấp dưới": "vnpt", "MCU cấp trên": "vnpt"}
    s.many("a line to itself", "Đường truyền", (line,), (0, "MCU cấp trên", "với chính nó"))
    line = {"MCU cấp dưới": "trung-tam", "MCU cấp trên": "vnpt"}
    s.many("a second line", "Đường truyền", (line,), (0, "MCU cấp trên", "đã có đường truyền"))


def _people(s: Samples) -> None:
    s.one("no e-mail address", "Cán bộ", "Thư điện tử", "a.gov.vn", "thư điện tử")
    s.one("no telephone number", "Cán bộ", "Điện thoại", "gọi tôi", "số điện thoại")
    person = s.good("Cán bộ")
    s.many("a person in two rows", "Cán bộ", (person, person), (1, "Họ và tên", "Trùng với hàng"))
    s.one("unknown function", "Đầu mối", "Chức năng", "Vua", "Không có chức năng «Vua»")
    s.one("unknown person", "Đầu mối", "Cán bộ", "Không Ai", "Không có cán bộ «Không Ai»")
    s.one("unknown subject", "Đầu mối", "Phụ trách", "Sao Hỏa", "đơn vị, điểm cầu, MCU «Sao Hỏa»")
    s.one("no such hour", "Lịch trực", "Bắt đầu", "25:00 01/01/2030", "ngày giờ")
    s.one("a duty that ends first", "Lịch trực", "Kết thúc", "07:00 01/01/2000", "phải sau giờ")
    again = {"Bắt đầu": "10:00 01/01/2026", "Kết thúc": "11:00 01/01/2026"}
    s.many("twice on duty", "Lịch trực", (s.good("Lịch trực") | again,), (0, "Bắt đầu", "đã trực"))
    s.one("a rank below nought", "Cấp", "Thứ bậc", -1, "ít nhất là 0")
    s.one("no rank", "Cấp", "Thứ bậc", None, "Chưa ghi «Thứ bậc»")
    s.one("seats below nought", "Phòng họp", "Số chỗ", -5, "ít nhất là 0")


def faulty_rows() -> list[Faulty]:
    samples = Samples()
    for add in (_units, _sites, _mcus, _people):
        add(samples)
    return samples.found
