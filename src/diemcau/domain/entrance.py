"""Ways into a session without an account: short codes of links, room computers that stay on."""

from dataclasses import dataclass
from datetime import datetime

from diemcau.domain.refusal import Invalid
from diemcau.domain.roles import Role

CODE_DIGITS = 9


@dataclass(frozen=True)
class JoinCode:
    """What a link gives, for whoever can type digits but follow no link; ``id`` is the digits.

    An operator's link has none: what may do everything is not to be had for nine digits.
    ``dossier``: that of the session, or the conference's id where it has none.
    """

    id: str
    dossier: str
    conference: str
    role: Role
    site: str
    subject: str
    expires_at: datetime
    by: str = ""

    @property
    def spoken(self) -> str:
        """«123-456-789»."""
        return "-".join(self.id[at : at + 3] for at in range(0, CODE_DIGITS, 3))


@dataclass(frozen=True)
class Kiosk:
    """A room computer that joins its site's sessions by itself; ``id`` is the site. ``key`` is in
    its link: a new link of the same site has another one, which ends the former."""

    id: str
    key: str
    at: datetime
    by: str


def code_digits(typed: str) -> str:
    """The digits of a code however they were grouped; raises ``Invalid``."""
    digits = "".join(c for c in typed if c.isascii() and c.isdigit())
    rest = [c for c in typed if not (c.isascii() and c.isdigit()) and c not in " -.\u2013\u2011"]
    if rest or len(digits) != CODE_DIGITS:
        raise Invalid(
            f"Mã vào họp gồm {CODE_DIGITS} chữ số, ví dụ 123-456-789.",
            f"A code has {CODE_DIGITS} digits, such as 123-456-789.",
        )
    return digits
