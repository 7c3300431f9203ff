"""The web pages, as the web build leaves them in ``static``; a plain page says so if it did not."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException

STATIC = Path(__file__).parent / "static"

NOT_BUILT = """<!doctype html>
<html lang="vi"><meta charset="utf-8"><title>Điểm Cầu</title>
<h1>Điểm Cầu</h1>
<p>Máy chủ đang chạy, nhưng trang web chưa được dựng. Chạy <code>./diemcau build</code> rồi mở lại.
<p lang="en">The server is running, but its pages are not built. Run <code>./diemcau build</code>
and open this page again.
</html>
"""

router = APIRouter(include_in_schema=False)


@router.get("/")
@router.get("/c/{rest:path}")
async def page(request: Request) -> Response:
    """One page for all: what it shows, its own script decides by the address."""
    index = _static(request) / "index.html"
    if not index.is_file():
        return HTMLResponse(NOT_BUILT, 503)
    return FileResponse(index, headers={"Cache-Control": "no-cache"})


@router.get("/{name:path}")
async def asset(name: str, request: Request) -> Response:
    """A file of the build. Names under ``assets/`` carry their hash and never change."""
    if name.startswith(("whip/", "whep/")):  # RFC 9725 section 4.2: no other methods there
        raise HTTPException(405, headers={"Allow": "OPTIONS, POST, PATCH, DELETE"})
    root = _static(request).resolve()
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
