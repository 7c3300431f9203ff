"""The words of what is sent: notices, their updates, cancellations and alarms. Vietnamese first."""

from collections.abc import Sequence
from dataclasses import dataclass

from diemcau.domain.directory import Directory, Person
from diemcau.domain.dossier import Dossier, Secrecy, Stage
from diemcau.domain.localtime import spoken
from diemcau.domain.recipients import Concerned
from diemcau.domain.refusal import Text


@dataclass(frozen=True)
class Letter:
    """A subject and a body, as plain text."""

    subject: str
    body: str


def notice(
    dossier: Dossier, one: Concerned, directory: Directory, *, number: int, link: str
) -> Letter:
    """The notice for one unit; ``number`` over 1 is an update, a cancelled dossier says so.

    A secret session's mail carries neither its content nor the list of sites.
    """
    secret = dossier.secrecy is Secrecy.SECRET
    title = "(phiên họp mật)" if secret else dossier.title
    kind = _kind(dossier, number)
    lines = [f"{kind.vi}: {title}", ""]
    if dossier.stage is Stage.CANCELLED:
        lines += [f"Phiên họp {spoken(dossier.starts_at)} đã hủy.", _reason(dossier)]
    else:
        lines += _when(dossier)
        if not secret:
            lines += _what(dossier, one, directory)
    lines += ["", f"Xác nhận đã nhận: {link}" if link else "Đăng nhập để xác nhận đã nhận."]
    lines += ["", "--", _english(dossier, title, kind, link)]
    return Letter(f"[Điểm Cầu] {kind.vi}: {title}", "\n".join(lines))


def alarm(dossier: Dossier, what: Text, due: str, page: str) -> Letter:
    """Something is due, late, or late for long."""
    title = "(phiên họp mật)" if dossier.secrecy is Secrecy.SECRET else dossier.title
    body = "\n".join(
        [
            f"{what.vi}",
            f"Phiên họp: {title}, {spoken(dossier.starts_at)}",
            f"Hạn: {due}",
            f"Mở hồ sơ: {page}" if page else "",
            "",
            "--",
            f"{what.en} (due {due})",
        ]
    )
    return Letter(f"[Điểm Cầu] {what.vi}", body)


def faults(dossier: Dossier, what: Sequence[Text], page: str) -> Letter:
    """Things are wrong in a session under way, and stay wrong."""
    title = "(phiên họp mật)" if dossier.secrecy is Secrecy.SECRET else dossier.title
    more = f" (và {len(what) - 1} cảnh báo khác)" if len(what) > 1 else ""
    body = "\n".join(
        [
            *(text.vi for text in what),
            f"Phiên họp đang diễn ra: {title}",
            f"Mở hồ sơ: {page}" if page else "",
            "",
            "--",
            *(text.en for text in what),
        ]
    )
    return Letter(f"[Điểm Cầu] Cảnh báo: {what[0].vi}{more}", body)


def summary_line(people: Sequence[Person]) -> str:
    return ", ".join(f"{person.name} {person.phone}".strip() for person in people)


def _kind(dossier: Dossier, number: int) -> Text:
    if dossier.stage is Stage.CANCELLED:
        return Text("HỦY phiên họp", "Session CANCELLED")
    if number > 1:
        return Text(f"Thông báo phiên họp (cập nhật lần {number - 1})", "Session notice, updated")
    return Text("Thông báo phiên họp", "Session notice")


def _reason(dossier: Dossier) -> str:
    return f"Lý do: {dossier.cancel_reason}" if dossier.secrecy is not Secrecy.SECRET else ""


def _when(dossier: Dossier) -> list[str]:
    lines = [f"Thời gian họp: {spoken(dossier.starts_at)} đến {spoken(dossier.ends_at)}"]
    if dossier.rehearsal_at is not None:
        lines.append(f"Tổng duyệt: {spoken(dossier.rehearsal_at)}")
    return lines


def _what(dossier: Dossier, one: Concerned, directory: Directory) -> list[str]:
    lines = [f"Số điểm cầu: {len(dossier.sites)}"]
    mine = [directory.sites[site].name for site in one.sites if site in directory.sites]
    if mine:
        lines.append(f"Điểm cầu của đơn vị: {', '.join(mine)}")
    if dossier.letter.number:
        lines.append(f"Theo văn bản: {dossier.letter.number} {dossier.letter.sender}".rstrip())
    if dossier.content:
        lines += ["", dossier.content]
    lines += [
        "",
        "Đề nghị bố trí cán bộ thiết lập phòng họp, kiểm thử chất lượng và xác nhận thông báo này.",
    ]
    return lines


def _english(dossier: Dossier, title: str, kind: Text, link: str) -> str:
    lines = [f"{kind.en}: {title}", f"Start: {dossier.starts_at:%Y-%m-%d %H:%M} UTC"]
    if link:
        lines.append(f"Acknowledge: {link}")
    return "\n".join(lines)
