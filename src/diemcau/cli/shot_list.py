"""The pages that ``diemcau shots`` shows: each page of the router once, and some of their dialogs.

Those that need no media are opened on the mock of the pages, in a session that is prepared and one
that is under way; the others in a province in session, on real media.
"""

from dataclasses import dataclass

from diemcau.domain.refusal import Text

SIZES = ((1366, 768), (1920, 1080))

PLAYING = """() => {
  const videos = [...document.querySelectorAll('video')].filter((v) => v.offsetParent);
  return videos.length >= 1 && videos.every((v) => v.currentTime > 1 && v.videoWidth > 0);
}"""


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the page of the router, who opens which address, and what is there then.

    ``who``: an account of the mock, in a province a link's role. ``ready``: a selector, or a
    function of JavaScript. ``keys`` are pressed when it is, and ``then`` waited for.
    """

    name: str
    page: str
    path: str
    caption: Text
    who: str = ""
    ready: str = "h1, h2"
    keys: tuple[str, ...] = ()
    then: str = "body"

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(f"{self.name}-{width}.jpg" for width, _ in SIZES)


def _office(name: str, page: str, path: str, vi: str, en: str, ready: str = "h2") -> Shot:
    return Shot(name, page, path, Text(vi, en), "vanphong", ready)


LIVE = (
    Shot(
        "site",
        "site",
        "/c/{conference}/site/{guest}?autojoin=1",
        Text(
            "Trang của một điểm cầu: khung đỏ khi lên hình, micro, xin phát biểu",
            "A site's page: red when it is on air, its microphone, its hand",
        ),
        "site",
        PLAYING,
    ),
    Shot(
        "control",
        "control",
        "/c/{conference}/control",
        Text(
            "Phòng điều khiển: chuẩn bị, chương trình, kịch bản, điểm cầu",
            "The control room: preview, programme, script, sites",
        ),
        "operator",
        PLAYING,
    ),
    Shot(
        "chair",
        "chair",
        "/c/{conference}/chair",
        Text(
            "Bàn chủ tọa: mời một điểm cầu bằng một chạm", "The chair's desk: a site by one touch"
        ),
        "chair",
        PLAYING,
    ),
    Shot(
        "technician",
        "mcu",
        "/c/{conference}/mcu/{mcu}",
        Text(
            "Bàn kỹ thuật MCU: MCU trung tâm đang yêu cầu gì, các điểm cầu và đường truyền",
            "An MCU technician's console: what the master asks for, sites and lines",
        ),
        "operator",
        "[data-site] img",
    ),
    Shot(
        "screen",
        "screen",
        "/c/{conference}/screen?sound=0",
        Text("Màn hình chính (máy chiếu)", "The main screen (projector)"),
        "chair",
        PLAYING,
    ),
    Shot(
        "conferences",
        "conferences",
        "/conferences",
        Text("Các phiên họp và đường dẫn vào từng trang", "Conferences, and the links into each"),
        "operator",
        "main .rows button",
    ),
)
"""In a province in session. The site comes first and stays, so that the others show a camera."""

QUIET = (
    Shot("sign-in", "sign-in", "/sign-in", Text("Đăng nhập", "Signing in"), ready="form"),
    _office(
        "desk",
        "home",
        "/",
        "Bàn làm việc: việc của tôi, muộn trước",
        "The desk: my tasks, the late ones first",
        "#sessions",
    ),
    _office("new", "new", "/d/new", "Hồ sơ phiên họp mới", "A new dossier"),
    _office(
        "urgent",
        "urgent",
        "/urgent",
        "Phiên họp đột xuất: một màn hình",
        "An urgent session: one screen",
    ),
    _office(
        "overview",
        "dossier/overview",
        "/d/d1",
        "Hồ sơ: các bước của quy trình và thời hạn",
        "A dossier: the procedure's steps and deadlines",
    ),
    _office(
        "notices",
        "dossier/notices",
        "/d/d1/notices",
        "Thông báo và xác nhận của các đơn vị",
        "Notices, and who has answered",
    ),
    _office(
        "script",
        "dossier/script",
        "/d/d1/script",
        "Kịch bản và các phiên bản",
        "The script and its versions",
    ),
    _office("plan", "dossier/plan", "/d/d1/plan", "Phương án cascade", "The cascade plan"),
    _office(
        "checks",
        "dossier/checks",
        "/d/d1/checks",
        "Kiểm tra kỹ thuật từng điểm cầu",
        "Technical checks of each site",
        "[data-cell]",
    ),
    _office(
        "session",
        "dossier/session",
        "/d/d4/session",
        "Phiên họp đang diễn ra: điểm danh",
        "The session under way: roll call",
    ),
    _office(
        "documents",
        "dossier/documents",
        "/d/d1/documents",
        "Văn bản theo mẫu",
        "Documents by their forms",
        ".sheet button",
    ),
    _office(
        "dossier-log",
        "dossier/log-book",
        "/d/d1/log-book",
        "Trích sổ theo dõi của hồ sơ",
        "The log book's extract of a dossier",
        ".sheet nav [aria-current]",
    ),
    _office("directory", "directory", "/directory", "Danh bạ", "The directory", ".line strong"),
    _office(
        "accounts", "accounts", "/accounts", "Tài khoản và quyền", "Accounts and rights", "tbody td"
    ),
    _office(
        "account",
        "account",
        "/account",
        "Tài khoản của mình: mật khẩu, mã dùng một lần",
        "One's own account: password, one-time codes",
    ),
    _office(
        "procedures",
        "procedures",
        "/procedures",
        "Quy trình là dữ liệu",
        "Procedures are data",
        ".sheet h1",
    ),
    _office(
        "log-book",
        "log-book",
        "/log-book",
        "Sổ theo dõi, không sửa được mà không lộ",
        "The log book: no change goes unseen",
        "tbody td",
    ),
    Shot(
        "acknowledge",
        "acknowledge",
        "/a#token=d1.dai-dinh",
        Text(
            "Xác nhận thông báo bằng một lần bấm, từ thư",
            "A notice acknowledged by one click, from the mail",
        ),
        ready="button.primary",
    ),
    Shot(
        "self-test",
        "self-test",
        "/d/d1/self-test/s-dao-duc",
        Text("Phòng họp tự kiểm tra trước phiên", "A room tests itself before the session"),
        "daoduc",
        PLAYING,
    ),
    Shot(
        "join", "join", "/join", Text("Vào họp bằng mã", "Joining by a short code"), ready="input"
    ),
    Shot(
        "kiosk",
        "kiosk",
        "/kiosk#token=kiosk",
        Text("Máy phòng họp chờ phiên kế tiếp", "A room computer waits for the next session"),
        ready="[role=timer]",
    ),
    Shot(
        "clip",
        "clip",
        "/clip",
        Text(
            "Đoạn phim thử: tiếng có khớp với hình không",
            "The test clip: are sound and picture in step",
        ),
        ready="button.primary",
    ),
    Shot(
        "links",
        "control",
        "/c/c1/control#token=operator",
        Text(
            "Đường dẫn vào phiên họp: mã đọc qua điện thoại, QR, giấy dán phòng",
            "Links into the session: a code for the telephone, QR, a sheet for the room",
        ),
        ready="[data-site]",
        keys=("Control+k", *"duong dan ban", "Enter"),
        then="dialog .code",
    ),
)
"""On the mock."""

SHOTS = (*LIVE, *QUIET)


def index() -> str:
    """``docs/pictures.md``: every picture with its captions, in the order of the list."""
    lines = [
        "# Hình các trang / Pictures of the pages",
        "",
        "Chụp bằng / taken by `./diemcau shots`.",
    ]
    for shot in SHOTS:
        small, large = shot.files
        lines += [
            "",
            f"## {shot.caption.vi}",
            "",
            f"{shot.caption.en} ([1920×1080](pictures/{large})).",
            "",
            f"![{shot.caption.en}](pictures/{small})",
        ]
    return "\n".join(lines) + "\n"
