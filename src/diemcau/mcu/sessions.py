"""The sites' own sessions: pictures and sound in by WHIP, the programme out by WHEP."""

import asyncio
from collections.abc import Callable
from typing import Any

from diemcau.domain.resources import Key, Listener, Publisher, Resource
from diemcau.domain.source import site_of
from diemcau.mcu import sdp
from diemcau.mcu.ground import Ground, opaque
from diemcau.mcu.janus import Handle, JanusError, Json
from diemcau.mcu.mixing import Mixing
from diemcau.mcu.present import Held, Mids
from diemcau.ports.media import MediaError

JOIN_TIMEOUT_S = 15.0
FEED_EXISTS = 436
NAME_WAITS_S = (0.01, 0.02, 0.05, 0.1, 0.3)


class Sessions:
    """Serves ``whip.*`` and ``whep.*``; changes and removes ``Publisher`` and ``Listener``."""

    def __init__(
        self, ground: Ground, mixing: Mixing, expected: Callable[[Key], Resource | None]
    ) -> None:
        self._ground = ground
        self._mixing = mixing
        self._expected = expected

    async def publish(self, params: dict[str, Any]) -> dict[str, Any]:
        """``whip.publish``: a site's offer in, Janus's answer out."""
        room, source = params["conference"], params["site"]
        self._require_room(room)
        self._require_admission(room, site_of(source))
        publisher = Publisher(room, source, params["session"])
        former = self._ground.find(publisher.key)
        if former is not None and not (params.get("replace") or former.silent):
            raise MediaError("already-publishing", f"{source} is publishing already")
        if former is not None:
            await self._require_readable(publisher, params["offer"])
            await self._ground.release(publisher.key)
        handle, data = await self._join(publisher, params["offer"])
        held = Held(publisher, handle, mids_of(data.get("streams", [])))
        self._ground.keep_when_up(held, JOIN_TIMEOUT_S)
        return {"answer": data["jsep"]["sdp"]}

    async def trickle(self, params: dict[str, Any]) -> dict[str, Any]:
        """``whip.trickle``: more of the client's candidates (RFC 8840 fragment)."""
        held = self._publisher(params)
        _, candidates = sdp.split_candidates(params["fragment"])
        if held.handle is not None:
            await held.handle.trickle(candidates)
        return {}

    async def unpublish(self, params: dict[str, Any]) -> dict[str, Any]:
        """``whip.end``"""
        await self._ground.release(self._publisher(params).resource.key)
        return {}

    async def play(self, params: dict[str, Any]) -> dict[str, Any]:
        """``whep.play``: Janus's offer of a feed."""
        room, site, feed = params["conference"], params.get("site", ""), params["feed"]
        self._require_room(room)
        if site:
            self._require_admission(room, site)
        if feed.startswith("slot/"):
            feed = self._mixing.slot_feed(room, feed.removeprefix("slot/"))
        source = self._ground.present.feed(room, feed)
        if source is None:
            raise MediaError("no-feed", f"{feed} is not on this MCU now")
        listener = Listener(room, params["session"], site, feed, feed, feed)
        handle = await self._ground.attach(opaque(listener.key, site, feed))
        try:
            offer = await self._ground.subscribe(handle, room, [{"feed": feed}])
        except BaseException:
            await self._ground.discard(handle)
            raise
        self._ground.settled(handle)
        mids = Mids("0", "1") if source.mids.video else Mids("0", "")
        self._ground.keep_if_up(Held(listener, handle, mids), JOIN_TIMEOUT_S)
        return {"offer": offer}

    async def answer(self, params: dict[str, Any]) -> dict[str, Any]:
        """``whep.answer``: the client's answer to that offer."""
        handle = self._listener(params).handle
        assert handle is not None
        try:
            await handle.message(jsep={"type": "answer", "sdp": params["answer"]}, request="start")
        except JanusError as error:
            raise MediaError("bad-sdp", str(error)) from error
        return {}

    async def keyframe(self, params: dict[str, Any]) -> dict[str, Any]:
        """``whep.keyframe``: the viewer sees no new picture though packets come."""
        listener = self._listener(params).resource
        assert isinstance(listener, Listener)
        if not await self._ground.ask_keyframe(listener.conference, listener.picture):
            await self._mixing.keyframe(listener.conference, listener.picture)
        return {}

    async def unplay(self, params: dict[str, Any]) -> dict[str, Any]:
        """``whep.end``"""
        await self._ground.release(self._listener(params).resource.key)
        return {}

    async def switch(self, old: Listener, new: Listener) -> None:
        """Let a session hear, and see, other feeds than now."""
        held = self._ground.present.get(old.key)
        picture = self._ground.present.feed(new.conference, new.picture)
        sound = self._ground.present.feed(new.conference, new.sound)
        if held is None or picture is None or sound is None:
            raise MediaError("no-feed", f"{new.picture} or {new.sound} is not here")
        streams = []
        if old.sound != new.sound:
            streams.append((new.sound, sound.mids.audio, held.mids.audio))
        if old.picture != new.picture and held.mids.video:
            streams.append((new.picture, picture.mids.video, held.mids.video))
        await self._ground.switch(held, streams)
        self._ground.present.replace(new)

    async def delete(self, resource: Resource) -> None:
        await self._ground.release(resource.key)

    async def _join(self, publisher: Publisher, offer: str) -> tuple[Handle, Json]:
        """Join as the site's feed. A former publisher that was let go a moment ago may hold the
        feed's name a little longer: Janus tidies up after it has said that it did."""
        waits = iter(NAME_WAITS_S)
        while True:
            try:
                return await self._try_to_join(publisher, offer)
            except JanusError as error:
                if error.number != FEED_EXISTS:
                    raise MediaError("bad-sdp", str(error)) from error
                wait_s = next(waits, None)
                if wait_s is None:
                    raise MediaError("name-held", str(error)) from error
                await asyncio.sleep(wait_s)

    async def _try_to_join(self, publisher: Publisher, offer: str) -> tuple[Handle, Json]:
        handle = await self._ground.attach(opaque(publisher.key, publisher.session))
        try:
            feed = f"site/{publisher.site}"
            return handle, await self._ground.publish(handle, publisher.conference, feed, offer)
        except BaseException:
            await self._ground.discard(handle)
            raise

    async def _require_readable(self, publisher: Publisher, offer: str) -> None:
        """Raise ``bad-sdp`` while the former publisher is still there: Janus reads a description
        before it looks whether the feed's name is free."""
        handle = await self._ground.attach("reading")
        try:
            feed = f"site/{publisher.site}"
            await self._ground.publish(handle, publisher.conference, feed, offer)
        except JanusError as error:
            if error.number != FEED_EXISTS:
                raise MediaError("bad-sdp", str(error)) from error
        finally:
            await self._ground.discard(handle)

    def _require_room(self, conference: str) -> None:
        if self._ground.present.get(("room", conference)) is None:
            raise MediaError("no-room", f"conference {conference} is not on this MCU yet")

    def _require_admission(self, conference: str, site: str) -> None:
        if self._expected(("admission", conference, site)) is None:
            raise MediaError("not-admitted", f"{site} is not admitted at this MCU")

    def _publisher(self, params: dict[str, Any]) -> Held:
        for held in self._ground.held:
            resource = held.resource
            if isinstance(resource, Publisher) and resource.session == params["session"]:
                return held
        raise MediaError("no-session", "this session has ended")

    def _listener(self, params: dict[str, Any]) -> Held:
        held = self._ground.present.get(("listener", params["conference"], params["session"]))
        if held is None:
            raise MediaError("no-session", "this session has ended")
        return held


def mids_of(streams: list[Json]) -> Mids:
    """A publisher's mids from Janus's list of its streams."""
    by_type = {stream["type"]: str(stream["mid"]) for stream in reversed(streams)}
    simulcast = any(stream.get("simulcast") for stream in streams)
    return Mids(by_type.get("audio", ""), by_type.get("video", ""), simulcast)
