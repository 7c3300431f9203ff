"""Alarms: raised in time, one for each cause, gone when mended, and never flapping."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain.alarms import Alarm, Alarms, Changes, Reading
from diemcau.domain.watch import KINDS, THRESHOLDS, SiteFacts, line_ills, site_ills

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
LINK, MASTER = "link/bac/tinh", "mcu/tinh"
WELL = SiteFacts("ready", {"loss_pct": 0.0, "rtt_ms": 20.0}, "live", "moving", open=True)


def site(name: str, facts: SiteFacts, mcu: str = "bac") -> dict[str, Reading]:
    return {f"site/{name}": Reading(site_ills(facts), (LINK, MASTER), mcu)}


def link(lost: bool = False, **figures: float) -> dict[str, Reading]:
    return {LINK: Reading({"lost": lost, **line_ills(figures)}, (MASTER,))}


class Play:
    """Time goes on as readings come."""

    def __init__(self) -> None:
        self.alarms = Alarms()
        self.at = 0.0
        self.raised: list[tuple[float, Alarm]] = []
        self.ended: list[tuple[float, Alarm]] = []

    def goes_on(self, readings: dict[str, Reading], seconds: float, step: float = 0.25) -> None:
        end = self.at + seconds
        while self.at < end:
            changes: Changes = self.alarms.update(
                readings, NOW + timedelta(seconds=self.at), self.at
            )
            self.raised += [(self.at, alarm) for alarm in changes.raised]
            self.ended += [(self.at, alarm) for alarm in changes.ended]
            self.at += step

    @property
    def there(self) -> list[tuple[str, str]]:
        return [(alarm.subject, alarm.kind) for alarm in self.alarms.now]


def test_a_fault_is_an_alarm_within_a_second_and_gone_when_mended() -> None:
    for kind, facts in {
        "lost": SiteFacts("lost"),
        "black": SiteFacts("ready", input="live", looks="black"),
        "frozen": SiteFacts("ready", input="live", looks="frozen"),
        "loss": SiteFacts("ready", {"loss_pct": 5.0}),
    }.items():
        play = Play()
        play.goes_on(site("x1", WELL), 5)
        play.goes_on(site("x1", facts), 1.25)
        assert play.there == [("site/x1", kind)]
        assert play.alarms.now[0].since == NOW + timedelta(seconds=5)
        play.goes_on(site("x1", WELL), 30)
        assert play.there == []
        assert [alarm.kind for _, alarm in play.raised] == [kind]


def test_sound_that_stops_is_an_alarm_but_a_muted_or_quiet_site_is_none() -> None:
    play = Play()
    for level, is_open in ((-100.0, False), (-70.0, True), (-80.0, True)):
        play.goes_on(site("x1", SiteFacts("ready", {"level_db": level}, open=is_open)), 10)
    assert play.raised == []
    play.goes_on(site("x1", SiteFacts("ready", {"level_db": -100.0}, open=True)), 2.5)
    assert play.there == [("site/x1", "silent")]


def test_a_site_that_left_by_itself_is_no_alarm() -> None:
    play = Play()
    play.goes_on(site("x1", WELL) | link(), 5)
    play.goes_on(link(), 30)
    assert play.raised == []


def test_a_dead_link_is_one_alarm_with_its_sites_as_consequences() -> None:
    names = [f"x{number:02}" for number in range(40)]
    play = Play()
    well = {name: reading for x in names for name, reading in site(x, WELL).items()}
    lost = {s: r for x in names for s, r in site(x, SiteFacts("lost")).items()}
    play.goes_on(well | link(), 5)
    play.goes_on(lost | link(lost=True), 60)
    ((_, alarm),) = play.raised
    assert (alarm.subject, alarm.kind, alarm.sites) == (LINK, "lost", tuple(names))
    play.goes_on(lost | link(), 5)
    play.goes_on(well | link(loss_pct=60.0, rtt_ms=20.0), 4)
    play.goes_on(well | link(loss_pct=0.0), 30)
    assert len(play.raised) == 1
    assert play.there == []


def test_what_follows_from_its_own_fault_is_no_second_alarm() -> None:
    for facts, kind in (
        (
            SiteFacts(
                "ready", {"loss_pct": 20.0, "rtt_ms": 900.0, "fps": 0.0}, "stalled", "frozen"
            ),
            "loss",
        ),
        (SiteFacts("ready", {"fps": 0.0}, "live", "black"), "black"),
    ):
        play = Play()
        play.goes_on(site("x1", facts), 60)
        assert play.there == [("site/x1", kind)]


def test_many_sites_of_one_mcu_that_suffer_the_same_have_one_cause() -> None:
    play = Play()
    lost = {s: r for x in "abcde" for s, r in site(x, SiteFacts("lost")).items()}
    well = {s: r for x in "fghi" for s, r in site(x, WELL).items()}
    play.goes_on(lost | well | link(), 20)
    ((_, alarm),) = play.raised
    assert (alarm.subject, alarm.kind) == ("mcu/bac", "lost")
    assert alarm.sites == tuple("abcde")
    play.goes_on({s: r for x in "abcdefghi" for s, r in site(x, WELL).items()} | link(), 20)
    assert play.there == []


def test_three_of_forty_are_three_alarms() -> None:
    play = Play()
    readings = {s: r for n in range(37) for s, r in site(f"w{n}", WELL).items()}
    lost = {s: r for x in "abc" for s, r in site(x, SiteFacts("lost")).items()}
    play.goes_on(readings | lost | link(), 20)
    assert play.there == [("site/a", "lost"), ("site/b", "lost"), ("site/c", "lost")]


def test_without_figures_nothing_is_judged() -> None:
    play = Play()
    play.goes_on(site("x1", SiteFacts("ready")) | link(), 60)
    assert play.raised == []
    play.goes_on(site("x1", SiteFacts("ready", {"loss_pct": 5.0})), 3)
    play.goes_on(site("x1", SiteFacts("ready")), 60)
    assert play.there == [("site/x1", "loss")], "nobody said that it is mended"


ILLS = st.sampled_from([True, False, None])


@given(st.sampled_from(KINDS), st.lists(st.tuples(ILLS, st.floats(0.01, 3)), max_size=200))
def test_whatever_a_sensor_says_an_alarm_comes_once_in_its_period(
    kind: str, said: Sequence[tuple[bool | None, float]]
) -> None:
    hold = THRESHOLDS.holds[kind]
    alarms, at, last, ended = Alarms(), 0.0, -1e9, -1e9
    began: float | None = None
    for ill, seconds in said:
        at += seconds
        began = None if ill is False else at if ill and began is None else began
        changes = alarms.update({"site/x": Reading({kind: ill})}, NOW, at)
        if changes.raised:
            assert began is not None
            assert at - began >= hold.raise_s
            assert at - last >= hold.end_s
            last = at
        if changes.ended:
            assert ill is False
            assert at - ended >= hold.end_s
            ended = at


@given(st.lists(st.tuples(st.sets(st.sampled_from("abcdefgh")), st.booleans()), max_size=60))
def test_nobody_is_named_twice_for_the_same_and_all_is_gone_at_last(
    moments: list[tuple[set[str], bool]],
) -> None:
    play = Play()
    everybody = "abcdefgh"
    for lost, cut in moments:
        readings = link(cut)
        for x in everybody:
            readings |= site(x, SiteFacts("lost") if x in lost else WELL)
        play.goes_on(readings, 1)
        for kind in KINDS:
            named = [s for a in play.alarms.now if a.kind == kind for s in a.sites]
            assert len(named) == len(set(named))
    play.goes_on(link() | {s: r for x in everybody for s, r in site(x, WELL).items()}, 15)
    assert play.there == []
    assert sorted(a.id for _, a in play.raised) == sorted(a.id for _, a in play.ended)
