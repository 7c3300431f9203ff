"""What becomes of the watch's alarms: a line of the log book when one comes and goes, and a message
to whoever is on duty when one lasts."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import structlog

from diemcau.domain.alarm_words import words
from diemcau.domain.alarms import Alarm, Changes
from diemcau.domain.conference import Conference
from diemcau.domain.directory import Person
from diemcau.domain.dossier import Dossier
from diemcau.domain.journal import SYSTEM, Note
from diemcau.domain.recipients import escalation
from diemcau.domain.refusal import Refusal, Text
from diemcau.services.dossiers.files import Draft, Files, discreet
from diemcau.services.dossiers.post import Post

log = structlog.get_logger(__name__)

LASTING = timedelta(seconds=60)
"""Whoever is in the control room sees an alarm at once; others hear of one that lasts as long."""


class Bell:
    """``told``: the alarms that people were written to about, as long as they last."""

    def __init__(self, files: Files, post: Post) -> None:
        self._files = files
        self._post = post
        self._told: set[str] = set()

    async def tell(
        self, conference: Conference, changes: Changes, there: Sequence[Alarm]
    ) -> Sequence[Alarm]:
        """Take in what changed, and what there is now; gives those that are lasting from now on."""
        now = self._files.clock.now()
        self._told -= {alarm.id for alarm in changes.ended}
        lasting = [a for a in there if now - a.since >= LASTING and a.id not in self._told]
        dossier = self._files.of_conference(conference.id)
        try:
            await self._write(conference, dossier, changes)
            self._told |= {alarm.id for alarm in lasting}
            if lasting and dossier is not None:
                await self._send(dossier, lasting, now)
        except Refusal as refusal:
            self._told -= {alarm.id for alarm in lasting}
            log.error("alarms not told", conference=conference.id, error=str(refusal))
            return ()
        return lasting

    async def _write(
        self, conference: Conference, dossier: Dossier | None, changes: Changes
    ) -> None:
        about = f"dossier/{dossier.id}" if dossier else f"conference/{conference.id}"
        notes = [
            Note(SYSTEM, action, f"{about}/alarms", text)
            for action, alarms in (("alarm.raised", changes.raised), ("alarm.ended", changes.ended))
            for alarm in alarms
            for text in [self._words(alarm, ended=action == "alarm.ended")]
        ]
        if notes:
            discreet_ones = [discreet(note, dossier) if dossier else note for note in notes]
            await self._files.records.commit(notes=discreet_ones)

    async def _send(self, dossier: Dossier, alarms: Sequence[Alarm], now: datetime) -> None:
        """One message to each who is on duty for any of them, with all that is his."""
        whose: dict[Person, list[Alarm]] = {}
        for alarm in alarms:
            for person in escalation(
                self._files.book.directory, self._units(dossier, alarm), 1, now
            ):
                whose.setdefault(person, []).append(alarm)

        def work(before: Dossier) -> Draft:
            messages = [
                message
                for person, his in whose.items()
                for message in self._post.faults(
                    before, his[0].id, [self._words(alarm) for alarm in his], person, now
                )
            ]
            names = ", ".join(person.name for person in whose)
            text = Text(f"Báo cảnh báo cho người trực: {names}", f"Alarms told to: {names}")
            return Draft(before, "alarm.told", text, messages=tuple(messages))

        await self._files.change(dossier.id, SYSTEM, work)

    def _units(self, dossier: Dossier, alarm: Alarm) -> Iterable[str]:
        """The units that answer for it: the site's and those that run the MCUs, and whose session
        it is."""
        directory = self._files.book.directory
        kind, *ids = alarm.subject.split("/")
        if kind == "site" and ids[0] in directory.sites:
            site = directory.sites[ids[0]]
            plan = self._files.plan(dossier)
            ids = [(plan.plan.home.get(site.id) if plan else "") or site.mcu]
            yield site.unit
        yield from (directory.mcus[mcu].unit for mcu in ids if mcu in directory.mcus)
        yield dossier.unit

    def _words(self, alarm: Alarm, ended: bool = False) -> Text:
        text = words(alarm, self._files.book.directory)
        return Text(f"Hết: {text.vi}", f"Over: {text.en}") if ended else text
