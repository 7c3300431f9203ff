"""What all work on dossiers shares: finding them, and changing them in one way.

A change is a function from a dossier to a ``Draft``. What it alters is stored together: dossier,
the records beside it, the messages that tell people, and the lines of the log book, with every
old and new value. Steps that are done by it are marked in the same breath.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from diemcau.domain.casework import Answer, CheckSheet, DossierPlan, HandIn
from diemcau.domain.differences import MASK, Change, differences
from diemcau.domain.dossier import Dossier, Secrecy
from diemcau.domain.evidence import Facts, remaining, settled
from diemcau.domain.journal import SYSTEM, Note
from diemcau.domain.outbox import Message
from diemcau.domain.plain import Json
from diemcau.domain.procedure import NO_TEXT, Procedure
from diemcau.domain.refusal import Text
from diemcau.ports.clock import Clock
from diemcau.ports.store import Record
from diemcau.services.places import Book
from diemcau.services.procedures import Procedures
from diemcau.services.records import Records
from diemcau.services.refusals import UnknownDossier

D = TypeVar("D", Answer, CheckSheet, HandIn)


@dataclass(frozen=True)
class Draft:
    """What a change makes of a dossier. ``text`` is its line in the log book."""

    dossier: Dossier
    action: str
    text: Text
    puts: tuple[Record, ...] = ()
    messages: tuple[Message, ...] = ()
    reason: str = ""


Work = Callable[[Dossier], Draft]


class Files:
    def __init__(self, records: Records, book: Book, procedures: Procedures, clock: Clock) -> None:
        self.records = records
        self.book = book
        self.procedures = procedures
        self.clock = clock
        self.linked: Callable[[Dossier], bool] = lambda dossier: False
        """Whether the MCUs of a held session are all joined; who observes them sets it."""

    def dossier(self, dossier_id: str) -> Dossier:
        found = self.find(dossier_id)
        if found is None:
            raise UnknownDossier(dossier_id)
        return found

    def find(self, dossier_id: str) -> Dossier | None:
        return self.records.get(Dossier, dossier_id)

    def active(self) -> list[Dossier]:
        """Those that are neither closed nor cancelled."""
        return [d for d in self.records.all(Dossier).values() if not d.ended]

    def of_conference(self, conference: str) -> Dossier | None:
        """The dossier whose session a conference is."""
        named = self.records.get(Dossier, conference.removeprefix("c-"))
        return named if named is not None and named.conference == conference else None

    def session(self, conference: str) -> str:
        """Under what the measures of a conference are kept: its dossier, or itself."""
        dossier = self.of_conference(conference)
        return dossier.id if dossier else conference

    def procedure(self, dossier: Dossier) -> Procedure:
        return self.procedures.get(dossier.procedure)

    def to_do(self) -> list[tuple[Dossier, Procedure]]:
        """All dossiers, each with what can still be done of its procedure."""
        dossiers = self.records.all(Dossier).values()
        found = ((dossier, remaining(dossier, self.procedure(dossier))) for dossier in dossiers)
        return [(dossier, procedure) for dossier, procedure in found if procedure.steps]

    def plan(self, dossier: Dossier) -> DossierPlan | None:
        return self.records.get(DossierPlan, dossier.id)

    def facts(self, dossier: Dossier, fresh: Iterable[Record] = ()) -> Facts:
        """What the records say, with ``fresh`` ones in place of those they replace."""
        puts = list(fresh)
        sheets = {**self.records.of(CheckSheet, dossier.id), **_by_id(puts, CheckSheet)}
        contacts = {**self.records.of(HandIn, dossier.id), **_by_id(puts, HandIn)}
        plans = [put for put in puts if isinstance(put, DossierPlan)]
        plan = plans[0] if plans else self.plan(dossier)
        return Facts(
            sheets={(sheet.step, sheet.site): sheet for sheet in sheets.values()},
            contacts=frozenset(contact.site for contact in contacts.values()),
            plan_agreed=plan is not None and plan.agreed_at is not None,
            tiers=self.tiers(dossier),
            linked=self.linked(dossier),
        )

    def tiers(self, dossier: Dossier) -> dict[str, str]:
        """The tier of each site's unit."""
        directory = self.book.directory
        return {
            site: directory.units[directory.sites[site].unit].tier
            for site in dossier.sites
            if site in directory.sites
        }

    async def create(self, dossier: Dossier, by: str, text: Text, *puts: Record) -> Dossier:
        note = Note(by, "dossier.opened", f"dossier/{dossier.id}", text)
        await self.records.commit(dossier, *puts, notes=[discreet(note, dossier)])
        return dossier

    async def change(self, dossier_id: str, by: str, work: Work) -> Dossier:
        """Apply a change to a dossier; what comes out as it was, is not stored."""
        async with self.records.lock(f"dossier/{dossier_id}"):
            before = self.dossier(dossier_id)
            draft = work(before)
            after = settled(
                draft.dossier,
                self.procedure(draft.dossier),
                self.facts(draft.dossier, draft.puts),
                self.clock.now(),
            )
            puts = [put for put in draft.puts if self._former(put) != put]
            if after == before and not puts and not draft.messages:
                return before
            said = [self._note(by, draft, puts, before)] if draft.text != NO_TEXT else []
            notes = [*said, *self._steps(before, after)]
            changed = [after] if after != before else []
            await self.records.commit(*changed, *puts, *draft.messages, notes=notes)
            return after

    async def tell(self, dossier: Dossier, by: str, action: str, text: Text) -> None:
        """A line in the log book of what is kept elsewhere than in the dossier."""
        note = Note(by, action, f"dossier/{dossier.id}", text)
        await self.records.commit(notes=[discreet(note, dossier)])

    async def settle(self, dossier_id: str) -> Dossier:
        """Mark the steps that became done without anybody's command."""
        return await self.change(dossier_id, SYSTEM, lambda d: Draft(d, "dossier.settled", NO_TEXT))

    def _former(self, record: Record) -> Record | None:
        return self.records.get(type(record), record.id)

    def _note(self, by: str, draft: Draft, puts: Sequence[Record], before: Dossier) -> Note:
        after = replace(draft.dossier, raised=before.raised, timed_at=before.timed_at)
        changes = list(differences(before, after))
        for put in puts:
            changes += _under(put, differences(self._former(put), put))
        note = Note(
            by,
            draft.action,
            f"dossier/{draft.dossier.id}",
            draft.text,
            tuple(changes),
            draft.reason,
        )
        return discreet(note, before, draft.dossier)

    def _steps(self, before: Dossier, after: Dossier) -> Iterable[Note]:
        """A line for each step that became done by what the system saw."""
        for step_id, done in after.steps.items():
            if step_id not in before.steps and done.by == SYSTEM:
                step = self.procedure(after).step(step_id)
                title = step.title if step else Text(step_id, step_id)
                yield Note(
                    SYSTEM,
                    "step.done",
                    f"dossier/{after.id}",
                    Text(f"Hoàn thành bước: {title.vi}", f"Step done: {title.en}"),
                )


def discreet(note: Note, *dossiers: Dossier) -> Note:
    """What the log book may say of a secret session (R5-secret): who did what and when, which
    fields changed, and none of their values. The log book has more readers than the session."""
    if all(dossier.secrecy is not Secrecy.SECRET for dossier in dossiers):
        return note
    vi, en = note.text.vi, note.text.en
    for title in (dossier.title for dossier in dossiers):
        vi, en = vi.replace(title, MASK), en.replace(repr(title), MASK).replace(title, MASK)
    changes = tuple(Change(c.path, _masked(c.old), _masked(c.new)) for c in note.changes)
    return replace(note, text=Text(vi, en), changes=changes, reason=MASK if note.reason else "")


def _masked(value: Json) -> Json:
    return value if value in (None, "") else MASK


def _by_id(records: Iterable[Record], kind: type[D]) -> dict[str, D]:
    return {record.id: record for record in records if isinstance(record, kind)}


def _under(record: Record, changes: Iterable[Change]) -> Iterable[Change]:
    """Changes of a record beside the dossier, named by it."""
    for change in changes:
        yield replace(change, path=f"{type(record).__name__}[{record.id}].{change.path}")
