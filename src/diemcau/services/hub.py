"""Live state to whoever watches: a snapshot, then merge patches.

Each subscription remembers what it has seen and is given the difference to what is now, whenever
it is ready for more. So a slow watcher costs the others nothing and gets fewer, larger patches;
one that is not ready for long is dropped by whoever sends (``api.live``).
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from diemcau.ports.clock import Clock
from diemcau.services.live import moment, seen_by
from diemcau.services.patches import diff

Json = dict[str, Any]
Render = Callable[[str], Json | None]
"""The present state of a conference; None when it is not open."""

BATCH_S = 0.2
"""Levels and quality wait up to this long, so that there are at most five patches a second."""


class Ended(Exception):
    """The conference was closed."""


class Subscription:
    """One watcher of one conference, with the view its token gives."""

    def __init__(self, channel: "_Channel", view: str) -> None:
        self._channel = channel
        self._view = view
        self._seen: Json | None = None
        self._version = -1
        self.wake = asyncio.Event()

    async def next(self) -> str:
        """Wait for the next message to send, as JSON; raises ``Ended``."""
        while True:
            self.wake.clear()
            message = self._message()
            if message:
                return message
            await self.wake.wait()

    def close(self) -> None:
        self._channel.subscriptions.discard(self)

    def _message(self) -> str:
        channel, version, seen = self._channel, self._version, self._seen
        channel.render()
        if channel.version == version:
            return ""
        self._version, self._seen = channel.version, channel.view(self._view)
        if seen is None:
            return channel.snapshot(self._view)
        return channel.patch(self._view, version, seen)


class _Channel:
    """The state of one conference, rendered when it changed and somebody watches."""

    def __init__(self, conference: str, render: Render, clock: Clock) -> None:
        self._conference = conference
        self._render = render
        self._clock = clock
        self._state: Json = {}
        self._views: dict[str, Json] = {}
        self._patches: dict[tuple[str, int], str] = {}
        self._stale = True
        self.batch: asyncio.TimerHandle | None = None
        self.version = 0
        self.subscriptions: set[Subscription] = set()

    def changed(self) -> None:
        self._stale = True
        if self.batch is not None:
            self.batch.cancel()
            self.batch = None
        for subscription in self.subscriptions:
            subscription.wake.set()

    def render(self) -> None:
        """Bring the state up to date; raises ``Ended``."""
        if not self._stale:
            return
        state = self._render(self._conference)
        if state is None:
            raise Ended
        self._stale = False
        if state != self._state:
            self._state = state
            self._views.clear()
            self._patches.clear()
            self.version += 1

    def view(self, view: str) -> Json:
        if view not in self._views:
            self._views[view] = seen_by(self._state, view)
        return self._views[view]

    def snapshot(self, view: str) -> str:
        return json.dumps(self.snapshot_json(view), ensure_ascii=False)

    def snapshot_json(self, view: str) -> Json:
        return {"type": "snapshot", "now": moment(self._clock.now()), "state": self.view(view)}

    def patch(self, view: str, version: int, seen: Json) -> str:
        """From what was seen in ``version`` to now; made once for all who saw the same."""
        key = (view, version)
        if key not in self._patches:
            patch = diff(seen, self.view(view))
            message = {"type": "patch", "patch": patch}
            self._patches[key] = json.dumps(message, ensure_ascii=False) if patch else ""
        return self._patches[key]


class Hub:
    def __init__(self, render: Render, clock: Clock) -> None:
        self._render = render
        self._clock = clock
        self._channels: dict[str, _Channel] = {}

    def changed(self, conference: str) -> None:
        """Something that must be seen at once."""
        if conference in self._channels:
            self._channels[conference].changed()

    def changed_slightly(self, conference: str) -> None:
        """Something that may wait for the next batch."""
        channel = self._channels.get(conference)
        if channel is not None and channel.batch is None:
            loop = asyncio.get_running_loop()
            channel.batch = loop.call_later(BATCH_S, channel.changed)

    def ended(self, conference: str) -> None:
        """The conference is closed: its watchers are told by ``Ended``."""
        channel = self._channels.pop(conference, None)
        if channel is not None:
            channel.changed()

    def snapshot(self, conference: str, view: str) -> Json:
        """The snapshot message of now; raises ``Ended`` when the conference is not open."""
        channel = self._channel(conference)
        channel.changed()
        channel.render()
        return channel.snapshot_json(view)

    def view(self, conference: str, view: str) -> Json:
        """What a view shows now; raises ``Ended`` when the conference is not open."""
        channel = self._channel(conference)
        channel.render()
        return channel.view(view)

    def subscribe(self, conference: str, view: str) -> Subscription:
        channel = self._channel(conference)
        subscription = Subscription(channel, view)
        channel.subscriptions.add(subscription)
        return subscription

    def _channel(self, conference: str) -> _Channel:
        if conference not in self._channels:
            self._channels[conference] = _Channel(conference, self._render, self._clock)
        return self._channels[conference]
