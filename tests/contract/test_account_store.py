"""What every place for accounts promises: the fake, and the records over each store."""

from dataclasses import replace

import pytest

from diemcau.bootstrap.parts import KeptAccounts
from diemcau.domain.accounts import Account
from diemcau.ports.accounts import AccountStore
from diemcau.ports.store import StoreFailed
from diemcau.services.records import Records
from diemcau.testing import FakeClock, MemoryAccounts, MemoryStore
from tests.contract.databases import Place
from tests.kept import BARE, RECORDS

FULL = next(record for record in RECORDS if isinstance(record, Account))
BARELY = next(record for record in BARE if isinstance(record, Account))


async def over(place: Place) -> KeptAccounts:
    """As the next process finds them."""
    records = Records(await place.store(), FakeClock())
    await records.load()
    return KeptAccounts(records)


async def test_accounts_are_read_as_they_were_saved(place: Place) -> None:
    accounts = await over(place)
    assert await accounts.accounts() == []
    await accounts.save_account(FULL, "an.nguyen")
    await accounts.save_account(BARELY, "an.nguyen")
    assert await accounts.accounts() == [FULL, BARELY]
    assert await (await over(place)).accounts() == [FULL, BARELY]


async def test_a_saved_account_replaces_itself(place: Place) -> None:
    accounts = await over(place)
    changed = replace(FULL, name="Khác", failures=0, locked_until=None)
    for account in (FULL, BARELY, changed):
        await accounts.save_account(account, "an.nguyen")
    assert await (await over(place)).accounts() == [changed, BARELY]


async def test_the_log_book_tells_of_an_account_without_its_secrets(place: Place) -> None:
    accounts = await over(place)
    await accounts.save_account(FULL, "an.nguyen")
    await accounts.save_account(replace(FULL, password_hash="$argon2id$new", epoch=3), "an.nguyen")
    made, changed = await (await place.store()).entries(subject=f"account/{FULL.id}")
    assert made.actor == changed.actor == "an.nguyen"
    assert {change.path for change in changed.changes} == {"password_hash", "epoch"}
    written = repr((made, changed))
    assert "argon2id" not in written
    assert FULL.totp_secret not in written


@pytest.fixture(params=["fake", "records"])
def failing(request: pytest.FixtureRequest) -> tuple[AccountStore, MemoryAccounts | MemoryStore]:
    """Where accounts are, and what can be made to fail."""
    if request.param == "fake":
        fake = MemoryAccounts()
        return fake, fake
    store = MemoryStore()
    return KeptAccounts(Records(store, FakeClock())), store


async def test_what_could_not_be_saved_is_as_it_was(
    failing: tuple[AccountStore, MemoryAccounts | MemoryStore],
) -> None:
    accounts, disk = failing
    await accounts.save_account(FULL, "an.nguyen")
    disk.failing = True
    with pytest.raises(StoreFailed):
        await accounts.save_account(replace(FULL, name="Khác"), "an.nguyen")
    with pytest.raises(StoreFailed):
        await accounts.save_account(BARELY, "an.nguyen")
    assert await accounts.accounts() == [FULL]
    disk.failing = False
    await accounts.save_account(BARELY, "an.nguyen")
    assert await accounts.accounts() == [FULL, BARELY]
