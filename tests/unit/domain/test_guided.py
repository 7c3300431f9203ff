"""MCUs of another make: what is asked of their technicians, and what is mixed for their sites."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from diemcau.domain import conference as verbs
from diemcau.domain import guided
from diemcau.domain.conference import Ask, CallState, Conference, Scene, full
from diemcau.domain.layout import layout
from diemcau.domain.planner import allocate, carrier, cascade, guides, mix, plan
from diemcau.domain.refusal import Conflict, Invalid
from diemcau.domain.resources import Admission, Input
from diemcau.domain.source import content_of
from diemcau.testing.samples import GATEWAY, GUIDED, MASTER, with_guided

BOOK = with_guided()
START = datetime(2026, 11, 24, 1, tzinfo=UTC)
Verb = Callable[[Conference], Conference]


class Session:
    """A conference on which verbs are done as the server does them, by a clock in hand."""

    def __init__(self) -> None:
        made = Conference("c1", "Họp", MASTER, tuple(BOOK.sites), chair="s-tinh")
        self.now = allocate(verbs.opened(made), BOOK)
        self.seconds = 0.0

    @property
    def time(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def do(self, verb: Verb) -> Conference:
        wanted = verb(self.now)
        guided.require_possible(self.now, wanted, BOOK)
        self.now = allocate(guided.asking(self.now, wanted, BOOK, self.time), BOOK)
        return self.now

    def preview(self, *sites: str) -> None:
        self.do(lambda c: verbs.previewed(c, Scene(layout("grid-2x2"), sites)))

    def call(self, site: str) -> None:
        self.do(lambda c: verbs.called(c, site, f"k{self.seconds}", self.time))

    def confirm(self, site: str, by: str = "kythuat") -> None:
        self.do(lambda c: guided.confirmed(c, BOOK, site, by, self.time))

    @property
    def ask(self) -> Ask | None:
        return self.now.asks.get(GUIDED)


@pytest.fixture
def session() -> Session:
    return Session()


def test_a_site_is_mixed_from_its_gateway_under_its_own_name(session: Session) -> None:
    session.do(lambda c: verbs.taken(c, full("s-hang-1")))
    slot = session.now.slots.index(GATEWAY)
    assert not {"s-hang-1", "s-hang-2"} & set(session.now.slots)
    now = mix(session.now, BOOK)
    (pane,) = next(bus.panes for bus in now.buses if bus.bus == "program")
    assert (pane.slot, pane.caption) == (slot, "Sở Mẫu 1")
    assert slot in now.open
    session.do(lambda c: verbs.muted(c, "s-hang-1", True))
    assert slot not in mix(session.now, BOOK).open


def test_our_mcus_have_the_gateway_alone(session: Session) -> None:
    session.preview("s-hang-2")
    resources = plan(session.now, BOOK, {})
    assert GUIDED not in {*resources, *cascade(session.now, BOOK).members}
    assert guides(session.now, BOOK) == {GUIDED}
    admitted = {r.site for r in resources[MASTER] if isinstance(r, Admission)}
    assert admitted == {"s-tinh", GATEWAY}
    inputs = {(r.site, r.feed) for r in resources[MASTER] if isinstance(r, Input)}
    assert (GATEWAY, f"site/{GATEWAY}") in inputs
    assert carrier(BOOK, content_of("s-hang-1")) == GATEWAY
    assert carrier(BOOK, content_of("s-tinh")) == content_of("s-tinh")


def test_what_is_on_air_is_asked_for_before_what_comes_next(session: Session) -> None:
    session.preview("s-bac-1", "s-hang-2")
    assert session.ask == Ask(GUIDED, "s-hang-2", START)
    session.seconds = 5
    session.call("s-hang-1")
    assert session.ask == Ask(GUIDED, "s-hang-1", session.time)
    session.seconds = 9
    session.do(verbs.released)
    assert session.ask == Ask(GUIDED, "s-hang-2", session.time)
    session.preview("s-bac-1")
    assert session.ask is None


def test_what_was_confirmed_stays_so_from_preview_to_programme_and_no_longer(
    session: Session,
) -> None:
    session.preview("s-hang-1")
    session.seconds = 4
    session.confirm("s-hang-1")
    session.do(verbs.taken)
    assert session.ask == Ask(GUIDED, "s-hang-1", START, session.time, "kythuat")
    session.do(lambda c: verbs.taken(c, full("s-tinh")))
    session.do(lambda c: verbs.previewed(c, full("s-bac-1")))
    session.preview("s-hang-1")
    assert session.ask == Ask(GUIDED, "s-hang-1", session.time)


def test_a_call_is_connected_by_picture_sound_and_the_technicians_word(session: Session) -> None:
    session.seconds = 10
    session.call("s-hang-1")
    session.do(lambda c: verbs.measured(c, "s-hang-1", 200.0, 250.0))
    (call,) = session.now.calls
    assert (call.state, call.connect_ms) == (CallState.REQUESTED, None)
    session.seconds = 22
    session.confirm("s-hang-1")
    (call,) = session.now.calls
    assert (call.state, call.connect_ms) == (CallState.CONNECTED, 12_000.0)
    assert call.ask == session.ask


def test_a_call_that_was_made_ready_takes_as_long_as_its_picture(session: Session) -> None:
    session.preview("s-hang-1")
    session.confirm("s-hang-1")
    session.seconds = 60
    session.call("s-hang-1")
    session.do(lambda c: verbs.measured(c, "s-hang-1", 200.0, 250.0))
    (call,) = session.now.calls
    assert (call.state, call.connect_ms) == (CallState.CONNECTED, 250.0)


def test_of_a_gateway_on_air_the_word_alone_is_waited_for(session: Session) -> None:
    session.do(lambda c: verbs.taken(c, full("s-hang-1")))
    session.confirm("s-hang-1")
    session.seconds = 10
    session.call("s-hang-2")
    assert session.now.calls[0].state is CallState.REQUESTED
    session.seconds = 43
    session.confirm("s-hang-2")
    (call,) = session.now.calls
    assert (call.state, call.connect_ms) == (CallState.CONNECTED, 33_000.0)


def test_a_site_on_the_programme_that_nobody_confirmed_is_waited_for(session: Session) -> None:
    session.do(lambda c: verbs.taken(c, full("s-hang-1")))
    session.seconds = 3
    session.call("s-hang-1")
    (before,) = session.now.calls
    session.confirm("s-hang-1")
    (after,) = session.now.calls
    assert (before.state, after.state) == (CallState.REQUESTED, CallState.CONNECTED)


def test_a_gateway_stays_open_when_all_are_muted(session: Session) -> None:
    session.do(verbs.all_muted)
    assert {"s-hang-1", "s-bac-1"} <= session.now.muted
    assert GATEWAY not in session.now.muted
    session.call("s-hang-1")
    assert session.now.slots.index(GATEWAY) in mix(session.now, BOOK).open


def test_it_is_due_after_the_call_that_waits_for_it(session: Session) -> None:
    within = timedelta(seconds=30)
    session.preview("s-hang-1")
    assert session.ask
    assert guided.due(session.now, session.ask, within) == START + within
    session.seconds = 20
    session.call("s-hang-1")
    assert guided.due(session.now, session.ask, within) == session.time + within
    session.confirm("s-hang-1")
    assert guided.due(session.now, session.ask, within) == session.time + within


def test_a_late_word_for_another_site_is_refused_and_one_said_twice_counts_once(
    session: Session,
) -> None:
    session.call("s-hang-1")
    session.call("s-hang-2")
    with pytest.raises(Conflict):
        session.confirm("s-hang-1")
    session.confirm("s-hang-2")
    first = session.ask
    session.seconds = 8
    session.confirm("s-hang-2", "ai khác")
    assert session.ask == first
    with pytest.raises(Invalid):
        session.confirm("s-bac-1")


@pytest.mark.parametrize("sites", [("s-hang-1", "s-hang-2"), ("s-tinh", GATEWAY, "s-hang-1")])
def test_a_scene_takes_one_site_of_a_guided_mcu(session: Session, sites: tuple[str, ...]) -> None:
    with pytest.raises(Conflict):
        session.preview(*sites)
