"""A session with an MCU of another make: its technician is asked, answers, and is timed."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from diemcau.domain.roles import Role
from diemcau.ports.mcus import Report
from diemcau.services.conferences import Order
from diemcau.services.observations import Seen
from diemcau.testing.app import FakeServer
from diemcau.testing.samples import GATEWAY, GUIDED, MASTER, OFFER, with_guided
from tests.contract.test_api_rest import Caller, bearer, is_problem, operator

__all__ = ["operator"]

Shown = Callable[[str, str], Awaitable[httpx2.Response]]
LISTED = ("s-tinh", "s-bac-1", "s-hang-1", "s-hang-2")


@pytest.fixture
async def house(tmp_path: Path) -> FakeServer:
    server = FakeServer()
    server.directory = with_guided()
    await server.start(tmp_path, conference=False)
    server.conference = await server.server.control.open(
        Order("Họp", MASTER, LISTED, chair="s-tinh")
    )
    return server


@pytest.fixture
def shown(house: FakeServer, client: httpx2.AsyncClient) -> Shown:
    async def shown(token: str, site: str) -> httpx2.Response:
        address = f"/api/conferences/{house.conference.id}/shown/{site}"
        return await client.put(address, headers=bearer(token))

    return shown


def state(house: FakeServer, view: str = "*") -> Any:
    return house.server.hub.snapshot(house.conference.id, view)["state"]


def test_the_gateway_takes_part_with_its_sites(house: FakeServer) -> None:
    assert house.conference.sites == (*LISTED, GATEWAY)
    assert state(house)["sites"]["s-hang-1"]["mcu"] == GUIDED
    assert state(house)["mcus"][GUIDED] == {
        "id": GUIDED, "name": "MCU hãng khác", "state": "offline", "parent": MASTER,
        "gateway": GATEWAY,
    }  # fmt: skip


async def test_a_called_site_is_asked_of_its_technician_and_connected_by_his_word(
    house: FakeServer, operator: Caller, shown: Shown
) -> None:
    technician = await house.account("ky-thuat", (Role.TECHNICIAN, "u-hang"))
    call = (await operator.post("call", {"site": "s-hang-1"})).json()
    assert call["ask"]["due_at"] == "2026-11-24T01:00:30.000Z"
    asked = state(house, f"mcu:{GUIDED}")["mcus"][GUIDED]["ask"]
    assert (asked["site"], "confirmed_at" in asked) == ("s-hang-1", False)
    params = {"conference": house.conference.id, "bus": "program", "slot": 1, "take": "1"}
    ages = {"picture_age_ms": 0.0, "sound_age_ms": 0.0}
    house.clock.advance(0.3)
    report = Report(MASTER, "on_air", params | ages | {"site": GATEWAY}, 0.0)
    await house.server.control.on_air(report, house.clock.monotonic())
    assert state(house)["conference"]["calls"][0]["picture_ms"] == 300.0
    house.clock.advance(31.7)
    assert (await shown(technician, "s-hang-1")).status_code == 200
    (call,) = state(house)["conference"]["calls"]
    assert (call["state"], call["connect_ms"]) == ("connected", 32_000.0)
    assert call["ask"]["confirmed_by"] == "ky-thuat"
    assert call["ask"]["confirmed_at"] > call["ask"]["due_at"]


async def test_what_arrives_is_of_the_site_that_is_shown(
    house: FakeServer, operator: Caller
) -> None:
    said = house.server.observations.of(house.conference.id)
    said.seen = {MASTER: Seen(ready=True, publishers={GATEWAY: "x"})}
    said.levels = {GATEWAY: -20.0}
    await operator.post("preview", {"scene": {"layout": "full", "sites": ["s-hang-1"]}})
    sites = state(house)["sites"]
    one, other = sites["s-hang-1"], sites["s-hang-2"]
    assert state(house)["mcus"][GUIDED]["state"] == "online"
    assert (one["state"], one["tally"], one["level_db"]) == ("ready", "next", -20.0)
    assert one["slot"] == sites[GATEWAY]["slot"]
    assert (other["state"], other["tally"]) == ("ready", "off")
    assert not {"slot", "level_db"} & other.keys()


async def test_only_who_reaches_the_site_confirms_and_only_what_is_asked(
    house: FakeServer, operator: Caller, shown: Shown
) -> None:
    technician = await house.account("ky-thuat", (Role.TECHNICIAN, "u-hang"))
    stranger = await house.account("khac", (Role.TECHNICIAN, "u-bac"))
    await operator.post("call", {"site": "s-hang-1"})
    is_problem(await shown(stranger, "s-hang-1"), 403, "not-allowed")
    is_problem(await shown(house.token(Role.CHAIR), "s-hang-1"), 403, "not-allowed")
    is_problem(await shown(technician, "s-hang-2"), 409, "conflict")
    is_problem(await shown(house.token(Role.OPERATOR), "s-bac-1"), 422, "invalid")
    assert (await shown(house.token(Role.OPERATOR), "s-hang-1")).status_code == 200


async def test_two_sites_of_it_are_not_shown_at_once(house: FakeServer, operator: Caller) -> None:
    scene = {"layout": "side-by-side", "sites": ["s-hang-1", "s-hang-2"]}
    is_problem(await operator.post("preview", {"scene": scene}), 409, "conflict")
    assert state(house)["conference"]["preview"]["sites"] == [""]


async def test_its_sites_do_not_join_by_themselves(
    house: FakeServer, client: httpx2.AsyncClient
) -> None:
    headers = bearer(house.token(Role.SITE, "s-hang-1")) | {"Content-Type": "application/sdp"}
    address = f"/whip/{house.conference.id}/s-hang-1"
    is_problem(await client.post(address, content=OFFER, headers=headers), 409, "conflict")


async def test_it_cannot_be_the_master(house: FakeServer, client: httpx2.AsyncClient) -> None:
    order = {"title": "Họp", "master": GUIDED, "sites": ["s-bac-1"]}
    headers = bearer(house.token(Role.OPERATOR))
    is_problem(await client.post("/api/conferences", json=order, headers=headers), 422, "invalid")


async def test_what_was_asked_and_answered_outlives_the_server(
    house: FakeServer, operator: Caller, shown: Shown, tmp_path: Path
) -> None:
    await operator.post("call", {"site": "s-hang-1"})
    await shown(house.token(Role.OPERATOR), "s-hang-1")
    before = house.server.control.get(house.conference.id)
    (kept,) = await house.store.conferences()
    assert kept == before
    assert kept.asks[GUIDED] == kept.calls[0].ask
