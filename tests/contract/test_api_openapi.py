"""Generated requests over the whole OpenAPI document: whatever comes, the server does not fail,
and what was written can be read, worked on, and loaded by the next server."""

import asyncio
import json
from collections.abc import Iterator
from copy import copy, deepcopy
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from diemcau.domain.dossier import Dossier
from diemcau.domain.roles import Role
from diemcau.testing import FakeClock
from tests.contract.hostile import Town
from tests.contract.rights_routes import APP, ROUTES

schema = schemathesis.openapi.from_asgi("/api/openapi.json", APP)
OPERATIONS = {o.ok().label: o.ok() for o in schema.get_all_operations() if isinstance(o, Ok)}
BODIES = {label for label, operation in OPERATIONS.items() if operation.body}
"""Operations that take JSON; they get the most requests."""

PEOPLE = ("link-operator", "office-tinh")
SHOWN = (
    "/api/desk", "/api/dossiers", "/api/directory", "/api/accounts", "/api/procedures",
    "/api/conferences", "/api/duty", "/api/directory/workbook", "/api/log-book/verify",
)  # fmt: skip
OF_DOSSIER = ("", "/notices", "/script", "/plan", "/checks", "/roll", "/log-book")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """In which all of a town's life goes on."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def built(data: Path, loop: asyncio.Runner) -> Town:
    return loop.run(Town().build(data))


class Asks:
    """Requests to a town that is as it was built, whatever an operation before did to it."""

    def __init__(self, built: Town, data: Path, loop: asyncio.Runner) -> None:
        self.town = copy(built)
        self.town.store = self.town.watched = deepcopy(built.watched)
        self.town.clock = FakeClock()
        self._data = data
        self._loop = loop
        self.start()

    def start(self) -> None:
        """A server that finds what the one before has stored."""
        self._loop.run(self.town.start(self._data, conference=False))
        transport = httpx2.ASGITransport(app=self.town.app)
        self._client = httpx2.AsyncClient(transport=transport, base_url="http://server")

    def __call__(self, who: str, method: str, path: str, body: bytes, kind: str) -> None:
        """Raises what the server did not handle; requires a sound answer."""
        headers = {"Authorization": f"Bearer {self._token(who)}", "Content-Type": kind}
        asked = self._client.request(method, path, content=body, headers=headers)
        answer = self._loop.run(asked)
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400 and answer.status_code != 406:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["detail_en"]

    def _token(self, who: str) -> str:
        """A fresh one: the last may have ended, or been ended by somebody."""
        server = self.town.server
        account = server.accounts.find(who)
        if account is None:
            token, _ = server.tokens.issue("test", Role.OPERATOR)
        else:
            token, _ = server.tokens.issue_account(account.id, account.epoch)
        return token

    def everything(self) -> None:
        """All that pages show."""
        dossiers = self.town.server.records.all(Dossier)
        of_each = [f"/api/dossiers/{name}{part}" for name in dossiers for part in OF_DOSSIER]
        for path in (*SHOWN, *of_each):
            self(PEOPLE[0], "GET", path, b"", "")

    def work(self) -> None:
        """What the server does by itself, now and when all sessions are over."""
        for _ in range(2):
            assert self._loop.run(self.town.server.office.lifecycle.tick())
            self.town.clock.advance(60 * 24 * 3600)


@pytest.fixture
def asks(built: Town, data: Path, loop: asyncio.Runner) -> Asks:
    return Asks(built, data, loop)


def generated(label: str) -> st.SearchStrategy[Any]:
    operation = OPERATIONS[label]
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if label not in BODIES:
        return right
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return st.one_of(right, right, wrong)


def test_every_call_of_the_interface_is_asked() -> None:
    assert OPERATIONS.keys() == {route for route in ROUTES if not route.startswith("OPTIONS")}


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_makes_the_server_fail(label: str, asks: Asks) -> None:
    @settings(
        max_examples=40 if label in BODIES else 10,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(generated(label), st.integers(0, 2**32), st.sampled_from(PEOPLE))
    def ask(case: Any, seed: int, who: str) -> None:
        town, chance = asks.town, Random(seed)
        query = dict(case.query or {})
        for named in (case.path_parameters, query):
            town.name(named, chance)
        if label in BODIES:
            made = town.body(label, case.body, case.path_parameters, chance)
            body = made if isinstance(made, bytes) else json.dumps(made, default=str).encode()
            kind = "application/json"
        else:
            body, kind = town.raw(label, chance)
        path = f"{case.formatted_path}?{urlencode(query, doseq=True, errors='replace')}"
        note(f"{who} {case.method} {path} {body!r}")
        asks(who, case.method, path, body, kind)

    ask()
    if not label.startswith("GET"):
        asks.work()
        asks.start()
        asks.everything()
