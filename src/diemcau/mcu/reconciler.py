"""Makes the desired state so, and keeps it so: one loop over ``domain.reconcile``."""

import asyncio
import contextlib
from collections.abc import Iterable

import structlog

from diemcau.domain.reconcile import Action, Create, Delete, Retries, Update, diff
from diemcau.domain.resources import Key, Resource
from diemcau.ports.media import Media, MediaError

log = structlog.get_logger(__name__)


class Reconciler:
    """Each key has at most one action under way; a slow or failing one holds up no other."""

    def __init__(self, media: Media) -> None:
        self._media = media
        self._desired: tuple[Resource, ...] = ()
        self._by_key: dict[Key, Resource] = {}
        self._known = False
        self._busy: dict[Key, asyncio.Task[None]] = {}
        self._retries = Retries()
        self._wake = asyncio.Event()

    @property
    def settled(self) -> bool:
        """Nothing under way, and nothing left to do."""
        return not self._busy and not diff(self._desired, self._media.observed)

    def expected(self, key: Key) -> Resource | None:
        """What is desired under that key."""
        return self._by_key.get(key)

    def desire(self, resources: Iterable[Resource]) -> None:
        """All that shall be; what failed before is tried at once, for the reason may be gone."""
        self._desired = tuple(resources)
        self._retries = Retries()
        self._by_key = {resource.key: resource for resource in self._desired}
        self._known = True
        self.wake()

    def wake(self) -> None:
        """Something changed: look again."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled. Before the first desired state nothing is touched: an agent that
        starts while the server is away leaves everything as it is."""
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            if self._known:
                self._start_actions(now)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._retries.next_due(now)):
                    await self._wake.wait()
            self._wake.clear()

    def _start_actions(self, now: float) -> None:
        actions = diff(self._desired, self._media.observed)
        for action in self._retries.ready(actions, now):
            key = action.resource.key
            if key not in self._busy:
                self._busy[key] = asyncio.create_task(self._do(action))

    async def _do(self, action: Action) -> None:
        key = action.resource.key
        try:
            match action:
                case Create(resource):
                    await self._media.create(resource)
                case Update(old, resource):
                    await self._media.update(old, resource)
                case Delete(resource):
                    await self._media.delete(resource)
        except MediaError as error:
            log.warning("action failed", key=key, action=type(action).__name__, error=str(error))
            self._failed(key)
        except Exception:
            log.exception("action broke", key=key, action=type(action).__name__)
            self._failed(key)
        else:
            log.debug("done", key=key, action=type(action).__name__)
            self._retries = self._retries.succeeded(key)
        finally:
            del self._busy[key]
            self.wake()

    def _failed(self, key: Key) -> None:
        self._retries = self._retries.failed(key, asyncio.get_running_loop().time())
