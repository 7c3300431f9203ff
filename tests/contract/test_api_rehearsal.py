"""The unattended rehearsal, from the request to the marks on the check sheets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from diemcau.domain.conference import Conference
from diemcau.domain.examination import DEFAULTS, Bound
from diemcau.domain.rehearsal import AGAIN, Examined
from diemcau.domain.resources import Examination, to_json
from diemcau.domain.roles import Role
from diemcau.ports.mcus import Report
from diemcau.services.conferences import Order
from diemcau.services.live import ALL
from diemcau.testing.app import FakeServer
from diemcau.testing.samples import MASTER, NORTH, SOUTH
from tests.contract.rights_world import BAC, World
from tests.contract.test_api_rest import bearer, is_problem

GOOD = {
    "frames": 150.0, "fps": 25.0, "width": 640.0, "height": 360.0, "luma": 95.0,
    "sound_s": 5.9, "listened_s": 2.6, "loudness_lufs": -23.0, "silence_s": 0.4, "loss_pct": 0.0,
}  # fmt: skip
HERE, THERE = "s-bac-1", "s-nam-1"


def publish(house: FakeServer, *sites: str, session: str = "p") -> None:
    """These sites are there, each at its MCU."""
    directory = house.server.book.directory
    for mcu in (MASTER, NORTH, SOUTH):
        own = [site for site in sites if directory.site(site).mcu == mcu]
        found = [{"kind": "publisher", "site": site, "session": session} for site in own]
        resources = [{**one, "conference": house.conference.id} for one in found]
        house.server.observations.observed(mcu, {"epoch": "e", "resources": resources})


def examinations(house: FakeServer) -> dict[str, int]:
    """Attempts of the sites that MCUs are to examine now."""
    return {
        resource.site: resource.attempt
        for resources in house.mcus.desired.values()
        for resource in resources
        if isinstance(resource, Examination)
    }


async def begun(
    house: FakeServer, client: httpx2.AsyncClient, path: str, operator: dict[str, str]
) -> None:
    """A site is there, and is to be examined."""
    publish(house, HERE)
    await client.post(path, headers=operator, json={"sites": [HERE]})
    await house.server.rehearsals.tick()


async def found(house: FakeServer, site: str, attempt: int = 1, **other: Any) -> None:
    """The site's examiner tells what it found, by default that all is well."""
    conference = house.server.control.get(house.conference.id)
    slot = conference.slots.index(site)
    house.server.observations.input(
        {"conference": conference.id, "site": site, "slot": slot, "state": "live"}
    )
    params = {"mark": None, "hears": True, "figures": GOOD, **other}
    mcu = house.server.book.directory.site(site).mcu
    about = {"conference": conference.id, "site": site, "attempt": attempt}
    await house.server.rehearsals.examined(Report(mcu, "examined", {**params, **about}))
    await house.server.rehearsals.tick()


async def examined_are(house: FakeServer, expected: dict[str, int]) -> None:
    """Once the rehearsal has done all that it can without anything new."""
    for _ in range(50):
        await asyncio.sleep(0)
    assert examinations(house) == expected


@asynccontextmanager
async def moving_on(house: FakeServer) -> AsyncIterator[None]:
    """Rehearsals move on by themselves in this block."""
    rehearsals = house.house.rehearsals
    job = asyncio.create_task(rehearsals.run())
    try:
        yield
    finally:
        rehearsals.stop()
        await job


def state(house: FakeServer) -> dict[str, Any]:
    seen: dict[str, Any] = house.server.hub.snapshot(house.conference.id, ALL)["state"]
    return seen


@pytest.fixture
def path(house: FakeServer) -> str:
    return f"/api/conferences/{house.conference.id}/rehearsal"


@pytest.fixture
def operator(house: FakeServer) -> dict[str, str]:
    return {"Authorization": f"Bearer {house.token(Role.OPERATOR)}"}


async def test_everybody_there_is_examined_and_passes(
    house: FakeServer, client: httpx2.AsyncClient, path: str, operator: dict[str, str]
) -> None:
    publish(house, "s-tinh", HERE)
    assert (await client.post(path, headers=operator)).status_code == 200
    await house.server.rehearsals.tick()
    assert examinations(house) == {"s-tinh": 1, HERE: 1}
    hears = {
        resource["site"]: resource["sound"]
        for resource in map(to_json, house.mcus.desired[NORTH])
        if resource["kind"] == "admission"
    }
    assert hears == {HERE: f"chirp/{HERE}", "s-bac-2": "program"}
    seen = state(house)
    assert seen["rehearsal"]["running"] == ["s-tinh", HERE]
    assert seen["examinations"][THERE] == {"state": "waiting"}
    await found(house, HERE)
    seen = state(house)
    assert seen["rehearsal"]["passed"] == [HERE]
    assert seen["examinations"][HERE]["state"] == "passed"
    assert seen["examinations"][HERE]["figures"] == GOOD
    publish(house, "s-tinh", HERE, THERE)
    await house.server.rehearsals.tick()
    assert examinations(house) == {"s-tinh": 1, THERE: 1}
    assert (await client.delete(path, headers=operator)).status_code == 200
    assert examinations(house) == {}
    assert "rehearsal" not in state(house)
    assert (await client.delete(path, headers=operator)).status_code == 409


async def test_who_fails_is_told_why_and_examined_again(
    house: FakeServer, client: httpx2.AsyncClient, path: str, operator: dict[str, str]
) -> None:
    await begun(house, client, path, operator)
    await found(house, HERE, hears=False)
    seen = state(house)["examinations"][HERE]
    assert (seen["state"], seen["attempt"]) == ("failed", 1)
    assert [fault["fault"] for fault in seen["faults"]] == ["one-way"]
    assert all(fault["reason"]["vi"] and fault["advice"]["en"] for fault in seen["faults"])
    assert examinations(house) == {}
    assert house.house.rehearsals.pause() == AGAIN.total_seconds()
    house.clock.advance(AGAIN.total_seconds())
    await house.server.rehearsals.tick()
    assert examinations(house) == {HERE: 2}
    await found(house, HERE, attempt=2)
    assert state(house)["rehearsal"]["passed"] == [HERE]


async def test_who_never_comes_keeps_nobody_waiting_who_failed(
    house: FakeServer, client: httpx2.AsyncClient, path: str, operator: dict[str, str]
) -> None:
    publish(house, HERE)
    await client.post(path, headers=operator, json={"sites": [HERE, THERE]})
    await house.server.rehearsals.tick()
    await found(house, HERE, hears=False)
    assert house.server.rehearsals.pause() == AGAIN.total_seconds()


async def test_what_falls_due_while_another_one_is_being_stored_is_not_forgotten(
    house: FakeServer,
    client: httpx2.AsyncClient,
    path: str,
    operator: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    save = house.store.save_conference

    async def slowly(conference: Conference, now: datetime) -> None:
        house.clock.advance(2)
        await save(conference, now)

    publish(house, HERE, THERE)
    await client.post(path, headers=operator, json={"sites": [HERE]})
    await house.server.rehearsals.tick()
    await found(house, HERE, hears=False)
    house.clock.advance(AGAIN.total_seconds() - 1)
    await client.post(path, headers=operator, json={"sites": [THERE]})
    monkeypatch.setattr(house.store, "save_conference", slowly)
    await house.server.rehearsals.tick()
    assert examinations(house) == {THERE: 1}
    assert house.server.rehearsals.pause() == 0
    await house.server.rehearsals.tick()
    assert examinations(house) == {HERE: 2, THERE: 1}


async def test_whom_the_session_lets_go_of_is_examined_then(
    house: FakeServer, client: httpx2.AsyncClient, path: str, operator: dict[str, str]
) -> None:
    publish(house, HERE)
    await house.server.control.call(house.conference.id, HERE, 0.0)
    async with moving_on(house):
        await client.post(path, headers=operator, json={"sites": [HERE]})
        await examined_are(house, {})
        await house.server.control.release(house.conference.id)
        await examined_are(house, {HERE: 1})


async def test_a_conference_that_is_closed_meanwhile_breaks_nothing(
    house: FakeServer,
    client: httpx2.AsyncClient,
    path: str,
    operator: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    control, save = house.server.control, house.store.save_conference
    other = await control.open(Order("Họp khác", MASTER, (THERE,)))
    await control.rehearse(other.id, [THERE])
    publish(house, HERE)
    await client.post(path, headers=operator, json={"sites": [HERE]})

    async def closing(conference: Conference, now: datetime) -> None:
        await control.close(other.id)
        await save(conference, now)

    monkeypatch.setattr(house.store, "save_conference", closing)
    await house.server.rehearsals.tick()
    assert examinations(house) == {HERE: 1}
    assert await house.server.rehearsals.tick()


async def test_who_could_not_be_examined_is_given_back_at_once_and_examined_later(
    house: FakeServer, client: httpx2.AsyncClient, path: str, operator: dict[str, str]
) -> None:
    """And nothing is said of the site, for nothing is known."""
    await begun(house, client, path, operator)
    about = {"conference": house.conference.id, "site": HERE, "attempt": 1}
    told = Report(NORTH, "examined", {**about, "failed": "examiner-timeout"})
    await house.server.rehearsals.examined(Report(SOUTH, "examined", told.params))
    assert examinations(house) == {HERE: 1}
    for _ in range(2):  # an agent that comes back says it again
        await house.server.rehearsals.examined(told)
        await house.server.rehearsals.tick()
        assert examinations(house) == {}
        assert state(house)["examinations"] == {HERE: {"state": "waiting"}}
    house.clock.advance(AGAIN.total_seconds())
    await house.server.rehearsals.tick()
    assert examinations(house) == {HERE: 2}


async def test_who_joined_anew_and_could_not_be_examined_then_waits_as_well(
    house: FakeServer, client: httpx2.AsyncClient, path: str, operator: dict[str, str]
) -> None:
    await begun(house, client, path, operator)
    await found(house, HERE, hears=False)
    publish(house, HERE, session="p2")
    await house.server.rehearsals.tick()
    assert examinations(house) == {HERE: 2}
    about = {"conference": house.conference.id, "site": HERE, "attempt": 2}
    failed = {**about, "failed": "examiner-timeout"}
    await house.server.rehearsals.examined(Report(NORTH, "examined", failed))
    await house.server.rehearsals.tick()
    assert examinations(house) == {}
    assert house.server.rehearsals.pause() == AGAIN.total_seconds()


async def test_figures_come_with_the_bounds_that_they_crossed(
    house: FakeServer, client: httpx2.AsyncClient, path: str, operator: dict[str, str]
) -> None:
    await begun(house, client, path, operator)
    await found(house, HERE, figures=GOOD | {"black": 1.0, "luma": 16.0, "to_connect_ms": 231.4})
    seen = state(house)["examinations"][HERE]
    assert [fault["fault"] for fault in seen["faults"]] == ["black"]
    assert seen["figures"]["to_connect_ms"] == 231.4
    assert seen["bounds"] == {
        "black": [{"figure": "black", "most": DEFAULTS.black}],
        "dark": [{"figure": "luma", "least": DEFAULTS.luma_min}],
    }


async def test_a_dossier_keeps_what_was_found_at_its_sites(
    world: World, asks: httpx2.AsyncClient
) -> None:
    base, site = f"/api/dossiers/{BAC}", "s-bac-1"
    headers = bearer(world.tokens["office-bac"])
    nothing = await asks.get(f"{base}/examinations/{site}", headers=headers)
    is_problem(nothing, 404, "unknown")
    kept = Examined(
        id=f"{BAC}.{site}", dossier=BAC, site=site, at=world.clock.now(), attempt=2,
        faults=("loss",), figures={"loss_pct": 9.0}, bounds={"loss": (Bound("loss_pct", most=3),)},
    )  # fmt: skip
    await world.server.records.commit(kept)
    found = (await asks.get(f"{base}/examinations/{site}", headers=headers)).json()
    assert (found["attempt"], found["figures"]) == (2, {"loss_pct": 9.0})
    assert found["bounds"] == {"loss": [{"figure": "loss_pct", "most": 3}]}
    assert found["faults"][0]["reason"]["vi"]
    checks = (await asks.get(f"{base}/checks", headers=headers)).json()
    assert checks["examined"] == {site: False}


@pytest.mark.parametrize(
    ("page", "faults"),
    [
        ({"can_send_kbps": 1750.0}, []),
        ({"rtt_ms": 900.0}, ["delay"]),
        ({"can_send_kbps": -1.0, "jitter_ms": 1e9}, []),
    ],
)
async def test_what_a_rooms_page_says_of_its_line_is_judged_if_it_can_be_true(
    house: FakeServer,
    client: httpx2.AsyncClient,
    path: str,
    operator: dict[str, str],
    page: dict[str, float],
    faults: list[str],
) -> None:
    publish(house, HERE)
    house.server.observations.page(house.conference.id, HERE, page)
    await client.post(path, headers=operator, json={"sites": [HERE]})
    await house.server.rehearsals.tick()
    await found(house, HERE)
    seen = state(house)["examinations"][HERE]
    assert [fault["fault"] for fault in seen["faults"]] == faults
    assert seen["figures"] == GOOD | {n: v for n, v in page.items() if 0 <= v < 60_000}


async def test_who_joins_anew_after_mending_is_examined_at_once(
    house: FakeServer, client: httpx2.AsyncClient, path: str, operator: dict[str, str]
) -> None:
    await begun(house, client, path, operator)
    await found(house, HERE, hears=False)
    publish(house, HERE)
    await house.server.rehearsals.tick()
    assert examinations(house) == {}
    publish(house, HERE, session="p2")
    await house.server.rehearsals.tick()
    assert examinations(house) == {HERE: 2}


async def test_what_another_mcu_or_an_earlier_attempt_says_changes_nothing(
    house: FakeServer, client: httpx2.AsyncClient, path: str, operator: dict[str, str]
) -> None:
    await begun(house, client, path, operator)
    told = {"site": HERE, "attempt": 1, "mark": None, "hears": True, "figures": GOOD}
    about = {"conference": house.conference.id, **told}
    await house.server.rehearsals.examined(Report(SOUTH, "examined", about))
    await house.server.rehearsals.examined(Report(NORTH, "examined", {**about, "attempt": 7}))
    await house.server.rehearsals.examined(Report(NORTH, "examined", {**about, "site": "nobody"}))
    assert state(house)["rehearsal"]["running"] == [HERE]
    for broken in ({"figures": {"fps": float("nan")}}, {"figures": {"fps": "many"}}, {"mark": "x"}):
        with pytest.raises(ValueError, match=r"finite|convert|invalid"):
            _ = house.server.rehearsals.examined(Report(NORTH, "examined", {**about, **broken}))


async def test_a_room_sees_its_own_examination_alone(
    house: FakeServer, client: httpx2.AsyncClient, path: str, operator: dict[str, str]
) -> None:
    publish(house, HERE, THERE)
    await client.post(path, headers=operator, json={"sites": [HERE, THERE]})
    seen = house.server.hub.view(house.conference.id, HERE)
    assert list(seen["examinations"]) == [HERE]
    assert "rehearsal" not in seen
    chair = {"Authorization": f"Bearer {house.token(Role.CHAIR)}"}
    assert (await client.post(path, headers=chair)).status_code == 403


async def test_a_server_that_comes_back_goes_on_with_it(house: FakeServer, tmp_path: Path) -> None:
    publish(house, HERE)
    await house.server.rehearsals.begin(house.conference.id, [HERE], "test")
    await house.server.rehearsals.tick()
    again = FakeServer()
    again.store, again.clock = house.store, house.clock
    await again.start(tmp_path, conference=False)
    again.conference = house.conference
    assert examinations(again) == {HERE: 1}
