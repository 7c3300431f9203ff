"""Who asks: tokens of people and sites, and keys of agents. Time and secrets stay behind it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from diemcau.domain.refusal import Refusal, Text
from diemcau.domain.roles import Role


@dataclass(frozen=True)
class Principal:
    """Whom a token speaks for: a link, which has a role, or an account, which has none here (its
    grants say what it may do) and lasts as long as the account's ``epoch``.

    ``conference`` is "" for an operator's link to all of them and for an account; ``site`` is ""
    for whoever is no site; ``account`` is "" for a link.
    """

    subject: str
    role: Role | None
    conference: str
    site: str
    expires_at: datetime
    account: str = ""
    epoch: int = 0


class NotIdentified(Refusal):
    """No valid token: who asks is not known."""

    id = "token-invalid"
    title = Text("Mã truy cập không hợp lệ", "The token is not valid")


class NoToken(NotIdentified):
    id = "no-token"
    title = Text("Chưa có mã truy cập", "No token")

    def __init__(self) -> None:
        super().__init__(
            "Hãy mở bằng đường dẫn được cấp, hoặc gửi «Authorization: Bearer MÃ».",
            "Open the link you were given, or send 'Authorization: Bearer TOKEN'.",
        )


class TokenExpired(NotIdentified):
    id = "token-expired"
    title = Text("Mã truy cập đã hết hạn", "The token has expired")

    def __init__(self, at: datetime) -> None:
        super().__init__(
            f"Mã hết hạn lúc {at:%Y-%m-%d %H:%M} UTC; hãy xin đường dẫn mới.",
            f"It expired at {at:%Y-%m-%d %H:%M} UTC; ask for a new link.",
        )


class TokenInvalid(NotIdentified):
    def __init__(self) -> None:
        super().__init__(
            "Mã bị sửa hoặc do máy chủ khác cấp; hãy xin đường dẫn mới.",
            "It was altered or issued by another server; ask for a new link.",
        )


class NotAllowed(Refusal):
    """Who asks is known, and may not do this."""

    id = "not-allowed"
    title = Text("Không có quyền", "Not allowed")


class TokenElsewhere(NotAllowed):
    id = "token-elsewhere"
    title = Text("Mã truy cập của nơi khác", "The token belongs elsewhere")

    def __init__(self) -> None:
        super().__init__(
            "Mã này thuộc phiên họp hoặc điểm cầu khác; hãy dùng đường dẫn được cấp cho nơi này.",
            "It is for another conference or site; use the link issued for this one.",
        )


class Tokens(Protocol):
    def issue(
        self,
        subject: str,
        role: Role,
        *,
        conference: str = "",
        site: str = "",
        hours: float = 12.0,
    ) -> tuple[str, Principal]:
        """A link's token."""
        ...

    def issue_account(self, account: str, epoch: int, hours: float = 12.0) -> tuple[str, Principal]:
        """A token of somebody who signed in."""
        ...

    def identify(self, token: str) -> Principal:
        """Raises ``NoToken``, ``TokenExpired`` or ``TokenInvalid``. Whether an account is still
        there, and at this epoch, is for its service to say."""
        ...


class PurposeTokens(Protocol):
    """Tokens that are good for one thing, about one subject: to acknowledge a notice, say."""

    def issue_purpose(self, purpose: str, subject: str, hours: float) -> str: ...

    def identify_purpose(self, purpose: str, token: str) -> str:
        """The subject. Raises ``NoToken``, ``TokenExpired`` or ``TokenInvalid``, the last one also
        for a token of another purpose."""
        ...


class AgentKeys(Protocol):
    def accepts(self, mcu: str, key: str) -> bool:
        """Whether this is the MCU's key."""
        ...
