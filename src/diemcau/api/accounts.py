"""REST over accounts: the ways in, one's own account, and what an administrator does."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import Field, StringConstraints

from diemcau.api.context import AccountDep, Server, ServerDep, actor_of
from diemcau.api.may import may
from diemcau.api.models import Body, Id, Line
from diemcau.domain.accounts import Account
from diemcau.domain.permissions import Action
from diemcau.domain.refusal import Unknown
from diemcau.domain.roles import Grant, Role
from diemcau.ports.identity import NotAllowed, Principal
from diemcau.services.guard import Place
from diemcau.services.live import moment

Json = dict[str, Any]
router = APIRouter(prefix="/api")

HOURS = 12.0
"""How long a sign-in lasts: a working day with its evening."""

SSO_COOKIE = "diemcau-sso"

Secret = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Login = Annotated[str, StringConstraints(max_length=64)]
Code = Annotated[str, StringConstraints(max_length=16)]
Managing = Annotated[Principal, may(Action.MANAGE_ACCOUNTS)]


class SignInIn(Body):
    account: Login
    password: Secret
    code: Code = ""


class PasswordIn(Body):
    """``account``: for whoever has only a first password, and so no token yet."""

    old: Secret
    new: Secret
    account: Login = ""
    code: Code = ""


class ProofIn(Body):
    password: Secret
    code: Code = ""


class CodeIn(Body):
    code: Code


class SsoIn(Body):
    redirect_uri: Annotated[str, StringConstraints(max_length=1000)]


class SsoAnswerIn(Body):
    answer: Annotated[dict[Line, Annotated[str, StringConstraints(max_length=8000)]], Field()]


class GrantIn(Body):
    role: Role
    unit: Id

    def grant(self) -> Grant:
        return Grant(self.role, self.unit)


Grants = Annotated[list[GrantIn], Field(max_length=100)]


class AccountIn(Body):
    id: Login
    name: Line
    email: Line = ""
    person: Id = ""
    grants: Grants = Field(default_factory=list)


class AccountPatch(Body):
    name: Line | None = None
    email: Line | None = None
    active: bool | None = None
    grants: Grants | None = None


@router.get("/sign-in")
async def ways_in(server: ServerDep) -> Json:
    return {"sso": server.sso is not None}


@router.post("/sign-in")
async def sign_in(body: SignInIn, server: ServerDep) -> Json:
    account = await server.sign_in.sign_in(body.account, body.password, body.code)
    return _token(server, account)


@router.post("/sso")
async def start_sso(body: SsoIn, server: ServerDep, request: Request, response: Response) -> Json:
    """Where to go; the cookie ties the way back to this browser."""
    departure = await _sso(server).start(body.redirect_uri)
    response.set_cookie(
        SSO_COOKIE, departure.state, max_age=600, httponly=True, samesite="lax",
        secure=request.url.scheme == "https", path="/api/sso",
    )  # fmt: skip
    return {"url": departure.url}


@router.post("/sso/finish")
async def finish_sso(body: SsoAnswerIn, server: ServerDep, request: Request) -> Json:
    state = request.cookies.get(SSO_COOKIE, "")
    claims = await _sso(server).finish(body.answer, state)
    return _token(server, await server.sign_in.admit(claims))


@router.post("/account/password")
async def change_password(body: PasswordIn, server: ServerDep) -> Json:
    """The old password proves who asks, so this works with a first password as well."""
    account = await server.sign_in.change_password(body.account, body.old, body.new, body.code)
    return _token(server, account)


@router.post("/account/codes")
async def begin_codes(body: ProofIn, server: ServerDep, who: AccountDep) -> Json:
    setup = await server.sign_in.begin_codes(who.account, body.password, body.code)
    return {"secret": setup.secret, "uri": setup.uri, "picture": setup.picture}


@router.put("/account/codes")
async def confirm_codes(body: CodeIn, server: ServerDep, who: AccountDep) -> Json:
    await server.sign_in.confirm_codes(who.account, body.code)
    return {}


@router.delete("/account/codes")
async def drop_codes(server: ServerDep, who: AccountDep) -> Json:
    await server.accounts.drop_codes(who.account, actor_of(who))
    return {}


@router.post("/account/sign-out")
async def sign_out(server: ServerDep, who: AccountDep) -> Json:
    await server.accounts.sign_out(who.account, actor_of(who))
    return {}


@router.get("/accounts")
async def accounts(server: ServerDep, who: Managing) -> list[Json]:
    """Those whose grants all lie within reach of whoever asks."""
    return [
        account_view(server, account)
        for account in server.accounts.all()
        if _may_manage(server, who, account.grants)
    ]


@router.post("/accounts", status_code=201)
async def create(body: AccountIn, server: ServerDep, who: Managing) -> Json:
    grants = tuple(grant.grant() for grant in body.grants)
    _require_grantable(server, who, grants)
    account = Account(body.id, body.name, body.email, person=body.person, grants=grants)
    made, password = await server.accounts.create(account, actor_of(who))
    return {"account": account_view(server, made), "password": password}


@router.patch("/accounts/{account}")
async def change(account: str, body: AccountPatch, server: ServerDep, who: Managing) -> Json:
    """Whatever may not be done is refused before anything is done."""
    found, actor = server.accounts.get(account), actor_of(who)
    _require_manageable(server, who, found.grants)
    given = found.grants if body.grants is None else tuple(g.grant() for g in body.grants)
    _require_grantable(server, who, given)
    if set(given) != set(found.grants) and who.account == account:
        raise NotAllowed(
            "Không ai tự đổi quyền của mình; hãy nhờ người quản trị khác.",
            "Nobody changes his own rights; ask another administrator.",
        )
    if body.name is not None or body.email is not None:
        name = found.name if body.name is None else body.name
        email = found.email if body.email is None else body.email
        await server.accounts.rename(account, name, email, actor)
    for grant in given:
        await server.accounts.grant(account, grant, actor)
    for grant in set(found.grants) - set(given):
        await server.accounts.revoke(account, grant, actor)
    if body.active is not None:
        switch = server.accounts.activate if body.active else server.accounts.deactivate
        await switch(account, actor)
    return account_view(server, server.accounts.get(account))


@router.post("/accounts/{account}/password")
async def reset_password(account: str, server: ServerDep, who: Managing) -> Json:
    _require_manageable(server, who, server.accounts.get(account).grants)
    return {"password": await server.accounts.reset_password(account, actor_of(who))}


def account_view(server: Server, account: Account) -> Json:
    return {
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "person": account.person,
        "active": account.active,
        "codes": bool(account.totp_secret),
        "sso": bool(account.subject),
        "grants": grants_view(server, account.grants),
    }


def grants_view(server: Server, grants: tuple[Grant, ...]) -> list[Json]:
    units = server.book.directory.units
    return [
        {
            "role": str(grant.role),
            "unit": grant.unit,
            "unit_name": units[grant.unit].name if grant.unit in units else grant.unit,
        }
        for grant in grants
    ]


def _token(server: Server, account: Account) -> Json:
    token, principal = server.tokens.issue_account(account.id, account.epoch, HOURS)
    return {"token": token, "expires_at": moment(principal.expires_at)}


def _sso(server: Server) -> Any:
    if server.sso is None:
        raise Unknown(
            "Máy chủ này chưa nối với cổng đăng nhập nào; hãy dùng mật khẩu.",
            "This server is not joined to an identity provider; use your password.",
        )
    return server.sso


def _may_manage(server: Server, who: Principal, grants: tuple[Grant, ...]) -> bool:
    """A unit that has left the directory is the house's to clear up after."""
    known = server.book.directory.units
    units = {g.unit if g.unit in known else server.home for g in grants} or {server.home}
    return all(
        server.guard.may(who, Action.MANAGE_ACCOUNTS, Place(frozenset({unit}))) for unit in units
    )


def _require_manageable(server: Server, who: Principal, grants: tuple[Grant, ...]) -> None:
    """Nobody changes an account with rights beyond his own reach."""
    if not _may_manage(server, who, grants):
        raise NotAllowed(
            "Tài khoản này có quyền ngoài phạm vi bạn quản trị.",
            "This account has rights outside what you administer.",
        )


def _require_grantable(server: Server, who: Principal, grants: tuple[Grant, ...]) -> None:
    """Nobody gives rights beyond his own reach, nor on units that are not there."""
    _require_manageable(server, who, grants)
    for grant in grants:
        server.book.directory.unit(grant.unit)
