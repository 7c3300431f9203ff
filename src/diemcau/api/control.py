"""REST for whoever directs: undo, floor, turns, clock, slate, lock, extension; scenes that are kept
(docs/protocol.md section 1)."""

from typing import Annotated, Any

from fastapi import APIRouter

from diemcau.api.context import ServerDep, actor_of
from diemcau.api.may import may
from diemcau.api.models import (
    ExtendIn,
    FloorIn,
    NothingIn,
    OnIn,
    SavedSceneIn,
    SlateIn,
    TurnIn,
)
from diemcau.api.views import as_json
from diemcau.domain.permissions import Action
from diemcau.domain.refusal import Conflict
from diemcau.ports.identity import Principal
from diemcau.services.live import moment, scene_json

Json = dict[str, Any]
router = APIRouter(prefix="/api")

Directing = Annotated[Principal, may(Action.DIRECT, "conference")]
Calling = Annotated[Principal, may(Action.CALL, "conference")]
Director = Annotated[Principal, may(Action.DIRECT)]


@router.post("/conferences/{conference}/undo")
async def undo(
    conference: str, server: ServerDep, who: Directing, body: NothingIn | None = None
) -> Json:
    """Programme, preview and place in the script as they were before the last take."""
    await server.control.undo(conference)
    return {}


@router.post("/conferences/{conference}/floor")
async def floor(conference: str, body: FloorIn, server: ServerDep, who: Calling) -> Json:
    """The site may speak, all others but the chair are muted."""
    await server.control.give_floor(conference, body.site)
    return {}


@router.put("/conferences/{conference}/turn")
async def turn(conference: str, body: TurnIn, server: ServerDep, who: Directing) -> Json:
    """Show sites one after the other."""
    there = server.observations.of(conference).there()
    await server.control.begin_turn(conference, body.sites, body.seconds, there)
    shown = server.control.get(conference).program
    await server.office.sitting.took(conference, shown, "", actor_of(who))
    return {}


@router.delete("/conferences/{conference}/turn")
async def end_turn(conference: str, server: ServerDep, who: Directing) -> Json:
    await server.control.end_turn(conference)
    return {}


@router.put("/conferences/{conference}/clock")
async def clock(conference: str, body: OnIn, server: ServerDep, who: Directing) -> Json:
    await server.control.clock(conference, body.on)
    return {}


@router.put("/conferences/{conference}/slate")
async def slate(conference: str, body: SlateIn, server: ServerDep, who: Directing) -> Json:
    await server.control.slate(conference, body.text)
    return {}


@router.put("/conferences/{conference}/lock")
async def lock(conference: str, body: OnIn, server: ServerDep, who: Directing) -> Json:
    said = server.observations.of(conference)
    await server.control.lock(conference, body.on, said.been | said.present())
    return {}


@router.post("/conferences/{conference}/extend")
async def extend(conference: str, body: ExtendIn, server: ServerDep, who: Directing) -> Json:
    """The end of the session it belongs to moves."""
    dossier = server.files.of_conference(conference)
    if dossier is None:
        raise Conflict(
            "Phiên họp này mở không theo hồ sơ nên không có giờ kết thúc.",
            "This conference has no dossier, and so no time to end.",
        )
    after = await server.office.sitting.extend(dossier.id, body.minutes, actor_of(who))
    return {"ends_at": moment(after.ends_at)}


@router.get("/scenes")
async def scenes(server: ServerDep, who: Director) -> list[Json]:
    return [{**as_json(kept), "scene": scene_json(kept.scene)} for kept in server.scenes.all()]


@router.put("/scenes/{scene}")
async def keep_scene(scene: str, body: SavedSceneIn, server: ServerDep, who: Director) -> Json:
    kept = await server.scenes.keep(scene, body.name, body.scene.scene(), actor_of(who))
    return {**as_json(kept), "scene": scene_json(kept.scene)}


@router.delete("/scenes/{scene}")
async def drop_scene(scene: str, server: ServerDep, who: Director) -> Json:
    await server.scenes.drop(scene, actor_of(who))
    return {}
