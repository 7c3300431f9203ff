"""Ways round the rights that somebody might try, each with what he holds already."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from diemcau.domain.accounts import Account
from diemcau.domain.roles import Grant, Role
from diemcau.services.dossiers.post import ACKNOWLEDGE
from tests.contract.rights_world import BAC, HELD, NAM, VICTIM, World

OFFER = {"Content-Type": "application/sdp"}


@pytest.fixture
async def world(tmp_path: Path) -> World:
    world = await World().build(tmp_path)
    world.watched.failing = False
    return world


class Asks:
    """Requests by anybody of the world, by his name."""

    def __init__(self, world: World, client: httpx2.AsyncClient) -> None:
        self._world = world
        self._client = client

    async def __call__(
        self, who: str, method: str, path: str, json: Any = None, **more: Any
    ) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self._world.tokens[who]}", **more.pop("headers", {})}
        return await self._client.request(method, path, headers=headers, json=json, **more)


@pytest.fixture
async def asks(world: World) -> AsyncIterator[Asks]:
    transport = httpx2.ASGITransport(app=world.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://server") as client:
        yield Asks(world, client)


def grants(world: World, account: str) -> tuple[Grant, ...]:
    return world.server.accounts.get(account).grants


async def test_nobody_raises_his_own_rights(world: World, asks: Asks) -> None:
    wanted = {"grants": [{"role": "admin", "unit": "u-bac"}, {"role": "office", "unit": "u-bac"}]}
    answer = await asks("admin-bac", "PATCH", "/api/accounts/admin-bac", wanted)
    assert answer.status_code == 403
    assert grants(world, "admin-bac") == (Grant(Role.ADMIN, "u-bac"),)
    name = {"name": "Tên mới", "grants": [{"role": "admin", "unit": "u-bac"}]}
    assert (await asks("admin-bac", "PATCH", "/api/accounts/admin-bac", name)).status_code == 200


async def test_a_refused_change_of_an_account_changes_nothing_of_it(
    world: World, asks: Asks
) -> None:
    before = world.server.accounts.get(VICTIM)
    wanted = {"name": "Khác", "active": False, "grants": [{"role": "office", "unit": "u-nam"}]}
    answer = await asks("admin-bac", "PATCH", f"/api/accounts/{VICTIM}", wanted)
    assert answer.status_code == 403
    assert world.server.accounts.get(VICTIM) == before


async def test_an_administrator_sees_and_changes_only_accounts_that_he_reaches_whole(
    world: World, asks: Asks
) -> None:
    both = Account("hai-noi", "X", grants=(Grant(Role.OFFICE, "u-bac"), Grant(Role.DIC, "u-nam")))
    await world.server.accounts.create(both, "test")
    shown = (await asks("admin-bac", "GET", "/api/accounts")).json()
    assert {VICTIM, "office-bac"} <= {one["id"] for one in shown}
    assert {"hai-noi", "office-nam", "office-tinh"}.isdisjoint(one["id"] for one in shown)
    for path in ("/api/accounts/hai-noi/password", "/api/accounts/office-tinh/password"):
        assert (await asks("admin-bac", "POST", path)).status_code == 403


async def test_an_account_on_a_unit_that_is_gone_is_the_houses_to_close(
    world: World, asks: Asks
) -> None:
    await world.account("mat-cho", (Role.OFFICE, "u-bac-2"))
    assert (await asks("office-bac", "DELETE", "/api/directory/unit/u-bac-2")).status_code == 200
    close = {"active": False, "grants": []}
    assert (await asks("admin-bac", "PATCH", "/api/accounts/mat-cho", close)).status_code == 403
    assert (await asks("admin-tinh", "PATCH", "/api/accounts/mat-cho", close)).status_code == 200
    assert not world.server.accounts.get("mat-cho").active


@pytest.mark.parametrize("entry", ["s-nam-1", "m-nam"])
async def test_a_unit_with_the_id_of_anothers_site_or_mcu_does_not_give_its_rights(
    entry: str, world: World, asks: Asks
) -> None:
    forged = {"name": "Xã giả", "tier": "commune", "parent": "u-bac"}
    answer = await asks("office-bac", "PUT", f"/api/directory/unit/{entry}", forged)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:diemcau:directory-faulty")


async def test_no_unit_leaves_its_superior_by_itself(world: World, asks: Asks) -> None:
    away = {"name": "Huyện bac", "tier": "district", "parent": "u-gov"}
    assert (await asks("office-bac", "PUT", "/api/directory/unit/u-bac", away)).status_code == 403
    assert world.server.book.directory.units["u-bac"].parent == "u-tinh"


async def test_a_line_is_charged_to_nobody_who_did_not_ask_for_it(asks: Asks) -> None:
    line = {"lower": "m-bac", "upper": "m-nam", "unit": "u-nam"}
    path = "/api/directory/line/l-moi"
    assert (await asks("manager-vnpt", "PUT", path, line)).status_code == 403
    assert (await asks("manager-vnpt", "PUT", path, line | {"unit": ""})).status_code == 200


async def test_whoever_runs_the_master_publishes_for_no_site_but_his_own(
    world: World, asks: Asks
) -> None:
    await world.dossier("chung-bac", sites=("s-bac", "s-nam-1"))
    await world.server.office.sitting.open("chung-bac", "test")
    for site, status in (("s-nam-1", 403), ("s-bac", 400)):
        path = f"/whip/c-chung-bac/{site}?replace=true"
        answer = await asks("telecom-vnpt", "POST", path, headers=OFFER, content=b"none")
        assert answer.status_code == status


async def test_an_acknowledgement_is_for_one_notice_of_one_unit_and_no_bearer_token(
    world: World, asks: Asks
) -> None:
    token = world.server.tokens.issue_purpose(ACKNOWLEDGE, f"{BAC}.u-bac-1.1", 24)
    given = [
        (await asks("nobody", "POST", "/api/acknowledgements", {"token": token})).json()
        for _ in range(2)
    ]
    assert given[0] == given[1]
    assert not world.server.office.notices.answer(BAC, "u-bac-1").missing
    assert world.server.office.notices.answer(BAC, "u-bac").missing
    await world.server.office.notices.announce(BAC, "test")
    answer = await asks("nobody", "POST", "/api/acknowledgements", {"token": token})
    assert answer.status_code == 409
    assert world.server.office.notices.answer(BAC, "u-bac-1").missing
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await asks("nobody", "GET", "/api/me", headers=bearer)).status_code == 401


@pytest.mark.parametrize("who", ["office-bac", "link-operator"])
async def test_a_token_that_is_no_acknowledgement_acknowledges_nothing(
    who: str, world: World, asks: Asks
) -> None:
    for token in (world.tokens[who], world.server.tokens.issue_purpose("other", BAC, 24)):
        answer = await asks("nobody", "POST", "/api/acknowledgements", {"token": token})
        assert answer.status_code == 401


async def test_the_key_of_anothers_dossier_opens_nothing_of_it(world: World, asks: Asks) -> None:
    body = {
        "title": "Giao ban bac", "procedure": "429-in-province", "unit": "u-nam",
        "master": "m-nam", "sites": ["s-nam"], "starts_at": "2026-12-24T01:00:00Z",
        "ends_at": "2026-12-24T03:00:00Z", "key": BAC,
    }  # fmt: skip
    answer = await asks("office-nam", "POST", "/api/dossiers", body)
    assert answer.status_code == 409
    assert "Kế hoạch" not in answer.text
    assert (
        await asks("office-nam", "POST", "/api/dossiers", body | {"unit": "u-bac"})
    ).status_code == 403


@pytest.mark.parametrize("who", ["admin-tinh", "khong-quyen", "link-viewer-bac"])
async def test_whoever_has_no_part_in_sessions_has_an_empty_desk(who: str, asks: Asks) -> None:
    answer = await asks(who, "GET", "/api/desk")
    assert (answer.status_code, answer.json()) == (200, {"tasks": [], "dossiers": []})


async def test_an_operators_link_of_one_conference_reads_no_dossier(asks: Asks) -> None:
    assert (await asks("link-operator-bac", "GET", "/api/dossiers")).json() == []
    assert (await asks("link-operator-bac", "GET", "/api/desk")).json()["dossiers"] == []
    for dossier in (HELD, BAC, NAM):
        answer = await asks("link-operator-bac", "GET", f"/api/dossiers/{dossier}")
        assert answer.status_code == 403


async def test_a_link_lasts_no_longer_than_the_link_it_was_made_with(asks: Asks) -> None:
    path = f"/api/conferences/c-{HELD}/links"
    made = await asks("link-operator-bac", "POST", path, {"role": "operator", "hours": 700})
    mine = (await asks("link-operator-bac", "GET", "/api/me")).json()
    assert made.json()["expires_at"] <= mine["expires_at"]


@pytest.mark.parametrize(
    "name", [f"{HELD}.s-bac", f"..%2F{HELD}", f"{HELD}%2Fx", "%00", f"{HELD}%00", "%ED%A0%80"]
)
async def test_a_name_with_dots_slashes_or_worse_names_nothing(name: str, asks: Asks) -> None:
    for path in (f"/api/dossiers/{name}", f"/api/conferences/{name}", f"/whip/{name}/s-bac"):
        answer = await asks("link-operator", "GET", path)
        assert answer.status_code in (404, 405)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_the_extract_of_the_log_book_is_for_its_readers(asks: Asks) -> None:
    path = f"/api/dossiers/{HELD}/documents/logbook.docx"
    assert (await asks("room-operator-bac-1", "GET", path)).status_code == 403
    assert (await asks("inspector-tinh", "GET", path)).status_code == 200


async def test_whoever_left_the_roster_of_accounts_is_out_at_once(world: World, asks: Asks) -> None:
    assert (await asks("office-bac", "GET", "/api/desk")).status_code == 200
    await world.server.accounts.deactivate("office-bac", "test")
    assert (await asks("office-bac", "GET", "/api/desk")).status_code == 401


async def test_no_password_or_code_gets_into_the_log_book(world: World, asks: Asks) -> None:
    made = await asks("admin-bac", "POST", f"/api/accounts/{VICTIM}/password")
    written = " ".join(str(entry.form()) for entry in world.store.journal)
    assert made.json()["password"] not in written
    assert world.server.accounts.get(VICTIM).password_hash not in written
