"""Fakes of the ports, held to the same contracts as the real things, and a fake agent."""

from diemcau.testing.agent import FakeAgent
from diemcau.testing.clock import FakeClock
from diemcau.testing.mcus import FakeMcus
from diemcau.testing.media import FakeHost, FakeMedia
from diemcau.testing.store import MemoryStore

__all__ = ["FakeAgent", "FakeClock", "FakeHost", "FakeMcus", "FakeMedia", "MemoryStore"]
