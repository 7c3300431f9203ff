"""What the store writes, it reads back as it was."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain.conference import Ask, Call, CallState, Conference, Former, Hand, Scene, Turn
from diemcau.domain.incident import Incident, Stamp, Step
from diemcau.domain.layout import LAYOUTS, custom
from diemcau.store import records
from diemcau.store.codec import decode, encode

sites = st.sampled_from([f"s-{n}" for n in range(12)])
texts = st.text(st.characters(codec="utf-8"), max_size=10)
layouts = st.one_of(
    st.sampled_from(sorted(LAYOUTS.values(), key=lambda layout: layout.id)),
    st.lists(
        st.tuples(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0.01, 0.5), st.floats(0.01, 0.5)),
        min_size=1,
        max_size=9,
    ).map(custom),
)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    chosen = draw(layouts)
    shown = draw(st.lists(sites, max_size=len(chosen.panes), unique=True))
    return Scene(chosen, tuple(shown))


moments = st.datetimes(timezones=st.just(UTC))
asks = st.builds(
    Ask,
    mcu=texts,
    site=sites,
    at=moments,
    confirmed_at=st.none() | moments,
    confirmed_by=texts,
)
calls = st.builds(
    Call,
    id=texts,
    site=sites,
    requested_at=moments,
    state=st.sampled_from(CallState),
    picture_ms=st.none() | st.floats(0, 1e6),
    sound_ms=st.none() | st.floats(0, 1e6),
    ask=st.none() | asks,
)
places = st.lists(st.just("") | sites, max_size=5).map(tuple)
conferences = st.builds(
    Conference,
    id=texts,
    title=texts,
    master=texts,
    sites=st.lists(sites, unique=True).map(tuple),
    chair=sites,
    buses=st.sampled_from([("program",), ("program", "chair")]),
    max_sites=st.integers(1, 4095),
    program=scenes(),
    chair_view=scenes(),
    preview=scenes(),
    base=scenes(),
    outgoing=scenes(),
    muted=st.frozensets(sites),
    banner=texts,
    calls=st.lists(calls, max_size=3).map(tuple),
    cue=texts,
    cue_at=st.none() | moments,
    hands=st.lists(st.builds(Hand, site=sites, at=moments), max_size=3).map(tuple),
    turn=st.none()
    | st.builds(
        Turn,
        sites=st.lists(sites, max_size=3).map(tuple),
        seconds=st.integers(10, 120),
        place=st.integers(0, 2),
        since=moments,
    ),
    former=st.none()
    | st.builds(
        Former,
        program=scenes(),
        preview=scenes(),
        cue=texts,
        cue_at=st.none() | moments,
        banner=texts,
        slate=texts,
        base=scenes(),
        chair_view=scenes(),
        ended=st.none() | calls,
    ),
    clock=st.booleans(),
    slate=texts,
    locked=st.booleans(),
    admitted=st.frozensets(sites),
    take_number=st.integers(0, 10**6),
    slots=places,
    lanes=st.dictionaries(texts, places, max_size=3),
    asks=st.lists(asks, max_size=3).map(lambda made: {ask.mcu: ask for ask in made}),
    recording=st.integers(0, 9),
    recordings=st.integers(0, 9),
    recorded_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@given(conferences)
def test_a_conference_survives_its_storage(conference: Conference) -> None:
    assert decode(json.loads(json.dumps(encode(conference)))) == conference


def test_what_an_older_server_wrote_takes_defaults() -> None:
    old: dict[str, Any] = {"id": "c", "title": "t", "master": "m", "sites": ["s-1"]}
    assert decode(old) == Conference("c", "t", "m", ("s-1",))


def test_a_session_that_an_older_server_locked_keeps_its_rooms() -> None:
    old: dict[str, Any] = {"id": "c", "title": "t", "master": "m", "sites": ["s-1"], "locked": True}
    assert decode(old).admitted == {"s-1"}


def test_what_a_newer_server_added_is_passed_over() -> None:
    conference = Conference("c", "t", "m", ("s-1",), chair="s-1")
    assert decode({**encode(conference), "holograms": True}) == conference


def test_times_keep_their_zone() -> None:
    call = Call("k", "s-1", datetime(2026, 11, 24, 1, 2, 3, 4567, UTC))
    conference = Conference("c", "t", "m", ("s-1",), calls=(call,))
    assert decode(encode(conference)).calls[0].requested_at == call.requested_at


def test_an_incident_of_two_steps_is_read_as_one_of_many() -> None:
    """The shape of the first versions: what closed an incident, mended it."""
    former = {
        "id": "d1.1", "dossier": "d1", "site": "s-1", "at": "2026-11-24T01:00:00Z", "by": "an",
        "text": "Mất hình", "figures": {"rtt_ms": 12.0}, "taken_at": "2026-11-24T01:02:00Z",
        "taken_by": "binh", "closed_at": "2026-11-24T01:09:00Z", "closed_by": "chi",
        "remedy": "đổi dây",
    }  # fmt: skip
    read = records.decode(Incident, former)
    at, closed = datetime(2026, 11, 24, 1, 2, tzinfo=UTC), datetime(2026, 11, 24, 1, 9, tzinfo=UTC)
    assert read.steps == {
        Step.TAKEN: Stamp(at, "binh"),
        Step.MENDED: Stamp(closed, "chi"),
        Step.CLOSED: Stamp(closed, "chi"),
    }
    assert (read.state, read.remedy) == ("closed", "đổi dây")
    untaken = former | {"taken_at": None, "closed_at": None}
    assert records.decode(Incident, untaken).state == "reported"
    assert records.decode(Incident, records.encode(read)) == read
