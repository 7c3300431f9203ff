"""REST over recordings (docs/protocol.md section 1): begin, end, list, fetch.

A session that is over has no conference any more; its dossier still leads to its recordings.
"""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from diemcau.api.context import Server, ServerDep, actor_of
from diemcau.api.may import may
from diemcau.api.models import OnIn
from diemcau.domain.permissions import Action
from diemcau.ports.identity import Principal

Json = dict[str, Any]
router = APIRouter(prefix="/api")

Directing = Annotated[Principal, may(Action.DIRECT, "conference")]
Holding = Annotated[Principal, may(Action.DIRECT, "master")]

RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@router.post("/conferences/{conference}/recording")
async def record(conference: str, body: OnIn, server: ServerDep, principal: Directing) -> Json:
    await server.office.sitting.record(conference, body.on, actor_of(principal))
    return {}


@router.get("/conferences/{conference}/recordings")
async def recordings(conference: str, server: ServerDep, principal: Directing) -> list[Json]:
    return await server.recordings.listed(server.control.get(conference).master, conference)


@router.get("/conferences/{conference}/recordings/{number}/{part}")
async def fetch(
    conference: str,
    number: int,
    part: int,
    request: Request,
    server: ServerDep,
    principal: Directing,
) -> Response:
    master = server.control.get(conference).master
    return await _file(server, request, master, conference, number, part)


@router.get("/dossiers/{dossier}/recordings")
async def recordings_of_dossier(dossier: str, server: ServerDep, principal: Holding) -> list[Json]:
    found = server.files.dossier(dossier)
    if not found.conference:
        return []
    return await server.recordings.listed(found.master, found.conference)


@router.get("/dossiers/{dossier}/recordings/{number}/{part}")
async def fetch_of_dossier(
    dossier: str, number: int, part: int, request: Request, server: ServerDep, principal: Holding
) -> Response:
    found = server.files.dossier(dossier)
    return await _file(server, request, found.master, found.conference, number, part)


async def _file(
    server: Server, request: Request, mcu: str, conference: str, number: int, part: int
) -> Response:
    """The file as it is now, or the range of it that is asked for (RFC 9110 section 14)."""
    found = await server.recordings.find(mcu, conference, number, part)
    size = found["bytes"]
    begin, end = byte_range(request.headers.get("range", ""), size)
    partial = end - begin < size
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(end - begin),
        "Content-Disposition": f'attachment; filename="{conference}-{number}-{part}.mkv"',
        **({"Content-Range": f"bytes {begin}-{end - 1}/{size}"} if partial else {}),
    }
    data = server.recordings.read(mcu, conference, found, begin, end)
    status = 206 if partial else 200
    return StreamingResponse(data, status, headers, media_type="video/x-matroska")


def byte_range(header: str, size: int) -> tuple[int, int]:
    """First byte and the one after the last; all of it for what is no single range that there is,
    which RFC 9110 allows.

    >>> byte_range("bytes=10-19", 100), byte_range("bytes=90-", 100), byte_range("bytes=-5", 100)
    ((10, 20), (90, 100), (95, 100))
    >>> byte_range("", 100), byte_range("bytes=200-", 100)
    ((0, 100), (0, 100))
    """
    found = RANGE.fullmatch(header.strip())
    if found is None or not any(found.groups()):
        return 0, size
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size
    begin, end = int(first), min(size, int(last) + 1) if last else size
    return (begin, end) if begin < end else (0, size)
