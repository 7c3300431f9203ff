"""A whole server in one process over fakes: its store, its MCUs and its clock are in the test's
hands."""

from pathlib import Path

from fastapi import FastAPI

from diemcau.api.app import create_app
from diemcau.bootstrap import Settings, assemble
from diemcau.domain.conference import Conference
from diemcau.ports.identity import Role
from diemcau.services.conferences import Order
from diemcau.testing.clock import FakeClock
from diemcau.testing.mcus import FakeMcus
from diemcau.testing.samples import MASTER, NORTH, SOUTH, directory
from diemcau.testing.store import MemoryStore


class FakeServer:
    """``app`` is the application; ``conference`` one that is open, with all the sample sites."""

    app: FastAPI
    conference: Conference

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = MemoryStore()
        self.mcus = FakeMcus(MASTER, NORTH, SOUTH)

    async def start(self, data: Path) -> "FakeServer":
        await self.store.save_directory(directory())
        settings = Settings(data, province="", clock=self.clock, static=data / "static")
        self.app = create_app(self.clock)
        self.app.state.static = settings.static
        self.server = self.app.state.server = await assemble(settings, self.store, self.mcus)
        order = Order("Họp giao ban", MASTER, tuple(directory().sites), chair="s-tinh")
        self.conference = await self.server.control.open(order)
        return self

    def token(self, role: Role, site: str = "", conference: str | None = None) -> str:
        """A token for the open conference, or for another ("": all)."""
        if conference is None:
            conference = "" if role is Role.OPERATOR else self.conference.id
        token, _ = self.server.tokens.issue("test", role, conference=conference, site=site)
        return token
