"""How people prove who they are: passwords, one-time codes, an identity provider; and where their
accounts are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from diemcau.domain.accounts import Account
from diemcau.domain.refusal import Refusal, Text
from diemcau.ports.identity import NotIdentified


class AccountStore(Protocol):
    """Every method raises ``StoreFailed``."""

    async def accounts(self) -> list[Account]: ...

    async def save_account(self, account: Account, actor: str) -> None:
        """Insert or replace; ``actor`` is who changed it, for the log book."""
        ...


class Passwords(Protocol):
    """Both take their time on purpose, and may be called from any thread."""

    def hash(self, password: str) -> str: ...

    def verify(self, password: str, password_hash: str) -> tuple[bool, str | None]:
        """Whether it is the one; and its new hash, if the old one was made with less care. What
        is no hash at all verifies nothing."""
        ...


class OneTimeCodes(Protocol):
    """Time-based codes of an authenticator application (TOTP, RFC 6238)."""

    def new_secret(self) -> str:
        """In base 32, for the account and the application to share."""
        ...

    def uri(self, secret: str, account: str, issuer: str) -> str:
        """``otpauth://…``, what applications read; they show ``issuer`` and ``account``."""
        ...

    def picture(self, uri: str) -> str:
        """The address as a QR code: an SVG element."""
        ...

    def verify(self, secret: str, code: str, now: datetime, last_step: int) -> int | None:
        """The step that the code is of, if it is the present one or a neighbour, and later than
        ``last_step``: no code is accepted twice."""
        ...


@dataclass(frozen=True)
class Departure:
    """Somebody on his way to the provider: he goes to ``url``; his browser keeps ``state``."""

    url: str
    state: str


@dataclass(frozen=True)
class Claims:
    """Who somebody is, by his provider. ``email`` is "" unless the provider has verified it."""

    issuer: str
    subject: str
    email: str = ""
    name: str = ""

    @property
    def identity(self) -> str:
        """What is the same at every sign-in, and nobody else's: an account's ``subject``."""
        return f"{self.issuer}|{self.subject}"


class SingleSignOn(Protocol):
    """Sign-in at an identity provider (OpenID Connect Core 1.0, 3.1)."""

    async def start(self, redirect_uri: str) -> Departure:
        """Raises ``ProviderUnreachable`` or ``WrongIssuer``."""
        ...

    async def finish(self, answer: Mapping[str, str], state: str) -> Claims:
        """``answer``: the query with which the provider sent the browser back; ``state``: what the
        browser kept (in a cookie) since ``start``, which ties the two ends to one browser.

        Raises ``ProviderUnreachable`` or a ``SignOnRefused``.
        """
        ...


class ProviderUnreachable(Refusal):
    id = "sso-unreachable"
    title = Text("Cổng đăng nhập không trả lời", "The identity provider does not answer")

    def __init__(self, issuer: str, reason: str) -> None:
        super().__init__(
            f"Không dùng được cổng đăng nhập {issuer} ({reason}). Hãy thử lại, hoặc đăng nhập bằng"
            " mật khẩu; nếu vẫn vậy, báo người quản trị.",
            f"The identity provider {issuer} is of no use ({reason}). Try again, or sign in with"
            " your password; then tell the administrator.",
        )


class SignOnRefused(NotIdentified):
    """The provider did not vouch for anybody."""

    id = "sso-refused"
    title = Text("Cổng đăng nhập từ chối", "The identity provider refused")

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Cổng đăng nhập không xác nhận ({reason}); hãy đăng nhập lại từ đầu.",
            f"The identity provider did not confirm ({reason}); sign in again from the start.",
        )


class SignOnStale(SignOnRefused):
    """An answer to no sign-in of this browser: used before, too late, or somebody else's."""

    id = "sso-stale"
    title = Text("Lượt đăng nhập đã dùng hoặc quá hạn", "This sign-in is over")

    def __init__(self) -> None:
        NotIdentified.__init__(
            self,
            "Mỗi lượt đăng nhập chỉ dùng một lần, trong ít phút, trên một trình duyệt; hãy đăng"
            " nhập lại từ đầu.",
            "A sign-in is good once, for some minutes, in one browser; sign in again from the"
            " start.",
        )


class WrongIssuer(SignOnRefused):
    id = "sso-issuer"
    title = Text("Sai cổng đăng nhập", "Another identity provider")

    def __init__(self, expected: str, found: str) -> None:
        NotIdentified.__init__(
            self,
            f"Cổng đăng nhập tự xưng là «{found}», không phải «{expected}»; người quản trị cần sửa"
            " địa chỉ trong cấu hình.",
            f"The identity provider calls itself {found!r}, not {expected!r}; the administrator"
            " must set its address right.",
        )


class IdTokenExpired(SignOnRefused):
    id = "sso-expired"
    title = Text("Xác nhận của cổng đăng nhập đã hết hạn", "The provider's word has expired")

    def __init__(self) -> None:
        NotIdentified.__init__(
            self,
            "Hãy đăng nhập lại; nếu vẫn vậy, người quản trị cần kiểm tra đồng hồ của máy chủ và"
            " của cổng đăng nhập.",
            "Sign in again; if that does not help, the administrator must check the clocks of this"
            " server and of the provider.",
        )


class IdTokenInvalid(SignOnRefused):
    """Signed by nobody we know, or meant for somebody else."""

    id = "sso-token"
    title = Text("Xác nhận của cổng đăng nhập không hợp lệ", "The provider's word is not valid")
