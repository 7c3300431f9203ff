"""The web pages, as the web build leaves them in ``static``; a plain page says so if it did not.

They are what the router falls back to: no address of the API can be mistaken for a file.
"""

from pathlib import Path

from fastapi import Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

STATIC = Path(__file__).parent / "static"

PAGES = (
    "a", "account", "accounts", "c", "conferences", "d", "directory", "join", "kiosk", "log-book",
    "procedures", "sign-in", "urgent",
)  # fmt: skip
"""The first part of every address of the application, beside "/" (web/src/lib/session.ts)."""

NOT_BUILT = """<!doctype html>
<html lang="vi"><meta charset="utf-8"><title>Điểm Cầu</title>
<h1>Điểm Cầu</h1>
<p>Máy chủ đang chạy, nhưng trang web chưa được dựng. Chạy <code>./diemcau server</code> rồi mở lại.
<p lang="en">The server is running, but its pages are not built. Run <code>./diemcau server</code>
and open this page again.
</html>
"""


async def fallback(scope: Scope, receive: Receive, send: Send) -> None:
    """An ASGI application: a page or a file of the build, else 404."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4404, "reason": "no such address"})
        return
    if scope["method"] not in ("GET", "HEAD"):
        raise HTTPException(404)
    response = _response(scope["path"], _static(Request(scope)))
    await response(scope, receive, send)


def _response(path: str, root: Path) -> Response:
    """One page for all addresses of the application: what it shows, its script decides."""
    if path == "/" or path.split("/")[1] in PAGES:
        index = root / "index.html"
        if not index.is_file():
            return HTMLResponse(NOT_BUILT, 503)
        return FileResponse(index, headers={"Cache-Control": "no-cache"})
    return _file(path.lstrip("/"), root.resolve())


def _file(name: str, root: Path) -> Response:
    """A file of the build. Names under ``assets/`` carry their hash and never change."""
    try:
        file = (root / name).resolve()
        found = file.is_relative_to(root) and file.is_file()
    except (ValueError, OSError):
        found = False
    if not found:
        raise HTTPException(404)
    keep = "public, max-age=31536000, immutable" if name.startswith("assets/") else "no-cache"
    return FileResponse(file, headers={"Cache-Control": keep})


def _static(request: Request) -> Path:
    folder: Path = getattr(request.app.state, "static", STATIC)
    return folder
