"""The script while a session runs: its items taken in step or not, and a take of them undone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from diemcau.domain.roles import Role
from diemcau.lab.cast import fill
from diemcau.lab.office import Office
from diemcau.provinces import load
from diemcau.testing.app import FakeServer
from tests.contract.test_api_rest import is_problem

PROVINCE = "vinh-phuc-2022"


class Play:
    """A session under way whose script has four items, each with one site of its own."""

    def __init__(self, house: FakeServer, client: httpx2.AsyncClient) -> None:
        self.house, self.client = house, client

    async def open(self) -> "Play":
        loaded = load(PROVINCE)
        directory = loaded.directory()
        self.sites = [site for site in directory.sites if directory.site(site).mcu == "vnpt"][:4]
        now = self.house.clock.now()
        cast = await fill(self.client, directory, self.sites, now)
        office = Office(self.client, cast, directory, loaded.master, now)
        held = await office.in_session("Giao ban", self.sites)
        self.dossier, self.id = held["id"], held["conference"]
        items = [
            {"id": f"m{n}", "title": f"Mục {n}", "sites": [site], "minutes": 5, "banner": f"B{n}"}
            for n, site in enumerate(self.sites, start=1)
        ]
        script = f"/api/dossiers/{self.dossier}/script"
        former = len((await self.client.get(script)).json()["versions"])
        body = {"items": items, "former": former, "reason": "thử"}
        assert (await self.client.put(script, json=body)).json()["approved_at"]
        return self

    async def post(self, verb: str, **body: Any) -> httpx2.Response:
        return await self.client.post(f"/api/conferences/{self.id}/{verb}", json=body)

    @property
    def conference(self) -> Any:
        return self.house.server.control.get(self.id)

    async def departures(self) -> list[tuple[list[str], str]]:
        roll = (await self.client.get(f"/api/dossiers/{self.dossier}/roll")).json()
        return [(one["sites"], one["reason"]) for one in roll["departures"]]


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    house = await FakeServer(province=PROVINCE).start(tmp_path, conference=False)
    headers = {"Authorization": f"Bearer {house.token(Role.OPERATOR, conference='')}"}
    transport = httpx2.ASGITransport(app=house.app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://server", headers=headers
    ) as client:
        yield await Play(house, client).open()


async def test_items_in_step_move_the_script_on_and_depart_from_nothing(play: Play) -> None:
    for item in ("m1", "m2"):
        assert (await play.post("take", item=item)).status_code == 200
    now = play.conference
    assert (now.cue, now.banner) == ("m2", "B2")
    assert (now.program.shown, now.preview.shown) == ((play.sites[1],), (play.sites[2],))
    assert await play.departures() == []


async def test_an_item_out_of_step_is_a_departure_and_the_script_goes_on_from_it(
    play: Play,
) -> None:
    await play.post("take", item="m1")
    await play.post("take", item="m3", reason="Chủ tọa yêu cầu")
    assert (play.conference.cue, play.conference.preview.shown) == ("m3", (play.sites[3],))
    assert await play.departures() == [([play.sites[2]], "Chủ tọa yêu cầu")]
    await play.post("take", item="m4")
    assert (play.conference.cue, len(await play.departures())) == ("m4", 1)


async def test_undoing_a_take_of_the_script_goes_back_in_it(play: Play) -> None:
    await play.post("take", item="m1")
    before = play.conference
    play.house.clock.advance(90)
    await play.post("take", item="m2")
    assert play.conference.cue_at > before.cue_at
    assert (await play.post("undo")).status_code == 200
    after = play.conference
    for member in ("cue", "cue_at", "banner", "program", "preview"):
        assert getattr(after, member) == getattr(before, member), member
    assert await play.departures() == []


async def test_an_item_that_is_not_there_is_refused(play: Play) -> None:
    before = play.conference
    is_problem(await play.post("take", item="m9"), 404, "unknown")
    both = {"item": "m1", "scene": {"layout": "full", "sites": [play.sites[0]]}}
    assert (await play.post("take", **both)).status_code == 422
    assert play.conference == before
