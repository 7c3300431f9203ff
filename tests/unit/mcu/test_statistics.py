"""From Janus's totals to rates."""

from typing import Any

import pytest

from diemcau.domain.resources import Listener, Publisher, Uplink
from diemcau.mcu.examinations import way_down
from diemcau.mcu.statistics import Reading, Statistics, moved_on, sizes_of
from tests.unit.mcu.janus_ground import JanusGround

PUBLISHER, LANE = Publisher("c1", "s1", "one"), Uplink("c1", 2, "tinh", "e1", "site/s1")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def medium(way: str, size: int, packets: int, **rtcp: int) -> dict[str, Any]:
    counts = {"bytes": size, "packets": packets}
    return {"type": "video", "stats": {way: counts}, "rtcp": {"main": rtcp}}


def info(*media: dict[str, Any]) -> dict[str, Any]:
    """The first of two is the sound."""
    if len(media) > 1:
        media = ({**media[0], "type": "audio"}, *media[1:])
    return {"webrtc": {"media": {str(index): one for index, one in enumerate(media)}}}


@pytest.fixture
def media() -> JanusGround:
    return JanusGround()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def statistics(media: JanusGround, clock: Clock) -> Statistics:
    return Statistics(media.ground, clock)


async def test_rates_are_of_the_time_between_two_readings(
    media: JanusGround, clock: Clock, statistics: Statistics
) -> None:
    media.put(PUBLISHER, 7)
    media.infos[7] = info(medium("in", 1000, 10), medium("in", 9000, 90, rtt=12))
    first = (await statistics.collect())["publishers"]
    assert first == [{"conference": "c1", "site": "s1", "rtt_ms": 12.0, "jitter_ms": 0.0}]
    clock.now += 2
    media.infos[7] = info(
        medium("in", 2000, 20, **{"jitter-local": 3}), medium("in", 59000, 170, lost=10, rtt=8)
    )
    (entry,) = (await statistics.collect())["publishers"]
    assert entry["kbps"] == pytest.approx(8 * 51000 / 2 / 1000)
    assert entry["loss_pct"] == pytest.approx(100 * 10 / 100)
    assert (entry["rtt_ms"], entry["jitter_ms"]) == (8.0, 3.0)


async def test_a_link_is_judged_by_what_the_other_end_says_it_lost(
    media: JanusGround, clock: Clock, statistics: Statistics
) -> None:
    media.put(LANE, 9)
    media.infos[9] = info(medium("out", 0, 0))
    await statistics.collect()
    clock.now += 1
    media.infos[9] = info(medium("out", 12500, 95, **{"lost-by-remote": 5, "jitter-remote": 4}))
    (entry,) = (await statistics.collect())["links"]
    assert entry == {
        "conference": "c1", "lane": 2, "parent": "tinh",
        "jitter_ms": 4.0, "kbps": 100.0, "loss_pct": 5.0,
    }  # fmt: skip


async def test_losses_that_were_made_good_are_no_gain(
    media: JanusGround, clock: Clock, statistics: Statistics
) -> None:
    media.put(PUBLISHER, 7)
    media.infos[7] = info(medium("in", 0, 100, lost=20))
    await statistics.collect()
    clock.now += 1
    media.infos[7] = info(medium("in", 0, 200, lost=5))
    (entry,) = (await statistics.collect())["publishers"]
    assert entry["loss_pct"] == 0


async def test_what_was_lost_and_sent_again_is_a_loss_of_the_line_once(
    media: JanusGround, clock: Clock, statistics: Statistics
) -> None:
    media.put(PUBLISHER, 7)
    media.infos[7] = info(medium("in", 0, 100))
    await statistics.collect()
    clock.now += 1
    mended = medium("in", 0, 195, lost=5)  # Janus counts what was mended as lost all the same
    mended["stats"]["in"]["retransmissions"] = 4
    media.infos[7] = info(mended)
    (entry,) = (await statistics.collect())["publishers"]
    assert entry["loss_pct"] == 5


async def test_every_size_of_a_picture_counts(
    media: JanusGround, clock: Clock, statistics: Statistics
) -> None:
    media.put(PUBLISHER, 7)
    media.infos[7] = info(sizes((0, 0), (0, 0)))
    await statistics.collect()
    clock.now += 1
    media.infos[7] = info(sizes((25_000, 40), (100_000, 150), lost=10))
    (entry,) = (await statistics.collect())["publishers"]
    assert (entry["kbps"], entry["loss_pct"], entry["jitter_ms"]) == (1000.0, 5.0, 7.0)


async def test_the_jitter_of_a_size_that_stopped_is_told_no_more(
    media: JanusGround, clock: Clock, statistics: Statistics
) -> None:
    media.put(PUBLISHER, 7)
    for first, second, told in (
        ((900, 10), (4000, 40), {"jitter_ms": 7.0}),
        ((1800, 20), (4000, 40), {"jitter_ms": 0.0}),
        ((1800, 20), (4000, 40), {}),
        ((2700, 30), (8000, 80), {"jitter_ms": 7.0}),
    ):
        media.infos[7] = info(sizes(first, second))
        clock.now += 1
        (entry,) = (await statistics.collect())["publishers"]
        assert {name: entry[name] for name in entry if name == "jitter_ms"} == told


def sizes(first: tuple[int, int], second: tuple[int, int], lost: int = 0) -> dict[str, Any]:
    """What Janus counts of a picture that comes in two sizes: (bytes, packets) of each."""
    picture = medium("in", *first)
    picture["stats"]["in"]["video-simulcast-1"] = {"bytes": second[0], "packets": second[1]}
    picture["rtcp"]["sim1"] = {"lost": lost, "jitter-local": 7}
    return picture


@pytest.mark.parametrize(
    ("first", "second", "moved"),
    [(9, 40, {0, 1}), (5, 40, {1}), (9, 30, {0}), (5, 30, set())],
)
def test_which_sizes_of_a_picture_moved_on(first: int, second: int, moved: set[int]) -> None:
    before, now = (sizes_of([sizes((0, a), (0, b))], "in") for a, b in ((5, 30), (first, second)))
    assert moved_on(before, now) == {("video", size) for size in moved}


async def test_another_handle_begins_anew(
    media: JanusGround, clock: Clock, statistics: Statistics
) -> None:
    media.put(PUBLISHER, 7)
    media.infos[7] = info(medium("in", 10_000, 100))
    await statistics.collect()
    clock.now += 1
    media.put(PUBLISHER, 8)
    media.infos[8] = info(medium("in", 500, 5))
    (entry,) = (await statistics.collect())["publishers"]
    assert "kbps" not in entry


async def test_a_connection_that_is_not_up_yet_has_no_figures_but_is_named(
    media: JanusGround, statistics: Statistics
) -> None:
    media.put(PUBLISHER, 7)
    media.infos[7] = {}
    (entry,) = (await statistics.collect())["publishers"]
    assert entry == {"conference": "c1", "site": "s1"}


async def test_one_that_hung_up_a_moment_ago_has_no_figures(
    media: JanusGround, statistics: Statistics
) -> None:
    media.put(PUBLISHER, 7)
    (entry,) = (await statistics.collect())["publishers"]
    assert entry == {"conference": "c1", "site": "s1"}


def each(at: float, *media: dict[str, Any]) -> list[Reading]:
    return [Reading.of(one, "out", at) for one in media]


def test_what_arrives_of_what_goes_down_is_what_was_not_lost() -> None:
    before = each(5.0, medium("out", 1000, 10), medium("out", 0, 0))
    picture = medium("out", 99_000, 95, **{"lost-by-remote": 5})
    after = each(7.0, medium("out", 2000, 900), picture)  # nobody reports of the sound
    assert way_down({7: before}, {7: after}) == {"down_kbps": 380.0, "down_loss_pct": 5.0}
    clean = each(7.0, medium("out", 2000, 900), medium("out", 99_000, 95))
    assert way_down({7: before}, {7: clean}) == {"down_kbps": 400.0, "down_loss_pct": 0.0}


def test_of_a_session_that_was_not_there_before_nothing_is_known_of_the_way_down() -> None:
    now = each(5.0, medium("out", 1000, 10))
    assert way_down({7: now}, {8: now}) == way_down({}, {8: now}) == way_down({7: now}, {}) == {}
    assert way_down({7: now}, {7: now}) == {}, "no time passed"


def test_more_came_than_was_sent_is_no_loss() -> None:
    def told(lost: int, packets: int, at: float) -> Reading:
        return Reading.of(medium("out", 0, packets, rtt=5, **{"lost-by-remote": lost}), "out", at)

    assert told((1 << 24) - 1, 100, 2.0).since(told(0, 50, 1.0))["loss_pct"] == 0
    assert told(5, 195, 3.0).since(told((1 << 24) - 1, 100, 2.0))["loss_pct"] == 5


async def test_listeners_are_counted_by_conference(
    media: JanusGround, statistics: Statistics
) -> None:
    for conference, session in (("c1", "a"), ("c1", "b"), ("c2", "c")):
        media.put(Listener(conference, session, "", "program", "program", "program"), 1)
    assert (await statistics.collect())["listeners"] == {"c1": 2, "c2": 1}


async def test_handles_that_are_gone_are_forgotten(
    media: JanusGround, clock: Clock, statistics: Statistics
) -> None:
    for handle in range(50):
        media.put(PUBLISHER, handle)
        media.infos[handle] = info(medium("in", 0, 0))
        await statistics.collect()
        clock.now += 1
    assert len(statistics._last) == 1
