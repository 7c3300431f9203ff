"""Sign-in at an identity provider: OpenID Connect's authorization code flow with PKCE.

OpenID Connect Core 1.0, 3.1; PKCE is RFC 7636. What was asked for is kept here between the two
ends of a sign-in, and is given out once: so an answer that comes a second time meets nothing.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

import httpx2
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ExpiredTokenError,
    InvalidClaimError,
    InvalidKeyIdError,
    JoseError,
)
from joserfc.jws import JWSRegistry
from joserfc.jwt import Token

from diemcau.identity.provider import Json, Provider
from diemcau.ports.accounts import (
    Claims,
    Departure,
    IdTokenExpired,
    IdTokenInvalid,
    SignOnRefused,
    SignOnStale,
    WrongIssuer,
)
from diemcau.ports.clock import Clock

SCOPE = "openid profile email"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Signatures that only the provider can make: neither ``none`` nor any with a shared secret."""

WITHIN_S = 600.0
"""How long somebody may take at the provider."""

AT_ONCE = 10_000
"""So many may be there at the same time; then the one who left first is forgotten."""

LEEWAY_S = 60
"""How far the provider's clock may be off."""

_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


@dataclass(frozen=True)
class Client:
    """How this server is registered at the provider; ``secret`` "": as a public client."""

    issuer: str
    id: str
    secret: str = ""


@dataclass(frozen=True)
class _Asked:
    """What a sign-in began with; ``at``: the clock's monotonic seconds."""

    nonce: str
    verifier: str
    redirect_uri: str
    at: float


class OidcSignOn:
    """``http`` reaches the provider; its time-outs count, and it follows no redirections."""

    def __init__(self, client: Client, http: httpx2.AsyncClient, clock: Clock) -> None:
        self._client = client
        self._provider = Provider(client.issuer, http, clock)
        self._clock = clock
        self._asked: dict[str, _Asked] = {}

    async def start(self, redirect_uri: str) -> Departure:
        metadata = await self._provider.metadata()
        state = secrets.token_urlsafe(32)
        asked = _Asked(
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            redirect_uri=redirect_uri,
            at=self._clock.monotonic(),
        )
        self._remember(state, asked)
        url: str = prepare_grant_uri(
            metadata.authorization,
            self._client.id,
            "code",
            redirect_uri=redirect_uri,
            scope=SCOPE,
            state=state,
            nonce=asked.nonce,
            code_challenge=create_s256_code_challenge(asked.verifier),
            code_challenge_method="S256",
        )
        return Departure(url, state)

    async def finish(self, answer: Mapping[str, str], state: str) -> Claims:
        asked = self._recall(answer.get("state", ""), state)
        if "error" in answer:
            raise SignOnRefused(answer["error"][:100])
        tokens = await self._tokens(answer.get("code", ""), asked)
        return await self._vouched(tokens, asked)

    def _remember(self, state: str, asked: _Asked) -> None:
        """Oldest first, as dictionaries are: so those that are over come first."""
        self._asked[state] = asked
        for old in list(self._asked):
            if len(self._asked) <= AT_ONCE and not self._over(self._asked[old]):
                break
            del self._asked[old]

    def _recall(self, state: str, kept: str) -> _Asked:
        same = bool(kept) and compare_digest(state.encode(), kept.encode())
        asked = self._asked.pop(state, None) if same else None
        if asked is None or self._over(asked):
            raise SignOnStale
        return asked

    def _over(self, asked: _Asked) -> bool:
        return self._clock.monotonic() - asked.at >= WITHIN_S

    async def _tokens(self, code: str, asked: _Asked) -> Json:
        """Exchange the code (RFC 6749, 4.1.3)."""
        if not code:
            raise SignOnRefused("no code")
        metadata = await self._provider.metadata()
        body = prepare_token_request(
            "authorization_code",
            code=code,
            redirect_uri=asked.redirect_uri,
            code_verifier=asked.verifier,
        )
        auth = ClientAuth(self._client.id, self._client.secret, self._auth(metadata.client_auth))
        url, headers, body = auth.prepare("POST", metadata.token, dict(_FORM), body)
        tokens = await self._provider.json("POST", url, body, headers)
        if not isinstance(tokens.get("id_token"), str):
            raise SignOnRefused(str(tokens.get("error", "no ID token"))[:100])
        return tokens

    def _auth(self, supported: tuple[str, ...]) -> str:
        if not self._client.secret:
            return "none"
        only_post = "client_secret_basic" not in supported and "client_secret_post" in supported
        return "client_secret_post" if only_post else "client_secret_basic"

    async def _vouched(self, tokens: Json, asked: _Asked) -> Claims:
        try:
            token = await self._decoded(tokens["id_token"])
            self._validate(token, tokens, asked)
        except ExpiredTokenError as error:
            raise IdTokenExpired from error
        except (JoseError, ValueError, TypeError) as error:
            raise IdTokenInvalid(_reason(error)) from error
        return await self._claims(token.claims, tokens)

    async def _decoded(self, id_token: str) -> Token:
        """With the provider's keys; with new ones, if it may have changed them meanwhile."""
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        keys, fresh = await self._provider.keys()
        try:
            return jwt.decode(id_token, keys, registry=registry)
        except (BadSignatureError, InvalidKeyIdError):
            if fresh:
                raise
        keys, _ = await self._provider.keys(afresh=True)
        return jwt.decode(id_token, keys, registry=registry)

    def _validate(self, token: Token, tokens: Json, asked: _Asked) -> None:
        """OpenID Connect Core 1.0, 3.1.3.7. Raises ``WrongIssuer`` or a ``JoseError``."""
        issuer = token.claims.get("iss")
        if issuer != self._client.issuer:
            raise WrongIssuer(self._client.issuer, str(issuer))
        claims = CodeIDToken(
            token.claims,
            token.header,
            {"aud": {"essential": True, "value": self._client.id}},
            {
                "nonce": asked.nonce,
                "client_id": self._client.id,
                "access_token": tokens.get("access_token"),
            },
        )
        claims.validate(now=int(self._clock.now().timestamp()), leeway=LEEWAY_S)
        if not claims["sub"]:
            raise InvalidClaimError("sub")

    async def _claims(self, claims: dict[str, Any], tokens: Json) -> Claims:
        if "email" not in claims:
            claims = {**await self._userinfo(claims["sub"], tokens), **claims}
        verified = claims.get("email_verified") is True
        return Claims(
            issuer=self._client.issuer,
            subject=claims["sub"],
            email=str(claims.get("email", "")) if verified else "",
            name=str(claims.get("name", "")),
        )

    async def _userinfo(self, subject: str, tokens: Json) -> Json:
        """What the ID token left out (5.3); nothing, unless it is of the same person."""
        metadata, access = await self._provider.metadata(), tokens.get("access_token")
        if not metadata.userinfo or not access:
            return {}
        headers = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
        info = await self._provider.json("GET", metadata.userinfo, headers=headers)
        return info if info.get("sub") == subject else {}


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
