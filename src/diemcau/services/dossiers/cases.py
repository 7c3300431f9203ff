"""Dossiers from the letter to the assessment: open, change, copy, repeat, cancel, mark steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_hex
from typing import Any

from diemcau.domain import dossier as verbs
from diemcau.domain.accounts import Account
from diemcau.domain.agenda import Done
from diemcau.domain.casework import DossierPlan, require_word
from diemcau.domain.clashes import Clash, clashes
from diemcau.domain.dossier import Dossier, Secrecy
from diemcau.domain.localtime import spoken
from diemcau.domain.procedure import NO_TEXT, Evidence, Step
from diemcau.domain.refusal import Conflict, Invalid, Text, Unknown
from diemcau.services.account_refusals import UnknownAccount
from diemcau.services.dossiers.files import Draft, Files
from diemcau.services.procedures import version_id

MOST_REPEATS = 60

Tell = Callable[[Dossier, Draft], Draft]


@dataclass(frozen=True)
class Request:
    """What a new dossier shall be; ``key`` makes asking twice the same as asking once."""

    title: str
    procedure: str
    unit: str
    master: str
    sites: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    chair: str = ""
    rehearsal_at: datetime | None = None
    requested_at: datetime | None = None
    letter: verbs.Letter = verbs.NO_LETTER
    content: str = ""
    secrecy: Secrecy = Secrecy.INTERNAL
    admitted: tuple[str, ...] = ()
    key: str = ""


class Cases:
    def __init__(self, files: Files) -> None:
        self._files = files

    async def open(self, request: Request, by: str) -> Dossier:
        """A new dossier, in the newest version of its procedure."""
        async with self._files.records.lock(f"key/{request.key}"):
            known = self._files.records.get(Dossier, _id_of(request.key)) if request.key else None
            if known is not None:
                _require_same(known, request)
                return known
            return await self._open(request, by)

    async def _open(self, request: Request, by: str) -> Dossier:
        now = self._files.clock.now()
        self._require_known(request.unit, request.master, request.sites)
        self._require_accounts(request.admitted)
        if request.requested_at is not None and request.requested_at > now:
            raise Invalid(
                "Giờ nhận yêu cầu không thể ở tương lai.",
                "The request cannot have come in after now.",
            )
        dossier = verbs.opened(
            Dossier(
                id=_id_of(request.key),
                title=request.title.strip(),
                procedure=version_id(self._files.procedures.get(request.procedure)),
                unit=request.unit,
                master=request.master,
                sites=request.sites,
                chair=request.chair,
                requested_at=request.requested_at or now,
                rehearsal_at=request.rehearsal_at,
                starts_at=request.starts_at,
                ends_at=request.ends_at,
                letter=request.letter,
                content=request.content,
                secrecy=request.secrecy,
                admitted=request.admitted,
                created_by=by,
            ),
            now,
        )
        text = Text(
            f"Lập hồ sơ phiên họp «{dossier.title}», {spoken(dossier.starts_at)}",
            f"Dossier of the session {dossier.title!r} opened, {dossier.starts_at:%Y-%m-%d %H:%M}Z",
        )
        return await self._files.create(dossier, by, text)

    async def edit(
        self, dossier_id: str, changes: dict[str, Any], by: str, tell: Tell | None = None
    ) -> Dossier:
        """Change fields of a dossier. Deadlines of steps that are not done move with the times.

        A new list of sites or another master makes an agreed plan void: it must be made anew.
        ``tell`` adds to the same change what people must be told of it.
        """

        def work(before: Dossier) -> Draft:
            after = verbs.changed(before, replace(before, **changes), self._files.clock.now())
            self._require_known(after.unit, after.master, after.sites, before.sites)
            self._require_accounts(after.admitted)
            if "procedure" in changes:
                procedure = version_id(self._files.procedures.get(after.procedure))
                after = replace(after, procedure=procedure)
            plan = self._files.plan(before)
            void = plan is not None and (
                after.master != before.master or set(after.sites) != set(before.sites)
            )
            puts = (replace(plan, agreed_at=None, agreed_by=""),) if void and plan else ()
            after = self._without_plan(after) if void else after
            moved = after.starts_at != before.starts_at
            text = (
                Text(
                    f"Chuyển giờ họp từ {spoken(before.starts_at)} sang {spoken(after.starts_at)}",
                    f"Session moved from {before.starts_at:%Y-%m-%d %H:%M}Z to"
                    f" {after.starts_at:%Y-%m-%d %H:%M}Z",
                )
                if moved
                else Text("Sửa hồ sơ phiên họp", "Dossier changed")
            )
            draft = Draft(after, "dossier.moved" if moved else "dossier.changed", text, puts)
            return tell(before, draft) if tell else draft

        return await self._files.change(dossier_id, by, work)

    async def copy(
        self, dossier_id: str, starts: Sequence[datetime], by: str
    ) -> tuple[Dossier, ...]:
        """The same session at other times; several at once are a series."""
        if not 1 <= len(starts) <= MOST_REPEATS:
            raise Invalid(
                f"Chọn từ 1 đến {MOST_REPEATS} giờ họp.",
                f"Choose from 1 to {MOST_REPEATS} times.",
            )
        original, now = self._files.dossier(dossier_id), self._files.clock.now()
        series = original.series or (original.id if len(starts) > 1 else "")
        made = [
            replace(
                verbs.copied(original, _id_of(""), at, now),
                created_by=by,
                series=series,
                procedure=self._newest(original),
            )
            for at in sorted(set(starts))
        ]
        for dossier in made:
            text = Text(
                f"Sao chép từ hồ sơ {original.id}: {spoken(dossier.starts_at)}",
                f"Copied from dossier {original.id}",
            )
            await self._files.create(dossier, by, text)
        return tuple(made)

    async def mark_step(
        self, dossier_id: str, step_id: str, done: bool, note: str, by: str
    ) -> Dossier:
        """Somebody responsible says that a step is done, or takes that back."""

        def work(dossier: Dossier) -> Draft:
            dossier.require_open()
            step = self.step(dossier, step_id)
            require_word(step)
            now = self._files.clock.now()
            if not done:
                after = verbs.without_step(dossier, step_id)
                text = Text(f"Mở lại bước: {step.title.vi}", f"Step reopened: {step.title.en}")
                return Draft(after, "step.reopened", text, reason=note)
            if step_id in dossier.steps:
                return Draft(dossier, "step.done", NO_TEXT)
            entry = Done(now, by, str(step.evidence), note, step.due(dossier.times))
            after = verbs.with_step(dossier, step_id, entry)
            text = Text(f"Hoàn thành bước: {step.title.vi}", f"Step done: {step.title.en}")
            return Draft(after, "step.done", text, reason=note)

        return await self._files.change(dossier_id, by, work)

    async def assess(self, dossier_id: str, assessment: str, by: str) -> Dossier:
        """Write the assessment (R6.1-7), during the session or after it."""
        if not assessment.strip():
            raise Invalid("Hãy ghi nội dung đánh giá.", "Write the assessment.")

        def work(dossier: Dossier) -> Draft:
            if dossier.stage in (verbs.Stage.PREPARED, verbs.Stage.CANCELLED):
                dossier.require_open()
                raise Invalid(
                    "Phiên họp chưa diễn ra; đánh giá sau khi họp.",
                    "The session has not been held; assess it afterwards.",
                )
            after = replace(dossier, assessment=assessment.strip())
            text = Text("Ghi đánh giá chất lượng phiên họp", "Assessment written")
            return Draft(after, "dossier.assessed", text)

        return await self._files.change(dossier_id, by, work)

    def step(self, dossier: Dossier, step_id: str) -> Step:
        step = self._files.procedure(dossier).step(step_id)
        if step is None:
            raise Unknown(
                f"Quy trình của phiên họp không có bước «{step_id}».",
                f"The session's procedure has no step {step_id!r}.",
            )
        return step

    def clashes(self, dossier: Dossier) -> tuple[Clash, ...]:
        plans = self._files.records.all(DossierPlan)
        homes = {plan.dossier: plan.plan.home for plan in plans.values()}
        return clashes(dossier, self._files.active(), self._files.book.directory, homes)

    def _without_plan(self, dossier: Dossier) -> Dossier:
        """The plan is to be agreed again: that step is open once more."""
        for step in self._files.procedure(dossier).steps:
            if step.evidence is Evidence.PLAN:
                dossier = verbs.without_step(dossier, step.id)
        return dossier

    def _newest(self, dossier: Dossier) -> str:
        """A copy follows the newest version of its procedure."""
        return version_id(self._files.procedures.get(self._files.procedure(dossier).id))

    def _require_accounts(self, admitted: Sequence[str]) -> None:
        """A name on a secret session's list is somebody's, not the first comer's to take."""
        accounts = self._files.records.all(Account)
        for name in admitted:
            if name not in accounts:
                raise UnknownAccount(name)

    def _require_known(
        self, unit: str, master: str, sites: Sequence[str], known: Sequence[str] = ()
    ) -> None:
        """All of them are in the directory; a site already in the session may have left it."""
        directory = self._files.book.directory
        directory.unit(unit)
        directory.mcu(master)
        for site in sites:
            if site not in known:
                directory.site(site)


def _require_same(known: Dossier, request: Request) -> None:
    if (known.unit, known.title) != (request.unit, request.title.strip()):
        raise Conflict(
            "Khóa «key» này đã dùng cho hồ sơ khác; hãy dùng khóa mới.",
            "This 'key' was used for another dossier; use a new one.",
        )


def _id_of(key: str) -> str:
    """The dossier's id: random, or the key of whoever asks."""
    return key or f"d{token_hex(6)}"
