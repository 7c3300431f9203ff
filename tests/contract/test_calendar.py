"""One contract for invitations: the fake, and iCalendar as programmes of others read it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import icalendar
import pytest

from diemcau.documents import MailCalendar
from diemcau.domain.papers import Attendee, Invitation
from diemcau.ports.documents import Calendar
from diemcau.testing import FakeCalendar
from diemcau.testing.papers import INVITATION


@dataclass(frozen=True)
class Entry:
    method: str
    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    attendees: list[str]


def event(data: bytes) -> Any:
    (found,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    return found


def from_ical(data: bytes) -> Entry:
    found = event(data)
    return Entry(
        str(icalendar.Calendar.from_ical(data)["method"]),
        str(found["uid"]),
        int(found["sequence"]),
        found["dtstart"].dt,
        found["dtend"].dt,
        [str(each).removeprefix("MAILTO:") for each in found["attendee"]],
    )


def from_fake(data: bytes) -> Entry:
    values = json.loads(data)
    times = {name: datetime.fromisoformat(values[name]) for name in ("starts", "ends")}
    return Entry(**{**values, **times})


CALENDARS: list[tuple[Calendar, Callable[[bytes], Entry]]] = [
    (FakeCalendar(), from_fake),
    (MailCalendar(), from_ical),
]


@pytest.fixture(params=CALENDARS, ids=["fake", "ical"])
def read(request: pytest.FixtureRequest) -> Callable[[Invitation], Entry]:
    calendar, reader = request.param
    return lambda invitation: reader(calendar.entry(invitation))


def test_an_invitation_asks_its_attendees_for_that_time(
    read: Callable[[Invitation], Entry],
) -> None:
    entry = read(INVITATION)
    assert entry.method == "REQUEST"
    assert (entry.starts, entry.ends) == (INVITATION.starts, INVITATION.ends)
    assert entry.attendees == ["tamdao@vinhphuc.gov.vn", "uocnv@vinhphuc.gov.vn"]


def test_a_change_and_a_cancellation_are_of_the_same_entry(
    read: Callable[[Invitation], Entry],
) -> None:
    first = read(INVITATION)
    later = replace(INVITATION, sequence=1, starts=INVITATION.starts + timedelta(hours=1))
    moved, off = read(later), read(replace(later, sequence=2, cancelled=True))
    assert first.uid == moved.uid == off.uid
    assert [first.sequence, moved.sequence, off.sequence] == [0, 1, 2]
    assert [first.method, moved.method, off.method] == ["REQUEST", "REQUEST", "CANCEL"]
    assert moved.starts == later.starts


OTHERS = [replace(INVITATION, unit="u-yen-lac"), replace(INVITATION, dossier="phien-2")]


@pytest.mark.parametrize("other", OTHERS)
def test_units_and_dossiers_have_entries_of_their_own(
    read: Callable[[Invitation], Entry], other: Invitation
) -> None:
    assert read(other).uid != read(INVITATION).uid


def test_a_calendar_is_reminded_and_answers_the_organiser() -> None:
    found = event(MailCalendar().entry(INVITATION))
    alarms = [alarm["trigger"].dt for alarm in found.walk("VALARM")]
    assert alarms == [-timedelta(hours=2), -timedelta(minutes=30)]
    assert str(found["organizer"]) == "MAILTO:vanphong@vinhphuc.gov.vn"
    assert {each.params["rsvp"] for each in found["attendee"]} == {"TRUE"}
    assert found["attendee"][1].params["cn"] == "Nguyễn Văn Ước"
    assert found["location"] == INVITATION.location
    assert found["status"] == "CONFIRMED"


def test_a_cancelled_entry_reminds_nobody() -> None:
    found = event(MailCalendar().entry(replace(INVITATION, cancelled=True)))
    assert found["status"] == "CANCELLED"
    assert found.walk("VALARM") == []


def test_lines_are_folded_at_75_octets_and_times_are_utc() -> None:
    data = MailCalendar().entry(replace(INVITATION, description="Điểm cầu " * 60))
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"DTSTART:20220325T010000Z" in data
    assert str(event(data)["description"]) == "Điểm cầu " * 60


@pytest.mark.parametrize(
    "text", ["a\r\nATTENDEE:MAILTO:x@y", 'a";b,c:d', "\\n\x00;", "x\nEND:VEVENT"]
)
def test_what_people_typed_adds_no_line_of_its_own(text: str) -> None:
    person = Attendee(text, "x@y.vn")
    invitation = replace(
        INVITATION, subject=text, location=text, description=text, attendees=(person,)
    )
    found = event(MailCalendar().entry(invitation))
    assert str(found["attendee"]) == "MAILTO:x@y.vn"
    assert str(found["summary"]) == text.replace("\r\n", "\n").replace("\x00", "")
