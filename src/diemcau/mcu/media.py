"""The real media of an MCU: Janus and mixers behind ``diemcau.ports.media.Media``."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog

from diemcau.domain.resources import (
    ChildLink,
    Downlink,
    Examination,
    Input,
    Key,
    Listener,
    Mix,
    Mixer,
    MixerFeed,
    Publisher,
    Recording,
    Resource,
    Room,
    Uplink,
)
from diemcau.mcu.adoption import CONTROL, adopt
from diemcau.mcu.examinations import Examinations
from diemcau.mcu.ground import Ground
from diemcau.mcu.janus import Admin, Connection, Json, Session
from diemcau.mcu.janus_process import JanusProcess, Life
from diemcau.mcu.links import Links
from diemcau.mcu.mixing import Mixing
from diemcau.mcu.present import Held, Present
from diemcau.mcu.process import Process
from diemcau.mcu.program import Program
from diemcau.mcu.rooms import Rooms
from diemcau.mcu.sessions import Sessions
from diemcau.mcu.slot_reports import Event
from diemcau.ports.media import MediaError, Relay

log = structlog.get_logger(__name__)

AGAIN_S, PATIENCE = 1.0, 3

WORN_OUT = 100
"""Feeds of RTP: each leaves two ports and four descriptors behind in Janus 1.1.2. After so many
Janus begins afresh as soon as nothing is here."""

Driver = Callable[[Any], Awaitable[None]]
Changer = Callable[[Any, Any], Awaitable[None]]


class JanusMedia:
    """Starts and watches this host's Janus, and carries out the reconciler's actions on it.

    ``changed`` is called when the observed state differs, ``on_event`` with what mixers report;
    ``expected`` looks a key up in the desired state; ``reserve`` bytes of the disk stay free of
    recordings.
    """

    def __init__(
        self,
        mcu: str,
        folder: Path,
        address: str,
        relay: Relay,
        expected: Callable[[Key], Resource | None],
        changed: Callable[[], None],
        on_event: Event,
        reserve: int,
        program: Program,
    ) -> None:
        self._janus = JanusProcess(folder / "janus", address)
        self._present = Present(changed)
        self._changed = changed
        self._ground = Ground(mcu, self._present, relay)
        self._mixing = Mixing(self._ground, folder, on_event, reserve, program)
        self._rooms = Rooms(self._ground, self._mixing)
        self._examinations = Examinations(self._ground, self._rooms, folder / "examiner", on_event)
        self._links = Links(self._ground, expected)
        self._sessions = Sessions(self._ground, self._mixing, expected)
        self._life: Life | None = None
        self._process: Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._started = asyncio.Event()
        self.admin: Admin | None = None
        self._create: dict[type[Resource], Driver] = {
            Room: self._rooms.create_room,
            MixerFeed: self._rooms.create_feed,
            Mixer: self._mixing.create_mixer,
            Mix: self._mixing.set_mix,
            Input: self._mixing.create_input,
            Recording: self._mixing.recordings.create,
            Examination: self._examinations.create,
            Uplink: self._links.create_uplink,
            Downlink: self._links.create_downlink,
        }
        self._update: dict[type[Resource], Changer] = {
            Mix: lambda _, new: self._mixing.set_mix(new),
            Uplink: self._links.switch,
            ChildLink: self._links.switch,
            Listener: self._sessions.switch,
        }
        self._delete: dict[type[Resource], Driver] = {
            Room: self._rooms.delete_room,
            MixerFeed: self._rooms.delete_feed,
            Mixer: self._mixing.delete_mixer,
            Mix: self._mixing.forget_mix,
            Input: self._mixing.delete_input,
            Recording: self._mixing.recordings.delete,
            Examination: self._examinations.delete,
            Uplink: self._links.delete,
            Downlink: self._links.delete,
            ChildLink: self._links.delete,
            Publisher: self._sessions.delete,
            Listener: self._sessions.delete,
        }
        self._requests: dict[str, Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]] = {
            "whip.publish": self._sessions.publish,
            "whip.trickle": self._sessions.trickle,
            "whip.end": self._sessions.unpublish,
            "whep.play": self._sessions.play,
            "whep.answer": self._sessions.answer,
            "whep.keyframe": self._sessions.keyframe,
            "whep.end": self._sessions.unplay,
            "link.up": self._links.serve_up,
            "link.down": self._links.serve_down,
            "link.down-answer": self._links.serve_down_answer,
            "recording.list": self._mixing.recordings.listed,
            "recording.read": self._mixing.recordings.read,
        }

    @property
    def epoch(self) -> str:
        return self._life.epoch if self._life is not None else ""

    @property
    def observed(self) -> tuple[Resource, ...]:
        return self._present.resources

    @property
    def silent(self) -> list[tuple[str, str]]:
        """Sites from whom nothing comes any more though they are connected: (conference,
        site)."""
        return self._sites(lambda held: held.silent)

    @property
    def blind(self) -> list[tuple[str, str]]:
        """Sites whose picture has stopped while their sound comes: (conference, site)."""
        return self._sites(lambda held: held.blind)

    def _sites(self, such: Callable[[Held], bool]) -> list[tuple[str, str]]:
        return [
            (held.resource.conference, held.resource.site)
            for held in self._present.held
            if isinstance(held.resource, Publisher) and such(held)
        ]

    @property
    def deaf(self) -> list[str]:
        """Conferences whose programme, or its picture, has stopped coming from the MCU above."""
        return [
            held.resource.conference
            for held in self._present.held
            if isinstance(held.resource, Downlink) and held.resource.feed == "program"
            if held.silent or held.blind
        ]

    @property
    def present(self) -> Present:
        return self._present

    @property
    def ground(self) -> Ground:
        return self._ground

    @property
    def session(self) -> Session | None:
        return self._ground.session

    async def create(self, resource: Resource) -> None:
        await self._create[type(resource)](resource)

    async def update(self, old: Resource, new: Resource) -> None:
        await self._update[type(new)](old, new)

    async def delete(self, resource: Resource) -> None:
        await self._delete[type(resource)](resource)
        if self._rooms.removed >= WORN_OUT and not self._ground.held and self._process is not None:
            log.info("nothing is here, and janus begins afresh", feeds=self._rooms.removed)
            await self._process.stop()

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method not in self._requests:
            raise MediaError("unknown-method", f"no method {method!r}")
        try:
            return await self._requests[method](params)
        except (KeyError, TypeError, ValueError) as error:
            raise MediaError("bad-params", f"{method}: {error!r}") from error

    def say_again(self) -> None:
        """For a server that may have missed it: what is said only when it changes, and is not
        observed state."""
        self._mixing.say_again()
        self._examinations.say_again()

    async def start(self) -> None:
        """Start Janus, or find it running; from then on it is kept alive."""
        self._keeper = asyncio.create_task(self._keep_alive())
        await self._started.wait()

    async def stop(self) -> None:
        """End everything: mixers and Janus."""
        await self._end_keeper()
        await self._mixing.stop()
        await self._examinations.stop()
        if self._process is not None:
            await self._process.stop()

    async def leave(self) -> None:
        """End the agent only: pictures and sound go on, the next agent finds them. Examinations
        are made again by it."""
        await self._end_keeper()
        await self._examinations.stop()
        self._mixing.leave()

    async def _end_keeper(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper

    async def _keep_alive(self) -> None:
        """One life of Janus after the other. One that was found and does not answer may be busy:
        it is asked again, and ended only if it does not answer then either."""
        in_vain = 0
        while True:
            try:
                await self._live_once()
                in_vain = 0
            except (MediaError, OSError) as error:
                in_vain += 1
                log.error("janus does not run", error=str(error), in_vain=in_vain)
                if in_vain % PATIENCE == 0 and self._process is not None:
                    await self._process.stop()
                await asyncio.sleep(AGAIN_S)

    async def _live_once(self) -> None:
        """One life of Janus, from start or finding to its death."""
        life, process, found = await self._janus.find_or_start()
        self._life, self._process = life, process
        self._ground.room_secret = life.api_secret
        async with contextlib.AsyncExitStack() as stack:
            api = await Connection.open(
                life.api_port, "janus-protocol", {"apisecret": life.api_secret}, self._on_event
            )
            stack.push_async_callback(api.close)
            watcher = await Connection.open(
                life.admin_port,
                "janus-admin-protocol",
                {"admin_secret": life.admin_secret},
                lambda _: None,
            )
            stack.push_async_callback(watcher.close)
            self._ground.admin = self.admin = Admin(watcher)
            stack.callback(self._lost)
            await self._open_session(api, found)
            log.info("janus is running", epoch=life.epoch, found=found)
            self._started.set()
            self._changed()
            await api.closed()
        if not process.ended.is_set():
            log.warning("janus closed the connection; ending it")
            await process.stop()

    async def _open_session(self, api: Connection, found: bool) -> None:
        assert self.admin is not None
        sessions = await self.admin.sessions() if found else []
        if found and not sessions:
            assert self._process is not None
            await self._process.stop()
            raise MediaError("janus-empty", "its session is gone, and its rooms hold their ports")
        if sessions:
            session = await Session.claim(api, sessions[0])
            await adopt(self._ground, session, self.admin)
        else:
            session = await Session.create(api)
            self._ground.session = session
            self._ground.control = await session.attach(CONTROL)

    def _lost(self) -> None:
        """What lived in Janus is gone; the mixers go on."""
        if self._ground.session is not None:
            self._ground.session.close()
        self._ground.forget_all()
        self._rooms.removed = 0
        for held in self._present.held:
            if not isinstance(held.resource, Mixer | Mix | Recording):
                self._present.drop(held.resource.key)

    def _on_event(self, event: Json) -> None:
        handle = self._ground.handle(event.get("sender", 0))
        held = self._ground.by_handle(event.get("sender", 0))
        match event:
            case {"janus": "webrtcup"} if handle is not None:
                handle.up.set()
            case {"janus": "hangup" | "detached", **rest} if held is not None:
                log.info("hung up", key=held.resource.key, reason=rest.get("reason", ""))
                self._spawn(self._ground.release(held.resource.key))
            case {"janus": "event", "jsep": {"type": "offer"}} if handle is not None:
                self._ground.offered(handle)
            case {"janus": "media", "type": str(kind), "receiving": bool(comes)} if handle:
                self._present.set_comes(handle, (kind, event.get("substream", 0)), comes)

    def _spawn(self, work: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
