"""The laws of the reconciler, on a whole cascade of imagined MCUs.

The world below does what real media do: links have two ends, feeds die with what provides them.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from diemcau.domain import conference as verbs
from diemcau.domain.conference import Conference, Scene, full
from diemcau.domain.layout import layout
from diemcau.domain.planner import allocate, plan
from diemcau.domain.reconcile import Action, Create, Delete, Retries, Update, diff, resolve
from diemcau.domain.rehearsal import moved_on, rehearsed
from diemcau.domain.resources import (
    Admission,
    ChildLink,
    Downlink,
    Examination,
    Input,
    Key,
    Listener,
    Mix,
    Mixer,
    Publisher,
    Recording,
    Resource,
    Room,
    Uplink,
    feed_key,
    from_json,
    to_json,
)
from diemcau.domain.source import site_of, source_of
from diemcau.testing.places import PROVINCE, small_directory

DIRECTORY = small_directory(PROVINCE)
SITES = tuple(DIRECTORY.sites)
EPOCHS = {mcu: f"{mcu}-1" for mcu in PROVINCE}
ROUNDS = 60
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


class World:
    """Observed state of every MCU, and what an action does to it."""

    def __init__(self, observed: dict[str, dict[Key, Resource]]) -> None:
        self.observed = observed

    def fits(self, mcu: str, action: Action) -> bool:
        """Whether the action is still possible after those done since it was named."""
        here = self.observed[mcu]
        if isinstance(action, Create):
            provided = {key for resource in here.values() for key in resource.provides}
            return action.resource.key not in here and action.resource.needs <= provided
        old = action.old if isinstance(action, Update) else action.resource
        return here.get(old.key) == old

    def apply(self, mcu: str, action: Action) -> None:
        here = self.observed[mcu]
        match action:
            case Create(resource):
                here[resource.key] = resource
                self._other_end(mcu, resource)
            case Update(_, resource):
                here[resource.key] = resource
            case Delete(resource):
                here.pop(resource.key, None)
                self._lose_feeds(mcu)

    def _other_end(self, mcu: str, resource: Resource) -> None:
        """Whoever makes a link makes its parent's end too."""
        match resource:
            case Uplink(conference=conference, lane=lane, parent=parent):
                link = ChildLink(conference, mcu, f"up/{lane}")
            case Downlink(conference=conference, feed=feed, parent=parent):
                link = ChildLink(conference, mcu, feed, "blank")
            case _:
                return
        self.observed[parent][link.key] = link

    def _lose_feeds(self, mcu: str) -> None:
        here = self.observed[mcu]
        feeds = {key for resource in here.values() for key in resource.provides}
        for key, resource in list(here.items()):
            if isinstance(resource, Input) and (
                feed_key(resource.conference, resource.feed) not in feeds
            ):
                del here[key]


def run(
    world: World,
    desired: dict[str, tuple[Resource, ...]],
    rng: random.Random,
    fails: Callable[[str, Action], bool] = lambda mcu, action: False,
) -> None:
    """Reconcile all MCUs in an order that chance chooses, until nothing is left to do."""
    for _ in range(ROUNDS):
        work = [
            (mcu, action)
            for mcu, resources in desired.items()
            for action in diff(resources, world.observed[mcu].values())
        ]
        work = [(mcu, action) for mcu, action in work if not fails(mcu, action)]
        if not work:
            return
        rng.shuffle(work)
        for mcu, action in work[: rng.randint(1, len(work))]:
            if world.fits(mcu, action):
                world.apply(mcu, action)
    raise AssertionError("the reconciler never comes to rest")


def reached(desired: tuple[Resource, ...], observed: dict[Key, Resource]) -> bool:
    return {r.key: r for r in resolve(desired, observed.values())} == observed


sites = st.sampled_from(SITES)
sources = st.builds(source_of, sites, st.booleans())
scenes = st.one_of(
    sources.map(full),
    st.lists(sources, min_size=1, max_size=9, unique=True).map(
        lambda chosen: Scene(layout("grid-3x3"), tuple(chosen))
    ),
)
steps = st.lists(
    st.tuples(st.sampled_from(["preview", "take", "record", "rehearse"]), scenes), max_size=6
)
masters = st.sampled_from(sorted(PROVINCE))
seeds = st.integers(0, 2**32)


def session(master: str, done: list[tuple[str, Scene]]) -> Conference:
    now = verbs.opened(Conference("c1", "Phiên họp", master, SITES, chair="prov-1"))
    now = allocate(now, DIRECTORY)
    for verb, scene in done:
        now = allocate(_done(now, verb, scene), DIRECTORY)
    return now


def _done(now: Conference, verb: str, scene: Scene) -> Conference:
    match verb:
        case "preview":
            return verbs.previewed(now, scene)
        case "take":
            return verbs.taken(now, scene)
        case "rehearse":
            return moved_on(rehearsed(now, scene.present, NOW), DIRECTORY, SITES, NOW)
    return verbs.recorded(now, not now.recording, NOW)


def joined(chosen: set[str], listening: set[str]) -> dict[str, dict[Key, Resource]]:
    """Sources that are published and sites that listen, at their home MCUs."""
    observed: dict[str, dict[Key, Resource]] = {mcu: {} for mcu in PROVINCE}
    for source in chosen:
        publisher = Publisher("c1", source, f"w-{source}")
        observed[DIRECTORY.site(site_of(source)).mcu][publisher.key] = publisher
    for site in listening:
        listener = Listener("c1", f"l-{site}", site, "program", "", "")
        observed[DIRECTORY.site(site).mcu][listener.key] = listener
    return observed


@settings(max_examples=60, deadline=None)
@given(masters, steps, masters, steps, st.sets(sources), st.sets(sites), seeds)
def test_from_any_observed_state_the_actions_reach_the_desired_one(
    old_master: str,
    old_steps: list[tuple[str, Scene]],
    master: str,
    now_steps: list[tuple[str, Scene]],
    publishing: set[str],
    listening: set[str],
    seed: int,
) -> None:
    """Whatever another session with other masters and other lives of the MCUs has left behind."""
    rng = random.Random(seed)
    world = World(joined(publishing, listening))
    left_behind = plan(session(old_master, old_steps), DIRECTORY, dict.fromkeys(PROVINCE, "old"))
    for mcu, resources in left_behind.items():
        for resource in resources:
            if resource.kind != "admission" and rng.random() < 0.7:
                world.observed[mcu][resource.key] = resource
    desired = plan(session(master, now_steps), DIRECTORY, EPOCHS)
    run(world, desired, rng)
    for mcu, resources in desired.items():
        assert reached(resources, world.observed[mcu])


@settings(max_examples=40, deadline=None)
@given(masters, steps, st.sets(sites), seeds, seeds)
def test_the_order_in_which_things_happen_does_not_matter(
    master: str, done: list[tuple[str, Scene]], publishing: set[str], one: int, other: int
) -> None:
    desired = plan(session(master, done), DIRECTORY, EPOCHS)
    worlds = [World(joined(publishing, publishing)) for _ in range(2)]
    for world, seed in zip(worlds, (one, other), strict=True):
        run(world, desired, random.Random(seed))
    assert worlds[0].observed == worlds[1].observed


@settings(max_examples=40, deadline=None)
@given(masters, steps, st.sets(sites), seeds)
def test_once_reached_nothing_is_done_again(
    master: str, done: list[tuple[str, Scene]], publishing: set[str], seed: int
) -> None:
    desired = plan(session(master, done), DIRECTORY, EPOCHS)
    world = World(joined(publishing, publishing))
    run(world, desired, random.Random(seed))
    for mcu, resources in desired.items():
        assert diff(resources, world.observed[mcu].values()) == ()


@settings(max_examples=40, deadline=None)
@given(masters, steps, st.sets(sites), sites, seeds)
def test_a_link_that_cannot_be_made_keeps_no_site_of_another_mcu_waiting(
    master: str, done: list[tuple[str, Scene]], publishing: set[str], broken: str, seed: int
) -> None:
    """One MCU whose every link fails: all others still reach what does not hang on it."""
    cut = DIRECTORY.site(broken).mcu
    desired = plan(session(master, done), DIRECTORY, EPOCHS)

    def fails(mcu: str, action: Action) -> bool:
        return mcu == cut and action.resource.kind in ("uplink", "downlink")

    world = World(joined(publishing, publishing))
    run(world, desired, random.Random(seed), fails)
    for mcu, resources in desired.items():
        if mcu != cut:
            assert diff(resources, world.observed[mcu].values()) == ()
            missing = {r.key for r in resolve(resources, world.observed[mcu].values())} - set(
                world.observed[mcu]
            )
            assert all(key[0] == "child-link" and key[2] == cut for key in missing)


@given(masters, steps)
@settings(max_examples=40, deadline=None)
def test_every_source_on_air_with_a_slot_has_one_feed_all_the_way_to_the_master(
    master: str, done: list[tuple[str, Scene]]
) -> None:
    now = session(master, done)
    plans = plan(now, DIRECTORY, EPOCHS)
    inputs = {r.site: r for r in plans[master] if isinstance(r, Input)}
    for source, made in inputs.items():
        if source in now.on_air:
            feed, mcu = made.feed, master
            while feed.startswith("up/"):
                _, mcu, lane = feed.split("/")
                lanes = {r.lane: r for r in plans[mcu] if isinstance(r, Uplink)}
                feed = lanes[int(lane)].source
            assert feed == f"site/{source}"
            assert mcu == DIRECTORY.site(site_of(source)).mcu
    assert {*now.program.shown, now.chair} <= set(inputs)


@given(masters, steps, st.booleans())
@settings(max_examples=30, deadline=None)
def test_resources_survive_the_wire(
    master: str, done: list[tuple[str, Scene]], clock: bool
) -> None:
    now = verbs.clocked(verbs.bannered(session(master, done), "Giải lao"), clock)
    for resources in plan(now, DIRECTORY, EPOCHS).values():
        for resource in resources:
            assert from_json(to_json(resource)) == resource


def test_a_parent_that_starts_a_new_life_gets_new_links() -> None:
    now = session("prov", [])
    before, after = (plan(now, DIRECTORY, e) for e in (EPOCHS, {**EPOCHS, "prov": "prov-2"}))
    world = World(joined(set(), set()))
    run(world, before, random.Random(1))
    removed = {a.resource.kind for a in diff(after["north"], world.observed["north"].values())}
    assert removed == {"uplink", "downlink"}


def test_an_mcu_whose_life_is_not_known_yet_is_left_alone() -> None:
    plans = plan(session("prov", []), DIRECTORY, {"prov": ""})
    assert not [r for r in plans["north"] if isinstance(r, Uplink | Downlink)]


def test_the_next_recording_begins_when_the_last_has_ended() -> None:
    first, second = Recording("c1", 1), Recording("c1", 2)
    mixer = Mixer("c1", 1, ("program",))
    mix = Mix("c1", "1", (), ())
    assert diff([mixer, mix, second], [mixer, mix, first]) == (Delete(first),)
    assert diff([mixer, mix, second], [mixer, mix]) == (Create(second),)


def test_a_new_mixer_records_only_what_it_was_told_to_show() -> None:
    mixer, mix, recording = Mixer("c1", 1, ("program",)), Mix("c1", "1", (), ()), Recording("c1", 1)
    assert diff([mixer, mix, recording], [mixer]) == (Create(mix),)


def test_a_site_under_examination_hears_the_chirp_and_then_the_programme_again() -> None:
    room = Room("c1")
    site = Publisher("c1", "north-1", "w")
    listener = Listener("c1", "l", "north-1", "program", "program", "program")
    program = Downlink("c1", "program", "prov", "e")
    examination = Examination("c1", "north-1", 1)
    chirp = Admission("c1", "north-1", "chirp/north-1")
    here = [room, site, listener, program]
    assert diff([room, program, chirp, examination], here) == (Create(examination),)
    hearing = replace(listener, sound="chirp/north-1")
    found = diff([room, program, chirp, examination], [*here, examination])
    assert found == (Update(listener, hearing),)
    after = diff(
        [room, program, Admission("c1", "north-1", "program")],
        [room, site, hearing, program, examination],
    )
    assert after == (Delete(examination), Update(hearing, listener))


def test_whoever_is_not_there_is_not_examined() -> None:
    room, examination = Room("c1"), Examination("c1", "north-1", 1)
    assert diff([room, examination], [room]) == ()
    assert diff([room, examination], [room, examination]) == (Delete(examination),)


def test_removals_come_before_whatever_takes_their_place() -> None:
    old = Uplink("c1", 0, "prov", "old")
    new = replace(old, epoch="new")
    room = Room("c1")
    assert diff([room, new], [room, old]) == (Delete(old),)
    assert diff([room, new], [room]) == (Create(new),)


def test_a_failed_key_waits_longer_each_time_and_no_other_key_waits() -> None:
    one, other = Create(Room("c1")), Create(Room("c2"))
    retries = Retries(first_s=0.2, most_s=1.0)
    waits = []
    for _ in range(5):
        retries = retries.failed(one.resource.key, 10.0)
        waits.append(round((retries.next_due(10.0) or 0), 3))
        assert retries.ready([one, other], 10.0) == (other,)
    assert waits == [0.2, 0.4, 0.8, 1.0, 1.0]
    assert retries.ready([one], 11.0) == (one,)
    assert retries.succeeded(one.resource.key).next_due(10.0) is None
