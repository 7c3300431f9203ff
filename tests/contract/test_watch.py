"""The watch over a session: the right alarm in time, one for each cause, gone when mended; and what
is kept of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from diemcau.domain.conference import Scene
from diemcau.domain.layout import layout
from diemcau.domain.outbox import Message
from diemcau.ports.mcus import Report
from diemcau.services.dossiers.bell import LASTING
from diemcau.testing.app import FakeServer
from diemcau.testing.samples import MASTER, NORTH, SOUTH
from tests.contract.rights_world import HELD, World
from tests.watched import Watched

NORTHERN = ["s-bac-1", "s-bac-2"]
TWO = Scene(layout("side-by-side"), ("s-tinh", "s-bac-1"))


@pytest.fixture
async def watched(house: FakeServer) -> Watched:
    watched = Watched(house.house, house.mcus, house.clock, house.conference.id)
    await house.server.control.take(watched.name, TWO)
    return await watched.begins()


def state(watched: Watched, view: str = "*") -> Any:
    return watched.server.hub.snapshot(watched.name, view)["state"]


async def test_a_session_that_fares_well_has_no_alarm_and_its_minutes_are_kept(
    watched: Watched, house: FakeServer
) -> None:
    await watched.goes_on(150)
    assert state(watched)["alarms"] == {}
    kept = await house.store.minutes(watched.name, "site/s-bac-1")
    whole = kept[1]
    assert whole.there_s == pytest.approx(60, abs=1.5)
    assert whole.faults_s == {}
    assert (whole.figures["rtt_ms"].mean, whole.figures["level_db"].mean) == (20.0, -30.0)
    assert whole.figures["mos"].mean > 4
    assert "fps" not in whole.figures, "nobody said it"
    subjects = {minute.subject for minute in await house.store.minutes(watched.name)}
    assert subjects == {
        "program", f"link/{NORTH}/{MASTER}", f"link/{SOUTH}/{MASTER}",
        *(f"site/{site}" for site in watched.sites),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"silent": True}, "lost"),
        ({"blind": True}, "lost"),
        ({"looks": "black"}, "black"),
        ({"looks": "frozen"}, "frozen"),
        ({"input": "lost", "level": -100.0, "silent": True}, "lost"),
        ({"level": -100.0}, "silent"),
        ({"figures": {"rtt_ms": 20.0, "loss_pct": 5.0}}, "loss"),
    ],
)
async def test_each_fault_is_its_alarm_in_time_and_gone_when_mended(
    watched: Watched, fault: dict[str, Any], kind: str
) -> None:
    own = watched.sites["s-bac-1"]
    well = {name: getattr(own, name) for name in fault}
    for name, value in fault.items():
        setattr(own, name, value)
    await watched.found(("site/s-bac-1", kind))
    await watched.goes_on(30)
    assert watched.there == [("site/s-bac-1", kind)], "one cause, one alarm"
    for name, value in well.items():
        setattr(own, name, value)
    await watched.found(within=10)


async def test_a_picture_that_stood_still_does_so_no_more_when_its_mixer_is_gone(
    watched: Watched,
) -> None:
    """The next mixer says no word of a picture that moves."""
    site = "s-bac-1"
    watched.sites[site].looks = "frozen"
    await watched.found((f"site/{site}", "frozen"))
    at = {"slot": watched.conference.slots.index(site), "site": site}
    waits = {"conference": watched.name, **at, "state": "waiting"}
    watched.listener.report(Report(MASTER, "input", waits))
    await watched.found(within=10)


async def test_a_poor_line_is_an_alarm_once_it_stays_poor(watched: Watched) -> None:
    watched.links[NORTH] = {"rtt_ms": 700.0, "loss_pct": 0.5}
    await watched.found((f"link/{NORTH}/{MASTER}", "quality"), within=9)
    assert state(watched)["mcus"][NORTH]["link"]["class"] == "poor"


async def test_a_dead_mcu_is_one_alarm_and_its_sites_are_consequences(watched: Watched) -> None:
    watched.cut.add(NORTH)
    watched.listener.slow(NORTH, True)
    await watched.found((f"link/{NORTH}/{MASTER}", "lost"))
    watched.listener.away(NORTH)
    await watched.goes_on(60)
    ((_, alarm),) = state(watched)["alarms"].items()
    assert (alarm["kind"], alarm["sites"]) == ("lost", NORTHERN)
    watched.cut.clear()
    watched._told.clear()
    watched.listener.connected(NORTH)
    watched.listener.report(Report(NORTH, "hello", {"epoch": "e2"}))
    await watched.listener.settle()
    await watched.found(within=5)
    await watched.goes_on(20)
    assert watched.there == []


async def test_a_mixer_that_is_gone_is_one_alarm_of_the_master(watched: Watched) -> None:
    """No satellite gets a programme then: their links are well."""
    watched.mixer = False
    await watched.found((f"mcu/{MASTER}", "lost"))
    await watched.goes_on(30)
    assert watched.there == [(f"mcu/{MASTER}", "lost")]
    watched.mixer = True
    await watched.found(within=10)


async def test_an_alarm_that_lasts_is_one_incident_to_work_on(watched: Watched) -> None:
    watched.sites["s-bac-1"].looks = "black"
    await watched.goes_on(LASTING.total_seconds() - 10)
    assert "incidents" not in state(watched) or state(watched)["incidents"] == {}
    await watched.goes_on(30)
    ((_, incident),) = state(watched)["incidents"].items()
    assert (incident["site"], incident["source"], incident["state"]) == (
        "s-bac-1",
        "alarm",
        "reported",
    )
    watched.sites["s-bac-1"].looks = "moving"
    await watched.goes_on(30)
    assert state(watched)["alarms"] == {}
    assert len(state(watched)["incidents"]) == 1, "nothing closes itself"


async def test_a_cut_line_is_seen_by_the_mixer_before_the_agent_is_missed(
    watched: Watched,
) -> None:
    watched.cut.add(NORTH)
    await watched.found((f"link/{NORTH}/{MASTER}", "lost"))


async def test_a_site_whose_own_line_breaks_is_no_broken_link(watched: Watched) -> None:
    """The mixer misses it a second before its MCU does."""
    watched.sites["s-bac-1"].input = "lost"
    await watched.goes_on(1)
    assert watched.there == []
    watched.sites["s-bac-1"].silent = True
    await watched.found(("site/s-bac-1", "lost"), within=2)


async def test_whoever_leaves_or_is_muted_or_shows_a_slide_is_no_alarm(
    watched: Watched, house: FakeServer
) -> None:
    """A site's content stands still and has no sound: that is what slides do."""
    await house.server.control.mute(watched.name, "s-bac-1", True)
    watched.sites["s-bac-1"].level = -100.0
    content = {"conference": watched.name, "slot": 5, "site": "s-bac-1.content"}
    watched.listener.report(Report(MASTER, "look", content | {"looks": "frozen"}))
    house.server.observations.left(watched.name, "s-nam-1", "w-s-nam-1")
    watched.gone.add("s-nam-1")
    await watched.goes_on(60)
    assert watched.there == []


async def test_statistics_that_are_missing_are_missing(watched: Watched, house: FakeServer) -> None:
    watched.mute_statistics = True
    await watched.goes_on(70)
    before = house.clock.now()
    await watched.goes_on(70)
    assert watched.there == []
    (minute,) = [
        one
        for one in await house.store.minutes(watched.name, "site/s-nam-1")
        if one.start > before - timedelta(seconds=60)
    ]
    assert minute.figures == {}
    assert minute.there_s > 55


async def test_a_site_that_lies_is_believed_nothing_impossible_and_harms_only_itself(
    watched: Watched, house: FakeServer
) -> None:
    watched.sites["s-bac-1"].says = {"loss_pct": -5.0, "fps": 1e9, "rtt_ms": 1e12, "kbps": -1.0}
    lie = {"conference": watched.name, "site": "s-bac-1", "loss_pct": 90.0}
    for _ in range(20):
        watched.listener.report(Report(SOUTH, "stats", {"publishers": [lie], "links": []}))
        watched.listener.report(Report(SOUTH, "look", {**lie, "slot": 0, "looks": "black"}))
        await watched.goes_on(2)
    assert watched.there == []
    assert state(watched)["sites"]["s-bac-1"]["quality"]["loss_pct"] == 0
    await watched.goes_on(60)
    for minute in await house.store.minutes(watched.name, "site/s-bac-1"):
        assert minute.figures.keys() <= {"rtt_ms", "loss_pct", "jitter_ms", "kbps", "level_db",
                                         "mos"}  # fmt: skip


async def test_a_sensor_that_floods_and_wavers_raises_one_alarm(
    watched: Watched, house: FakeServer
) -> None:
    slot = watched.conference.slots.index("s-bac-1")
    about = {"conference": watched.name, "slot": slot, "site": "s-bac-1"}
    raised = set()
    for number in range(3000):
        looks = ("black", "moving", "frozen", "black")[number // 7 % 4]
        watched.listener.report(Report(MASTER, "look", about | {"looks": looks}))
        if number % 10 == 0:
            await watched.goes_on(0.2)
            raised |= {alarm.id for alarm in watched.watch.alarms(watched.name)}
    assert len(raised) <= 60 / 2


async def test_clocks_of_others_do_not_matter(watched: Watched, house: FakeServer) -> None:
    """An agent whose clock is an hour off says nothing of time that is used."""
    report = {"epoch": "e1", "at": "2020-01-01T00:00:00Z", "resources": [], "silent": []}
    watched.listener.report(Report(SOUTH, "stats", {"publishers": [], "links": [], **report}))
    await watched.goes_on(61)
    kept = await house.store.minutes(watched.name)
    assert {one.start for one in kept} <= {
        house.clock.now().replace(second=0, microsecond=0) - timedelta(minutes=n) for n in (0, 1, 2)
    }


async def test_a_store_that_fails_loses_nothing(watched: Watched, house: FakeServer) -> None:
    house.store.failing = True
    await watched.goes_on(130)
    assert await house.store.minutes(watched.name) == []
    house.store.failing = False
    await watched.goes_on(10)
    kept = await house.store.minutes(watched.name, "site/s-bac-1")
    assert sum(one.there_s for one in kept) > 115


async def test_what_was_begun_is_kept_when_the_conference_or_the_server_ends(
    watched: Watched, house: FakeServer
) -> None:
    await watched.goes_on(10)
    await watched.watch.close()
    assert await house.store.minutes(watched.name, "program")
    watched.sites["s-bac-1"].looks = "black"
    await watched.goes_on(5)
    await house.server.control.close(watched.name)
    await watched.watch.tick()
    (minute,) = await house.store.minutes(watched.name, "site/s-bac-1")
    assert minute.faults_s["black"] > 3
    actions = [(note.action, note.subject) for note in house.store.journal]
    about = f"conference/{watched.name}/alarms"
    assert actions[-2:] == [("alarm.raised", about), ("alarm.ended", about)]


async def test_each_sees_the_alarms_of_what_is_his(watched: Watched) -> None:
    watched.sites["s-bac-1"].looks = "black"
    watched.cut.add(SOUTH)
    watched.listener.slow(SOUTH, True)
    await watched.goes_on(3)
    everything = {one["subject"] for one in state(watched)["alarms"].values()}
    assert everything == {"site/s-bac-1", f"link/{SOUTH}/{MASTER}"}
    for view, seen in {
        f"mcu:{NORTH}": {"site/s-bac-1"},
        f"mcu:{SOUTH}": {f"link/{SOUTH}/{MASTER}"},
        "s-bac-1": {"site/s-bac-1"},
        "s-bac-2": set(),
        "": set(),
    }.items():
        assert {one["subject"] for one in state(watched, view)["alarms"].values()} == seen, view


async def test_who_is_on_duty_is_told_of_what_lasts_and_once(tmp_path: Path) -> None:
    world = await World().build(tmp_path)
    world.watched.failing = False
    watched = Watched(world.house, world.mcus, world.clock, f"c-{HELD}")
    await world.server.control.take(watched.name, Scene(layout("full"), ("s-bac-1",)))
    await watched.begins()
    watched.sites["s-bac-1"].looks = "black"
    await watched.goes_on(LASTING.total_seconds() - 5)
    told = [m for m in _messages(world) if "hình đen" in m.subject]
    assert told == []
    await watched.goes_on(120)
    told = [m for m in _messages(world) if "hình đen" in m.subject]
    assert [m.to for m in told] == ["a@bac.vn"]
    about = f"dossier/{HELD}/alarms"
    log = [note.text.vi for note in world.watched.journal if note.subject == about]
    assert log == ["UBND xã bac 1: hình đen"]


def _messages(world: World) -> list[Any]:
    return list(world.server.records.all(Message).values())
