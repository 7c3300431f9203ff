"""A line's history: recomputed here from the minutes, and the evidence as a carrier reads it."""

import csv
import io
from datetime import UTC, datetime, timedelta
from statistics import fmean
from typing import Any

import httpx2
import pytest

from diemcau.domain.directory import Line
from diemcau.domain.measures import Figure, Minute
from diemcau.domain.roles import Role
from diemcau.testing.app import FakeServer
from diemcau.testing.samples import MASTER, NORTH
from tests.contract.test_api_rest import bearer, is_problem

DAY = datetime(2026, 11, 20, 1, tzinfo=UTC)


def minute(number: int, session: str, loss: float, lost: float = 0.0, way: str = "") -> Minute:
    subject = way or f"link/{NORTH}/{MASTER}"
    figures = {"loss_pct": Figure(10, loss, 0.0, 2 * loss), "mos": Figure(10, 4.4 - loss, 1, 4.5)}
    at = DAY + timedelta(minutes=number)
    return Minute(session, subject, at, 60 - lost, figures, {"lost": lost} if lost else {})


MINUTES = [
    *(minute(n, "d1", n / 100) for n in range(40)),
    *(minute(1440 + n, "d2", 0.5, lost=6.0) for n in range(10)),
    *(minute(3 * 1440 + n, "d3", 0.1, way=f"link/{MASTER}/{NORTH}") for n in range(5)),
]


@pytest.fixture
async def token(house: FakeServer) -> str:
    line = Line("l1", NORTH, MASTER, carrier="VNPT Vĩnh Phúc")
    await house.server.records.commit(line)
    await house.store.keep_minutes([*MINUTES, minute(3, "d1", 9.0, way="link/nam/tinh")])
    return house.token(Role.OPERATOR)


async def read(client: httpx2.AsyncClient, token: str, **query: str) -> Any:
    answer = await client.get("/api/lines/l1/history", headers=bearer(token), params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_days_weeks_and_the_worst_sessions(client: httpx2.AsyncClient, token: str) -> None:
    found = await read(client, token)
    assert (found["id"], found["carrier"]) == ("l1", "VNPT Vĩnh Phúc")
    first, second, third = found["days"]
    assert [day["start"] for day in (first, second, third)] == [
        "2026-11-20", "2026-11-21", "2026-11-23",
    ]  # fmt: skip
    assert (first["minutes"], first["availability"]) == (40, 100.0)
    losses = [n / 100 for n in range(40)]
    assert first["figures"]["loss_pct"] == {"mean": round(fmean(losses), 2), "p95": 0.37}
    assert first["figures"]["mos"]["p95"] == round(4.4 - 0.37, 2), "of a score, the low end"
    assert second["availability"] == 90.0
    assert [week["start"] for week in found["weeks"]] == ["2026-11-16", "2026-11-23"]
    assert found["weeks"][0]["minutes"] == 50
    assert [one["session"] for one in found["worst"]] == ["d2", "d1", "d3"]


async def test_only_what_was_asked_for(client: httpx2.AsyncClient, token: str) -> None:
    ends = {"from": "2026-11-21T00:00:00Z", "to": "2026-11-22T00:00:00Z"}
    found = await read(client, token, **ends)
    assert [day["minutes"] for day in found["days"]] == [10]
    empty = await read(client, token, **{"from": "2020-01-01T00:00:00Z", "to": ends["from"][:4]
                                         + "-01-01T00:00:00Z"})  # fmt: skip
    assert (empty["days"], empty["worst"]) == ([], [])


async def test_what_makes_no_sense_is_refused(client: httpx2.AsyncClient, token: str) -> None:
    async def asked(path: str) -> httpx2.Response:
        return await client.get(f"/api/lines/{path}", headers=bearer(token))

    is_problem(await asked("l9/history"), 404, "unknown")
    is_problem(await asked("l1/history?from=gestern"), 422, "invalid")
    is_problem(await asked("l9/history.csv"), 404, "unknown")


async def test_the_evidence_has_every_minute(client: httpx2.AsyncClient, token: str) -> None:
    answer = await client.get("/api/lines/l1/history.csv", headers=bearer(token))
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == len(MINUTES)
    assert rows[0]["minute"] == "2026-11-20 08:00:00"
    assert rows[0]["minute_utc"] == "2026-11-20T01:00:00.000Z"
    assert (rows[40]["lost_s"], rows[40]["there_s"]) == ("6.0", "54.0")
    assert rows[40]["loss_pct_most"] == "1.0"
    assert rows[40]["rtt_ms_mean"] == "", "a figure that is missing is missing"
