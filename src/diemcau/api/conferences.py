"""REST over conferences (docs/protocol.md section 1)."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from diemcau.api.context import (
    PrincipalDep,
    Server,
    ServerDep,
    require_conference,
    require_role,
)
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
from diemcau.domain.refusal import Invalid
from diemcau.ports.identity import Principal, Role, TokenElsewhere
from diemcau.services.conferences import Order
from diemcau.services.live import call_json, conference_json, moment, view_of

Json = dict[str, Any]
router = APIRouter(prefix="/api")

OPERATOR, CHAIR, SITE = Role.OPERATOR, Role.CHAIR, Role.SITE

_PAGES = {OPERATOR: "control", CHAIR: "chair", SITE: "site", Role.VIEWER: "screen"}
"""The page of each role, under the conference's address."""


@router.get("/conferences")
async def conferences(server: ServerDep, principal: PrincipalDep) -> list[Json]:
    require_role(principal, OPERATOR)
    mine = (c for c in server.control.all() if principal.conference in ("", c.id))
    return [conference_json(conference) for conference in mine]


@router.post("/conferences", status_code=201)
async def open_conference(
    body: ConferenceIn, server: ServerDep, principal: PrincipalDep, response: Response
) -> Json:
    require_role(principal, OPERATOR)
    if principal.conference:
        raise TokenElsewhere
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
async def snapshot(conference: str, server: ServerDep, principal: PrincipalDep) -> Json:
    require_conference(principal, conference)
    server.control.get(conference)
    return server.hub.snapshot(conference, view_of(principal))


@router.delete("/conferences/{conference}")
async def close_conference(conference: str, server: ServerDep, principal: PrincipalDep) -> Json:
    _may(server, principal, conference, OPERATOR)
    await server.control.close(conference)
    return {}


@router.get("/conferences/{conference}/units")
async def units(conference: str, server: ServerDep, principal: PrincipalDep) -> list[Json]:
    require_conference(principal, conference)
    tree = server.directory.units
    shown: dict[str, Json] = {}
    for site in server.control.get(conference).sites:
        unit = tree[server.directory.site(site).unit]
        for one in [*reversed(tree.above(unit.id)), unit]:
            shown.setdefault(one.id, unit_json(one.id, one.name, one.tier, one.parent))
    return list(shown.values())


@router.post("/conferences/{conference}/preview")
async def preview(
    conference: str, body: PreviewIn, server: ServerDep, principal: PrincipalDep
) -> Json:
    _may(server, principal, conference, OPERATOR)
    await server.control.preview(conference, body.scene.scene())
    return {}


@router.post("/conferences/{conference}/take")
async def take(
    conference: str, server: ServerDep, principal: PrincipalDep, body: TakeIn | None = None
) -> Json:
    _may(server, principal, conference, OPERATOR)
    scene = body.scene.scene() if body and body.scene else None
    await server.control.take(conference, scene)
    return {}


@router.post("/conferences/{conference}/call")
async def call(
    conference: str, body: CallIn, request: Request, server: ServerDep, principal: PrincipalDep
) -> Json:
    _may(server, principal, conference, OPERATOR, CHAIR)
    return call_json(await server.control.call(conference, body.site, request.scope[ARRIVED]))


@router.post("/conferences/{conference}/release")
async def release(
    conference: str, server: ServerDep, principal: PrincipalDep, body: NothingIn | None = None
) -> Json:
    _may(server, principal, conference, OPERATOR, CHAIR)
    await server.control.release(conference)
    return {}


@router.post("/conferences/{conference}/mute")
async def mute(conference: str, body: MuteIn, server: ServerDep, principal: PrincipalDep) -> Json:
    require_conference(principal, conference)
    own = bool(principal.site) and principal.site == body.site
    if principal.role is SITE and not own:
        raise TokenElsewhere
    if not own:
        require_role(principal, OPERATOR)
    await server.control.mute(conference, body.site, body.muted)
    return {}


@router.post("/conferences/{conference}/mute-all")
async def mute_all(
    conference: str, server: ServerDep, principal: PrincipalDep, body: MuteAllIn | None = None
) -> Json:
    _may(server, principal, conference, OPERATOR, CHAIR)
    await server.control.mute_all(conference, tuple(body.but) if body else ())
    return {}


@router.post("/conferences/{conference}/banner")
async def banner(
    conference: str, body: BannerIn, server: ServerDep, principal: PrincipalDep
) -> Json:
    _may(server, principal, conference, OPERATOR)
    await server.control.banner(conference, body.text)
    return {}


@router.post("/conferences/{conference}/links")
async def links(
    conference: str, body: LinkIn, request: Request, server: ServerDep, principal: PrincipalDep
) -> Json:
    """A link for somebody; it lasts no longer than the token it is made with."""
    _may(server, principal, conference, OPERATOR)
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
    base = server.public_url or str(request.base_url).rstrip("/")
    page = f"/c/{quote(conference)}/{_PAGES[body.role]}"
    page += f"/{body.site}" if body.role is SITE else ""
    url = f"{base}{page}#token={token}"
    return {"url": url, "token": token, "expires_at": moment(made.expires_at)}


def unit_json(unit_id: str, name: str, tier: str, parent: str) -> Json:
    return {"id": unit_id, "name": name, "tier": tier, **({"parent": parent} if parent else {})}


def _may(server: Server, principal: Principal, conference: str, *roles: Role) -> None:
    """The order of refusals: elsewhere, not allowed, no such conference."""
    require_conference(principal, conference)
    require_role(principal, *roles)
    server.control.get(conference)
