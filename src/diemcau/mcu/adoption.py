"""An agent that starts anew finds Janus as it was, and reads what is there from Janus itself."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from diemcau.domain.resources import (
    BLANK,
    ChildLink,
    Downlink,
    Listener,
    MixerFeed,
    Publisher,
    Resource,
    Room,
    Uplink,
)
from diemcau.mcu.ground import SEPARATOR, Ground
from diemcau.mcu.janus import Admin, Handle, Json, Session, Size, media_of
from diemcau.mcu.links import link_mids
from diemcau.mcu.present import Held, Mids
from diemcau.mcu.rooms import feed_mids
from diemcau.mcu.sessions import mids_of
from diemcau.mcu.statistics import moved_on, sizes_of
from diemcau.ports.media import MediaError

CONTROL = "control"
AGAIN_S = 1.0


async def adopt(ground: Ground, session: Session, admin: Admin) -> None:
    """Fill ``ground.present`` from a session that an earlier agent left; dead handles are given
    back."""
    ground.session = session
    for number in await admin.handles(session.number):
        handle = session.handle(number)
        info = await admin.info(session.number, number)
        name = str(info.get("opaque_id", ""))
        if name == CONTROL:
            ground.control = handle
            continue
        plugin = info.get("plugin_specific") or {}
        resource = _resource(name, plugin)
        if resource is None or not _alive(info):
            await handle.detach()
            continue
        handle.up.set()
        sizes = sizes_of(media_of(info), "in")
        came = {key: size for key, size in sizes.items() if size["packets"]}
        handle.comes = {key: bool(size["bytes_lastsec"]) for key, size in came.items()}
        held = ground.present.put(Held(resource, handle, _mids(resource, info)))
        if plugin.get("answered") is False:
            ground.offered(handle)
        if not all(handle.comes.values()):
            ground.spawn(_look_again(ground, held, handle, came))
    if ground.control is None:
        ground.control = await session.attach(CONTROL)
    await _adopt_rooms(ground)


async def _look_again(
    ground: Ground, held: Held, handle: Handle, before: Mapping[Size, Json]
) -> None:
    """Janus does not say again what comes, and knows no rate of what began within a second."""
    await asyncio.sleep(AGAIN_S)
    with contextlib.suppress(MediaError):
        now = sizes_of(await ground.media(held), "in")
        for size in moved_on(before, now):
            ground.present.set_comes(handle, size, True)


async def _adopt_rooms(ground: Ground) -> None:
    for room in (await ground.ask("list"))["list"]:
        conference = str(room["room"])
        feeds = await ground.participants(conference)
        if BLANK in feeds:
            ground.present.put(Held(Room(conference)))
        for feed, participant in feeds.items():
            if feed.startswith("chirp/"):  # its examination ended with the former agent
                await ground.ask("remove_remote_publisher", room=conference, id=feed)
            elif participant.get("remote") and feed != BLANK:
                ground.present.put(Held(MixerFeed(conference, feed), mids=feed_mids(feed)))


def _resource(name: str, plugin: Json) -> Resource | None:
    """The resource a handle was made for, with the feeds it draws on now."""
    feeds = {s["type"]: s.get("feed_id", "") for s in reversed(plugin.get("streams") or [])}
    with contextlib.suppress(ValueError):
        match name.split(SEPARATOR):
            case ["uplink", conference, lane, parent, epoch]:
                return Uplink(conference, int(lane), parent, epoch, feeds.get("video", ""))
            case ["downlink", conference, feed, parent, epoch]:
                return Downlink(conference, feed, parent, epoch)
            case ["child-link", conference, child, link]:
                up, sound = link.startswith("up/"), feeds.get("audio", "")
                return ChildLink(conference, child, link, "" if up else feeds.get("video", sound))
            case ["publisher", conference, site, session]:
                return Publisher(conference, site, session)
            case ["listener", conference, session, site, feed]:
                picture, sound = feeds.get("video", ""), feeds.get("audio", "")
                return Listener(conference, session, site, feed, picture or sound, sound)
    return None


def _alive(info: dict[str, Any]) -> bool:
    webrtc = info.get("webrtc") or {}
    ice = webrtc.get("ice", {}).get("state")
    dtls = webrtc.get("dtls", {}).get("dtls-state")
    return ice in ("connected", "ready") and dtls == "connected"


def _mids(resource: Resource, info: Json) -> Mids:
    if isinstance(resource, Publisher):
        return mids_of((info.get("plugin_specific") or {}).get("streams") or [])
    match resource:
        case Downlink(feed=link) | ChildLink(link=link):
            return link_mids(link)
    return Mids()
