"""Examinations: a site's RTP forwarded to the examiner, whose chirp is the feed that it hears."""

import asyncio
import contextlib
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog

from diemcau.domain.resources import Examination, Key, Listener
from diemcau.mcu.apart import Apart
from diemcau.mcu.ground import Ground
from diemcau.mcu.mixers import CHIRP_SSRC
from diemcau.mcu.ports import free_udp_ports, give_back
from diemcau.mcu.present import Held
from diemcau.mcu.rooms import Rooms, feed_mids
from diemcau.mcu.slot_reports import Event, Json
from diemcau.mcu.statistics import Reading, sum_of
from diemcau.ports.media import MediaError

log = structlog.get_logger(__name__)

HOST = "127.0.0.1"
AUDIO_PT, VIDEO_PT = 112, 109
"""Payload types of what is forwarded for an examination, by which no other forward is known."""

SECONDS = 6
"""How long the examiner looks and listens."""

GRACE_S = 50.0
"""What the analysis may take beside, the first one above all."""

DIED = ("closed", "examiner-gone")

Readings = list[Reading]
"""Of each medium of a handle."""


class Examinations:
    """Makes and removes ``Examination``; ``on_event`` is told what each found, or why it found
    nothing."""

    def __init__(
        self,
        ground: Ground,
        rooms: Rooms,
        folder: Path,
        on_event: Event,
    ) -> None:
        self._ground = ground
        self._rooms = rooms
        self._folder = folder
        self._on_event = on_event
        self._examiner: Apart | None = None
        self._starting = asyncio.Lock()
        self._looking: dict[Key, asyncio.Task[None]] = {}
        self._told: dict[Key, Json] = {}
        self._open: dict[Key, int] = {}

    async def create(self, wanted: Examination) -> None:
        self._end_looking(wanted.key)
        examiner = await self._running()
        await self._close(wanted.key)  # what was open when Janus died, and every forward with it
        opened = await examiner.call("open", {})
        self._open[wanted.key] = opened["id"]
        notes: Json = {"streams": []}
        try:
            notes["ports"] = port, rtcp_port = free_udp_ports(2)
            await self._rooms.add_feed(wanted.conference, wanted.chirp, port, rtcp_port)
            pli = await self._forward(wanted, opened, notes)
            if self._examiner is not examiner:
                raise MediaError("examiner-gone", "the examiner died meanwhile")
        except MediaError:
            await self._clear(wanted, notes)
            raise
        self._ground.present.put(Held(wanted, mids=feed_mids(wanted.chirp), notes=notes))
        chirp = {"host": HOST, "port": port, "ssrc": CHIRP_SSRC}
        order = {"id": opened["id"], "seconds": SECONDS, "pli": pli, "chirp": chirp}
        self._looking[wanted.key] = asyncio.create_task(self._look(examiner, wanted, order))

    async def delete(self, unwanted: Examination) -> None:
        held = self._ground.present.drop(unwanted.key)
        self._end_looking(unwanted.key)
        if held is not None:
            await self._clear(unwanted, held.notes)

    def say_again(self) -> None:
        """What came out of those that are there still."""
        for told in self._told.values():
            self._on_event("examined", told)

    async def stop(self) -> None:
        for task in self._looking.values():
            task.cancel()
        if self._examiner is not None:
            await self._examiner.stop()

    async def _running(self) -> Apart:
        """The examiner; one that a former agent left is ended, with all it had."""
        async with self._starting:
            if self._examiner is None or not self._examiner.running:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                examiner = self._new()
                if await examiner.find_or_start():
                    await examiner.stop()
                    examiner = self._new()
                    await examiner.find_or_start()
                await self._ground.stop_strays(AUDIO_PT, VIDEO_PT)
                self._examiner = examiner
            return self._examiner

    def _new(self) -> Apart:
        return Apart("examiner", self._folder, lambda _: None, self._ended, sys.executable)

    async def _forward(self, wanted: Examination, opened: Json, notes: Json) -> list[Any] | None:
        """Send the site's sound and picture to the examiner; where its keyframes are asked for."""
        publisher = self._ground.present.feed(wanted.conference, f"site/{wanted.site}")
        if publisher is None:
            raise MediaError("no-feed", f"{wanted.site} has gone")
        ways = (
            (publisher.mids.audio, opened["audio"][1], AUDIO_PT),
            (publisher.mids.video, opened["video"][1], VIDEO_PT),
        )
        streams = [
            {"mid": mid, "port": port, "ssrc": secrets.randbits(31), "pt": payload_type}
            | ({"rtcp_port": port} if payload_type == VIDEO_PT else {})
            for mid, port, payload_type in ways
            if mid
        ]
        reply = await self._ground.ask(
            "rtp_forward",
            room=wanted.conference,
            publisher_id=f"site/{wanted.site}",
            host=HOST,
            streams=streams,
        )
        notes["streams"] = [forwarder["stream_id"] for forwarder in reply["forwarders"]]
        rtcp = [f["local_rtcp_port"] for f in reply["forwarders"] if "local_rtcp_port" in f]
        return [HOST, rtcp[0]] if rtcp else None

    async def _look(self, examiner: Apart, wanted: Examination, order: Json) -> None:
        """Tell what is found; not of an examiner that died, for its examinations are made again."""
        try:
            found = await self._found(examiner, wanted, order)
        except MediaError as error:
            log.warning("not examined", site=wanted.site, error=str(error))
            if error.code in DIED:
                return
            found = {"failed": error.code}
        except Exception as error:
            log.exception("not examined", site=wanted.site)
            found = {"failed": repr(error)}
        about = {"conference": wanted.conference, "site": wanted.site, "attempt": wanted.attempt}
        told = self._told[wanted.key] = {**about, **found}
        self._on_event("examined", told)

    async def _found(self, examiner: Apart, wanted: Examination, order: Json) -> Json:
        came = await self._came(wanted)
        sent = await self._read(self._sessions(wanted), "out")
        found = await examiner.call("run", order, timeout_s=SECONDS + GRACE_S)
        ears = self._sessions(wanted, sound=wanted.chirp)
        line = way_up(came, await self._came(wanted))
        line |= way_down(sent, await self._read(ears, "out"))
        return {**found, "figures": {**found["figures"], **line}, "hears": bool(ears)}

    def _sessions(self, wanted: Examination, sound: str = "") -> list[Held]:
        """What the site plays: of its sessions all, or those that hear this feed."""
        return [
            held
            for held in self._ground.present.held
            if isinstance(held.resource, Listener)
            and (held.resource.conference, held.resource.site) == (wanted.conference, wanted.site)
            and sound in ("", held.resource.sound)
        ]

    async def _came(self, wanted: Examination) -> dict[int, Readings]:
        """What came of the site so far, by handle."""
        publisher = self._ground.present.feed(wanted.conference, f"site/{wanted.site}")
        return await self._read([publisher] if publisher is not None else [], "in")

    async def _read(self, handles: list[Held], way: str) -> dict[int, Readings]:
        """What went that way so far, by handle."""
        found = {}
        for held in handles:
            media = await self._ground.media(held)
            if media and held.handle is not None:
                at = time.monotonic()
                found[held.handle.number] = [Reading.of(medium, way, at) for medium in media]
        return found

    def _end_looking(self, key: Key) -> None:
        self._told.pop(key, None)
        task = self._looking.pop(key, None)
        if task is not None:
            task.cancel()

    def _ended(self) -> None:
        """The process died: with it all its examinations, which are made again."""
        self._examiner = None
        self._open.clear()
        for held in self._ground.present.held:
            if isinstance(held.resource, Examination):
                self._ground.present.drop(held.resource.key)

    async def _clear(self, examination: Examination, notes: Json) -> None:
        for stream in notes["streams"]:
            feed = f"site/{examination.site}"
            await self._ground.stop_forward(examination.conference, feed, stream)
        await self._rooms.remove_feed(examination.conference, examination.chirp)
        give_back(notes.get("ports", []))
        # Not before nothing is forwarded there any more: whoever is next may get the same port.
        await self._close(examination.key)

    async def _close(self, key: Key) -> None:
        number = self._open.pop(key, None)
        if number is not None and self._examiner is not None and self._examiner.running:
            with contextlib.suppress(MediaError):
                await self._examiner.call("close", {"id": number})


def way_up(before: Mapping[int, Readings], after: Mapping[int, Readings]) -> dict[str, float]:
    """What came of a site in the whole examination: ``kbps`` and ``loss_pct``."""
    return _rounded(_rates(before, after, lambda _: True))


def way_down(before: Mapping[int, Readings], after: Mapping[int, Readings]) -> dict[str, float]:
    """What arrived of what was sent down to a session: ``down_kbps`` and ``down_loss_pct``.

    Of a receiver report with several blocks Janus reads the first: losses are counted of the media
    of which it knows any."""
    rates = _rates(before, after, lambda _: True)
    if not rates:
        return {}
    loss = _rates(before, after, lambda reading: reading.lost > 0).get("loss_pct", 0.0)
    return _rounded({"down_kbps": rates["kbps"] * (1 - loss / 100), "down_loss_pct": loss})


def _rates(
    before: Mapping[int, Readings], after: Mapping[int, Readings], counts: Callable[[Reading], bool]
) -> dict[str, float]:
    """Of the handle that is the same as before, and of its media that count; nothing if none."""
    for handle in before.keys() & after.keys():
        pairs = zip(before[handle], after[handle], strict=False)
        counted = [(was, now) for was, now in pairs if counts(now)]
        if counted:
            return sum_of(now for _, now in counted).since(sum_of(was for was, _ in counted))
    return {}


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in figures.items()}
