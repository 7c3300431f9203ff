"""Sites and links during a session: what counts against a line, and what does not."""

from datetime import UTC, datetime, timedelta

import pytest

from diemcau.domain.casework import Span
from diemcau.domain.measures import Figure, Minute
from diemcau.domain.tracks import Track, Window, link_track, quality, ranked, site_track, span

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(minutes=5))


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def minute(number: int, there_s: float = 60.0, loss: float = 0.1) -> Minute:
    figures = {"loss_pct": Figure(60, loss, 0.0, loss)}
    return Minute("d", "link/bac/tinh", at(number), there_s, figures)


def site(*spans: Span, minutes: tuple[Minute, ...] = ()) -> Track:
    return site_track("site/s-1", "Xã", spans, minutes, WINDOW)


def link(*minutes: Minute) -> Track:
    measured = [at(number) for number in range(5)]
    return link_track("link/bac/tinh", "bắc – tỉnh", minutes, measured, WINDOW)


def test_a_site_that_never_came_is_absent_and_its_line_not_to_blame() -> None:
    track = site()
    assert quality("site/s-1", "Xã", [track], 1).available_pct == 0
    assert ranked({"s-1": track}, {}, {}, {}) == ()


def test_a_site_that_went_and_came_back_is_ranked_by_the_time_between() -> None:
    [one] = ranked({"s-1": site(Span(at(0), at(1)), Span(at(2.5)))}, {}, {}, {})
    assert one.impaired_s == 90
    assert one.why[0].vi == "mất kết nối 1 phút 30 giây (1 lần)"


def test_what_a_site_suffers_while_its_link_does_is_laid_to_the_link() -> None:
    gone = link(minute(0), minute(1), minute(2, there_s=20.0), minute(3), minute(4))
    sites = {name: site(Span(at(0), at(2.4)), Span(at(2.9))) for name in ("s-1", "s-2")}
    ways = {"s-1": ("bac",), "s-2": ("bac",)}
    [one] = ranked(sites, {"bac": gone}, ways, {"bac": "VNPT"})
    assert (one.subject, one.carrier, one.sites) == ("link/bac/tinh", "VNPT", 2)
    assert one.impaired_s == 80


def test_a_link_of_which_nothing_was_measured_is_not_judged() -> None:
    assert quality("link", "", [link()], 1).available_pct is None
    assert link().impaired == {}


def test_a_link_is_away_once_for_minutes_that_follow_each_other() -> None:
    assert link(minute(0), minute(4)).away == 1
    assert link(minute(1), minute(3)).away == 3


def test_a_minute_of_much_loss_counts_whole() -> None:
    assert link(*(minute(number, loss=3.0 * (number == 2)) for number in range(5))).impaired == {
        at(2): 60.0
    }


def test_what_lies_outside_of_the_session_does_not_count() -> None:
    track = link(*(minute(number) for number in range(5)), minute(7, there_s=0, loss=50))
    assert quality("link", "", [track], 1).loss_pct == pytest.approx(0.1)
    assert Window(START, START).minutes() == []


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (0.2, "0 giây", "0 s"),
        (59.6, "1 phút", "1 min"),
        (3725, "1 giờ 2 phút 5 giây", "1 h 2 min 5 s"),
    ],
)
def test_times_are_said_as_people_say_them(seconds: float, vi: str, en: str) -> None:
    assert (span(seconds).vi, span(seconds).en) == (vi, en)
