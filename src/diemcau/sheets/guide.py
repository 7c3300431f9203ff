"""What the guide sheet tells whoever fills in the workbook, with one example row for each sheet."""

from collections.abc import Mapping

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
from diemcau.domain.refusal import Text
from diemcau.domain.units import Unit

LINES = (
    Text("Danh bạ hệ thống hội nghị truyền hình", "Directory of the video-conference system"),
    Text(
        "Mỗi trang là một danh sách, mỗi hàng là một mục. Không đổi tên trang và tiêu đề.",
        "Each sheet is a list, each row an entry. Do not rename sheets and headings.",
    ),
    Text(
        "Nhập tất cả hoặc không nhập gì: tệp còn lỗi thì danh bạ giữ nguyên, mỗi lỗi được chỉ rõ"
        " ô nào.",
        "All or nothing: while there are faults the directory stays as it is; each is named with"
        " its cell.",
    ),
    Text(
        "Khi một mục thuộc về mục khác, ghi mã (hoặc tên, nếu chỉ một mục có tên ấy).",
        "Where an entry belongs to another, write its code (or name, if only one has it).",
    ),
    Text(
        "Nhiều đơn vị trong một ô: ngăn cách bằng dấu chấm phẩy.",
        "Several units in one cell: put semicolons between them.",
    ),
    Text(
        "Ngày ghi NN/TT/NNNN. «Hết hiệu lực từ» là ngày đầu tiên không còn hiệu lực; để trống là"
        " không thời hạn.",
        "Dates are DD/MM/YYYY. The second one is the first day no longer in force; blank: without"
        " end.",
    ),
    Text(
        "Ca trực ghi giờ và ngày, ví dụ 07:30 01/07/2025 (giờ Việt Nam).",
        "Duties have time and date, as 07:30 01/07/2025 (Viet Nam's time).",
    ),
    Text(
        "Hàng không có trong trang được giữ nguyên. Muốn xóa một mục, ghi x vào cột «Xóa».",
        "Entries that a sheet does not list are kept. To delete one, write x in the column «Xóa».",
    ),
    Text(
        "Xóa cả trang thì danh sách đó giữ nguyên. Cột ẩn «Mã hệ thống» nhận ra mục khi mã hay tên"
        " thay đổi.",
        "A list whose sheet is deleted stays as it is. The hidden column «Mã hệ thống» knows an"
        " entry when its code or name changes.",
    ),
    Text("Chức năng của đầu mối:", "Functions of contacts:"),
)

EXAMPLES: Mapping[type[Entry], Mapping[str, str]] = {
    Tier: {"id": "commune", "name": "Xã", "name_en": "Commune", "rank": "4"},
    Unit: {
        "code": "08707",
        "name": "Phường Vĩnh Phúc",
        "tier": "Xã",
        "parent": "25",
        "valid_from": "01/07/2025",
    },
    Room: {"name": "Phòng họp tầng 2", "unit": "08707", "address": "Số 1, đường A", "seats": "30"},
    Mcu: {
        "id": "vnpt",
        "name": "MCU vệ tinh VNPT",
        "unit": "VNPT",
        "parent": "phu-tho",
        "areas": "08707; 08710",
        "capacity": "100",
        "mbps": "1000",
    },
    Line: {
        "lower": "vnpt",
        "upper": "phu-tho",
        "mbps": "200",
        "priority": "1",
        "carrier": "VNPT Phú Thọ",
        "carrier_phone": "0210 3000 000",
        "unit": "VPUB",
    },
    Site: {
        "code": "25-08707",
        "name": "UBND phường Vĩnh Phúc",
        "unit": "08707",
        "mcu": "vnpt",
        "number": "12",
        "room": "Phòng họp tầng 2",
    },
    Person: {
        "name": "Nguyễn Văn A",
        "unit": "08707",
        "position": "Công chức Văn phòng",
        "phone": "0912 000 000",
        "email": "nva@phutho.gov.vn",
    },
    Contact: {
        "person": "Nguyễn Văn A",
        "subject": "25-08707",
        "function": "Cán bộ vận hành phòng họp",
    },
    Duty: {
        "person": "Nguyễn Văn A",
        "unit": "08707",
        "starts": "07:30 01/07/2025",
        "ends": "17:00 01/07/2025",
        "rank": "1",
    },
}
