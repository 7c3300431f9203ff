"""REST of docs/protocol.md section 1, and errors as problem documents."""

from datetime import datetime
from typing import Any

import httpx2
import pytest

from diemcau.domain.conference import CallState, Conference
from diemcau.domain.roles import Role
from diemcau.ports.mcus import Report
from diemcau.testing.app import FakeServer
from diemcau.testing.samples import MASTER, directory

SCENE = {"layout": "side-by-side", "sites": ["s-tinh", "s-bac-1"]}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def is_problem(answer: httpx2.Response, status: int, name: str) -> dict[str, Any]:
    """Require a complete problem document in both languages."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["type"] == f"urn:diemcau:{name}"
    assert document["status"] == status
    assert all(document[m] for m in ("title", "title_en", "detail", "detail_en"))
    return document


class Caller:
    """Calls on one conference with one role's token."""

    def __init__(self, house: FakeServer, client: httpx2.AsyncClient, token: str) -> None:
        self.base = f"/api/conferences/{house.conference.id}"
        self.client = client
        self.headers = bearer(token)

    async def post(self, call: str, body: Any = None) -> httpx2.Response:
        return await self.client.post(f"{self.base}/{call}", json=body, headers=self.headers)

    async def get(self, path: str = "") -> httpx2.Response:
        return await self.client.get(f"{self.base}{path}", headers=self.headers)


@pytest.fixture
def operator(house: FakeServer, client: httpx2.AsyncClient) -> Caller:
    return Caller(house, client, house.token(Role.OPERATOR))


@pytest.fixture
def chair(house: FakeServer, client: httpx2.AsyncClient) -> Caller:
    return Caller(house, client, house.token(Role.CHAIR, "s-tinh"))


@pytest.fixture
def site(house: FakeServer, client: httpx2.AsyncClient) -> Caller:
    return Caller(house, client, house.token(Role.SITE, "s-bac-1"))


async def state(caller: Caller) -> Any:
    return (await caller.get()).json()["state"]


async def test_me_says_who_a_token_speaks_for(house: FakeServer, site: Caller) -> None:
    answer = await site.client.get("/api/me", headers=site.headers)
    assert answer.json() == {
        "role": "site",
        "conference": house.conference.id,
        "site": "s-bac-1",
        "title": "Họp giao ban",
        "now": "2026-11-24T01:00:00.000Z",
        "expires_at": "2026-11-24T13:00:00.000Z",
    }


async def test_a_conference_is_opened_listed_and_closed(
    house: FakeServer, operator: Caller
) -> None:
    body = {"title": "Họp mới", "master": MASTER, "sites": ["s-tinh", "s-nam-1"], "chair": "s-tinh"}
    client, headers = operator.client, operator.headers
    answer = await client.post("/api/conferences", json=body, headers=headers)
    assert answer.status_code == 201
    made = answer.json()["id"]
    assert answer.json()["program"]["sites"] == ["s-tinh"]
    assert answer.headers["location"] == f"/api/conferences/{made}"
    listed = (await client.get("/api/conferences", headers=headers)).json()
    assert {c["id"] for c in listed} == {made, house.conference.id}
    assert (await client.delete(f"/api/conferences/{made}", headers=headers)).status_code == 200
    gone = await client.get(f"/api/conferences/{made}", headers=headers)
    is_problem(gone, 404, "unknown-conference")


async def test_the_snapshot_is_that_of_the_live_state(operator: Caller) -> None:
    answer = (await operator.get()).json()
    assert answer["type"] == "snapshot"
    assert answer["now"] == "2026-11-24T01:00:00.000Z"
    assert set(answer["state"]) == {
        "conference", "sites", "mcus", "server", "talk", "incidents", "alarms", "examinations",
    }  # fmt: skip
    assert len(answer["state"]["sites"]) == len(directory().sites)


async def test_a_site_gets_its_own_part_of_the_snapshot(site: Caller) -> None:
    assert set((await state(site))["sites"]) == {"s-bac-1", "s-tinh"}


async def test_units_come_parents_first(site: Caller) -> None:
    units = (await site.get("/units")).json()
    seen = {""}
    for unit in units:
        assert unit.get("parent", "") in seen
        seen.add(unit["id"])
    assert units[0] == {"id": "u-tinh", "name": "Tỉnh Mẫu", "tier": "province"}
    assert len(units) == 7


async def test_the_directory_is_the_operators(operator: Caller, site: Caller) -> None:
    answer = await operator.client.get("/api/directory", headers=operator.headers)
    book = answer.json()
    counts = {key: len(book[key]) for key in ("units", "sites", "mcus", "people", "duties")}
    assert counts == {"units": 7, "sites": 5, "mcus": 3, "people": 0, "duties": 0}
    assert book["mcus"][0]["operator"] == "Văn phòng UBND"
    assert book["mcus"][1]["parent"] == "tinh"
    refused = await site.client.get("/api/directory", headers=site.headers)
    is_problem(refused, 403, "not-allowed")


async def test_layouts_come_with_their_panes(site: Caller) -> None:
    layouts = (await site.client.get("/api/layouts", headers=site.headers)).json()
    assert layouts[0] == {
        "id": "full",
        "name": "Toàn màn hình",
        "name_en": "Full screen",
        "panes": [[0, 0, 1, 1]],
    }


async def test_health_needs_no_token(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/health")).json()["status"] == "ok"


async def test_preview_then_take_swaps_them(operator: Caller) -> None:
    assert (await operator.post("preview", {"scene": SCENE})).json() == {}
    assert (await state(operator))["conference"]["preview"]["sites"] == SCENE["sites"]
    assert (await operator.post("take")).json() == {}
    conference = (await state(operator))["conference"]
    assert conference["program"]["sites"] == SCENE["sites"]
    assert conference["preview"]["sites"] == ["s-tinh"]


async def test_a_take_may_name_its_scene_with_panes_of_its_own(operator: Caller) -> None:
    scene = {"panes": [[0, 0, 0.5, 1], [0.5, 0, 0.5, 1]], "sites": ["s-nam-1"]}
    assert (await operator.post("take", {"scene": scene})).status_code == 200
    program = (await state(operator))["conference"]["program"]
    assert program == {"layout": "custom", **scene, "sites": ["s-nam-1", ""]}


async def test_a_call_is_answered_with_the_call_and_released(
    house: FakeServer, chair: Caller
) -> None:
    call = (await chair.post("call", {"site": "s-bac-1"})).json()
    assert call["site"] == "s-bac-1"
    assert call["state"] == "requested"
    shown = (await state(chair))["conference"]
    assert shown["calls"] == [call]
    assert shown["chair_view"]["sites"] == ["s-bac-1"]
    assert (await chair.post("release", {})).status_code == 200
    is_problem(await chair.post("release"), 409, "conflict")


async def test_the_connection_time_counts_from_the_arrival_of_the_request(
    house: FakeServer, chair: Caller
) -> None:
    save = house.store.save_conference

    async def slow(conference: Conference, now: datetime) -> None:
        house.clock.advance(0.5)
        await save(conference, now)

    house.store.save_conference = slow  # type: ignore[method-assign]
    await chair.post("call", {"site": "s-bac-1"})
    params = {"conference": house.conference.id, "bus": "program", "take": "1", "slot": 1}
    ages = {"site": "s-bac-1", "picture_age_ms": 100, "sound_age_ms": 50}
    listener: Any = house.server.gateway.listener
    listener.report(Report(MASTER, "on_air", {**params, **ages}, transit_s=0.02))
    await listener.settle()
    call = house.server.control.get(house.conference.id).calls[0]
    assert call.state is CallState.CONNECTED
    assert (call.picture_ms, call.sound_ms) == (380, 430)


async def test_mute_all_spares_the_chair_and_those_named(operator: Caller) -> None:
    await operator.post("mute-all", {"except": ["s-nam-1"]})
    muted = {name for name, s in (await state(operator))["sites"].items() if s["muted"]}
    assert muted == {"s-bac-1", "s-bac-2", "s-nam-2"}


async def test_a_site_mutes_itself_and_no_other(site: Caller) -> None:
    assert (await site.post("mute", {"site": "s-bac-1", "muted": True})).status_code == 200
    assert (await state(site))["sites"]["s-bac-1"]["muted"] is True
    other = await site.post("mute", {"site": "s-bac-2", "muted": True})
    is_problem(other, 403, "token-elsewhere")


async def test_the_banner_comes_and_goes(operator: Caller) -> None:
    await operator.post("banner", {"text": "Nghỉ giải lao"})
    assert (await state(operator))["conference"]["banner"] == "Nghỉ giải lao"
    await operator.post("banner", {"text": ""})
    assert (await state(operator))["conference"]["banner"] == ""


async def test_a_link_opens_the_page_of_its_site(house: FakeServer, operator: Caller) -> None:
    link = (await operator.post("links", {"role": "site", "site": "s-bac-1", "hours": 2})).json()
    page, _, token = link["url"].partition("#token=")
    assert page == f"http://server/c/{house.conference.id}/site/s-bac-1"
    assert token == link["token"]
    assert link["expires_at"] == "2026-11-24T03:00:00.000Z"
    me = (await operator.client.get("/api/me", headers=bearer(token))).json()
    assert (me["role"], me["site"]) == ("site", "s-bac-1")


@pytest.mark.parametrize(
    ("role", "page"), [("operator", "control"), ("chair", "chair"), ("viewer", "screen")]
)
async def test_a_link_leads_to_the_page_of_its_role(
    role: str, page: str, house: FakeServer, operator: Caller
) -> None:
    url = (await operator.post("links", {"role": role})).json()["url"]
    assert url.startswith(f"http://server/c/{house.conference.id}/{page}#token=")


async def test_a_link_outlives_no_token_that_made_it(house: FakeServer, client: Any) -> None:
    scoped = Caller(house, client, house.token(Role.OPERATOR, conference=house.conference.id))
    link = (await scoped.post("links", {"role": "viewer", "hours": 500})).json()
    assert link["expires_at"] == "2026-11-24T13:00:00.000Z"


OPERATORS_ONLY: list[tuple[str, Any]] = [
    ("preview", {"scene": SCENE}),
    ("take", {"scene": SCENE}),
    ("banner", {"text": "x"}),
    ("links", {"role": "viewer"}),
]
DIRECTORS: list[tuple[str, Any]] = [
    ("call", {"site": "s-bac-1"}),
    ("release", {}),
    ("mute-all", {}),
]


@pytest.mark.parametrize(("call", "body"), OPERATORS_ONLY + DIRECTORS)
async def test_a_site_directs_nothing(call: str, body: Any, site: Caller) -> None:
    is_problem(await site.post(call, body), 403, "not-allowed")


@pytest.mark.parametrize(("call", "body"), OPERATORS_ONLY)
async def test_the_chair_does_not_do_the_operators_work(
    call: str, body: Any, chair: Caller
) -> None:
    is_problem(await chair.post(call, body), 403, "not-allowed")


@pytest.mark.parametrize(("call", "body"), OPERATORS_ONLY + DIRECTORS)
async def test_a_token_of_another_conference_does_nothing_here(
    call: str, body: Any, house: FakeServer, client: httpx2.AsyncClient
) -> None:
    elsewhere = Caller(house, client, house.token(Role.OPERATOR, conference="c-other"))
    is_problem(await elsewhere.post(call, body), 403, "token-elsewhere")


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({}, "no-token"),
        ({"Authorization": "Basic x"}, "no-token"),
        ({"Authorization": "Bearer "}, "no-token"),
        ({"Authorization": "Bearer x"}, "token-invalid"),
    ],
)
async def test_nothing_is_done_without_a_token(
    headers: dict[str, str], name: str, client: httpx2.AsyncClient
) -> None:
    answer = await client.get("/api/me", headers=headers)
    is_problem(answer, 401, name)
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_an_expired_token_is_named_so(house: FakeServer, operator: Caller) -> None:
    house.clock.advance(13 * 3600)
    is_problem(await operator.get(), 401, "token-expired")


@pytest.mark.parametrize(
    ("call", "body", "status", "name"),
    [
        ("preview", {}, 422, "invalid"),
        ("preview", {"scene": {"sites": []}}, 422, "invalid"),
        ("preview", {"scene": {"layout": "mosaic", "sites": []}}, 422, "invalid"),
        ("preview", {"scene": {**SCENE, "panes": [[0, 0, 1, 1]]}}, 422, "invalid"),
        ("preview", {"scene": {"panes": [[0, 0, 2, 1]], "sites": []}}, 422, "invalid"),
        ("preview", {"scene": {"panes": [[0, 0, "NaN", 1]], "sites": []}}, 422, "invalid"),
        ("preview", {"scene": {"panes": [], "sites": []}}, 422, "invalid"),
        ("preview", {"scene": {"layout": "full", "sites": ["s-tinh", "s-bac-1"]}}, 422, "invalid"),
        ("preview", {"scene": {"layout": "grid-2x2", "sites": ["s-tinh"] * 2}}, 422, "invalid"),
        ("preview", {"scene": {"layout": "full", "sites": ["s-x"]}}, 404, "unknown"),
        ("take", {"scenes": SCENE}, 422, "invalid"),
        ("call", {"site": "s-x"}, 404, "unknown"),
        ("call", {"site": ""}, 422, "invalid"),
        ("call", {"site": "s-tinh"}, 409, "conflict"),
        ("call", {"site": "Điểm"}, 422, "invalid"),
        ("mute", {"site": "s-x", "muted": True}, 404, "unknown"),
        ("mute", {"site": "s-bac-1", "muted": "perhaps"}, 422, "invalid"),
        ("mute-all", {"except": ["s-x"]}, 404, "unknown"),
        ("banner", {"text": "x" * 301}, 422, "invalid"),
        ("banner", {"text": "a\nb"}, 422, "invalid"),
        ("links", {"role": "king"}, 422, "invalid"),
        ("links", {"role": "site"}, 422, "invalid"),
        ("links", {"role": "site", "site": "s-x"}, 404, "unknown"),
        ("links", {"role": "viewer", "hours": 0}, 422, "invalid"),
        ("nothing", {}, 404, "unknown-address"),
    ],
)
async def test_bad_input_is_answered_with_what_is_wrong_and_changes_nothing(
    call: str, body: Any, status: int, name: str, house: FakeServer, operator: Caller
) -> None:
    before = await state(operator)
    is_problem(await operator.post(call, body), status, name)
    assert await state(operator) == before


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"title": ""}, 422),
        ({"title": None}, 422),
        ({"master": "x"}, 404),
        ({"sites": []}, 422),
        ({"sites": ["s-x"]}, 404),
        ({"chair": "s-x"}, 404),
        ({"buses": ["chair"]}, 422),
        ({"buses": ["x"]}, 422),
        ({"max_sites": 0}, 422),
        ({"max_sites": 10**9}, 422),
        ({"surprise": 1}, 422),
    ],
)
async def test_a_senseless_conference_is_not_opened(
    change: dict[str, Any], status: int, house: FakeServer, operator: Caller
) -> None:
    body = {"title": "Họp", "master": MASTER, "sites": ["s-tinh"], "chair": "s-tinh", **change}
    client = operator.client
    answer = await client.post("/api/conferences", json=body, headers=operator.headers)
    assert answer.status_code == status
    is_problem(answer, status, answer.json()["type"].rpartition(":")[2])
    assert len(house.server.control.all()) == 1


async def test_only_an_operator_of_all_opens_conferences(house: FakeServer, client: Any) -> None:
    token = house.token(Role.OPERATOR, conference=house.conference.id)
    body = {"title": "Họp", "master": MASTER, "sites": ["s-tinh"]}
    answer = await client.post("/api/conferences", json=body, headers=bearer(token))
    is_problem(answer, 403, "token-elsewhere")


async def test_a_fault_in_a_field_is_named_in_both_languages(operator: Caller) -> None:
    document = is_problem(await operator.post("mute", {"muted": True}), 422, "invalid")
    assert document["detail"] == "body.site: thiếu"
    assert document["detail_en"] == "body.site: Field required"
    assert document["errors"][0]["field"] == "body.site"


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000])
async def test_what_is_no_json_is_malformed(body: bytes, operator: Caller) -> None:
    headers = {**operator.headers, "Content-Type": "application/json"}
    answer = await operator.client.post(f"{operator.base}/banner", content=body, headers=headers)
    is_problem(answer, 400, "malformed")


@pytest.mark.parametrize("text", ['{"text": "\\ud800"}', '{"text": NaN}', '{"text": "\\u0000"}'])
async def test_json_that_no_text_can_hold_is_refused(text: str, operator: Caller) -> None:
    headers = {**operator.headers, "Content-Type": "application/json"}
    answer = await operator.client.post(f"{operator.base}/banner", content=text, headers=headers)
    is_problem(answer, 422, "invalid")


async def test_a_body_over_the_limit_is_refused_declared_or_not(operator: Caller) -> None:
    url = f"{operator.base}/banner"
    declared = await operator.client.post(
        url, content=b" " * (256 * 1024 + 1), headers=operator.headers
    )
    is_problem(declared, 413, "too-large")

    async def chunks() -> Any:
        for _ in range(257):
            yield b" " * 1024

    answer = await operator.client.post(url, content=chunks(), headers=operator.headers)
    is_problem(answer, 413, "too-large")


async def test_wrong_methods_and_addresses_are_problems_too(client: httpx2.AsyncClient) -> None:
    is_problem(await client.get("/api/nothing"), 404, "unknown-address")
    is_problem(await client.put("/api/health"), 405, "wrong-method")
    is_problem(await client.get("/whip/c/s"), 405, "wrong-method")


async def test_a_full_disk_is_told_and_undone(house: FakeServer, operator: Caller) -> None:
    before = await state(operator)
    house.store.failing = True
    answer = await operator.post("banner", {"text": "x"})
    is_problem(answer, 503, "not-stored")
    assert answer.headers["retry-after"]
    assert await state(operator) == before


async def test_a_failure_of_the_server_shows_no_trace(house: FakeServer, operator: Caller) -> None:
    async def broken(conference: Conference, now: datetime) -> None:
        raise ZeroDivisionError("secret detail")

    house.store.save_conference = broken  # type: ignore[method-assign]
    answer = await operator.post("banner", {"text": "x"})
    is_problem(answer, 500, "internal")
    assert "secret detail" not in answer.text


async def test_answers_are_guarded_and_not_cached(client: httpx2.AsyncClient) -> None:
    for path in ("/api/health", "/", "/api/nothing"):
        headers = (await client.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["permissions-policy"].startswith("camera=(self), microphone=(self)")
        assert headers["x-content-type-options"] == "nosniff"
    assert (await client.get("/api/health")).headers["cache-control"] == "no-store"
