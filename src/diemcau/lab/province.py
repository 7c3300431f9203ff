"""A whole province running on this machine: server, MCU hosts, sites, and ways to look at it.

The demo, the benches and the media tests all stand on this one stage, so that what they show is
what is shipped: the same commands, started in the same way.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import httpx2

import diemcau
from diemcau.bootstrap import is_loopback
from diemcau.domain.directory import Directory, Site
from diemcau.domain.roles import Role
from diemcau.identity import DerivedAgentKeys, JwtTokens, load_secret
from diemcau.lab.errors import LabError
from diemcau.lab.meeting import Meeting
from diemcau.lab.net import Host, Network
from diemcau.lab.supervise import Supervisor
from diemcau.lab.watching import Watching
from diemcau.mcu.ports import free_tcp_ports
from diemcau.mcu.program import USUAL
from diemcau.provinces import load
from diemcau.services.clock import SystemClock

SOURCE = Path(diemcau.__file__).parent.parent
SYNTHETIC = ["/usr/bin/python3", "-m", "diemcau.synthetic"]


NO_FAULTS: Mapping[str, str] = MappingProxyType({})

CONTENT_NUMBERS = 1050
"""What a synthetic site's content shows (and sounds like) is this much above the site's number."""


class Province:
    """``async with Province(folder) as province:`` … everything ends with the block.

    ``mcus`` names those to run (all of the province by default). On a loopback ``host`` each MCU
    has a host of its own in a network of its own; on any other, all run on this machine and take
    media at that address, so that other machines reach them. ``clock_speed``: how much faster the
    server's time of day runs; ``stills_every``: seconds between two stills of a site;
    ``program``: the picture that mixers make.
    """

    def __init__(
        self,
        folder: Path,
        name: str = "vinh-phuc-2022",
        *,
        mcus: Sequence[str] = (),
        host: str = "127.0.0.1",
        port: int = 0,
        clock_speed: float = 1,
        stills_every: int = 10,
        program: str = str(USUAL),
    ) -> None:
        self.folder = folder
        self._name = name
        loaded = load(name)
        self.master = loaded.master
        self.directory: Directory = loaded.directory()
        self._mcus = tuple(mcus) or tuple(self.directory.mcus)
        self._host = host
        self._port = port
        self._clock_speed = clock_speed
        self._stills_every = stills_every
        self._program = program
        self._stack = AsyncExitStack()
        self._network: Network | None = None
        self._publishes: dict[tuple[str, str], str] = {}
        self.hosts: dict[str, Host | Machine] = {}
        self.url = self.lab_url = self.public_url = ""

    async def __aenter__(self) -> Self:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if is_loopback(self._host):
                self._network = self._stack.enter_context(Network())
            self.supervisor = Supervisor(self.folder / "logs")
            await self._stack.enter_async_context(self.supervisor)
            await self._start_server()
            for mcu in self._mcus:
                await self.start_mcu(mcu)
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def token(
        self, role: str = "operator", conference: str = "", site: str = "", hours: float = 24
    ) -> str:
        """A token as the server would issue it."""
        tokens = JwtTokens(load_secret(self.folder / "server"), SystemClock())
        token, _ = tokens.issue(
            f"lab-{role}", Role(role), conference=conference, site=site, hours=hours
        )
        return token

    async def start_mcu(self, mcu: str) -> None:
        """The MCU's agent on a host of its own (its host stays when the agent ends)."""
        if mcu not in self.hosts:
            self.hosts[mcu] = self._network.host(mcu) if self._network else Machine(self._host)
        host = self.hosts[mcu]
        key_file = self.folder / f"{mcu}.key"
        key_file.write_text(DerivedAgentKeys(load_secret(self.folder / "server")).key(mcu))
        argv = [
            sys.executable, "-m", "diemcau.cli", "mcu", mcu,
            "--key-file", str(key_file),
            "--address", host.address,
            "--server", self.lab_url.replace("http", "ws", 1),
            "--folder", str(self.folder / "mcu" / mcu),
            "--stills-every", str(self._stills_every),
            "--program", self._program,
        ]  # fmt: skip
        # SIGINT ends an agent together with its Janus and mixers, SIGTERM would spare them.
        await self.supervisor.start(f"agent-{mcu}", host.command(argv), stop=signal.SIGINT)

    async def open(
        self,
        title: str,
        sites: Sequence[str],
        *,
        chair: str = "",
        master: str = "",
        buses: Sequence[str] = ("program",),
        **more: Any,
    ) -> Meeting:
        """Open a conference; the meeting ends with the province."""
        body = {
            "title": title,
            "master": master or self.master,
            "sites": list(sites),
            "buses": list(buses),
            **({"chair": chair} if chair else {}),
            **more,
        }
        headers = {"Authorization": f"Bearer {self.token()}"}
        async with httpx2.AsyncClient(base_url=self.url, headers=headers) as client:
            reply = await client.post("/api/conferences", json=body)
        if reply.is_error:
            raise LabError(f"open: {reply.status_code} {reply.text}")
        return await self.join(reply.json()["id"])

    async def join(self, conference: str) -> Meeting:
        """A conference that is open already, as its operator; it ends with the province."""
        meeting = Meeting(self.url, conference, self.token())
        return await self._stack.enter_async_context(meeting)

    async def publish(
        self,
        meeting: Meeting,
        sites: Sequence[str],
        *,
        width: int = 320,
        height: int = 180,
        fps: int = 10,
        bitrate: int = 200_000,
        motion: bool = False,
        play: bool = False,
        content: bool = False,
        faults: Mapping[str, str] = NO_FAULTS,
        at: Host | None = None,
    ) -> None:
        """Synthetic sites, or their content, on the host of their home MCU, or ``at`` another: one
        process a host. ``faults``: what is wrong with whom (``synthetic.faults``)."""
        by_mcu: dict[str, list[Site]] = {}
        for site_id in sites:
            site = self.directory.site(site_id)
            by_mcu.setdefault(site.mcu, []).append(site)
        for mcu, group in by_mcu.items():
            name = publishing(meeting, mcu, group[0].number, content)
            config = {
                "sites": [
                    self._synthetic(meeting, site, content) | {"fault": faults.get(site.id, "")}
                    for site in group
                ],
                "width": width, "height": height, "fps": fps, "bitrate": bitrate, "motion": motion,
                "play": play,
            }  # fmt: skip
            file = self.folder / f"{name}.json"
            file.write_text(json.dumps(config, ensure_ascii=False))
            argv = (at or self.hosts[mcu]).command(
                [*SYNTHETIC, "--config", str(file)], env={"PYTHONPATH": str(SOURCE)}
            )
            await self.supervisor.start(name, argv, takes_orders=True)
            if not content:
                self._publishes |= {(meeting.id, site.id): name for site in group}

    def spoil(self, meeting: Meeting, site: str, fault: str) -> None:
        """From now on this is wrong with a synthetic site, "" for nothing (``faults.AT_ONCE``)."""
        order = {"spoil": self.directory.site(site).code, "fault": fault}
        self.supervisor.order(self._publishes[meeting.id, site], json.dumps(order))

    def view(
        self,
        mcu: str,
        meeting: Meeting,
        feed: str = "program",
        *,
        site: str = "",
        role: str = "viewer",
        at: str = "",
        panes: str = "full",
        numbers: Sequence[int] = (),
        options: Sequence[str] = ("--reconnect", "--watchdog"),
    ) -> Watching:
        """A viewer on the host of ``mcu``: as a site of it, else in a role there (or ``at``)."""
        token = self.token("site" if site else role, meeting.id, site)
        whep = self.whep(meeting, feed, "" if site else at or mcu)
        host = self.hosts[mcu]
        return Watching(host, whep, token, panes=panes, numbers=numbers, options=options)

    def whep(self, meeting: Meeting, feed: str = "program", mcu: str = "") -> str:
        """The address at which hosts of the laboratory play a feed."""
        where = f"?mcu={mcu}" if mcu else ""
        return f"{self.lab_url}/whep/{meeting.id}/{feed}{where}"

    def extra_host(self, name: str) -> Host:
        """Another host on the laboratory's network, for an audience."""
        if self._network is None:
            raise LabError("there is no network of the laboratory's own")
        return self._network.host(name)

    @property
    def address(self) -> str:
        """Where hosts of the laboratory reach this machine."""
        return self._network.address if self._network else self._host

    async def publish_no_more(
        self, meeting: Meeting, sites: Sequence[str], *, content: bool = False
    ) -> None:
        """End what ``publish`` began for just these sites, as they end it: with a farewell."""
        first = {site.mcu: site for site in map(self.directory.site, reversed(sites))}
        for mcu, site in first.items():
            await self.supervisor.end(publishing(meeting, mcu, site.number, content))

    def number(self, site: str, content: bool = False) -> int:
        return self.directory.site(site).number + content * CONTENT_NUMBERS

    def sites_of(self, mcu: str, count: int) -> list[str]:
        """The first sites of an MCU's area."""
        found = [site.id for site in self.directory.sites.values() if site.mcu == mcu][:count]
        if len(found) < count:
            raise LabError(f"{mcu} has {len(found)} sites, {count} are needed")
        return found

    def pid(self, what: str) -> int:
        """The pid of ``server``, ``agent-<mcu>``, ``janus-<mcu>``, ``mixer-<mcu>``,
        ``stills-<mcu>`` or ``examiner-<mcu>``."""
        kind, _, mcu = what.partition("-")
        folder = self.folder / "mcu" / mcu
        if kind == "janus":
            return int(json.loads((folder / "janus" / "life.json").read_text())["pid"])
        if kind in ("stills", "examiner"):
            return int((folder / kind / "pid").read_text())
        if kind == "mixer":
            return int(next((folder / "mixers").glob("*/pid")).read_text())
        pid = self.supervisor.pid(what)
        if pid is None:
            raise LabError(f"{what} is not running")
        return pid

    def network_host(self, mcu: str) -> Host:
        """The MCU's host with its cable; raises ``LabError`` on a machine without one."""
        host = self.hosts[mcu]
        if not isinstance(host, Host):
            raise LabError("cables can be cut only in a network of the laboratory's own")
        return host

    def kill(self, what: str) -> None:
        """kill -9 of one process, and of nothing else."""
        os.kill(self.pid(what), signal.SIGKILL)

    def _synthetic(self, meeting: Meeting, site: Site, content: bool) -> dict[str, Any]:
        more = "&content=true" if content else ""
        return {
            "number": self.number(site.id, content),
            "name": site.name,
            "code": site.code,
            "whip": f"{self.lab_url}/whip/{meeting.id}/{site.id}?replace=true{more}",
            "whep": f"{self.lab_url}/whep/{meeting.id}/program",
            "token": self.token("site", meeting.id, site.id),
        }

    async def _start_server(self) -> None:
        folder = self.folder / "server"
        load_secret(folder)
        port = self._port or free_tcp_ports(1)[0]
        plain = ["--plain", self._network.address] if self._network else []
        argv = [
            sys.executable, "-m", "diemcau.cli", "server",
            "--province", self._name, "--folder", str(folder),
            "--host", self._host, "--port", str(port), *plain,
            "--clock-speed", str(self._clock_speed),
        ]  # fmt: skip
        self.public_url = f"http://{self._host}:{port}"
        self.url = self.lab_url = f"http://127.0.0.1:{port}"
        if self._network:
            self.url, self.lab_url = self.public_url, f"http://{self._network.address}:{port}"
        else:
            self.public_url = self.public_url.replace("http", "https", 1)
        await self.supervisor.start("server", argv)
        await self._answering()

    async def _answering(self, timeout: float = 60.0) -> None:
        """Wait for the server; if it dies instead, say what it said. Another one that has the
        port already answers, too, but knows no token of ours."""
        end = time.monotonic() + timeout
        headers = {"Authorization": f"Bearer {self.token()}"}
        async with httpx2.AsyncClient(base_url=self.url, headers=headers) as client:
            while time.monotonic() < end:
                try:
                    if (await client.get("/api/me")).is_success:
                        return
                except httpx2.HTTPError:
                    pass
                if self.supervisor.starts("server") > 1:
                    break
                await asyncio.sleep(0.05)
        said = self.supervisor.log("server").read_text().strip().splitlines()
        raise LabError(said[-1].removeprefix("diemcau: ") if said else "the server did not start")


def publishing(meeting: Meeting, mcu: str, first: int, content: bool) -> str:
    """The name of the process in which synthetic sites of an MCU publish."""
    return f"{'content' if content else 'sites'}-{mcu}-{meeting.id}-{first}"


class Machine:
    """This machine itself as a host, with the address at which others reach it."""

    def __init__(self, address: str) -> None:
        self.address = address

    def command(self, argv: Sequence[str], env: Mapping[str, str] | None = None) -> list[str]:
        return ["env", *(f"{name}={value}" for name, value in (env or {}).items()), *argv]
