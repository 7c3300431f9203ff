"""REST beside conferences: who I am, the directory, the layouts, the server's health."""

from typing import Any

from fastapi import APIRouter

from diemcau import __version__
from diemcau.api.conferences import unit_json
from diemcau.api.context import PrincipalDep, ServerDep, require_role
from diemcau.domain.layout import LAYOUTS
from diemcau.ports.identity import Role
from diemcau.services.live import moment

Json = dict[str, Any]
router = APIRouter(prefix="/api")


@router.get("/me")
async def me(server: ServerDep, principal: PrincipalDep) -> Json:
    conference = server.control.get(principal.conference) if principal.conference else None
    return {
        "role": str(principal.role),
        "conference": principal.conference,
        **({"site": principal.site} if principal.site else {}),
        "title": conference.title if conference else "",
        "expires_at": moment(principal.expires_at),
    }


@router.get("/directory")
async def directory(server: ServerDep, principal: PrincipalDep) -> Json:
    require_role(principal, Role.OPERATOR)
    book = server.directory
    return {
        "units": [unit_json(u.id, u.name, u.tier, u.parent) for u in book.units],
        "sites": [
            {
                "id": site.id,
                "code": site.code,
                "name": site.name,
                "unit": site.unit,
                "mcu": site.mcu,
                "number": site.number,
            }
            for site in book.sites.values()
        ],
        "mcus": [
            {
                "id": mcu.id,
                "name": mcu.name,
                "operator": mcu.operator,
                **({"parent": mcu.parent} if mcu.parent else {}),
            }
            for mcu in book.mcus.values()
        ],
    }


@router.get("/layouts")
async def layouts(_principal: PrincipalDep) -> list[Json]:
    return [
        {
            "id": layout.id,
            "name": layout.name.vi,
            "name_en": layout.name.en,
            "panes": [[pane.x, pane.y, pane.w, pane.h] for pane in layout.panes],
        }
        for layout in LAYOUTS.values()
    ]


@router.get("/health")
async def health() -> Json:
    return {"status": "ok", "version": __version__}
