"""Commands on conferences: what MCUs are told, what is kept, and what a failure leaves."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from diemcau.domain.conference import CallState, Conference, Scene, full
from diemcau.domain.layout import layout
from diemcau.domain.refusal import Conflict, Invalid, Unknown
from diemcau.domain.resources import Mix, Recording, Uplink
from diemcau.ports.mcus import Report
from diemcau.services.conferences import ConferenceControl, Order
from diemcau.services.desires import Desires
from diemcau.services.places import Fixed
from diemcau.services.refusals import NotStored, UnknownConference
from diemcau.testing import FakeClock, FakeMcus, MemoryStore
from diemcau.testing.samples import MASTER, NORTH, SOUTH, directory

ALL = ("s-tinh", "s-bac-1", "s-bac-2", "s-nam-1", "s-nam-2")
ORDER = Order("Họp", MASTER, ALL, chair="s-tinh")


class House:
    """A control over fakes; ``restarted`` gives the next server on the same store."""

    def __init__(self, store: MemoryStore | None = None) -> None:
        self.clock = FakeClock()
        self.store = store or MemoryStore()
        self.mcus = FakeMcus(MASTER, NORTH, SOUTH)
        self.changed: list[str] = []
        self.places = Fixed(directory())

    async def start(self) -> "House":
        self.desires = Desires(self.places, self.mcus, await self.store.epochs())
        self.control = ConferenceControl(
            self.places, self.store, self.desires, self.clock, self.changed.append
        )
        await self.control.start()
        return self

    async def restarted(self) -> "House":
        return await House(self.store).start()

    async def lives(self) -> None:
        for mcu in (MASTER, NORTH, SOUTH):
            await self.control.lives(mcu, f"{mcu}-1")

    def mix(self) -> Mix:
        return next(r for r in self.mcus.desired[MASTER] if isinstance(r, Mix))

    def report(self, conference: str, site: str, take: int, **ages: float) -> Report:
        params = {"conference": conference, "bus": "program", "take": str(take), "slot": 1}
        return Report(MASTER, "on_air", {**params, "site": site, **ages}, transit_s=0.010)


@pytest.fixture
async def house() -> House:
    house = await House().start()
    await house.lives()
    return house


async def test_an_opened_conference_is_desired_of_its_mcus_and_stored(house: House) -> None:
    conference = await house.control.open(ORDER)
    assert set(house.mcus.told) == {MASTER, NORTH, SOUTH}
    assert house.mix().buses[0].panes[0].caption == "UBND tỉnh Mẫu"
    assert await house.store.conferences() == [conference]
    assert house.changed == [conference.id]


async def test_a_closed_conference_leaves_nothing_desired(house: House) -> None:
    conference = await house.control.open(ORDER)
    await house.control.close(conference.id)
    assert house.mcus.desired == {MASTER: (), NORTH: (), SOUTH: ()}
    assert await house.store.conferences() == []
    with pytest.raises(UnknownConference):
        house.control.get(conference.id)


async def test_closing_one_conference_leaves_the_others(house: House) -> None:
    first = await house.control.open(ORDER)
    second = await house.control.open(replace(ORDER, title="Họp 2"))
    await house.control.close(first.id)
    left = {resource.conference for resource in house.mcus.desired[NORTH]}
    assert left == {second.id}


async def test_only_the_mcus_concerned_are_told_of_a_change(house: House) -> None:
    conference = await house.control.open(ORDER)
    house.mcus.told.clear()
    await house.control.call(conference.id, "s-bac-1", 0.0)
    assert house.mcus.told == [MASTER, NORTH]
    house.mcus.told.clear()
    await house.control.banner(conference.id, "Xin chào")
    assert house.mcus.told == [MASTER]


async def test_what_changes_nothing_is_neither_told_nor_stored(house: House) -> None:
    conference = await house.control.open(ORDER)
    house.mcus.told.clear()
    house.store.failing = True
    await house.control.mute(conference.id, "s-bac-1", False)
    assert house.mcus.told == []


async def test_the_mcus_are_told_before_the_store_is_written(house: House) -> None:
    conference = await house.control.open(ORDER)
    house.mcus.told.clear()
    told_when_stored: list[list[str]] = []
    save = house.store.save_conference

    async def watched(conference: Conference, now: datetime) -> None:
        told_when_stored.append(list(house.mcus.told))
        await save(conference, now)

    house.store.save_conference = watched  # type: ignore[method-assign]
    await house.control.take(conference.id, full("s-nam-1"))
    assert told_when_stored == [[MASTER, SOUTH]]


async def test_a_take_that_cannot_be_stored_is_taken_back(house: House) -> None:
    conference = await house.control.open(ORDER)
    before = dict(house.mcus.desired)
    house.store.failing = True
    with pytest.raises(NotStored):
        await house.control.take(conference.id, full("s-nam-1"))
    assert house.mcus.desired == before
    assert house.control.get(conference.id) == conference


async def test_an_opening_that_cannot_be_stored_leaves_nothing(house: House) -> None:
    house.store.failing = True
    with pytest.raises(NotStored):
        await house.control.open(ORDER)
    assert house.control.all() == ()
    assert not any(house.mcus.desired.values())


async def test_a_closing_that_cannot_be_stored_keeps_the_session(house: House) -> None:
    conference = await house.control.open(ORDER)
    before = dict(house.mcus.desired)
    house.store.failing = True
    with pytest.raises(NotStored):
        await house.control.close(conference.id)
    assert house.mcus.desired == before


async def test_a_restarted_server_desires_the_same_to_the_letter(house: House) -> None:
    conference = await house.control.open(ORDER)
    await house.control.call(conference.id, "s-bac-1", 0.0)
    await house.control.preview(
        conference.id, Scene(layout("grid-2x2"), ("s-nam-2", "", "s-bac-2"))
    )
    await house.control.mute(conference.id, "s-nam-1", True)
    await house.control.take(conference.id)
    again = await house.restarted()
    assert again.mcus.desired == house.mcus.desired
    assert again.control.all() == house.control.all()


async def test_a_media_server_that_starts_anew_gets_new_links_from_its_children(
    house: House,
) -> None:
    await house.control.open(ORDER)
    house.mcus.told.clear()
    await house.control.lives(MASTER, "tinh-2")
    epochs = {r.epoch for r in house.mcus.desired[NORTH] if isinstance(r, Uplink)}
    assert epochs == {"tinh-2"}
    assert MASTER not in house.mcus.told
    again = await house.restarted()
    assert again.mcus.desired == house.mcus.desired


async def test_the_same_life_said_again_changes_nothing(house: House) -> None:
    await house.control.open(ORDER)
    house.mcus.told.clear()
    await house.control.lives(MASTER, f"{MASTER}-1")
    assert house.mcus.told == []


async def test_the_connection_time_runs_from_the_requests_arrival(house: House) -> None:
    conference = await house.control.open(ORDER)
    arrived = house.clock.monotonic()
    call = await house.control.call(conference.id, "s-bac-1", arrived)
    house.clock.advance(0.250)
    now = house.clock.monotonic()
    await house.control.on_air(house.report(conference.id, "s-bac-1", 1, picture_age_ms=30), now)
    assert house.control.get(conference.id).calls[0].state is CallState.REQUESTED
    house.clock.advance(0.050)
    now = house.clock.monotonic()
    await house.control.on_air(house.report(conference.id, "s-bac-1", 1, sound_age_ms=20), now)
    done = house.control.get(conference.id).calls[0]
    assert done.id == call.id
    assert (done.state, done.picture_ms, done.sound_ms) == (CallState.CONNECTED, 210, 270)
    assert done.connect_ms == 270


async def test_a_request_older_than_the_server_is_connected_without_a_figure(house: House) -> None:
    conference = await house.control.open(ORDER)
    await house.control.call(conference.id, "s-bac-1", house.clock.monotonic())
    again = await house.restarted()
    seen = again.report(conference.id, "s-bac-1", 1, picture_age_ms=1)
    await again.control.on_air(seen, again.clock.monotonic() + 9)
    assert again.control.get(conference.id).calls[0].state is CallState.REQUESTED
    whole = again.report(conference.id, "s-bac-1", 1, picture_age_ms=1, sound_age_ms=1)
    await again.control.on_air(whole, again.clock.monotonic() + 9)
    (call,) = again.control.get(conference.id).calls
    assert (call.state, call.connect_ms) == (CallState.CONNECTED, None)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: replace(r, params={**r.params, "site": "s-nam-1"}),
        lambda r: replace(r, params={**r.params, "bus": "chair"}),
        lambda r: replace(r, params={**r.params, "take": "0"}),
        lambda r: replace(r, mcu=NORTH),
        lambda r: replace(r, params={**r.params, "conference": "c-other"}),
        lambda r: replace(r, params={**r.params, "picture_age_ms": 999, "sound_age_ms": 999}),
    ],
    ids=["another site", "another bus", "an earlier take", "not its master", "elsewhere", "older"],
)
async def test_reports_of_something_else_give_no_figure(
    spoil: Callable[[Report], Report], house: House
) -> None:
    conference = await house.control.open(ORDER)
    await house.control.call(conference.id, "s-bac-1", house.clock.monotonic())
    report = house.report(conference.id, "s-bac-1", 1, picture_age_ms=1, sound_age_ms=1)
    await house.control.on_air(spoil(report), house.clock.monotonic() + 0.5)
    assert house.control.get(conference.id).calls[0].connect_ms is None


async def test_commands_at_the_same_time_lose_none(house: House) -> None:
    conference = await house.control.open(ORDER)
    await asyncio.gather(*(house.control.mute(conference.id, site, True) for site in ALL))
    assert house.control.get(conference.id).muted == set(ALL)
    assert (await house.store.conferences())[0].muted == set(ALL)


@pytest.mark.parametrize(
    ("order", "error"),
    [
        (replace(ORDER, master="x"), Unknown),
        (replace(ORDER, sites=("s-x",)), Unknown),
        (replace(ORDER, chair="s-x"), Unknown),
        (replace(ORDER, sites=()), Invalid),
        (replace(ORDER, buses=("chair",)), Invalid),
        (replace(ORDER, buses=("program", "x")), Invalid),
        (replace(ORDER, max_sites=0), Invalid),
        (replace(ORDER, max_sites=201), Invalid),
    ],
)
async def test_a_senseless_order_is_refused_and_leaves_nothing(
    order: Order, error: type[Exception], house: House
) -> None:
    with pytest.raises(error):
        await house.control.open(order)
    assert await house.store.conferences() == []
    assert not any(house.mcus.desired.values())


async def test_release_without_a_call_is_a_conflict(house: House) -> None:
    conference = await house.control.open(ORDER)
    with pytest.raises(Conflict):
        await house.control.release(conference.id)


def recordings(house: House) -> list[int]:
    return [r.number for r in house.mcus.desired[MASTER] if isinstance(r, Recording)]


async def test_a_recording_is_desired_of_the_master_until_it_is_ended(house: House) -> None:
    conference = await house.control.open(ORDER)
    assert recordings(house) == []
    assert await house.control.record(conference.id, True)
    assert not await house.control.record(conference.id, True)
    assert recordings(house) == [1]
    next_house = await house.restarted()
    assert recordings(next_house) == [1]
    assert await next_house.control.record(conference.id, False)
    assert recordings(next_house) == []
