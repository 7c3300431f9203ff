"""REST for coming in without an account: short codes, room computers (docs/protocol.md 1)."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import StringConstraints

from diemcau.api.context import ServerDep, actor_of, address, page_address
from diemcau.api.may import may
from diemcau.api.models import Body
from diemcau.domain.permissions import Action
from diemcau.ports.identity import Principal
from diemcau.services.entrances import Entry
from diemcau.services.live import moment

Json = dict[str, Any]
router = APIRouter(prefix="/api")


class JoinCodeIn(Body):
    code: Annotated[str, StringConstraints(max_length=40)]


class KioskIn(Body):
    token: Annotated[str, StringConstraints(max_length=2000)]


@router.post("/codes")
async def by_code(body: JoinCodeIn, request: Request, server: ServerDep) -> Json:
    """What the link gives whose code it is."""
    return _entry_json(request, server.entrances.by_code(body.code))


@router.post("/kiosks/{site}")
async def make_kiosk(
    site: str,
    request: Request,
    server: ServerDep,
    who: Annotated[Principal, may(Action.CHECK, "site")],
) -> Json:
    """The link of the site's room computer; it ends the one before."""
    token = await server.entrances.kiosk(site, actor_of(who))
    return {"url": address(request, f"/kiosk#token={token}")}


@router.post("/kiosk")
async def kiosk(body: KioskIn, request: Request, server: ServerDep) -> Json:
    """What a room computer asks now and then: which session of its site is open, or comes next."""
    found = server.entrances.waiting(body.token)
    answer: Json = {"site": found.site, "name": found.name, "now": moment(server.clock.now())}
    if found.entry is not None:
        answer["session"] = _entry_json(request, found.entry)
    if found.next is not None:
        answer["next"] = {"title": found.next.title, "starts_at": moment(found.next.starts_at)}
    return answer


def _entry_json(request: Request, entry: Entry) -> Json:
    return {
        "url": page_address(request, entry.conference, entry.role, entry.site, entry.token),
        "token": entry.token,
        "expires_at": moment(entry.expires_at),
    }
