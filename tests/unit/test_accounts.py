"""What an administrator does with accounts, and whose token still speaks for one."""

import asyncio
from dataclasses import replace

import pytest

from diemcau.domain.accounts import Account
from diemcau.domain.passwords import require_strong
from diemcau.domain.refusal import Invalid
from diemcau.domain.roles import Grant, Role
from diemcau.identity import JwtTokens
from diemcau.services.account_refusals import (
    LastAdministrator,
    NameTaken,
    NotTheFirst,
    SignedOut,
    UnknownAccount,
)
from diemcau.services.accounts import Accounts
from diemcau.services.hashing import AT_ONCE, Hashing
from diemcau.services.refusals import NotStored
from diemcau.testing import FakeClock, FakePasswords, MemoryAccounts

ADMIN = Grant(Role.ADMIN, "u-tinh")
LAN = Account("lan.nt", "Nguyễn Thị Lan", grants=(ADMIN,))
HUNG = Account("hung.tv", "Trần Văn Hùng")


async def book(*accounts: Account, store: MemoryAccounts | None = None) -> Accounts:
    made = Accounts(store or MemoryAccounts(*accounts), Hashing(FakePasswords()), FakeClock())
    await made.start()
    return made


async def test_a_new_account_has_a_password_to_hand_out() -> None:
    store = MemoryAccounts()
    accounts = await book(store=store)
    account, password = await accounts.create(HUNG, "test")
    require_strong(password, account.id)
    assert store.kept == {"hung.tv": account}
    assert account.password_hash == FakePasswords().hash(password)
    _, other = await accounts.create(replace(HUNG, id="hung2"), "test")
    assert other != password


async def test_a_name_is_never_given_to_a_second_person() -> None:
    accounts = await book(replace(HUNG, active=False))
    with pytest.raises(NameTaken, match=r"hung\.tv"):
        await accounts.create(HUNG, "test")
    twice = (accounts.create(LAN, "test") for _ in range(2))
    done = await asyncio.gather(*twice, return_exceptions=True)
    assert sum(isinstance(one, NameTaken) for one in done) == 1


async def test_what_is_no_account_is_not_made() -> None:
    accounts = await book()
    with pytest.raises(Invalid):
        await accounts.create(replace(HUNG, id="Hùng"), "test")
    assert accounts.all() == ()


async def test_the_first_administrator_is_made_once() -> None:
    accounts = await book()
    account, _ = await accounts.first_administrator("lan.nt", "Nguyễn Thị Lan", "u-tinh")
    assert account.grants == (ADMIN,)
    with pytest.raises(NotTheFirst):
        await accounts.first_administrator("hung.tv", "Trần Văn Hùng", "u-tinh")


async def test_the_last_administrator_stays_one() -> None:
    accounts = await book(LAN, HUNG)
    with pytest.raises(LastAdministrator):
        await accounts.deactivate("lan.nt", "test")
    with pytest.raises(LastAdministrator):
        await accounts.revoke("lan.nt", ADMIN, "test")
    await accounts.grant("hung.tv", ADMIN, "test")
    await accounts.revoke("lan.nt", ADMIN, "test")


async def test_two_administrators_cannot_remove_each_other_at_once() -> None:
    accounts = await book(LAN, replace(HUNG, grants=(ADMIN,)))
    both = [accounts.deactivate("lan.nt", "test"), accounts.deactivate("hung.tv", "test")]
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(one, LastAdministrator) for one in done) == 1
    assert any(account.administers for account in accounts.all())


async def test_changes_at_the_same_time_lose_nothing() -> None:
    accounts = await book(LAN, HUNG)
    grants = [Grant(Role.TECHNICIAN, f"u-{number}") for number in range(20)]
    await asyncio.gather(*(accounts.grant("hung.tv", grant, "test") for grant in grants))
    assert set(accounts.get("hung.tv").grants) == set(grants)


async def test_a_change_that_is_not_stored_is_none() -> None:
    store = MemoryAccounts(LAN, HUNG)
    accounts = await book(store=store)
    store.failing = True
    with pytest.raises(NotStored):
        await accounts.deactivate("hung.tv", "test")
    with pytest.raises(NotStored):
        await accounts.create(replace(HUNG, id="moi.nv"), "test")
    assert accounts.get("hung.tv").active
    assert accounts.find("moi.nv") is None


async def test_an_account_that_is_not_there_is_named() -> None:
    accounts = await book(LAN)
    with pytest.raises(UnknownAccount, match=r"hung\.tv"):
        await accounts.rename("hung.tv", "Hùng", "", "test")


async def test_accounts_are_there_again_after_a_restart() -> None:
    store = MemoryAccounts(LAN)
    accounts = await book(store=store)
    await accounts.rename("lan.nt", "Nguyễn Thị Lan Anh", "lan@example.vn", "test")
    again = await book(store=store)
    assert again.all() == accounts.all()


async def test_a_token_speaks_for_its_account_until_it_is_signed_out() -> None:
    accounts = await book(LAN)
    tokens = JwtTokens(b"s" * 32, FakeClock())

    def token_of(account: Account) -> str:
        return tokens.issue_account(account.id, account.epoch)[0]

    token = token_of(LAN)
    assert accounts.require(tokens.identify(token)) == LAN
    later = await accounts.sign_out("lan.nt", "test")
    with pytest.raises(SignedOut):
        accounts.require(tokens.identify(token))
    assert accounts.require(tokens.identify(token_of(later))) == later
    link, _ = tokens.issue("op", Role.OPERATOR)
    with pytest.raises(SignedOut):
        accounts.require(tokens.identify(link))


async def test_a_closed_account_and_a_reset_password_end_tokens() -> None:
    accounts = await book(LAN, HUNG)
    tokens = JwtTokens(b"s" * 32, FakeClock())
    _, principal = tokens.issue_account("hung.tv", HUNG.epoch)
    await accounts.reset_password("hung.tv", "test")
    with pytest.raises(SignedOut):
        accounts.require(principal)
    _, principal = tokens.issue_account("hung.tv", accounts.get("hung.tv").epoch)
    await accounts.deactivate("hung.tv", "test")
    await accounts.activate("hung.tv", "test")
    with pytest.raises(SignedOut):
        accounts.require(principal)


async def test_few_passwords_are_hashed_at_once() -> None:
    class Counting(FakePasswords):
        running = most = 0

        def verify(self, password: str, password_hash: str) -> tuple[bool, str | None]:
            self.running += 1
            self.most = max(self.most, self.running)
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result()
            self.running -= 1
            return super().verify(password, password_hash)

    loop, passwords = asyncio.get_running_loop(), Counting()
    hashing = Hashing(passwords)
    await asyncio.gather(*(hashing.verify("x", "") for _ in range(20)))
    assert passwords.verified == 20
    assert 1 <= passwords.most <= AT_ONCE
