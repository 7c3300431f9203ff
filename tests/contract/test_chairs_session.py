"""What a chair's link shows of the session's script, and that it ends the session."""

from datetime import datetime
from typing import Any

import httpx2
import pytest

from diemcau.domain.assessment import SessionFigures
from diemcau.domain.dossier import Stage
from diemcau.domain.script import ScriptItem
from diemcau.ports.store import StoreFailed
from tests.contract.rights_world import HELD, World
from tests.contract.sockets import page
from tests.contract.test_api_rest import bearer, is_problem

EVENTS = f"/api/conferences/c-{HELD}/events"
ITEMS = (
    ScriptItem("m1", "Khai mạc", ("s-bac",), minutes=10, speaker="Chủ tịch", content="Mật"),
    ScriptItem("m2", "Xã 1 phát biểu", ("s-bac", "s-bac-1"), minutes=5, layout="side-by-side"),
)


async def shown(world: World, who: str) -> Any:
    async with page(world.app, EVENTS, world.tokens[who]) as one:
        heard = await one.hear()
    assert isinstance(heard, dict)
    return heard["state"].get("agenda")


async def test_the_agenda_is_what_the_script_in_force_says(world: World) -> None:
    assert await shown(world, "link-chair-bac") is None
    await world.server.office.scripts.write(HELD, ITEMS, 0, "chương trình đổi", "office-bac")
    agenda = [
        {"id": "m1", "title": "Khai mạc", "sites": ["s-bac"], "minutes": 10,
         "speaker": "Chủ tịch"},
        {"id": "m2", "title": "Xã 1 phát biểu", "sites": ["s-bac", "s-bac-1"], "minutes": 5},
    ]  # fmt: skip
    assert await shown(world, "link-chair-bac") == agenda
    assert await shown(world, "technician-vnpt") == agenda
    assert await shown(world, "link-site-own") is None
    assert await shown(world, "link-viewer-bac") is None


async def test_an_open_page_is_told_of_a_new_script(world: World) -> None:
    async with page(world.app, EVENTS, world.tokens["link-chair-bac"]) as one:
        await one.hear()
        await world.server.office.scripts.write(HELD, ITEMS[:1], 0, "đổi", "office-bac")
        heard = await one.hear()
    assert isinstance(heard, dict)
    assert [item["id"] for item in heard["patch"]["agenda"]] == ["m1"]


async def test_the_chair_ends_the_session_and_its_dossier_is_closed(
    world: World, asks: httpx2.AsyncClient
) -> None:
    async def end(who: str) -> httpx2.Response:
        path = f"/api/conferences/c-{HELD}/end"
        return await asks.post(path, headers=bearer(world.tokens[who]))

    is_problem(await end("link-site-own"), 403, "not-allowed")
    is_problem(await end("link-chair-nam"), 403, "token-elsewhere")
    assert world.server.control.find(f"c-{HELD}") is not None
    assert (await end("link-chair-bac")).status_code == 200
    assert world.server.control.find(f"c-{HELD}") is None
    assert world.server.files.dossier(HELD).stage is Stage.CLOSED
    is_problem(await end("link-operator"), 404, "unknown-conference")


async def test_a_session_whose_end_came_halfway_is_ended_by_asking_again(
    world: World, asks: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def end() -> httpx2.Response:
        headers = bearer(world.tokens["link-chair-bac"])
        return await asks.post(f"/api/conferences/c-{HELD}/end", headers=headers)

    async def full(conference: str, now: datetime) -> None:
        raise StoreFailed("the disk is full")

    with monkeypatch.context() as during:
        during.setattr(world.store, "close_conference", full)
        is_problem(await end(), 503, "not-stored")
    assert world.server.files.dossier(HELD).stage is Stage.CLOSED
    assert world.server.control.find(f"c-{HELD}") is not None
    assert (await end()).status_code == 200
    assert world.server.control.find(f"c-{HELD}") is None
    assert world.server.records.get(SessionFigures, HELD) is not None
    closings = [one for one in world.store.journal if one.action == "session.closed"]
    assert len(closings) == 1
