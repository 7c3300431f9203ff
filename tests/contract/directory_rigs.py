"""Who changes the directory in the API's tests, and what is told of it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from diemcau.domain.roles import Role
from diemcau.testing.app import FakeServer
from tests.contract.test_api_rest import bearer


@pytest.fixture
async def office(house: FakeServer, client: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """The province's office, which may change all of the directory."""
    client.headers.update(bearer(await house.account("an.nguyen", (Role.OFFICE, "u-tinh"))))
    return client


@pytest.fixture
async def warden(house: FakeServer) -> AsyncIterator[httpx2.AsyncClient]:
    """Who manages the rooms of one commune."""
    token = await house.account("binh.tran", (Role.ROOM_MANAGER, "u-bac-1"))
    transport = httpx2.ASGITransport(app=house.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://server", headers=bearer(token)
    ) as client:
        yield client


def lines(house: FakeServer, subject: str = "directory") -> list[tuple[str, str, str]]:
    """What the log book says of the directory: who, what, of what."""
    found = (e for e in house.store.journal if f"{e.subject}/".startswith(f"{subject}/"))
    return [(entry.actor, entry.action, entry.subject) for entry in found]


def entries(house: FakeServer) -> set[Any]:
    return set(house.server.book.directory.entries)
