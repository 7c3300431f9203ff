"""Accounts of people, and the verbs on them. What an account may do, its grants on units say.

Whatever ends the tokens of an account (a new password, signing out everywhere, deactivation)
raises its ``epoch``: a token of an older epoch speaks for nobody.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from diemcau.domain.refusal import Conflict, Invalid, Unknown
from diemcau.domain.roles import ACCOUNT_ROLES, Grant, Role

LOGIN = re.compile(r"[a-z0-9][a-z0-9.-]{1,62}[a-z0-9]")
LONGEST_LOGIN = 64

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")

FREE_FAILURES = 4
"""So many wrong attempts cost nothing; each further one locks, for twice as long as the last."""

FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)

FIRST_PASSWORD_FOR = timedelta(days=7)
"""How long the password that an administrator hands out waits to be replaced."""


@dataclass(frozen=True)
class Account:
    """``id`` is the login name. ``password_hash`` "": no password; ``totp_secret`` "": no codes.

    ``first_until``: the password is one handed out, good until then for choosing one's own and
    for nothing else. ``totp_step``: the step (30 s, RFC 6238) of the last code that was accepted.
    ``subject``: who this is at the identity provider, "issuer|sub". ``person``: who this is in the
    directory. ``failures``: wrong attempts since the last right one.
    """

    id: str
    name: str
    email: str = ""
    password_hash: str = field(default="", repr=False)
    first_until: datetime | None = None
    totp_secret: str = field(default="", repr=False)
    totp_step: int = 0
    subject: str = ""
    person: str = ""
    active: bool = True
    grants: tuple[Grant, ...] = ()
    failures: int = 0
    locked_until: datetime | None = None
    epoch: int = 0

    def locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until

    @property
    def administers(self) -> bool:
        """Whether it can sign in and administer, anywhere."""
        return self.active and any(grant.role is Role.ADMIN for grant in self.grants)


def opened(account: Account) -> Account:
    """A new account as it is written, trimmed; raises ``Invalid``."""
    if not LOGIN.fullmatch(account.id):
        raise Invalid(
            f"Tên đăng nhập «{account.id}» không hợp lệ: dùng 3–64 ký tự a–z, 0–9, «.», «-», bắt"
            " đầu và kết thúc bằng chữ hoặc số.",
            f"{account.id!r} is no login name: use 3–64 characters a–z, 0–9, '.', '-', with a"
            " letter or digit first and last.",
        )
    for grant in account.grants:
        _require_account_role(grant)
    return renamed(account, account.name, account.email)


def renamed(account: Account, name: str, email: str) -> Account:
    """The same person under another name, or at another address ("": none)."""
    name, email = name.strip(), email.strip()
    if not name:
        raise Invalid("Tài khoản cần họ tên.", "An account needs a name.")
    if email and not EMAIL.fullmatch(email):
        raise Invalid(
            f"«{email}» không phải địa chỉ thư điện tử.", f"{email!r} is no e-mail address."
        )
    return replace(account, name=name, email=email)


def granted(account: Account, grant: Grant) -> Account:
    """With a role on a unit; one that it has already stays as it is."""
    _require_account_role(grant)
    if grant in account.grants:
        return account
    return replace(account, grants=(*account.grants, grant))


def revoked(account: Account, grant: Grant) -> Account:
    if grant not in account.grants:
        raise Unknown(
            f"Tài khoản «{account.id}» không có vai trò {grant.role} ở đơn vị «{grant.unit}».",
            f"Account {account.id!r} has no role {grant.role} on the unit {grant.unit!r}.",
        )
    return replace(account, grants=tuple(g for g in account.grants if g != grant))


def deactivated(account: Account) -> Account:
    """It is kept for the records, but nobody signs in with it; its tokens end for good."""
    return replace(signed_out(account), active=False)


def activated(account: Account) -> Account:
    return replace(account, active=True)


def signed_out(account: Account) -> Account:
    """Everywhere: every token of the account ends."""
    return replace(account, epoch=account.epoch + 1)


def with_password(
    account: Account, password_hash: str, first_until: datetime | None = None
) -> Account:
    """With another password, one's own or (with ``first_until``) one handed out; tokens end, and
    wrong attempts at the former one are forgotten."""
    account = replace(account, password_hash=password_hash, first_until=first_until)
    return succeeded(signed_out(account))


def with_codes(account: Account, secret: str, step: int) -> Account:
    """Asked for one-time codes from now on; the code of ``step`` was the first."""
    return replace(account, totp_secret=secret, totp_step=step)


def without_codes(account: Account) -> Account:
    return replace(account, totp_secret="", totp_step=0)


def bound(account: Account, subject: str) -> Account:
    """Joined to whom the identity provider knows as ``subject``; raises ``Conflict``."""
    if account.subject and account.subject != subject:
        raise Conflict(
            f"Tài khoản «{account.id}» đã gắn với một danh tính khác của cổng đăng nhập.",
            f"Account {account.id!r} belongs to another identity at the provider.",
        )
    return replace(account, subject=subject)


def unbound(account: Account) -> Account:
    return replace(account, subject="")


def failed(account: Account, now: datetime) -> Account:
    """After one more wrong attempt."""
    failures = account.failures + 1
    beyond = failures - FREE_FAILURES
    if beyond <= 0:
        return replace(account, failures=failures)
    # The exponent is capped: a thousand failures are no longer than the longest lock.
    lock = min(FIRST_LOCK * 2 ** min(beyond - 1, 16), LONGEST_LOCK)
    return replace(account, failures=failures, locked_until=now + lock)


def succeeded(account: Account) -> Account:
    """After a right attempt: nothing is held against it."""
    return replace(account, failures=0, locked_until=None)


def _require_account_role(grant: Grant) -> None:
    if grant.role not in ACCOUNT_ROLES or not grant.unit:
        raise Invalid(
            f"Không giao được vai trò {grant.role} ở «{grant.unit}»: chọn một đơn vị và một trong"
            f" các vai trò {', '.join(ACCOUNT_ROLES)}.",
            f"The role {grant.role} on {grant.unit!r} cannot be granted: choose a unit, and one of"
            f" the roles {', '.join(ACCOUNT_ROLES)}.",
        )
