"""The permission walk over WebSockets: who may watch what, and what the news do not name."""

import pytest
import pytest_asyncio
from starlette.routing import WebSocketRoute

from diemcau.domain.permissions import Action
from diemcau.services.live import moment
from tests.contract.rights_rules import Expectation, Subject
from tests.contract.rights_world import (
    BAC,
    EVERYBODY,
    HELD,
    HELD_NAM,
    NAM,
    SECRET,
    Who,
    World,
)
from tests.contract.sockets import page

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOCKETS = {"/api/conferences/{conference}/events", "/api/events", "/agents/{mcu}"}
DOSSIERS = (BAC, HELD, NAM, HELD_NAM, SECRET)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return await World().build(tmp_path_factory.mktemp("data"))


def watches(rights: Expectation, who: Who, dossier: str) -> bool:
    subject = Subject(conference=f"c-{dossier}")
    return rights.declared(who, Action.WATCH, "conference", subject)


async def test_there_are_no_other_sockets(world: World) -> None:
    routes = [r for router in world.app.routes for r in _routes(router)]
    assert {r.path for r in routes if isinstance(r, WebSocketRoute)} == SOCKETS


def _routes(router: object) -> list[object]:
    original = getattr(router, "original_router", None)
    return list(original.routes) if original is not None else [router]


@pytest.mark.parametrize("dossier", [HELD, HELD_NAM, SECRET])
async def test_live_state_is_for_whoever_may_watch(dossier: str, world: World) -> None:
    rights, surprises = Expectation(world.directory), []
    for who in EVERYBODY:
        path = f"/api/conferences/c-{dossier}/events"
        async with page(world.app, path, world.tokens[who.name]) as one:
            heard = await one.hear()
        wanted = 4401 if who.refused else 4403
        may = watches(rights, who, dossier)
        fits = isinstance(heard, dict) if may else heard == wanted
        if not fits:
            surprises.append((who.name, may, heard))
    assert surprises == []


async def test_news_name_only_what_somebody_may_read(world: World) -> None:
    rights, surprises = Expectation(world.directory), []
    news, now = world.server.office.news, moment(world.clock.now())
    for who in EVERYBODY:
        async with page(world.app, "/api/events", world.tokens[who.name]) as one:
            for reader in list(news.readers):
                reader.tell([("", "Site"), *((dossier, "Dossier") for dossier in DOSSIERS)])
            heard = await one.hear()
        seen = [d for d in DOSSIERS if _reads(rights, who, d)]
        named = [["", "Site"], *([dossier, "Dossier"] for dossier in seen)]
        may = {"changed": named, "now": now}
        if heard != (may if rights.identified(who) else 4401):
            surprises.append((who.name, may, heard))
    assert surprises == []
    assert not news.readers


def _reads(rights: Expectation, who: Who, dossier: str) -> bool:
    return rights.declared(who, Action.READ_DOSSIER, "dossier", Subject(dossier=dossier))
