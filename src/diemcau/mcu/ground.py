"""What all drivers stand on: this life of Janus, what is present, the way to other MCUs."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, NamedTuple

import structlog

from diemcau.domain.resources import BLANK, Key, MixerFeed, Room
from diemcau.mcu import sdp
from diemcau.mcu.janus import Admin, Handle, JanusError, Json, Session, media_of
from diemcau.mcu.present import Held, Present
from diemcau.ports.media import MediaError, Relay

log = structlog.get_logger(__name__)

UP_TIMEOUT_S = 5.0
SEPARATOR = "|"


def opaque(key: Key, *rest: str) -> str:
    """The name by which a handle is known after the agent has died: its resource, in short."""
    return SEPARATOR.join((*key, *rest))


class Forward(NamedTuple):
    """What Janus sends on as plain RTP: which stream of which feed, where to, and as what."""

    feed: str
    stream: int
    port: int
    payload_type: int


class Ground:
    """Shared by the drivers; ``session`` and ``control`` change with every life of Janus."""

    def __init__(self, mcu: str, present: Present, relay: Relay) -> None:
        self.mcu = mcu
        self.present = present
        self.relay = relay
        self.session: Session | None = None
        self.control: Handle | None = None
        self.admin: Admin | None = None
        self.room_secret = ""
        self._attaching: dict[int, Handle] = {}
        self._coming: dict[Key, Held] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def forget_all(self) -> None:
        """Janus died: every handle with it."""
        self.session = self.control = self.admin = None
        self._attaching.clear()
        self._coming.clear()

    async def ask(self, request: str, **body: Any) -> Json:
        """A request to the VideoRoom that belongs to no PeerConnection."""
        if self.control is None:
            raise MediaError("media-server-gone", "Janus is not running")
        return await self.control.message(request=request, secret=self.room_secret, **body)

    async def attach(self, name: str) -> Handle:
        if self.session is None:
            raise MediaError("media-server-gone", "Janus is not running")
        handle = await self.session.attach(name)
        self._attaching[handle.number] = handle
        return handle

    def handle(self, number: int) -> Handle | None:
        """The handle of that number, be it part of a resource already or not yet."""
        held = self.by_handle(number)
        return held.handle if held is not None else self._attaching.get(number)

    def by_handle(self, number: int) -> Held | None:
        """The resource of that handle, be it there or on its way."""
        of_it = (one for one in self.held if one.handle is not None and one.handle.number == number)
        return next(of_it, None)

    @property
    def held(self) -> tuple[Held, ...]:
        """What is there, and what is on its way (``keep_when_up``)."""
        return (*self.present.held, *self._coming.values())

    def find(self, key: Key) -> Held | None:
        """The resource, be it there or on its way."""
        return self.present.get(key) or self._coming.get(key)

    def settled(self, handle: Handle) -> None:
        """The handle belongs to a resource now, or is gone."""
        self._attaching.pop(handle.number, None)

    async def discard(self, handle: Handle) -> None:
        self.settled(handle)
        await handle.detach()

    def keep_when_up(self, held: Held, timeout_s: float = UP_TIMEOUT_S) -> None:
        """The resource is there as soon as its PeerConnection is; else its handle is given back.

        Janus refuses subscriptions to a publisher that is not connected yet.
        """
        assert held.handle is not None
        self._coming[held.resource.key] = held
        self.spawn(self._keep_when_up(held, held.handle, timeout_s))

    def keep_if_up(self, held: Held, timeout_s: float) -> None:
        """The resource is there at once, and given back if its PeerConnection does not come up."""
        assert held.handle is not None
        self.present.put(held)
        self.spawn(self._keep_if_up(held, held.handle, timeout_s))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on beside."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_if_up(self, held: Held, handle: Handle, timeout_s: float) -> None:
        await self._up_in_time(handle, timeout_s)
        key = held.resource.key
        if self.present.get(key) is held and not handle.up.is_set():
            await self.release(key)

    @staticmethod
    async def _up_in_time(handle: Handle, timeout_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(handle.up.wait(), timeout_s)

    async def _keep_when_up(self, held: Held, handle: Handle, timeout_s: float) -> None:
        await self._up_in_time(handle, timeout_s)
        key = held.resource.key
        if self._coming.get(key) is not held:
            return
        del self._coming[key]
        if handle.up.is_set():
            self.settled(handle)
            self.present.put(held)
        else:
            await self.discard(handle)

    async def release(self, key: Key) -> Held | None:
        """Take a resource away, and its handle with it, be it there or on its way."""
        coming = self._coming.pop(key, None)
        if coming is not None and coming.handle is not None:
            await self.discard(coming.handle)
        held = self.present.drop(key)
        if held is not None and held.handle is not None:
            await held.handle.detach()
        return held

    async def publish(self, handle: Handle, room: str, feed: str, offer: str) -> Json:
        """Join as the publisher of a feed; gives the plugin's data and Janus's answer."""
        return await handle.message(
            jsep={"type": "offer", "sdp": offer},
            request="joinandconfigure",
            ptype="publisher",
            room=room,
            id=feed,
            display=feed,
        )

    async def subscribe(self, handle: Handle, room: str, streams: list[Json]) -> str:
        """Join as a subscriber; gives Janus's offer."""
        data = await handle.message(
            request="join", ptype="subscriber", room=room, streams=streams, autoupdate=False
        )
        return str(data["jsep"]["sdp"])

    async def start_link(self, handle: Handle, answer: str) -> None:
        """Give the other MCU's answer to the end that offered: it opens DTLS, and only then
        learns where to (see ``mcu.sdp``)."""
        bare, candidates = sdp.split_candidates(answer)
        await handle.message(jsep={"type": "answer", "sdp": bare, "trickle": True}, request="start")
        await handle.trickle(candidates)

    async def switch(self, held: Held, streams: list[tuple[str, str, str]]) -> None:
        """Let a subscriber draw on other feeds: (feed, the feed's mid, the subscriber's mid). Janus
        passes over in silence what it cannot switch."""
        if held.handle is None or not streams:
            return
        changes = [{"feed": f, "mid": mid, "sub_mid": sub_mid} for f, mid, sub_mid in streams]
        reply = await held.handle.message(request="switch", streams=changes)
        now = {str(stream["mid"]): stream for stream in reply["streams"]}
        for feed, mid, sub_mid in streams:
            drawn = now.get(sub_mid, {})
            if (drawn.get("feed_id"), str(drawn.get("feed_mid"))) != (feed, mid):
                raise MediaError("not-switched", f"{feed} is not drawn on")
        if not all(now[sub_mid]["ready"] for _, _, sub_mid in streams):
            await self._answer_again(held.handle)
        idle = [sub_mid for feed, _, sub_mid in streams if feed == BLANK]
        if idle:
            await self._number_anew(held.handle, idle)

    @staticmethod
    async def _number_anew(handle: Handle, sub_mids: list[str]) -> None:
        """Let packets that come next follow on the last one that went out, whatever their numbers.

        Where nothing comes for a while and then the same source again, Janus goes on by the
        source's own numbers. What is more than half of all numbers (16 bits) ahead is behind for
        SRTP, and is dropped (RFC 3711 3.3.1): a site that was called again after twelve minutes was
        not heard for the next ten.
        """
        paused = [{"mid": mid, "send": send} for mid in sub_mids for send in (False, True)]
        await handle.message(request="configure", streams=paused)

    def offered(self, handle: Handle) -> None:
        """Janus offered anew of its own accord: a feed that the subscription drew on ended."""
        self.spawn(self._answer_if_there(handle))

    async def _answer_if_there(self, handle: Handle) -> None:
        try:
            await self._answer_again(handle)
        except MediaError as error:
            log.warning("an offer of Janus not answered", handle=handle.number, error=str(error))

    async def _answer_again(self, handle: Handle) -> None:
        """Janus negotiates anew when a subscription's publisher goes, and when one whose publisher
        had gone comes back to life. Nothing that the other end agreed to has changed, so its own
        answer is given once more."""
        if self.session is None or self.admin is None:
            raise MediaError("media-server-gone", "Janus is not running")
        info = await self.admin.info(self.session.number, handle.number)
        answer = (info.get("sdps") or {}).get("remote")
        if answer:
            await handle.message(jsep={"type": "answer", "sdp": answer}, request="start")

    async def media(self, held: Held) -> list[Json]:
        """How the media of its handle fare; none before it is up, or when it hung up a moment
        ago."""
        if self.session is None or self.admin is None or held.handle is None:
            return []
        try:
            info = await self.admin.info(self.session.number, held.handle.number)
        except JanusError:
            return []
        return media_of(info)

    async def ask_keyframe(self, conference: str, feed: str) -> bool:
        """Ask whoever sends the feed for a keyframe; False if it comes from the mixer here."""
        held = self.present.feed(conference, feed)
        if held is None:
            raise MediaError("no-feed", f"{feed} is not here")
        if isinstance(held.resource, MixerFeed):
            return False
        if held.handle is not None:
            await held.handle.message(request="configure", keyframe=True)
        return True

    async def participants(self, conference: str) -> dict[str, Json]:
        """The feeds of the room, by name; none where there is no such room."""
        try:
            reply = await self.ask("listparticipants", room=conference)
        except JanusError:
            return {}
        return {str(participant["id"]): participant for participant in reply["participants"]}

    async def forwards(self, conference: str) -> list[Forward]:
        """All that the room forwards."""
        try:
            reply = await self.ask("listforwarders", room=conference)
        except JanusError:
            return []
        return [
            Forward(publisher["publisher_id"], f["stream_id"], f["port"], f.get("pt", 0))
            for publisher in reply["publishers"]
            for f in publisher["forwarders"]
        ]

    async def stop_forward(self, conference: str, feed: str, stream: int) -> None:
        """End one forward; one that is gone already, with its publisher, is as good as ended."""
        with contextlib.suppress(JanusError):
            await self.ask("stop_rtp_forward", room=conference, publisher_id=feed, stream_id=stream)

    async def stop_strays(self, *payload_types: int, room: str = "") -> None:
        """End what is forwarded as one of these, in every room or in that one: an agent or a
        process that died left it."""
        rooms = [one.conference for one in self.present.resources if isinstance(one, Room)]
        for name in [room] if room else rooms:
            for forward in await self.forwards(name):
                if forward.payload_type in payload_types:
                    await self.stop_forward(name, forward.feed, forward.stream)

    @staticmethod
    async def wait_up(handle: Handle) -> None:
        """Until ICE and DTLS are through; raises ``MediaError`` after five seconds."""
        try:
            await asyncio.wait_for(handle.up.wait(), UP_TIMEOUT_S)
        except TimeoutError:
            raise MediaError("link-timeout", "the link did not come up") from None
