"""Requests that are nearly right: generated from the OpenAPI document, with names of what there is.

What is generated alone hardly passes the first check. Most names are replaced by one that exists,
most bodies by one that is right; then one thing in it is spoilt, or none.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

from diemcau import procedures
from diemcau.api.views import as_json
from diemcau.domain.casework import Departure
from diemcau.domain.conference import Scene
from diemcau.domain.directory import KINDS, Tier
from diemcau.domain.layout import LAYOUTS, layout
from diemcau.domain.script import ScriptItem
from diemcau.services.dossiers.post import ACKNOWLEDGE
from diemcau.testing.app import FakeServer
from diemcau.testing.samples import OFFER
from tests.contract.rights_world import BAC, GUEST, HELD, HELD_NAM, SECRET, VICTIM, World

Json = dict[str, Any]

PLANNED = "theo-loi-bac"
"""A dossier in which somebody's word is what shows a step done."""

PERIOD = ("2026-12-24T01:00:00Z", "2026-12-24T03:00:00Z", "2026-11-25T01:00:00+07:00")
CHECKS = ("staff", "picture", "sound-out", "full-screen", "security")


def names(place: str) -> Mapping[str, Sequence[object]]:
    """Of a path or query, in one district."""
    held = (f"dang-hop-{place}", SECRET) if place == "bac" else (f"dang-hop-{place}",)
    return {
        "dossier": (f"ho-so-{place}", PLANNED, *held), "conference": [f"c-{name}" for name in held],
        "site": (f"s-{place}", f"s-{place}-1"), "unit": (f"u-{place}", f"u-{place}-1"),
        "mcu": (f"m-{place}", "m-tinh"), "step": ("connect", "join", "ready"),
        "number": (1, 2), "session": ("x",), "account": (VICTIM, GUEST),
        "version": ("429-in-province", "429-urgent"),
        "form": ("notice", "plan", "summary", "duty", "script", "check", "logbook"),
        "feed": ("program", "chair"), "name": (f"s-{place}", "0", "1"), "subject": ("dossier",),
        "at": ("2026-11-24T02:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    }  # fmt: skip


MEMBERS: Mapping[str, Sequence[object]] = {
    "unit": ("u-tinh", "u-bac", "u-bac-1", "u-vnpt"), "master": ("m-tinh", "m-bac"),
    "mcu": ("m-bac", "m-nam"), "chair": ("s-bac", "s-nam"), "site": ("s-bac", "s-bac-1"),
    "sites": (["s-bac"], ["s-bac", "s-bac-1"], ["s-tinh", "s-bac", "s-nam-1"], ["s-bac"] * 2, []),
    "procedure": ("429-in-province", "429-urgent"), "layout": tuple(LAYOUTS), "item": CHECKS,
    "starts_at": PERIOD, "ends_at": PERIOD, "rehearsal_at": (*PERIOD, None), "at": PERIOD,
    "requested_at": PERIOD, "starts": (list(PERIOD), [PERIOD[0]] * 2), "former": (0, 1, 2, 3),
    "pins": ({"s-bac-1": "m-bac"}, {"s-bac-1": "m-nam", "s-bac": "m-tinh"}, {"s-nam": "m-bac"}),
    "home": ({"s-bac": "m-bac", "s-bac-1": "m-bac"}, {"s-bac": "m-nam", "s-bac-1": "m-bac"}),
    "parent": ({"m-bac": "m-tinh"}, {"m-bac": "m-bac"}, {"m-nam": "m-bac", "m-bac": "m-nam"}, {}),
    "grants": ([{"role": "admin", "unit": "u-bac"}], [{"role": "operator", "unit": ""}]),
    "account": (VICTIM, "office-bac"), "admitted": ([GUEST], [GUEST] * 2), "except": (["s-bac"],),
    "role": ("site", "chair", "viewer"), "province": ("Vĩnh Phúc", ""), "email": ("a@b.vn", ""),
    "person": ("p-bac", ""), "secrecy": ("secret", "open"),
}  # fmt: skip
"""Of a body, at any depth."""

ODD: Sequence[object] = (
    None, "", " ", 0, -1, 2**31, 2**63, 1e308, True, [], {}, [[]], "u-tinh", "u-bac", "m-bac",
    "s-bac", "p-bac", "x" * 301, "\x00", "\ud800", "e\u0302", "0001-01-01", "9999-12-31",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "1500-01-01",
    ["u-bac"],
)  # fmt: skip
"""What may stand where something else should, or at the end of what may be there."""

_OPENED: Json = {
    "title": "Họp", "procedure": "429-in-province", "unit": "u-bac", "master": "m-bac",
    "sites": ["s-bac", "s-bac-1"], "starts_at": PERIOD[0], "ends_at": PERIOD[1], "chair": "s-bac",
    "rehearsal_at": None, "letter": {"number": "1", "day": "2026-11-24"}, "content": "Kế hoạch",
    "admitted": [], "key": "",
}  # fmt: skip
_ITEM = {"id": "m1", "title": "Khai mạc", "sites": ["s-bac"], "minutes": 5, "layout": "full"}
_SCENE = {"layout": "full", "sites": ["s-bac"]}
_PLAN: Json = {"parent": {}, "home": {"s-bac": "m-bac", "s-bac-1": "m-bac"}}
_PROOF = {"password": "office-tinh", "code": ""}
RIGHT: Mapping[str, Json] = {
    "POST /api/sign-in": _PROOF | {"account": VICTIM},
    "POST /api/account/password": {"old": "x", "new": "một câu thật dài 9", "account": VICTIM},
    "POST /api/account/codes": _PROOF,
    "POST /api/accounts": {"id": "moi", "name": "Mới", "grants": [], "email": "a@b.vn"},
    "PATCH /api/accounts/{account}": {"name": "Khác", "grants": [], "active": True},
    "POST /api/directory/listed": {"source": "2025", "province": "Phú Thọ", "dry_run": False},
    "POST /api/procedures": {"text": procedures.text("429-in-province")},
    "POST /api/dossiers": _OPENED,
    "POST /api/urgent": {k: _OPENED[k] for k in ("title", "unit", "master", "sites", "chair")},
    "PATCH /api/dossiers/{dossier}": {k: v for k, v in _OPENED.items() if k not in ("unit", "key")},
    "POST /api/dossiers/{dossier}/copies": {"starts": list(PERIOD)},
    "PUT /api/dossiers/{dossier}/steps/{step}": {"done": True, "note": "đã xong"},
    "PUT /api/dossiers/{dossier}/script": {
        "items": [_ITEM, _ITEM | {"id": "m2"}], "former": 1, "reason": "đổi",
    },
    "PUT /api/dossiers/{dossier}/checks/{step}/{site}": {
        "results": [{"item": "staff", "passed": True, "note": ""}],
    },
    "PUT /api/dossiers/{dossier}/roll/{site}": {"roll": "online", "reason": "", "people": 3},
    "POST /api/dossiers/{dossier}/plan": {"pins": {"s-bac-1": "m-bac"}},
    "PUT /api/dossiers/{dossier}/plan": _PLAN,
    "POST /api/conferences": {"title": "Họp", "master": "m-bac", "sites": ["s-bac"]},
    "POST /api/conferences/{conference}/preview": {"scene": _SCENE},
    "POST /api/conferences/{conference}/take": {"scene": _SCENE, "reason": ""},
    "POST /api/conferences/{conference}/call": {"site": "s-bac-1"},
    "POST /api/conferences/{conference}/mute": {"site": "s-bac-1", "muted": True},
    "POST /api/conferences/{conference}/links": {"role": "site", "site": "s-bac", "hours": 1},
}  # fmt: skip

RAW = {
    "POST /api/directory/workbook": (b"", ""),
    "PUT /api/templates/{form}.{format}": (b"a template", ""),
    "POST /whip/{conference}/{site}": (OFFER.encode(), "application/sdp"),
    "PATCH /whip/{conference}/{site}/{session}": (
        b"a=ice-ufrag:abcd\r\na=end-of-candidates\r\n", "application/trickle-ice-sdpfrag",
    ),
    "POST /whep/{conference}/{feed}": (b"", ""),
    "PATCH /whep/{conference}/{mcu}/{session}": (OFFER.encode(), "application/sdp"),
}  # fmt: skip
"""Bodies that are no JSON, with their types."""


class Town(World):
    """Everybody's world with the real workbooks, scripts, a departure from one, and publishers;
    what is asked may be stored."""

    workbook = b""

    def parts(self) -> Any:
        return FakeServer.parts(self)

    async def build(self, data: Path) -> "Town":
        await super().build(data)
        self.watched.failing = False
        await self.dossier(PLANNED, procedure="429-planned")
        office, control = self.server.office, self.server.control
        for name in (HELD, HELD_NAM, BAC):
            item = ScriptItem("m1", "Khai mạc", (f"s-{name.rpartition('-')[2]}",))
            await office.scripts.write(name, [item], 0, "lần đầu", "test")
        scene = Scene(layout("full"), ("s-bac-1",))
        await control.take(f"c-{HELD}", scene)
        await office.sitting.took(f"c-{HELD}", scene, "", "test")
        self.workbook = await self.server.editor.export()
        return self

    def name(self, named: Json, chance: Random) -> None:
        """Put what there is in the place of most names of a path or query."""
        known = dict(names(chance.choice(("bac", "nam"))))
        known["departure"] = list(self.server.records.all(Departure))
        known["entry"] = list(self.server.records.all(KINDS.get(named.get("kind", ""), Tier)))
        for name in named:
            if known.get(name) and chance.random() < 0.85:
                named[name] = chance.choice(known[name])

    def body(self, operation: str, generated: Any, path: Json, chance: Random) -> Any:
        """A body in JSON."""
        right = self._right(operation, path)
        if right is not None and chance.random() < 0.7:
            body = replaced(deepcopy(right), chance, 0.15)
        else:
            body = replaced(generated, chance, 0.6)
        return spoilt(body, chance) if chance.random() < 0.4 else body

    def raw(self, operation: str, chance: Random) -> tuple[bytes, str]:
        """Another body, and its type."""
        data, kind = RAW.get(operation, (b"", ""))
        data = self.workbook if operation == "POST /api/directory/workbook" else data
        if data and chance.random() < 0.5:
            cut = chance.randrange(len(data))
            data = data[:cut] + bytes([chance.randrange(256)]) + data[cut + chance.randrange(2) :]
        return data, kind

    def _right(self, operation: str, path: Json) -> Any:
        if operation == "POST /api/acknowledgements":
            subject = f"{BAC}.u-bac-1.1"
            return {"token": self.server.tokens.issue_purpose(ACKNOWLEDGE, subject, 24)}
        if operation != "PUT /api/directory/{kind}/{entry}" or path["kind"] not in KINDS:
            return RIGHT.get(operation)
        entries = self.server.records.all(KINDS[path["kind"]])
        entry = entries.get(path["entry"]) or next(iter(entries.values()))
        return {name: value for name, value in as_json(entry).items() if name != "id"}


def replaced(value: Any, chance: Random, share: float) -> Any:
    """With members that exist in place of a share of them."""
    if isinstance(value, list):
        return [replaced(one, chance, share) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: chance.choice(MEMBERS[name])
        if name in MEMBERS and chance.random() < share
        else replaced(one, chance, share)
        for name, one in value.items()
    }


def spoilt(value: Any, chance: Random) -> Any:
    """With something odd somewhere in it; of a text of several lines, one is missing or twice."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        name = chance.choice(sorted(value))
        return {**value, name: spoilt(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        return [*value[:at], spoilt(value[at], chance), *value[at + 1 :]]
    if isinstance(value, str) and "\n" in value:
        lines = value.splitlines()
        at = chance.randrange(len(lines))
        return "\n".join([*lines[:at], *chance.choice(([], [lines[at]] * 2)), *lines[at + 1 :]])
    return chance.choice(ODD)
