"""Checks of an SDP before any MCU is asked: what is wrong is said in words, not by a failed call.

Only what WHIP and WHEP need: RFC 8866 lines, the offer's sections, their codecs, ICE and DTLS.
"""

import re
from dataclasses import dataclass, field

from diemcau.services.refusals import BadSdp, NoCommonCodec

_LINE = re.compile(r"[a-z]=.*")


@dataclass
class Section:
    """One m-section: its kind, the codecs by payload type, and its attributes."""

    kind: str
    payloads: tuple[str, ...] = ()
    codecs: dict[str, str] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    attributes: set[str] = field(default_factory=set)

    def offers(self, codec: str) -> list[str]:
        """The payload types of the codec (lower case)."""
        return [p for p in self.payloads if self.codecs.get(p) == codec]


def decode(body: bytes) -> str:
    """The text of a body; raises ``BadSdp``."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise BadSdp("Nội dung không phải UTF-8.", "The body is not UTF-8.") from None
    if "\0" in text:
        raise BadSdp("Nội dung chứa ký tự NUL.", "The body holds a NUL character.")
    return text


def parse(text: str) -> list[Section]:
    """The m-sections of a WebRTC description; raises ``BadSdp``."""
    lines = [line.rstrip("\r") for line in text.split("\n") if line.strip()]
    if not lines or lines[0] != "v=0":
        raise BadSdp(
            "SDP phải bắt đầu bằng «v=0».", "The session description must begin with 'v=0'."
        )
    sections = [Section("session")]
    for number, line in enumerate(lines, start=1):
        if not _LINE.fullmatch(line):
            raise BadSdp(
                f"Dòng {number} không phải «kiểu=giá trị».", f"Line {number} is not 'type=value'."
            )
        _take(line, number, sections)
    if len(sections) == 1:
        raise BadSdp("SDP không có dòng m= nào.", "The session description has no m= line.")
    _require_transport(sections)
    return sections[1:]


def check_offer(text: str) -> None:
    """An offer to publish: raises ``BadSdp``, or ``NoCommonCodec`` without H.264 and Opus."""
    sections = parse(text)
    audio = [s for s in sections if s.kind == "audio" and s.offers("opus")]
    video = [s for s in sections if s.kind == "video" and _baseline(s)]
    missing = [] if audio else ["Opus"]
    missing += [] if video else ["H.264 (constrained baseline)"]
    if missing:
        names = ", ".join(missing)
        raise NoCommonCodec(
            f"Lời mời SDP thiếu {names}; hãy bật mã hóa đó ở thiết bị phát.",
            f"The offer lacks {names}; turn that codec on in the sender.",
        )
    if any({"recvonly", "inactive"} & s.attributes for s in (audio[0], video[0])):
        raise NoCommonCodec(
            "Lời mời SDP chỉ nhận mà không gửi; WHIP cần «a=sendonly».",
            "The offer receives and does not send; WHIP needs 'a=sendonly'.",
        )


def check_answer(text: str) -> None:
    """An answer to our offer; raises ``BadSdp``."""
    parse(text)


def check_fragment(text: str) -> None:
    """A trickled fragment (RFC 8840): lines of the same form; raises ``BadSdp``."""
    lines = [line.rstrip("\r") for line in text.split("\n") if line.strip()]
    if not lines or not all(_LINE.fullmatch(line) for line in lines):
        raise BadSdp(
            "Phần ICE gửi thêm phải gồm các dòng «a=…».",
            "An ICE fragment is made of 'a=…' lines.",
        )


def _take(line: str, number: int, sections: list[Section]) -> None:
    here, value = sections[-1], line[2:]
    if line.startswith("m="):
        parts = value.split(" ")
        if len(parts) < 4 or not parts[1].split("/")[0].isdigit():
            raise BadSdp(f"Dòng {number}: m= sai.", f"Line {number}: malformed m=.")
        sections.append(Section(parts[0], tuple(parts[3:])))
    elif line.startswith("a="):
        name, _, rest = value.partition(":")
        here.attributes.add(name)
        payload, _, what = rest.partition(" ")
        if name == "rtpmap":
            here.codecs[payload] = what.split("/")[0].lower()
        elif name == "fmtp":
            here.formats[payload] = what.lower()


def _require_transport(sections: list[Section]) -> None:
    """ICE and DTLS for all or, as in a bundle, for one section."""
    attributes = {name for section in sections for name in section.attributes}
    for name in ("ice-ufrag", "ice-pwd", "fingerprint"):
        if name not in attributes:
            raise BadSdp(
                f"Thiếu a={name}; SDP này không phải của WebRTC.",
                f"There is no a={name}; this is no WebRTC description.",
            )


def _baseline(section: Section) -> list[str]:
    """Payload types of H.264 baseline (RFC 6184 section 8.1: baseline when no profile is given)."""
    profiles = {p: section.formats.get(p, "") for p in section.offers("h264")}
    return [p for p, f in profiles.items() if "profile-level-id=" not in f or "level-id=42" in f]
