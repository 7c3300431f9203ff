"""Incidents over REST: reported, worked on, answered by carrier and chair, closed by somebody."""

from typing import Any

import httpx2
import pytest

from diemcau.domain.dossier import Secrecy
from diemcau.domain.incident import Source
from diemcau.domain.roles import Role
from diemcau.testing.app import FakeServer
from tests.contract.rights_world import HELD, SECRET, World
from tests.contract.test_api_rest import Caller, bearer, is_problem, operator, site

__all__ = ["operator", "site"]

FIGURES = {"rtt_ms": 12.5, "loss_pct": 4.0}
BODY = {"text": "Hình giật", "figures": FIGURES}
BACK_AT = "2026-12-30T01:00:00.000Z"
CAUSE = {"state": "cause-known", "kind": "line", "cause": "Đứt cáp"}
CARRIER = {"state": "carrier-told", "carrier": "VNPT", "person": "Ông Lâm", "solution": "Hàn cáp",
           "back_at": BACK_AT}  # fmt: skip
MENDED = {"state": "mended", "remedy": "Đổi sang đường dự phòng"}


def state(house: FakeServer, view: str = "*") -> Any:
    return house.server.hub.snapshot(house.conference.id, view)["state"]


class Desk:
    """Whoever works on one incident of the house's conference."""

    def __init__(self, house: FakeServer, client: httpx2.AsyncClient, incident: str) -> None:
        self.house, self._client, self._incident = house, client, incident
        self.token = house.token(Role.OPERATOR)

    async def patch(self, token: str = "", **body: Any) -> httpx2.Response:
        return await self.ask("PATCH", "", body, token)

    async def ask(
        self, method: str, what: str, body: Any = None, token: str = ""
    ) -> httpx2.Response:
        address = f"/api/conferences/{self.house.conference.id}/incidents/{self._incident}{what}"
        headers = bearer(token or self.token)
        return await self._client.request(method, address, json=body, headers=headers)


@pytest.fixture
async def made(site: Caller) -> Any:
    return (await site.post("incidents/s-bac-1", BODY)).json()


@pytest.fixture
def desk(house: FakeServer, client: httpx2.AsyncClient, made: Any) -> Desk:
    return Desk(house, client, made["id"])


async def test_a_report_is_shown_where_it_concerns_with_its_figures(
    house: FakeServer, made: Any
) -> None:
    shown = state(house)["incidents"][made["id"]]
    assert (shown["state"], shown["figures"], shown["source"]) == ("reported", FIGURES, "room")
    assert state(house, "s-bac-1")["incidents"] == {made["id"]: shown}
    assert state(house, "s-bac-2")["incidents"] == {}


async def test_all_steps_are_timed_named_and_in_the_log_book(house: FakeServer, desk: Desk) -> None:
    chair = house.token(Role.CHAIR, "s-tinh")
    done = [await desk.patch(state="taken"), await desk.patch(**CAUSE), await desk.patch(**CARRIER)]
    house.clock.advance(60)
    done.append(await desk.ask("POST", "/answer", {"note": "Đồng ý"}))
    done.append(await desk.patch(state="chair-told", advice="Báo cáo sau"))
    done.append(await desk.ask("POST", "/heard", token=chair))
    done += [await desk.patch(**MENDED), await desk.patch(state="closed")]
    assert [answer.status_code for answer in done] == [200] * 8
    shown = done[-1].json()
    assert list(shown["steps"]) == [
        "taken", "cause-known", "carrier-told", "carrier-answered", "chair-told", "chair-heard",
        "mended", "closed",
    ]  # fmt: skip
    assert shown["steps"]["chair-heard"]["at"] > shown["steps"]["carrier-told"]["at"]
    assert (shown["kind"], shown["carrier"], shown["back_at"]) == ("line", "VNPT", BACK_AT)
    assert state(house)["incidents"][shown["id"]] == shown
    told = [e for e in house.store.journal if e.action.startswith("incident.")]
    assert [e.action.removeprefix("incident.") for e in told] == ["reported", *shown["steps"]]
    assert told[2].reason == "đường truyền: Đứt cáp"
    assert told[-1].reason == MENDED["remedy"]


async def test_a_room_reports_and_does_not_see_to_it(house: FakeServer, desk: Desk) -> None:
    own = house.token(Role.SITE, "s-bac-1")
    is_problem(await desk.patch(own, state="taken"), 403, "not-allowed")
    is_problem(await desk.ask("POST", "/answer", {}, own), 403, "not-allowed")
    is_problem(await desk.ask("POST", "/heard", token=own), 403, "not-allowed")


async def test_what_is_not_mended_is_not_closed(desk: Desk) -> None:
    is_problem(await desk.patch(state="closed"), 409, "conflict")
    is_problem(await desk.patch(state="mended", remedy=""), 422, "invalid")
    assert (await desk.patch(**MENDED)).json()["state"] == "mended"
    assert (await desk.patch(state="closed")).json()["state"] == "closed"
    is_problem(await desk.patch(state="taken"), 409, "conflict")


async def test_an_unknown_step_and_a_step_without_its_words_are_refused(desk: Desk) -> None:
    is_problem(await desk.patch(state="forgotten"), 422, "invalid")
    is_problem(await desk.patch(state="cause-known", kind="line"), 422, "invalid")
    is_problem(await desk.patch(state="cause-known", kind="ghosts", cause="x"), 422, "invalid")


async def test_the_chair_hears_only_what_he_was_told(desk: Desk) -> None:
    chair = desk.house.token(Role.CHAIR, "s-tinh")
    is_problem(await desk.ask("POST", "/heard", token=chair), 409, "conflict")


async def test_the_second_incident_of_a_site_shows_what_mended_the_first(
    house: FakeServer, client: httpx2.AsyncClient, desk: Desk, site: Caller
) -> None:
    for body in (CAUSE, MENDED, {"state": "closed"}):
        await desk.patch(**body)
    second = (await site.post("incidents/s-bac-1", BODY)).json()
    helped = (await Desk(house, client, second["id"]).ask("GET", "/help")).json()
    assert [(one["remedy"], one["kind"]) for one in helped["cures"]] == [(MENDED["remedy"], "line")]
    assert helped["carrier"]


async def test_whoever_runs_the_session_opens_one_on_a_link(
    house: FakeServer, operator: Caller
) -> None:
    made = await operator.post("incidents", {"subject": "link/bac/tinh", "text": "Mất kết nối"})
    assert made.status_code == 201
    assert (made.json()["link"], made.json()["site"], made.json()["source"]) == (
        "bac/tinh", "", "staff",
    )  # fmt: skip
    area = state(house, "mcu:bac")["incidents"]
    assert (set(area), state(house, "mcu:nam")["incidents"]) == ({made.json()["id"]}, {})
    for subject in ("link/bac/nam", "link/xa/tinh", "site/s-none"):
        is_problem(
            await operator.post("incidents", {"subject": subject, "text": "x"}), 404, "unknown"
        )


async def test_an_alarm_opens_one_and_says_nothing_new_until_that_is_mended(
    house: FakeServer, client: httpx2.AsyncClient
) -> None:
    incidents, name = house.server.incidents, house.conference.id
    first = await incidents.alarm(name, "link/bac/tinh", "Mất gói 5 %", {"loss_pct": 5.0})
    again = await incidents.alarm(name, "link/bac/tinh", "Mất gói 7 %", {"loss_pct": 7.0})
    assert (again, first.source, first.by) == (first, Source.ALARM, "system")
    await Desk(house, client, first.id).patch(**MENDED)
    assert (await incidents.alarm(name, "link/bac/tinh", "Mất gói 5 %", {})).id != first.id


async def test_no_incident_of_another_conference(desk: Desk) -> None:
    desk = Desk(desk.house, desk._client, "khac.1")
    is_problem(await desk.patch(state="taken"), 404, "unknown")


@pytest.fixture
async def asks(world: World) -> Any:
    transport = httpx2.ASGITransport(app=world.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://server") as client:

        async def ask(who: str, method: str, path: str, body: Any = None) -> httpx2.Response:
            headers = bearer(world.tokens[who])
            return await client.request(method, f"/api{path}", json=body, headers=headers)

        yield ask


async def test_the_enterprise_that_runs_the_mcu_answers_and_no_other(
    world: World, asks: Any
) -> None:
    path = f"/conferences/c-{HELD}/incidents/bac.1"
    for body in (CAUSE, CARRIER):
        assert (await asks("link-operator", "PATCH", path, body)).status_code == 200
    is_problem(await asks("telecom-nam", "POST", f"{path}/answer", {}), 403, "not-allowed")
    answer = await asks(
        "telecom-vnpt", "POST", f"{path}/answer", {"back_at": "2026-12-31T01:00:00Z"}
    )
    assert answer.json()["back_at"] == "2026-12-31T01:00:00.000Z"
    assert answer.json()["steps"]["carrier-answered"]["by"] == "telecom-vnpt"


async def test_an_incident_outlives_its_session_and_is_closed_by_its_dossier(
    world: World, asks: Any
) -> None:
    await world.server.office.sitting.close(HELD, "test")
    path = f"/dossiers/{HELD}/incidents"
    assert [one["state"] for one in (await asks("link-operator", "GET", path)).json()] == [
        "reported"
    ]
    for body in (MENDED, {"state": "closed"}):
        assert (await asks("technician-vnpt", "PATCH", f"{path}/bac.1", body)).status_code == 200
    assert [one["state"] for one in (await asks("link-operator", "GET", path)).json()] == ["closed"]


async def test_what_happened_in_a_secret_session_is_no_cure_elsewhere(
    world: World, asks: Any
) -> None:
    assert world.server.files.dossier(SECRET).secrecy is Secrecy.SECRET
    incidents = world.server.incidents
    hidden = await incidents.report(SECRET, "site/s-bac-1", "Mất tiếng", {}, "test")
    for body in (MENDED, {"state": "closed"}):
        path = f"/dossiers/{SECRET}/incidents/{hidden.id}"
        assert (await asks("link-operator", "PATCH", path, body)).status_code == 200
    second = await incidents.report(SECRET, "site/s-bac-1", "Mất tiếng", {}, "test")
    assert incidents.cures(HELD, "bac.1") == ()
    assert [one.id for one in incidents.cures(SECRET, second.id)] == [hidden.id]
    notes = await world.server.store.entries(0, subject=f"dossier/{SECRET}")
    assert all(MENDED["remedy"] not in (note.reason, note.text.vi) for note in notes)
