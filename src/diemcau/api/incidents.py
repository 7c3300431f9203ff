"""REST for incidents: reported, worked on step by step, answered by carrier and chair (Article 7;
docs/protocol.md section 1). Those of a session that is closed are reached by its dossier."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter

from diemcau.api.context import Server, ServerDep, actor_of
from diemcau.api.incident_models import AnswerIn, IncidentIn, StepDone, SubjectIncidentIn
from diemcau.api.may import conference_place, may
from diemcau.domain import incident as verbs
from diemcau.domain.incident import Source, Step
from diemcau.domain.permissions import Action
from diemcau.domain.refusal import Unknown
from diemcau.domain.roles import Role
from diemcau.ports.identity import Principal
from diemcau.services.incidents import incident_json
from diemcau.services.rooms import file_of

Json = dict[str, Any]
router = APIRouter(prefix="/api")

Reporting = Annotated[Principal, may(Action.TAKE_PART, "conference")]
Opening = Annotated[Principal, may(Action.SEE_TO)]
SeeingTo = Annotated[Principal, may(Action.SEE_TO, "incident")]
Answering = Annotated[Principal, may(Action.ANSWER, "carrier")]
Hearing = Annotated[Principal, may(Action.HEAR, "conference")]
Reading = Annotated[Principal, may(Action.READ_DOSSIER, "dossier")]

ROOMS = frozenset({Role.ROOM_OPERATOR, Role.ROOM_MANAGER})
LIVE = "/conferences/{conference}/incidents"
FILED = "/dossiers/{dossier}/incidents"


@router.post(LIVE + "/{site}", status_code=201)
async def report(
    conference: str, site: str, body: IncidentIn, server: ServerDep, who: Reporting
) -> Json:
    """The site has a problem."""
    server.control.get(conference).require(site)
    room = who.role is Role.SITE or ROOMS & server.guard.roles_at(who, [site])
    source = Source.ROOM if room else Source.STAFF
    made = await server.incidents.report(
        file_of(conference), f"site/{site}", body.text, body.figures, actor_of(who), source
    )
    return incident_json(made)


@router.post(LIVE, status_code=201)
async def open_incident(
    conference: str, body: SubjectIncidentIn, server: ServerDep, who: Opening
) -> Json:
    """Whoever runs an MCU of the session opens one at its sites, or on the link above it."""
    site, link = verbs.place_of(body.subject)
    lower, _, upper = link.partition("/")
    whole = conference_place(server, conference)
    own = replace(whole, subjects=whole.subjects | {site or lower})
    server.guard.require(who, Action.SEE_TO, own)
    server.control.get(conference).require(site)
    if link and server.control.parent(conference, lower) != upper:
        raise Unknown(
            f"Phiên họp không có đường nối «{link}».", f"The session has no link {link!r}."
        )
    made = await server.incidents.report(
        file_of(conference), body.subject, body.text, body.figures, actor_of(who), Source.STAFF
    )
    return incident_json(made)


@router.patch(LIVE + "/{incident}")
async def see_to(
    conference: str, incident: str, body: StepDone, server: ServerDep, who: SeeingTo
) -> Json:
    return await _step(server, file_of(conference), incident, body, who)


@router.post(LIVE + "/{incident}/answer")
async def answer(
    conference: str, incident: str, body: AnswerIn, server: ServerDep, who: Answering
) -> Json:
    """The carrier confirms cause, solution and time."""
    return await _answer(server, file_of(conference), incident, body, who)


@router.post(LIVE + "/{incident}/heard")
async def hear(conference: str, incident: str, server: ServerDep, who: Hearing) -> Json:
    """The chair has read what he was told."""
    done = await server.incidents.step(
        file_of(conference), incident, Step.CHAIR_HEARD, verbs.chair_heard, actor_of(who)
    )
    return incident_json(done)


@router.get(LIVE + "/{incident}/help")
async def help_with(conference: str, incident: str, server: ServerDep, who: SeeingTo) -> Json:
    """What mended it there before, and which carrier is concerned."""
    return _help(server, file_of(conference), incident)


@router.get(FILED)
async def filed(dossier: str, server: ServerDep, who: Reading) -> list[Json]:
    return [incident_json(one) for one in server.incidents.of(dossier)]


@router.patch(FILED + "/{incident}")
async def see_to_filed(
    dossier: str, incident: str, body: StepDone, server: ServerDep, who: SeeingTo
) -> Json:
    return await _step(server, dossier, incident, body, who)


@router.post(FILED + "/{incident}/answer")
async def answer_filed(
    dossier: str, incident: str, body: AnswerIn, server: ServerDep, who: Answering
) -> Json:
    return await _answer(server, dossier, incident, body, who)


@router.get(FILED + "/{incident}/help")
async def help_with_filed(dossier: str, incident: str, server: ServerDep, who: SeeingTo) -> Json:
    return _help(server, dossier, incident)


async def _step(server: Server, file: str, incident: str, body: StepDone, who: Principal) -> Json:
    done = await server.incidents.step(file, incident, body.state, body.done, actor_of(who))
    return incident_json(done)


async def _answer(server: Server, file: str, incident: str, body: AnswerIn, who: Principal) -> Json:
    step = Step.CARRIER_ANSWERED
    return incident_json(
        await server.incidents.step(file, incident, step, body.done, actor_of(who))
    )


def _help(server: Server, file: str, incident: str) -> Json:
    return {
        "carrier": server.incidents.carrier(file, incident),
        "cures": [incident_json(one) for one in server.incidents.cures(file, incident)],
    }
