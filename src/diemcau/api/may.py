"""What a route asks for, said where the route is declared: an action, and what it is done to.

``tests/contract/test_permission_walk.py`` reads these declarations: a route without one is either
in its short list of public ones, or a fault.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

from fastapi import Depends, Request

from diemcau.api.context import Server, identified, server_of
from diemcau.domain.permissions import Action
from diemcau.domain.refusal import Unknown
from diemcau.domain.roles import Role
from diemcau.ports.identity import Principal
from diemcau.services.guard import ANYWHERE, Place, dossier_place, guests_of
from diemcau.services.live import ALL, area_view, view_of
from diemcau.services.rooms import file_of

Of = Literal[
    "anywhere", "home", "dossier", "organiser", "master", "site", "unit", "conference", "session",
    "incident", "carrier",
]  # fmt: skip
"""What the path names: ``dossier`` whoever has a part in it, ``organiser`` its own unit alone,
``master`` those who run the session. ``session`` is ``conference`` with whoever runs one of its
MCUs, ``incident`` with whoever reaches its site or the MCU below its link; ``carrier`` is whoever
answers for the line of an incident. ``anywhere``: a role suffices, or the body says more."""


RUN_MCUS = frozenset({Role.TECHNICIAN, Role.MANAGER, Role.TELECOM})
"""Who sees the area of an MCU that he reaches."""


@dataclass(frozen=True)
class May:
    """A FastAPI dependency: who asks, if he may; raises ``NotIdentified`` or ``NotAllowed``."""

    action: Action
    of: Of = "anywhere"

    def __call__(self, request: Request) -> Principal:
        server, who = server_of(request), identified(request)
        named = request.path_params
        server.guard.require(who, self.action, self._where(server, who, named))
        if "dossier" in named:
            server.guard.require_admitted(who, server.files.dossier(named["dossier"]))
        if "conference" in named:
            server.guard.require_admitted(who, server.files.of_conference(named["conference"]))
            server.control.get(named["conference"])
        return who

    def _where(self, server: Server, who: Principal, named: dict[str, str]) -> Place:
        """Whoever may do it nowhere is told that, and not whether the thing is there."""
        if self.of == "anywhere":
            return ANYWHERE
        try:
            return place(server, self.of, named)
        except Unknown:
            server.guard.require(who, self.action)
            raise


def require_watching(server: Server, who: Principal, conference: str) -> None:
    """Raises ``NotIdentified``, ``NotAllowed`` or ``UnknownConference``, whenever it is asked."""
    if who.account:
        server.accounts.require(who)
    if not server.guard.may(who, Action.WATCH, conference_place(server, conference)):
        server.guard.require(who, Action.WATCH, session_place(server, conference))
    server.guard.require_admitted(who, server.files.of_conference(conference))
    server.control.get(conference)


def may(action: Action, of: Of = "anywhere") -> Any:
    """``who: Annotated[Principal, may(…)]``."""
    return Depends(May(action, of))


def place(server: Server, of: Of, named: dict[str, str]) -> Place:
    """Where a request takes place, by the names in its path."""
    match of:
        case "home":
            return Place(frozenset({server.home}))
        case "unit":
            return Place(frozenset({named["unit"]}))
        case "conference":
            return conference_place(server, named["conference"], named.get("site", ""))
        case "session":
            return session_place(server, named["conference"])
        case "incident" | "carrier":
            return incident_place(server, of, named)
        case "site":
            if "dossier" in named:
                server.files.dossier(named["dossier"]).require_site(named["site"])
            else:
                server.book.directory.site(named["site"])
            return Place(frozenset({named["site"]}))
        case _:
            dossier = server.files.dossier(named["dossier"])
            if of == "dossier":
                return dossier_place(dossier)
            master = {dossier.master} if of == "master" else set()
            return Place(frozenset({dossier.unit, *master}))


def conference_place(server: Server, conference: str, site: str = "") -> Place:
    """A conference belongs to its organiser and to whoever runs its master; what a site does in
    it, to the site alone."""
    if site:
        return Place(frozenset({site}), conference=conference, site=site)
    dossier = server.files.of_conference(conference)
    running = server.control.find(conference)
    subjects = {running.master} if running else set()
    subjects |= {dossier.unit} if dossier else set()
    return Place(frozenset(subjects), conference=conference, guests=guests_of(dossier))


def incident_place(server: Server, of: Of, named: dict[str, str]) -> Place:
    """Those who run the session and whoever reaches the place of the incident, or its carrier."""
    if "dossier" in named:
        file, whole = named["dossier"], place(server, "master", named)
    else:
        conference = named["conference"]
        file, whole = file_of(conference), conference_place(server, conference)
    if of == "carrier":
        return replace(whole, subjects=server.incidents.carriers(file, named["incident"]))
    own = server.incidents.places(file, named["incident"])
    return replace(whole, subjects=whole.subjects | own)


def session_place(server: Server, conference: str) -> Place:
    """A conference as those see it who run one of its MCUs: they watch it from there."""
    whole = conference_place(server, conference)
    return replace(whole, subjects=whole.subjects | server.control.mcus(conference))


def view_at(server: Server, who: Principal, conference: str) -> str:
    """What part of a conference's live state somebody sees: all, the area of the MCUs that he
    runs, or no more than is on the main screen."""
    subjects = conference_place(server, conference).subjects
    view = view_of(who, server.guard.roles_at(who, subjects))
    if view == ALL or not who.account:
        return view
    mcus = server.control.mcus(conference)
    own = {mcu for mcu in mcus if RUN_MCUS & server.guard.roles_at(who, [mcu])}
    return area_view(own) if own else view
