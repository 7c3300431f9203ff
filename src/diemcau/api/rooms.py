"""REST for the rooms and whoever sees to them: asking to speak, lines to and from the control room,
self-tests, sites of guided MCUs (docs/protocol.md section 1)."""

from typing import Annotated, Any

from fastapi import APIRouter

from diemcau.api.context import ServerDep, actor_of
from diemcau.api.may import conference_place, may
from diemcau.api.models import ChatIn, SelfTestIn
from diemcau.api.views import as_json
from diemcau.domain.permissions import Action
from diemcau.ports.identity import Principal
from diemcau.services.rooms import file_of

Json = dict[str, Any]
router = APIRouter(prefix="/api/conferences/{conference}")

Taking = Annotated[Principal, may(Action.TAKE_PART, "conference")]
Guiding = Annotated[Principal, may(Action.SEE_TO, "conference")]


@router.put("/hands/{site}")
async def raise_hand(conference: str, site: str, server: ServerDep, who: Taking) -> Json:
    await server.control.raise_hand(conference, site)
    return {}


@router.delete("/hands/{site}")
async def lower_hand(conference: str, site: str, server: ServerDep, who: Taking) -> Json:
    await server.control.lower_hand(conference, site)
    return {}


@router.post("/chat/{site}", status_code=201)
async def say(conference: str, site: str, body: ChatIn, server: ServerDep, who: Taking) -> Json:
    """A line between the site and the control room; who wrote it follows from the token."""
    server.control.get(conference).require(site)
    room = not server.guard.may(who, Action.DIRECT, conference_place(server, conference))
    line = await server.rooms.say(conference, site, body.text, actor_of(who), room=room)
    return as_json(line)


@router.put("/self-test/{site}")
async def test_itself(
    conference: str, site: str, body: SelfTestIn, server: ServerDep, who: Taking
) -> Json:
    """What the room found when it tried camera, sound and line; it is entered on its sheets."""
    server.control.get(conference).require(site)
    kept = await server.self_tests.keep(file_of(conference), site, body.findings(), actor_of(who))
    return as_json(kept)


@router.get("/self-test/{site}")
async def last_test(conference: str, site: str, server: ServerDep, who: Taking) -> Json:
    """``{}`` as long as there is none."""
    found = server.self_tests.last(file_of(conference), site)
    return as_json(found) if found else {}


@router.put("/shown/{site}")
async def shown(conference: str, site: str, server: ServerDep, who: Guiding) -> Json:
    """The technician of the site's guided MCU has put it full screen."""
    by = actor_of(who)
    ask = await server.control.confirm(conference, site, by)
    await server.office.sitting.confirmed(conference, ask)
    return {}
