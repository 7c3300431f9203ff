"""Makes the DOCX templates that come with the programme.

    python -m diemcau.documents.make_templates

Their output is in the repository, since an office opens and changes them in Word; a test compares.
Fonts, sizes and places are those of Decree 30/2020/NĐ-CP, Appendix I.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from diemcau.documents.pdf import TEMPLATES
from diemcau.documents.word import Sheet

CLOSED = "{{ each[:-1] if each.endswith('.') else each }}"


def checked(sheet: Sheet) -> None:
    """A table with a column for each thing that was checked."""
    sheet.rows(
        "paper.results",
        (
            "Điểm cầu",
            *("{%tc for each in paper.checks %}", "{{ each }}", "{%tc endfor %}"),
            *("Kết luận", "Ghi chú"),
        ),
        (
            "{{ it.site }}",
            *("{%tc for each in it.results %}", "{{ each }}", "{%tc endfor %}"),
            *("{{ it.outcome }}", "{{ it.note }}"),
        ),
        (57, 18, 18, 18, 36, 40),
    )


def notice() -> Sheet:
    sheet = Sheet("THÔNG BÁO")
    sheet.each("paper.basis", f"{CLOSED};")
    sheet.paragraph(
        "{% if heading.issuer %}{{ heading.issuer }} thông báo{% else %}Thông báo{% endif %} tổ"
        " chức phiên họp trên hệ thống Hội nghị truyền hình như sau:"
    )
    sheet.section("1. Nội dung, thời gian, địa điểm")
    sheet.fact("Phiên họp", "paper.session")
    sheet.fact("Chủ tọa", "paper.chair")
    sheet.fact("Điểm cầu chính", "paper.main_site")
    sheet.fact("Thời gian họp chính thức", "paper.starts")
    sheet.fact("Thời gian tổng duyệt, kiểm tra kỹ thuật", "paper.rehearsal")
    sheet.fact("Toàn hệ thống sẵn sàng trước", "paper.ready")
    sheet.fact(
        "Số lượng điểm cầu", "paper.sites", "{{ paper.sites | length }} (danh sách kèm theo)"
    )
    with sheet.where("paper.attendees"):
        sheet.section("2. Thành phần")
        sheet.each("paper.attendees", "- {{ each }}")
    with sheet.where("paper.tasks"):
        sheet.section("3. Phân công nhiệm vụ")
        sheet.table(
            "paper.tasks",
            {"Đơn vị": "unit", "Nhiệm vụ": "task", "Thời hạn": "by"},
            (42, 78, 34),
        )
    sheet.paragraph(
        "Đề nghị các cơ quan, đơn vị cử cán bộ đầu mối, chuẩn bị phòng họp, thiết bị và tuân thủ"
        " kịch bản phiên họp.{% if paper.hotline %} Đầu mối kỹ thuật: {{ paper.hotline }}"
        "{% endif %}./.",
        keep=True,
    )
    sheet.end()
    with sheet.where("paper.sites"):
        sheet.annex(
            "DANH SÁCH ĐIỂM CẦU",
            "(Kèm theo Thông báo số {{ heading.reference }}{% if heading.issuer %} của"
            " {{ heading.issuer }}{% endif %})",
        )
        sheet.rows(
            "paper.sites",
            ("Mã", "Điểm cầu", "Phòng họp", "MCU"),
            (
                "{{ it.code }}",
                "{{ it.name }}{% if it.unit not in ('', it.name) %} ({{ it.unit }}){% endif %}",
                "{{ it.room }}",
                "{{ it.mcu }}",
            ),
            (16, 53, 41, 44),
        )
    return sheet


def plan() -> Sheet:
    sheet = Sheet("PHƯƠNG ÁN")
    sheet.each("paper.basis", f"{CLOSED};")
    sheet.paragraph("Để phục vụ phiên họp, phương án kỹ thuật được thống nhất như sau:")
    sheet.fact("Phiên họp", "paper.session")
    sheet.fact("Điểm cầu chính", "paper.main_site")
    sheet.fact("Thời gian họp chính thức", "paper.starts")
    sheet.section("1. Kết nối giữa các hệ thống")
    sheet.each("paper.connection", "- {{ each }}")
    sheet.picture("Sơ đồ kết nối cascade")
    sheet.section("2. Thông tin MCU")
    sheet.table(
        "paper.mcus",
        {
            "MCU": "name",
            "Đơn vị vận hành": "operator",
            "Vai trò": "part",
            "Nối vào": "joins",
            "Thông tin kết nối": "connection",
            "Số điểm cầu": "sites",
        },
        (34, 30, 17, 32, 25, 16),
    )
    sheet.section("3. Đường truyền, thiết bị")
    with sheet.where("paper.lines"):
        sheet.table(
            "paper.lines",
            {
                "Từ": "lower",
                "Đến": "upper",
                "Nhà mạng": "carrier",
                "Băng thông": "bandwidth",
                "Điện thoại": "phone",
                "Dự phòng": "standby",
            },
            (32, 32, 22, 22, 24, 22),
        )
    sheet.each("paper.equipment", "- {{ each }}")
    sheet.section("4. Bảo đảm an toàn thông tin")
    sheet.table(
        "paper.safety",
        {"Biện pháp": "measure", "Đơn vị chịu trách nhiệm": "unit", "Kết quả": "state"},
        (70, 44, 40),
    )
    sheet.section("5. Tiến độ thực hiện")
    sheet.table(
        "paper.timetable",
        {"Thời gian": "at", "Nội dung": "task", "Đơn vị thực hiện": "unit"},
        (44, 64, 46),
    )
    sheet.paragraph(
        "Trên đây là phương án kỹ thuật phục vụ phiên họp, đề nghị các đơn vị phối hợp thực"
        " hiện./.",
        keep=True,
    )
    sheet.end()
    return sheet


def summary() -> Sheet:
    sheet = Sheet("BẢNG TỔNG HỢP THÔNG TIN", flipped=True)
    sheet.fact("Phiên họp", "paper.session")
    sheet.fact("Thời gian họp chính thức", "paper.starts")
    sheet.section("1. Kết quả kiểm tra kỹ thuật")
    checked(sheet)
    sheet.section("2. Đầu mối và thông tin kết nối")
    sheet.table(
        "paper.connections",
        {
            "Điểm cầu": "site",
            "Cán bộ vận hành phòng họp": "contact",
            "Điện thoại": "phone",
            "Cán bộ kỹ thuật điều khiển MCU": "technician",
            "Điện thoại ": "technician_phone",
            "Thông tin kết nối": "connection",
        },
        (45, 36, 27, 36, 27, 70),
    )
    sheet.fact("Kết luận", "paper.conclusion", keep=True)
    sheet.end()
    return sheet


def duty() -> Sheet:
    sheet = Sheet("DANH SÁCH TRỰC, ĐẦU MỐI", flipped=True)
    sheet.fact("Phiên họp", "paper.session")
    sheet.fact("Thời gian họp chính thức", "paper.starts")
    sheet.fact("Điện thoại trực", "paper.hotline")
    sheet.section("1. Lịch trực")
    sheet.rows(
        "paper.duties",
        ("Đơn vị", "Ca trực", "Thứ tự gọi", "Họ và tên", "Chức vụ", "Điện thoại", "Thư điện tử"),
        (
            "{{ it.unit }}",
            "Từ {{ it.starts }} đến {{ it.ends }}",
            *(f"{{{{ it.{name} }}}}" for name in ("order", "name", "position", "phone", "email")),
        ),
        (36, 49, 15, 36, 24, 27, 54),
    )
    sheet.section("2. Đầu mối")
    sheet.table(
        "paper.contacts",
        {
            "Đơn vị, điểm cầu, MCU": "subject",
            "Nhiệm vụ": "function",
            "Họ và tên": "name",
            "Chức vụ": "position",
            "Điện thoại": "phone",
            "Thư điện tử": "email",
        },
        (46, 53, 37, 24, 27, 54),
    )
    sheet.paragraph(
        "Danh sách này có {{ paper.duties | length }} ca trực, {{ paper.contacts | length }} đầu"
        " mối./.",
        keep=True,
    )
    sheet.end()
    return sheet


def script() -> Sheet:
    sheet = Sheet("KỊCH BẢN")
    sheet.fact("Chủ tọa", "paper.chair")
    sheet.fact("Điểm cầu chính", "paper.main_site")
    sheet.fact("Thời gian họp chính thức", "paper.starts")
    sheet.section("1. Trình tự")
    sheet.table(
        "paper.cues",
        {
            "Thời gian": "at",
            "Nội dung": "content",
            "Người thực hiện": "speaker",
            "Màn hình chính": "screen",
            "Ghi chú": "note",
        },
        (28, 38, 32, 34, 22),
    )
    sheet.section("2. Quy định đối với các điểm cầu")
    sheet.each("paper.rules", "- {{ each }}")
    sheet.paragraph(
        "Các đơn vị tuân thủ tuyệt đối kịch bản và điều hành từ điểm cầu chính./.", keep=True
    )
    sheet.end()
    return sheet


def check() -> Sheet:
    sheet = Sheet("BIÊN BẢN", flipped=True)
    sheet.fact("Phiên họp", "paper.session")
    sheet.fact("Địa điểm", "paper.place")
    sheet.fact("Thời gian", "paper.starts", "từ {{ paper.starts }} đến {{ paper.ends }}")
    sheet.section("1. Thành phần")
    sheet.each("paper.participants", "- {{ each.name }}, {{ each.position }}, {{ each.unit }};")
    sheet.section("2. Kết quả kiểm tra")
    checked(sheet)
    with sheet.where("paper.findings"):
        sheet.section("3. Vấn đề phát sinh, xử lý")
        sheet.each("paper.findings", "- {{ each }}")
    sheet.section("4. Kết luận")
    sheet.paragraph("{{ paper.conclusion }}")
    sheet.paragraph(
        "Biên bản kết thúc lúc {{ paper.ends }}, đã được các bên thống nhất./.", keep=True
    )
    sheet.end("paper.party_function", "paper.party_name")
    return sheet


def logbook() -> Sheet:
    sheet = Sheet("TRÍCH SỔ THEO DÕI", flipped=True)
    sheet.fact("Thời gian", "paper.starts", "từ {{ paper.starts }} đến {{ paper.ends }}")
    sheet.fact("Số mục", "paper.entries", "{{ paper.entries | length }}")
    sheet.table(
        "paper.entries",
        {
            "Thời gian": "at",
            "Điểm cầu, MCU": "subject",
            "Cán bộ kỹ thuật": "staff",
            "Chất lượng kết nối": "quality",
            "Diễn biến, lỗi": "event",
            "Xử lý, khắc phục": "remedy",
        },
        (26, 42, 36, 40, 48, 49),
    )
    sheet.fact("Mã kiểm tra chuỗi của mục cuối", "paper.digest", keep=True)
    sheet.end()
    return sheet


def rated(sheet: Sheet, values: str, first: str) -> None:
    """A table of qualities, where there are some."""
    with sheet.where(values):
        sheet.table(
            values,
            {
                first: "name",
                "Số điểm cầu": "sites",
                "Sẵn sàng": "available",
                "Mất gói": "loss",
                "Trễ": "delay",
                "MOS": "mos",
                "Ghi nhận": "trouble",
            },
            (40, 14, 20, 18, 17, 14, 31),
        )


def assessment() -> Sheet:
    sheet = Sheet("BÁO CÁO ĐÁNH GIÁ")
    sheet.fact("Phiên họp", "paper.session")
    sheet.fact("Đơn vị tổ chức", "paper.unit")
    sheet.fact("Thời gian đánh giá", "paper.starts", "từ {{ paper.starts }} đến {{ paper.ends }}")
    sheet.section("1. Kết quả chung")
    sheet.table(
        "paper.figures", {"Chỉ tiêu": "name", "Kết quả": "value", "Yêu cầu": "limit"}, (58, 66, 30)
    )
    with sheet.where("drawing"):
        sheet.picture("Biểu đồ số liệu đo")
    sheet.section("2. Mức sẵn sàng theo mốc")
    sheet.table(
        "paper.gates",
        {"Mốc": "gate", "Thời điểm": "at", "Kết quả": "result", "Còn thiếu": "missing"},
        (48, 25, 23, 58),
    )
    sheet.each("paper.late", "- {{ each }}")
    with sheet.where("paper.calls"):
        sheet.section("3. Thời gian kết nối theo yêu cầu của chủ tọa")
        sheet.table(
            "paper.calls",
            {"Lúc": "at", "Điểm cầu": "site", "Thời gian": "time", "Kết quả": "result"},
            (24, 62, 28, 40),
        )
    sheet.section("4. Chất lượng kết nối")
    rated(sheet, "paper.units", "Đơn vị (thấp nhất trước)")
    rated(sheet, "paper.mcus", "MCU")
    rated(sheet, "paper.lines", "Đường nối, nhà mạng")
    rated(sheet, "paper.sites", "Điểm cầu cần chú ý")
    sheet.section("5. Sự cố")
    sheet.paragraph("{{ 'Các sự cố trong phiên họp:' if paper.incidents else 'Không có sự cố.' }}")
    with sheet.where("paper.incidents"):
        sheet.table(
            "paper.incidents",
            {
                "Lúc": "at",
                "Nơi": "place",
                "Sự cố": "text",
                "Nguyên nhân": "cause",
                "Khắc phục": "remedy",
                "Thời gian": "times",
            },
            (19, 27, 26, 26, 26, 30),
        )
    sheet.section("6. Thực hiện kịch bản, điểm danh")
    sheet.paragraph(
        "{{ 'Các lần lên hình ngoài kịch bản:' if paper.departures else"
        " 'Phiên họp diễn ra đúng kịch bản.' }}"
    )
    with sheet.where("paper.departures"):
        sheet.table(
            "paper.departures",
            {"Lúc": "at", "Trên màn hình ngoài kịch bản": "shown", "Lý do": "reason"},
            (24, 70, 60),
        )
    sheet.paragraph(
        "{{ 'Các điểm cầu vắng:' if paper.absent else 'Các điểm cầu tham dự đầy đủ.' }}"
    )
    with sheet.where("paper.absent"):
        sheet.table(
            "paper.absent",
            {"Điểm cầu vắng": "site", "Điểm danh": "roll", "Có tín hiệu": "there"},
            (70, 50, 34),
        )
    sheet.section("7. So với các phiên cùng loại")
    sheet.table(
        "paper.earlier",
        {
            "Phiên họp": "session",
            "Ngày": "day",
            "Sẵn sàng": "available",
            "Mất gói": "loss",
            "Nối kịp": "calls",
            "95 % nối trong": "p95",
            "Sự cố": "incidents",
        },
        (47, 25, 20, 18, 15, 18, 11),
    )
    sheet.section("8. Đường truyền cần khắc phục")
    sheet.paragraph(
        "{{ 'Xếp theo mức ảnh hưởng:' if paper.ranking else"
        " 'Không có đường truyền nào phải khắc phục.' }}"
    )
    with sheet.where("paper.ranking"):
        sheet.table(
            "paper.ranking",
            {
                "Đường truyền, điểm cầu": "line",
                "Nhà mạng": "carrier",
                "Bị ảnh hưởng": "impaired",
                "Vì sao": "why",
            },
            (46, 29, 31, 48),
        )
    with sheet.where("paper.words"):
        sheet.section("9. Nhận xét, kiến nghị")
        sheet.each("paper.words", "{{ each }}")
    sheet.paragraph("Trên đây là báo cáo đánh giá chất lượng phiên họp./.", keep=True)
    sheet.end()
    return sheet


SHEETS: Mapping[str, Callable[[], Sheet]] = {
    sheet.__name__: sheet
    for sheet in (notice, plan, summary, duty, script, check, logbook, assessment)
}


def main(folder: Path = TEMPLATES) -> None:
    for form, sheet in SHEETS.items():
        sheet().save(folder / f"{form}.docx")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
