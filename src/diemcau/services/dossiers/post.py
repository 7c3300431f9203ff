"""Messages as the outbox takes them: who gets which letter on which way, with which invitation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from diemcau.domain.casework import Answer
from diemcau.domain.directory import Directory, Person
from diemcau.domain.dossier import Dossier, Secrecy, Stage
from diemcau.domain.localtime import local_day, spoken
from diemcau.domain.outbox import Channel, Message
from diemcau.domain.papers import Attendee, Invitation
from diemcau.domain.recipients import Concerned, contacts_of
from diemcau.domain.refusal import Text
from diemcau.ports.documents import Calendar
from diemcau.ports.identity import PurposeTokens
from diemcau.services.dossiers import letters

ACKNOWLEDGE = "acknowledge"
"""The purpose of a token that acknowledges one notice: ``<dossier>.<unit>.<number>``."""


@dataclass(frozen=True)
class Ways:
    """The ways out: the pages' address, the sender of mail, the webhooks' names."""

    public_url: str = ""
    sender: str = "hop@localhost"
    sender_name: str = "Điểm Cầu"
    mail: bool = True
    webhooks: tuple[str, ...] = ()


class Post:
    def __init__(self, ways: Ways, calendar: Calendar, tokens: PurposeTokens) -> None:
        self._ways = ways
        self._calendar = calendar
        self._tokens = tokens

    def notices(
        self, dossier: Dossier, one: Concerned, answer: Answer, directory: Directory, now: datetime
    ) -> list[Message]:
        """The notice for a unit: a message to each who answers for it, on every way there is."""
        letter = letters.notice(
            dossier, one, directory, number=answer.asked, link=self._link(dossier, answer, now)
        )
        people = contacts_of(one, directory, local_day(now))
        made: list[Message] = []
        for person in people:
            calendar = self._entry(dossier, one, person, directory, now) if person.email else ""
            key = f"{dossier.id}.{answer.asked}.{one.unit}.{person.id}"
            made += self._messages(key, dossier, person, letter, calendar, now)
        return made

    def alarms(
        self,
        dossier: Dossier,
        alarm_id: str,
        what: Text,
        due: datetime,
        people: Sequence[Person],
        now: datetime,
    ) -> list[Message]:
        letter = letters.alarm(dossier, what, spoken(due), self.page(dossier))
        return [
            message
            for person in people
            for message in self._messages(
                f"{dossier.id}.{alarm_id}.{person.id}", dossier, person, letter, "", now
            )
        ]

    def faults(
        self, dossier: Dossier, key: str, what: Sequence[Text], person: Person, now: datetime
    ) -> Iterable[Message]:
        """What is wrong in a session under way, to whoever can mend it."""
        letter = letters.faults(dossier, what, self.page(dossier))
        return self._messages(f"{dossier.id}.{key}.{person.id}", dossier, person, letter, "", now)

    def page(self, dossier: Dossier) -> str:
        return f"{self._ways.public_url}/d/{dossier.id}" if self._ways.public_url else ""

    def _messages(
        self,
        key: str,
        dossier: Dossier,
        person: Person,
        letter: letters.Letter,
        calendar: str,
        now: datetime,
    ) -> Iterable[Message]:
        if self._ways.mail and person.email:
            yield Message(
                id=f"{key}.mail",
                dossier=dossier.id,
                channel=Channel.MAIL,
                to=person.email,
                subject=letter.subject,
                body=letter.body,
                calendar=calendar,
                created_at=now,
                next_at=now,
            )
        for webhook in self._ways.webhooks:
            yield Message(
                id=f"{key}.{webhook}",
                dossier=dossier.id,
                channel=Channel.WEBHOOK,
                to=webhook,
                phone=person.phone,
                subject=letter.subject,
                body=letter.body,
                created_at=now,
                next_at=now,
            )

    def _link(self, dossier: Dossier, answer: Answer, now: datetime) -> str:
        """One click acknowledges, without an account, where the session's secrecy allows that."""
        if dossier.secrecy is Secrecy.SECRET or not self._ways.public_url:
            return ""
        hours = max(dossier.ends_at - now, timedelta(hours=24)) / timedelta(hours=1)
        token = self._tokens.issue_purpose(ACKNOWLEDGE, f"{answer.id}.{answer.asked}", hours)
        return f"{self._ways.public_url}/a#token={token}"

    def _entry(
        self,
        dossier: Dossier,
        one: Concerned,
        person: Person,
        directory: Directory,
        now: datetime,
    ) -> str:
        secret = dossier.secrecy is Secrecy.SECRET
        rooms = [directory.sites[site].name for site in one.sites if site in directory.sites]
        entry = self._calendar.entry(
            Invitation(
                dossier=dossier.id,
                unit=one.unit,
                subject="Phiên họp" if secret else dossier.title,
                location=", ".join(rooms),
                description="" if secret else dossier.content,
                starts=dossier.starts_at,
                ends=dossier.ends_at,
                sent=now,
                organizer=Attendee(self._ways.sender_name, self._ways.sender),
                attendees=(Attendee(person.name, person.email),),
                sequence=dossier.notice - 1,
                url=self.page(dossier),
                cancelled=dossier.stage is Stage.CANCELLED,
            )
        )
        return entry.decode()
