"""One contract for passwords and one for codes, each for the real thing and its fake."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unicodedata import normalize
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pyotp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pwdlib.hashers.argon2 import Argon2Hasher

from diemcau.identity import ArgonPasswords, TotpCodes
from diemcau.ports.accounts import OneTimeCodes, Passwords
from diemcau.testing import FakeCodes, FakePasswords
from diemcau.testing.accounts import fake_code

NOW = datetime(2026, 11, 24, 1, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)
PASSWORD = "một câu dễ nhớ"

CodeAt = Callable[[str, datetime], str]


def argon(memory_kib: int) -> ArgonPasswords:
    """The real thing, with parameters that cost a test nothing."""
    return ArgonPasswords(Argon2Hasher(time_cost=1, memory_cost=memory_kib, parallelism=1))


PASSWORDS = [(argon(8), argon(16)), (FakePasswords(), FakePasswords(version=2))]
"""Old and new parameters of each kind."""


@pytest.fixture(params=PASSWORDS, ids=["argon2", "fake"])
def both(request: pytest.FixtureRequest) -> tuple[Passwords, Passwords]:
    pair: tuple[Passwords, Passwords] = request.param
    return pair


def test_the_right_password_alone_is_right(both: tuple[Passwords, Passwords]) -> None:
    passwords, _ = both
    password_hash = passwords.hash(PASSWORD)
    assert passwords.verify(PASSWORD, password_hash) == (True, None)
    assert passwords.verify(PASSWORD + " ", password_hash) == (False, None)
    assert passwords.verify("", password_hash) == (False, None)


def test_a_password_typed_on_another_keyboard_is_the_same(
    both: tuple[Passwords, Passwords],
) -> None:
    password_hash = both[0].hash(normalize("NFC", PASSWORD))
    assert both[0].verify(normalize("NFD", PASSWORD), password_hash) == (True, None)


def test_an_older_hash_is_right_and_made_anew(both: tuple[Passwords, Passwords]) -> None:
    old, new = both
    right, better = new.verify(PASSWORD, old.hash(PASSWORD))
    assert right
    assert better is not None
    assert new.verify(PASSWORD, better) == (True, None)
    assert new.verify("sai", old.hash(PASSWORD)) == (False, None)


@pytest.mark.parametrize("password_hash", ["", "x", "$argon2id$v=19$m=8", "fake"])
def test_what_is_no_hash_verifies_nothing(
    password_hash: str, both: tuple[Passwords, Passwords]
) -> None:
    assert both[0].verify(PASSWORD, password_hash) == (False, None)


def test_a_real_hash_is_salted_and_of_the_kind_recommended() -> None:
    one, other = argon(8).hash(PASSWORD), argon(8).hash(PASSWORD)
    assert one != other
    assert one.startswith("$argon2id$")


def totp(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(at)


CODES: list[tuple[OneTimeCodes, CodeAt]] = [
    (TotpCodes(), totp),
    (FakeCodes(), lambda _, at: fake_code(int(at.timestamp()) // 30)),
]


@pytest.fixture(params=CODES, ids=["totp", "fake"])
def rig(request: pytest.FixtureRequest) -> tuple[OneTimeCodes, CodeAt]:
    pair: tuple[OneTimeCodes, CodeAt] = request.param
    return pair


def test_the_present_code_and_its_neighbours_are_right(rig: tuple[OneTimeCodes, CodeAt]) -> None:
    codes, at = rig
    secret = codes.new_secret()
    present = int(NOW.timestamp()) // 30
    for off in (-1, 0, 1):
        assert codes.verify(secret, at(secret, NOW + off * STEP), NOW, 0) == present + off
    for off in (-2, 2):
        assert codes.verify(secret, at(secret, NOW + off * STEP), NOW, 0) is None


def test_no_code_is_accepted_twice_nor_an_earlier_one(rig: tuple[OneTimeCodes, CodeAt]) -> None:
    codes, at = rig
    secret = codes.new_secret()
    step = codes.verify(secret, at(secret, NOW), NOW, 0)
    assert step is not None
    assert codes.verify(secret, at(secret, NOW), NOW, step) is None
    assert codes.verify(secret, at(secret, NOW - STEP), NOW, step) is None
    assert codes.verify(secret, at(secret, NOW + STEP), NOW, step) == step + 1


@pytest.mark.parametrize("code", ["", "abc", "１２３４５６", "12345", "1234567", "\x00"])
def test_what_is_no_code_is_wrong(code: str, rig: tuple[OneTimeCodes, CodeAt]) -> None:
    codes, _ = rig
    assert codes.verify(codes.new_secret(), code, NOW, 0) is None


def test_a_code_may_have_blanks_around_it(rig: tuple[OneTimeCodes, CodeAt]) -> None:
    codes, at = rig
    secret = codes.new_secret()
    assert codes.verify(secret, f" {at(secret, NOW)}\n", NOW, 0) is not None


def test_every_secret_is_new(rig: tuple[OneTimeCodes, CodeAt]) -> None:
    assert rig[0].new_secret() != rig[0].new_secret()


def test_the_address_says_what_an_application_needs(rig: tuple[OneTimeCodes, CodeAt]) -> None:
    codes, _ = rig
    secret = codes.new_secret()
    address = urlsplit(codes.uri(secret, "lan.nt", "Diem Cau"))
    asked = parse_qs(address.query)
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert address.path.endswith("lan.nt")
    assert (asked["secret"], asked["issuer"]) == ([secret], ["Diem Cau"])


def test_the_picture_is_an_svg_element(rig: tuple[OneTimeCodes, CodeAt]) -> None:
    codes, _ = rig
    picture = ElementTree.fromstring(
        codes.picture(codes.uri(codes.new_secret(), "lan.nt", "Điểm Cầu"))
    )
    assert picture.tag == "svg"
    assert len(picture) > 0


@settings(derandomize=True)  # two steps may have the same code, one time in a million
@given(
    moment=st.integers(min_value=3600, max_value=2**32),
    off=st.integers(min_value=-1, max_value=1),
    used=st.integers(min_value=-3, max_value=3),
)
def test_a_code_is_good_when_it_is_near_and_later_than_the_last(
    moment: int, off: int, used: int
) -> None:
    now, present = datetime.fromtimestamp(moment, UTC), moment // 30
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    expected = present + off if off > used else None
    real = pyotp.TOTP(secret).generate_otp(present + off)
    assert TotpCodes().verify(secret, real, now, present + used) == expected
    assert FakeCodes().verify(secret, fake_code(present + off), now, present + used) == expected
