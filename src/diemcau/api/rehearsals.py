"""REST of the unattended rehearsal (docs/protocol.md section 1)."""

from typing import Annotated, Any

from fastapi import APIRouter

from diemcau.api.context import ServerDep, actor_of
from diemcau.api.may import may
from diemcau.api.models import RehearsalIn
from diemcau.domain.permissions import Action
from diemcau.ports.identity import Principal

Json = dict[str, Any]
router = APIRouter(prefix="/api/conferences/{conference}/rehearsal")

Examining = Annotated[Principal, may(Action.EXAMINE, "conference")]


@router.post("")
async def begin(
    conference: str, server: ServerDep, who: Examining, body: RehearsalIn | None = None
) -> Json:
    """Examine these sites, or all; asked again, those once more."""
    sites = body.sites if body else ()
    await server.rehearsals.begin(conference, sites, actor_of(who))
    return {}


@router.delete("")
async def end(conference: str, server: ServerDep, who: Examining) -> Json:
    await server.rehearsals.end(conference, actor_of(who))
    return {}
