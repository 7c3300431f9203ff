"""A still of each publisher in turn: Janus forwards its picture for a moment, the stills' process
asks for a keyframe and decodes that one, and the forward is ended."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog

from diemcau.domain.resources import Key, Publisher
from diemcau.domain.stills import Pace, Round
from diemcau.mcu.apart import Apart
from diemcau.mcu.ground import Ground
from diemcau.mcu.present import Held
from diemcau.ports.media import MediaError

log = structlog.get_logger(__name__)

STILL_PT = 108
"""The payload type of what is forwarded for a still, by which no other forward is known."""

RESTART_S = 1.0
HOST = "127.0.0.1"

Deliver = Callable[[dict[str, Any]], Awaitable[None]]
"""Takes the parameters of a ``still`` (docs/protocol.md section 4); returns when it is sent."""


class Stills:
    """``wake`` it when somebody comes or goes. ``folder`` is the process's."""

    def __init__(self, ground: Ground, folder: Path, deliver: Deliver, pace: Pace) -> None:
        self._ground = ground
        self._folder = folder
        self._deliver = deliver
        self._round = Round(pace)
        self._process: Apart | None = None
        self._wake = asyncio.Event()
        self._taking: dict[Key, asyncio.Task[None]] = {}

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled; a process that dies is started anew."""
        while True:
            try:
                await self._live_once()
            except MediaError as error:
                log.error("no stills", error=str(error))
            await asyncio.sleep(RESTART_S)

    async def stop(self) -> None:
        if self._process is not None:
            await self._process.stop()

    def leave(self) -> None:
        if self._process is not None:
            self._process.leave()

    async def _live_once(self) -> None:
        """One life of the process, from start or finding to its death."""
        while not self._sites():
            await self._next_wake(None)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        process = self._process = Apart("stills", self._folder, lambda event: None, self.wake)
        found = await process.find_or_start()
        try:
            port = (await process.call("status", {}))["port"]
            log.info("stills are taken", found=found)
            await self._ground.stop_strays(STILL_PT)
            while process.running:
                await self._next_wake(self._take_due(process, port))
            log.warning("the stills' process ended")
        except MediaError:
            await process.stop()
            raise
        finally:
            await self._give_up()

    async def _give_up(self) -> None:
        """End what is under way."""
        taking = list(self._taking.values())
        for task in taking:
            task.cancel()
        await asyncio.gather(*taking, return_exceptions=True)
        self._taking.clear()

    async def _next_wake(self, within_s: float | None) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._wake.wait()
        self._wake.clear()

    def _sites(self) -> dict[Key, Held]:
        """Those that send a picture now."""
        return {
            held.resource.key: held
            for held in self._ground.present.held
            if isinstance(held.resource, Publisher) and held.mids.video
            if not (held.silent or held.blind)
        }

    def _take_due(self, process: Apart, port: int) -> float | None:
        """Begin what is due; gives the seconds until more is, None if that takes a change."""
        now, sites = asyncio.get_running_loop().time(), self._sites()
        while len(self._taking) < self._round.pace.at_once:
            turn = self._round.next(site for site in sites if site not in self._taking)
            if turn is None:
                return None
            site, due = turn
            if due > now:
                return due - now
            self._round = self._round.with_asked(site, now, sites.keys())
            work = self._try(process, port, sites[site])
            self._taking[site] = asyncio.create_task(work)
        return None

    async def _try(self, process: Apart, port: int, held: Held) -> None:
        """A site of which there is no still now has its turn again."""
        site = held.resource.key
        try:
            await self._take(process, port, held)
        except MediaError as error:
            log.debug("no still", site=site, error=str(error))
            if error.code == process.silent:
                await process.stop()
                self.wake()
        except Exception:
            log.exception("a still broke", site=site)
        finally:
            self._taking.pop(site, None)
            self.wake()

    async def _take(self, process: Apart, port: int, held: Held) -> None:
        publisher = held.resource
        assert isinstance(publisher, Publisher)
        feed, ssrc = f"site/{publisher.site}", secrets.randbits(31)
        stream = {"mid": held.mids.video, "port": port, "rtcp_port": port}
        reply = await self._ground.ask(
            "rtp_forward",
            room=publisher.conference,
            publisher_id=feed,
            host=HOST,
            streams=[{**stream, "ssrc": ssrc, "pt": STILL_PT}],
        )
        forwarder = reply["forwarders"][0]
        try:
            pli = [HOST, forwarder["local_rtcp_port"]]
            still = await process.call("take", {"ssrc": ssrc, "pli": pli})
        finally:
            await self._ground.stop_forward(publisher.conference, feed, forwarder["stream_id"])
        if self._ground.present.get(publisher.key) is held:
            site = {"conference": publisher.conference, "site": publisher.site}
            await self._deliver({**site, "jpeg": still["jpeg"]})
