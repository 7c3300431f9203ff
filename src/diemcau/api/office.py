"""REST over what the office keeps: procedures, document templates, the log book."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import StringConstraints

from diemcau.api.context import ServerDep, actor_of
from diemcau.api.dossier_work import MEDIA_TYPES
from diemcau.api.may import may
from diemcau.api.models import Body, Line, Moment, Seq
from diemcau.api.views import as_json
from diemcau.domain.permissions import Action
from diemcau.ports.identity import Principal

Json = dict[str, Any]
router = APIRouter(prefix="/api")

Format = Literal["docx", "pdf"]
Reading = Annotated[Principal, may(Action.READ_PROCEDURES)]
Templates = Annotated[Principal, may(Action.EDIT_TEMPLATES, "home")]
LogBook = Annotated[Principal, may(Action.READ_LOG_BOOK, "home")]

MOST = 1000
YEAR = timedelta(days=366)


class ProcedureIn(Body):
    text: Annotated[str, StringConstraints(min_length=1, max_length=200_000)]


@router.get("/procedures")
async def procedures(server: ServerDep, who: Reading) -> list[Json]:
    """The newest version of each."""
    return [as_json(procedure) for procedure in server.files.procedures.latest().values()]


@router.post("/procedures", status_code=201)
async def add_procedure(
    body: ProcedureIn,
    server: ServerDep,
    who: Annotated[Principal, may(Action.EDIT_PROCEDURES, "home")],
) -> Json:
    return as_json(await server.files.procedures.add(body.text, actor_of(who)))


@router.get("/procedures/{version}")
async def procedure(version: str, server: ServerDep, who: Reading) -> Json:
    found = server.files.procedures.get(version)
    return {"procedure": as_json(found), "text": server.files.procedures.text(version)}


@router.get("/templates")
async def templates(server: ServerDep, who: Reading) -> list[Json]:
    return [as_json(template) for template in server.templates.documents.templates()]


@router.get("/templates/{form}.{format}")
async def template(form: str, format: Format, server: ServerDep, who: Templates) -> Response:
    data = server.templates.documents.template(form, format)
    kind = MEDIA_TYPES["docx"] if format == "docx" else "text/plain; charset=utf-8"
    name = f"{form}.{'docx' if format == 'docx' else 'typ'}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=kind, headers=headers)


@router.put("/templates/{form}.{format}")
async def replace_template(
    form: str, format: Format, request: Request, server: ServerDep, who: Templates
) -> Json:
    """The office's own template: tried with an example first, and refused if that fails."""
    await server.templates.replace(form, format, await request.body(), actor_of(who))
    return {}


@router.delete("/templates/{form}.{format}")
async def restore_template(form: str, format: Format, server: ServerDep, who: Templates) -> Json:
    await server.templates.restore(form, format, actor_of(who))
    return {}


@router.get("/line-ranking.{format}")
async def line_ranking(
    format: Literal["json", "xlsx"],
    server: ServerDep,
    who: LogBook,
    since: Moment | None = None,
    until: Moment | None = None,
) -> Response:
    """The lines that want mending, over the sessions that were closed (of the last year)."""
    end = until or server.clock.now()
    span, assessments = (since or end - YEAR, end), server.office.assessments
    if format == "json":
        return JSONResponse([as_json(one) for one in assessments.ranking(*span)])
    return Response(
        await assessments.ranking_workbook(*span),
        media_type=MEDIA_TYPES[format],
        headers={"Content-Disposition": 'attachment; filename="line-ranking.xlsx"'},
    )


@router.get("/log-book")
async def log_book(
    server: ServerDep,
    who: LogBook,
    after: Seq = 0,
    before: Seq | None = None,
    limit: int = 200,
    subject: Line = "",
    actor: Line = "",
) -> list[Json]:
    """With ``before`` the last ones below that number, else the first ones above ``after``."""
    limit = min(max(limit, 1), MOST)
    found = await server.store.entries(after, limit, subject, actor, before)
    return [entry.form() for entry in found]


@router.get("/log-book/export")
async def export_log_book(server: ServerDep, who: LogBook) -> StreamingResponse:
    """All of it with its signed head, for ``./diemcau verify-log``."""
    headers = {"Content-Disposition": 'attachment; filename="so-theo-doi.ndjson"'}
    return StreamingResponse(
        server.journal.export(), media_type="application/x-ndjson", headers=headers
    )


@router.get("/log-book/verify")
async def verify_log_book(server: ServerDep, who: LogBook) -> Json:
    verdict = await server.verify_log_book()
    return {
        "ok": verdict.ok,
        "count": verdict.count,
        "faults": [as_json(fault) for fault in verdict.faults],
    }
