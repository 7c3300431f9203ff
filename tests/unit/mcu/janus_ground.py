"""A driver's ground over a Janus that answers what a test puts there."""

from pathlib import Path
from typing import Any

from diemcau.mcu.ground import Ground
from diemcau.mcu.janus import Handle, JanusError
from diemcau.mcu.media import JanusMedia
from diemcau.mcu.present import Held, Mids, Present
from diemcau.mcu.program import Program


def media_in(folder: Path) -> JanusMedia:
    """An MCU's media, of which nothing runs yet."""
    return JanusMedia(
        "tinh", folder, "192.0.2.1", _unrelayed, lambda key: None, lambda: None,
        lambda name, params: None, 0, Program(),
    )  # fmt: skip


async def _unrelayed(to: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
    raise AssertionError(f"{method} to {to}")


class JanusGround:
    """``infos``: what Janus says of a handle; one that is not there is unknown to it. ``asked``:
    of which handles it was asked; ``said``: what each handle was told, and that it was given back
    (``detach``); ``drawn``: what Janus says otherwise than asked of a stream that is switched;
    ``rooms``: its rooms with their feeds of RTP."""

    def __init__(self) -> None:
        self.present = Present(lambda: None)
        self.ground = Ground("tinh", self.present, None)  # type: ignore[arg-type]
        self.ground.session = self  # type: ignore[assignment]
        self.ground.admin = self  # type: ignore[assignment]
        self.number = 1
        self.infos: dict[int, dict[str, Any]] = {}
        self.asked: list[int] = []
        self.said: dict[int, list[dict[str, Any]]] = {}
        self.drawn: dict[str, Any] = {}
        self.rooms: dict[str, list[str]] = {}

    async def info(self, session: int, handle: int) -> dict[str, Any]:
        assert session == 1
        self.asked.append(handle)
        if handle not in self.infos:
            raise JanusError(459, "no such handle")
        return self.infos[handle]

    async def attach(self, opaque_id: str) -> Handle:
        return self.handle(100 + len(self.said))

    def handle(self, number: int) -> Handle:
        self.said[number] = []
        return Handle(self, 1, number)  # type: ignore[arg-type]

    async def request(self, body: dict[str, Any]) -> dict[str, Any]:
        told = body.get("body", {"request": body["janus"]})
        self.said.setdefault(body["handle_id"], []).append(told)
        if told["request"] == "list":
            return {"plugindata": {"data": {"list": [{"room": room} for room in self.rooms]}}}
        if told["request"] == "listparticipants":
            feeds = [{"id": feed, "remote": True} for feed in self.rooms[told["room"]]]
            return {"plugindata": {"data": {"participants": feeds}}}
        if told["request"] == "switch":
            streams = [_switched(one) | self.drawn for one in told["streams"]]
            return {"plugindata": {"data": {"streams": streams}}}
        jsep = {"sdp": "v=0\r\n"} if "jsep" in body or "streams" in body.get("body", {}) else None
        return {"plugindata": {"data": {"list": []}}, "jsep": jsep}

    async def handles(self, session: int) -> list[int]:
        return list(self.infos)

    async def tell(self, body: dict[str, Any]) -> None:
        self.said[body["handle_id"]].append({"request": body["janus"]})

    def put(self, resource: Any, handle: int = 0, mids: Mids | None = None) -> Held:
        """A resource that is there; handle 0: it has none."""
        made = self.handle(handle) if handle else None
        return self.present.put(Held(resource, made, mids or Mids()))


def _switched(asked: dict[str, str]) -> dict[str, Any]:
    drawn = {"feed_id": asked["feed"], "feed_mid": asked["mid"]}
    return {"mid": asked["sub_mid"], **drawn, "ready": True}
