"""Signing in, and what a person changes about his own account with what he knows.

Whether a name exists is nobody's business: an unknown one takes as long as a wrong password, gets
the same answer, and is locked after as many attempts.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace

from diemcau.domain import accounts as verbs
from diemcau.domain.accounts import Account
from diemcau.domain.passwords import WeakPassword, normalized, require_strong
from diemcau.ports.accounts import Claims, OneTimeCodes
from diemcau.ports.clock import Clock
from diemcau.services.account_refusals import (
    AccountLocked,
    CodeNeeded,
    FirstPasswordOver,
    NewPasswordNeeded,
    NoAccount,
    NoSetup,
    WrongCode,
    WrongSignIn,
)
from diemcau.services.accounts import Accounts
from diemcau.services.hashing import Hashing

ISSUER = "Điểm Cầu"
"""What an authenticator application calls us."""

STRANGERS = 1000
"""So many names that are no accounts are remembered for their failures, the latest ones."""


@dataclass(frozen=True)
class CodeSetup:
    """What an authenticator application needs: ``picture`` is ``uri`` as an SVG element."""

    secret: str
    uri: str
    picture: str


class SignIn:
    def __init__(
        self, accounts: Accounts, hashing: Hashing, codes: OneTimeCodes, clock: Clock
    ) -> None:
        self._accounts = accounts
        self._hashing = hashing
        self._codes = codes
        self._clock = clock
        self._strangers: OrderedDict[str, Account] = OrderedDict()
        self._setups: dict[str, str] = {}

    async def sign_in(self, login: str, password: str, code: str = "") -> Account:
        """Raises ``WrongSignIn``, ``AccountLocked``, ``CodeNeeded``, ``WrongCode``,
        ``NewPasswordNeeded`` or ``FirstPasswordOver``."""
        name = _name(login)
        async with self._accounts.lock(name):
            account = await self._knows(name, password)
            if account.first_until is not None:
                raise NewPasswordNeeded
            return self._succeeded(self._has(account, code))

    async def admit(self, claims: Claims) -> Account:
        """Sign in whom the identity provider vouches for; his second factor is its business.

        He is the one joined to that identity; else the one who has that verified address, and no
        identity yet, who is joined to it from now on. Raises ``NoAccount``.
        """
        async with self._accounts.lock(self._whose(claims).id):
            account = self._whose(claims)  # it may have changed while we waited
            return await self._accounts.keep(verbs.bound(account, claims.identity), account.id)

    async def change_password(self, login: str, password: str, new: str, code: str = "") -> Account:
        """In place of one's own or of the one handed out; ends all tokens. Raises as ``sign_in``,
        and ``WeakPassword``."""
        name = _name(login)
        require_strong(new, name)
        if normalized(new) == normalized(password):
            raise WeakPassword(
                "Mật khẩu mới phải khác mật khẩu cũ.", "The new password must be another one."
            )
        async with self._accounts.lock(name):
            account = self._has(await self._knows(name, password), code)
            password_hash = await self._hashing.hash(new)
            after = verbs.with_password(account, password_hash)
            return await self._accounts.keep(after, account.id)

    async def begin_codes(self, account_id: str, password: str, code: str = "") -> CodeSetup:
        """Offer a secret; ``code`` is one of the codes there are, if there are. Nothing is asked
        for until ``confirm_codes``. Raises as ``sign_in``."""
        async with self._accounts.lock(account_id):
            account = self._has(await self._knows(account_id, password), code)
            self._succeeded(account)
            secret = self._setups[account_id] = self._codes.new_secret()
        uri = self._codes.uri(secret, account_id, ISSUER)
        return CodeSetup(secret, uri, self._codes.picture(uri))

    async def confirm_codes(self, account_id: str, code: str) -> Account:
        """The application shows the right code: from now on one is asked for. Raises ``NoSetup``
        or ``WrongCode``, after which another code may be tried."""
        async with self._accounts.lock(account_id):
            secret = self._setups.get(account_id)
            if secret is None:
                raise NoSetup
            step = self._codes.verify(secret, code, self._clock.now(), 0)
            if step is None:
                raise WrongCode
            account = self._accounts.get(account_id)
            after = verbs.with_codes(account, secret, step)
            kept = await self._accounts.keep(after, account_id)
            del self._setups[account_id]
            return kept

    async def _knows(self, name: str, password: str) -> Account:
        """Whoever knows its password, with a better hash of it where there is one."""
        stranger = self._strangers.get(name) or Account(name, "")
        account = self._accounts.find(name) or stranger
        now = self._clock.now()
        if account.locked_until is not None and account.locked(now):
            raise AccountLocked(account.locked_until, now)
        known = account.password_hash if account.active else ""
        right, better = await self._hashing.verify(password, known)
        if not right:
            self._failed(account)
            raise WrongSignIn
        if account.first_until is not None and account.first_until <= now:
            raise FirstPasswordOver
        return replace(account, password_hash=better) if better else account

    def _has(self, account: Account, code: str) -> Account:
        """Whoever has the telephone too, if codes are asked for; the code is used up."""
        if not account.totp_secret:
            return account
        if not code:
            raise CodeNeeded
        now = self._clock.now()
        step = self._codes.verify(account.totp_secret, code, now, account.totp_step)
        if step is None:
            self._failed(account)
            raise WrongCode
        return replace(account, totp_step=step)

    def _succeeded(self, account: Account) -> Account:
        account = verbs.succeeded(account)
        self._accounts.remember(account)
        return account

    def _failed(self, account: Account) -> None:
        account = verbs.failed(account, self._clock.now())
        if self._accounts.find(account.id):
            self._accounts.remember(account)
            return
        self._strangers[account.id] = account
        self._strangers.move_to_end(account.id)
        if len(self._strangers) > STRANGERS:
            self._strangers.popitem(last=False)

    def _whose(self, claims: Claims) -> Account:
        everybody, email = self._accounts.all(), claims.email.casefold()
        joined = [account for account in everybody if account.subject == claims.identity]
        invited = [a for a in everybody if not a.subject and email and a.email.casefold() == email]
        found = [account for account in joined or invited if account.active]
        if len(found) != 1:
            raise NoAccount(claims.email or claims.name or claims.subject)
        return found[0]


def _name(login: str) -> str:
    """As it is stored; cut where it is no login name any more."""
    return login.strip().lower()[: verbs.LONGEST_LOGIN + 1]
