"""REST over what a dossier holds: script, plan, checks, the session, its documents."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from diemcau.api.context import ServerDep, actor_of, page_address
from diemcau.api.dossier_models import (
    ContactIn,
    MarksIn,
    PlanEditIn,
    PlanIn,
    ReasonIn,
    RollIn,
    ScriptIn,
)
from diemcau.api.may import may
from diemcau.api.models import SelfTestIn, Seq
from diemcau.api.views import as_json, checks_view, dossier_view, plan_view, roll_view
from diemcau.domain.dossier import Secrecy
from diemcau.domain.permissions import Action
from diemcau.domain.roles import Role
from diemcau.domain.script import differences
from diemcau.ports.identity import Principal
from diemcau.services.guard import Place, SecretSession, link_subject
from diemcau.services.live import moment

Json = dict[str, Any]
router = APIRouter(prefix="/api/dossiers/{dossier}")

Reading = Annotated[Principal, may(Action.READ_DOSSIER, "dossier")]
Organiser = Annotated[Principal, may(Action.EDIT_DOSSIER, "organiser")]
Planner = Annotated[Principal, may(Action.PLAN, "master")]
Holder = Annotated[Principal, may(Action.HOLD, "master")]
AtSite = Annotated[Principal, may(Action.CHECK, "site")]


@router.get("/script")
async def script(dossier: str, server: ServerDep, who: Reading) -> Json:
    """All versions, the newest first, each with what it changed from the one before."""
    versions = server.office.scripts.versions(server.files.dossier(dossier))
    former = {one.number: one for one in versions}
    in_force = server.office.scripts.in_force(server.files.dossier(dossier))
    return {
        "in_force": in_force.number if in_force else 0,
        "versions": [
            as_json(one)
            | {
                "differences": [
                    as_json(line) for line in differences(former.get(one.number - 1), one)
                ]
            }
            for one in versions
        ],
    }


@router.put("/script")
async def write_script(dossier: str, body: ScriptIn, server: ServerDep, who: Organiser) -> Json:
    items = [item.item() for item in body.items]
    return as_json(
        await server.office.scripts.write(dossier, items, body.former, body.reason, actor_of(who))
    )


@router.post("/script/{number}/approve")
async def approve_script(dossier: str, number: int, server: ServerDep, who: Organiser) -> Json:
    return as_json(await server.office.scripts.approve(dossier, number, actor_of(who)))


@router.get("/plan")
async def plan(dossier: str, server: ServerDep, who: Reading) -> Json:
    return plan_view(server, server.files.dossier(dossier))


@router.post("/plan")
async def draw_plan(dossier: str, body: PlanIn, server: ServerDep, who: Planner) -> Json:
    """Solve the cascade plan, with some sites held where they are wanted."""
    await server.office.plans.draw(dossier, actor_of(who), body.pins)
    return plan_view(server, server.files.dossier(dossier))


@router.put("/plan")
async def edit_plan(dossier: str, body: PlanEditIn, server: ServerDep, who: Planner) -> Json:
    """A plan by hand: refused with every limit that it breaks."""
    await server.office.plans.edit(dossier, body.parent, body.home, actor_of(who))
    return plan_view(server, server.files.dossier(dossier))


@router.post("/plan/agree")
async def agree_plan(dossier: str, server: ServerDep, who: Organiser) -> Json:
    await server.office.plans.agree(dossier, actor_of(who))
    return plan_view(server, server.files.dossier(dossier))


@router.get("/checks")
async def checks(dossier: str, server: ServerDep, who: Reading) -> Json:
    """The board: steps with their items and sites, the sheets so far, the contacts."""
    return checks_view(server, server.files.dossier(dossier))


@router.put("/checks/{step}/{site}")
async def mark(
    dossier: str, step: str, site: str, body: MarksIn, server: ServerDep, who: AtSite
) -> Json:
    return as_json(
        await server.office.checks.mark(dossier, step, site, body.found(), actor_of(who))
    )


@router.get("/examinations/{site}")
async def examination(dossier: str, site: str, server: ServerDep, who: Reading) -> Json:
    """What the unattended rehearsal found at a site the last time."""
    return server.rehearsals.found(dossier, site)


@router.put("/self-test/{site}")
async def test_before(
    dossier: str, site: str, body: SelfTestIn, server: ServerDep, who: AtSite
) -> Json:
    """What the room found when it tried its devices before the session is open."""
    return as_json(await server.self_tests.keep(dossier, site, body.findings(), actor_of(who)))


@router.put("/contacts/{site}")
async def hand_in(dossier: str, site: str, body: ContactIn, server: ServerDep, who: AtSite) -> Json:
    return as_json(await server.office.checks.hand_in(dossier, site, body.contact(), actor_of(who)))


@router.post("/open")
async def hold(dossier: str, server: ServerDep, who: Holder) -> Json:
    """Build the session on its MCUs, as it was planned."""
    return dossier_view(server, await server.office.sitting.open(dossier, actor_of(who)))


@router.post("/close")
async def close(dossier: str, server: ServerDep, who: Holder) -> Json:
    return dossier_view(server, await server.office.sitting.close(dossier, actor_of(who)))


@router.post("/join/{site}")
async def join(
    dossier: str,
    site: str,
    request: Request,
    server: ServerDep,
    who: Annotated[Principal, may(Action.JOIN, "site")],
) -> Json:
    """A way into the session as a site, for whoever answers for it; it ends with the session."""
    found = server.files.dossier(dossier)
    if found.secrecy is Secrecy.SECRET and not who.account:
        raise SecretSession
    server.control.get(found.conference)
    left = (found.ends_at - server.clock.now()).total_seconds() / 3600
    token, made = server.tokens.issue(
        link_subject(actor_of(who), site), Role.SITE, conference=found.conference, site=site,
        hours=max(left, 1.0) + 12,
    )  # fmt: skip
    url = page_address(request, found.conference, Role.SITE, site, token)
    return {"url": url, "token": token, "expires_at": moment(made.expires_at)}


@router.get("/roll")
async def roll(dossier: str, server: ServerDep, who: Reading) -> Json:
    """The roll, presence as the media showed it, and departures from the script."""
    return roll_view(server, server.files.dossier(dossier))


@router.put("/roll/{site}")
async def call_roll(dossier: str, site: str, body: RollIn, server: ServerDep, who: AtSite) -> Json:
    return as_json(
        await server.office.sitting.call_roll(
            dossier, site, body.roll, body.reason, body.people, actor_of(who)
        )
    )


@router.put("/departures/{departure}")
async def explain(
    dossier: str, departure: str, body: ReasonIn, server: ServerDep, who: Holder
) -> Json:
    return as_json(
        await server.office.sitting.explain(dossier, departure, body.reason, actor_of(who))
    )


@router.get("/assessment.{format}")
async def assessment(
    dossier: str, format: Literal["json", "xlsx"], server: ServerDep, who: Reading
) -> Response:
    """What was measured and done, as data; the document is the form ``assessment``."""
    found, assessments = server.files.dossier(dossier), server.office.assessments
    if format == "json":
        return JSONResponse(as_json(await assessments.of(found)))
    return _attached(await assessments.workbook(found), "assessment", format, dossier)


@router.get("/log-book")
async def log_book(
    dossier: str,
    server: ServerDep,
    who: Annotated[Principal, may(Action.READ_LOG_BOOK, "organiser")],
    after: Seq = 0,
    before: Seq | None = None,
) -> list[Json]:
    found = await server.store.entries(after, subject=f"dossier/{dossier}", before=before)
    return [entry.form() for entry in found]


@router.get("/documents/{form}.{format}")
async def document(
    dossier: str, form: str, format: Literal["docx", "pdf"], server: ServerDep, who: Reading
) -> Response:
    """A document of the session, in Vietnamese, in the form of Decree 30/2020/NĐ-CP.

    The extract of the log book is for those who may read the log book.
    """
    found = server.files.dossier(dossier)
    if form == "logbook":
        server.guard.require(who, Action.READ_LOG_BOOK, Place(frozenset({found.unit})))
    data = await server.office.printing.print(found, form, format)
    return _attached(data, form, format, dossier)


def _attached(data: bytes, form: str, format: str, dossier: str) -> Response:
    return Response(
        data,
        media_type=MEDIA_TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="{form}-{dossier}.{format}"'},
    )


MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
