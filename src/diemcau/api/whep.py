"""WHEP (draft-ietf-wish-whep): a site, the control room or a screen plays a feed.

The media server makes the offer itself, so a client's own offer gets a counter-offer (406).
"""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from diemcau.api.context import Server, ServerDep
from diemcau.api.may import may
from diemcau.api.sdp import SDP, options, sdp_response, text_body
from diemcau.domain.permissions import Action
from diemcau.ports.identity import Principal

router = APIRouter(prefix="/whep")

Watching = Annotated[Principal, may(Action.WATCH, "conference")]
Calling = Annotated[Principal, may(Action.CALL, "conference")]

_SESSION = "/{conference}/{mcu}/{session}"


@router.options("/{conference}/{feed}", include_in_schema=False)
@router.options("/{conference}/{feed}/{name}", include_in_schema=False)
async def feed_options() -> Response:
    return options("OPTIONS, POST, PATCH, DELETE")


@router.options(_SESSION + "/keyframe", include_in_schema=False)
async def keyframe_options() -> Response:
    return options("OPTIONS, POST")


@router.post("/{conference}/{feed}", status_code=201)
async def play_bus(
    conference: str,
    feed: str,
    request: Request,
    server: ServerDep,
    principal: Watching,
    mcu: str = "",
) -> Response:
    return await _play(conference, feed, mcu, request, server, principal)


@router.post("/{conference}/{kind}/{name}", status_code=201)
async def play_source(
    conference: str,
    kind: str,
    name: str,
    request: Request,
    server: ServerDep,
    principal: Calling,
) -> Response:
    """A site or a slot unmixed: only for those who direct, since nobody is on air there."""
    return await _play(conference, f"{kind}/{name}", "", request, server, principal)


@router.patch(_SESSION, status_code=204)
async def answer(
    conference: str,
    mcu: str,
    session: str,
    request: Request,
    server: ServerDep,
    principal: Watching,
) -> Response:
    text = await text_body(request, SDP)
    await server.sessions.answer(conference, mcu, session, text)
    return Response(status_code=204)


@router.post(_SESSION + "/keyframe", status_code=204)
async def keyframe(
    conference: str, mcu: str, session: str, server: ServerDep, principal: Watching
) -> Response:
    await server.sessions.keyframe(conference, mcu, session)
    return Response(status_code=204)


@router.delete(_SESSION)
async def stop(
    conference: str, mcu: str, session: str, server: ServerDep, principal: Watching
) -> Response:
    await server.sessions.stop(conference, mcu, session)
    return Response(status_code=200)


async def _play(
    conference: str, feed: str, mcu: str, request: Request, server: Server, principal: Principal
) -> Response:
    offered = bool(await request.body())
    if offered:
        await text_body(request, SDP)
    playing = await server.sessions.play(conference, feed, principal.site, mcu)
    location = f"/whep/{conference}/{playing.mcu}/{playing.session}"
    return sdp_response(406 if offered else 201, playing.offer, location, playing.session)
