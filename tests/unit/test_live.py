"""Live state: what a page is told, by whom it is seen, and how often."""

import asyncio
import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from diemcau.domain import conference as verbs
from diemcau.domain.conference import Call, Conference, Scene, full, opened, previewed, taken
from diemcau.domain.layout import layout
from diemcau.domain.planner import allocate
from diemcau.domain.roles import Role
from diemcau.domain.source import content_of, site_of
from diemcau.ports.identity import Principal
from diemcau.ports.mcus import Report
from diemcau.services import live
from diemcau.services.hub import BATCH_S, Ended, Hub
from diemcau.services.live import area_view, project, seen_by, state_at_home, view_of
from diemcau.services.observations import JPEG, LARGEST_STILL, Observations
from diemcau.services.patches import apply
from diemcau.testing import FakeClock
from diemcau.testing.samples import MASTER, NORTH, SOUTH, directory

DIRECTORY = directory()
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


def home(_conference: str, site: str) -> str:
    known = DIRECTORY.sites.get(site_of(site))
    return known.mcu if known else ""


def conference() -> Conference:
    made = opened(Conference("c1", "Họp", MASTER, tuple(DIRECTORY.sites), chair="s-tinh"))
    made = previewed(made, Scene(layout("grid-2x2"), ("s-bac-1", "s-tinh")))
    return allocate(made, DIRECTORY)


def publisher(site: str, session: str = "p1") -> dict[str, Any]:
    return {"kind": "publisher", "conference": "c1", "site": site, "session": session}


ROOM = {"kind": "room", "conference": "c1"}
PROGRAM = {"kind": "downlink", "conference": "c1", "feed": "program"}


def observe(into: Observations, mcu: str, *resources: Any, **stopped: Any) -> set[str]:
    return into.observed(mcu, {"epoch": "e", "resources": resources, **stopped})


@pytest.fixture
def observations() -> Observations:
    return Observations(home)


def site(observations: Observations, name: str) -> dict[str, Any]:
    state: dict[str, Any] = project(conference(), DIRECTORY, observations)["sites"][name]
    return state


def test_tally_is_red_on_air_and_green_when_next(observations: Observations) -> None:
    sites = project(conference(), DIRECTORY, observations)["sites"]
    tallies = {name: value["tally"] for name, value in sites.items()}
    assert tallies == {
        "s-tinh": "on_air", "s-bac-1": "next", "s-bac-2": "off", "s-nam-1": "off", "s-nam-2": "off",
    }  # fmt: skip


def test_content_is_shown_under_its_site_while_it_is_there_or_in_a_scene(
    observations: Observations,
) -> None:
    content = content_of("s-bac-1")
    assert "content" not in site(observations, "s-bac-1")
    observations.joining("c1", content, "p2")
    assert site(observations, "s-bac-1")["content"] == {
        "id": content, "state": "connecting", "home": "connecting", "tally": "off",
    }  # fmt: skip
    observe(observations, NORTH, ROOM, publisher("s-bac-1"), publisher(content, "p2"))
    shown = allocate(taken(conference(), full(content)), DIRECTORY)
    observations.input({"conference": "c1", "site": content, "slot": 3, "state": "live"})
    sites = project(shown, DIRECTORY, observations)["sites"]
    of_content = sites["s-bac-1"]["content"]
    assert (of_content["state"], of_content["tally"]) == ("ready", "on_air")
    assert of_content["slot"] == shown.slots.index(content)
    assert sites["s-bac-1"]["tally"] == "on_air"
    assert "s-bac-1" in seen_by(project(shown, DIRECTORY, observations), "s-nam-1")["sites"]
    observations.left("c1", content, "p2")
    observe(observations, NORTH, ROOM, publisher("s-bac-1"))
    still_shown = project(shown, DIRECTORY, observations)["sites"]["s-bac-1"]
    assert still_shown["content"]["state"] == "off"
    assert still_shown["state"] == "ready"
    assert "content" not in site(observations, "s-bac-1")


def test_content_is_no_site_that_is_there(observations: Observations) -> None:
    content = content_of("s-bac-1")
    observe(observations, NORTH, ROOM, publisher("s-bac-2"), publisher(content, "p2"))
    observations.joining("c1", content_of("s-nam-1"), "p3")
    said = observations.of("c1")
    assert said.there() == said.present() == {"s-bac-2"}
    mcus = project(conference(), DIRECTORY, observations)["mcus"]
    assert mcus[NORTH]["publishers"] == 1


def test_a_site_goes_from_off_over_connecting_to_ready_and_back(
    observations: Observations,
) -> None:
    assert site(observations, "s-bac-1")["state"] == "off"
    observations.joining("c1", "s-bac-1", "p1")
    assert site(observations, "s-bac-1")["state"] == "connecting"
    assert observe(observations, NORTH, ROOM, publisher("s-bac-1")) == {"c1"}
    assert site(observations, "s-bac-1")["state"] == "ready"
    observations.left("c1", "s-bac-1", "p1")
    observe(observations, NORTH, ROOM)
    assert site(observations, "s-bac-1")["state"] == "off"


def test_a_page_is_told_whose_session_its_site_has(observations: Observations) -> None:
    observations.joining("c1", "s-bac-1", "old")
    assert "session" not in site(observations, "s-bac-1")
    observe(observations, NORTH, ROOM, publisher("s-bac-1", "old"))
    observations.joining("c1", "s-bac-1", "new")
    assert site(observations, "s-bac-1")["session"] == "old"
    observe(observations, NORTH, ROOM, publisher("s-bac-1", "new"))
    assert site(observations, "s-bac-1")["session"] == "new"
    observe(observations, NORTH, ROOM)
    assert "session" not in site(observations, "s-bac-1")


def test_a_site_whose_media_stops_is_lost(observations: Observations) -> None:
    observe(observations, NORTH, ROOM, publisher("s-bac-1"))
    observe(observations, NORTH, ROOM, publisher("s-bac-1"), silent=[("c1", "s-bac-1")])
    seen = site(observations, "s-bac-1")
    assert (seen["state"], seen["home"]) == ("lost", "lost")
    observe(observations, NORTH, ROOM, publisher("s-bac-1"))
    assert site(observations, "s-bac-1")["state"] == "ready"


def test_a_site_whose_picture_alone_stops_is_lost_for_whoever_is_to_see_it(
    observations: Observations,
) -> None:
    """Its session is good: it need not make another."""
    blind = [("c1", "s-bac-1")]
    observe(observations, NORTH, ROOM, publisher("s-bac-1"), blind=blind)
    said = observations.of("c1")
    assert site(observations, "s-bac-1")["state"] == "lost"
    assert state_at_home("s-bac-1", NORTH, said) == "ready"
    assert said.there() == set()
    observe(observations, NORTH, ROOM, publisher("s-bac-1"))
    assert site(observations, "s-bac-1")["state"] == "ready"
    assert said.there() == {"s-bac-1"}


def test_a_site_that_vanishes_without_leaving_is_lost(observations: Observations) -> None:
    observe(observations, NORTH, ROOM, publisher("s-bac-1"))
    observe(observations, NORTH, ROOM)
    assert site(observations, "s-bac-1")["state"] == "lost"


def test_the_late_goodbye_of_a_replaced_session_does_not_end_the_new_one(
    observations: Observations,
) -> None:
    observations.joining("c1", "s-bac-1", "old")
    observe(observations, NORTH, ROOM, publisher("s-bac-1", "old"))
    observations.joining("c1", "s-bac-1", "new")
    observations.left("c1", "s-bac-1", "old")
    observe(observations, NORTH, ROOM, publisher("s-bac-1", "new"))
    observe(observations, NORTH, ROOM)
    assert site(observations, "s-bac-1")["state"] == "lost"


def test_what_arrives_on_a_slot_is_told_while_the_site_has_it(
    observations: Observations,
) -> None:
    observe(observations, NORTH, ROOM, publisher("s-bac-1"))
    seen = site(observations, "s-bac-1")
    assert (seen["slot"], seen["input"]) == (1, "waiting")
    report = {"conference": "c1", "site": "s-bac-1", "slot": 1}
    observations.input({**report, "state": "live"})
    assert site(observations, "s-bac-1")["input"] == "live"
    observations.input({**report, "state": "lost"})
    seen = site(observations, "s-bac-1")
    assert (seen["state"], seen["home"]) == ("lost", "ready")
    observations.input({**report, "slot": 7, "state": "lost"})
    seen = site(observations, "s-bac-1")
    assert (seen["state"], seen["input"]) == ("ready", "waiting")
    assert "input" not in site(observations, "s-nam-1")


def still(mcu: str, name: str, jpeg: bytes = JPEG + b"x") -> Report:
    encoded = base64.b64encode(jpeg).decode()
    return Report(mcu, "still", {"conference": "c1", "site": name, "jpeg": encoded})


def test_a_site_has_a_still_from_the_first_one_until_it_leaves(observations: Observations) -> None:
    assert not observations.still(still(NORTH, "s-bac-1"), NOW)
    observe(observations, NORTH, ROOM, publisher("s-bac-1"))
    assert "still" not in site(observations, "s-bac-1")
    assert observations.still(still(NORTH, "s-bac-1"), NOW)
    first = site(observations, "s-bac-1")["still"]
    assert "still" not in site(observations, "s-bac-2")
    assert observations.still(still(NORTH, "s-bac-1"), NOW + timedelta(seconds=1))
    assert site(observations, "s-bac-1")["still"] != first
    observe(observations, NORTH, ROOM)
    assert "still" not in site(observations, "s-bac-1")
    observe(observations, NORTH, ROOM, publisher("s-bac-1", "p2"))
    assert "still" not in site(observations, "s-bac-1")


def test_a_still_of_another_mcus_site_is_not_believed(observations: Observations) -> None:
    observe(observations, NORTH, ROOM, publisher("s-bac-1"))
    assert not observations.still(still(SOUTH, "s-bac-1"), NOW)
    assert not observations.still(still(NORTH, "s-none"), NOW)
    assert observations.of("c1").stills == {}


@pytest.mark.parametrize("jpeg", [b"", b"GIF89a", JPEG + b"x" * LARGEST_STILL])
def test_what_is_no_small_jpeg_is_no_still(jpeg: bytes, observations: Observations) -> None:
    observe(observations, NORTH, ROOM, publisher("s-bac-1"))
    with pytest.raises(ValueError, match="JPEG"):
        observations.still(still(NORTH, "s-bac-1", jpeg), NOW)
    assert "still" not in site(observations, "s-bac-1")


def test_an_mcu_is_not_believed_about_the_sites_of_others(observations: Observations) -> None:
    observe(observations, SOUTH, ROOM, publisher("s-bac-1"))
    assert site(observations, "s-bac-1")["state"] == "off"


def test_an_mcu_is_offline_then_starting_then_online(observations: Observations) -> None:
    def state() -> str:
        seen: str = project(conference(), DIRECTORY, observations)["mcus"][NORTH]["state"]
        return seen

    assert state() == "offline"
    observations.online.add(NORTH)
    assert state() == "starting"
    observe(observations, NORTH)
    assert state() == "starting"
    observe(observations, NORTH, ROOM)
    assert state() == "starting"
    observe(observations, NORTH, ROOM, PROGRAM)
    assert state() == "online"


def test_a_link_shows_its_lanes_and_the_worst_of_its_figures(observations: Observations) -> None:
    lane = {"kind": "uplink", "conference": "c1", "lane": 0, "source": "site/s-bac-1"}
    observe(observations, NORTH, ROOM, lane)
    entry = {"conference": "c1", "parent": MASTER, "jitter_ms": 1}
    links = [
        {**entry, "lane": 0, "rtt_ms": 2, "loss_pct": 0.5, "kbps": 800},
        {**entry, "lane": 1, "rtt_ms": 4, "loss_pct": 0.0, "kbps": 100},
    ]
    observations.stats(Report(NORTH, "stats", {"links": links}))
    link = project(conference(), DIRECTORY, observations)["mcus"][NORTH]["link"]
    assert link["lanes"][0] == {"lane": 0, "site": "s-bac-1", "state": "ready"}
    assert link["lanes"][1] == {"lane": 1, "state": "connecting"}
    assert (link["rtt_ms"], link["loss_pct"], link["kbps"]) == (4, 0.5, 900)
    assert "link" not in project(conference(), DIRECTORY, observations)["mcus"][MASTER]


def test_quality_is_the_mcus_and_for_what_it_lacks_the_pages(observations: Observations) -> None:
    observe(observations, NORTH, ROOM, publisher("s-bac-1"))
    entry = {"conference": "c1", "site": "s-bac-1", "rtt_ms": 12, "kbps": 850}
    observations.stats(Report(NORTH, "stats", {"publishers": [entry]}))
    page = {"rtt_ms": 99, "fps": 25, "nonsense": 1, "kbps": "many", "jitter_ms": float("nan")}
    page["can_send_kbps"] = 1750
    observations.page("c1", "s-bac-1", page)
    shown = {"rtt_ms": 12, "kbps": 850, "fps": 25, "can_send_kbps": 1750, "class": "good"}
    assert site(observations, "s-bac-1")["quality"] == shown
    observe(observations, NORTH, ROOM)
    assert "quality" not in site(observations, "s-bac-1")


def test_nothing_in_the_state_is_null(observations: Observations) -> None:
    call = Call("k1", "s-bac-1", datetime(2026, 11, 24, 1, 0, 0, 123000, UTC))
    state = project(replace(conference(), calls=(call,), chair=""), DIRECTORY, observations)
    assert "null" not in json.dumps(state)
    expected = {
        "id": "k1",
        "site": "s-bac-1",
        "requested_at": "2026-11-24T01:00:00.123Z",
        "state": "requested",
    }
    assert state["conference"]["calls"] == [expected]


def test_an_area_shows_whoever_is_on_its_lanes_but_not_what_he_writes() -> None:
    """A site from below on its way up."""
    lanes = [{"lane": 0, "site": "deep"}, {"lane": 1}]
    state = {
        "conference": {"program": {"sites": ["top", ""]}},
        "sites": {
            name: {"mcu": mcu}
            for name, mcu in (("top", "m"), ("own", "a"), ("deep", "b"), ("other", "b"))
        },
        "mcus": {
            "m": {"id": "m"},
            "a": {"id": "a", "parent": "m", "link": {"lanes": lanes}},
            "b": {"id": "b", "parent": "a", "link": {"lanes": []}},
        },
        "talk": {"own": ["x"], "deep": ["y"]},
        "incidents": {"1": {"site": "own"}, "2": {"site": "deep"}},
        "server": {},
    }
    seen = seen_by(state, area_view(["a"]))
    assert set(seen["sites"]) == {"top", "own", "deep"}
    assert set(seen["mcus"]) == {"a", "m"}
    assert (set(seen["talk"]), set(seen["incidents"])) == ({"own"}, {"1"})
    both = seen_by(state, area_view(["b", "a"]))
    assert set(both["sites"]) == {"top", "own", "deep", "other"}


def test_a_site_sees_itself_the_programme_and_the_conference(observations: Observations) -> None:
    state = project(conference(), DIRECTORY, observations)
    mine = seen_by(state, "s-nam-1")
    assert set(mine["sites"]) == {"s-nam-1", "s-tinh"}
    assert mine["conference"] == state["conference"]
    assert mine["mcus"] == {SOUTH: {"id": SOUTH, "name": "MCU nam", "state": "offline"}}
    assert seen_by(state, "")["mcus"] == {}
    assert set(seen_by(state, "")["sites"]) == {"s-tinh"}


@pytest.mark.parametrize(
    ("role", "site", "view"),
    [
        (Role.OPERATOR, "", live.ALL),
        (Role.CHAIR, "s-tinh", live.ALL),
        (Role.SITE, "s-nam-1", "s-nam-1"),
        (Role.VIEWER, "", ""),
    ],
)
def test_operator_and_chair_see_all(role: Role, site: str, view: str) -> None:
    assert view_of(Principal("x", role, "c1", site, datetime.now(UTC))) == view


class House:
    """A hub over one conference that a test changes."""

    def __init__(self) -> None:
        self.conference: Conference | None = conference()
        self.observations = Observations(home)
        self.renderings = 0
        self.hub = Hub(self._render, FakeClock())

    def _render(self, _name: str) -> dict[str, Any] | None:
        self.renderings += 1
        if self.conference is None:
            return None
        return project(self.conference, DIRECTORY, self.observations)

    def take(self, site: str) -> None:
        assert self.conference is not None
        self.conference = replace(self.conference, program=full(site))
        self.hub.changed("c1")

    def level(self, level: float) -> None:
        self.observations.levels({"conference": "c1", "sites": {"s-tinh": level}})
        self.hub.changed_slightly("c1")

    @property
    def state(self) -> dict[str, Any]:
        assert self.conference is not None
        return project(self.conference, DIRECTORY, self.observations)


async def test_a_watcher_gets_a_snapshot_and_then_what_changed() -> None:
    house = House()
    watcher = house.hub.subscribe("c1", live.ALL)
    snapshot = json.loads(await watcher.next())
    assert snapshot == {
        "type": "snapshot",
        "now": "2026-11-24T01:00:00.000Z",
        "state": house.state,
    }
    house.take("s-bac-1")
    message = json.loads(await watcher.next())
    assert message["type"] == "patch"
    assert message["patch"]["sites"] == {"s-bac-1": {"tally": "on_air"}}
    assert apply(snapshot["state"], message["patch"]) == house.state


async def test_a_slow_watcher_gets_one_larger_patch_and_ends_up_right() -> None:
    house = House()
    slow, quick = house.hub.subscribe("c1", live.ALL), house.hub.subscribe("c1", live.ALL)
    seen = json.loads(await slow.next())["state"]
    followed = json.loads(await quick.next())["state"]
    for name in ("s-bac-1", "s-nam-1", "s-nam-2"):
        house.take(name)
        followed = apply(followed, json.loads(await quick.next())["patch"])
    assert followed == house.state
    assert apply(seen, json.loads(await slow.next())["patch"]) == house.state


async def test_a_view_is_not_woken_by_what_it_does_not_see() -> None:
    house = House()
    watcher = house.hub.subscribe("c1", "s-nam-1")
    await watcher.next()
    waiting = asyncio.create_task(watcher.next())
    observe(house.observations, NORTH, ROOM, publisher("s-bac-2"))
    house.hub.changed("c1")
    await asyncio.sleep(0)
    assert not waiting.done()
    house.take("s-bac-2")
    patch = json.loads(await waiting)["patch"]
    assert patch["sites"]["s-bac-2"]["state"] == "ready"


async def test_many_watchers_cost_one_rendering() -> None:
    house = House()
    watchers = [house.hub.subscribe("c1", live.ALL) for _ in range(50)]
    await asyncio.gather(*(w.next() for w in watchers))
    assert house.renderings == 1
    house.take("s-bac-1")
    texts = await asyncio.gather(*(w.next() for w in watchers))
    assert house.renderings == 2
    assert len({id(text) for text in texts}) == 1


async def test_levels_come_at_most_five_times_a_second_and_the_last_one_arrives() -> None:
    house = House()
    watcher = house.hub.subscribe("c1", live.ALL)
    state = json.loads(await watcher.next())["state"]
    loop = asyncio.get_running_loop()
    times = []
    for level in range(-40, -20):
        house.level(level)
    for _ in range(2):
        state = apply(state, json.loads(await watcher.next())["patch"])
        times.append(loop.time())
        house.level(-10)
        house.level(-9)
    assert times[1] - times[0] >= BATCH_S * 0.99
    assert state["sites"]["s-tinh"]["level_db"] == -9


async def test_tally_does_not_wait_for_the_levels() -> None:
    house = House()
    watcher = house.hub.subscribe("c1", live.ALL)
    await watcher.next()
    house.level(-30)
    house.take("s-bac-1")
    async with asyncio.timeout(BATCH_S / 2):
        patch = json.loads(await watcher.next())["patch"]
    assert patch["sites"]["s-bac-1"]["tally"] == "on_air"
    assert patch["sites"]["s-tinh"]["level_db"] == -30


async def test_watchers_of_a_closed_conference_are_told() -> None:
    house = House()
    watcher = house.hub.subscribe("c1", live.ALL)
    await watcher.next()
    waiting = asyncio.create_task(watcher.next())
    await asyncio.sleep(0)
    house.conference = None
    house.hub.ended("c1")
    with pytest.raises(Ended):
        await waiting


def recorded(observations: Observations, made: Conference) -> dict[str, Any]:
    state = project(made, DIRECTORY, observations)["conference"]
    found: dict[str, Any] = state.get("recording", {})
    return found


def test_a_recording_is_shown_as_the_master_says_it_goes(observations: Observations) -> None:
    now = datetime(2026, 11, 24, 1, tzinfo=UTC)
    assert recorded(observations, conference()) == {}
    on = verbs.recorded(conference(), True, now)
    begun = {"number": 1, "state": "starting", "started_at": "2026-11-24T01:00:00.000Z"}
    assert recorded(observations, on) == begun
    said = {"conference": "c1", "number": 1, "part": 2, "state": "failed", "reason": "disk-full"}
    figures = {"seconds": 3.0, "bytes": 10, "free_bytes": 5, "plays": True}
    observations.recording({**said, **figures})
    failed = begun | figures | {"state": "failed", "reason": "disk-full"}
    assert recorded(observations, on) == failed
    off = verbs.recorded(on, False, now)
    assert recorded(observations, off) == begun | figures | {"state": "stopped"}
    again = verbs.recorded(off, True, now)
    assert recorded(observations, again) == begun | {"number": 2}
