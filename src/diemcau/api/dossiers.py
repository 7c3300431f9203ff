"""REST over dossiers: the list, one of them, and what the office decides (docs/protocol.md 6)."""

from typing import Annotated, Any

from fastapi import APIRouter, Response

from diemcau.api.context import PrincipalDep, ServerDep, actor_of
from diemcau.api.dossier_models import (
    AssessmentIn,
    CopyIn,
    DossierIn,
    DossierPatch,
    NoteIn,
    ReasonIn,
    StepIn,
    TokenIn,
    UrgentIn,
)
from diemcau.api.may import may
from diemcau.api.views import (
    answer_view,
    as_json,
    dossier_row,
    dossier_view,
    message_view,
    task_view,
)
from diemcau.domain.outbox import Message
from diemcau.domain.permissions import Action
from diemcau.ports.identity import NotAllowed, Principal
from diemcau.services.dossiers.notices import open_links
from diemcau.services.dossiers.post import ACKNOWLEDGE
from diemcau.services.guard import Place, SecretSession

Json = dict[str, Any]
router = APIRouter(prefix="/api")

Reading = Annotated[Principal, may(Action.READ_DOSSIER, "dossier")]
Readers = Annotated[Principal, may(Action.READ_DOSSIER)]
Organiser = Annotated[Principal, may(Action.EDIT_DOSSIER, "organiser")]
Organisers = Annotated[Principal, may(Action.EDIT_DOSSIER)]


@router.get("/desk")
async def desk(server: ServerDep, who: PrincipalDep) -> Json:
    """What is mine to do next, and the sessions I have a part in: an empty desk for whoever has
    none, an administrator say."""
    office = server.office
    return {
        "tasks": [task_view(task) for task in office.desk.tasks(who)],
        "dossiers": [dossier_row(server, dossier) for dossier in office.desk.visible(who)],
    }


@router.get("/dossiers")
async def dossiers(server: ServerDep, who: Readers) -> list[Json]:
    return [dossier_row(server, dossier) for dossier in server.office.desk.visible(who)]


@router.post("/dossiers", status_code=201)
async def open_dossier(
    body: DossierIn, server: ServerDep, who: Organisers, response: Response
) -> Json:
    server.guard.require(who, Action.EDIT_DOSSIER, Place(frozenset({body.unit})))
    dossier = await server.office.cases.open(body.request(), actor_of(who))
    response.headers["Location"] = f"/api/dossiers/{dossier.id}"
    return dossier_view(server, dossier)


@router.post("/urgent", status_code=201)
async def urgent(body: UrgentIn, server: ServerDep, who: Organisers, response: Response) -> Json:
    """From one form to notices out, cascade planned and MCUs building (R6.2)."""
    server.guard.require(who, Action.EDIT_DOSSIER, Place(frozenset({body.unit})))
    request = body.request(server.clock.now())
    dossier = await server.office.urgent(request, actor_of(who))
    response.headers["Location"] = f"/api/dossiers/{dossier.id}"
    return dossier_view(server, dossier)


@router.get("/dossiers/{dossier}")
async def one_dossier(dossier: str, server: ServerDep, who: Reading) -> Json:
    return dossier_view(server, server.files.dossier(dossier))


@router.patch("/dossiers/{dossier}")
async def edit(dossier: str, body: DossierPatch, server: ServerDep, who: Organiser) -> Json:
    """Change it; once a notice is out, whoever was told is told of the change."""
    office = server.office
    after = await office.cases.edit(dossier, body.changes(), actor_of(who), office.notices.tell)
    return dossier_view(server, after)


@router.post("/dossiers/{dossier}/copies", status_code=201)
async def copy(dossier: str, body: CopyIn, server: ServerDep, who: Organiser) -> list[Json]:
    made = await server.office.cases.copy(dossier, body.starts, actor_of(who))
    return [dossier_row(server, one) for one in made]


@router.post("/dossiers/{dossier}/cancel")
async def cancel(dossier: str, body: ReasonIn, server: ServerDep, who: Organiser) -> Json:
    after = await server.office.notices.cancel(dossier, body.reason, actor_of(who))
    return dossier_view(server, after)


@router.put("/dossiers/{dossier}/assessment")
async def assess(dossier: str, body: AssessmentIn, server: ServerDep, who: Organiser) -> Json:
    after = await server.office.cases.assess(dossier, body.assessment, actor_of(who))
    return dossier_view(server, after)


@router.put("/dossiers/{dossier}/steps/{step}")
async def mark_step(
    dossier: str,
    step: str,
    body: StepIn,
    server: ServerDep,
    who: Annotated[Principal, may(Action.MARK_STEP, "dossier")],
) -> Json:
    """A step is done by the word of one of its roles, or of the organiser's office."""
    found = server.files.dossier(dossier)
    _require_role_of_step(server, who, dossier, step)
    after = await server.office.cases.mark_step(found.id, step, body.done, body.note, actor_of(who))
    return dossier_view(server, after)


def _require_role_of_step(server: ServerDep, who: Principal, dossier: str, step_id: str) -> None:
    found = server.files.dossier(dossier)
    step = server.office.cases.step(found, step_id)
    places = (found.unit, found.master, *found.sites)
    mine = server.guard.roles_at(who, places)
    if server.guard.may(who, Action.EDIT_DOSSIER, Place(frozenset({found.unit}))):
        return
    if not mine & set(step.roles):
        raise NotAllowed(
            f"Bước «{step.title.vi}» thuộc trách nhiệm của: {', '.join(step.roles)}.",
            f"Step {step.title.en!r} is for: {', '.join(step.roles)}.",
        )


@router.get("/dossiers/{dossier}/notices")
async def notices(dossier: str, server: ServerDep, who: Reading) -> Json:
    """Who was told and has answered; those who have not stand on top."""
    return {
        "answers": [
            answer_view(owed) for owed in server.office.notices.owed(server.files.dossier(dossier))
        ],
        "messages": [message_view(one) for one in server.records.of(Message, dossier).values()],
    }


@router.post("/dossiers/{dossier}/notices")
async def announce(dossier: str, server: ServerDep, who: Organiser) -> Json:
    after = await server.office.notices.announce(dossier, actor_of(who))
    return dossier_view(server, after)


@router.post("/dossiers/{dossier}/answers/{unit}")
async def acknowledge(
    dossier: str,
    unit: str,
    body: NoteIn,
    server: ServerDep,
    who: Annotated[Principal, may(Action.ACKNOWLEDGE, "unit")],
) -> Json:
    return as_json(await server.office.notices.acknowledge(dossier, unit, body.note, actor_of(who)))


@router.post("/acknowledgements")
async def acknowledge_by_link(body: TokenIn, server: ServerDep) -> Json:
    """One click, without an account: the token names the notice, and is good for nothing else."""
    subject = server.tokens.identify_purpose(ACKNOWLEDGE, body.token)
    dossier_id, unit, number = subject.split(".")
    dossier = server.files.dossier(dossier_id)
    if not open_links(dossier):
        raise SecretSession
    by = f"link:{ACKNOWLEDGE}:{unit}"
    answer = await server.office.notices.acknowledge(dossier_id, unit, body.note, by, number)
    return {
        "title": dossier.title,
        "starts_at": as_json(dossier)["starts_at"],
        "unit": server.book.directory.unit(unit).name,
        "given_at": as_json(answer)["given_at"],
    }
