"""Notices (R6.1-1, R6.1-2, R6.2): sent to every unit concerned, answered by each, never lost.

What has to be sent is stored together with what causes it; the outbox does the rest. Each change of
time, place or list that people must know of is a further notice, which needs a further answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from diemcau.domain import dossier as verbs
from diemcau.domain.casework import Answer, answered, asked
from diemcau.domain.dossier import Dossier, Secrecy
from diemcau.domain.recipients import Concerned, concerned
from diemcau.domain.refusal import Conflict, Text, Unknown
from diemcau.services.dossiers.files import Draft, Files
from diemcau.services.dossiers.post import Post
from diemcau.services.dossiers.responsible import Responsible

TOLD = ("title", "starts_at", "ends_at", "rehearsal_at", "sites", "chair", "master", "content")
"""Fields of which a change must be told, once a notice is out."""


@dataclass(frozen=True)
class Owed:
    """An answer of a unit, as the office's list shows it."""

    answer: Answer
    unit_name: str


class Notices:
    def __init__(self, files: Files, post: Post, responsible: Responsible) -> None:
        self._files = files
        self._post = post
        self._responsible = responsible

    async def announce(self, dossier_id: str, by: str) -> Dossier:
        """Send the notice, or an update of it, to every unit concerned."""

        def work(dossier: Dossier) -> Draft:
            return self.draft(dossier, Draft(dossier, "dossier.announced", _text(dossier)))

        return await self._files.change(dossier_id, by, work)

    async def cancel(self, dossier_id: str, reason: str, by: str) -> Dossier:
        """Cancel the session; whoever was told of it is told of that."""

        def work(dossier: Dossier) -> Draft:
            after = verbs.cancelled(dossier, reason, self._files.clock.now())
            text = Text(f"Hủy phiên họp «{dossier.title}»", f"Session {dossier.title!r} cancelled")
            draft = Draft(after, "dossier.cancelled", text, reason=after.cancel_reason)
            return self.draft(dossier, draft) if dossier.notice else draft

        return await self._files.change(dossier_id, by, work)

    def tell(self, before: Dossier, draft: Draft) -> Draft:
        """With an update to everybody, if a notice is out and something in it changes."""
        changed = any(getattr(before, name) != getattr(draft.dossier, name) for name in TOLD)
        return self.draft(before, draft) if before.notice and changed else draft

    async def acknowledge(
        self, dossier_id: str, unit: str, note: str, by: str, number: str = ""
    ) -> Answer:
        """A unit has taken note; a second time changes nothing.

        ``number``: the notice that was read; if a newer one is out, that is the one to read.
        """

        def work(dossier: Dossier) -> Draft:
            answer = self.answer(dossier_id, unit)
            if number and number != str(answer.asked):
                raise Conflict(
                    "Đã có thông báo mới hơn; hãy mở thư mới nhất và xác nhận ở đó.",
                    "A newer notice is out; open the latest mail and acknowledge that one.",
                )
            after = answered(answer, by, note.strip(), self._files.clock.now())
            name = self._files.book.directory.unit(unit).name
            text = Text(f"{name} xác nhận thông báo", f"{name} acknowledged the notice")
            return Draft(dossier, "notice.acknowledged", text, (after,))

        await self._files.change(dossier_id, by, work)
        return self.answer(dossier_id, unit)

    def answer(self, dossier_id: str, unit: str) -> Answer:
        answer = self._files.records.get(Answer, f"{dossier_id}.{unit}")
        if answer is None:
            raise Unknown(
                "Đơn vị này chưa được gửi thông báo của phiên họp.",
                "This unit was not sent a notice of the session.",
            )
        return answer

    def owed(self, dossier: Dossier) -> list[Owed]:
        """All answers, those still missing on top (the longest waiting first)."""
        units = self._files.book.directory.units
        answers = self._files.records.of(Answer, dossier.id).values()
        return sorted(
            (Owed(a, units[a.unit].name if a.unit in units else a.unit) for a in answers),
            key=lambda owed: (not owed.answer.missing, owed.answer.asked_at, owed.unit_name),
        )

    def draft(self, before: Dossier, draft: Draft) -> Draft:
        """The draft with one more notice: answers owed, and messages to everybody who answers."""
        told = self._told(before, draft.dossier)
        after = verbs.announced(draft.dossier)
        if not told:
            raise Conflict(
                "Không có đơn vị nào để thông báo; kiểm tra danh sách điểm cầu trong danh bạ.",
                "There is no unit to tell; check the sites in the directory.",
            )
        now = self._files.clock.now()
        answers = self._files.records.of(Answer, after.id)
        owed = {
            one.unit: asked(answers.get(f"{after.id}.{one.unit}"), after, one.unit, now)
            for one in told
        }
        messages = [
            message
            for one in told
            for message in self._post.notices(
                after, one, owed[one.unit], self._files.book.directory, now
            )
        ]
        return Draft(
            after,
            draft.action,
            draft.text,
            (*draft.puts, *owed.values()),
            (*draft.messages, *messages),
            draft.reason,
        )

    def concerned(self, dossier: Dossier) -> tuple[Concerned, ...]:
        """The units of sites and MCUs, and those that lead a part of the procedure."""
        plan = self._files.plan(dossier)
        homes = plan.plan.home if plan else {}
        found = concerned(dossier, self._files.book.directory, homes)
        units = {one.unit for one in found}
        leading = self._responsible.leading(self._files.procedure(dossier))
        return (*found, *(Concerned(unit) for unit in leading if unit not in units))

    def _told(self, before: Dossier, after: Dossier) -> tuple[Concerned, ...]:
        """The units concerned now, and those that a former notice went to."""
        now = self.concerned(after)
        units = {one.unit for one in now}
        former = self._files.records.of(Answer, before.id).values()
        return (*now, *(Concerned(a.unit) for a in former if a.unit not in units))


def _text(dossier: Dossier) -> Text:
    if dossier.notice:
        return Text("Gửi thông báo cập nhật đến các đơn vị", "Updated notice sent to the units")
    return Text("Gửi thông báo đến các đơn vị liên quan", "Notice sent to the units concerned")


def open_links(dossier: Dossier) -> bool:
    """Whether a notice may be acknowledged without an account."""
    return dossier.secrecy is not Secrecy.SECRET


def unanswered(answers: Iterable[Answer]) -> list[Answer]:
    return [answer for answer in answers if answer.missing]
