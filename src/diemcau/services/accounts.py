"""The accounts, in memory as they are stored, and what an administrator does with them.

One command at a time on each. A command's change is stored before it counts; only what signing in
leaves behind (failures, the last code) counts at once and is stored after the answer, so that no
answer takes longer for a name that exists, and a full disk locks nobody out.

``actor`` is who did it, as the log book names him.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from weakref import WeakValueDictionary

import structlog

from diemcau.domain import accounts as verbs
from diemcau.domain.accounts import FIRST_PASSWORD_FOR, Account
from diemcau.domain.journal import SYSTEM
from diemcau.domain.roles import Grant, Role
from diemcau.ports.accounts import AccountStore
from diemcau.ports.clock import Clock
from diemcau.ports.identity import Principal
from diemcau.ports.store import StoreFailed
from diemcau.services.account_refusals import (
    LastAdministrator,
    NameTaken,
    NotTheFirst,
    SignedOut,
    UnknownAccount,
)
from diemcau.services.hashing import Hashing
from diemcau.services.refusals import NotStored

log = structlog.get_logger(__name__)

Verb = Callable[[Account], Account]

_LETTERS = "abcdefghkmnpqrstuvwxyz23456789"
"""Without those that are taken for others when they are read out or copied from paper."""


class Accounts:
    def __init__(self, store: AccountStore, hashing: Hashing, clock: Clock) -> None:
        self._store = store
        self._hashing = hashing
        self._clock = clock
        self._accounts: dict[str, Account] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._administration = asyncio.Lock()
        self._unsaved: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        self._accounts = {account.id: account for account in await self._store.accounts()}

    async def close(self) -> None:
        """Wait until all is stored that is to be stored later."""
        await asyncio.gather(*self._unsaved.values())

    def get(self, account_id: str) -> Account:
        try:
            return self._accounts[account_id]
        except KeyError:
            raise UnknownAccount(account_id) from None

    def find(self, account_id: str) -> Account | None:
        return self._accounts.get(account_id)

    def all(self) -> Sequence[Account]:
        return tuple(self._accounts.values())

    def require(self, principal: Principal) -> Account:
        """The account that a token speaks for; raises ``SignedOut`` if it no longer does."""
        account = self.find(principal.account)
        if account is None or not account.active or account.epoch != principal.epoch:
            raise SignedOut
        return account

    async def create(self, account: Account, actor: str) -> tuple[Account, str]:
        """A new account, and the password to hand out, which is told nowhere else."""
        async with self._administration:
            return await self._create(account, actor)

    async def first_administrator(
        self, account_id: str, name: str, unit: str
    ) -> tuple[Account, str]:
        """As ``create``, of one who administers ``unit``; raises ``NotTheFirst``."""
        async with self._administration:
            if any(account.administers for account in self.all()):
                raise NotTheFirst
            grants = (Grant(Role.ADMIN, unit),)
            return await self._create(Account(account_id, name, grants=grants), SYSTEM)

    async def reset_password(self, account_id: str, actor: str) -> str:
        """A new password to hand out, in place of a forgotten one."""
        password, password_hash = await self._first_password()
        until = self._clock.now() + FIRST_PASSWORD_FOR
        await self.change(account_id, lambda a: verbs.with_password(a, password_hash, until), actor)
        return password

    async def grant(self, account_id: str, grant: Grant, actor: str) -> Account:
        return await self.change(account_id, lambda a: verbs.granted(a, grant), actor)

    async def revoke(self, account_id: str, grant: Grant, actor: str) -> Account:
        return await self._lessen(account_id, lambda a: verbs.revoked(a, grant), actor)

    async def rename(self, account_id: str, name: str, email: str, actor: str) -> Account:
        return await self.change(account_id, lambda a: verbs.renamed(a, name, email), actor)

    async def deactivate(self, account_id: str, actor: str) -> Account:
        return await self._lessen(account_id, verbs.deactivated, actor)

    async def activate(self, account_id: str, actor: str) -> Account:
        return await self.change(account_id, verbs.activated, actor)

    async def unlock(self, account_id: str, actor: str) -> Account:
        return await self.change(account_id, verbs.succeeded, actor)

    async def sign_out(self, account_id: str, actor: str) -> Account:
        """Everywhere."""
        return await self.change(account_id, verbs.signed_out, actor)

    async def drop_codes(self, account_id: str, actor: str) -> Account:
        """For somebody whose telephone is lost: the password alone is asked for again."""
        return await self.change(account_id, verbs.without_codes, actor)

    async def unbind(self, account_id: str, actor: str) -> Account:
        """For another identity provider, or another person there: the next sign-in joins anew."""
        return await self.change(account_id, verbs.unbound, actor)

    def lock(self, account_id: str) -> asyncio.Lock:
        """Held by whoever changes this account, or decides on what it is."""
        return self._locks.setdefault(account_id, asyncio.Lock())

    async def change(self, account_id: str, verb: Verb, actor: str) -> Account:
        """Raises ``UnknownAccount``, ``NotStored``, and what the verb refuses."""
        async with self.lock(account_id):
            return await self.keep(verb(self.get(account_id)), actor)

    async def keep(self, account: Account, actor: str) -> Account:
        """Stored, then in force; its lock is held. Raises ``NotStored``."""
        if account != self.find(account.id):
            try:
                await self._store.save_account(account, actor)
            except StoreFailed as error:
                log.error("not stored", account=account.id, error=str(error))
                raise NotStored from error
            self._accounts[account.id] = account
        return account

    def remember(self, account: Account) -> None:
        """In force at once, stored soon; its lock is held."""
        if account == self.find(account.id):
            return
        self._accounts[account.id] = account
        if account.id not in self._unsaved:
            self._unsaved[account.id] = asyncio.create_task(self._save(account.id))

    async def _save(self, account_id: str) -> None:
        async with self.lock(account_id):
            self._unsaved.pop(account_id)
            try:
                await self._store.save_account(self._accounts[account_id], SYSTEM)
            except StoreFailed as error:
                log.warning("not stored", account=account_id, error=str(error))

    async def _create(self, account: Account, actor: str) -> tuple[Account, str]:
        account = verbs.opened(account)
        if self.find(account.id):
            raise NameTaken(account.id)
        password, password_hash = await self._first_password()
        until = self._clock.now() + FIRST_PASSWORD_FOR
        async with self.lock(account.id):
            made = verbs.with_password(account, password_hash, until)
            return await self.keep(made, actor), password

    async def _first_password(self) -> tuple[str, str]:
        """Sixteen letters, in fours: 78 bits."""
        letters = "".join(secrets.choice(_LETTERS) for _ in range(16))
        password = "-".join(letters[i : i + 4] for i in range(0, 16, 4))
        return password, await self._hashing.hash(password)

    async def _lessen(self, account_id: str, verb: Verb, actor: str) -> Account:
        """One at a time, over all accounts: somebody must be left who administers."""

        def lessened(account: Account) -> Account:
            after = verb(account)
            others = (other for other in self.all() if other.id != account_id)
            if account.administers and not (
                after.administers or any(other.administers for other in others)
            ):
                raise LastAdministrator
            return after

        async with self._administration:
            return await self.change(account_id, lessened, actor)
