"""What the routes work with, and who asks."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol, cast
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from diemcau.api.gateway import Gateway
from diemcau.domain.journal import Verdict
from diemcau.domain.roles import Role
from diemcau.domain.units import Unit
from diemcau.ports.accounts import SingleSignOn
from diemcau.ports.clock import Clock
from diemcau.ports.identity import AgentKeys, NotAllowed, NoToken, Principal, PurposeTokens, Tokens
from diemcau.ports.store import Store
from diemcau.services.accounts import Accounts
from diemcau.services.conferences import ConferenceControl
from diemcau.services.dossiers.files import Files
from diemcau.services.dossiers.office import Office
from diemcau.services.editor import Editor
from diemcau.services.entrances import Entrances
from diemcau.services.guard import Guard
from diemcau.services.hub import Hub
from diemcau.services.incidents import Incidents
from diemcau.services.journal import Journal
from diemcau.services.lines import Lines
from diemcau.services.observations import Observations
from diemcau.services.places import Book
from diemcau.services.recordings import Recordings
from diemcau.services.records import Records
from diemcau.services.rehearsals import Rehearsals
from diemcau.services.rooms import Rooms
from diemcau.services.scenes import Scenes
from diemcau.services.selftests import SelfTests
from diemcau.services.sessions import Sessions
from diemcau.services.sign_in import SignIn
from diemcau.services.templates import Templates
from diemcau.services.watch import Watch


class AllTokens(Tokens, PurposeTokens, Protocol):
    """Tokens of links and accounts, and those for one purpose."""


@dataclass(frozen=True)
class Server:
    """The services, put together by ``diemcau.bootstrap``. ``home``: the unit it belongs to."""

    book: Book
    records: Records
    store: Store
    control: ConferenceControl
    sessions: Sessions
    observations: Observations
    hub: Hub
    gateway: Gateway
    tokens: AllTokens
    agent_keys: AgentKeys
    clock: Clock
    guard: Guard
    accounts: Accounts
    sign_in: SignIn
    office: Office
    rooms: Rooms
    incidents: Incidents
    self_tests: SelfTests
    entrances: Entrances
    scenes: Scenes
    editor: Editor
    templates: Templates
    journal: Journal
    recordings: Recordings
    rehearsals: Rehearsals
    watch: Watch
    lines: Lines
    listed: Callable[[str, str], Sequence[Unit]]
    verify_log_book: Callable[[], Awaitable[Verdict]]
    home: str
    sso: SingleSignOn | None = None
    public_url: str = ""

    @property
    def files(self) -> Files:
        return self.office.files

    def identify(self, token: str) -> Principal:
        """Whom a token speaks for; raises ``NotIdentified``, also for an account that has been
        signed out everywhere, and ``SecretSession`` for a link into one, whenever it was made."""
        principal = self.tokens.identify(token)
        if principal.account:
            self.accounts.require(principal)
        if principal.conference:
            dossier = self.files.of_conference(principal.conference)
            self.guard.require_admitted(principal, dossier)
        return principal


def server_of(connection: HTTPConnection) -> Server:
    return cast(Server, connection.app.state.server)


def identified(request: Request) -> Principal:
    """Whom the bearer token speaks for (RFC 6750); raises ``NotIdentified``."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise NoToken
    return server_of(request).identify(token.strip())


def account(request: Request) -> Principal:
    """Who asks, if he has an account."""
    principal = identified(request)
    if not principal.account:
        raise NotAllowed(
            "Việc này cần tài khoản; đường dẫn không có tài khoản.",
            "This is for accounts; a link has none.",
        )
    return principal


def actor_of(principal: Principal) -> str:
    """Who it was, as the log book names him."""
    return principal.account or f"link:{principal.subject}"


_PAGES = {Role.OPERATOR: "control", Role.CHAIR: "chair", Role.SITE: "site", Role.VIEWER: "screen"}
"""The page of each role, under the conference's address."""


def page_address(request: Request, conference: str, role: Role, site: str, token: str) -> str:
    """A role's page in a conference, with the token that opens it."""
    page = f"/c/{quote(conference)}/{_PAGES[role]}"
    page += f"/{site}" if role is Role.SITE else ""
    return address(request, f"{page}#token={token}")


def address(request: Request, path: str) -> str:
    """A whole address, as people outside this machine reach it."""
    base = server_of(request).public_url or str(request.base_url).rstrip("/")
    return f"{base}{path}"


ServerDep = Annotated[Server, Depends(server_of)]
PrincipalDep = Annotated[Principal, Depends(identified)]
AccountDep = Annotated[Principal, Depends(account)]
