"""Tokens, agents' keys, the secret and the certificate."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from joserfc import jwt
from joserfc.jwk import OctKey

from diemcau.domain.refusal import Invalid
from diemcau.domain.roles import Role
from diemcau.identity import (
    DerivedAgentKeys,
    FileAgentKeys,
    JwtTokens,
    load_secret,
    self_signed,
)
from diemcau.ports.identity import NoToken, TokenExpired, TokenInvalid
from diemcau.testing import FakeClock

SECRET = b"s" * 32


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def test_a_token_says_who_it_speaks_for(clock: FakeClock) -> None:
    tokens = JwtTokens(SECRET, clock)
    token, issued = tokens.issue("x12", Role.SITE, conference="c1", site="x12", hours=2)
    assert tokens.identify(token) == issued
    assert issued.site == "x12"
    assert issued.expires_at == clock.now() + timedelta(hours=2)


def test_a_token_ends_at_its_hour_and_says_when(clock: FakeClock) -> None:
    tokens = JwtTokens(SECRET, clock)
    token, issued = tokens.issue("op", Role.OPERATOR, hours=1)
    clock.advance(3599)
    tokens.identify(token)
    clock.advance(1)
    with pytest.raises(TokenExpired, match=f"{issued.expires_at:%H:%M}"):
        tokens.identify(token)


def test_no_token_is_told_apart_from_a_wrong_one(clock: FakeClock) -> None:
    with pytest.raises(NoToken):
        JwtTokens(SECRET, clock).identify("")


@pytest.mark.parametrize("token", ["x", "a.b.c", "…", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_is_refused(token: str, clock: FakeClock) -> None:
    with pytest.raises(TokenInvalid):
        JwtTokens(SECRET, clock).identify(token)


def test_another_servers_token_is_refused(clock: FakeClock) -> None:
    token, _ = JwtTokens(b"t" * 32, clock).issue("op", Role.OPERATOR)
    with pytest.raises(TokenInvalid):
        JwtTokens(SECRET, clock).identify(token)


def test_an_altered_token_is_refused(clock: FakeClock) -> None:
    token, _ = JwtTokens(SECRET, clock).issue("v", Role.VIEWER, conference="c1")
    head, body, signature = token.split(".")
    other, _ = JwtTokens(SECRET, clock).issue("v", Role.OPERATOR)
    with pytest.raises(TokenInvalid):
        JwtTokens(SECRET, clock).identify(".".join([head, other.split(".")[1], signature]))
    assert body != other.split(".")[1]


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "a", "role": "king", "exp": 2**32},
        {"sub": "a", "role": "site", "exp": "soon", "conference": "c"},
        {"sub": "a", "role": "site", "conference": "c"},
        {"sub": "a", "role": "viewer", "exp": 2**32},
        {"role": "operator", "exp": 2**32},
        {"sub": "a", "role": "operator", "exp": 10**30},
        {"sub": "a", "role": "admin", "exp": 2**32, "conference": "c"},
        {"sub": "a", "kind": "account", "exp": 2**32},
        {"sub": "a", "kind": "account", "epoch": "last", "exp": 2**32},
        {"sub": "a", "kind": "robot", "role": "operator", "exp": 2**32},
        {"sub": "a", "kind": ["account"], "epoch": 1, "exp": 2**32},
    ],
)
def test_a_signed_token_with_senseless_claims_is_refused(
    claims: dict[str, object], clock: FakeClock
) -> None:
    token = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))
    with pytest.raises(TokenInvalid):
        JwtTokens(SECRET, clock).identify(token)


def test_an_accounts_token_has_its_epoch_and_no_role(clock: FakeClock) -> None:
    tokens = JwtTokens(SECRET, clock)
    token, issued = tokens.issue_account("lan.nt", epoch=3, hours=8)
    assert tokens.identify(token) == issued
    assert (issued.account, issued.epoch, issued.role) == ("lan.nt", 3, None)
    clock.advance(8 * 3600)
    with pytest.raises(TokenExpired):
        tokens.identify(token)


def test_a_token_for_one_purpose_is_good_for_no_other(clock: FakeClock) -> None:
    tokens = JwtTokens(SECRET, clock)
    token = tokens.issue_purpose("ack", "n-17", hours=48)
    assert tokens.identify_purpose("ack", token) == "n-17"
    with pytest.raises(TokenInvalid):
        tokens.identify_purpose("password", token)
    with pytest.raises(TokenInvalid):
        tokens.identify(token)
    clock.advance(48 * 3600)
    with pytest.raises(TokenExpired):
        tokens.identify_purpose("ack", token)


def test_neither_a_link_nor_an_account_passes_for_a_purpose(clock: FakeClock) -> None:
    tokens = JwtTokens(SECRET, clock)
    for token, _ in (tokens.issue("op", Role.OPERATOR), tokens.issue_account("op", 0)):
        with pytest.raises(TokenInvalid):
            tokens.identify_purpose("ack", token)
    with pytest.raises(NoToken):
        tokens.identify_purpose("ack", "")


def test_every_mcu_has_a_key_of_its_own() -> None:
    keys = DerivedAgentKeys(SECRET)
    assert keys.accepts("vnpt", keys.key("vnpt"))
    assert not keys.accepts("vnpt", keys.key("viettel"))
    assert not keys.accepts("vnpt", "")
    assert not DerivedAgentKeys(b"t" * 32).accepts("vnpt", keys.key("vnpt"))


def test_keys_can_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text('vnpt = "k1"\n')
    keys = FileAgentKeys.read(file)
    assert keys.accepts("vnpt", "k1")
    assert not keys.accepts("vnpt", "k2")
    assert not keys.accepts("viettel", "")


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    secret = load_secret(tmp_path / "data")
    assert load_secret(tmp_path / "data") == secret
    assert len(secret) == 32
    mode = (tmp_path / "data" / "secret").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_programs_that_start_at_once_share_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(load_secret, [tmp_path] * 40))
    assert len(made) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


@pytest.mark.parametrize("text", ["ab", "", "no hex at all", "é"])
def test_a_damaged_secret_is_named_and_kept(text: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(text)
    with pytest.raises(Invalid, match="secret"):
        load_secret(tmp_path)
    assert (tmp_path / "secret").read_text() == text


@pytest.mark.parametrize("text", ["vnpt = ", None])
def test_a_file_of_keys_that_cannot_be_read_is_named(text: str | None, tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(Invalid, match=r"keys\.toml"):
        FileAgentKeys.read(file)


def test_a_certificate_names_its_addresses_and_is_kept(tmp_path: Path, clock: FakeClock) -> None:
    tls = self_signed(tmp_path, ["10.0.0.1", "diemcau.example"], clock.now())
    first = tls.certificate.read_bytes()
    self_signed(tmp_path, ["10.0.0.1", "diemcau.example"], clock.now())
    assert tls.certificate.read_bytes() == first
    names = x509.load_pem_x509_certificate(first).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert names.value.get_values_for_type(x509.DNSName) == ["diemcau.example"]
    assert stat.S_IMODE(tls.key.stat().st_mode) == 0o600


def test_a_certificate_is_renewed_for_other_addresses_and_before_it_ends(
    tmp_path: Path, clock: FakeClock
) -> None:
    first = self_signed(tmp_path, ["10.0.0.1"], clock.now()).certificate.read_bytes()
    second = self_signed(tmp_path, ["10.0.0.2"], clock.now()).certificate.read_bytes()
    clock.advance(397 * 86400)
    third = self_signed(tmp_path, ["10.0.0.2"], clock.now()).certificate.read_bytes()
    assert len({first, second, third}) == 3
