"""Where the minutes of sessions are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from diemcau.domain.measures import Minute


class MeasureStore(Protocol):
    """Every method raises ``ports.store.StoreFailed``."""

    async def keep_minutes(self, minutes: Sequence[Minute]) -> None:
        """Keep them; one that is there already (session, subject, start) is replaced."""
        ...

    async def minutes(self, session: str, subject: str = "") -> list[Minute]:
        """A session's, by subject and time; only those of ``subject`` if one is named."""
        ...

    async def minutes_of(self, subject: str, since: datetime, until: datetime) -> list[Minute]:
        """A subject's over all sessions, from ``since`` to before ``until``, by time: the history
        of a link."""
        ...
