"""What a room says for itself: its hand, lines to the control room."""

from typing import Any

import httpx2
import pytest

from diemcau.domain.roles import Role
from diemcau.testing.app import FakeServer
from tests.contract.test_api_rest import Caller, bearer, is_problem, operator, site

__all__ = ["operator", "site"]


def state(house: FakeServer, view: str = "*") -> Any:
    return house.server.hub.snapshot(house.conference.id, view)["state"]


@pytest.fixture
def hand(house: FakeServer, client: httpx2.AsyncClient) -> Any:
    async def hand(method: str, token: str, of: str) -> httpx2.Response:
        address = f"/api/conferences/{house.conference.id}/hands/{of}"
        return await client.request(method, address, headers=bearer(token))

    return hand


async def test_a_room_raises_its_own_hand_and_the_operator_anybodys(
    house: FakeServer, hand: Any
) -> None:
    own, operator = house.token(Role.SITE, "s-bac-1"), house.token(Role.OPERATOR)
    assert (await hand("PUT", own, "s-bac-1")).status_code == 200
    assert (await hand("PUT", operator, "s-nam-1")).status_code == 200
    is_problem(await hand("PUT", own, "s-bac-2"), 403, "token-elsewhere")
    assert [h["site"] for h in state(house)["conference"]["hands"]] == ["s-bac-1", "s-nam-1"]
    assert (await hand("DELETE", own, "s-bac-1")).status_code == 200
    assert [h["site"] for h in state(house)["conference"]["hands"]] == ["s-nam-1"]


async def test_a_room_and_the_control_room_write_to_each_other(
    house: FakeServer, operator: Caller, site: Caller
) -> None:
    assert (await site.post("chat/s-bac-1", {"text": " Không nghe rõ "})).status_code == 201
    assert (await operator.post("chat/s-bac-1", {"text": "Kiểm tra loa"})).status_code == 201
    lines = state(house)["talk"]["s-bac-1"]
    assert [(line["text"], line["room"]) for line in lines] == [
        ("Không nghe rõ", True),
        ("Kiểm tra loa", False),
    ]
    assert state(house, "s-bac-1")["talk"] == state(house)["talk"]
    assert state(house, "s-bac-2")["talk"] == {}
    is_problem(await site.post("chat/s-bac-2", {"text": "x"}), 403, "token-elsewhere")
    is_problem(await operator.post("chat/s-none", {"text": "x"}), 404, "unknown")
    is_problem(await site.post("chat/s-bac-1", {"text": "  "}), 422, "invalid")
