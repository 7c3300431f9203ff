"""A line's history: measured quality over days, weeks and sessions, and the evidence behind it."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from diemcau.api.context import Server, ServerDep
from diemcau.api.directory import moment_of
from diemcau.api.may import may
from diemcau.api.views import as_json
from diemcau.domain.line_history import history
from diemcau.domain.localtime import VIETNAM
from diemcau.domain.measures import FAULTS, FIGURES, Minute
from diemcau.domain.permissions import Action
from diemcau.ports.identity import Principal
from diemcau.services.live import moment

Json = dict[str, Any]
router = APIRouter(prefix="/api/lines")

Reading = Annotated[Principal, may(Action.READ_DIRECTORY)]
Since = Annotated[str, Query(alias="from")]
Until = Annotated[str, Query(alias="to")]

USUAL = timedelta(days=30)
CSV_FIGURES = tuple(name for name in FIGURES if name not in ("fps", "level_db"))
"""What is measured of a link."""


@router.get("/{line}/history")
async def read(
    line: str, server: ServerDep, who: Reading, since: Since = "", until: Until = ""
) -> Json:
    begin, end = _span(server, since, until)
    found = server.lines.line(line)
    minutes = await server.lines.minutes(line, begin, end)
    named = {name: getattr(found, name) for name in ("id", "lower", "upper", "carrier")}
    return {**named, "from": moment(begin), "to": moment(end), **as_json(history(minutes))}


@router.get("/{line}/history.csv")
async def evidence(
    line: str, server: ServerDep, who: Reading, since: Since = "", until: Until = ""
) -> Response:
    """For the carrier: every minute as it was measured."""
    begin, end = _span(server, since, until)
    minutes = await server.lines.minutes(line, begin, end)
    headers = {"Content-Disposition": 'attachment; filename="duong-noi.csv"'}
    return Response(_table(minutes), media_type="text/csv; charset=utf-8", headers=headers)


def _span(server: Server, since: str, until: str) -> tuple[datetime, datetime]:
    end = moment_of(until, "to") or server.clock.now()
    return moment_of(since, "from") or end - USUAL, end


def _table(minutes: Sequence[Minute]) -> bytes:
    """With a byte order mark, by which spreadsheets know the letters."""
    text = io.StringIO()
    writer = csv.writer(text)
    figures = [f"{name}_{part}" for name in CSV_FIGURES for part in ("mean", "least", "most")]
    faults = [f"{name}_s" for name in FAULTS]
    writer.writerow(["minute", "minute_utc", "session", "there_s", *faults, *figures])
    for minute in minutes:
        local = minute.start.astimezone(VIETNAM).replace(tzinfo=None)
        values: list[Any] = [minute.faults_s.get(name, 0) for name in FAULTS]
        for name in CSV_FIGURES:
            figure = minute.figures.get(name)
            values += [figure.mean, figure.least, figure.most] if figure else ["", "", ""]
        writer.writerow([local, moment(minute.start), minute.session, minute.there_s, *values])
    return text.getvalue().encode("utf-8-sig")
