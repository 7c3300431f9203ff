"""What the services keep: the directory, the conferences, and each MCU's last life."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from diemcau.domain.conference import Conference
from diemcau.domain.directory import Directory


class StoreFailed(Exception):
    """The store could not be read or written; nothing was changed."""


class DirectoryStore(Protocol):
    async def directory(self) -> Directory | None:
        """The directory, or None where none was saved."""
        ...

    async def save_directory(self, directory: Directory) -> None:
        """Replace the directory by this one, all of it or nothing."""
        ...


class ConferenceStore(Protocol):
    async def conferences(self) -> list[Conference]:
        """Those that are open, in the order of their ids."""
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


class Store(DirectoryStore, ConferenceStore, EpochStore, Protocol):
    """All of it; every method raises ``StoreFailed``."""

    async def close(self) -> None: ...
