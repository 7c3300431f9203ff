"""An account's token: it opens what its grants reach, and nothing by itself."""

from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI

from diemcau.api import problems
from diemcau.domain.journal import SYSTEM
from diemcau.domain.refusal import Refusal
from diemcau.domain.roles import Role
from diemcau.ports.accounts import IdTokenExpired, ProviderUnreachable, WrongIssuer
from diemcau.services.account_refusals import AccountLocked, LastAdministrator, WrongSignIn
from diemcau.testing import FakeClock
from diemcau.testing.app import FakeServer


@pytest.fixture
async def headers(house: FakeServer) -> dict[str, str]:
    token = await house.account("lan.nt", (Role.DELEGATE, "u-tinh"))
    return {"Authorization": f"Bearer {token}"}


async def test_me_names_the_account(headers: dict[str, str], client: httpx2.AsyncClient) -> None:
    me = (await client.get("/api/me", headers=headers)).json()
    assert me["account"] == "lan.nt"
    assert [grant["role"] for grant in me["grants"]] == ["delegate"]
    assert "role" not in me


async def test_a_token_ends_when_its_account_signs_out_everywhere(
    headers: dict[str, str], house: FakeServer, client: httpx2.AsyncClient
) -> None:
    assert (await client.post("/api/account/sign-out", headers=headers)).status_code == 200
    answer = await client.get("/api/me", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:diemcau:signed-out")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/conferences/{c}"),
        ("GET", "/api/conferences/{c}/units"),
        ("POST", "/api/conferences/{c}/release"),
        ("DELETE", "/api/conferences/{c}"),
        ("POST", "/whep/{c}/program"),
        ("POST", "/whip/{c}/s-bac-1"),
        ("GET", "/api/conferences"),
        ("GET", "/api/directory"),
    ],
)
async def test_an_account_is_in_no_conference_and_everywhere_no_operator(
    method: str, path: str, headers: dict[str, str], house: FakeServer, client: httpx2.AsyncClient
) -> None:
    path = path.format(c=house.conference.id)
    answer = await client.request(method, path, headers=headers)
    assert answer.status_code == 403
    assert house.server.control.find(house.conference.id)


async def test_the_log_book_says_who_changed_an_account(
    house: FakeServer, client: httpx2.AsyncClient
) -> None:
    bearer = {"Authorization": f"Bearer {await house.account('an.tv', (Role.ADMIN, 'u-tinh'))}"}
    new = {"id": "lan.nt", "name": "Lan"}
    assert (await client.post("/api/accounts", json=new, headers=bearer)).status_code == 201
    changes: list[dict[str, object]] = [
        {"name": "Lan Anh"}, {"grants": [{"role": "dic", "unit": "u-tinh"}]}, {"grants": []},
        {"active": False}, {"active": True},
    ]  # fmt: skip
    for change in changes:
        answer = await client.patch("/api/accounts/lan.nt", json=change, headers=bearer)
        assert answer.status_code == 200
    link = {"Authorization": f"Bearer {house.token(Role.OPERATOR)}"}
    reset = await client.post("/api/accounts/lan.nt/password", headers=link)
    first = reset.json()["password"]
    own = {"account": "lan.nt", "old": first, "new": "một mật khẩu thật dài 9"}
    token = (await client.post("/api/account/password", json=own)).json()["token"]
    mine = {"Authorization": f"Bearer {token}"}
    assert (await client.post("/api/account/sign-out", headers=mine)).status_code == 200
    wrong = {"account": "lan.nt", "password": "sai"}
    assert (await client.post("/api/sign-in", json=wrong)).status_code == 401
    await house.server.accounts.close()
    found = await house.store.entries(subject="account/lan.nt")
    actors = [entry.actor for entry in found]
    assert actors == [*6 * ["an.tv"], "link:test", "lan.nt", "lan.nt", SYSTEM]


@pytest.mark.parametrize("role", ["admin", "office", "technician"])
async def test_a_link_gives_no_account_role(
    role: str, house: FakeServer, client: httpx2.AsyncClient
) -> None:
    token, _ = house.server.tokens.issue("op", Role.OPERATOR)
    answer = await client.post(
        f"/api/conferences/{house.conference.id}/links",
        json={"role": role},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 422


NOW = FakeClock().now()


@pytest.mark.parametrize(
    ("refusal", "status", "retry_after"),
    [
        (WrongSignIn(), 401, None),
        (AccountLocked(NOW + timedelta(minutes=2), NOW), 429, "120"),
        (LastAdministrator(), 409, None),
        (ProviderUnreachable("https://sso.example", "away"), 502, None),
        (WrongIssuer("a", "b"), 401, None),
        (IdTokenExpired(), 401, None),
    ],
)
async def test_a_refused_sign_in_is_a_problem_with_its_status(
    refusal: Refusal, status: int, retry_after: str | None
) -> None:
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    async def refuse() -> None:
        raise refusal

    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://server") as client:
        answer = await client.get("/")
    assert answer.status_code == status
    assert answer.json()["type"] == f"urn:diemcau:{refusal.id}"
    assert answer.headers.get("retry-after") == retry_after
