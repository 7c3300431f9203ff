"""What a server makes of the database it finds: a new one, one of a version without tiers."""

from pathlib import Path

import pytest

from diemcau.bootstrap import Settings, assemble, build_server
from diemcau.domain.directory import Tier
from diemcau.domain.directory_rules import faults
from diemcau.domain.refusal import Invalid
from diemcau.ports.store import Store
from diemcau.provinces import TIERS, load
from diemcau.testing import FakeClock, FakeMcus, MemoryStore
from diemcau.testing.app import FakeServer
from tests.contract.databases import Place, on_databases
from tests.contract.test_migrations import as_it_was

PROVINCE = load("vinh-phuc-2022")


async def started(store: Store, data: Path, province: str) -> FakeServer:
    house = FakeServer()
    settings = Settings(data, province=province, clock=FakeClock())
    house.house = await assemble(settings, store, FakeMcus(), house.parts())
    house.server = house.house.server
    return house


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


async def test_a_new_database_gets_the_directory_of_its_province(
    store: MemoryStore, tmp_path: Path
) -> None:
    house = await started(store, tmp_path, "vinh-phuc-2022")
    assert set(house.server.book.directory.entries) == set(PROVINCE.directory().entries)
    (line,) = store.journal
    assert (line.actor, line.subject) == ("system", "directory")
    await started(store, tmp_path, "vinh-phuc-2022")
    assert len(store.journal) == 1


@pytest.mark.parametrize("province", ["", "vinh-phuc-2022"])
async def test_a_directory_without_tiers_gets_them_once(
    province: str, store: MemoryStore, tmp_path: Path
) -> None:
    old = [e for e in PROVINCE.directory().entries if not isinstance(e, Tier)]
    await store.commit(old, [], [], FakeClock().now())
    for _ in range(2):
        house = await started(store, tmp_path, province)
        assert tuple(house.server.book.directory.tiers.values()) == TIERS
        assert faults(house.server.book.directory.entries) == []
        assert [line.text.en for line in store.journal] == ["Tiers of administration added"]


async def test_a_directory_with_tiers_of_its_own_keeps_them(
    store: MemoryStore, tmp_path: Path
) -> None:
    await store.commit([Tier("canton", "Tổng", "Canton", 0)], [], [], FakeClock().now())
    house = await started(store, tmp_path, "")
    assert list(house.server.book.directory.tiers) == ["canton"]
    assert store.journal == []


async def test_an_empty_directory_stays_empty(store: MemoryStore, tmp_path: Path) -> None:
    house = await started(store, tmp_path, "")
    assert house.server.book.directory.entries == ()


async def test_another_provinces_database_is_refused(store: MemoryStore, tmp_path: Path) -> None:
    await started(store, tmp_path, "phu-tho-2025")
    with pytest.raises(Invalid, match="another province"):
        await started(store, tmp_path, "vinh-phuc-2022")


@on_databases
async def test_a_database_of_the_first_version_serves(place: Place, tmp_path: Path) -> None:
    await as_it_was(place)
    house = await started(await place.store(), tmp_path / "data", "")
    assert house.server.home == "u-2"
    assert faults(house.server.book.directory.entries) == []
    await place.execute("UPDATE records SET data = '{}' WHERE kind = 'tier'")
    app = build_server(Settings(tmp_path / "data", database=place.url, province=""))
    with pytest.raises(Invalid, match=r"tier central: .*name: Field"):
        async with app.router.lifespan_context(app):
            raise AssertionError("the server started")
