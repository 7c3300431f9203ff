"""Records as JSON and back: ``decode(kind, encode(record)) == record``.

Unknown members are ignored and missing ones take their defaults, so that a newer server reads what
an older one wrote, and an older one what a newer one did. Half a surrogate pair, which is no text,
becomes U+FFFD: kept as it is, it could never be read again.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from diemcau.domain.incident import Incident
from diemcau.ports.store import KINDS, Record

Json = dict[str, Any]

_NAMES = {kind: name for name, kind in KINDS.items()}
_HALVES = re.compile("[\ud800-\udfff]")


def name_of(record: Record) -> str:
    """Under which name records of its kind are kept."""
    return _NAMES[type(record)]


def kind_name(kind: type[Any]) -> str:
    return _NAMES[kind]


_ADAPTERS = {kind: TypeAdapter(kind) for kind in KINDS.values()}


def encode(record: Record) -> Json:
    """Raises ``ValueError`` for a record with values that are not of its types."""
    adapter = _ADAPTERS[type(record)]
    data: Json = adapter.dump_python(record, mode="json", warnings="error")
    return {name: _whole(value) for name, value in data.items()}


def decode(kind: type[Any], data: Json) -> Any:
    """Raises ``ValueError`` for what no ``encode`` wrote; it names fields, but no values."""
    renewed = _RENEWED.get(kind, dict)
    try:
        return _ADAPTERS[kind].validate_python(renewed(data))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        said = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)
        raise ValueError("; ".join(said)) from None


def _whole(value: Any) -> Any:
    match value:
        case str():
            return _HALVES.sub("\ufffd", value)
        case list():
            return [_whole(member) for member in value]
        case dict():
            return {_whole(name): _whole(member) for name, member in value.items()}
        case _:
            return value


def _incident(data: Json) -> Json:
    """Once an incident had two steps, each in members of its own; and what closed it, mended it."""
    former = {
        step: {"at": data[f"{step}_at"], "by": data.get(f"{step}_by", "")}
        for step in ("taken", "closed")
        if data.get(f"{step}_at") is not None
    }
    if "closed" in former:
        former["mended"] = former["closed"]
    return {"steps": former, **data}


_RENEWED: Mapping[type[Any], Callable[[Json], Json]] = {Incident: _incident}
"""How what an older server wrote becomes what is read now."""


def row(record: Record) -> Json:
    """The columns of ``tables.records``, all but the number."""
    return {
        "kind": name_of(record),
        "id": record.id,
        "dossier": getattr(record, "dossier", ""),
        "data": encode(record),
    }
