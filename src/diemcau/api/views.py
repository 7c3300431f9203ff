"""What pages and programs are shown of dossiers: records as JSON, with the names they refer to."""

from typing import Any

from pydantic import TypeAdapter

from diemcau.api.context import Server
from diemcau.domain.agenda import gates
from diemcau.domain.casework import Answer, Attendance, ChairCall, CheckSheet, Departure, HandIn
from diemcau.domain.dossier import Dossier
from diemcau.domain.outbox import Message
from diemcau.services.dossiers.desk import Task
from diemcau.services.dossiers.notices import Owed, unanswered
from diemcau.services.live import moment

Json = dict[str, Any]


_ADAPTERS: dict[object, TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def as_json(value: Any) -> Json:
    """A frozen dataclass as JSON: times in ISO 8601, texts as ``{vi, en}``."""
    data: Json = _adapter(type(value)).dump_python(value, mode="json")
    return data


def read(kind: type[Any], data: Json) -> Any:
    """A record as a client writes it; raises pydantic's ``ValidationError``."""
    return _adapter(kind).validate_python(data)


def dossier_row(server: Server, dossier: Dossier) -> Json:
    """A dossier as a list shows it."""
    procedure = server.files.procedure(dossier)
    answers = server.files.records.of(Answer, dossier.id).values()
    agenda = server.office.desk.agenda(dossier)
    return {
        "id": dossier.id,
        "title": dossier.title,
        "kind": procedure.kind,
        "stage": str(dossier.stage),
        "secrecy": str(dossier.secrecy),
        "unit": dossier.unit,
        "master": dossier.master,
        "starts_at": as_json(dossier)["starts_at"],
        "ends_at": as_json(dossier)["ends_at"],
        "sites": len(dossier.sites),
        "steps": len(agenda),
        "steps_done": sum(item.done is not None for item in agenda),
        "late": sum(item.late and item.done is None for item in agenda),
        "unanswered": len(unanswered(answers)),
        "conference": dossier.conference,
    }


def dossier_view(server: Server, dossier: Dossier) -> Json:
    """All that a dossier itself says, with its agenda, gates and what stands in its way."""
    procedure, now = server.files.procedure(dossier), server.clock.now()
    return {
        **as_json(dossier),
        "stage": str(dossier.stage),
        "unit_name": server.book.directory.unit(dossier.unit).name,
        "procedure_name": as_json(procedure.name),
        "kind": procedure.kind,
        "call_within_s": procedure.call_within.total_seconds(),
        "now": moment(now),
        "agenda": [as_json(item) for item in server.office.desk.agenda(dossier)],
        "gates": [as_json(gate) for gate in gates(procedure, dossier.times, dossier.steps, now)],
        "clashes": [as_json(clash) for clash in server.office.cases.clashes(dossier)],
    }


def task_view(task: Task) -> Json:
    return as_json(task)


def answer_view(owed: Owed) -> Json:
    return {**as_json(owed.answer), "missing": owed.answer.missing, "unit_name": owed.unit_name}


def message_view(message: Message) -> Json:
    """A message as the office's list shows it: whom it is for, and how far it has got."""
    left_out = ("body", "html", "attachments", "calendar")
    return {name: value for name, value in as_json(message).items() if name not in left_out}


def plan_view(server: Server, dossier: Dossier) -> Json:
    """The plan with the MCUs' names and ports; {} where there is none yet."""
    kept = server.files.plan(dossier)
    if kept is None:
        return {}
    mcus = server.book.directory.mcus
    return {
        **as_json(kept),
        "mcus": {
            mcu.id: {"name": mcu.name, "capacity": mcu.capacity, "operator": mcu.operator}
            for mcu in mcus.values()
        },
    }


def checks_view(server: Server, dossier: Dossier) -> Json:
    office, procedure = server.office, server.files.procedure(dossier)
    sites = server.book.directory.sites
    return {
        "items": [as_json(item) for item in procedure.checks],
        "steps": [
            {
                "id": step.id,
                "number": step.number,
                "title": as_json(step.title),
                "items": list(step.checks),
                "sites": list(office.checks.sites(dossier, step)),
                "missing": list(office.checks.missing(dossier, step)),
            }
            for step in office.checks.steps(dossier)
        ],
        "sheets": [as_json(s) for s in server.files.records.of(CheckSheet, dossier.id).values()],
        "contacts": [as_json(h) for h in server.files.records.of(HandIn, dossier.id).values()],
        "sites": {s: sites[s].name if s in sites else s for s in dossier.sites},
        "examined": server.rehearsals.passed(dossier.id),
    }


def roll_view(server: Server, dossier: Dossier) -> Json:
    now = server.clock.now()
    sites = server.book.directory.sites
    kept = server.files.records.of(Attendance, dossier.id)
    return {
        "attendance": [
            {
                **as_json(one),
                "there": one.there,
                "seconds": round(one.seconds(now), 1),
                "name": sites[site].name if site in sites else site,
            }
            for site in dossier.sites
            if (one := server.office.sitting.attendance(dossier, site))
        ],
        "departures": [as_json(d) for d in server.files.records.of(Departure, dossier.id).values()],
        "called": len(kept),
        "calls": [as_json(c) for c in server.files.records.of(ChairCall, dossier.id).values()],
    }
