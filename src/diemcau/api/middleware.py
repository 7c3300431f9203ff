"""What holds for every request: the moment it came, how large it may be, how pages are guarded."""

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from diemcau.api.problems import http_problem
from diemcau.ports.clock import Clock

ARRIVED = "diemcau.arrived"

KIB = 1024
JSON_LIMIT = 256 * KIB
LIMITS = {
    "/whip/": 64 * KIB,
    "/whep/": 64 * KIB,
    "/api/directory/workbook": 16 * KIB * KIB,
    "/api/templates/": 16 * KIB * KIB,
}
"""The largest bodies, in bytes, by what the path begins with; ``JSON_LIMIT`` elsewhere."""

_PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:;"
        " style-src 'self'; style-src-attr 'unsafe-inline'; object-src 'none'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Location, ETag, Retry-After, Accept-Post, Accept-Patch",
}


def is_media(path: str) -> bool:
    """Whether the path is one of WHIP's or WHEP's."""
    return path.startswith(("/whip/", "/whep/"))


def body_limit(path: str) -> int:
    found = (limit for begin, limit in LIMITS.items() if path.startswith(begin))
    return next(found, JSON_LIMIT)


class Arrival:
    """Stamps each request with the moment it came: before its body, its queue and its handler."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[ARRIVED] = self._clock.monotonic()
        await self._app(scope, receive, send)


class BodyLimit:
    """Refuses bodies over the limit, whether or not their length is declared."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = body_limit(scope["path"])
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > limit:
            await http_problem(413)(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)


class Headers:
    """Security headers on all, no caching of the API, CORS for media clients of other origins."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _PAGE_HEADERS.items():
                    headers.setdefault(name, value)
                if path.startswith("/api/") or is_media(path):
                    headers.setdefault("Cache-Control", "no-store")
                if is_media(path):
                    headers.update(_CORS)
            await send(message)

        await self._app(scope, receive, with_headers)
