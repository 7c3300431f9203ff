"""Invitations for the calendars of the units (RFC 5545; as e-mail carries them, RFC 5546, 6047)."""

from datetime import timedelta

import icalendar

from diemcau.domain.papers import Attendee, Invitation
from diemcau.domain.printing import plain

PRODUCT = "-//diemcau//Diem Cau//VI"


class MailCalendar:
    """The port ``Calendar``."""

    def entry(self, invitation: Invitation) -> bytes:
        calendar = icalendar.Calendar()
        calendar.add("prodid", PRODUCT)
        calendar.add("version", "2.0")
        calendar.add("method", "CANCEL" if invitation.cancelled else "REQUEST")
        calendar.add_component(_event(invitation))
        return bytes(calendar.to_ical())


def uid(invitation: Invitation) -> str:
    """The same for every version of a unit's entry, and for no other."""
    return f"{invitation.dossier}.{invitation.unit}@diemcau"


def _event(invitation: Invitation) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", uid(invitation))
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.sent)
    event.add("dtstart", invitation.starts)
    event.add("dtend", invitation.ends)
    event.add("summary", plain(invitation.subject))
    event.add("location", plain(invitation.location))
    event.add("description", plain(invitation.description))
    event.add("status", "CANCELLED" if invitation.cancelled else "CONFIRMED")
    if invitation.url:
        event.add("url", invitation.url)
    event.add("organizer", _address(invitation.organizer))
    for attendee in invitation.attendees:
        event.add("attendee", _invited(attendee))
    if not invitation.cancelled:
        for before in invitation.reminders:
            event.add_component(_alarm(invitation, before))
    return event


def _address(person: Attendee) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress(f"MAILTO:{plain(person.email)}")
    # A quotation mark cannot be written in a parameter (RFC 5545, 3.2).
    address.params["cn"] = plain(person.name).replace('"', "'").replace("\n", " ")
    return address


def _invited(person: Attendee) -> icalendar.vCalAddress:
    address = _address(person)
    address.params["role"] = "REQ-PARTICIPANT"
    address.params["partstat"] = "NEEDS-ACTION"
    address.params["rsvp"] = "TRUE"
    return address


def _alarm(invitation: Invitation, before: timedelta) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", plain(invitation.subject))
    alarm.add("trigger", -before)
    return alarm
