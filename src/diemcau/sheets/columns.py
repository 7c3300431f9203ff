"""The workbook as data: a sheet for each kind of entry, and its columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from diemcau.domain.directory import (
    Contact,
    Duty,
    Entry,
    Line,
    Mcu,
    Person,
    Room,
    Site,
    Tier,
)
from diemcau.domain.directory_rules import REFERENCES, Reference
from diemcau.domain.refusal import Text
from diemcau.domain.roles import Role
from diemcau.domain.units import Unit


class Form(Enum):
    """How a column's cells are written."""

    TEXT = auto()
    WHOLE = auto()
    NUMBER = auto()
    SINCE = auto()
    """A date; blank: since ever."""
    UNTIL = auto()
    """A date; blank: without end."""
    MOMENT = auto()
    """Date and time in Viet Nam."""
    FUNCTION = auto()
    REFERENCE = auto()
    """The code, name or id of another row."""
    DELETE = auto()


@dataclass(frozen=True)
class Column:
    """A column of a sheet; ``field`` of the entry. ``required``: the heading must be there."""

    field: str
    vi: str
    en: str
    form: Form = Form.TEXT
    width: int = 16
    required: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Sheet:
    """``key``: the fields by which a row without an id is known again. ``made_of``: those its new
    id is made of, after ``prefix``."""

    kind: type[Entry]
    vi: str
    en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    prefix: str = ""
    made_of: tuple[str, ...] = ()

    def column(self, field: str) -> Column:
        return next(column for column in self.columns if column.field == field)

    def reference(self, column: Column) -> Reference:
        """What a column of the form REFERENCE refers to."""
        return next(r for r in REFERENCES if (r.kind, r.field) == (self.kind, column.field))


FUNCTION_NAMES: Mapping[str, Text] = MappingProxyType(
    {
        Role.ADMIN: Text("Quản trị hệ thống", "Administrator"),
        Role.OFFICE: Text("Văn phòng tổ chức phiên họp", "Office that runs sessions"),
        Role.DIC: Text("Sở TT&TT", "Department of Information and Communications"),
        Role.MANAGER: Text("Đơn vị quản lý hệ thống", "Managing unit"),
        Role.TECHNICIAN: Text("Cán bộ kỹ thuật điều khiển MCU", "MCU technician"),
        Role.ROOM_MANAGER: Text("Đơn vị quản lý phòng họp", "Room managing unit"),
        Role.ROOM_OPERATOR: Text("Cán bộ vận hành phòng họp", "Room operator"),
        Role.TELECOM: Text("Doanh nghiệp viễn thông", "Telecom enterprise"),
        Role.CHAIR: Text("Chủ tọa", "Chair"),
        Role.DELEGATE: Text("Đại biểu", "Delegate"),
        Role.INSPECTOR: Text("Thanh tra, kiểm tra", "Inspector"),
    }
)
"""A contact's functions as people read them."""

FROM = Column("valid_from", "Hiệu lực từ", "In force from (this day on)", Form.SINCE, 13)
TO = Column("valid_to", "Hết hiệu lực từ", "No longer in force from this day", Form.UNTIL, 14)
DELETE = Column("delete", "Xóa", "Delete: x", Form.DELETE, 6)
ID = Column("id", "Mã hệ thống", "Id (made by the system)", width=20, hidden=True)
DATED = (FROM, TO, DELETE)


def _refers(field: str, vi: str, en: str, width: int = 16) -> Column:
    return Column(field, vi, en, Form.REFERENCE, width)


SHEETS = (
    Sheet(
        Tier,
        "Cấp",
        "Tiers",
        (
            Column("id", "Mã cấp", "Code", required=True),
            Column("name", "Tên cấp", "Name", width=24, required=True),
            Column("name_en", "Tên tiếng Anh", "English name", width=24, required=True),
            Column("rank", "Thứ bậc", "Rank (0 highest)", Form.WHOLE, 10, required=True),
            DELETE,
        ),
        ("id",),
    ),
    Sheet(
        Unit,
        "Đơn vị",
        "Units",
        (
            Column("code", "Mã đơn vị", "Code", required=True),
            Column("name", "Tên đơn vị", "Name", width=40, required=True),
            _refers("tier", "Cấp", "Tier"),
            _refers("parent", "Đơn vị cấp trên", "Unit above", 20),
            Column("latitude", "Vĩ độ", "Latitude in degrees (0: not known)", Form.NUMBER, 12),
            Column("longitude", "Kinh độ", "Longitude in degrees (0: not known)", Form.NUMBER, 12),
            *DATED,
            ID,
        ),
        ("code",),
        "u",
        ("code",),
    ),
    Sheet(
        Room,
        "Phòng họp",
        "Rooms",
        (
            Column("name", "Tên phòng họp", "Name", width=40, required=True),
            _refers("unit", "Đơn vị", "Unit", 20),
            Column("address", "Địa chỉ", "Address", width=40),
            Column("seats", "Số chỗ", "Seats (0: not known)", Form.WHOLE, 10),
            *DATED,
            ID,
        ),
        ("unit", "name"),
        "r",
        ("unit", "name"),
    ),
    Sheet(
        Mcu,
        "MCU",
        "MCUs",
        (
            Column("id", "Mã MCU", "Code", required=True),
            Column("name", "Tên MCU", "Name", width=40, required=True),
            _refers("unit", "Đơn vị vận hành", "Unit that runs it", 20),
            Column("operator", "Tên bên vận hành", "Operator's name", width=30),
            _refers("parent", "MCU cấp trên", "MCU above", 16),
            _refers("areas", "Đơn vị phụ trách", "Units served, with ; between", 40),
            Column("capacity", "Số cổng", "Ports", Form.WHOLE, 10),
            Column("mbps", "Băng thông (Mbit/s)", "Bandwidth (Mbit/s)", Form.NUMBER, 20),
            _refers("gateway", "Điểm nối (MCU hãng khác)", "Gateway (MCU of another make)", 26),
            *DATED,
        ),
        ("id",),
    ),
    Sheet(
        Line,
        "Đường truyền",
        "Lines",
        (
            _refers("lower", "MCU cấp dưới", "Lower MCU"),
            _refers("upper", "MCU cấp trên", "Upper MCU"),
            Column("mbps", "Băng thông (Mbit/s)", "Bandwidth (Mbit/s)", Form.NUMBER, 20),
            Column("priority", "Ưu tiên", "Priority (1 first)", Form.WHOLE, 10),
            Column("carrier", "Nhà mạng", "Carrier", width=30),
            Column("carrier_phone", "Điện thoại nhà mạng", "Carrier's telephone", width=20),
            _refers("unit", "Đơn vị trả tiền", "Unit that pays", 20),
            *DATED,
            ID,
        ),
        ("lower", "upper"),
        "l",
        ("lower", "upper"),
    ),
    Sheet(
        Site,
        "Điểm cầu",
        "Sites",
        (
            Column("code", "Mã điểm cầu", "Code", required=True),
            Column("name", "Tên điểm cầu", "Name", width=40, required=True),
            _refers("unit", "Đơn vị", "Unit", 20),
            _refers("mcu", "MCU", "Home MCU"),
            Column("number", "Số", "Number (1 to 4095)", Form.WHOLE, 8, required=True),
            _refers("room", "Phòng họp", "Room", 30),
            *DATED,
            ID,
        ),
        ("code",),
        "s",
        ("code",),
    ),
    Sheet(
        Person,
        "Cán bộ",
        "People",
        (
            Column("name", "Họ và tên", "Name", width=30, required=True),
            _refers("unit", "Đơn vị", "Unit", 20),
            Column("position", "Chức vụ", "Position", width=30),
            Column("phone", "Điện thoại", "Telephone"),
            Column("email", "Thư điện tử", "E-mail", width=30),
            *DATED,
            ID,
        ),
        ("unit", "name"),
        "p",
        ("name",),
    ),
    Sheet(
        Contact,
        "Đầu mối",
        "Contacts",
        (
            _refers("person", "Cán bộ", "Person", 30),
            _refers("subject", "Phụ trách", "Answers for: unit, site or MCU", 20),
            Column("function", "Chức năng", "Function", Form.FUNCTION, 30, required=True),
            *DATED,
            ID,
        ),
        ("person", "subject", "function"),
        "c",
        ("person", "subject", "function"),
    ),
    Sheet(
        Duty,
        "Lịch trực",
        "Duty roster",
        (
            _refers("person", "Cán bộ", "Person", 30),
            _refers("unit", "Đơn vị", "Unit", 20),
            Column("starts", "Bắt đầu", "Starts", Form.MOMENT, 18, required=True),
            Column("ends", "Kết thúc", "Ends", Form.MOMENT, 18, required=True),
            Column("rank", "Thứ tự gọi", "Called first, second …", Form.WHOLE, 10),
            DELETE,
            ID,
        ),
        ("person", "unit", "starts"),
        "d",
        ("person", "starts"),
    ),
)
"""In the order of ``directory.KINDS``: no row needs one of a later sheet, but an MCU its
gateway."""

GUIDE = Text("Hướng dẫn", "Guide")
BY_KIND: Mapping[type[Entry], Sheet] = MappingProxyType({sheet.kind: sheet for sheet in SHEETS})
