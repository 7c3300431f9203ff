"""A session of twelve sites on every form: what a template is tried with, and shown with.

The places are those of Vĩnh Phúc in 2022; the people and telephone numbers are invented.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from diemcau.domain.cascade import Cascade
from diemcau.domain.example_assessment import ASSESSMENT
from diemcau.domain.papers import (
    CheckReport,
    CheckRow,
    ConnectionRow,
    ContactRow,
    CueRow,
    Drawing,
    DutyList,
    DutyRow,
    Heading,
    LineRow,
    LogExtract,
    LogRow,
    McuRow,
    Notice,
    Paper,
    Participant,
    Plan,
    SafetyRow,
    Script,
    SiteRow,
    Summary,
    TaskRow,
    TimeRow,
)

START = datetime(2022, 3, 25, 1, 0, tzinfo=UTC)
SESSION = "Phiên họp trực tuyến triển khai nhiệm vụ phát triển kinh tế - xã hội quý II năm 2022"
CHAIR = "Đồng chí Chủ tịch Ủy ban nhân dân tỉnh"
MAIN_SITE = "Phòng họp số 1, trụ sở Ủy ban nhân dân tỉnh"
HOTLINE = "0211 3862 486"

HEADING = Heading(
    body="VĂN PHÒNG",
    superior="ỦY BAN NHÂN DÂN\nTỈNH VĨNH PHÚC",
    issuer="Văn phòng Ủy ban nhân dân tỉnh Vĩnh Phúc",
    number="86",
    sign="TB-VP",
    place="Vĩnh Phúc",
    day=date(2022, 3, 8),
    recipients=(
        "Chủ tịch, các PCT UBND tỉnh (để b/c)",
        "Các sở, ban, ngành",
        "UBND các huyện, thành phố",
        "VNPT Vĩnh Phúc, Viettel Vĩnh Phúc",
        "Lưu: VT, TTTH",
    ),
    signer_function="KT. CHÁNH VĂN PHÒNG\nPHÓ CHÁNH VĂN PHÒNG",
    signer_name="Nguyễn Thị Quỳnh Hương",
    urgency="HỎA TỐC",
)

_NAMES = (
    ("Văn phòng UBND tỉnh", "Trần Đức Thắng", "vp"),
    ("Sở Thông tin và Truyền thông", "Phùng Thế Vỹ", "stttt"),
    ("Công an tỉnh", "Đỗ Hữu Nghĩa", "catinh"),
    ("UBND thành phố Vĩnh Yên", "Lê Thị Ngọc Ánh", "vinhyen"),
    ("UBND thành phố Phúc Yên", "Hoàng Văn Sỹ", "phucyen"),
    ("UBND huyện Bình Xuyên", "Tạ Quang Lưỡng", "binhxuyen"),
    ("UBND huyện Lập Thạch", "Kiều Thị Diễm", "lapthach"),
    ("UBND huyện Sông Lô", "Triệu Bỉnh Khoẻ", "songlo"),
    ("UBND huyện Tam Dương", "Nguyễn Xuân Tưởng", "tamduong"),
    ("UBND huyện Tam Đảo", "Lưu Thị Mỹ", "tamdao"),
    ("UBND huyện Vĩnh Tường", "Bùi Đình Phẩm", "vinhtuong"),
    ("UBND huyện Yên Lạc", "Vũ Hồng Nhẫn", "yenlac"),
)
_MCUS = ("MCU Văn phòng UBND tỉnh", "MCU Sở TT&TT", "MCU VNPT Vĩnh Phúc", "MCU Viettel Vĩnh Phúc")
_CHECKS = ("Hình ảnh", "Âm thanh", "Micro", "Camera", "Đường truyền", "Nguồn điện")


def _home(number: int) -> str:
    """The MCU of a site: the departments' at the top two, the districts' at the enterprises'."""
    return _MCUS[0 if number == 0 else 1 if number < 3 else 2 + number % 2]


SITES = tuple(
    SiteRow(f"DC{number + 1:02}", name, name, "Phòng họp trực tuyến", _home(number))
    for number, (name, _, _) in enumerate(_NAMES)
)
RESULTS = tuple(
    CheckRow(site.name, ("Đạt",) * len(_CHECKS), "Đạt")
    if number != 7
    else CheckRow(
        site.name,
        ("Đạt", "Không đạt", "Không đạt", "Đạt", "Đạt", "Đạt"),
        "Đạt (kiểm tra lại lúc 15:40)",
        "Thay micro cần số 2; tiếng vọng do loa đặt gần micro.",
    )
    for number, site in enumerate(SITES)
)
CONNECTIONS = tuple(
    ConnectionRow(
        name,
        person,
        f"0912 345 {100 + number}",
        ("Ngô Gia Bảo", "Đặng Thuỳ Linh", "Mạc Tuấn Kiệt", "Phạm Hữu Ước")[number % 4],
        f"0987 654 {200 + number}",
        f"SIP: dc{number + 1:02}@hnth.vinhphuc.gov.vn; 10.26.{number}.10",
    )
    for number, (name, person, _) in enumerate(_NAMES)
)

NOTICE = Notice(
    subject="Tổ chức phiên họp trực tuyến triển khai nhiệm vụ phát triển kinh tế - xã hội"
    " quý II năm 2022",
    session=SESSION,
    chair=CHAIR,
    main_site=MAIN_SITE,
    starts=START,
    rehearsal=START - timedelta(hours=18),
    ready=START - timedelta(minutes=30),
    basis=(
        "Căn cứ Quyết định số 429/QĐ-UBND ngày 03 tháng 3 năm 2022 của Ủy ban nhân dân tỉnh ban"
        " hành Quy chế quản lý, vận hành và sử dụng hệ thống Hội nghị truyền hình tỉnh Vĩnh Phúc",
        "Thực hiện ý kiến chỉ đạo của Chủ tịch Ủy ban nhân dân tỉnh",
    ),
    attendees=(
        "Tại điểm cầu chính: các Phó Chủ tịch UBND tỉnh; Giám đốc các sở, Thủ trưởng các ban,"
        " ngành",
        "Tại các điểm cầu thành phần: Chủ tịch, các Phó Chủ tịch UBND huyện, thành phố; Trưởng các"
        " phòng chuyên môn",
    ),
    tasks=(
        TaskRow(
            "Văn phòng UBND tỉnh",
            "Kết nối toàn bộ hệ thống; kiểm tra kỹ thuật điểm cầu cấp tỉnh với điểm cầu cấp huyện",
            "16:00 ngày 24/03/2022",
        ),
        TaskRow(
            "Sở Thông tin và Truyền thông",
            "Kiểm tra kỹ thuật các điểm cầu cấp xã; giám sát an toàn thông tin",
            "16:00 ngày 24/03/2022",
        ),
        TaskRow(
            "UBND các huyện, thành phố",
            "Chuẩn bị phòng họp, bố trí cán bộ vận hành; gửi mẫu tổng hợp thông tin và đầu mối",
            "06:00 ngày 25/03/2022",
        ),
        TaskRow(
            "VNPT Vĩnh Phúc, Viettel Vĩnh Phúc",
            "Kết nối MCU vệ tinh vào MCU chủ; trực kỹ thuật trong suốt phiên họp",
            "06:00 ngày 25/03/2022",
        ),
    ),
    sites=SITES,
    hotline=HOTLINE,
)

PLAN = Plan(
    subject="Kỹ thuật phục vụ phiên họp trực tuyến triển khai nhiệm vụ phát triển kinh tế - xã hội"
    " quý II năm 2022",
    session=SESSION,
    main_site=MAIN_SITE,
    starts=START,
    drawing=Drawing(
        Cascade("tinh", MappingProxyType({"so": "tinh", "vnpt": "tinh", "viettel": "tinh"})),
        MappingProxyType(dict(zip(("tinh", "so", "vnpt", "viettel"), _MCUS, strict=True))),
        MappingProxyType({"tinh": 1, "so": 2, "vnpt": 4, "viettel": 5}),
    ),
    basis=NOTICE.basis[:1],
    connection=(
        "Các MCU vệ tinh nối trực tiếp vào MCU chủ, một cấp cascade; mỗi MCU vệ tinh hiển thị 01"
        " điểm cầu toàn màn hình.",
        "Hoàn thành kết nối các MCU trước 06:00 ngày 25/03/2022; sẵn sàng lúc 07:30 cùng ngày.",
    ),
    mcus=(
        McuRow(_MCUS[0], "Văn phòng UBND tỉnh", "Master", "", "10.26.0.2", 1),
        McuRow(_MCUS[1], "Sở TT&TT", "Slave", _MCUS[0], "10.26.1.2", 2),
        McuRow(_MCUS[2], "VNPT Vĩnh Phúc", "Slave", _MCUS[0], "10.26.2.2", 4),
        McuRow(_MCUS[3], "Viettel Vĩnh Phúc", "Slave", _MCUS[0], "10.26.3.2", 5),
    ),
    lines=(
        LineRow(_MCUS[1], _MCUS[0], "Mạng TSLCD", "100 Mbit/s", "0211 3616 618"),
        LineRow(_MCUS[2], _MCUS[0], "VNPT", "200 Mbit/s", "0211 3800 126", "Internet, VPN"),
        LineRow(_MCUS[3], _MCUS[0], "Viettel", "200 Mbit/s", "0211 6250 198", "Internet, VPN"),
    ),
    equipment=(
        "Mỗi điểm cầu: 01 camera, 02 micro, 01 màn hình chính, 01 màn hình phụ, bộ lưu điện.",
        "Điểm cầu dùng VCS: lưu sẵn các vị trí camera chủ tọa, bên trái, bên phải, phóng to, thu"
        " nhỏ.",
    ),
    safety=(
        SafetyRow(
            "Chỉ mở các cổng kết nối, dịch vụ cần thiết", "Đơn vị chủ quản MCU", "Đã rà soát"
        ),
        SafetyRow("Cập nhật bản vá bảo mật MCU, VCS", "VNPT, Viettel", "Xong ngày 22/03/2022"),
        SafetyRow("Mã hóa kết nối giữa các MCU và điều khiển từ xa", "Sở TT&TT", "Đã kiểm tra"),
    ),
    timetable=(
        TimeRow(START - timedelta(hours=18), "Kiểm tra kỹ thuật, tổng duyệt", "Các điểm cầu"),
        TimeRow(START - timedelta(hours=2), "Kết nối MCU vệ tinh vào MCU chủ", "VNPT, Viettel"),
        TimeRow(START - timedelta(minutes=30), "Toàn hệ thống sẵn sàng", "Văn phòng UBND tỉnh"),
        TimeRow(START, "Khai mạc phiên họp", "Chủ tọa"),
    ),
)

SUMMARY = Summary(
    subject="Kết quả kiểm tra kỹ thuật, đầu mối và thông tin kết nối các điểm cầu",
    session=SESSION,
    starts=START,
    checks=_CHECKS,
    results=RESULTS,
    connections=CONNECTIONS,
    conclusion="12/12 điểm cầu đạt yêu cầu, sẵn sàng kết nối với MCU của Văn phòng UBND tỉnh.",
)

DUTY = DutyList(
    subject="Phục vụ phiên họp trực tuyến ngày 25 tháng 3 năm 2022",
    session=SESSION,
    starts=START,
    duties=tuple(
        DutyRow(
            name,
            START - timedelta(hours=2),
            START + timedelta(hours=4),
            1 + number % 2,
            person,
            "Chuyên viên",
            f"0912 345 {100 + number}",
            f"{mail}@vinhphuc.gov.vn",
        )
        for number, (name, person, mail) in enumerate(_NAMES[:6])
    ),
    contacts=tuple(
        ContactRow(
            name,
            "Cán bộ vận hành phòng họp",
            person,
            "Chuyên viên",
            f"0912 345 {100 + number}",
            f"{mail}@vinhphuc.gov.vn",
        )
        for number, (name, person, mail) in enumerate(_NAMES)
    ),
    hotline=HOTLINE,
)

SCRIPT = Script(
    subject="Phiên họp trực tuyến triển khai nhiệm vụ phát triển kinh tế - xã hội quý II năm 2022",
    session=SESSION,
    chair=CHAIR,
    main_site=MAIN_SITE,
    starts=START,
    cues=(
        CueRow(START - timedelta(minutes=30), "Điểm danh các điểm cầu", "Thư ký", "Lưới 12 ô"),
        CueRow(START, "Tuyên bố lý do, giới thiệu đại biểu", "Chánh Văn phòng", "Điểm cầu chính"),
        CueRow(START + timedelta(minutes=10), "Khai mạc", "Chủ tọa", "Điểm cầu chính", "Ghi hình"),
        CueRow(
            START + timedelta(minutes=25),
            "Báo cáo tình hình kinh tế - xã hội",
            "Giám đốc Sở Kế hoạch và Đầu tư",
            "Trình chiếu và điểm cầu chính",
        ),
        CueRow(
            START + timedelta(minutes=55),
            "Phát biểu của huyện Tam Đảo",
            "Chủ tịch UBND huyện Tam Đảo",
            "UBND huyện Tam Đảo, chủ tọa",
            "Micro bật trước",
        ),
        CueRow(START + timedelta(minutes=110), "Kết luận, bế mạc", "Chủ tọa", "Điểm cầu chính"),
    ),
    rules=(
        "Điểm cầu được gọi phải lên màn hình điểm cầu chính trong vòng 30 giây kể từ khi có yêu"
        " cầu.",
        "Các điểm cầu tắt micro khi chưa được mời phát biểu.",
    ),
)

CHECK = CheckReport(
    subject="Kiểm tra kỹ thuật các điểm cầu phục vụ phiên họp trực tuyến ngày 25 tháng 3 năm 2022",
    session=SESSION,
    place=MAIN_SITE,
    starts=START - timedelta(hours=18),
    ends=START - timedelta(hours=16),
    checks=_CHECKS,
    participants=(
        Participant("Trần Đức Thắng", "Phó Giám đốc Trung tâm Tin học", "Văn phòng UBND tỉnh"),
        Participant("Phùng Thế Vỹ", "Chuyên viên", "Sở Thông tin và Truyền thông"),
        Participant("Ngô Gia Bảo", "Cán bộ kỹ thuật điều khiển MCU", "VNPT Vĩnh Phúc"),
    ),
    results=RESULTS,
    findings=("Điểm cầu Sông Lô có tiếng vọng, đã khắc phục và kiểm tra lại lúc 15:40.",),
    conclusion="Các điểm cầu đủ điều kiện phục vụ phiên họp chính thức.",
    party_function="ĐẠI DIỆN\nVNPT VĨNH PHÚC",
    party_name="Ngô Gia Bảo",
)

LOGBOOK = LogExtract(
    subject="Hệ thống Hội nghị truyền hình, phiên họp ngày 25 tháng 3 năm 2022",
    starts=START - timedelta(hours=2),
    ends=START + timedelta(hours=4),
    entries=(
        LogRow(
            START - timedelta(hours=2),
            _MCUS[2],
            "Ngô Gia Bảo",
            "Tốt; trễ 18 ms, mất gói 0,0 %",
            "Nối vào MCU chủ",
        ),
        LogRow(
            START + timedelta(minutes=56),
            "UBND huyện Tam Đảo",
            "Lưu Thị Mỹ",
            "Giảm; mất gói 6,2 %",
            "Hình vỡ trong 40 giây",
            "Chuyển sang đường dự phòng lúc 08:57, đã báo nhà mạng và chủ trì tại điểm cầu",
        ),
        LogRow(
            START + timedelta(minutes=112),
            "Toàn hệ thống",
            "Trần Đức Thắng",
            "Tốt",
            "Kết thúc phiên họp",
        ),
    ),
    digest="3f9a6c0d5b7e41e2a8c4d19f07b6235e",
)

EXAMPLES: Mapping[str, Paper] = MappingProxyType(
    {
        paper.form: paper
        for paper in (NOTICE, PLAN, SUMMARY, DUTY, SCRIPT, CHECK, LOGBOOK, ASSESSMENT)
    }
)
"""One paper for each form."""
