"""Tokens as signed JWTs (RFC 7519, HS256): no session to store, and they end by themselves.

One secret signs three kinds, told apart by the claim ``kind``, and none passes for another: a
link's (no ``kind``), an account's, and those for one purpose alone.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from diemcau.domain.roles import LINK_ROLES, Role
from diemcau.ports.clock import Clock
from diemcau.ports.identity import NoToken, Principal, TokenExpired, TokenInvalid

ALGORITHM = "HS256"
ACCOUNT, PURPOSE = "account", "purpose"

Claims = dict[str, Any]

_SENSELESS = (ValueError, KeyError, TypeError, OverflowError)


class JwtTokens:
    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._key = OctKey.import_key(secret)
        self._clock = clock

    def issue(
        self,
        subject: str,
        role: Role,
        *,
        conference: str = "",
        site: str = "",
        hours: float = 12.0,
    ) -> tuple[str, Principal]:
        claims: Claims = {"sub": subject, "role": str(role)}
        claims |= {"conference": conference} if conference else {}
        claims |= {"site": site} if site else {}
        token, expires_at = self._signed(claims, hours)
        return token, Principal(subject, role, conference, site, expires_at)

    def issue_account(self, account: str, epoch: int, hours: float = 12.0) -> tuple[str, Principal]:
        claims: Claims = {"sub": account, "kind": ACCOUNT, "epoch": epoch}
        token, expires_at = self._signed(claims, hours)
        return token, _of_account(claims, expires_at)

    def identify(self, token: str) -> Principal:
        claims, expires_at = self._claims(token)
        try:
            return _KINDS[claims.get("kind")](claims, expires_at)
        except _SENSELESS as error:
            raise TokenInvalid from error

    def issue_purpose(self, purpose: str, subject: str, hours: float) -> str:
        claims: Claims = {"sub": subject, "kind": PURPOSE, "purpose": purpose}
        return self._signed(claims, hours)[0]

    def identify_purpose(self, purpose: str, token: str) -> str:
        claims, _ = self._claims(token)
        subject = claims.get("sub")
        meant = claims.get("kind") == PURPOSE and claims.get("purpose") == purpose
        if not meant or not isinstance(subject, str):
            raise TokenInvalid
        return subject

    def _signed(self, claims: Claims, hours: float) -> tuple[str, datetime]:
        """With its times; returns the token and when it ends."""
        now = self._clock.now()
        expires_at = (now + timedelta(hours=hours)).replace(microsecond=0)
        claims = {**claims, "iat": int(now.timestamp()), "exp": int(expires_at.timestamp())}
        header = {"alg": ALGORITHM}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM]), expires_at

    def _claims(self, token: str) -> tuple[Claims, datetime]:
        """Of a token that this server signed and that has not ended, and when it will."""
        if not token:
            raise NoToken
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        except (JoseError, *_SENSELESS) as error:
            raise TokenInvalid from error
        if expires_at <= self._clock.now():
            raise TokenExpired(expires_at)
        return claims, expires_at


def _of_link(claims: Claims, expires_at: datetime) -> Principal:
    role = Role(claims["role"])
    conference = str(claims.get("conference", ""))
    if role not in LINK_ROLES or (not conference and role is not Role.OPERATOR):
        raise TokenInvalid
    site = str(claims.get("site", ""))
    return Principal(str(claims["sub"]), role, conference, site, expires_at)


def _of_account(claims: Claims, expires_at: datetime) -> Principal:
    account = str(claims["sub"])
    epoch = int(claims["epoch"])
    return Principal(account, None, "", "", expires_at, account=account, epoch=epoch)


_KINDS = {None: _of_link, ACCOUNT: _of_account}
"""How to read each kind that says who asks."""
