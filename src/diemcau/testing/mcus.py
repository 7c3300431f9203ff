"""MCUs that note what is asked of them and answer what they are told to."""

from collections.abc import Sequence
from typing import Any

from diemcau.domain.resources import Resource
from diemcau.ports.mcus import McuAway, McuRefused

ANSWERS: dict[str, dict[str, Any]] = {
    "whip.publish": {"answer": "v=0\r\n"},
    "whep.play": {"offer": "v=0\r\n"},
    "recording.list": {"parts": []},
}


class FakeMcus:
    """``present`` are online; ``refusals`` maps a method to the code it is refused with."""

    def __init__(self, *present: str) -> None:
        self.present = set(present)
        self.desired: dict[str, tuple[Resource, ...]] = {}
        self.told: list[str] = []
        self.requests: list[tuple[str, str, dict[str, Any]]] = []
        self.refusals: dict[str, str] = {}

    def online(self, mcu: str) -> bool:
        return mcu in self.present

    def desire(self, mcu: str, resources: Sequence[Resource]) -> None:
        self.desired[mcu] = tuple(resources)
        self.told.append(mcu)

    async def request(self, mcu: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if mcu not in self.present:
            raise McuAway(mcu)
        self.requests.append((mcu, method, params))
        if method in self.refusals:
            raise McuRefused(self.refusals[method])
        return ANSWERS.get(method, {})
