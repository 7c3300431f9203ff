"""What an MCU's reconciler asks of its media: one driver over Janus and mixers, or a fake."""

from typing import Any, Protocol

from diemcau.domain.resources import Resource


class MediaError(Exception):
    """The media refused; ``code`` is stable and goes to whoever asked over the wire."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class Media(Protocol):
    """Everything on one MCU host that carries pictures and sound.

    ``observed`` is kept up to date by the driver itself; ``changed`` (set at construction by the
    implementation's owner) is called whenever it differs. All methods raise ``MediaError``.
    """

    @property
    def epoch(self) -> str:
        """This life of the media server; links belong to it."""
        ...

    @property
    def observed(self) -> tuple[Resource, ...]: ...

    async def create(self, resource: Resource) -> None: ...

    async def update(self, old: Resource, new: Resource) -> None: ...

    async def delete(self, resource: Resource) -> None: ...

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """A request of docs/protocol.md section 4: ``whip.*``, ``whep.*``, ``link.*``."""
        ...


class Relay(Protocol):
    """How the driver reaches another MCU's driver, through the server."""

    async def __call__(self, to: str, method: str, params: dict[str, Any]) -> dict[str, Any]: ...
