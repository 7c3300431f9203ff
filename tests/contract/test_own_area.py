"""A session over several MCUs, as those see it who run one of them: their own area, and no more."""

from typing import Any

import httpx2
import pytest
import pytest_asyncio

from diemcau.services.conferences import Order
from tests.contract.rights_world import World
from tests.contract.sockets import page
from tests.contract.test_api_rest import bearer, is_problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

SITES = ("s-tinh", "s-bac", "s-bac-1", "s-nam", "s-nam-1")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The province's own session; both districts are joined by the MCUs of their enterprises."""
    world = await World().build(tmp_path_factory.mktemp("data"))
    world.watched.failing = False
    order = Order("Họp tỉnh", "m-tinh", SITES, chair="s-tinh")
    world.conference = await world.server.control.open(order)
    return world


@pytest.fixture
def events(world: World) -> str:
    return f"/api/conferences/{world.conference.id}/events"


async def state(world: World, events: str, who: str) -> Any:
    async with page(world.app, events, world.tokens[who]) as one:
        heard = await one.hear()
    return heard["state"] if isinstance(heard, dict) else heard


@pytest.mark.parametrize("role", ["technician", "telecom", "manager"])
async def test_whoever_runs_an_mcu_sees_it_with_its_sites_and_what_is_above_it(
    role: str, world: World, events: str
) -> None:
    seen = await state(world, events, f"{role}-vnpt")
    assert set(seen["mcus"]) == {"m-bac", "m-tinh"}
    assert set(seen["sites"]) == {"s-bac", "s-bac-1", "s-tinh"}
    assert seen["conference"]["program"]["sites"] == ["s-tinh"]


@pytest.mark.parametrize("role", ["technician", "manager"])
async def test_whoever_runs_the_master_sees_all(role: str, world: World, events: str) -> None:
    seen = await state(world, events, f"{role}-tinh")
    assert set(seen["sites"]) == set(SITES)
    assert set(seen["mcus"]) == {"m-tinh", "m-bac", "m-nam"}


@pytest.mark.parametrize("who", ["technician-bac", "telecom-bac", "room-operator-vnpt"])
async def test_nobody_else_watches(who: str, world: World, events: str) -> None:
    """The unit that an MCU serves does not run it."""
    assert await state(world, events, who) == 4403


async def test_what_the_master_asks_for_is_on_the_lanes(world: World, events: str) -> None:
    control, name = world.server.control, world.conference.id
    await control.call(name, "s-bac-1", 0.0)
    seen = await state(world, events, "telecom-vnpt")
    lanes = seen["mcus"]["m-bac"]["link"]["lanes"]
    assert [lane["site"] for lane in lanes if "site" in lane] == ["s-bac-1"]
    assert seen["sites"]["s-bac-1"]["tally"] == "on_air"
    await control.release(name)


async def test_an_incident_is_seen_to_by_whoever_reaches_its_site(
    world: World, events: str
) -> None:
    name = world.conference.id
    made = await world.server.incidents.report(name, "site/s-bac-1", "Mất hình", {}, "test")
    assert set((await state(world, events, "telecom-vnpt"))["incidents"]) == {made.id}
    address = f"/api/conferences/{name}/incidents/{made.id}"
    transport = httpx2.ASGITransport(app=world.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://server") as client:

        async def take(who: str) -> httpx2.Response:
            headers = bearer(world.tokens[who])
            return await client.patch(address, json={"state": "taken"}, headers=headers)

        is_problem(await take("technician-nam"), 403, "not-allowed")
        is_problem(await take("room-operator-bac"), 403, "not-allowed")
        assert (await take("telecom-vnpt")).json()["steps"]["taken"]["by"] == "telecom-vnpt"


async def test_commands_stay_with_those_who_run_the_master(world: World) -> None:
    name = world.conference.id
    transport = httpx2.ASGITransport(app=world.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://server") as client:
        headers = bearer(world.tokens["technician-vnpt"])
        for verb in ("take", "release", "undo"):
            answer = await client.post(f"/api/conferences/{name}/{verb}", headers=headers)
            is_problem(answer, 403, "not-allowed")
