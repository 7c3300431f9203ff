"""An identity provider whose every answer is in the test's hands: OpenID Connect over ASGI."""

import secrets
from base64 import b64encode
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI, Header, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from diemcau.ports.clock import Clock

Json = dict[str, Any]


class FakeProvider:
    """Confirms, without asking, that whoever comes is ``person`` (claims), to one client.

    ``id_claims`` and ``document`` change what the ID token and the metadata say; with
    ``userinfo_only`` the token leaves everything out. ``key`` signs; ``published`` are the keys it
    admits to. ``broken`` paths answer 500; ``asked`` counts requests by path.
    """

    def __init__(
        self, clock: Clock, issuer: str = "https://sso.example", secret: str = "s3cret"
    ) -> None:
        self.clock = clock
        self.issuer = issuer
        self.client_id, self.secret = "diemcau", secret
        self.person: Json = {"sub": "u-1", "name": "Nguyễn Thị Lan", "email": "lan@example.vn"}
        self.person["email_verified"] = True
        self.id_claims: Json = {}
        self.document: Json = {}
        self.broken: set[str] = set()
        self.asked: dict[str, int] = {}
        self.userinfo_only = False
        self.algorithm = "ES256"
        self._codes: dict[str, Json] = {}
        self.rotate()
        self.app = self._application()

    def rotate(self, kid: str = "") -> None:
        """Sign with a new key, and admit to that alone."""
        self.key: ECKey | OctKey = ECKey.generate_key("P-256", {"kid": kid or secrets.token_hex(4)})
        self.published: Any = [self.key.as_dict(private=False)]

    def client(self) -> httpx2.AsyncClient:
        """HTTP to this provider and to nowhere else."""
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self.app))

    def visit(self, url: str) -> Json:
        """What a browser brings back that was sent to ``url``: the query of its way back."""
        asked = _values(urlsplit(url).query)
        assert asked["client_id"] == self.client_id
        assert asked["response_type"] == "code"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def _application(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        app.middleware("http")(self._counted)
        app.get("/.well-known/openid-configuration")(self._metadata)
        app.get("/authorize")(self._authorize)
        app.post("/token")(self._token)
        app.get("/keys")(self._keys)
        app.get("/userinfo")(self._userinfo)
        return app

    async def _counted(self, request: Request, call_next: Any) -> Any:
        path = request.url.path
        self.asked[path] = self.asked.get(path, 0) + 1
        if path in self.broken:
            return JSONResponse({}, 500)
        return await call_next(request)

    async def _metadata(self) -> Json:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            **self.document,
        }

    async def _authorize(self, request: Request) -> RedirectResponse:
        back = request.query_params["redirect_uri"]
        return RedirectResponse(f"{back}?{urlencode(self.visit(str(request.url)))}")

    async def _token(self, request: Request) -> JSONResponse:
        """A code is good once, for its address, its client, and whoever has its verifier."""
        form = {
            name: values[0] for name, values in parse_qs((await request.body()).decode()).items()
        }
        if not self._is_client(request.headers.get("authorization", ""), form):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self._codes.pop(form["code"], None)
        if (
            asked is None
            or form["grant_type"] != "authorization_code"
            or form["redirect_uri"] != asked["redirect_uri"]
            or asked["code_challenge_method"] != "S256"
            or asked["code_challenge"] != create_s256_code_challenge(form["code_verifier"])
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {"access_token": "a-1", "token_type": "Bearer", "id_token": self.id_token(asked)}
        )

    def _is_client(self, authorization: str, form: Json) -> bool:
        """By the one way that the metadata name, which is a header unless they say otherwise."""
        if self.document.get("token_endpoint_auth_methods_supported") == ["client_secret_post"]:
            return (form.get("client_id"), form.get("client_secret")) == (
                self.client_id,
                self.secret,
            )
        if not self.secret:
            return not authorization and form.get("client_id") == self.client_id
        own = b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        return authorization == f"Basic {own}"

    def id_token(self, asked: Json) -> str:
        now = int(self.clock.now().timestamp())
        person = {"sub": self.person["sub"]} if self.userinfo_only else self.person
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **person,
            **self.id_claims,
        }
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])

    async def _keys(self) -> Json:
        return {"keys": self.published}

    async def _userinfo(self, authorization: Annotated[str, Header()] = "") -> JSONResponse:
        if authorization != "Bearer a-1":
            return JSONResponse({"error": "invalid_token"}, 401)
        return JSONResponse(self.person)


def _values(query: str) -> Json:
    return {name: values[0] for name, values in parse_qs(query).items()}
