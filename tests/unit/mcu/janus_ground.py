"""A driver's ground over a Janus whose admin interface answers what a test puts there."""

from typing import Any

from diemcau.mcu.ground import Ground
from diemcau.mcu.janus import Handle, JanusError
from diemcau.mcu.present import Held, Present


class JanusGround:
    """``infos``: what Janus says of a handle; one that is not there is unknown to it."""

    def __init__(self) -> None:
        self.present = Present(lambda: None)
        self.ground = Ground("tinh", self.present, None)  # type: ignore[arg-type]
        self.ground.session = type("Session", (), {"number": 1})  # type: ignore[assignment]
        self.ground.admin = self  # type: ignore[assignment]
        self.infos: dict[int, dict[str, Any]] = {}
        self.asked: list[int] = []

    async def info(self, session: int, handle: int) -> dict[str, Any]:
        assert session == 1
        self.asked.append(handle)
        if handle not in self.infos:
            raise JanusError(459, "no such handle")
        return self.infos[handle]

    def put(self, resource: Any, handle: int = 0) -> Held:
        """A resource that is there; 0: it has no handle."""
        made = Handle(None, 1, handle) if handle else None  # type: ignore[arg-type]
        return self.present.put(Held(resource, made))
