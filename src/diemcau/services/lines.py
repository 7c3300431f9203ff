"""What was measured of a line, over all sessions."""

from datetime import datetime

from diemcau.domain.directory import Line
from diemcau.domain.measures import Minute
from diemcau.domain.refusal import Unknown
from diemcau.ports.measures import MeasureStore
from diemcau.ports.store import StoreFailed
from diemcau.services.places import Places
from diemcau.services.refusals import NotStored


class Lines:
    def __init__(self, places: Places, store: MeasureStore) -> None:
        self._places = places
        self._store = store

    def line(self, line_id: str) -> Line:
        found = self._places.directory.trunks.get(line_id)
        if found is None:
            raise Unknown(
                f"Danh bạ không có đường nối «{line_id}».",
                f"The directory has no line {line_id!r}.",
            )
        return found

    async def minutes(self, line_id: str, since: datetime, until: datetime) -> list[Minute]:
        """A line's, whichever of its MCUs was the upper one, by time. Raises ``Unknown``."""
        line = self.line(line_id)
        ends = ((line.lower, line.upper), (line.upper, line.lower))
        found: list[Minute] = []
        try:
            for lower, upper in ends:
                found += await self._store.minutes_of(f"link/{lower}/{upper}", since, until)
        except StoreFailed as error:
            raise NotStored from error
        return sorted(found, key=lambda minute: (minute.start, minute.session))
