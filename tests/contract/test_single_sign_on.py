"""Sign-in at an identity provider, against one whose every answer is in the test's hands."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import OctKey

from diemcau.bootstrap import listen, serving
from diemcau.identity import Client, OidcSignOn, oidc
from diemcau.ports.accounts import (
    Claims,
    IdTokenExpired,
    IdTokenInvalid,
    ProviderUnreachable,
    SignOnRefused,
    SignOnStale,
    SingleSignOn,
    WrongIssuer,
)
from diemcau.testing import FakeClock, FakeProvider

BACK = "https://diemcau.example/sign-in/back"
LAN = Claims("https://sso.example", "u-1", "lan@example.vn", "Nguyễn Thị Lan")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def provider(clock: FakeClock) -> FakeProvider:
    return FakeProvider(clock)


@pytest.fixture
async def sso(provider: FakeProvider, clock: FakeClock) -> AsyncIterator[SingleSignOn]:
    async with provider.client() as http:
        client = Client(provider.issuer, provider.client_id, provider.secret)
        yield OidcSignOn(client, http, clock)


async def signed_on(sso: SingleSignOn, provider: FakeProvider) -> Claims:
    """All the way, as a browser goes it."""
    departure = await sso.start(BACK)
    return await sso.finish(provider.visit(departure.url), departure.state)


async def test_the_provider_says_who_somebody_is(sso: SingleSignOn, provider: FakeProvider) -> None:
    assert await signed_on(sso, provider) == LAN
    assert LAN.identity == "https://sso.example|u-1"


async def test_the_way_there_asks_for_a_code_with_a_challenge(sso: SingleSignOn) -> None:
    one, other = await sso.start(BACK), await sso.start(BACK)
    asked = parse_qs(urlsplit(one.url).query)
    assert one.url.startswith("https://sso.example/authorize?")
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [BACK]
    assert asked["state"] == [one.state]
    again = parse_qs(urlsplit(other.url).query)
    for name in ("state", "nonce", "code_challenge"):
        assert asked[name] != again[name]


async def test_over_real_http(clock: FakeClock) -> None:
    sockets = listen(["127.0.0.1"], 0)
    provider = FakeProvider(clock, f"http://127.0.0.1:{sockets[0].getsockname()[1]}")
    async with serving(provider.app, sockets), httpx2.AsyncClient() as http:
        sso = OidcSignOn(Client(provider.issuer, "diemcau", provider.secret), http, clock)
        departure = await sso.start(BACK)
        sent_back = (await http.get(departure.url)).headers["location"]
        answer = dict(httpx2.URL(sent_back).params)
        assert (await sso.finish(answer, departure.state)).subject == "u-1"


@pytest.mark.parametrize(
    "methods", [["client_secret_post"], ["client_secret_post", "client_secret_basic"]]
)
async def test_the_client_is_known_by_what_the_provider_takes(
    methods: list[str], sso: SingleSignOn, provider: FakeProvider
) -> None:
    provider.document["token_endpoint_auth_methods_supported"] = methods
    assert await signed_on(sso, provider) == LAN


async def test_a_public_client_has_no_secret(clock: FakeClock) -> None:
    provider = FakeProvider(clock, secret="")
    async with provider.client() as http:
        sso = OidcSignOn(Client(provider.issuer, provider.client_id), http, clock)
        assert await signed_on(sso, provider) == LAN


async def test_a_wrong_client_secret_is_refused(provider: FakeProvider, clock: FakeClock) -> None:
    async with provider.client() as http:
        sso = OidcSignOn(Client(provider.issuer, provider.client_id, "wrong"), http, clock)
        with pytest.raises(SignOnRefused, match="invalid_client"):
            await signed_on(sso, provider)


async def test_metadata_and_keys_are_asked_for_once_an_hour(
    sso: SingleSignOn, provider: FakeProvider, clock: FakeClock
) -> None:
    for _ in range(3):
        await signed_on(sso, provider)
    assert provider.asked["/.well-known/openid-configuration"] == 1
    assert provider.asked["/keys"] == 1
    clock.advance(3600)
    await signed_on(sso, provider)
    assert provider.asked["/.well-known/openid-configuration"] == 2
    assert provider.asked["/keys"] == 2


async def test_changed_keys_are_fetched_again_once(
    sso: SingleSignOn, provider: FakeProvider
) -> None:
    await signed_on(sso, provider)
    provider.rotate()
    assert await signed_on(sso, provider) == LAN
    assert provider.asked["/keys"] == 2


async def test_a_changed_key_under_the_old_name_is_fetched_too(
    sso: SingleSignOn, provider: FakeProvider
) -> None:
    await signed_on(sso, provider)
    provider.rotate(kid=str(provider.key.kid))
    assert await signed_on(sso, provider) == LAN


async def test_a_key_that_the_provider_does_not_admit_to_is_refused(
    sso: SingleSignOn, provider: FakeProvider
) -> None:
    await signed_on(sso, provider)
    published = provider.published
    provider.rotate()
    provider.published = published
    with pytest.raises(IdTokenInvalid):
        await signed_on(sso, provider)
    assert provider.asked["/keys"] == 2


@pytest.mark.parametrize("verified", [False, None, "true"])
async def test_an_address_that_is_not_verified_counts_for_nothing(
    verified: object, sso: SingleSignOn, provider: FakeProvider
) -> None:
    provider.person["email_verified"] = verified
    assert (await signed_on(sso, provider)).email == ""


async def test_what_the_token_leaves_out_is_asked_for(
    sso: SingleSignOn, provider: FakeProvider
) -> None:
    provider.userinfo_only = True
    assert await signed_on(sso, provider) == LAN


async def test_what_is_said_of_somebody_else_counts_for_nothing(
    sso: SingleSignOn, provider: FakeProvider
) -> None:
    provider.userinfo_only = True
    provider.id_claims["sub"] = "u-2"
    assert await signed_on(sso, provider) == Claims("https://sso.example", "u-2")


@pytest.mark.parametrize(
    "path", ["/.well-known/openid-configuration", "/token", "/keys", "/userinfo"]
)
async def test_a_provider_that_fails_is_told_apart(
    path: str, sso: SingleSignOn, provider: FakeProvider
) -> None:
    provider.userinfo_only = True
    provider.broken.add(path)
    with pytest.raises(ProviderUnreachable, match=r"sso\.example.*500"):
        await signed_on(sso, provider)
    provider.broken.clear()
    assert await signed_on(sso, provider) == LAN


async def test_a_provider_that_is_not_there_is_named(clock: FakeClock) -> None:
    [listener] = listen(["127.0.0.1"], 0)
    issuer = f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    async with httpx2.AsyncClient() as http:
        with pytest.raises(ProviderUnreachable, match="127"):
            await OidcSignOn(Client(issuer, "diemcau"), http, clock).start(BACK)


@pytest.mark.parametrize(
    "document",
    [
        {"jwks_uri": "http://sso.example/keys"},
        {"token_endpoint": "http://sso.example/token"},
        {"authorization_endpoint": ""},
        {"token_endpoint": 7},
        {"issuer": ""},
    ],
)
async def test_metadata_that_cannot_be_used_or_are_not_encrypted_are_refused(
    document: dict[str, object], sso: SingleSignOn, provider: FakeProvider
) -> None:
    provider.document = document
    with pytest.raises((ProviderUnreachable, WrongIssuer)):
        await sso.start(BACK)


@pytest.mark.parametrize("keys", [[], None, [{"kty": "EC"}], "x", [7]])
async def test_keys_that_are_none_are_told_apart(
    keys: object, sso: SingleSignOn, provider: FakeProvider
) -> None:
    provider.published = keys
    with pytest.raises(ProviderUnreachable):
        await signed_on(sso, provider)


async def test_a_provider_that_calls_itself_something_else_is_not_used(
    sso: SingleSignOn, provider: FakeProvider
) -> None:
    provider.document = {"issuer": "https://evil.example"}
    with pytest.raises(WrongIssuer, match="evil"):
        await sso.start(BACK)
    assert set(provider.asked) == {"/.well-known/openid-configuration"}


async def test_a_token_of_another_issuer_is_refused(
    sso: SingleSignOn, provider: FakeProvider
) -> None:
    provider.id_claims["iss"] = "https://evil.example"
    with pytest.raises(WrongIssuer, match="evil"):
        await signed_on(sso, provider)


async def test_a_clock_may_be_off_by_a_minute(sso: SingleSignOn, provider: FakeProvider) -> None:
    now = int(provider.clock.now().timestamp())
    provider.id_claims |= {"iat": now + 55, "exp": now - 55}
    assert await signed_on(sso, provider) == LAN


async def test_an_expired_token_is_refused(sso: SingleSignOn, provider: FakeProvider) -> None:
    provider.id_claims["exp"] = int(provider.clock.now().timestamp()) - 61
    with pytest.raises(IdTokenExpired, match="clocks"):
        await signed_on(sso, provider)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "somebody-else"},
        {"aud": ["diemcau", "somebody-else"]},
        {"aud": ["diemcau", "somebody-else"], "azp": "somebody-else"},
        {"aud": 7},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": ""},
        {"sub": 7},
        {"iat": 2**40},
        {"exp": "soon"},
        {"exp": None},
        {"at_hash": "x"},
    ],
)
async def test_a_token_that_is_not_for_this_sign_in_is_refused(
    claims: dict[str, object], sso: SingleSignOn, provider: FakeProvider
) -> None:
    provider.id_claims = claims
    with pytest.raises(IdTokenInvalid):
        await signed_on(sso, provider)


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
async def test_an_unsigned_token_is_refused(sso: SingleSignOn, provider: FakeProvider) -> None:
    provider.algorithm = "none"
    with pytest.raises(IdTokenInvalid):
        await signed_on(sso, provider)


async def test_a_signature_with_a_shared_secret_is_refused(
    sso: SingleSignOn, provider: FakeProvider
) -> None:
    provider.key = OctKey.import_key(b"s" * 32, {"kid": "k"})
    provider.published = [provider.key.as_dict(private=True)]
    provider.algorithm = "HS256"
    with pytest.raises(IdTokenInvalid):
        await signed_on(sso, provider)


async def test_an_answer_is_good_once(sso: SingleSignOn, provider: FakeProvider) -> None:
    departure = await sso.start(BACK)
    answer = provider.visit(departure.url)
    await sso.finish(answer, departure.state)
    with pytest.raises(SignOnStale):
        await sso.finish(answer, departure.state)
    assert provider.asked["/token"] == 1


async def test_an_answer_in_another_browser_is_refused_and_spoils_nothing(
    sso: SingleSignOn, provider: FakeProvider
) -> None:
    mine, others = await sso.start(BACK), await sso.start(BACK)
    answer = provider.visit(mine.url)
    for kept in (others.state, "", "é"):
        with pytest.raises(SignOnStale):
            await sso.finish(answer, kept)
    assert await sso.finish(answer, mine.state) == LAN


async def test_a_state_that_was_never_given_is_refused(sso: SingleSignOn) -> None:
    for state in ("", "made-up"):
        with pytest.raises(SignOnStale):
            await sso.finish({"code": "c", "state": state}, state)


async def test_an_answer_that_comes_too_late_is_refused(
    sso: SingleSignOn, provider: FakeProvider, clock: FakeClock
) -> None:
    departure = await sso.start(BACK)
    answer = provider.visit(departure.url)
    clock.advance(600)
    with pytest.raises(SignOnStale):
        await sso.finish(answer, departure.state)


async def test_those_who_never_come_back_are_forgotten(
    sso: SingleSignOn, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "AT_ONCE", 2)
    first, second, third = [await sso.start(BACK) for _ in range(3)]
    with pytest.raises(SignOnStale):
        await sso.finish(provider.visit(first.url), first.state)
    for departure in (second, third):
        await sso.finish(provider.visit(departure.url), departure.state)


async def test_a_stolen_code_is_worth_nothing_in_another_sign_in(
    sso: SingleSignOn, provider: FakeProvider
) -> None:
    victim, thief = await sso.start(BACK), await sso.start(BACK)
    code = provider.visit(victim.url)["code"]
    with pytest.raises(SignOnRefused, match="invalid_grant"):
        await sso.finish({"code": code, "state": thief.state}, thief.state)


@pytest.mark.parametrize(
    ("change", "why"), [({"error": "access_denied"}, "access_denied"), ({"code": ""}, "no code")]
)
async def test_whoever_is_turned_away_there_is_told_so(
    change: dict[str, str], why: str, sso: SingleSignOn, provider: FakeProvider
) -> None:
    departure = await sso.start(BACK)
    with pytest.raises(SignOnRefused, match=why):
        await sso.finish({**provider.visit(departure.url), **change}, departure.state)
