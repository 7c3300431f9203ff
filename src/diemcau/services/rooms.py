"""What rooms and the control room say to each other during a session: lines, incidents."""

from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import Any

from diemcau.domain.journal import Note
from diemcau.domain.refusal import Text, Unknown
from diemcau.domain.talk import ChatLine, Incident, closed_with, require_line, taken_up
from diemcau.ports.clock import Clock
from diemcau.services.dossiers.files import Files, discreet
from diemcau.services.live import moment

Json = dict[str, Any]

LINES_SHOWN = 30
"""Of each site; older ones are kept, and not sent to the pages."""

INCIDENTS_SHOWN = 50


class Rooms:
    def __init__(self, files: Files, clock: Clock, changed: Callable[[str], None]) -> None:
        self._files = files
        self._clock = clock
        self._changed = changed
        self._views: dict[str, Json] = {}

    async def say(self, conference: str, site: str, text: str, by: str, *, room: bool) -> ChatLine:
        """A line from a site (``room``) or to it."""
        line = ChatLine(
            id=f"{file_of(conference)}.{token_hex(6)}",
            dossier=file_of(conference),
            site=site,
            at=self._clock.now(),
            by=by,
            text=require_line(text),
            room=room,
        )
        await self._files.records.commit(line)
        self._told(conference)
        return line

    async def report(
        self, conference: str, site: str, text: str, figures: Mapping[str, float], by: str
    ) -> Incident:
        """A site has a problem, with what its page measures."""
        incident = Incident(
            id=f"{file_of(conference)}.{token_hex(6)}",
            dossier=file_of(conference),
            site=site,
            at=self._clock.now(),
            by=by,
            text=require_line(text),
            figures=dict(figures),
        )
        name = self._files.book.directory.site(site).name
        said = Text(f"{name} báo sự cố", f"{name} reported an incident")
        await self._keep(conference, incident, by, "incident.reported", said, incident.text)
        return incident

    async def take(self, conference: str, incident_id: str, by: str) -> Incident:
        """Somebody sees to an incident."""
        async with self._files.records.lock(f"incident/{incident_id}"):
            before = self._incident(conference, incident_id)
            after = taken_up(before, by, self._clock.now())
            if after != before:
                said = Text("Nhận xử lý sự cố", "Incident taken")
                await self._keep(conference, after, by, "incident.taken", said, after.text)
            return after

    async def close(self, conference: str, incident_id: str, remedy: str, by: str) -> Incident:
        async with self._files.records.lock(f"incident/{incident_id}"):
            before = self._incident(conference, incident_id)
            after = closed_with(before, remedy, by, self._clock.now())
            said = Text("Khép sự cố", "Incident closed")
            await self._keep(conference, after, by, "incident.closed", said, after.remedy)
            return after

    def site_of(self, conference: str, incident_id: str) -> str:
        """The site that an incident of the conference is about; "" where there is none."""
        found = self._files.records.get(Incident, incident_id)
        return found.site if found is not None and found.dossier == file_of(conference) else ""

    def view(self, conference: str) -> Json:
        """``talk`` by site and ``incidents`` by id, the newest of them, as live state shows it.

        Live state is rendered several times a second; this is put together when it changed.
        """
        if conference not in self._views:
            self._views[conference] = self._view(conference)
        return self._views[conference]

    def forget(self, conference: str) -> None:
        """The conference is over."""
        self._views.pop(conference, None)

    def _told(self, conference: str) -> None:
        self._views.pop(conference, None)
        self._changed(conference)

    def _view(self, conference: str) -> Json:
        talk: dict[str, list[Json]] = {}
        for line in self._files.records.of(ChatLine, file_of(conference)).values():
            talk.setdefault(line.site, []).append(_line_json(line))
        incidents = list(self._files.records.of(Incident, file_of(conference)).values())
        return {
            "talk": {site: lines[-LINES_SHOWN:] for site, lines in talk.items()},
            "incidents": {one.id: _incident_json(one) for one in incidents[-INCIDENTS_SHOWN:]},
        }

    async def _keep(
        self, conference: str, incident: Incident, by: str, action: str, text: Text, reason: str
    ) -> None:
        dossier = self._files.of_conference(conference)
        note = Note(by, action, f"dossier/{incident.dossier}", text, reason=reason)
        said = discreet(note, *([dossier] if dossier else []))
        await self._files.records.commit(incident, notes=[said])
        self._told(conference)

    def _incident(self, conference: str, incident_id: str) -> Incident:
        found = self._files.records.get(Incident, incident_id)
        if found is None or found.dossier != file_of(conference):
            raise Unknown(
                f"Không có sự cố «{incident_id}» trong phiên họp này.",
                f"No incident {incident_id!r} in this session.",
            )
        return found


def file_of(conference: str) -> str:
    """Where a conference's records are: its dossier, or itself."""
    return conference.removeprefix("c-")


def _line_json(line: ChatLine) -> Json:
    return {"id": line.id, "at": moment(line.at), "by": line.by, "text": line.text,
            "room": line.room}  # fmt: skip


def _incident_json(incident: Incident) -> Json:
    members = {
        "id": incident.id,
        "site": incident.site,
        "at": moment(incident.at),
        "by": incident.by,
        "text": incident.text,
        "figures": dict(incident.figures),
        "state": incident.state,
        "taken_by": incident.taken_by,
        "closed_by": incident.closed_by,
        "remedy": incident.remedy,
    }
    moments = {"taken_at": incident.taken_at, "closed_at": incident.closed_at}
    return {k: v for k, v in members.items() if v != ""} | {
        name: moment(at) for name, at in moments.items() if at is not None
    }
