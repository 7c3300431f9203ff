"""WHIP (RFC 9725): a site publishes itself, or its content. The order of checks is that of
docs/protocol.md section 3."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.exceptions import HTTPException

from diemcau.api.context import ServerDep
from diemcau.api.may import may
from diemcau.api.sdp import FRAGMENT, SDP, options, sdp_response, text_body
from diemcau.domain.permissions import Action
from diemcau.domain.source import source_of
from diemcau.ports.identity import Principal

router = APIRouter(prefix="/whip")

Joining = Annotated[Principal, may(Action.JOIN, "conference")]
"""A site publishes as itself; an operator, and whoever answers for it, may set it up."""

Client = Annotated[str, Query(pattern=r"^[a-z0-9]{8,32}$")]

_SITE, _SESSION = "/{conference}/{site}", "/{conference}/{site}/{session}"


@router.options(_SITE, include_in_schema=False)
async def site_options() -> Response:
    return options("OPTIONS, POST")


@router.options(_SESSION, include_in_schema=False)
async def session_options() -> Response:
    return options("OPTIONS, PATCH, DELETE")


@router.post(_SITE, status_code=201)
async def publish(
    conference: str,
    site: str,
    request: Request,
    server: ServerDep,
    principal: Joining,
    replace: bool = False,
    content: bool = False,
    client: Client = "",
) -> Response:
    offer = await text_body(request, SDP)
    source = source_of(site, content)
    published = await server.sessions.publish(conference, source, offer, replace, client)
    location = f"/whip/{conference}/{site}/{published.session}" + "?content=true" * content
    return sdp_response(201, published.answer, location, published.session)


@router.patch(_SESSION, status_code=204)
async def trickle(
    conference: str,
    site: str,
    session: str,
    request: Request,
    server: ServerDep,
    principal: Joining,
    content: bool = False,
) -> Response:
    fragment = await text_body(request, FRAGMENT)
    if request.headers.get("if-match", "*") not in ("*", f'"{session}"'):
        raise HTTPException(412)
    await server.sessions.trickle(conference, source_of(site, content), session, fragment)
    return Response(status_code=204)


@router.delete(_SESSION)
async def unpublish(
    conference: str,
    site: str,
    session: str,
    server: ServerDep,
    principal: Joining,
    content: bool = False,
) -> Response:
    await server.sessions.unpublish(conference, source_of(site, content), session)
    return Response(status_code=200)
