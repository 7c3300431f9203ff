"""Coming in by a short code, and room computers that come in by themselves."""

import re
from datetime import timedelta
from typing import Any

import httpx2

from diemcau.domain.dossier import Secrecy
from diemcau.domain.roles import Role
from diemcau.services.entrances import FORGIVEN, PAUSE_S
from diemcau.testing.app import FakeServer
from diemcau.testing.clock import START
from tests.contract.rights_world import BAC, HELD, SECRET, World
from tests.contract.test_api_rest import Caller, bearer, is_problem, operator

__all__ = ["operator"]

Json = dict[str, Any]


async def link(operator: Caller, **body: Any) -> Json:
    answer = await operator.post("links", body)
    assert answer.status_code == 200, answer.text
    made: Json = answer.json()
    return made


async def enter(client: httpx2.AsyncClient, code: str) -> httpx2.Response:
    return await client.post("/api/codes", json={"code": code})


async def test_a_code_gives_what_its_link_gives(
    house: FakeServer, client: httpx2.AsyncClient, operator: Caller
) -> None:
    made = await link(operator, role="site", site="s-bac-1", hours=2)
    assert re.fullmatch(r"\d{3}-\d{3}-\d{3}", made["code"])
    assert made["qr"].startswith("<svg")
    for typed in (made["code"], made["code"].replace("-", " "), made["code"].replace("-", "")):
        entry = (await enter(client, typed)).json()
        assert entry["url"].startswith(f"http://server/c/{house.conference.id}/site/s-bac-1#token=")
        assert entry["expires_at"] == made["expires_at"]
        me = await client.get("/api/me", headers=bearer(entry["token"]))
        assert (me.json()["role"], me.json()["site"]) == ("site", "s-bac-1")


async def test_an_operators_link_has_no_code(operator: Caller) -> None:
    assert "code" not in await link(operator, role="operator")
    assert "code" in await link(operator, role="viewer")


async def test_a_code_that_ended_says_so_and_one_that_never_was_too(
    house: FakeServer, client: httpx2.AsyncClient, operator: Caller
) -> None:
    made = await link(operator, role="viewer", hours=1)
    house.clock.advance(3601)
    is_problem(await enter(client, made["code"]), 401, "code-expired")
    wrong = "000-000-000" if made["code"] != "000-000-000" else "000-000-001"
    is_problem(await enter(client, wrong), 404, "code-unknown")
    is_problem(await enter(client, "12345"), 422, "invalid")
    is_problem(await enter(client, "12345678x"), 422, "invalid")
    house.clock.advance(3 * 24 * 3600)
    await link(Caller(house, client, house.token(Role.OPERATOR)), role="viewer")
    is_problem(await enter(client, made["code"]), 404, "code-unknown")


async def test_a_code_ends_with_its_conference(
    house: FakeServer, client: httpx2.AsyncClient, operator: Caller
) -> None:
    made = await link(operator, role="viewer")
    await house.server.control.close(house.conference.id)
    is_problem(await enter(client, made["code"]), 404, "unknown-conference")


async def test_guessing_is_slow_for_the_whole_server(
    house: FakeServer, client: httpx2.AsyncClient, operator: Caller
) -> None:
    made = await link(operator, role="viewer")
    taken = int(made["code"].replace("-", ""))
    guesses = (f"{(taken + step) % 10**9:09}" for step in range(1, 1000))
    for _ in range(FORGIVEN):
        is_problem(await enter(client, next(guesses)), 404, "code-unknown")
    refused = await enter(client, made["code"])
    is_problem(refused, 429, "too-many-codes")
    house.clock.advance(float(refused.headers["retry-after"]))
    assert (await enter(client, made["code"])).status_code == 200
    house.clock.advance(PAUSE_S)
    is_problem(await enter(client, next(guesses)), 404, "code-unknown")
    is_problem(await enter(client, next(guesses)), 404, "code-unknown")
    is_problem(await enter(client, next(guesses)), 429, "too-many-codes")


async def test_a_session_that_becomes_secret_takes_its_codes_back(
    world: World, asks: httpx2.AsyncClient
) -> None:
    director = world.token(Role.OPERATOR, conference="")
    made = await asks.post(
        f"/api/conferences/c-{HELD}/links",
        json={"role": "site", "site": "s-bac-1"},
        headers=bearer(director),
    )
    change = {"secrecy": "secret", "admitted": []}
    await asks.patch(
        f"/api/dossiers/{HELD}", json=change, headers=bearer(world.tokens["office-bac"])
    )
    is_problem(await enter(asks, made.json()["code"]), 403, "secret-session")


async def kiosk_of(world: World, asks: httpx2.AsyncClient, by: str, site: str = "s-bac-1") -> str:
    made = await asks.post(f"/api/kiosks/{site}", headers=bearer(world.tokens[by]))
    assert made.status_code == 200, made.text
    url: str = made.json()["url"]
    assert url.startswith("https://hop.example.vn/kiosk#token=")
    return url.partition("token=")[2]


async def wait(asks: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await asks.post("/api/kiosk", json={"token": token})


async def test_a_room_computer_finds_the_session_that_is_open(
    world: World, asks: httpx2.AsyncClient
) -> None:
    token = await kiosk_of(world, asks, "room-operator-bac-1")
    found = (await wait(asks, token)).json()
    assert (found["site"], found["name"]) == ("s-bac-1", "UBND xã bac 1")
    assert found["session"]["url"].startswith(f"https://hop.example.vn/c/c-{HELD}/site/s-bac-1#")
    me = await asks.get("/api/me", headers=bearer(found["session"]["token"]))
    assert (me.json()["site"], me.json()["conference"]) == ("s-bac-1", f"c-{HELD}")
    await world.server.office.sitting.close(HELD, "test")
    assert "session" not in (await wait(asks, token)).json()


async def test_a_room_computer_tells_todays_next_session_and_never_a_secret_one(
    world: World, asks: httpx2.AsyncClient
) -> None:
    token = await kiosk_of(world, asks, "room-operator-bac-1")
    assert "next" not in (await wait(asks, token)).json()
    for name, hours, more in (
        ("kin-bac", 1, {"secrecy": Secrecy.SECRET, "title": "Kín"}),
        ("muon-bac", 3, {}),
        ("som-bac", 2, {}),
    ):
        starts = START + timedelta(hours=hours)
        await world.dossier(name, starts_at=starts, ends_at=starts + timedelta(hours=1), **more)
    found = (await wait(asks, token)).json()
    assert found["next"]["title"] == "Giao ban bac"
    assert found["next"]["starts_at"].startswith("2026-11-24T03:00:00")
    await world.server.office.sitting.close(HELD, "test")
    assert "session" not in (await wait(asks, token)).json(), "the secret one that is open"


async def test_a_new_link_of_the_room_computer_ends_the_former(
    world: World, asks: httpx2.AsyncClient
) -> None:
    former = await kiosk_of(world, asks, "room-operator-bac-1")
    present = await kiosk_of(world, asks, "room-operator-bac-1")
    is_problem(await wait(asks, former), 401, "token-invalid")
    assert (await wait(asks, present)).status_code == 200
    world.clock.advance(364 * 24 * 3600)
    assert (await wait(asks, present)).status_code == 200
    world.clock.advance(2 * 24 * 3600)
    is_problem(await wait(asks, present), 401, "token-expired")


async def test_a_room_computers_token_opens_nothing_else(
    world: World, asks: httpx2.AsyncClient
) -> None:
    token = await kiosk_of(world, asks, "room-operator-bac-1")
    is_problem(await asks.get("/api/me", headers=bearer(token)), 401, "token-invalid")
    is_problem(await wait(asks, world.tokens["room-operator-bac-1"]), 401, "token-invalid")
    is_problem(await wait(asks, ""), 401, "no-token")
    found = (await wait(asks, token)).json()["session"]["token"]
    secret = await asks.get(f"/api/conferences/c-{SECRET}", headers=bearer(found))
    is_problem(secret, 403, "token-elsewhere")


async def test_whoever_answers_for_no_site_makes_no_room_computer(
    world: World, asks: httpx2.AsyncClient
) -> None:
    for who in ("room-operator-nam", "chair-bac", "link-site-own"):
        answer = await asks.post("/api/kiosks/s-bac-1", headers=bearer(world.tokens[who]))
        assert answer.status_code == 403, who
    answer = await asks.post("/api/kiosks/khong-co", headers=bearer(world.tokens["office-bac"]))
    is_problem(answer, 404, "unknown")


RESULTS = [
    {"item": "camera", "passed": True, "figures": {"fps": 25.0}},
    {"item": "codec", "passed": True},
    {"item": "microphone", "passed": True},
    {"item": "echo", "passed": False, "note": "Tiếng vọng −20 dB"},
    {"item": "loudspeaker", "passed": True},
    {"item": "network", "passed": True, "figures": {"rtt_ms": 12.5}},
]


REHEARSED = "duyet-bac"


async def rehearsed(world: World) -> dict[str, str]:
    """A session that is open and whose step of checks is; the header of its site's link."""
    office = world.server.office
    await world.dossier(REHEARSED)
    await office.notices.announce(REHEARSED, "test")
    await office.plans.draw(REHEARSED, "test")
    await office.plans.agree(REHEARSED, "test")
    await office.sitting.open(REHEARSED, "test")
    token, _ = world.server.tokens.issue(
        "test", Role.SITE, conference=f"c-{REHEARSED}", site="s-bac-1"
    )
    return bearer(token)


async def test_a_self_test_is_entered_on_the_check_sheet_by_whoever_made_it(
    world: World, asks: httpx2.AsyncClient
) -> None:
    headers = await rehearsed(world)
    path = f"/api/conferences/c-{REHEARSED}/self-test/s-bac-1"
    assert (await asks.get(path, headers=headers)).json() == {}
    kept = await asks.put(path, json={"results": RESULTS}, headers=headers)
    assert kept.status_code == 200, kept.text
    assert (await asks.get(path, headers=headers)).json() == kept.json()
    assert kept.json()["results"][0] == RESULTS[0] | {"note": ""}
    checks = await asks.get(
        f"/api/dossiers/{REHEARSED}/checks", headers=bearer(world.tokens["office-bac"])
    )
    (sheet,) = checks.json()["sheets"]
    assert (sheet["step"], sheet["site"]) == ("connect", "s-bac-1")
    found = {mark["item"]: (mark["passed"], mark["note"]) for mark in sheet["marks"]}
    passed = (True, "")
    assert found == {
        "picture": passed, "microphone": passed, "sound-in": passed, "camera": passed,
        "line": passed, "sound-out": (False, "Tiếng vọng −20 dB"),
    }  # fmt: skip
    assert {mark["by"] for mark in sheet["marks"]} == {"link:test"}
    mended = [*RESULTS[:3], {"item": "echo", "passed": True}]
    await asks.put(path, json={"results": mended}, headers=headers)
    marks = world.server.office.checks.sheet(
        world.server.files.dossier(REHEARSED), "connect", "s-bac-1"
    ).marks
    assert {(mark.item, mark.attempt) for mark in marks if mark.item in ("sound-out", "line")} == {
        ("sound-out", 2),
        ("line", 1),
    }
    assert [entry.action for entry in world.store.journal].count("self-test") == 2


async def test_a_step_that_is_not_open_yet_gets_no_marks(
    world: World, asks: httpx2.AsyncClient
) -> None:
    path = f"/api/dossiers/{BAC}/self-test/s-bac-1"
    headers = bearer(world.tokens["room-operator-bac-1"])
    assert (await asks.put(path, json={"results": RESULTS}, headers=headers)).status_code == 200
    dossier = world.server.files.dossier(BAC)
    assert world.server.office.checks.sheet(dossier, "connect", "s-bac-1").marks == ()
    await world.server.office.plans.agree(BAC, "test")
    await asks.put(path, json={"results": RESULTS}, headers=headers)
    assert len(world.server.office.checks.sheet(dossier, "connect", "s-bac-1").marks) == 6


async def test_a_conference_without_a_dossier_keeps_its_self_tests(
    house: FakeServer, client: httpx2.AsyncClient
) -> None:
    path = f"/api/conferences/{house.conference.id}/self-test/s-bac-1"
    own = bearer(house.token(Role.SITE, "s-bac-1"))
    assert (await client.put(path, json={"results": RESULTS}, headers=own)).status_code == 200
    assert house.store.journal[-1].text.vi == "UBND xã bac-1 tự kiểm tra: không đạt echo"
    twice = {"results": [RESULTS[0], RESULTS[0]]}
    is_problem(await client.put(path, json=twice, headers=own), 422, "invalid")
    other = {"results": [{"item": "mood", "passed": True}]}
    is_problem(await client.put(path, json=other, headers=own), 422, "invalid")
    silent = {"results": [{"item": "camera", "passed": False}]}
    is_problem(await client.put(path, json=silent, headers=own), 422, "invalid")
    away = path.replace("s-bac-1", "s-bac-2")
    is_problem(
        await client.put(away, json={"results": RESULTS}, headers=own), 403, "token-elsewhere"
    )
