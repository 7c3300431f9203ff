"""Verbs on accounts, and what a password must be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain import accounts as verbs
from diemcau.domain.accounts import FIRST_LOCK, FREE_FAILURES, LONGEST_LOCK, Account
from diemcau.domain.passwords import WeakPassword, normalized, require_strong
from diemcau.domain.refusal import Conflict, Invalid, Unknown
from diemcau.domain.roles import Grant, Role

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
LAN = Account("lan.nt", "Nguyễn Thị Lan", "lan@example.vn", password_hash="h", totp_secret="S")
OFFICE = Grant(Role.OFFICE, "u-tinh")


def after(failures: int) -> Account:
    account = LAN
    for _ in range(failures):
        account = verbs.failed(account, NOW)
    return account


@pytest.mark.parametrize("login", ["lan", "nguyen.thi-lan", "0a0", "a" * 64])
def test_a_login_name_is_plain(login: str) -> None:
    assert verbs.opened(replace(LAN, id=login)).id == login


@pytest.mark.parametrize("login", ["", "ab", "Lan", "lan nt", "lan_nt", ".lan", "lan-", "a" * 65])
def test_other_login_names_are_refused(login: str) -> None:
    with pytest.raises(Invalid, match="login name"):
        verbs.opened(replace(LAN, id=login))


def test_a_name_and_an_address_are_trimmed() -> None:
    account = verbs.renamed(LAN, "  Trần Văn Hùng ", " hung@example.vn\n")
    assert (account.name, account.email) == ("Trần Văn Hùng", "hung@example.vn")
    assert verbs.renamed(LAN, "Lan", "").email == ""


@pytest.mark.parametrize(("name", "email"), [(" ", ""), ("Lan", "lan"), ("Lan", "a@b@c.vn")])
def test_no_name_and_no_address_are_refused(name: str, email: str) -> None:
    with pytest.raises(Invalid):
        verbs.renamed(LAN, name, email)


def test_a_grant_is_given_once_and_taken_back() -> None:
    account = verbs.granted(verbs.granted(LAN, OFFICE), OFFICE)
    assert account.grants == (OFFICE,)
    assert verbs.revoked(account, OFFICE) == LAN
    with pytest.raises(Unknown, match="office"):
        verbs.revoked(LAN, OFFICE)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SITE, Role.VIEWER])
def test_a_links_role_is_granted_to_no_account(role: Role) -> None:
    with pytest.raises(Invalid, match="cannot be granted"):
        verbs.granted(LAN, Grant(role, "u-tinh"))
    with pytest.raises(Invalid, match="cannot be granted"):
        verbs.opened(replace(LAN, grants=(Grant(role, "u-tinh"),)))


def test_whatever_ends_tokens_raises_the_epoch() -> None:
    assert verbs.signed_out(LAN).epoch == LAN.epoch + 1
    assert verbs.with_password(LAN, "other").epoch == LAN.epoch + 1
    closed = verbs.deactivated(LAN)
    assert not closed.active
    assert verbs.activated(closed).epoch == LAN.epoch + 1


def test_only_an_active_administrator_administers() -> None:
    admin = verbs.granted(LAN, Grant(Role.ADMIN, "u-tinh"))
    assert admin.administers
    assert not verbs.deactivated(admin).administers
    assert not LAN.administers


def test_an_identity_is_joined_once_and_can_be_parted() -> None:
    account = verbs.bound(LAN, "https://sso|1")
    assert verbs.bound(account, "https://sso|1") == account
    with pytest.raises(Conflict):
        verbs.bound(account, "https://sso|2")
    assert verbs.unbound(account) == LAN


def test_the_first_failures_lock_nothing() -> None:
    assert not after(FREE_FAILURES).locked(NOW)
    assert after(FREE_FAILURES).failures == FREE_FAILURES


@pytest.mark.parametrize(("failures", "minutes"), [(5, 1), (6, 2), (7, 4), (10, 32), (11, 60)])
def test_each_further_failure_locks_for_twice_as_long(failures: int, minutes: int) -> None:
    assert after(failures).locked_until == NOW + timedelta(minutes=minutes)


@given(st.integers(min_value=FREE_FAILURES, max_value=10**9))
def test_a_lock_is_never_longer_than_the_longest(failures: int) -> None:
    account = verbs.failed(replace(LAN, failures=failures), NOW)
    assert account.locked_until is not None
    assert FIRST_LOCK <= account.locked_until - NOW <= LONGEST_LOCK
    assert not account.locked(NOW + LONGEST_LOCK)


def test_success_and_a_new_password_forget_the_failures() -> None:
    for account in (verbs.succeeded(after(7)), verbs.with_password(after(7), "other")):
        assert (account.failures, account.locked_until) == (0, None)


def test_secrets_are_in_no_log() -> None:
    shown = repr(replace(LAN, password_hash="geheim1", totp_secret="geheim2"))
    assert "geheim" not in shown


@pytest.mark.parametrize(
    "password",
    ["xuân về trên bản", "correct horse battery", "k7mp-x3qd-w9tz-h2bn", "vinhphuc nay la phutho"],
)
def test_a_long_password_of_ones_own_is_good(password: str) -> None:
    require_strong(password, "lan.nt")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("ngắn quá", "10–256 characters"),
        ("x y z " * 50, "10–256 characters"),
        ("Tôi là LAN.NT đây", "login name"),
        ("Matkhau@2026", "guess"),
        ("Mật khẩu 123!", "guess"),
        ("password1234", "guess"),
        ("Vĩnh Phúc 2026", "guess"),
        ("qwertyuiop1", "guess"),
        ("84912345678", "guess"),
        ("aaaabbbbcccc", "guess"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(password: str, why: str) -> None:
    with pytest.raises(WeakPassword, match=why):
        require_strong(password, "lan.nt")


@given(st.text(min_size=1))
def test_a_password_is_one_however_it_is_composed(password: str) -> None:
    assert normalized(normalized(password)) == normalized(password)
    assert normalized("mật khẩu") == normalized("mật khẩu")
