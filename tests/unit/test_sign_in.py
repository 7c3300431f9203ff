"""Signing in: what is asked for, what is answered, and what is remembered."""

import asyncio
from dataclasses import dataclass, replace

import pytest

from diemcau.domain.accounts import FREE_FAILURES, Account
from diemcau.domain.passwords import WeakPassword
from diemcau.domain.refusal import Refusal
from diemcau.ports.accounts import Claims
from diemcau.services import sign_in as module
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
from diemcau.services.refusals import NotStored
from diemcau.services.sign_in import SignIn
from diemcau.testing import FakeClock, FakeCodes, FakePasswords, MemoryAccounts
from diemcau.testing.accounts import fake_code

PASSWORD, OTHER = "một câu dễ nhớ", "một câu khác hẳn"
LAN = Account(
    "lan.nt", "Nguyễn Thị Lan", "lan@example.vn", password_hash=FakePasswords().hash(PASSWORD)
)
PROVIDER = "https://sso.example"


@dataclass
class Desk:
    clock: FakeClock
    store: MemoryAccounts
    passwords: FakePasswords
    accounts: Accounts
    sign_in: SignIn

    def code(self, steps: int = 0) -> str:
        """Of now, or so many steps later."""
        return fake_code(int(self.clock.now().timestamp()) // 30 + steps)

    async def refused(self, login: str, password: str, code: str = "") -> Refusal:
        with pytest.raises(Refusal) as caught:
            await self.sign_in.sign_in(login, password, code)
        return caught.value

    async def fail(self, login: str, times: int) -> None:
        for _ in range(times):
            assert isinstance(await self.refused(login, "sai"), WrongSignIn)


class SlowAccounts(MemoryAccounts):
    """Writes nothing until ``disk`` is set."""

    def __init__(self, *accounts: Account) -> None:
        super().__init__(*accounts)
        self.disk = asyncio.Event()

    async def save_account(self, account: Account, actor: str) -> None:
        await self.disk.wait()
        await super().save_account(account, actor)


async def desk(*accounts: Account, store: MemoryAccounts | None = None) -> Desk:
    clock, passwords = FakeClock(), FakePasswords()
    store = store or MemoryAccounts(*accounts)
    hashing = Hashing(passwords)
    book = Accounts(store, hashing, clock)
    await book.start()
    return Desk(clock, store, passwords, book, SignIn(book, hashing, FakeCodes(), clock))


async def with_codes(room: Desk) -> None:
    """Set up codes for Lan; the present code is used up by it."""
    await room.sign_in.begin_codes("lan.nt", PASSWORD)
    await room.sign_in.confirm_codes("lan.nt", room.code())


async def test_name_and_password_sign_in() -> None:
    room = await desk(LAN)
    assert await room.sign_in.sign_in(" Lan.NT ", PASSWORD) == LAN


async def test_unknown_wrong_and_closed_get_one_answer_for_the_same_work() -> None:
    closed = replace(LAN, id="cu.nv", active=False)
    bare = replace(LAN, id="sso.only", password_hash="")
    room = await desk(LAN, closed, bare)
    answers, work = [], []
    for login, password in [
        ("khong.co", PASSWORD),
        ("lan.nt", "sai"),
        ("cu.nv", PASSWORD),
        ("sso.only", PASSWORD),
        ("", ""),
    ]:
        before = room.passwords.verified
        answers.append((await room.refused(login, password)).detail)
        work.append(room.passwords.verified - before)
    assert len(set(answers)) == 1
    assert work == [1] * 5


async def test_the_answer_to_a_wrong_password_waits_for_no_store() -> None:
    store = SlowAccounts(LAN)
    room = await desk(store=store)
    assert isinstance(await room.refused("lan.nt", "sai"), WrongSignIn)
    assert room.accounts.get("lan.nt").failures == 1
    assert store.kept["lan.nt"].failures == 0
    store.disk.set()
    await room.accounts.close()
    assert store.kept["lan.nt"].failures == 1


@pytest.mark.parametrize("login", ["lan.nt", "khong.co"])
async def test_a_name_is_locked_after_too_many_failures_known_or_not(login: str) -> None:
    room = await desk(LAN)
    await room.fail(login, FREE_FAILURES + 1)
    work = room.passwords.verified
    locked = await room.refused(login, PASSWORD)
    assert isinstance(locked, AccountLocked)
    assert locked.retry_after_s == 60
    assert room.passwords.verified == work
    room.clock.advance(60)
    await room.fail(login, 1)
    again = await room.refused(login, PASSWORD)
    assert isinstance(again, AccountLocked)
    assert again.retry_after_s == 120


async def test_a_lock_ends_by_itself_or_by_an_administrator() -> None:
    room = await desk(LAN)
    await room.fail("lan.nt", FREE_FAILURES + 1)
    await room.accounts.unlock("lan.nt", "test")
    assert (await room.sign_in.sign_in("lan.nt", PASSWORD)).failures == 0
    await room.fail("lan.nt", FREE_FAILURES + 1)
    room.clock.advance(60)
    assert (await room.sign_in.sign_in("lan.nt", PASSWORD)).failures == 0


async def test_failures_outlive_the_server() -> None:
    room = await desk(LAN)
    await room.fail("lan.nt", FREE_FAILURES + 1)
    await room.accounts.close()
    after = await desk(*room.store.kept.values())
    assert isinstance(await after.refused("lan.nt", PASSWORD), AccountLocked)


async def test_attempts_at_the_same_time_are_counted_one_by_one() -> None:
    room = await desk(LAN)
    tries = (room.refused("lan.nt", "sai") for _ in range(20))
    answers = [type(refusal) for refusal in await asyncio.gather(*tries)]
    assert answers.count(WrongSignIn) == FREE_FAILURES + 1
    assert answers.count(AccountLocked) == 20 - FREE_FAILURES - 1


async def test_strangers_are_remembered_but_not_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "STRANGERS", 2)
    room = await desk()
    await room.fail("a.a", FREE_FAILURES + 1)
    await room.fail("b.b", 1)
    assert isinstance(await room.refused("a.a", "sai"), AccountLocked)
    await room.fail("c.c", 1)
    await room.fail("a.a", 1)


async def test_an_outdated_hash_is_made_anew() -> None:
    old = replace(LAN, password_hash=FakePasswords(version=0).hash(PASSWORD))
    room = await desk(old)
    account = await room.sign_in.sign_in("lan.nt", PASSWORD)
    assert account.password_hash == room.passwords.hash(PASSWORD)
    assert account.epoch == old.epoch
    await room.accounts.close()
    assert room.store.kept["lan.nt"] == account


async def test_a_full_disk_locks_nobody_out() -> None:
    room = await desk(replace(LAN, failures=2))
    room.store.failing = True
    assert (await room.sign_in.sign_in("lan.nt", PASSWORD)).failures == 0
    await room.accounts.close()


async def test_a_code_is_asked_for_after_the_password_and_used_once() -> None:
    room = await desk(LAN)
    await with_codes(room)
    room.clock.advance(60)
    assert isinstance(await room.refused("lan.nt", "sai", room.code()), WrongSignIn)
    assert isinstance(await room.refused("lan.nt", PASSWORD), CodeNeeded)
    await room.sign_in.sign_in("lan.nt", PASSWORD, room.code())
    assert isinstance(await room.refused("lan.nt", PASSWORD, room.code()), WrongCode)


async def test_the_code_that_set_codes_up_is_used_up() -> None:
    room = await desk(LAN)
    await with_codes(room)
    assert isinstance(await room.refused("lan.nt", PASSWORD, room.code()), WrongCode)


async def test_wrong_codes_lock_too_and_a_right_password_alone_forgives_nothing() -> None:
    room = await desk(LAN)
    await with_codes(room)
    for _ in range(FREE_FAILURES + 1):
        assert isinstance(await room.refused("lan.nt", PASSWORD), CodeNeeded)
        assert isinstance(await room.refused("lan.nt", PASSWORD, "x"), WrongCode)
    assert isinstance(await room.refused("lan.nt", PASSWORD, room.code(1)), AccountLocked)


async def test_codes_are_asked_for_only_once_a_right_one_was_shown() -> None:
    room = await desk(LAN)
    setup = await room.sign_in.begin_codes("lan.nt", PASSWORD)
    assert setup.secret in setup.uri
    with pytest.raises(WrongCode):
        await room.sign_in.confirm_codes("lan.nt", "x")
    assert room.store.kept["lan.nt"].totp_secret == ""
    await room.sign_in.sign_in("lan.nt", PASSWORD)
    await room.sign_in.confirm_codes("lan.nt", room.code())
    assert room.store.kept["lan.nt"].totp_secret == setup.secret
    with pytest.raises(NoSetup):
        await room.sign_in.confirm_codes("lan.nt", room.code(1))


async def test_another_telephone_needs_password_and_the_former_code() -> None:
    room = await desk(LAN)
    await with_codes(room)
    with pytest.raises(WrongSignIn):
        await room.sign_in.begin_codes("lan.nt", "sai")
    with pytest.raises(CodeNeeded):
        await room.sign_in.begin_codes("lan.nt", PASSWORD)
    room.clock.advance(30)
    setup = await room.sign_in.begin_codes("lan.nt", PASSWORD, room.code())
    room.clock.advance(30)
    account = await room.sign_in.confirm_codes("lan.nt", room.code())
    assert account.totp_secret == setup.secret


async def test_a_lost_telephone_is_taken_off_by_an_administrator() -> None:
    room = await desk(LAN)
    await with_codes(room)
    await room.accounts.drop_codes("lan.nt", "test")
    await room.sign_in.sign_in("lan.nt", PASSWORD)


async def test_a_new_password_replaces_the_old_one_and_ends_tokens() -> None:
    room = await desk(LAN)
    account = await room.sign_in.change_password("lan.nt", PASSWORD, OTHER)
    assert account.epoch == LAN.epoch + 1
    assert room.store.kept["lan.nt"] == account
    assert isinstance(await room.refused("lan.nt", PASSWORD), WrongSignIn)
    await room.sign_in.sign_in("lan.nt", OTHER)


@pytest.mark.parametrize("new", ["ngắn", PASSWORD, "lan.nt và bạn bè"])
async def test_a_weak_or_the_same_password_is_refused_before_anything_else(new: str) -> None:
    room = await desk(LAN)
    with pytest.raises(WeakPassword):
        await room.sign_in.change_password("lan.nt", PASSWORD, new)
    assert room.passwords.verified == 0


async def test_changing_the_password_asks_for_the_old_one_and_for_the_code() -> None:
    room = await desk(LAN)
    await with_codes(room)
    with pytest.raises(WrongSignIn):
        await room.sign_in.change_password("lan.nt", "sai", OTHER)
    with pytest.raises(CodeNeeded):
        await room.sign_in.change_password("lan.nt", PASSWORD, OTHER)
    room.clock.advance(30)
    await room.sign_in.change_password("lan.nt", PASSWORD, OTHER, room.code())


async def test_a_password_that_is_not_stored_is_not_in_force() -> None:
    room = await desk(LAN)
    room.store.failing = True
    with pytest.raises(NotStored):
        await room.sign_in.change_password("lan.nt", PASSWORD, OTHER)
    await room.sign_in.sign_in("lan.nt", PASSWORD)


async def test_a_password_handed_out_is_only_good_for_choosing_ones_own() -> None:
    room = await desk()
    _, first = await room.accounts.create(replace(LAN, password_hash=""), "test")
    assert isinstance(await room.refused("lan.nt", "sai"), WrongSignIn)
    assert isinstance(await room.refused("lan.nt", first), NewPasswordNeeded)
    await room.sign_in.change_password("lan.nt", first, OTHER)
    await room.sign_in.sign_in("lan.nt", OTHER)
    assert isinstance(await room.refused("lan.nt", first), WrongSignIn)


async def test_a_password_handed_out_does_not_wait_for_ever() -> None:
    room = await desk()
    _, first = await room.accounts.create(LAN, "test")
    room.clock.advance(7 * 86400)
    with pytest.raises(FirstPasswordOver):
        await room.sign_in.change_password("lan.nt", first, OTHER)
    assert isinstance(await room.refused("lan.nt", "sai"), WrongSignIn)


async def test_whom_the_provider_vouches_for_is_joined_by_his_address_once() -> None:
    room = await desk(LAN)
    account = await room.sign_in.admit(Claims(PROVIDER, "u-1", "LAN@example.vn"))
    assert account == replace(LAN, subject=f"{PROVIDER}|u-1")
    assert room.store.kept["lan.nt"] == account
    assert await room.sign_in.admit(Claims(PROVIDER, "u-1", "moi@example.vn")) == account


@pytest.mark.parametrize(
    ("accounts", "claims"),
    [
        ([LAN], Claims(PROVIDER, "u-1", "la@example.vn")),
        ([LAN], Claims(PROVIDER, "u-1")),
        ([replace(LAN, email="")], Claims(PROVIDER, "u-1")),
        ([replace(LAN, subject=f"{PROVIDER}|u-2")], Claims(PROVIDER, "u-1", "lan@example.vn")),
        ([replace(LAN, active=False)], Claims(PROVIDER, "u-1", "lan@example.vn")),
        (
            [replace(LAN, active=False, subject=f"{PROVIDER}|u-1"), replace(LAN, id="lan2")],
            Claims(PROVIDER, "u-1", "lan@example.vn"),
        ),
        ([LAN, replace(LAN, id="lan2")], Claims(PROVIDER, "u-1", "lan@example.vn")),
    ],
)
async def test_whom_the_provider_vouches_for_in_vain(
    accounts: list[Account], claims: Claims
) -> None:
    room = await desk(*accounts)
    with pytest.raises(NoAccount):
        await room.sign_in.admit(claims)
    assert list(room.store.kept.values()) == accounts


async def test_two_identities_with_one_address_do_not_share_an_account() -> None:
    room = await desk(LAN)
    both = [Claims(PROVIDER, name, "lan@example.vn") for name in ("u-1", "u-2")]
    done = await asyncio.gather(*map(room.sign_in.admit, both), return_exceptions=True)
    assert sum(isinstance(one, Account) for one in done) == 1
    assert sum(isinstance(one, NoAccount) for one in done) == 1
