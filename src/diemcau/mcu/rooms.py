"""Rooms, and the mixer's outputs in them."""

import asyncio
from typing import Any

from diemcau.domain.conference import BUSES
from diemcau.domain.resources import BLANK, MixerFeed, Room
from diemcau.mcu.ground import Ground
from diemcau.mcu.janus import JanusError
from diemcau.mcu.mixers import audio_index
from diemcau.mcu.mixing import Mixing
from diemcau.mcu.ports import free_udp_ports
from diemcau.mcu.present import Held, Mids
from diemcau.ports.media import MediaError

NO_SUCH_ROOM, ROOM_EXISTS = 426, 427
LOOK_AGAIN_S, WITHIN_S = 0.005, 2.0


class Rooms:
    """Makes and removes ``Room`` and ``MixerFeed``."""

    def __init__(self, ground: Ground, mixing: Mixing) -> None:
        self._ground = ground
        self._mixing = mixing
        self._changing = asyncio.Lock()
        self.removed = 0
        """Feeds, in this life of Janus."""

    async def create_room(self, room: Room) -> None:
        try:
            await self._ground.ask(
                "create",
                room=room.conference,
                publishers=4096,
                audiocodec="opus",
                videocodec="h264",
                h264_profile="42e01f",
                bitrate=0,
                fir_freq=0,
                notify_joining=False,
            )
        except JanusError as error:
            if error.number != ROOM_EXISTS:
                raise
        port, rtcp_port = free_udp_ports(2)
        await self.add_feed(room.conference, BLANK, port, rtcp_port, video=True)
        self._ground.present.put(Held(room))

    async def delete_room(self, room: Room) -> None:
        for held in self._ground.present.held:
            if isinstance(held.resource, MixerFeed) and (
                held.resource.conference == room.conference
            ):
                await self.delete_feed(held.resource)
        await self.remove_feed(room.conference, BLANK)
        try:
            await self._ground.ask("destroy", room=room.conference)
        except JanusError as error:
            if error.number != NO_SUCH_ROOM:
                raise
        self._ground.present.drop(room.key)

    async def create_feed(self, feed: MixerFeed) -> None:
        output = self._mixing.settings(feed.conference)["outputs"][feed.feed]
        video = feed.feed in BUSES
        await self.add_feed(
            feed.conference, feed.feed, output["port"], output["rtcp_port"], video=video
        )
        self._ground.present.put(Held(feed, mids=feed_mids(feed.feed)))

    async def delete_feed(self, feed: MixerFeed) -> None:
        await self.remove_feed(feed.conference, feed.feed)
        self._ground.present.drop(feed.key)

    async def add_feed(
        self, room: str, feed: str, port: int, rtcp_port: int, *, video: bool = False
    ) -> None:
        """A feed of what arrives as RTP on these ports of this host, in place of one so called.

        One at a time, and until it is there: Janus 1.1.2 enters it in the room after it has
        answered, from a thread of the feed's own and without a lock.
        """
        streams: list[dict[str, Any]] = [
            {"type": "audio", "mid": str(i), "mindex": i, "codec": "opus", "disabled": True}
            for i in range(audio_index(feed))
        ]
        index = len(streams)
        streams.append({"type": "audio", "mid": str(index), "mindex": index, "codec": "opus"})
        if video:
            streams.append({"type": "video", "mid": "1", "mindex": 1, "codec": "h264"})
        async with self._changing:
            await self._remove(room, feed)
            await self._ground.ask(
                "add_remote_publisher",
                room=room,
                id=feed,
                display=feed,
                iface="127.0.0.1",
                port=port,
                rtcp_port=rtcp_port,
                streams=streams,
            )
            await self._until(room, feed, there=True)

    async def remove_feed(self, room: str, feed: str) -> None:
        async with self._changing:
            await self._remove(room, feed)

    async def _remove(self, room: str, feed: str) -> None:
        try:
            await self._ground.ask("remove_remote_publisher", room=room, id=feed)
        except JanusError:
            return
        self.removed += 1
        await self._until(room, feed, there=False)

    async def _until(self, room: str, feed: str, *, there: bool) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + WITHIN_S
        while (feed in await self._ground.participants(room)) is not there:
            if loop.time() > end:
                raise MediaError("feed-stuck", f"{feed} {'does not come' if there else 'stays'}")
            await asyncio.sleep(LOOK_AGAIN_S)


def feed_mids(feed: str) -> Mids:
    """The mids under which a mixer's output stands in its Janus publisher."""
    return Mids(audio=str(audio_index(feed)), video="1" if feed in BUSES else "")
