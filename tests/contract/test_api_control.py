"""What an operator does beside taking: undo, floor, turns, clock, slate, lock; scenes kept."""

from typing import Any

import httpx2
import pytest

from diemcau.domain.resources import Mix
from diemcau.domain.roles import Role
from diemcau.services.observations import Seen
from diemcau.testing.app import FakeServer
from diemcau.testing.samples import MASTER, OFFER
from tests.contract.test_api_rest import Caller, bearer, chair, is_problem, operator, site

__all__ = ["chair", "operator", "site"]


def full(name: str) -> dict[str, Any]:
    return {"layout": "full", "sites": [name]}


def conference(house: FakeServer) -> Any:
    return house.server.hub.snapshot(house.conference.id, "*")["state"]["conference"]


def mix(house: FakeServer) -> Mix:
    (found,) = [r for r in house.mcus.desired[MASTER] if isinstance(r, Mix)]
    return found


@pytest.fixture
def put(house: FakeServer, client: httpx2.AsyncClient) -> Any:
    headers = bearer(house.token(Role.OPERATOR))
    base = f"/api/conferences/{house.conference.id}"

    async def put(path: str, **body: Any) -> httpx2.Response:
        return await client.put(f"{base}/{path}", json=body, headers=headers)

    return put


async def test_the_last_take_is_undone(house: FakeServer, operator: Caller) -> None:
    assert conference(house)["undo"] is False
    await operator.post("take", {"scene": full("s-bac-1")})
    assert conference(house)["undo"] is True
    assert (await operator.post("undo")).status_code == 200
    assert conference(house)["program"]["sites"] == ["s-tinh"]
    is_problem(await operator.post("undo"), 409, "conflict")


async def test_the_floor_is_one_sites(
    house: FakeServer, chair: Caller, operator: Caller, site: Caller
) -> None:
    for caller in (chair, operator):
        assert (await caller.post("floor", {"site": "s-bac-1"})).status_code == 200
        muted = house.server.control.get(house.conference.id).muted
        assert muted == {"s-bac-2", "s-nam-1", "s-nam-2"}
    is_problem(await site.post("floor", {"site": "s-bac-1"}), 403, "not-allowed")
    is_problem(await chair.post("floor", {"site": "s-none"}), 404, "unknown")


async def test_a_turn_goes_on_by_the_clock_and_ends_by_a_take(
    house: FakeServer, operator: Caller, put: Any
) -> None:
    there = ["s-bac-1", "s-bac-2", "s-nam-2", "s-nam-1"]
    assert (await put("turn", sites=there, seconds=30)).status_code == 200
    said = house.server.observations.of(house.conference.id)
    said.seen = {
        "bac": Seen(publishers={"s-bac-1": "x"}),
        "nam": Seen(publishers={"s-nam-1": "y", "s-nam-2": "z"}, silent=frozenset({"s-nam-2"})),
    }
    assert conference(house)["turn"]["place"] == 0
    house.clock.advance(29)
    await house.house.turns.tick()
    assert conference(house)["program"]["sites"] == ["s-bac-1"]
    house.clock.advance(1)
    await house.house.turns.tick()
    assert conference(house)["program"]["sites"] == ["s-nam-1"]
    assert conference(house)["preview"]["sites"] == ["s-bac-1"]
    await operator.post("take", {"scene": full("s-tinh")})
    assert "turn" not in conference(house)
    house.clock.advance(60)
    await house.house.turns.tick()
    assert conference(house)["program"]["sites"] == ["s-tinh"]


async def test_a_turn_is_ended_by_hand(house: FakeServer, client: Any, put: Any) -> None:
    await put("turn", sites=["s-bac-1", "s-nam-1"])
    address = f"/api/conferences/{house.conference.id}/turn"
    headers = bearer(house.token(Role.OPERATOR))
    assert (await client.delete(address, headers=headers)).status_code == 200
    is_problem(await client.delete(address, headers=headers), 409, "conflict")


async def test_the_clock_is_drawn_on_every_bus(house: FakeServer, put: Any) -> None:
    await put("clock", on=True)
    assert [bus.clock for bus in mix(house).buses] == [True, True]
    await put("clock", on=False)
    assert conference(house)["clock"] is False


async def test_a_slate_stands_in_place_of_pictures_and_sound(house: FakeServer, put: Any) -> None:
    await put("slate", text="Tạm nghỉ đến 09:30")
    bus = next(bus for bus in mix(house).buses if bus.bus == "program")
    assert [(p.slot, p.w, p.h, p.caption) for p in bus.panes] == [(-1, 1, 1, "Tạm nghỉ đến 09:30")]
    assert mix(house).open == ()
    assert conference(house)["slate"] == "Tạm nghỉ đến 09:30"
    await put("slate", text="")
    assert mix(house).open != ()


async def test_a_locked_conference_lets_back_in_who_was_there(
    house: FakeServer, client: httpx2.AsyncClient, put: Any
) -> None:
    async def join(name: str) -> httpx2.Response:
        headers = bearer(house.token(Role.SITE, name)) | {"Content-Type": "application/sdp"}
        address = f"/whip/{house.conference.id}/{name}?replace=true"
        return await client.post(address, content=OFFER, headers=headers)

    came = await join("s-bac-1")
    assert came.status_code == 201
    await put("lock", on=True)
    is_problem(await join("s-bac-2"), 409, "conference-locked")
    headers = bearer(house.token(Role.SITE, "s-bac-1"))
    assert (await client.delete(came.headers["Location"], headers=headers)).status_code == 200
    house.mcus.refusals["whip.publish"] = "no-room"
    assert (await join("s-bac-1")).status_code == 503
    house.mcus.refusals.clear()
    assert (await join("s-bac-1")).status_code == 201
    is_problem(await join("s-bac-2"), 409, "conference-locked")
    await put("lock", on=False)
    assert (await join("s-bac-2")).status_code == 201


async def test_who_had_come_and_left_before_the_lock_may_come_back(
    house: FakeServer, client: httpx2.AsyncClient, put: Any
) -> None:
    room = {"kind": "room", "conference": house.conference.id}
    publisher = {**room, "kind": "publisher", "site": "s-bac-1", "session": "one"}
    for resources in ([room, publisher], [room]):
        house.server.observations.observed("bac", {"epoch": "e", "resources": resources})
    await put("lock", on=True)
    assert house.server.control.get(house.conference.id).admitted == {"s-bac-1"}


async def test_a_conference_without_a_dossier_has_no_end(operator: Caller) -> None:
    is_problem(await operator.post("extend", {"minutes": 15}), 409, "conflict")


async def test_scenes_are_kept_changed_and_dropped(
    house: FakeServer, client: httpx2.AsyncClient
) -> None:
    headers = bearer(house.token(Role.OPERATOR))

    async def kept() -> list[Any]:
        return list((await client.get("/api/scenes", headers=headers)).json())

    panes = {"panes": [[0, 0, 0.5, 1], [0.5, 0, 0.5, 1]], "sites": ["s-tinh", ""]}
    for name, scene in (("Hai bên", panes), ("Bốn ô", {"layout": "grid-2x2"})):
        body = {"name": name, "scene": scene}
        answer = await client.put("/api/scenes/hai-ben", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
    (only,) = await kept()
    assert (only["name"], only["scene"]["layout"], only["sites"]) == ("Bốn ô", "grid-2x2", [])
    await client.put("/api/scenes/hai-ben", json={"name": "Hai", "scene": panes}, headers=headers)
    assert (await kept())[0]["scene"]["sites"] == ["s-tinh", ""]
    assert (await kept())[0]["scene"]["panes"] == panes["panes"]
    assert (await client.delete("/api/scenes/hai-ben", headers=headers)).status_code == 200
    assert await kept() == []
    is_problem(await client.delete("/api/scenes/hai-ben", headers=headers), 404, "unknown")
    bad = {"name": "X", "scene": panes}
    is_problem(await client.put("/api/scenes/Hai_B", json=bad, headers=headers), 422, "invalid")
