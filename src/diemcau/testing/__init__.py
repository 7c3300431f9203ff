"""Fakes of the ports, held to the same contracts as the real things, and a fake agent."""

from diemcau.testing.accounts import FakeCodes, FakePasswords, MemoryAccounts
from diemcau.testing.agent import FakeAgent
from diemcau.testing.clock import FakeClock, LoopClock
from diemcau.testing.couriers import FakeCourier, MemoryOutboxStore
from diemcau.testing.documents import FakeCalendar, FakeDocuments
from diemcau.testing.journal import FakeSealer, MemoryJournal
from diemcau.testing.mcus import FakeMcus
from diemcau.testing.media import FakeHost, FakeMedia
from diemcau.testing.planning import GreedySolver
from diemcau.testing.provider import FakeProvider
from diemcau.testing.store import MemoryStore

__all__ = [
    "FakeAgent",
    "FakeCalendar",
    "FakeClock",
    "FakeCodes",
    "FakeCourier",
    "FakeDocuments",
    "FakeHost",
    "FakeMcus",
    "FakeMedia",
    "FakePasswords",
    "FakeProvider",
    "FakeSealer",
    "GreedySolver",
    "LoopClock",
    "MemoryAccounts",
    "MemoryJournal",
    "MemoryOutboxStore",
    "MemoryStore",
]
