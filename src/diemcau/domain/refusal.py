"""The one family of errors a person can act on: a stable id, and what to do, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A text for people: Vietnamese first, English complete."""

    vi: str
    en: str


class Refusal(Exception):
    """A request that cannot be done. Subclasses fix ``id`` and ``title``; ``detail`` says how.

    ``id`` is stable: it becomes the problem type ``urn:diemcau:<id>`` (RFC 9457).
    """

    id = "refused"
    title = Text("Không thực hiện được", "Cannot be done")

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.detail = Text(vi, en)


class Unknown(Refusal):
    """Something named in the request does not exist."""

    id = "unknown"
    title = Text("Không tìm thấy", "Not found")


class Conflict(Refusal):
    """The request contradicts the present state."""

    id = "conflict"
    title = Text("Xung đột với trạng thái hiện tại", "Conflicts with the present state")


class Invalid(Refusal):
    """The request makes no sense as it is written."""

    id = "invalid"
    title = Text("Yêu cầu không hợp lệ", "Request is not valid")
