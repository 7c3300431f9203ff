"""Reading SDP bodies and answering with them, for WHIP and WHEP alike."""

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from diemcau.services import sdp

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"


def content_type(request: Request) -> str:
    """Without parameters, in small letters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def text_body(request: Request, kind: str) -> str:
    """The body as text; 415 for another content type, ``BadSdp`` for what is no text."""
    if content_type(request) != kind:
        raise HTTPException(415, headers={"Accept": kind})
    return sdp.decode(await request.body())


def sdp_response(status: int, body: str, location: str, session: str) -> Response:
    return Response(
        body,
        status,
        media_type=SDP,
        headers={"Location": location, "ETag": f'"{session}"'},
    )


def options(methods: str) -> Response:
    """The answer to OPTIONS: which bodies are taken (RFC 9725 section 4.2), and for CORS."""
    return Response(
        status_code=204,
        headers={
            "Allow": methods,
            "Accept-Post": SDP,
            "Accept-Patch": f"{SDP}, {FRAGMENT}",
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
            "Access-Control-Max-Age": "86400",
        },
    )
