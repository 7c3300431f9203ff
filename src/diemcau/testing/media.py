"""The media of an MCU host in memory: what Janus and mixers do, as far as a reconciler can tell.

A ``FakeHost`` is the media server: it outlives its agents, and has lives of its own. A
``FakeMedia`` is the driver of one agent on it. Links are made through the same relay as real ones.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from diemcau.domain.resources import (
    BLANK,
    Admission,
    ChildLink,
    Downlink,
    Key,
    Listener,
    Publisher,
    Resource,
    Room,
    Uplink,
)
from diemcau.domain.source import site_of
from diemcau.mcu.present import Held, Present
from diemcau.ports.media import MediaError, Relay

_numbers = itertools.count(1)


@dataclass
class FakeHost:
    """One MCU's media server; ``world`` are all of them, by the MCU's name."""

    mcu: str
    world: dict[str, FakeHost]
    epoch: str = ""
    held: tuple[Held, ...] = ()
    media: FakeMedia | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.world[self.mcu] = self
        self.epoch = self.epoch or f"life{next(_numbers)}"

    @property
    def handles(self) -> frozenset[int]:
        return frozenset(held.notes["handle"] for held in self.held)

    def die(self) -> None:
        """The media server is killed and comes up again, empty."""
        self.epoch = f"life{next(_numbers)}"
        for held in self.held:
            self.hang_up(held.resource.key)

    def hang_up(self, key: Key) -> None:
        """A connection ends; both ends notice."""
        gone = next((held for held in self.held if held.resource.key == key), None)
        if gone is None:
            return
        if self.media is not None:
            self.media.present.drop(key)
        else:
            self.held = tuple(held for held in self.held if held is not gone)
        other, far_key = _far_end(self, gone.resource)
        if other is not None:
            other.hang_up(far_key)

    def shows(self, conference: str, feed: str) -> str:
        """Whose picture that feed carries here and now; "" for none."""
        for held in self.held:
            match held.resource:
                case Publisher(site=site) if feed == f"site/{site}":
                    return site
                case ChildLink(child=child, link=link) as end if feed == (
                    f"up/{child}/{link.removeprefix('up/')}"
                ):
                    other, key = _far_end(self, end)
                    lane = other.find(key) if other is not None else None
                    if other is not None and isinstance(lane, Uplink):
                        return other.shows(conference, lane.source)
        return ""

    def find(self, key: Key) -> Resource | None:
        return next((h.resource for h in self.held if h.resource.key == key), None)


def _far_end(host: FakeHost, resource: Resource) -> tuple[FakeHost | None, Key]:
    """The other end of a link."""
    match resource:
        case Uplink(conference=conference, lane=lane, parent=parent):
            return host.world.get(parent), ("child-link", conference, host.mcu, f"up/{lane}")
        case Downlink(conference=conference, feed=feed, parent=parent):
            return host.world.get(parent), ("child-link", conference, host.mcu, feed)
        case ChildLink(conference=conference, child=child, link=link) if link.startswith("up/"):
            return host.world.get(child), ("uplink", conference, link.removeprefix("up/"))
        case ChildLink(conference=conference, child=child, link=link):
            return host.world.get(child), ("downlink", conference, link)
    return None, ()


class FakeMedia:
    """Implements ``ports.media.Media``. ``failing`` are keys on which every action fails;
    ``done`` notes what was done: (verb, key)."""

    def __init__(
        self,
        host: FakeHost,
        relay: Relay,
        expected: Callable[[Key], Resource | None],
        changed: Callable[[], None],
    ) -> None:
        self._host, self._relay, self._expected = host, relay, expected
        self._tell = changed
        self.failing: set[Key] = set()
        self.done: list[tuple[str, Key]] = []
        self.present = Present(self._changed)
        self._requests = {
            "whip.publish": self._publish,
            "whip.trickle": self._nothing_of_a_publisher,
            "whip.end": self._unpublish,
            "whep.play": self._play,
            "whep.answer": self._nothing_of_a_listener,
            "whep.keyframe": self._nothing_of_a_listener,
            "whep.end": self._unplay,
            "link.up": self._link_up,
            "link.down": self._link_down,
            "link.down-answer": self._link_down_answer,
        }

    @property
    def epoch(self) -> str:
        return self._host.epoch

    @property
    def observed(self) -> tuple[Resource, ...]:
        return self.present.resources

    async def start(self) -> None:
        """Find what an earlier agent left."""
        for held in self._host.held:
            self.present.put(held)
        self._host.media = self
        self._changed()

    async def leave(self) -> None:
        """The agent ends; what it made stays."""
        self._host.media = None

    async def create(self, resource: Resource) -> None:
        self._act("create", resource)
        match resource:
            case Uplink(conference=conference, lane=lane, parent=parent):
                params = {"conference": conference, "child": self._host.mcu, "lane": lane}
                await self._relay(parent, "link.up", {**params, "offer": "offer"})
                self._put(replace(resource, source=BLANK))
            case Downlink(conference=conference, feed=feed, parent=parent):
                params = {"conference": conference, "child": self._host.mcu, "feed": feed}
                await self._relay(parent, "link.down", params)
                self._put(resource)
                await self._relay(parent, "link.down-answer", {**params, "answer": "answer"})
            case _ if resource.passive or isinstance(resource, Admission):
                raise MediaError("not-made-here", f"a {resource.kind} is made by others")
            case _:
                self._put(resource)

    async def update(self, old: Resource, new: Resource) -> None:
        self._act("update", new)
        if self.present.get(old.key) is None:
            raise MediaError("gone", f"{old.key} is not here")
        sources = {
            getattr(new, name) for name in ("source", "picture", "sound") if hasattr(new, name)
        }
        for source in sources:
            self._require_feed(new.conference, source)
        self.present.replace(new)

    async def delete(self, resource: Resource) -> None:
        self._act("delete", resource)
        self._host.hang_up(resource.key)

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method not in self._requests:
            raise MediaError("unknown-method", f"no method {method!r}")
        try:
            return self._requests[method](params)
        except (KeyError, TypeError, ValueError) as error:
            raise MediaError("bad-params", f"{method}: {error!r}") from error

    def _publish(self, params: dict[str, Any]) -> dict[str, Any]:
        publisher = Publisher(params["conference"], params["site"], params["session"])
        self._require_room(publisher.conference)
        self._require_admission(publisher.conference, site_of(publisher.site))
        if self.present.get(publisher.key) is not None and not params.get("replace"):
            raise MediaError("already-publishing", f"{publisher.site} is publishing already")
        if not str(params["offer"]).startswith("v=0"):
            raise MediaError("bad-sdp", "this is no session description")
        self._host.hang_up(publisher.key)
        self._put(publisher)
        return {"answer": "v=0\r\n"}

    def _unpublish(self, params: dict[str, Any]) -> dict[str, Any]:
        self._host.hang_up(self._publisher(params).key)
        return {}

    def _nothing_of_a_publisher(self, params: dict[str, Any]) -> dict[str, Any]:
        self._publisher(params)
        return {}

    def _play(self, params: dict[str, Any]) -> dict[str, Any]:
        room, feed, site = params["conference"], params["feed"], params.get("site", "")
        self._require_room(room)
        if site:
            self._require_admission(room, site)
        self._require_feed(room, feed)
        self._put(Listener(room, params["session"], site, feed, feed, feed))
        return {"offer": "v=0\r\n"}

    def _nothing_of_a_listener(self, params: dict[str, Any]) -> dict[str, Any]:
        self._listener(params)
        return {}

    def _unplay(self, params: dict[str, Any]) -> dict[str, Any]:
        self._host.hang_up(self._listener(params))
        return {}

    def _link_up(self, params: dict[str, Any]) -> dict[str, Any]:
        link = self._planned(params, f"up/{int(params['lane'])}")
        self._host.hang_up(link.key)
        self._put(link)
        return {"answer": "v=0\r\n"}

    def _link_down(self, params: dict[str, Any]) -> dict[str, Any]:
        link = self._planned(params, params["feed"])
        self._host.hang_up(link.key)
        source = link.source if link.source in ("program", "chair") else BLANK
        self._require_feed(link.conference, source)
        self._put(replace(link, source=source))
        return {"offer": "v=0\r\n"}

    def _link_down_answer(self, params: dict[str, Any]) -> dict[str, Any]:
        key = ("child-link", params["conference"], params["child"], params["feed"])
        if self.present.get(key) is None:
            raise MediaError("no-link", "nothing was offered, or it was taken back")
        return {}

    def _planned(self, params: dict[str, Any], link: str) -> ChildLink:
        room, child = params["conference"], params["child"]
        wanted = self._expected(("child-link", room, child, link))
        if not isinstance(wanted, ChildLink):
            raise MediaError("not-planned", f"no link {link} to {child} is planned here")
        return wanted

    def _publisher(self, params: dict[str, Any]) -> Publisher:
        for resource in self.observed:
            if isinstance(resource, Publisher) and resource.session == params["session"]:
                return resource
        raise MediaError("no-session", "this session has ended")

    def _listener(self, params: dict[str, Any]) -> Key:
        key = ("listener", params["conference"], params["session"])
        if self.present.get(key) is None:
            raise MediaError("no-session", "this session has ended")
        return key

    def _require_room(self, conference: str) -> None:
        if self.present.get(Room(conference).key) is None:
            raise MediaError("no-room", f"conference {conference} is not on this MCU yet")

    def _require_admission(self, conference: str, site: str) -> None:
        if self._expected(("admission", conference, site)) is None:
            raise MediaError("not-admitted", f"{site} is not admitted at this MCU")

    def _require_feed(self, conference: str, feed: str) -> None:
        if self.present.feed(conference, feed) is None:
            raise MediaError("no-feed", f"{feed} is not on this MCU now")

    def _act(self, verb: str, resource: Resource) -> None:
        self.done.append((verb, resource.key))
        if resource.key in self.failing:
            raise MediaError("injected", f"{resource.key} fails as it was told to")

    def _put(self, resource: Resource) -> None:
        self.present.put(Held(resource, notes={"handle": next(_numbers)}))

    def _changed(self) -> None:
        self._host.held = self.present.held
        self._tell()
