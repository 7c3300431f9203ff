"""A whole server in one process over fakes: its store, its MCUs, its couriers and its clock are in
the test's hands."""

from pathlib import Path

from fastapi import FastAPI

from diemcau import sheets
from diemcau.api.app import create_app
from diemcau.bootstrap import House, Parts, Settings, assemble
from diemcau.domain.accounts import Account
from diemcau.domain.conference import Conference
from diemcau.domain.directory import Directory
from diemcau.domain.outbox import Channel
from diemcau.domain.roles import Grant, Role
from diemcau.provinces import load
from diemcau.services.conferences import Order
from diemcau.services.dossiers.post import Ways
from diemcau.testing.accounts import FakeCodes, FakePasswords
from diemcau.testing.clock import FakeClock
from diemcau.testing.couriers import FakeCourier
from diemcau.testing.documents import FakeCalendar, FakeDocuments
from diemcau.testing.journal import FakeSealer
from diemcau.testing.mcus import FakeMcus
from diemcau.testing.planning import GreedySolver
from diemcau.testing.samples import MASTER, NORTH, SOUTH, directory
from diemcau.testing.store import MemoryStore


class FakeServer:
    """``app`` is the application; ``conference`` one that is open, with all the sample sites.

    What goes on by itself (the clock of the procedures, the outbox) does not: a test ticks it.
    """

    app: FastAPI
    conference: Conference

    def __init__(self, public_url: str = "", province: str = "") -> None:
        """``province``: one that ships, in place of the sample directory."""
        self.public_url = public_url
        self.province = province
        self.clock = FakeClock()
        self.store = MemoryStore()
        self.mcus = FakeMcus(MASTER, NORTH, SOUTH)
        self.courier = FakeCourier()
        self.directory: Directory = load(province).directory() if province else directory()

    async def start(self, data: Path, *, conference: bool = True) -> "FakeServer":
        if not self.store.filled:
            await self.store.commit(self.directory.entries, (), (), self.clock.now())
        settings = Settings(
            data,
            province=self.province,
            clock=self.clock,
            static=data / "static",
            public_url=self.public_url,
        )
        self.app = create_app(self.clock)
        self.app.state.static = settings.static
        self.house: House = await assemble(settings, self.store, self.mcus, self.parts())
        self.server = self.app.state.server = self.house.server
        if conference:
            order = Order("Họp giao ban", MASTER, tuple(directory().sites), chair="s-tinh")
            self.conference = await self.server.control.open(order)
        return self

    def parts(self) -> Parts:
        return Parts(
            passwords=FakePasswords(),
            codes=FakeCodes(),
            solver=GreedySolver(),
            documents=FakeDocuments(),
            calendar=FakeCalendar(),
            sheets=sheets,
            sealer=FakeSealer(),
            couriers={Channel.MAIL: self.courier},
            ways=Ways(sender="hop@example.vn"),
        )

    def token(self, role: Role, site: str = "", conference: str | None = None) -> str:
        """A link's token for the open conference, or for another ("": all)."""
        if conference is None:
            conference = "" if role is Role.OPERATOR else self.conference.id
        token, _ = self.server.tokens.issue("test", role, conference=conference, site=site)
        return token

    async def account(self, name: str, *grants: tuple[Role, str]) -> str:
        """The token of a new account with these roles on these units."""
        account = Account(name, name.title(), grants=tuple(Grant(*grant) for grant in grants))
        made, _ = await self.server.accounts.create(account, "test")
        return self.server.tokens.issue_account(made.id, made.epoch)[0]
