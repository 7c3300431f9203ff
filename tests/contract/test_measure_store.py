"""One contract for every keeper of minutes: the fake, SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from diemcau.domain.measures import FAULTS, FIGURES, MINUTE_S, Figure, Minute
from diemcau.ports.store import Store, StoreFailed
from tests.contract.databases import Limits, Place, on_sqlite
from tests.logs import NOW

START = NOW.replace(second=0, microsecond=0)


def minute(number: int = 0, subject: str = "site/x1", session: str = "d1") -> Minute:
    figures = {name: Figure(30, 12.25 + number, -0.5, 40.0) for name in FIGURES}
    faults = dict.fromkeys(FAULTS, 1.5)
    start = START + timedelta(seconds=MINUTE_S * number)
    return Minute(session, subject, start, 58.5, figures, faults)


async def test_minutes_are_read_as_they_were_kept(store: Store, place: Place) -> None:
    bare = Minute("d1", "program", START)
    await store.keep_minutes([minute(), bare])
    again = await place.store()
    found = await again.minutes("d1")
    assert found == [bare, minute()]
    assert all(one.start.utcoffset() == timedelta(0) for one in found)


async def test_a_session_is_read_by_subject_and_time(store: Store) -> None:
    """By code point, whatever the database's language is."""
    subjects = ["link/a/b", "site/X", "site/x1", "site/đ"]
    kept = [minute(number, subject) for subject in subjects for number in range(3)]
    await store.keep_minutes([*reversed(kept), minute(session="d2"), minute(session="d")])
    assert await store.minutes("d1") == kept
    assert await store.minutes("d1", "site/x1") == kept[6:9]
    assert await store.minutes("d3") == []


async def test_a_minute_that_is_there_is_replaced(store: Store) -> None:
    await store.keep_minutes([minute(), minute(1)])
    more = replace(minute(), there_s=60.0, faults_s={})
    await store.keep_minutes([more])
    await store.keep_minutes([])
    assert await store.minutes("d1") == [more, minute(1)]


async def test_a_subjects_history_goes_over_all_sessions(store: Store) -> None:
    link = "link/a/b"
    kept = [minute(number, link, session) for number in range(4) for session in ("d1", "d2")]
    await store.keep_minutes([*kept, minute(1)])

    async def between(since: datetime, until: datetime) -> list[Minute]:
        return await store.minutes_of(link, since, until)

    assert await between(START, START + timedelta(hours=1)) == kept
    assert await between(kept[2].start, kept[4].start) == kept[2:4]
    assert await between(kept[4].start, kept[2].start) == []


@on_sqlite
async def test_what_cannot_be_kept_is_said(place: Place, limits: Limits) -> None:
    store = await place.store()
    limits.pragma = "query_only=ON"
    with pytest.raises(StoreFailed):
        await store.keep_minutes([minute()])
    assert await store.minutes("d1") == []
