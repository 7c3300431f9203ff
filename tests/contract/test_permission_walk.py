"""The permission walk: every route by everybody, inside and outside of what he reaches.

Nothing can be stored while it goes on, so each request finds the same world; whoever is let in by
the guard gets any answer but 401 and 403, and whoever is not gets one of them, has it explained,
and has changed nothing.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from diemcau.domain.permissions import Action
from diemcau.domain.roles import Role
from tests.contract.rights_routes import APP, ROUTES, declaration
from tests.contract.rights_rules import HOME, Expectation, Subject
from tests.contract.rights_world import (
    BAC,
    EVERYBODY,
    HELD,
    SECRET,
    VICTIM,
    Who,
    World,
    person,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

Json = dict[str, Any]
More = Callable[[Expectation, Who], bool]
"""What a route asks for beside its declaration."""

PUBLIC = {
    "GET /api/health",
    "GET /api/sign-in",
    "POST /api/sign-in",
    "POST /api/sso",
    "POST /api/sso/finish",
    "POST /api/account/password",
    "POST /api/acknowledgements",
    "POST /api/codes",
    "POST /api/kiosk",
    "OPTIONS /whip/{conference}/{site}",
    "OPTIONS /whip/{conference}/{site}/{session}",
    "OPTIONS /whep/{conference}/{feed}",
    "OPTIONS /whep/{conference}/{feed}/{name}",
    "OPTIONS /whep/{conference}/{mcu}/{session}/keyframe",
}
"""Nobody needs to be known here; what they ask for (a password, a token) is in the body."""

ANYBODY = {"GET /api/me", "GET /api/layouts", "GET /api/desk"}
"""Whoever has a token."""

ACCOUNTS_ALONE = {
    "POST /api/account/codes",
    "PUT /api/account/codes",
    "DELETE /api/account/codes",
    "POST /api/account/sign-out",
}
"""One's own account; a link has none."""


@dataclass(frozen=True)
class Case:
    """One request; ``more`` is asked for beside what its route declares."""

    route: str
    named: Json = field(default_factory=dict)
    body: Json | None = None
    more: More = lambda _rights, _who: True
    note: str = ""

    def __str__(self) -> str:
        secret = " (secret)" if self.subject.secret else ""
        return f"{self.route}{f' {self.note}' if self.note else ''}{secret}"

    @property
    def subject(self) -> Subject:
        names = ("dossier", "conference", "site", "unit")
        known = {name: self.named[name] for name in names if f"{{{name}}}" in self.route}
        return Subject(**known)

    @property
    def url(self) -> str:
        return self.route.partition(" ")[2].format(**self.named)


NAMED = {
    "dossier": BAC, "conference": f"c-{HELD}", "site": "s-bac-1", "unit": "u-bac-1",
    "step": "connect", "number": 1, "part": 1, "departure": "x", "form": "notice", "format": "docx",
    "version": "429-in-province", "account": VICTIM, "kind": "site", "name": "s-bac-1",
    "incident": "bac.1", "scene": "hai", "feed": "program", "mcu": "m-bac", "session": "x",
    "entry": "p-bac", "line": "l-bac",
}  # fmt: skip

ORDER = {"title": "Họp", "master": "m-bac", "sites": ["s-bac"]}
OPENED = ORDER | {
    "procedure": "429-in-province",
    "unit": "u-bac",
    "starts_at": "2026-12-24T01:00:00Z",
    "ends_at": "2026-12-24T03:00:00Z",
}
ACCOUNT = {"id": "moi", "name": "Mới", "grants": [{"role": "room-operator", "unit": "u-bac-1"}]}


def at(action: Action, *subjects: str) -> More:
    """The action must reach one of these as well."""
    return lambda rights, who: rights.may(who, action, *subjects)


def directs(rights: Expectation, who: Who) -> bool:
    return rights.declared(who, Action.DIRECT, "conference", Subject(conference=f"c-{HELD}"))


def sees_to(rights: Expectation, who: Who) -> bool:
    """Whoever directs, and whoever reaches the site."""
    return rights.declared(who, Action.SEE_TO, "incident", Subject(conference=f"c-{HELD}"))


def mutes(site: str) -> More:
    """A site mutes itself; others are muted by whoever directs."""
    return lambda rights, who: who.site == site or directs(rights, who)


SEEING = ("office", "technician", "manager", "dic", "chair")
STILL = "GET /api/conferences/{conference}/stills/{name}"


def sees(rights: Expectation, who: Who) -> bool:
    """The site of a still, which is neither on air nor the chair's: its own link, roles that see
    all of the session's sites, and whoever runs the site's MCU."""
    if who.role:
        return who.site == NAMED["name"] or who.role in (Role.OPERATOR, Role.CHAIR)
    whole = any(rights.has(who, Role(role), "u-bac", "m-bac") for role in SEEING)
    return whole or rights.has(who, Role.TELECOM, "m-bac")


def marks(rights: Expectation, who: Who) -> bool:
    """A step is marked by one of its roles, or by the organiser's office."""
    roles = ("room-manager", "room-operator", "manager", "technician", "telecom")
    part = ("u-bac", "m-bac", "s-bac", "s-bac-1")
    mine = any(rights.has(who, Role(role), *part) for role in roles)
    return mine or rights.may(who, Action.EDIT_DOSSIER, "u-bac")


def nobody(_rights: Expectation, _who: Who) -> bool:
    return False


def has_account(_rights: Expectation, who: Who) -> bool:
    return bool(who.account)


def entries() -> Iterator[Case]:
    """One of each kind of the directory, and whose it is."""
    duties, directory = Action.EDIT_DUTIES, Action.EDIT_DIRECTORY
    unit = {"name": "Xã", "tier": "commune", "parent": "u-bac"}
    site = {"code": "b1", "name": "Xã", "unit": "u-bac-1", "mcu": "m-bac", "number": 9}
    mcu = {"name": "MCU", "unit": "u-vnpt"}
    duty = {"person": "p-bac", "unit": "u-bac", "starts": "2026-12-24T01:00:00Z",
            "ends": "2026-12-24T03:00:00Z"}  # fmt: skip
    contact = {"person": "p-bac", "subject": "s-bac-1", "function": "technician"}
    line = {"lower": "m-bac", "upper": "m-tinh", "mbps": 50}
    yield from (
        _entry("person", "p-bac", person("B"), at(duties, "u-bac-1")),
        _entry("contact", "k-bac", contact, at(duties, "s-bac-1")),
        _entry("duty", "t-bac", duty, at(duties, "u-bac")),
        _entry("room", "r-bac", {"name": "P", "unit": "u-bac-1"}, at(directory, "u-bac-1")),
        _entry("site", "s-bac-1", site, at(directory, "u-bac-1")),
        _entry("mcu", "m-bac", mcu, at(directory, "u-vnpt")),
        _entry("line", "l-bac", line, at(directory, "m-bac")),
        _entry("tier", "commune", {"name": "Xã", "name_en": "C", "rank": 3}, at(directory, HOME)),
        _entry("unit", "u-bac-2", unit, at(directory, "u-bac-2")),
        _entry("unit", "u-bac-3", unit, at(directory, "u-bac"), "new"),
        _entry(
            "unit", "u-bac-2", unit | {"parent": "u-nam"},
            lambda r, w: r.may(w, directory, "u-bac-2") and r.may(w, directory, "u-nam"), "moved",
        ),
    )  # fmt: skip
    for kind, entry, more in (
        ("person", "p-bac", at(duties, "u-bac-1")),
        ("contact", "k-bac", at(duties, "s-bac-1")),
        ("site", "s-bac-1", at(directory, "u-bac-1")),
        ("unit", "u-bac-2", at(directory, "u-bac-2")),
    ):
        named = NAMED | {"kind": kind, "entry": entry}
        yield Case("DELETE /api/directory/{kind}/{entry}", named, None, more, kind)


def _entry(kind: str, entry: str, body: Json, more: More, note: str = "") -> Case:
    named = NAMED | {"kind": kind, "entry": entry}
    return Case("PUT /api/directory/{kind}/{entry}", named, body, more, f"{kind} {note}".strip())


def special() -> Iterator[Case]:
    """Routes that look at the body, or ask for more than they declare."""
    yield Case("POST /api/dossiers", {}, OPENED, at(Action.EDIT_DOSSIER, "u-bac"))
    urgent = ORDER | {"unit": "u-bac"}
    yield Case("POST /api/urgent", {}, urgent, at(Action.EDIT_DOSSIER, "u-bac"))
    yield Case("POST /api/conferences", {}, ORDER, at(Action.HOLD, "m-bac"))
    manages = at(Action.MANAGE_ACCOUNTS, "u-bac-1")
    yield Case("POST /api/accounts", {}, ACCOUNT, manages)
    yield Case("PATCH /api/accounts/{account}", NAMED, {"name": "Khác"}, manages)
    wider = {"grants": [{"role": "office", "unit": HOME}]}
    manages_all = at(Action.MANAGE_ACCOUNTS, HOME)
    yield Case("POST /api/accounts", {}, ACCOUNT | wider, manages_all, "wider")
    yield Case("PATCH /api/accounts/{account}", NAMED, wider, manages_all, "wider")
    yield Case("POST /api/accounts/{account}/password", NAMED, None, manages)
    yield Case("POST /api/directory/workbook", {}, {}, at(Action.EDIT_DUTIES, "u-bac-1"))
    yield Case("PUT /api/dossiers/{dossier}/steps/{step}", NAMED, {}, marks)
    mute = {"site": "s-bac-1", "muted": True}
    yield Case("POST /api/conferences/{conference}/mute", NAMED, mute, mutes("s-bac-1"), "own")
    other = mute | {"site": "s-bac"}
    yield Case("POST /api/conferences/{conference}/mute", NAMED, other, mutes("s-bac"), "other")
    print_log = NAMED | {"form": "logbook"}
    reads_log = at(Action.READ_LOG_BOOK, "u-bac")
    yield Case(
        "GET /api/dossiers/{dossier}/documents/{form}.{format}", print_log, None, reads_log, "log"
    )
    wrong = {"subject": "site/s-bac-1", "text": "Mất hình"}
    yield Case("POST /api/conferences/{conference}/incidents", NAMED, wrong, sees_to)
    for route in ("PATCH {}", "POST {}/answer", "GET {}/help"):
        named = NAMED | {"dossier": HELD}
        yield Case(route.format("/api/dossiers/{dossier}/incidents/{incident}"), named, {})
    hidden = NAMED | {"dossier": SECRET, "conference": f"c-{SECRET}"}
    links = {"role": "viewer"}
    yield Case("POST /api/conferences/{conference}/links", hidden, links, nobody)
    yield Case("POST /api/dossiers/{dossier}/join/{site}", hidden, None, has_account)
    yield Case(STILL, NAMED, None, sees)
    yield Case(STILL, hidden, None, sees)
    yield from entries()


SPECIAL = list(special())


def plain() -> Iterator[Case]:
    """Every other route as it is declared; those of a session also with the secret one."""
    done = {(case.route, case.subject.secret) for case in SPECIAL if not case.note}
    for route in ROUTES:
        secret = NAMED | {"dossier": SECRET, "conference": f"c-{SECRET}"}
        for named in (NAMED, secret):
            case = Case(route, named, {})
            if (case.route, case.subject.secret) not in done:
                done.add((case.route, case.subject.secret))
                yield case


CASES = [c for c in (*SPECIAL, *plain()) if c.route not in PUBLIC]


async def test_every_route_declares_who_may_or_is_on_a_list_of_its_own() -> None:
    undeclared = {route for route in ROUTES if declaration(route) is None}
    assert undeclared == PUBLIC | ANYBODY | ACCOUNTS_ALONE


async def test_the_walk_knows_every_route_of_the_published_interface() -> None:
    published = APP.openapi()["paths"].items()
    named = {f"{method.upper()} {path}" for path, methods in published for method in methods}
    assert named == {route for route in ROUTES if not route.startswith("OPTIONS")}
    assert {case.route for case in SPECIAL} <= ROUTES.keys()
    assert {case.route for case in CASES} | PUBLIC == ROUTES.keys()


async def test_the_walk_is_long() -> None:
    assert len(CASES) > 130
    assert len(EVERYBODY) > 75
    assert len(CASES) * len(EVERYBODY) > 10_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return await World().build(tmp_path_factory.mktemp("data"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asks(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=world.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://server") as client:
        yield client


def expected(rights: Expectation, case: Case, who: Who) -> bool:
    declared = declaration(case.route)
    if declared is None:
        own = case.route not in ACCOUNTS_ALONE or bool(who.account)
        return rights.identified(who) and own
    passes = rights.declared(who, declared.action, declared.of, case.subject)
    return passes and case.more(rights, who)


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_whoever_may_is_let_in_and_nobody_else(
    case: Case, world: World, asks: httpx2.AsyncClient
) -> None:
    rights, surprises = Expectation(world.directory), []
    for who in EVERYBODY:
        before, token = world.watched.attempts, world.tokens[who.name]
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        method = case.route.partition(" ")[0]
        answer = await asks.request(method, case.url, headers=headers, json=case.body)
        may = expected(rights, case, who)
        fits = answer.status_code not in (401, 403, 500)
        if not may:
            fits = answer.status_code == (401 if who.refused else 403)
            fits &= explained(answer) and world.watched.attempts == before
        if not fits:
            surprises.append(f"{who.name} {may=} {answer.status_code} {answer.text[:150]}")
    assert surprises == []


def explained(answer: httpx2.Response) -> bool:
    if answer.headers["content-type"] != "application/problem+json":
        return False
    problem = answer.json()
    return bool(problem["type"].startswith("urn:diemcau:") and problem["detail_en"])
