"""Generated requests over the OpenAPI document: whatever comes, the server does not fail."""

import asyncio
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from diemcau.api.app import create_app
from diemcau.domain.roles import Role
from diemcau.testing import FakeClock
from diemcau.testing.app import FakeServer

app = create_app(FakeClock())
schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> FakeServer:
    house = asyncio.run(FakeServer().start(tmp_path_factory.mktemp("data")))
    app.state.server = house.server
    return house


@schema.parametrize()
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_makes_the_server_fail(
    case: "schemathesis.Case[Any]", open_house: FakeServer
) -> None:
    name = open_house.conference.id
    closes = case.method == "DELETE" and case.path.endswith("{conference}")
    if "conference" in case.path_parameters:
        case.path_parameters["conference"] = "c-none" if closes else name
    case.headers["Authorization"] = f"Bearer {open_house.token(Role.OPERATOR)}"
    response = case.call()
    assert response.status_code < 500, response.text
    if response.status_code >= 400 and response.status_code != 406:
        assert response.headers["content-type"] == ["application/problem+json"]
