"""What is there, and what is lost with it."""

from diemcau.domain.resources import (
    BLANK,
    ChildLink,
    Downlink,
    Input,
    Listener,
    MixerFeed,
    Publisher,
    Resource,
    Room,
    Uplink,
)
from diemcau.mcu.present import Held, Present

C = "c1"
SITE = Publisher(C, "s1", "one")
LANE = Uplink(C, 0, "tinh", "e1", "site/s1")


class Changes:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def present(*resources: Resource) -> Present:
    made = Present(lambda: None)
    for resource in resources:
        made.put(Held(resource))
    return made


def test_every_difference_is_told_and_nothing_else() -> None:
    changes = Changes()
    made = Present(changes)
    held = made.put(Held(SITE))
    assert changes.count == 1
    made.set_missed(held, True)
    made.set_missed(held, True)
    assert changes.count == 2
    made.replace(LANE)  # not here
    assert made.drop(LANE.key) is None
    assert changes.count == 2
    assert made.drop(SITE.key) is held
    assert changes.count == 3


def test_a_feed_is_found_by_whoever_provides_it() -> None:
    made = present(Room(C), SITE, ChildLink(C, "vnpt", "up/2"), Downlink(C, "program", "t", "e"))
    for feed, kind in (
        (BLANK, "room"),
        ("site/s1", "publisher"),
        ("up/vnpt/2", "child-link"),
        ("program", "downlink"),
    ):
        held = made.feed(C, feed)
        assert held is not None
        assert held.resource.kind == kind
    assert made.feed("c2", BLANK) is None
    assert made.feed(C, "site/s2") is None


def test_a_lane_loses_its_source_with_the_publisher_and_is_switched_anew() -> None:
    made = present(Room(C), SITE, LANE)
    made.drop(SITE.key)
    lane = made.get(LANE.key)
    assert lane is not None
    assert lane.resource == Uplink(C, 0, "tinh", "e1", "")


def test_a_lane_on_another_feed_does_not_care() -> None:
    made = present(Room(C), SITE, Uplink(C, 0, "tinh", "e1", BLANK))
    before = made.get(LANE.key)
    made.drop(SITE.key)
    assert made.get(LANE.key) is before
    assert before is not None
    assert before.resource == Uplink(C, 0, "tinh", "e1", BLANK)


def test_a_childs_return_loses_its_source_with_the_mixers_feed() -> None:
    link = ChildLink(C, "vnpt", "return/0", "return/3")
    made = present(MixerFeed(C, "return/3"), link)
    made.drop(MixerFeed(C, "return/3").key)
    assert made.resources == (ChildLink(C, "vnpt", "return/0", ""),)


def test_a_listener_loses_only_the_half_that_went() -> None:
    listener = Listener(C, "l1", "s1", "program", "program", "return/0")
    made = present(MixerFeed(C, "program"), MixerFeed(C, "return/0"), listener)
    made.drop(MixerFeed(C, "return/0").key)
    assert made.resources[-1] == Listener(C, "l1", "s1", "program", "program", "")
    made.drop(MixerFeed(C, "program").key)
    assert made.resources[-1] == Listener(C, "l1", "s1", "program", "", "")


def test_what_went_while_a_listener_was_switched_stays_lost() -> None:
    before = Listener(C, "l1", "s1", "program", "program", "return/0")
    made = present(MixerFeed(C, "program"), MixerFeed(C, "chirp/s1"), before)
    made.drop(MixerFeed(C, "program").key)
    made.replace(Listener(C, "l1", "s1", "program", "program", "chirp/s1"))
    assert made.resources[-1] == Listener(C, "l1", "s1", "program", "", "chirp/s1")


def test_a_mixers_input_goes_with_its_feed() -> None:
    """Janus forwards nothing of a publisher that is gone: the input is made anew."""
    made = present(Room(C), SITE, Input(C, 3, "s1", "site/s1"), Input(C, 4, "s2", "up/vnpt/0"))
    made.drop(SITE.key)
    assert made.resources == (Room(C), Input(C, 4, "s2", "up/vnpt/0"))


def test_what_goes_in_one_conference_is_not_missed_in_another() -> None:
    other = Uplink("c2", 0, "tinh", "e1", "site/s1")
    made = present(SITE, Publisher("c2", "s1", "x"), other)
    made.drop(SITE.key)
    assert made.resources[-1] == other
