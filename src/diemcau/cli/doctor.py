"""``diemcau doctor``: whether this machine can run the system, one line for each thing needed.

The checks are a table of functions from a ``Machine`` to a ``Finding``, the report is text made of
findings: both are pure, and the machine is asked in ``cli.machine``.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from diemcau.cli.machine import Machine, ThisMachine
from diemcau.domain.refusal import Refusal, Text

ELEMENTS = (
    "appsink", "appsrc", "audioconvert", "audiomixer", "audiomixmatrix", "audiotestsrc",
    "avdec_h264", "capsfilter",
    "compositor", "deinterleave", "fakesink", "filesink", "giostreamsrc", "h264parse", "jpegenc",
    "level", "matroskademux", "matroskamux", "nicesrc", "opusdec", "opusenc", "overlaycomposition",
    "queue", "rglimiter", "rtph264depay", "rtph264pay", "rtpjitterbuffer", "rtpopusdepay",
    "rtpopuspay", "rtpptdemux", "udpsink", "udpsrc", "valve", "videoconvert", "videoscale",
    "webrtcbin", "x264enc",
)  # fmt: skip
"""What mixer, stills and synthetic sites build their pipelines of (a test compares)."""

SAFE_JANUS = (1, 4, 1)
PORT = 8080
GIB = 2**30
DISK_GIB, MEMORY_GIB, CORES = 2, 2, 2
VIEWERS_PER_CORE = 100
"""Rule of thumb: a 720p viewer costs 0.4-0.8 % of a core, and a machine wants to breathe."""
RELEASED = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right shows a time before this."""


class Verdict(StrEnum):
    OK = "✓"
    WARNING = "!"
    MISSING = "✗"


@dataclass(frozen=True)
class Finding:
    """``what`` was found; ``remedy`` says what to do where that is not ``OK``."""

    verdict: Verdict
    what: Text
    remedy: Text | None = None


Check = Callable[[Machine], Finding]


def run(machine: Machine | None = None) -> int:
    """Print the report; 1 if something that is needed is missing, else 0."""
    here = machine or ThisMachine()
    findings = []
    for check in CHECKS:
        findings.append(check(here))
        print(line(findings[-1]), flush=True)
    print(verdict(findings))
    return exit_code(findings)


def line(finding: Finding) -> str:
    """A finding as text: one line, and what to do below it."""
    text = f"{finding.verdict} {_both(finding.what, ' / ')}"
    if finding.remedy is None:
        return text
    arrow = "\n    → "
    return f"{text}{arrow}{_both(finding.remedy, arrow)}"


def _both(text: Text, between: str) -> str:
    """Both languages, once where they are the same."""
    return text.vi if text.vi == text.en else f"{text.vi}{between}{text.en}"


def verdict(findings: Iterable[Finding]) -> str:
    missing = sum(finding.verdict is Verdict.MISSING for finding in findings)
    if missing:
        return f"\nCòn thiếu {missing} thứ. / {missing} needed things are missing."
    return "\nMáy này chạy được. / This machine can run it."


def exit_code(findings: Iterable[Finding]) -> int:
    return int(any(finding.verdict is Verdict.MISSING for finding in findings))


def _ok(vi: str, en: str = "") -> Finding:
    return Finding(Verdict.OK, Text(vi, en or vi))


def _install(package: str) -> Text:
    return Text(f"apt-get install {package}", f"apt-get install {package}")


def python(machine: Machine) -> Finding:
    version = machine.python()
    shown = ".".join(map(str, version))
    if version >= (3, 11, 0):
        return _ok(f"Python {shown}")
    return Finding(
        Verdict.MISSING,
        Text(f"Python {shown}", f"Python {shown}"),
        Text("cần Python 3.11 trở lên", "Python 3.11 or newer is needed"),
    )


def root(machine: Machine) -> Finding:
    obstacle = machine.root()
    if not obstacle:
        return _ok("quyền root hoặc sudo", "root or sudo")
    return Finding(
        Verdict.MISSING,
        Text("không có quyền root", "no root"),
        Text(
            "demo, đo và kiểm thử cần root để tạo mạng ảo; máy chủ và MCU thật thì không",
            f"demo, benches and media tests need it, a real server or MCU does not: {obstacle}",
        ),
    )


def ip(machine: Machine) -> Finding:
    if machine.which("ip"):
        return _ok("lệnh ip", "the command ip")
    what = Text("không có lệnh ip", "no command ip")
    return Finding(Verdict.MISSING, what, _install("iproute2"))


def namespaces(machine: Machine) -> Finding:
    obstacle = machine.namespaces()
    if not obstacle:
        return _ok("mạng ảo (network namespace)", "network namespaces")
    return Finding(
        Verdict.MISSING,
        Text("không tạo được mạng ảo", "no network namespace can be made"),
        Text(
            "demo, đo và kiểm thử cần nó; trong container hãy thêm --privileged",
            f"demo, benches and media tests need them: {obstacle}",
        ),
    )


def janus(machine: Machine) -> Finding:
    if not machine.which("janus"):
        return Finding(
            Verdict.MISSING, Text("không có Janus", "Janus is missing"), _install("janus")
        )
    lost = machine.janus_plugins()
    if lost:
        return Finding(
            Verdict.MISSING,
            Text(f"Janus thiếu {', '.join(lost)}", f"Janus lacks {', '.join(lost)}"),
            Text(
                "cài lại gói janus của Debian (amd64)", "reinstall Debian's package janus (amd64)"
            ),
        )
    found = re.search(r"Janus version: \d+ \((\d+)\.(\d+)\.(\d+)\)", machine.output("janus", "-V"))
    version = tuple(int(number) for number in found.groups()) if found else ()
    shown = ".".join(map(str, version)) or "?"
    if version >= SAFE_JANUS:
        return _ok(f"Janus {shown}")
    return Finding(
        Verdict.WARNING,
        Text(f"Janus {shown}", f"Janus {shown}"),
        Text(
            "bản trước 1.4.1 có lỗi an toàn bộ nhớ đã sửa ở bản sau; giao diện điều khiển chỉ nghe"
            " trên 127.0.0.1, hãy giới hạn UDP 20000–32767 cho mạng tin cậy",
            "memory-safety faults of this version are fixed in 1.4.1; its API listens on loopback"
            " only, so keep UDP 20000-32767 to networks you trust",
        ),
    )


def media(machine: Machine) -> Finding:
    """GStreamer, its elements and the system's Python bindings."""
    found = machine.media(list(ELEMENTS))
    packages = Text(
        "chạy ./diemcau demo một lần để cài các gói, hoặc cài gstreamer1.0-plugins-{base,good,bad,"
        "ugly} gstreamer1.0-libav gstreamer1.0-nice python3-gi python3-gi-cairo gir1.2-pango-1.0"
        " gir1.2-gst-plugins-bad-1.0",
        "run ./diemcau demo once, which installs the packages that these are in",
    )
    if not found:
        what = Text("/usr/bin/python3 không chạy được", "/usr/bin/python3 cannot be run")
        return Finding(Verdict.MISSING, what, packages)
    lost = [*found["modules"], *found["elements"]]
    if lost:
        names = ", ".join(lost)
        return Finding(
            Verdict.MISSING, Text(f"GStreamer thiếu {names}", f"GStreamer lacks {names}"), packages
        )
    return _ok(f"GStreamer {found['version']}, {len(ELEMENTS)} elements; gi, cairo, Pango")


def fonts(machine: Machine) -> Finding:
    if machine.media([]).get("font") == "ok":
        return _ok("phông chữ có dấu tiếng Việt", "a font with Vietnamese letters")
    return Finding(
        Verdict.MISSING,
        Text("không có phông chữ tiếng Việt", "no font with Vietnamese letters"),
        _install("fonts-dejavu-core"),
    )


def documents(machine: Machine) -> Finding:
    """PDFs are printed with a font of their own, not with the mixer's."""
    missing = machine.document_font()
    if not missing:
        return _ok("phông chữ văn bản (PDF) đủ dấu", "the documents' font (PDF) has all letters")
    what = Text("thiếu phông chữ văn bản (PDF)", "no font for documents (PDF)")
    return Finding(Verdict.MISSING, what, _install("fonts-liberation2"))


def couriers(machine: Machine) -> Finding:
    try:
        ways = machine.couriers()
    except Refusal as refusal:
        what = Text("cấu hình gửi thông báo sai", "the couriers are set up wrongly")
        return Finding(Verdict.MISSING, what, refusal.detail)
    if ways:
        return _ok(f"gửi thông báo: {', '.join(ways)}", f"notices go by {', '.join(ways)}")
    return Finding(
        Verdict.WARNING,
        Text("chưa cấu hình gửi thông báo", "no couriers are set up"),
        Text(
            "thông báo chỉ hiện trong trang web; máy chủ thật cần --couriers TỆP"
            " (docs/couriers.md); nêu tệp đó ở đây để kiểm tra",
            "notices are seen in the pages only; a real server needs --couriers FILE"
            " (docs/couriers.md); name the file here to have it checked",
        ),
    )


def log_book(machine: Machine) -> Finding:
    try:
        seq = machine.log_head()
    except Refusal as refusal:
        what = Text("bản chốt sổ theo dõi bị hỏng", "the log book's head is damaged")
        return Finding(Verdict.MISSING, what, refusal.detail)
    if seq is None:
        return _ok("chưa có sổ theo dõi", "no log book here yet")
    return _ok(f"sổ theo dõi đã ký đến mục {seq}", f"the log book is signed up to entry {seq}")


def port(machine: Machine) -> Finding:
    if machine.port_free(PORT):
        return _ok(f"cổng {PORT} còn trống", f"port {PORT} is free")
    return Finding(
        Verdict.WARNING,
        Text(f"cổng {PORT} đang bận", f"port {PORT} is taken"),
        Text("chọn cổng khác bằng --port", "choose another by --port"),
    )


def disk(machine: Machine) -> Finding:
    free = machine.disk_free() / GIB
    what = Text(f"ổ đĩa còn {free:.1f} GiB", f"{free:.1f} GiB of disk are free")
    if free >= DISK_GIB:
        return Finding(Verdict.OK, what)
    remedy = Text(f"nên còn ít nhất {DISK_GIB} GiB", f"have at least {DISK_GIB} GiB")
    return Finding(Verdict.WARNING, what, remedy)


def power(machine: Machine) -> Finding:
    """Cores and memory against a rule of thumb: one core mixes, the others forward."""
    cores, memory = machine.cores(), machine.memory() / GIB
    viewers = max(0, cores - 1) * VIEWERS_PER_CORE
    what = Text(
        f"{cores} lõi, {memory:.1f} GiB bộ nhớ: ước chừng một phiên với {viewers} màn hình",
        f"{cores} cores, {memory:.1f} GiB of memory: about one session with {viewers} viewers",
    )
    if cores >= CORES and memory >= MEMORY_GIB:
        return Finding(Verdict.OK, what)
    remedy = Text(
        f"nên có ít nhất {CORES} lõi và {MEMORY_GIB} GiB",
        f"have at least {CORES} cores and {MEMORY_GIB} GiB",
    )
    return Finding(Verdict.WARNING, what, remedy)


def clock(machine: Machine) -> Finding:
    """Tokens and certificates end by the clock, and several machines must agree on the time."""
    now = machine.today()
    what = Text(f"đồng hồ {now:%Y-%m-%d %H:%M} UTC", f"the clock says {now:%Y-%m-%d %H:%M} UTC")
    if now < RELEASED:
        remedy = Text("đặt lại đồng hồ", "set the clock")
        return Finding(Verdict.MISSING, what, remedy)
    if "NTPSynchronized=yes" in machine.output("timedatectl", "show"):
        return Finding(Verdict.OK, what)
    remedy = Text(
        "không rõ đồng hồ có được đồng bộ; nếu có nhiều máy, hãy bật NTP",
        "whether it is synchronised is not known; with several machines, turn NTP on",
    )
    return Finding(Verdict.WARNING, what, remedy)


CHECKS: tuple[Check, ...] = (
    python, root, ip, namespaces, janus, media, fonts, documents, port, disk, power, clock,
    couriers, log_book,
)  # fmt: skip
