"""What may be asked of this process."""

from __future__ import annotations

import base64
from typing import Any

from diemcau.stills.errors import StillError
from diemcau.stills.taker import Taker

METHODS = ("take", "status")


class Control:
    """Serves all connections: nothing belongs to one of them."""

    def __init__(self, taker: Taker) -> None:
        self._taker = taker

    async def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        match request:
            case {"method": "status"}:
                return {"port": self._taker.port}
            case {"method": "take", "params": {"ssrc": int(ssrc), "pli": [str(host), int(port)]}}:
                picture = await self._taker.take(ssrc, (host, port))
                return {"jpeg": base64.b64encode(picture).decode()}
            case {"method": "take"}:
                raise StillError("bad-params", 'take wants {"ssrc", "pli": ["host", port]}')
        raise StillError("bad-method", f"the method must be one of {', '.join(METHODS)}")

    def gone(self) -> None:
        """Whoever asked went away."""
