"""Which version of a procedure holds: the office's own, whatever comes along with an upgrade."""

from diemcau import procedures as shipped
from diemcau.domain.procedure import Procedure
from diemcau.services.procedures import Procedures
from diemcau.services.records import Records
from diemcau.testing import FakeClock, MemoryStore

PLANNED = "429-planned"
CAME_ALONG = shipped.text(PLANNED)
UPGRADED, OWN, REVISED = (f"{CAME_ALONG}\n# {words}\n" for words in ("upgraded", "ours", "revised"))


class Reader:
    """Reads procedures as they are read, and ships the one text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def shipped(self) -> dict[str, str]:
        return {PLANNED: self.text}

    def parse(self, text: str, name: str) -> Procedure:
        return shipped.parse(text, name)


class Installation:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.records = Records(MemoryStore(), self.clock)

    async def started(self, text: str = CAME_ALONG) -> Procedures:
        """Its server, which ships this text, started a day after the one before."""
        self.clock.advance(86_400)
        procedures = Procedures(self.records, Reader(text), self.clock)
        await procedures.start()
        return procedures


async def test_an_upgrade_brings_its_version_where_nobody_wrote_another() -> None:
    installation = Installation()
    await installation.started()
    procedures = await installation.started(UPGRADED)
    assert procedures.text(PLANNED) == UPGRADED


async def test_an_upgrade_takes_nobody_s_own_version_away() -> None:
    installation = Installation()
    await (await installation.started()).add(OWN, "an.nv")
    procedures = await installation.started(UPGRADED)
    assert procedures.text(PLANNED) == OWN


async def test_what_came_along_or_was_there_before_may_be_taken_again() -> None:
    installation = Installation()
    procedures = await installation.started()
    for text in (OWN, REVISED, CAME_ALONG, OWN):
        installation.clock.advance(3_600)
        await procedures.add(text, "an.nv")
        assert procedures.text(PLANNED) == text
    again = await installation.started()
    assert again.text(PLANNED) == OWN
