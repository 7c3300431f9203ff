"""Tokens as signed JWTs (RFC 7519, HS256): no session to store, and they end by themselves."""

from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from diemcau.ports.clock import Clock
from diemcau.ports.identity import NoToken, Principal, Role, TokenExpired, TokenInvalid

ALGORITHM = "HS256"


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
        now = self._clock.now()
        expires_at = (now + timedelta(hours=hours)).replace(microsecond=0)
        claims: dict[str, Any] = {
            "sub": subject,
            "role": str(role),
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
        }
        claims |= {"conference": conference} if conference else {}
        claims |= {"site": site} if site else {}
        token = jwt.encode({"alg": ALGORITHM}, claims, self._key, algorithms=[ALGORITHM])
        return token, Principal(subject, role, conference, site, expires_at)

    def identify(self, token: str) -> Principal:
        if not token:
            raise NoToken
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            principal = Principal(
                subject=str(claims["sub"]),
                role=Role(claims["role"]),
                conference=str(claims.get("conference", "")),
                site=str(claims.get("site", "")),
                expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            )
        except (JoseError, ValueError, KeyError, TypeError, OverflowError) as error:
            raise TokenInvalid from error
        if principal.expires_at <= self._clock.now():
            raise TokenExpired(principal.expires_at)
        if not principal.conference and principal.role is not Role.OPERATOR:
            raise TokenInvalid
        return principal
