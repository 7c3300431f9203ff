"""What is there now on this MCU: the observed state, and the handles behind it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from diemcau.domain.resources import (
    ChildLink,
    Input,
    Key,
    Listener,
    Resource,
    Uplink,
    feed_key,
)
from diemcau.mcu.janus import Handle, Size


@dataclass(frozen=True)
class Mids:
    """A feed's media: the mid of its sound and of its picture ("" where it has none), and whether
    the picture comes in several sizes."""

    audio: str = "0"
    video: str = "1"
    simulcast: bool = False


@dataclass
class Held:
    """A resource that is there, its Janus handle if it has one, and what its driver remembers."""

    resource: Resource
    handle: Handle | None = None
    mids: Mids = field(default_factory=Mids)
    notes: dict[str, Any] = field(default_factory=dict)
    missed: bool = False
    """Its packets, which are counted, have ceased (``mcu.silence``)."""

    @property
    def silent(self) -> bool:
        """Nothing comes from it, though it is connected."""
        return self.missed or (self.handle is not None and self.handle.silent)

    @property
    def blind(self) -> bool:
        """Its sound comes, and its picture no more."""
        return not self.missed and self.handle is not None and self.handle.blind


class Present:
    """The observed state. ``changed`` is called after every difference."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._held: dict[Key, Held] = {}

    @property
    def resources(self) -> tuple[Resource, ...]:
        return tuple(held.resource for held in self._held.values())

    @property
    def held(self) -> tuple[Held, ...]:
        return tuple(self._held.values())

    def get(self, key: Key) -> Held | None:
        return self._held.get(key)

    def put(self, held: Held) -> Held:
        self._held[held.resource.key] = held
        self._changed()
        return held

    def replace(self, resource: Resource) -> None:
        """The same thing, changed in place. A feed that went meanwhile, it lost."""
        held = self._held.get(resource.key)
        if held is not None:
            held.resource, feeds = resource, self._feeds()
            self._lose(held, lambda key: key not in feeds)
            self._changed()

    def set_missed(self, held: Held, missed: bool) -> None:
        if held.missed != missed:
            held.missed = missed
            self._changed()

    def set_comes(self, handle: Handle, size: Size, comes: bool) -> None:
        """What comes by a handle, be it part of a resource already or not yet."""
        if handle.comes.get(size) != comes:
            handle.comes[size] = comes
            self._changed()

    def drop(self, key: Key) -> Held | None:
        """The thing is gone, and with it the feeds it provided and what drew on them."""
        held = self._held.pop(key, None)
        if held is not None:
            lost = held.resource.provides - self._feeds()
            for other in list(self._held.values()):
                self._lose(other, lost.__contains__)
            self._changed()
        return held

    def feed(self, conference: str, feed: str) -> Held | None:
        """Whatever provides that feed of the conference's room."""
        key = feed_key(conference, feed)
        return next((h for h in self._held.values() if key in h.resource.provides), None)

    def _feeds(self) -> frozenset[Key]:
        return frozenset(key for held in self._held.values() for key in held.resource.provides)

    def _lose(self, held: Held, is_lost: Callable[[Key], bool]) -> None:
        """Janus ends a subscription with its publisher: note it, so that it is made again."""

        def gone(feed: str) -> bool:
            return is_lost(feed_key(held.resource.conference, feed))

        match held.resource:
            case Uplink(source=source) | ChildLink(source=source) if source and gone(source):
                held.resource = replace(held.resource, source="")
            case Listener(picture=picture, sound=sound):
                held.resource = replace(
                    held.resource,
                    picture="" if gone(picture) else picture,
                    sound="" if gone(sound) else sound,
                )
            case Input(feed=feed) if gone(feed):
                del self._held[held.resource.key]
