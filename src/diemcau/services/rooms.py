"""What rooms and the control room write to each other during a session."""

from collections.abc import Callable
from secrets import token_hex
from typing import Any

from diemcau.domain.talk import ChatLine, require_line
from diemcau.ports.clock import Clock
from diemcau.services.dossiers.files import Files
from diemcau.services.live import moment

Json = dict[str, Any]

LINES_SHOWN = 30
"""Of each site; older ones are kept, and not sent to the pages."""


class Rooms:
    def __init__(self, files: Files, clock: Clock, changed: Callable[[str], None]) -> None:
        self._files = files
        self._clock = clock
        self._changed = changed
        self._views: dict[str, Json] = {}

    async def say(self, conference: str, site: str, text: str, by: str, *, room: bool) -> ChatLine:
        """A line from a site (``room``) or to it."""
        line = ChatLine(
            id=f"{file_of(conference)}.{token_hex(6)}",
            dossier=file_of(conference),
            site=site,
            at=self._clock.now(),
            by=by,
            text=require_line(text),
            room=room,
        )
        await self._files.records.commit(line)
        self._told(conference)
        return line

    def view(self, conference: str) -> Json:
        """``talk`` by site, the newest lines, as live state shows it.

        Live state is rendered several times a second; this is put together when it changed.
        """
        if conference not in self._views:
            self._views[conference] = self._view(conference)
        return self._views[conference]

    def forget(self, conference: str) -> None:
        """The conference is over."""
        self._views.pop(conference, None)

    def _told(self, conference: str) -> None:
        self._views.pop(conference, None)
        self._changed(conference)

    def _view(self, conference: str) -> Json:
        talk: dict[str, list[Json]] = {}
        for line in self._files.records.of(ChatLine, file_of(conference)).values():
            talk.setdefault(line.site, []).append(_line_json(line))
        return {"talk": {site: lines[-LINES_SHOWN:] for site, lines in talk.items()}}


def file_of(conference: str) -> str:
    """Where a conference's records are: its dossier, or itself."""
    return conference.removeprefix("c-")


def _line_json(line: ChatLine) -> Json:
    return {"id": line.id, "at": moment(line.at), "by": line.by, "text": line.text,
            "room": line.room}  # fmt: skip
