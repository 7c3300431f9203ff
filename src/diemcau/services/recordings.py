"""Recordings as whoever directs lists and fetches them: files of the MCU host, read by its agent.

Pieces come one after another over the agent's own connection, small enough that commands and
reports between them do not wait.
"""

import base64
from collections.abc import AsyncIterator
from typing import Any

from diemcau.domain.refusal import Text, Unknown
from diemcau.ports.mcus import McuAway, McuRefused, Mcus
from diemcau.services.refusals import McuNotReady, McuUnavailable

PIECE = 2**16

Json = dict[str, Any]


class UnknownRecording(Unknown):
    id = "unknown-recording"
    title = Text("Không có bản ghi hình này", "No such recording")

    def __init__(self) -> None:
        super().__init__(
            "Bản ghi hình này không có trên máy MCU; hãy xem danh sách bản ghi hình.",
            "The MCU's host has no such recording; see the list of recordings.",
        )


class Recordings:
    def __init__(self, mcus: Mcus) -> None:
        self._mcus = mcus

    async def listed(self, mcu: str, conference: str) -> list[Json]:
        """The parts of a conference's recordings on an MCU's host; raises ``McuUnavailable``."""
        parts = (await self._ask(mcu, "recording.list", {"conference": conference}))["parts"]
        return [{**part, "mcu": mcu} for part in parts]

    async def find(self, mcu: str, conference: str, number: int, part: int) -> Json:
        """One of them; raises ``UnknownRecording``."""
        for one in await self.listed(mcu, conference):
            if (one["number"], one["part"]) == (number, part):
                return one
        raise UnknownRecording

    async def read(
        self, mcu: str, conference: str, found: Json, begin: int, end: int
    ) -> AsyncIterator[bytes]:
        """The bytes from ``begin`` to before ``end`` of what ``find`` found."""
        which = {"conference": conference, "number": found["number"], "part": found["part"]}
        while begin < end:
            piece = {"offset": begin, "length": min(PIECE, end - begin)}
            result = await self._ask(mcu, "recording.read", {**which, **piece})
            data = base64.b64decode(result["data"])
            if not data:
                raise UnknownRecording
            yield data
            begin += len(data)

    async def _ask(self, mcu: str, method: str, params: Json) -> Json:
        try:
            return await self._mcus.request(mcu, method, params)
        except McuAway as error:
            raise McuUnavailable(mcu) from error
        except McuRefused as error:
            if error.code == "no-recording":
                raise UnknownRecording from error
            raise McuNotReady(mcu, str(error)) from error
