"""What an OpenID provider says of itself, over HTTP: its metadata and its keys, kept for a while.

OpenID Connect Discovery 1.0; JSON Web Key Sets (RFC 7517).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx2
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from diemcau.ports.accounts import ProviderUnreachable, WrongIssuer
from diemcau.ports.clock import Clock

KEPT_S = 3600.0
"""For how long metadata and keys are not asked for again."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Metadata:
    """The addresses that a sign-in needs; ``userinfo`` is "" where there is none."""

    authorization: str
    token: str
    keys: str
    userinfo: str
    client_auth: tuple[str, ...]


class Provider:
    """The one at ``issuer``. Every method raises ``ProviderUnreachable``."""

    def __init__(self, issuer: str, client: httpx2.AsyncClient, clock: Clock) -> None:
        self.issuer = issuer
        self._client = client
        self._clock = clock
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def metadata(self) -> Metadata:
        """Raises ``WrongIssuer`` too: whoever answers for another is not asked for more."""
        if self._metadata is None or self._stale(self._metadata[0]):
            document = await self.json("GET", get_well_known_url(self.issuer, external=True))
            self._metadata = (self._clock.monotonic(), self._read(document))
        return self._metadata[1]

    async def keys(self, afresh: bool = False) -> tuple[KeySet, bool]:
        """The provider's keys, and whether they were asked for just now."""
        if afresh or self._keys is None or self._stale(self._keys[0]):
            document = await self.json("GET", (await self.metadata()).keys)
            self._keys = (self._clock.monotonic(), self._key_set(document))
            return self._keys[1], True
        return self._keys[1], False

    async def json(
        self,
        method: str,
        url: str,
        content: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """An answer that is an object, whatever its status below 500."""
        try:
            answer = await self._client.request(method, url, content=content, headers=headers)
            document = answer.json() if answer.status_code < 500 else None
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise self.useless(str(error) or type(error).__name__) from error
        if not isinstance(document, dict):
            raise self.useless(f"HTTP {answer.status_code}")
        return document

    def useless(self, reason: str) -> ProviderUnreachable:
        return ProviderUnreachable(self.issuer, reason)

    def _stale(self, since: float) -> bool:
        return self._clock.monotonic() - since >= KEPT_S

    def _read(self, document: Json) -> Metadata:
        found = OpenIDProviderMetadata(document)
        if "issuer" in found and found["issuer"] != self.issuer:
            raise WrongIssuer(self.issuer, str(found["issuer"]))
        try:
            found.validate()  # among others: HTTPS everywhere, but on loopback
            return Metadata(
                authorization=found["authorization_endpoint"],
                token=found["token_endpoint"],
                keys=found["jwks_uri"],
                userinfo=found.get("userinfo_endpoint", ""),
                client_auth=tuple(
                    found.get("token_endpoint_auth_methods_supported", ("client_secret_basic",))
                ),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self.useless(f"{error} in its metadata") from error

    def _key_set(self, document: Json) -> KeySet:
        try:
            return KeySet.import_key_set(cast(KeySetSerialization, document))
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise self.useless(f"{error} in its keys") from error
