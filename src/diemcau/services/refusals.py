"""The services' refusals: each with a stable id and a text to act on."""

from diemcau.domain.refusal import Conflict, Invalid, Refusal, Text, Unknown


class UnknownConference(Unknown):
    id = "unknown-conference"
    title = Text("Không có phiên họp này", "No such conference")

    def __init__(self, conference_id: str) -> None:
        super().__init__(
            f"Không có phiên họp «{conference_id}» đang mở; hãy xem danh sách phiên họp.",
            f"No conference {conference_id!r} is open; see the list of conferences.",
        )


class UnknownSession(Unknown):
    id = "unknown-session"
    title = Text("Phiên kết nối không còn", "No such session")

    def __init__(self) -> None:
        super().__init__(
            "Kết nối này đã kết thúc; hãy kết nối lại.", "This session has ended; connect again."
        )


class NoFeed(Unknown):
    id = "no-feed"
    title = Text("Không có luồng này", "No such feed")

    def __init__(self, feed: str) -> None:
        super().__init__(
            f"Luồng «{feed}» không có ở MCU này (hoặc chưa có); thử program, chair, slot/N,"
            " site/MÃ, hoặc thử lại sau.",
            f"The feed {feed!r} is not (or not yet) at this MCU; try program, chair, slot/N,"
            " site/ID, or try again later.",
        )


class NoStill(Unknown):
    id = "no-still"
    title = Text("Chưa có ảnh của điểm cầu", "No still of the site")

    def __init__(self, site: str) -> None:
        super().__init__(
            f"Chưa có ảnh của điểm cầu «{site}»: chưa kết nối, hoặc ảnh đầu tiên chưa tới.",
            f"There is no still of site {site!r}: it is not connected, or the first one has not"
            " come yet.",
        )


class AlreadyPublishing(Conflict):
    id = "already-publishing"
    title = Text("Điểm cầu đang phát rồi", "The site is publishing already")

    def __init__(self, site: str) -> None:
        super().__init__(
            f"Điểm cầu «{site}» đang phát ở một nơi khác; dừng nơi đó, hoặc thêm ?replace=true để"
            " thay thế.",
            f"Site {site!r} is publishing elsewhere; stop it there, or take its place with"
            " ?replace=true.",
        )


class BadSdp(Refusal):
    id = "bad-sdp"
    title = Text("SDP sai định dạng", "Malformed SDP")


class NoCommonCodec(Invalid):
    id = "no-common-codec"
    title = Text("Thiếu H.264 hoặc Opus", "No H.264 or no Opus")


class Unavailable(Refusal):
    """For now: the same request may succeed after ``retry_after_s`` seconds."""

    id = "unavailable"
    title = Text("Tạm thời chưa được", "Not available for now")
    retry_after_s = 2


class McuUnavailable(Unavailable):
    id = "mcu-away"
    title = Text("MCU chưa kết nối", "The MCU is away")

    def __init__(self, mcu: str) -> None:
        super().__init__(
            f"MCU «{mcu}» chưa nối với máy chủ; kết nối lại sau ít giây, nếu vẫn vậy hãy báo cán bộ"
            " kỹ thuật của MCU.",
            f"MCU {mcu!r} is not connected to the server; try again in a few seconds, then tell its"
            " technician.",
        )


class McuNotReady(Unavailable):
    id = "mcu-not-ready"
    title = Text("MCU đang chuẩn bị", "The MCU is getting ready")
    retry_after_s = 1

    def __init__(self, mcu: str, reason: str) -> None:
        super().__init__(
            f"MCU «{mcu}» chưa sẵn sàng ({reason}); hãy thử lại sau ít giây.",
            f"MCU {mcu!r} is not ready ({reason}); try again in a few seconds.",
        )


class ConferenceFull(Unavailable):
    id = "conference-full"
    title = Text("Phiên họp đã đủ điểm cầu", "The conference is full")
    retry_after_s = 10

    def __init__(self, most: int) -> None:
        super().__init__(
            f"Đã có {most} điểm cầu kết nối cùng lúc, là mức cho phép; chờ một điểm cầu rời đi hoặc"
            " nâng max_sites.",
            f"{most} sites are connected at once, which is the cap; wait until one leaves or raise"
            " max_sites.",
        )


class ConferenceLocked(Conflict):
    id = "conference-locked"
    title = Text("Phiên họp đã khóa", "The conference is locked")

    def __init__(self) -> None:
        super().__init__(
            "Người điều hành đã khóa phiên họp; gọi phòng điều hành để được cho vào.",
            "The operator has locked the conference; call the control room to be let in.",
        )


class NotStored(Unavailable):
    id = "not-stored"
    title = Text("Chưa lưu được", "Could not be stored")

    def __init__(self) -> None:
        super().__init__(
            "Cơ sở dữ liệu không ghi được nên lệnh không có hiệu lực; kiểm tra ổ đĩa rồi thử lại.",
            "The database could not be written, so nothing was changed; check its disk, try again.",
        )


class NotRead(Unavailable):
    id = "not-read"
    title = Text("Chưa đọc được", "Could not be read")

    def __init__(self) -> None:
        super().__init__(
            "Cơ sở dữ liệu không trả lời; thử lại sau ít giây, nếu vẫn vậy hãy báo người quản trị.",
            "The database does not answer; try again in a few seconds, then tell the"
            " administrator.",
        )


class UnknownDossier(Unknown):
    id = "unknown-dossier"
    title = Text("Không có hồ sơ này", "No such dossier")

    def __init__(self, dossier_id: str) -> None:
        super().__init__(
            f"Không có hồ sơ phiên họp «{dossier_id}»; hãy xem danh sách phiên họp.",
            f"No dossier {dossier_id!r}; see the list of sessions.",
        )
