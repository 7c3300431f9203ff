"""The edges that a server is made of, and how records serve those who keep things of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2

from diemcau import procedures, sheets
from diemcau.bootstrap.settings import Settings
from diemcau.couriers import CourierSettings, open_couriers, read_settings
from diemcau.documents import MailCalendar, OfficeDocuments
from diemcau.domain.accounts import Account
from diemcau.domain.differences import differences
from diemcau.domain.journal import Note
from diemcau.domain.outbox import Channel, Message
from diemcau.domain.procedure import Procedure
from diemcau.domain.refusal import Text
from diemcau.identity import ArgonPasswords, OidcSignOn, TotpCodes, load_seal
from diemcau.planning import HighsSolver
from diemcau.ports.accounts import OneTimeCodes, Passwords, SingleSignOn
from diemcau.ports.couriers import Courier
from diemcau.ports.documents import Calendar, Documents
from diemcau.ports.journal import Sealer
from diemcau.ports.planning import PlanSolver
from diemcau.ports.sheets import Sheets
from diemcau.ports.store import StoreFailed
from diemcau.services.dossiers.post import Ways
from diemcau.services.places import Places
from diemcau.services.records import Records
from diemcau.services.refusals import NotStored

NO_WAYS = Ways(mail=False)


@dataclass(frozen=True)
class Parts:
    """What a test may put a fake in the place of."""

    passwords: Passwords
    codes: OneTimeCodes
    solver: PlanSolver
    documents: Documents
    calendar: Calendar
    sheets: Sheets
    sealer: Sealer
    couriers: Mapping[Channel, Courier] = field(default_factory=dict)
    ways: Ways = NO_WAYS
    sso: SingleSignOn | None = None
    http: httpx2.AsyncClient | None = None
    """Over which the identity provider is asked."""

    async def close(self) -> None:
        for courier in self.couriers.values():
            await courier.close()
        if self.http is not None:
            await self.http.aclose()


def real_parts(settings: Settings) -> Parts:
    carriers = read_settings(settings.couriers) if settings.couriers else CourierSettings()
    http = httpx2.AsyncClient(timeout=10) if settings.sso else None
    return Parts(
        passwords=ArgonPasswords(),
        codes=TotpCodes(),
        solver=HighsSolver(),
        documents=OfficeDocuments(settings.data / "templates"),
        calendar=MailCalendar(),
        sheets=sheets,
        sealer=load_seal(settings.data),
        couriers=open_couriers(carriers, settings.clock),
        ways=_ways(carriers),
        sso=OidcSignOn(settings.sso, http, settings.clock) if settings.sso and http else None,
        http=http,
    )


def _ways(carriers: CourierSettings) -> Ways:
    mail = carriers.mail
    return Ways(
        mail=mail is not None,
        sender=mail.sender if mail else "",
        sender_name=(mail.sender_name if mail else "") or "Điểm Cầu",
        webhooks=tuple(webhook.name for webhook in carriers.webhook),
    )


class KeptAccounts:
    """A ``ports.accounts.AccountStore`` over the records; what changes is in the log book."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def accounts(self) -> list[Account]:
        return list(self._records.all(Account).values())

    async def save_account(self, account: Account, actor: str) -> None:
        before = self._records.get(Account, account.id)
        made, kept = Text("Tạo tài khoản", "Account made"), Text("Sửa tài khoản", "Account changed")
        verb = kept if before else made
        note = Note(
            actor,
            "account.saved",
            f"account/{account.id}",
            Text(f"{verb.vi} {account.id}", f"{verb.en}: {account.id}"),
            differences(before, account),
        )
        try:
            await self._records.commit(account, notes=[note])
        except NotStored as error:
            raise StoreFailed(str(error)) from error


class KeptMessages:
    """A ``ports.couriers.OutboxStore`` over the records."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def messages(self) -> list[Message]:
        return [m for m in self._records.all(Message).values() if not m.ended]

    async def save_message(self, message: Message) -> None:
        try:
            await self._records.commit(message)
        except NotStored as error:
            raise StoreFailed(str(error)) from error


class ProcedureFiles:
    """A ``ports.procedures.ProcedureReader``: procedures are written for the directory's tiers."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def shipped(self) -> Mapping[str, str]:
        return {name: procedures.text(name) for name in procedures.shipped()}

    def parse(self, text: str, name: str) -> Procedure:
        tiers = {*procedures.TIERS, *self._places.directory.tiers}
        return procedures.parse(text, name, sorted(tiers))
