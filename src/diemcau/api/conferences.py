"""REST over conferences (docs/protocol.md section 1)."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from diemcau.api.context import Server, ServerDep, actor_of, address, page_address
from diemcau.api.may import conference_place, may, view_at
from diemcau.api.middleware import ARRIVED
from diemcau.api.models import (
    BannerIn,
    CallIn,
    ConferenceIn,
    LinkIn,
    MuteAllIn,
    MuteIn,
    NothingIn,
    PreviewIn,
    TakeIn,
)
from diemcau.domain.dossier import Secrecy
from diemcau.domain.permissions import Action
from diemcau.domain.refusal import Invalid
from diemcau.domain.roles import Role
from diemcau.domain.units import Unit
from diemcau.ports.identity import NotAllowed, Principal, TokenElsewhere
from diemcau.services.conferences import Order
from diemcau.services.guard import Place
from diemcau.services.live import call_json, conference_json, moment

Json = dict[str, Any]
router = APIRouter(prefix="/api")

Directing = Annotated[Principal, may(Action.DIRECT, "conference")]
Calling = Annotated[Principal, may(Action.CALL, "conference")]
Watching = Annotated[Principal, may(Action.WATCH, "session")]
Muting = Annotated[Principal, may(Action.MUTE_SITE, "conference")]

SITE = Role.SITE


@router.get("/conferences")
async def conferences(
    server: ServerDep, principal: Annotated[Principal, may(Action.DIRECT)]
) -> list[Json]:
    """Those that somebody may direct."""
    return [
        conference_json(conference)
        for conference in server.control.all()
        if _may_direct(server, principal, conference.id)
    ]


def _may_direct(server: Server, who: Principal, conference: str) -> bool:
    dossier = server.files.of_conference(conference)
    admitted = dossier is None or server.guard.admitted(who, dossier)
    return admitted and server.guard.may(who, Action.DIRECT, conference_place(server, conference))


@router.post("/conferences", status_code=201)
async def open_conference(
    body: ConferenceIn,
    server: ServerDep,
    principal: Annotated[Principal, may(Action.HOLD)],
    response: Response,
) -> Json:
    server.guard.require(principal, Action.HOLD, Place(frozenset({body.master})))
    order = Order(
        title=body.title,
        master=body.master,
        sites=tuple(body.sites),
        chair=body.chair,
        buses=tuple(dict.fromkeys(body.buses)),
        max_sites=body.max_sites,
    )
    conference = await server.control.open(order)
    response.headers["Location"] = f"/api/conferences/{conference.id}"
    return conference_json(conference)


@router.get("/conferences/{conference}")
async def snapshot(conference: str, server: ServerDep, principal: Watching) -> Json:
    return server.hub.snapshot(conference, view_at(server, principal, conference))


@router.delete("/conferences/{conference}")
async def close_conference(conference: str, server: ServerDep, principal: Directing) -> Json:
    await server.control.close(conference)
    return {}


@router.post("/conferences/{conference}/end")
async def end(conference: str, server: ServerDep, principal: Calling) -> Json:
    """The chair declares the session over: its dossier is closed with it."""
    dossier = server.files.of_conference(conference)
    if dossier is None:
        await server.control.close(conference)
    else:
        await server.office.sitting.close(dossier.id, actor_of(principal))
    return {}


@router.get("/conferences/{conference}/units")
async def units(conference: str, server: ServerDep, principal: Watching) -> list[Json]:
    directory = server.book.directory
    tree = directory.units
    shown: dict[str, Json] = {}
    for site in server.control.get(conference).sites:
        unit = tree[directory.site(site).unit]
        for one in [*reversed(tree.above(unit.id)), unit]:
            shown.setdefault(one.id, unit_json(one))
    return list(shown.values())


@router.post("/conferences/{conference}/preview")
async def preview(
    conference: str, body: PreviewIn, server: ServerDep, principal: Directing
) -> Json:
    await server.control.preview(conference, body.scene.scene())
    return {}


@router.post("/conferences/{conference}/take")
async def take(
    conference: str, server: ServerDep, principal: Directing, body: TakeIn | None = None
) -> Json:
    """What departs from the script is written down, with the reason if there is one (R5-script)."""
    order = body or TakeIn()
    sitting = server.office.sitting
    scene = order.scene.scene() if order.scene else None
    if order.item:
        scene = sitting.staged(conference, order.item)
    await server.control.take(conference, scene, order.item)
    shown = server.control.get(conference).program
    await sitting.took(conference, shown, order.reason, actor_of(principal), order.item)
    return {}


@router.post("/conferences/{conference}/call")
async def call(
    conference: str, body: CallIn, request: Request, server: ServerDep, principal: Calling
) -> Json:
    """The request of the chair: it is on its way before it is written down."""
    made = await server.control.call(conference, body.site, request.scope[ARRIVED])
    await server.office.sitting.asked(conference, made.id, actor_of(principal))
    return call_json(made)


@router.post("/conferences/{conference}/release")
async def release(
    conference: str, server: ServerDep, principal: Calling, body: NothingIn | None = None
) -> Json:
    await server.control.release(conference)
    return {}


@router.post("/conferences/{conference}/mute")
async def mute(conference: str, body: MuteIn, server: ServerDep, principal: Muting) -> Json:
    own = bool(principal.site) and principal.site == body.site
    if principal.role is SITE and not own:
        raise TokenElsewhere
    if not own:
        server.guard.require(principal, Action.DIRECT, conference_place(server, conference))
    await server.control.mute(conference, body.site, body.muted)
    return {}


@router.post("/conferences/{conference}/mute-all")
async def mute_all(
    conference: str, server: ServerDep, principal: Calling, body: MuteAllIn | None = None
) -> Json:
    await server.control.mute_all(conference, tuple(body.but) if body else ())
    return {}


@router.post("/conferences/{conference}/banner")
async def banner(conference: str, body: BannerIn, server: ServerDep, principal: Directing) -> Json:
    await server.control.banner(conference, body.text)
    return {}


@router.post("/conferences/{conference}/links")
async def links(
    conference: str, body: LinkIn, request: Request, server: ServerDep, principal: Directing
) -> Json:
    """A link for somebody; it lasts no longer than the token it is made with."""
    dossier = server.files.of_conference(conference)
    if dossier is not None and dossier.secrecy is Secrecy.SECRET:
        raise NotAllowed(
            "Phiên họp mật không có đường dẫn; người trong danh sách vào bằng tài khoản của mình.",
            "A secret session has no links; those on its list come in by their accounts.",
        )
    server.control.get(conference).require(body.site)
    if body.role is SITE and not body.site:
        raise Invalid("Đường dẫn cho điểm cầu cần «site».", "A site's link needs 'site'.")
    left_h = (principal.expires_at - server.clock.now()).total_seconds() / 3600
    token, made = server.tokens.issue(
        body.site or f"{body.role}-{conference}",
        body.role,
        conference=conference,
        site=body.site,
        hours=min(body.hours, left_h) if principal.conference else body.hours,
    )
    link = {
        "url": page_address(request, conference, body.role, body.site, token),
        "token": token,
        "expires_at": moment(made.expires_at),
    }
    if body.role is Role.OPERATOR:
        return link
    code = await server.entrances.code(made, actor_of(principal))
    qr = server.entrances.picture(address(request, f"/join#code={code.id}"))
    return link | {"code": code.spoken, "qr": qr}


def unit_json(unit: Unit) -> Json:
    place = {"latitude": unit.latitude, "longitude": unit.longitude}
    return {
        "id": unit.id,
        "name": unit.name,
        "tier": unit.tier,
        **({"parent": unit.parent} if unit.parent else {}),
        **(place if any(place.values()) else {}),
    }
