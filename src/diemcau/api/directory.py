"""REST beside conferences: who I am, the directory and its changes, layouts, health."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from diemcau import __version__
from diemcau.api.accounts import grants_view
from diemcau.api.context import PrincipalDep, Server, ServerDep, actor_of
from diemcau.api.may import may
from diemcau.api.models import Body, Line
from diemcau.api.views import as_json, read
from diemcau.domain.directory import KINDS, Contact, Duty, Entry, Mcu, Person, Site, Tier
from diemcau.domain.directory import Line as Trunk
from diemcau.domain.layout import LAYOUTS
from diemcau.domain.permissions import Action
from diemcau.domain.recipients import on_duty
from diemcau.domain.refusal import Invalid
from diemcau.domain.units import Unit
from diemcau.ports.identity import Principal
from diemcau.services.editor import Change
from diemcau.services.guard import Place
from diemcau.services.live import moment

Json = dict[str, Any]
router = APIRouter(prefix="/api")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Kind = Literal["tier", "unit", "room", "mcu", "line", "site", "person", "contact", "duty"]
Above = Unit | Mcu | Site
"""What other entries can be the business of."""

Reading = Annotated[Principal, may(Action.READ_DIRECTORY)]
Editing = Annotated[Principal, may(Action.EDIT_DUTIES)]


class ListedIn(Body):
    source: Literal["2025", "legacy"]
    province: Line
    dry_run: bool = False


@router.get("/me")
async def me(server: ServerDep, principal: PrincipalDep) -> Json:
    conference = server.control.get(principal.conference) if principal.conference else None
    who = _account(server, principal) if principal.account else {"role": str(principal.role)}
    return {
        **who,
        "conference": principal.conference,
        **({"site": principal.site} if principal.site else {}),
        "title": conference.title if conference else "",
        "now": moment(server.clock.now()),
        "expires_at": moment(principal.expires_at),
    }


def _account(server: Server, principal: Principal) -> Json:
    account = server.accounts.get(principal.account)
    return {
        "account": account.id,
        "name": account.name,
        "grants": grants_view(server, account.grants),
        "codes": bool(account.totp_secret),
        "home": server.home,
    }


@router.get("/directory")
async def directory(server: ServerDep, who: Reading) -> Json:
    book = server.book.directory
    lists = {"tiers": book.tiers, "rooms": book.rooms, "mcus": book.mcus, "lines": book.trunks}
    lists |= {"sites": book.sites, "people": book.people, "contacts": book.contacts}
    lists |= {"duties": book.duties}
    return {
        "units": [as_json(unit) for unit in book.units],
        **{name: [as_json(entry) for entry in found.values()] for name, found in lists.items()},
        "home": server.home,
    }


@router.get("/duty")
async def duty(server: ServerDep, who: Reading, unit: str = "", at: str = "") -> list[Json]:
    """Who is on duty (R11-duty), for one unit or for all that have a roster."""
    book, now = server.book.directory, moment_of(at, "at") or server.clock.now()
    units = [unit] if unit else list(dict.fromkeys(d.unit for d in book.duties.values()))
    return [
        {
            **as_json(one),
            "unit_name": book.unit(one.unit).name,
            "name": person.name if person else one.person,
            "phone": person.phone if person else "",
            "email": person.email if person else "",
        }
        for unit_id in units
        for one in on_duty(book, unit_id, now)
        for person in [book.people.get(one.person)]
    ]


@router.get("/directory/template")
async def template(server: ServerDep, who: Reading) -> Response:
    return _workbook(await server.editor.template(), "mau-danh-ba.xlsx")


@router.get("/directory/workbook")
async def export(server: ServerDep, who: Reading) -> Response:
    return _workbook(await server.editor.export(), "danh-ba.xlsx")


@router.post("/directory/workbook")
async def import_workbook(
    request: Request, server: ServerDep, who: Editing, dry_run: bool = False
) -> Json:
    """All of a workbook, or nothing: each faulty cell is named with its reason."""
    found = await server.editor.read(await request.body())
    change = Change(tuple(found.added), tuple(found.changed), tuple(found.removed))
    for entry in (*change.added, *change.removed):
        _require(server, who, entry, change.added)
    for old, new in change.changed:
        _require_change(server, who, old, new, change.added)
    return await _applied(server, who, change, [_fault(f) for f in found.faults], dry_run)


@router.post("/directory/listed")
async def import_listed(
    body: ListedIn, server: ServerDep, who: Annotated[Principal, may(Action.EDIT_DIRECTORY, "home")]
) -> Json:
    """Units of the national lists: those since 2025-07-01, or a province's of before."""
    change = server.editor.listed(server.listed(body.source, body.province))
    return await _applied(server, who, change, [], body.dry_run)


@router.put("/directory/{kind}/{entry}")
async def put(
    kind: Kind, entry: str, body: dict[str, Any], server: ServerDep, who: Editing
) -> Json:
    """Add or change one record; its id is that of the address."""
    record = _record(KINDS[kind], {**body, "id": entry})
    _require_change(server, who, server.records.get(KINDS[kind], entry), record)
    await server.editor.put(record, actor_of(who))
    return as_json(record)


@router.delete("/directory/{kind}/{entry}")
async def delete(kind: Kind, entry: str, server: ServerDep, who: Editing) -> Json:
    record = server.editor.entry(kind, entry)
    _require(server, who, record)
    await server.editor.remove(record, actor_of(who))
    return {}


def _record(kind: type[Entry], data: Json) -> Entry:
    """The record of a body; unknown members are refused as everywhere: they are mistakes."""
    unknown = sorted(data.keys() - {field.name for field in fields(kind)})
    if unknown:
        names = ", ".join(unknown)
        raise Invalid(f"Không có trường: {names}.", f"No such members: {names}.")
    try:
        record: Entry = read(kind, data)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise Invalid("; ".join(faults), "; ".join(faults)) from None
    return record


async def _applied(
    server: Server, who: Principal, change: Change, faults: list[Json], dry_run: bool
) -> Json:
    saved = not faults and not dry_run
    if saved:
        await server.editor.apply(change, actor_of(who))
    return {
        "added": len(change.added),
        "changed": len(change.changed),
        "removed": len(change.removed),
        "faults": faults,
        "saved": saved,
    }


def _require_change(
    server: Server, who: Principal, old: Entry | None, new: Entry, added: Sequence[Entry] = ()
) -> None:
    """A record is not taken over from another unit, nor given to one; and a unit leaves the one
    above it only by whoever may change both that and the new one."""
    for entry in (old, new):
        if entry is not None:
            _require(server, who, entry, added)
    if isinstance(old, Unit) and isinstance(new, Unit) and old.parent != new.parent:
        for above in (old.parent, new.parent):
            place = Place(frozenset({_known(server, above, added)}))
            server.guard.require(who, Action.EDIT_DIRECTORY, place)


def _require(server: Server, who: Principal, entry: Entry, added: Sequence[Entry] = ()) -> None:
    """People, contacts and duties are their unit's business; all else is the directory's.
    ``added``: what comes with it, and is its unit's business too."""
    own = isinstance(entry, Person | Contact | Duty)
    action = Action.EDIT_DUTIES if own else Action.EDIT_DIRECTORY
    for subject in _subjects(server, entry):
        place = Place(frozenset({_known(server, subject, added)}))
        server.guard.require(who, action, place)


def _subjects(server: Server, entry: Entry) -> set[str]:
    """Whose an entry is: all of them must be reached; "": the whole house's. A new unit is its
    parent's; a line is the lower MCU's and whoever's pays."""
    book = server.book.directory
    match entry:
        case Tier():
            return {""}
        case Unit():
            return {entry.id if entry.id in book.units else entry.parent}
        case Contact():
            return {entry.subject}
        case Trunk():
            lower = book.mcus.get(entry.lower)
            return {lower.unit if lower else "", *filter(None, [entry.unit])}
        case _:
            return {entry.unit}


def _known(server: Server, subject: str, added: Sequence[Entry]) -> str:
    """The subject itself, or that of what it is added with: the nearest one there is already."""
    book = server.book.directory
    above = {e.id: min(_subjects(server, e)) for e in added if isinstance(e, Above)}
    for _ in above:
        if subject in above and not any(subject in k for k in (book.units, book.mcus, book.sites)):
            subject = above[subject]
    return subject or server.home


def _workbook(data: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=XLSX, headers=headers)


def _fault(fault: Any) -> Json:
    names = ("sheet", "cell", "row", "column")
    return {name: getattr(fault, name) for name in names} | {"text": as_json(fault.text)}


def moment_of(text: str, name: str) -> datetime | None:
    """A time of a query; raises ``Invalid`` for what is none."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = datetime.min
    if found.tzinfo is None:
        raise Invalid(
            f"«{name}» phải là giờ ISO 8601 có múi giờ.",
            f"{name!r} is a time in ISO 8601 with its zone.",
        )
    return found


@router.get("/layouts")
async def layouts(_principal: PrincipalDep) -> list[Json]:
    return [
        {
            "id": layout.id,
            "name": layout.name.vi,
            "name_en": layout.name.en,
            "panes": [[pane.x, pane.y, pane.w, pane.h] for pane in layout.panes],
        }
        for layout in LAYOUTS.values()
    ]


@router.get("/health")
async def health() -> Json:
    return {"status": "ok", "version": __version__}
