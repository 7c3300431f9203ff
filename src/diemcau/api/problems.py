"""Every error as a problem document (RFC 9457), in both languages."""

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from diemcau.domain.plain import clean
from diemcau.domain.refusal import Conflict, Invalid, Refusal, Text, Unknown
from diemcau.ports.accounts import ProviderUnreachable
from diemcau.ports.identity import NotAllowed, NotIdentified
from diemcau.ports.store import StoreFailed
from diemcau.services.account_refusals import AccountLocked
from diemcau.services.entrances import TooManyCodes
from diemcau.services.refusals import BadSdp, NotRead, Unavailable

log = structlog.get_logger(__name__)

_STATUS: tuple[tuple[type[Refusal], int], ...] = (
    (NotIdentified, 401),
    (NotAllowed, 403),
    (Unknown, 404),
    (Conflict, 409),
    (BadSdp, 400),
    (Invalid, 422),
    (AccountLocked, 429),
    (TooManyCodes, 429),
    (ProviderUnreachable, 502),
    (Unavailable, 503),
)

_HTTP: dict[int, tuple[str, Text, Text]] = {
    400: (
        "malformed",
        Text("Yêu cầu sai định dạng", "Malformed request"),
        Text("Nội dung gửi lên không đọc được.", "The body cannot be read."),
    ),
    404: (
        "unknown-address",
        Text("Không có địa chỉ này", "No such address"),
        Text(
            "Kiểm tra lại đường dẫn; danh sách lệnh ở docs/protocol.md.",
            "Check the path; the calls are listed in docs/protocol.md.",
        ),
    ),
    405: (
        "wrong-method",
        Text("Sai phương thức", "Wrong method"),
        Text("Xem các phương thức ở «Allow».", "See the header 'Allow' for those there are."),
    ),
    412: (
        "other-session",
        Text("Sai phiên kết nối", "Another session"),
        Text("«If-Match» không phải ETag của phiên này.", "'If-Match' is not this session's ETag."),
    ),
    413: (
        "too-large",
        Text("Nội dung quá lớn", "Too large"),
        Text(
            "Giới hạn: SDP 64 KiB, JSON 256 KiB, tệp danh bạ và mẫu văn bản 16 MiB.",
            "The limits: 64 KiB for SDP, 256 KiB for JSON, 16 MiB for workbooks and templates.",
        ),
    ),
    415: (
        "wrong-content-type",
        Text("Sai kiểu nội dung", "Wrong content type"),
        Text("Đặt lại «Content-Type».", "Set another 'Content-Type'."),
    ),
}

_FIELD_ERRORS = {
    "missing": "thiếu",
    "extra_forbidden": "không có trường này",
    "json_invalid": "không phải JSON",
    "string_pattern_mismatch": "có ký tự không được phép",
    "string_too_long": "quá dài",
    "string_too_short": "để trống hoặc quá ngắn",
    "too_long": "quá nhiều phần tử",
    "too_short": "quá ít phần tử",
    "enum": "không thuộc các giá trị cho phép",
    "literal_error": "không thuộc các giá trị cho phép",
}


def problem(
    status: int,
    problem_id: str,
    title: Text,
    detail: Text,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    document = {
        "type": f"urn:diemcau:{problem_id}",
        "title": title.vi,
        "title_en": title.en,
        "status": status,
        "detail": detail.vi,
        "detail_en": detail.en,
        **more,
    }
    return JSONResponse(
        document, status, headers=dict(headers or {}), media_type="application/problem+json"
    )


def http_problem(status: int, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The document for a plain HTTP error."""
    known = _HTTP.get(status)
    if known is None:
        text = Text(f"Lỗi HTTP {status}", f"HTTP error {status}")
        return problem(status, f"http-{status}", text, text, headers)
    return problem(status, *known, headers)


def status_of(refusal: Refusal) -> int:
    return next((status for kind, status in _STATUS if isinstance(refusal, kind)), 400)


def install(app: FastAPI) -> None:
    """Answer every failure of the app with a problem document."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(StoreFailed, _not_read)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _failed)


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)
    headers = {}
    if isinstance(error, NotIdentified):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, Unavailable | AccountLocked | TooManyCodes):
        headers["Retry-After"] = str(error.retry_after_s)
    return problem(status_of(error), error.id, error.title, error.detail, headers)


async def _not_read(request: Request, error: Exception) -> JSONResponse:
    """Commands say themselves what became of them; this is a look into the store that failed."""
    log.error("not read", path=request.url.path, error=str(error))
    return await _refused(request, NotRead())


async def _not_valid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [
        {"field": clean(".".join(map(str, e["loc"]))), "type": e["type"], "message": e["msg"]}
        for e in error.errors()
    ]
    malformed = any(fault["type"] == "json_invalid" for fault in faults)
    vi = "; ".join(f"{f['field']}: {_FIELD_ERRORS.get(f['type'], f['message'])}" for f in faults)
    en = "; ".join(f"{f['field']}: {f['message']}" for f in faults)
    title = _HTTP[400][1] if malformed else Invalid.title
    status, name = (400, "malformed") if malformed else (422, Invalid.id)
    return problem(status, name, title, Text(vi, en), errors=faults)


async def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return http_problem(error.status_code, error.headers)


async def _failed(request: Request, error: Exception) -> JSONResponse:
    log.error("unhandled error", path=request.url.path, error=repr(error))
    return problem(
        500,
        "internal",
        Text("Lỗi của máy chủ", "The server failed"),
        Text(
            "Lỗi đã được ghi vào nhật ký của máy chủ; hãy thử lại, rồi báo người quản trị.",
            "It is in the server's log; try again, then tell the administrator.",
        ),
    )
