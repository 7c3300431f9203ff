"""Incidents: opened by rooms, staff and alarms, and worked on step by step (Article 7).

A session's incidents stay open after it is closed, until somebody closes them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from secrets import token_hex
from typing import Any

import structlog

from diemcau.domain import incident as verbs
from diemcau.domain.alarm_words import words
from diemcau.domain.alarms import Alarm
from diemcau.domain.conference import Conference
from diemcau.domain.directory import Line
from diemcau.domain.dossier import Secrecy
from diemcau.domain.incident import CAUSES, Cause, Incident, Source, Stamp, Step
from diemcau.domain.journal import SYSTEM, Note
from diemcau.domain.refusal import Refusal, Text, Unknown
from diemcau.domain.talk import require_line
from diemcau.ports.clock import Clock
from diemcau.services.conferences import ConferenceControl
from diemcau.services.dossiers.files import Files, discreet
from diemcau.services.live import moment
from diemcau.services.rooms import file_of

log = structlog.get_logger(__name__)

Json = dict[str, Any]
Verb = Callable[[Incident, str, datetime], Incident]
"""An incident, who acts and when → the incident as it is then."""

INCIDENTS_SHOWN = 50

STEPS: Mapping[Step, Text] = {
    Step.TAKEN: Text("nhận xử lý", "taken"),
    Step.CAUSE_KNOWN: Text("rõ nguyên nhân", "cause known"),
    Step.CARRIER_TOLD: Text("đã báo đơn vị cung cấp đường truyền", "carrier told"),
    Step.CARRIER_ANSWERED: Text("đơn vị cung cấp đường truyền xác nhận", "carrier answered"),
    Step.CHAIR_TOLD: Text("đã báo cáo chủ tọa", "chair told"),
    Step.CHAIR_HEARD: Text("chủ tọa đã biết", "chair has heard"),
    Step.MENDED: Text("đã khắc phục", "mended"),
    Step.CLOSED: Text("khép sự cố", "closed"),
}


class Incidents:
    """``file``: a dossier's id, or that of a conference which has none (``services.rooms``)."""

    def __init__(
        self,
        files: Files,
        control: ConferenceControl,
        clock: Clock,
        changed: Callable[[str], None],
    ) -> None:
        self._files = files
        self._control = control
        self._clock = clock
        self._changed = changed
        self._views: dict[str, Json] = {}

    async def report(
        self,
        file: str,
        subject: str,
        text: str,
        figures: Mapping[str, float],
        by: str,
        source: Source = Source.ROOM,
    ) -> Incident:
        """Something is wrong at a site or on a link, with what was measured then."""
        site, link = verbs.place_of(subject)
        incident = Incident(
            id=f"{file}.{token_hex(6)}",
            dossier=file,
            site=site,
            at=self._clock.now(),
            by=by,
            text=require_line(text),
            figures=dict(figures),
            source=source,
            link=link,
        )
        name = self._name(incident)
        said = Text(f"{name.vi} báo sự cố", f"{name.en} reported an incident")
        await self._keep(incident, by, "incident.reported", said, incident.text)
        return incident

    async def alarmed(self, conference: str, alarm: Alarm) -> None:
        """An alarm that lasts, of a site or a link, opens an incident."""
        if alarm.subject.split("/")[0] not in ("site", "link"):
            return
        text = words(alarm, self._files.book.directory).vi
        try:
            await self.alarm(conference, alarm.subject, text, {})
        except Refusal as refusal:
            log.error("no incident opened", alarm=alarm.id, error=str(refusal))

    async def alarm(
        self, conference: str, subject: str, text: str, figures: Mapping[str, float]
    ) -> Incident:
        """An alarm opens one; as long as the last one that it opened there is not mended, the same
        alarm says nothing new."""
        file = file_of(conference)
        async with self._files.records.lock(f"alarm/{file}/{subject}"):
            for one in self._files.records.of(Incident, file).values():
                alike = one.source is Source.ALARM and one.subject == subject
                if alike and not {Step.MENDED, Step.CLOSED} & one.steps.keys():
                    return one
            return await self.report(file, subject, text, figures, SYSTEM, Source.ALARM)

    async def step(self, file: str, incident_id: str, step: Step, verb: Verb, by: str) -> Incident:
        """Do ``step`` by its ``verb``; raises ``Unknown``, or what the verb does."""
        async with self._files.records.lock(f"incident/{incident_id}"):
            before = self.get(file, incident_id)
            after = verb(before, by, self._clock.now())
            if after != before:
                name, words = self._name(before), STEPS[step]
                said = Text(f"Sự cố {name.vi}: {words.vi}", f"Incident, {name.en}: {words.en}")
                await self._keep(after, by, f"incident.{step}", said, _reason(after, step))
            return after

    def get(self, file: str, incident_id: str) -> Incident:
        """Raises ``Unknown``."""
        found = self._files.records.get(Incident, incident_id)
        if found is None or found.dossier != file:
            raise Unknown(
                f"Không có sự cố «{incident_id}» trong phiên họp này.",
                f"No incident {incident_id!r} in this session.",
            )
        return found

    def of(self, file: str) -> list[Incident]:
        """A session's, in the order of their reports."""
        return list(self._files.records.of(Incident, file).values())

    def cures(self, file: str, incident_id: str) -> tuple[Incident, ...]:
        """What mended it there before; of a secret session nothing is told elsewhere."""
        former = self._files.records.all(Incident).values()
        told = [one for one in former if one.dossier == file or not self._secret(one.dossier)]
        return verbs.cures(self.get(file, incident_id), told)

    def places(self, file: str, incident_id: str) -> frozenset[str]:
        """The site, or the MCU below the link; none where there is no such incident."""
        try:
            incident = self.get(file, incident_id)
        except Unknown:
            return frozenset()
        return frozenset({incident.site or incident.link.partition("/")[0]})

    def carriers(self, file: str, incident_id: str) -> frozenset[str]:
        """Who answers for the way of its media: the MCU nearest to it, the line's carrier where
        that is a unit of the directory, and the line's unit."""
        try:
            lower, upper = self._way(self.get(file, incident_id))
        except Unknown:
            return frozenset()
        line = self._line(lower, upper)
        if line is None:
            return frozenset({lower} - {""})
        named = {unit.id for unit in self._files.book.directory.units if unit.name == line.carrier}
        return frozenset({lower, line.unit, *named} - {""})

    def carrier(self, file: str, incident_id: str) -> str:
        """The name of whoever is to be told of it; "" where the directory names nobody."""
        incident = self.get(file, incident_id)
        lower, upper = self._way(incident)
        line, mcu = self._line(lower, upper), self._files.book.directory.mcus.get(lower)
        operator = mcu.operator if mcu else ""
        if incident.kind is Cause.MCU:
            return operator
        return (line.carrier if line else "") or operator

    def view(self, conference: str) -> Json:
        """``incidents`` by id, the newest of them, as live state shows them; put together when
        they change."""
        if conference not in self._views:
            shown = self.of(file_of(conference))[-INCIDENTS_SHOWN:]
            self._views[conference] = {"incidents": {one.id: incident_json(one) for one in shown}}
        return self._views[conference]

    def forget(self, conference: str) -> None:
        """The conference is over."""
        self._views.pop(conference, None)

    async def _keep(
        self, incident: Incident, by: str, action: str, text: Text, reason: str
    ) -> None:
        dossier = self._files.find(incident.dossier)
        note = Note(by, action, f"dossier/{incident.dossier}", text, reason=reason)
        said = discreet(note, *([dossier] if dossier else []))
        await self._files.records.commit(incident, notes=[said])
        conference = dossier.conference if dossier else incident.dossier
        self._views.pop(conference, None)
        self._changed(conference)

    def _secret(self, file: str) -> bool:
        dossier = self._files.find(file)
        return dossier is not None and dossier.secrecy is Secrecy.SECRET

    def _running(self, file: str) -> Conference | None:
        return self._control.find(file) or self._control.find(f"c-{file}")

    def _way(self, incident: Incident) -> tuple[str, str]:
        """The MCU nearest to it and the one above that: of the session, else the usual ones."""
        if incident.link:
            lower, _, upper = incident.link.partition("/")
            return lower, upper
        directory, running = self._files.book.directory, self._running(incident.dossier)
        if running is not None and incident.site in running.sites:
            lower = self._control.home(running.id, incident.site)
            return lower, self._control.parent(running.id, lower)
        site = directory.sites.get(incident.site)
        mcu = directory.mcus.get(site.mcu) if site else None
        return (mcu.id, mcu.parent) if mcu else ("", "")

    def _line(self, lower: str, upper: str) -> Line | None:
        """The first of the lines between two MCUs."""
        lines = self._files.book.directory.trunks.values()
        between = [line for line in lines if {line.lower, line.upper} == {lower, upper}]
        return min(between, key=lambda line: line.priority, default=None)

    def _name(self, incident: Incident) -> Text:
        sites, mcus = self._files.book.directory.sites, self._files.book.directory.mcus
        if incident.site:
            name = sites[incident.site].name if incident.site in sites else incident.site
            return Text(name, name)
        ends = [mcus[mcu].name if mcu in mcus else mcu for mcu in incident.link.split("/")]
        return Text(f"Đường nối {' – '.join(ends)}", f"Link {' – '.join(ends)}")


def _reason(incident: Incident, step: Step) -> str:
    """What the log book says of a step beside its name."""
    match step:
        case Step.CAUSE_KNOWN:
            kind = CAUSES[incident.kind].vi if incident.kind else ""
            return f"{kind}: {incident.cause}"
        case Step.CARRIER_TOLD:
            return f"{incident.carrier} ({incident.person}): {incident.solution}"
        case Step.CARRIER_ANSWERED:
            return incident.note
        case Step.CHAIR_TOLD:
            return incident.advice
        case Step.MENDED | Step.CLOSED:
            return incident.remedy
        case _:
            return incident.text


_WORDS = ("link", "kind", "cause", "carrier", "person", "solution", "note", "advice", "remedy")


def incident_json(incident: Incident) -> Json:
    """As docs/protocol.md 2 shows it."""
    words = {name: getattr(incident, name) for name in _WORDS}
    back_at = {"back_at": moment(incident.back_at)} if incident.back_at else {}
    return {
        "id": incident.id,
        "site": incident.site,
        "at": moment(incident.at),
        "by": incident.by,
        "text": incident.text,
        "figures": dict(incident.figures),
        "source": str(incident.source),
        "state": incident.state,
        "steps": {str(step): _stamp(stamp) for step, stamp in incident.steps.items()},
        **{name: str(value) for name, value in words.items() if value},
        **back_at,
    }


def _stamp(stamp: Stamp) -> Json:
    return {"at": moment(stamp.at), "by": stamp.by}
