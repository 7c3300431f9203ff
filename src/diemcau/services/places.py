"""The directory as the services see it: always that of now."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from diemcau.domain.directory import KINDS, Directory, Entry
from diemcau.domain.roles import Reach, reach
from diemcau.ports.store import Record
from diemcau.services.records import Records


class Places(Protocol):
    @property
    def directory(self) -> Directory: ...


class Fixed:
    """A directory that nothing changes."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory


class Book:
    """The directory over the records; made anew when one of its entries changed."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._directory: Directory | None = None
        self._reaches: dict[str, Reach] = {}
        records.listeners.append(self._changed)

    @property
    def directory(self) -> Directory:
        if self._directory is None:
            self._directory = Directory(self.entries())
            self._reaches.clear()
        return self._directory

    def entries(self) -> Iterable[Entry]:
        for kind in KINDS.values():
            yield from self._records.all(kind).values()

    def reach(self, unit: str) -> Reach:
        """What a role on the unit reaches."""
        directory = self.directory
        if unit not in self._reaches:
            self._reaches[unit] = reach(directory, [unit])
        return self._reaches[unit]

    def _changed(self, puts: Sequence[Record], removes: Sequence[Record], _: object) -> None:
        if any(isinstance(record, Entry) for record in (*puts, *removes)):
            self._directory = None
