"""What the services keep: records, the log book, the open conferences, each MCU's last life."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from diemcau.domain import directory
from diemcau.domain.accounts import Account
from diemcau.domain.assessment import SessionFigures
from diemcau.domain.casework import (
    Answer,
    Attendance,
    ChairCall,
    CheckSheet,
    Departure,
    DossierPlan,
    HandIn,
)
from diemcau.domain.conference import Conference
from diemcau.domain.dossier import Dossier
from diemcau.domain.entrance import JoinCode, Kiosk
from diemcau.domain.incident import Incident
from diemcau.domain.journal import Note, Sealed
from diemcau.domain.outbox import Message
from diemcau.domain.procedure import ProcedureFile
from diemcau.domain.rehearsal import Examined
from diemcau.domain.saved_scene import SavedScene
from diemcau.domain.script import Script
from diemcau.domain.selftest import SelfTest
from diemcau.domain.talk import ChatLine
from diemcau.ports.measures import MeasureStore


class Record(Protocol):
    """A frozen dataclass with an id that is unique among its kind."""

    @property
    def id(self) -> str: ...


KINDS: Mapping[str, type[Any]] = MappingProxyType(
    {
        **directory.KINDS,
        "account": Account,
        "procedure": ProcedureFile,
        "dossier": Dossier,
        "answer": Answer,
        "sheet": CheckSheet,
        "hand-in": HandIn,
        "attendance": Attendance,
        "departure": Departure,
        "call": ChairCall,
        "script": Script,
        "plan": DossierPlan,
        "message": Message,
        "chat": ChatLine,
        "incident": Incident,
        "figures": SessionFigures,
        "scene": SavedScene,
        "self-test": SelfTest,
        "examined": Examined,
        "join-code": JoinCode,
        "kiosk": Kiosk,
    }
)
"""Every kind of record that is kept, by the name under which it is kept."""

R = TypeVar("R", bound=Record)


class StoreFailed(Exception):
    """The store could not be read or written; nothing was changed."""


class RecordStore(Protocol):
    async def records(self, kind: type[R]) -> list[R]:
        """All records of a kind, in the order in which they were first kept."""
        ...

    async def commit(
        self,
        puts: Sequence[Record],
        removes: Sequence[Record],
        notes: Sequence[Note],
        now: datetime,
    ) -> list[Sealed]:
        """Remove, keep and write into the log book: all of it or nothing, and on disk when this
        returns. A record that is kept already is replaced in its place.

        Raises ``ValueError`` for a record or note that has no written form.
        """
        ...


class JournalReader(Protocol):
    async def entries(
        self,
        after: int = 0,
        limit: int = 500,
        subject: str = "",
        actor: str = "",
        before: int | None = None,
    ) -> list[Sealed]:
        """At most ``limit`` entries whose number is above ``after``, in the order of their numbers;
        only those of this actor, and of this subject or what lies under it: ``dossier/d1`` also
        means ``dossier/d1/script``, but not ``dossier/d12``. With ``before`` the last ones below
        that number, else the first ones."""
        ...

    async def last(self) -> Sealed | None: ...


class ConferenceStore(Protocol):
    async def conferences(self) -> list[Conference]:
        """Those that are open, in the order of their ids."""
        ...

    async def conference(self, conference_id: str) -> Conference | None:
        """One of them, open or closed, as it was last saved."""
        ...

    async def save_conference(self, conference: Conference, now: datetime) -> None:
        """Insert or replace; ``now`` becomes the opening time of a new one."""
        ...

    async def close_conference(self, conference_id: str, now: datetime) -> None:
        """Mark it closed; it is kept, but no longer among ``conferences``."""
        ...


class EpochStore(Protocol):
    async def epochs(self) -> Mapping[str, str]:
        """The last known life of each MCU's media server, by MCU."""
        ...

    async def save_epoch(self, mcu: str, epoch: str, now: datetime) -> None: ...


class Store(RecordStore, JournalReader, ConferenceStore, EpochStore, MeasureStore, Protocol):
    """All of it; every method raises ``StoreFailed``."""

    async def close(self) -> None: ...
