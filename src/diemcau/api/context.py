"""What the routes work with, and who asks."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from diemcau.api.gateway import Gateway
from diemcau.domain.directory import Directory
from diemcau.ports.clock import Clock
from diemcau.ports.identity import (
    AgentKeys,
    NotAllowed,
    NoToken,
    Principal,
    Role,
    TokenElsewhere,
    Tokens,
)
from diemcau.services.conferences import ConferenceControl
from diemcau.services.hub import Hub
from diemcau.services.observations import Observations
from diemcau.services.sessions import Sessions


@dataclass(frozen=True)
class Server:
    """The services, put together by ``diemcau.bootstrap``."""

    directory: Directory
    control: ConferenceControl
    sessions: Sessions
    observations: Observations
    hub: Hub
    gateway: Gateway
    tokens: Tokens
    agent_keys: AgentKeys
    clock: Clock
    public_url: str = ""


def server_of(connection: HTTPConnection) -> Server:
    return cast(Server, connection.app.state.server)


def identified(request: Request) -> Principal:
    """Whom the bearer token speaks for (RFC 6750); raises ``NotIdentified``."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise NoToken
    return server_of(request).tokens.identify(token.strip())


ServerDep = Annotated[Server, Depends(server_of)]
PrincipalDep = Annotated[Principal, Depends(identified)]


def require_conference(principal: Principal, conference: str) -> None:
    """Raises ``TokenElsewhere`` for a token of another conference."""
    if principal.conference not in ("", conference):
        raise TokenElsewhere


def require_role(principal: Principal, *roles: Role) -> None:
    """Raises ``NotAllowed`` that names who may."""
    if principal.role not in roles:
        names = ", ".join(roles)
        raise NotAllowed(
            f"Việc này dành cho: {names}; mã của bạn là {principal.role}.",
            f"This is for: {names}; your token is for: {principal.role}.",
        )
