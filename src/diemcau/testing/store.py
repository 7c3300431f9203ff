"""A store in memory."""

from collections.abc import Mapping
from datetime import datetime

from diemcau.domain.conference import Conference
from diemcau.domain.directory import Directory
from diemcau.ports.store import StoreFailed


class MemoryStore:
    """``failing`` makes every write fail, as a full disk does."""

    def __init__(self) -> None:
        self.failing = False
        self._directory: Directory | None = None
        self._conferences: dict[str, Conference] = {}
        self._closed: set[str] = set()
        self._epochs: dict[str, str] = {}

    async def close(self) -> None:
        return

    async def directory(self) -> Directory | None:
        return self._directory

    async def save_directory(self, directory: Directory) -> None:
        self._write()
        self._directory = directory

    async def conferences(self) -> list[Conference]:
        ids = sorted(self._conferences.keys() - self._closed)
        return [self._conferences[conference_id] for conference_id in ids]

    async def save_conference(self, conference: Conference, now: datetime) -> None:
        self._write()
        self._conferences[conference.id] = conference

    async def close_conference(self, conference_id: str, now: datetime) -> None:
        self._write()
        self._closed.add(conference_id)

    async def epochs(self) -> Mapping[str, str]:
        return dict(self._epochs)

    async def save_epoch(self, mcu: str, epoch: str, now: datetime) -> None:
        self._write()
        self._epochs[mcu] = epoch

    def _write(self) -> None:
        if self.failing:
            raise StoreFailed("the disk is full")
