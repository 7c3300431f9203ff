"""A site's last still as an image (docs/protocol.md section 1)."""

from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response

from diemcau.api.context import ServerDep
from diemcau.api.may import may, view_at
from diemcau.domain.dossier import Secrecy
from diemcau.domain.permissions import Action
from diemcau.ports.identity import Principal, TokenElsewhere
from diemcau.services.refusals import NoStill

router = APIRouter(prefix="/api")

Watching = Annotated[Principal, may(Action.WATCH, "conference")]

IMAGE = "image/jpeg"


@router.get(
    "/conferences/{conference}/stills/{name}",
    response_class=Response,
    responses={200: {"content": {IMAGE: {}}}, 304: {"description": "Not modified"}},
)
async def still(
    conference: str, name: str, request: Request, server: ServerDep, principal: Watching
) -> Response:
    """Of the sites that somebody sees in the live state; a secret session's is kept nowhere."""
    server.control.get(conference).require(name)
    seen = server.hub.view(conference, view_at(server, principal, conference))
    if name not in seen["sites"]:
        raise TokenElsewhere
    found = server.observations.of(conference).stills.get(name)
    if found is None:
        raise NoStill(name)
    tag, at = f'"{found.version}"', found.at.replace(microsecond=0)
    headers = {"ETag": tag, "Last-Modified": format_datetime(at, usegmt=True)}
    dossier = server.files.of_conference(conference)
    if dossier is None or dossier.secrecy is not Secrecy.SECRET:
        headers["Cache-Control"] = "private, no-cache"
    if _has_it(request, tag, at):
        return Response(status_code=304, headers=headers)
    return Response(found.jpeg, media_type=IMAGE, headers=headers)


def _has_it(request: Request, tag: str, at: datetime) -> bool:
    """Whether who asks has this one already (RFC 9110 section 13.2.2)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = {each.strip().removeprefix("W/") for each in tags.split(",")}
        return not known.isdisjoint({tag, "*"})
    try:
        return parsedate_to_datetime(request.headers.get("if-modified-since", "")) >= at
    except (ValueError, TypeError):
        return False
