"""From a conference to what each MCU of its cascade shall have."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from diemcau.domain.allocation import Places, assign, grow
from diemcau.domain.cascade import Cascade, hang
from diemcau.domain.conference import Conference, Scene
from diemcau.domain.directory import Directory
from diemcau.domain.resources import (
    BLANK,
    Admission,
    BusMix,
    ChildLink,
    Downlink,
    Examination,
    Input,
    Mix,
    Mixer,
    MixerFeed,
    MixPane,
    Recording,
    Resource,
    Room,
    Uplink,
)
from diemcau.domain.source import content_of, is_content, site_of

SLOTS = 16
"""Mixer slots: nine on air, the same number again is rarely next; 16 leaves idle ones over."""

LANES_LEAST, LANES_MOST = 3, 12
"""Lanes of a link: on air, leaving, and one idle for whoever is called without warning."""


def carrier(directory: Directory, source: str) -> str:
    """The source whose picture and sound it is: itself, or the gateway of its guided MCU."""
    site = site_of(source)
    joining = directory.joining(site)
    return source if joining == site else joining


def home(conference: Conference, directory: Directory, source: str) -> str:
    """The MCU at which a site joins this conference, and with it whatever it sends."""
    site = site_of(carrier(directory, source))
    return conference.homes.get(site) or directory.site(site).mcu


def guides(conference: Conference, directory: Directory) -> frozenset[str]:
    """The guided MCUs whose sites take part."""
    return frozenset(filter(None, map(directory.guide, conference.sites)))


def name(directory: Directory, source: str) -> str:
    """What stands on its picture."""
    called = directory.site(site_of(source)).name
    return f"Trình chiếu – {called}" if is_content(source) else called


def cascade(conference: Conference, directory: Directory) -> Cascade:
    """The conference's cascade: as it was planned, else over the usual lines."""
    members = [home(conference, directory, site) for site in conference.sites]
    lines = list(conference.parents.items()) or directory.lines()
    return hang(conference.master, lines, members)


def allocate(conference: Conference, directory: Directory) -> Conference:
    """Seat the wanted sources on mixer slots and on the lanes of every link on their way."""
    tree = cascade(conference, directory)
    wanted = tuple(dict.fromkeys(carrier(directory, source) for source in conference.wanted))
    slots = assign(conference.slots, wanted, SLOTS)
    seated = [source for source in wanted if source in slots]
    lanes: dict[str, Places] = {}
    for child in tree.parent:
        mine = [one for one in seated if child in tree.path(home(conference, directory, one))]
        current = tuple(conference.lanes.get(child, ()))
        size = grow(current, len(mine), LANES_LEAST, LANES_MOST)
        lanes[child] = assign(current, mine, size)
    return replace(conference, slots=slots, lanes=lanes)


def plan(
    conference: Conference, directory: Directory, epochs: Mapping[str, str]
) -> dict[str, tuple[Resource, ...]]:
    """What each MCU of the conference shall have.

    ``conference`` is allocated; ``epochs`` gives the present life of each MCU's media server: a
    link belongs to one life of its parent, so a parent that starts anew gets new links. The master
    comes first and the deepest last: told in this order, a way up is open before pictures come.
    """
    tree = cascade(conference, directory)
    plans: dict[str, tuple[Resource, ...]] = {}
    for mcu in sorted(tree.members, key=lambda mcu: (len(tree.path(mcu)), mcu)):
        resources: list[Resource] = [Room(conference.id)]
        if mcu == tree.master:
            resources += _mixing(conference, directory, tree)
        else:
            resources += _links_up(conference, directory, tree, mcu, epochs)
        for child in tree.children(mcu):
            resources += _links_down(conference, tree, mcu, child)
        resources += _admissions(conference, directory, tree, mcu)
        resources += _examinations(conference, directory, mcu)
        plans[mcu] = tuple(resources)
    return plans


def feed_of(
    conference: Conference, directory: Directory, tree: Cascade, mcu: str, source: str
) -> str:
    """The feed on which ``source`` arrives at ``mcu``; BLANK if no lane carries it there."""
    path = tree.path(home(conference, directory, source))
    if mcu not in path:
        return BLANK
    here = path.index(mcu)
    if here == 0:
        return f"site/{source}"
    child = path[here - 1]
    lanes = conference.lanes.get(child, ())
    return f"up/{child}/{lanes.index(source)}" if source in lanes else BLANK


def _mixing(conference: Conference, directory: Directory, tree: Cascade) -> Iterable[Resource]:
    yield Mixer(conference.id, SLOTS, conference.buses)
    for bus in conference.buses:
        yield MixerFeed(conference.id, bus)
    for slot in range(SLOTS):
        yield MixerFeed(conference.id, f"return/{slot}")
    for slot, source in enumerate(conference.slots):
        if source:
            feed = feed_of(conference, directory, tree, tree.master, source)
            if feed != BLANK:
                yield Input(conference.id, slot, source, feed)
    yield mix(conference, directory)
    if conference.recording:
        yield Recording(conference.id, conference.recording)


def mix(conference: Conference, directory: Directory) -> Mix:
    """The whole desired mix of the conference."""
    panes = {
        "program": _slate(conference) or _panes(conference, directory, conference.program),
        "chair": _panes(conference, directory, conference.chair_view),
    }
    return Mix(
        conference.id,
        take=str(conference.take_number),
        buses=tuple(
            BusMix(bus, panes[bus], conference.banner, conference.clock) for bus in conference.buses
        ),
        open=tuple(sorted({*_slots(conference, directory, conference.heard)} - {-1})),
        together=_together(conference),
    )


def _together(conference: Conference) -> tuple[tuple[int, ...], ...]:
    """The slots of each site that has several."""
    slots: dict[str, list[int]] = {}
    for slot, source in enumerate(conference.slots):
        if source:
            slots.setdefault(site_of(source), []).append(slot)
    return tuple(tuple(own) for own in slots.values() if len(own) > 1)


def _slate(conference: Conference) -> tuple[MixPane, ...]:
    """An empty pane over the whole frame says its text on a slate."""
    return (MixPane(-1, 0, 0, 1, 1, conference.slate),) if conference.slate else ()


def _panes(conference: Conference, directory: Directory, scene: Scene) -> tuple[MixPane, ...]:
    slots = _slots(conference, directory, scene.sites)
    return tuple(
        MixPane(slot, pane.x, pane.y, pane.w, pane.h, name(directory, source) if source else "")
        for slot, pane, source in zip(slots, scene.layout.panes, scene.sites, strict=True)
    )


def _slots(conference: Conference, directory: Directory, sources: Iterable[str]) -> list[int]:
    """The mixer slot of each; -1 for none."""
    slots = {source: slot for slot, source in enumerate(conference.slots) if source}
    return [slots.get(carrier(directory, s), -1) if s else -1 for s in sources]


def _links_up(
    conference: Conference, directory: Directory, tree: Cascade, mcu: str, epochs: Mapping[str, str]
) -> Iterable[Resource]:
    parent = tree.parent[mcu]
    epoch = epochs.get(parent, "")
    if not epoch:
        return
    for bus in conference.buses:
        yield Downlink(conference.id, bus, parent, epoch)
    for lane, source in enumerate(conference.lanes.get(mcu, ())):
        feed = feed_of(conference, directory, tree, mcu, source) if source else BLANK
        yield Uplink(conference.id, lane, parent, epoch, feed)
        yield Downlink(conference.id, f"return/{lane}", parent, epoch)


def _links_down(conference: Conference, tree: Cascade, mcu: str, child: str) -> Iterable[Resource]:
    for bus in conference.buses:
        yield ChildLink(conference.id, child, bus, bus)
    for lane, source in enumerate(conference.lanes.get(child, ())):
        yield ChildLink(conference.id, child, f"up/{lane}")
        yield ChildLink(
            conference.id, child, f"return/{lane}", _return_of(conference, tree, mcu, source)
        )


def _return_of(conference: Conference, tree: Cascade, mcu: str, *sources: str) -> str:
    """The feed with the programme without the site of these sources at ``mcu``, by the first of
    them that has a seat; BLANK if none has."""
    seats = conference.slots if mcu == tree.master else conference.lanes.get(mcu, ())
    seated = (seats.index(source) for source in sources if source and source in seats)
    return next((f"return/{seat}" for seat in seated), BLANK)


def _admissions(
    conference: Conference, directory: Directory, tree: Cascade, mcu: str
) -> Iterable[Resource]:
    for site in conference.sites:
        if directory.joining(site) == site and home(conference, directory, site) == mcu:
            sound = _return_of(conference, tree, mcu, site, content_of(site))
            sound = "program" if sound == BLANK else sound
            if site in conference.under_examination:
                sound = f"chirp/{site}"
            yield Admission(conference.id, site, sound)


def _examinations(conference: Conference, directory: Directory, mcu: str) -> Iterable[Resource]:
    for trial in conference.rehearsal.trials if conference.rehearsal else ():
        if trial.since is not None and home(conference, directory, trial.site) == mcu:
            yield Examination(conference.id, trial.site, trial.attempt)
