"""R5-secret: a secret session admits by its list, hands out nothing that works for anyone else, and
leaves its title and content nowhere but in its own dossier."""

import json
from dataclasses import replace
from typing import Any

import httpx2

from diemcau.domain.differences import MASK
from diemcau.domain.dossier import Secrecy
from diemcau.domain.outbox import Message
from diemcau.domain.roles import Role
from diemcau.services.dossiers.post import ACKNOWLEDGE
from tests.contract.rights_world import (
    BAC,
    CLERK,
    CONTENT,
    GUEST,
    HELD,
    HELD_NAM,
    NAM,
    SECRET,
    TITLE,
    World,
)
from tests.contract.sockets import page


def by(world: World, name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.tokens[name]}"}


async def patch(asks: httpx2.AsyncClient, world: World, dossier: str, **change: Any) -> Any:
    """What the district's office changes."""
    path = f"/api/dossiers/{dossier}"
    return await asks.patch(path, headers=by(world, "office-bac"), json=change)


async def test_a_guest_reads_and_watches_wherever_he_belongs(
    world: World, asks: httpx2.AsyncClient
) -> None:
    for path in (f"/api/dossiers/{SECRET}", f"/api/conferences/c-{SECRET}"):
        assert (await asks.get(path, headers=by(world, GUEST))).status_code == 200
        assert (await asks.get(path, headers=by(world, "delegate-nam"))).status_code == 403
    mine = (await asks.get("/api/dossiers", headers=by(world, GUEST))).json()
    assert {row["id"] for row in mine} == {NAM, HELD_NAM, SECRET}


async def test_whoever_is_taken_off_the_list_is_out_at_once(
    world: World, asks: httpx2.AsyncClient
) -> None:
    path = f"/api/conferences/c-{SECRET}/events"
    async with page(world.app, path, world.tokens[GUEST]) as one:
        assert isinstance(await one.hear(), dict)
        await patch(asks, world, SECRET, admitted=[])
        await world.server.control.banner(f"c-{SECRET}", "mới")
        assert await one.hear() == 4403
    answer = await asks.get(f"/api/dossiers/{SECRET}", headers=by(world, GUEST))
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:diemcau:not-allowed")


async def test_an_open_page_ends_with_the_account_it_was_opened_by(world: World) -> None:
    path = f"/api/conferences/c-{HELD}/events"
    async with page(world.app, path, world.tokens["office-bac"]) as one:
        assert isinstance(await one.hear(), dict)
        await world.server.accounts.sign_out("office-bac", "test")
        await world.server.control.banner(f"c-{HELD}", "mới")
        assert await one.hear() == 4401


async def test_links_made_before_it_became_secret_work_no_more(
    world: World, asks: httpx2.AsyncClient
) -> None:
    path = f"/api/conferences/c-{HELD}"
    assert (await asks.get(path, headers=by(world, "link-viewer-bac"))).status_code == 200
    assert (await patch(asks, world, HELD, secrecy="secret")).status_code == 200
    for link in ("link-viewer-bac", "link-operator-bac", "link-chair-bac", "link-site-own"):
        for where in (path, "/api/me", "/api/layouts"):
            answer = await asks.get(where, headers=by(world, link))
            assert (answer.status_code, answer.json()["type"]) == (
                403,
                "urn:diemcau:secret-session",
            )
    assert (await asks.get(path, headers=by(world, "link-operator"))).status_code == 200


async def test_the_way_in_for_a_site_works_as_long_as_the_account_it_was_made_for(
    world: World, asks: httpx2.AsyncClient
) -> None:
    join = f"/api/dossiers/{SECRET}/join/s-bac-1"
    made = await asks.post(join, headers=by(world, CLERK))
    bearer = {"Authorization": f"Bearer {made.json()['token']}"}
    assert (await asks.get("/api/me", headers=bearer)).status_code == 200
    await world.server.accounts.deactivate(CLERK, "test")
    assert (await asks.get("/api/me", headers=bearer)).status_code == 403


async def test_nobody_acknowledges_without_an_account_even_by_an_old_mail(
    world: World, asks: httpx2.AsyncClient
) -> None:
    token = world.server.tokens.issue_purpose(ACKNOWLEDGE, f"{BAC}.u-bac-1.1", 24)
    assert (await patch(asks, world, BAC, secrecy="secret")).status_code == 200
    answer = await asks.post("/api/acknowledgements", json={"token": token})
    assert answer.status_code == 403
    assert "Giao ban" not in answer.text
    answers = f"/api/dossiers/{BAC}/answers/u-bac-1"
    assert (await asks.post(answers, headers=by(world, CLERK), json={})).status_code == 200


async def test_mail_of_it_names_neither_title_nor_content_nor_a_link(world: World) -> None:
    messages = list(world.server.records.of(Message, SECRET).values())
    assert messages
    for message in messages:
        said = f"{message.subject} {message.body} {message.calendar}"
        assert TITLE not in said
        assert CONTENT not in said
        assert "/a#token=" not in said


async def test_the_log_book_says_what_was_done_and_nothing_of_what_it_is_about(
    world: World, asks: httpx2.AsyncClient
) -> None:
    await patch(asks, world, SECRET, content=f"{CONTENT} hai", title=f"{TITLE} hai")
    entries = [e.form() for e in world.store.journal if e.subject == f"dossier/{SECRET}"]
    assert {"dossier.opened", "session.opened", "dossier.changed"} <= {e["action"] for e in entries}
    written = json.dumps(entries, ensure_ascii=False)
    assert TITLE not in written
    assert CONTENT not in written
    changed = next(e for e in world.store.journal if e.action == "dossier.changed")
    masked = {change.path for change in changed.changes if change.new == MASK}
    assert {"title", "content"} <= masked


async def test_lists_and_clashes_of_others_do_not_name_it(
    world: World, asks: httpx2.AsyncClient
) -> None:
    for who in ("manager-bac", "dic-tinh", "room-manager-bac-1", "telecom-vnpt"):
        for path in ("/api/conferences", "/api/dossiers", "/api/desk", f"/api/dossiers/{BAC}"):
            answer = await asks.get(path, headers=by(world, who))
            assert TITLE not in answer.text, (who, path)
    clashes = (await asks.get(f"/api/dossiers/{BAC}", headers=by(world, "telecom-vnpt"))).json()
    other = [c for c in clashes["clashes"] if c["other"] == SECRET]
    assert other
    assert "mật" in other[0]["text"]["vi"]


async def test_only_accounts_that_are_there_can_be_on_the_list(
    world: World, asks: httpx2.AsyncClient
) -> None:
    for name in ("nguoi-chua-co", ""):
        answer = await patch(asks, world, SECRET, admitted=[name])
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:diemcau:unknown-account")
    assert world.server.files.dossier(SECRET).admitted == (GUEST,)


async def test_a_list_admits_nobody_to_a_session_that_is_not_secret(
    world: World, asks: httpx2.AsyncClient
) -> None:
    found = world.server.files.dossier(SECRET)
    await world.server.records.commit(replace(found, secrecy=Secrecy.INTERNAL))
    answer = await asks.get(f"/api/dossiers/{SECRET}", headers=by(world, GUEST))
    assert answer.status_code == 403


async def test_a_secret_session_of_another_unit_stays_closed_to_its_own_administrators(
    world: World, asks: httpx2.AsyncClient
) -> None:
    token = await world.account("admin-tinh-2", (Role.ADMIN, "u-tinh"), (Role.DIC, "u-tinh"))
    for path in (f"/api/dossiers/{SECRET}", f"/api/dossiers/{SECRET}/log-book"):
        answer = await asks.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 403
