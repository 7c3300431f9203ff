"""The Janus of this MCU: its configuration, its start, and finding it again."""

import asyncio
import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from diemcau.mcu.ports import free_tcp_ports
from diemcau.mcu.process import Process
from diemcau.ports.media import MediaError

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/janus")
NEEDED = {"plugins": ("libjanus_videoroom",), "transports": ("libjanus_websockets",)}
RECLAIM_S = 7 * 24 * 3600
"""How long a session whose agent is away is kept, with all its media. Janus's other limit, after
which it ends any session that asks nothing, would come first (60 s): it has none."""

RTP_PORTS = "20000-32767"
"""Below the system's ephemeral ports, from which the loopback ports are picked."""

GENERAL = """general: {{
  configs_folder = "{folder}"
  plugins_folder = "{library}/plugins"
  transports_folder = "{library}/transports"
  events_folder = "{library}/events"
  api_secret = "{api_secret}"
  admin_secret = "{admin_secret}"
  server_name = "diemcau"
  hide_dependencies = true
  session_timeout = 0
  reclaim_session_timeout = {reclaim_s}
  event_loops = {event_loops}
  debug_level = 3
  debug_timestamps = true
}}
media: {{
  ipv6 = false
  min_nack_queue = 1000
  rtp_port_range = "{rtp_ports}"
}}
nat: {{ ice_enforce_list = "{address}" }}
plugins: {{ disable = "{disabled_plugins}" }}
transports: {{ disable = "{disabled_transports}" }}
"""

WEBSOCKETS = """general: {{
  json = "compact"
  ws = true
  ws_ip = "127.0.0.1"
  ws_port = {api_port}
  ws_logging = "err"
}}
admin: {{
  admin_ws = true
  admin_ws_ip = "127.0.0.1"
  admin_ws_port = {admin_port}
}}
"""


@dataclass(frozen=True)
class Life:
    """One life of Janus: its process, where it answers, and the secrets of its two interfaces."""

    epoch: str
    pid: int
    api_port: int
    admin_port: int
    api_secret: str
    admin_secret: str


class JanusProcess:
    """Starts Janus, or finds the one an earlier agent of this host left running.

    ``folder`` holds its configuration, log and pid (0700); ``address`` is where media arrive.
    """

    def __init__(self, folder: Path, address: str, rtp_ports: str = RTP_PORTS) -> None:
        self._folder = folder
        self._address = address
        self._rtp_ports = rtp_ports
        self._life_file = folder / "life.json"

    async def find_or_start(self) -> tuple[Life, Process, bool]:
        """The life, its process, and whether it was found running."""
        found = self._find()
        if found is not None:
            return *found, True
        return *await self._start(), False

    def _find(self) -> tuple[Life, Process] | None:
        try:
            life = Life(**json.loads(self._life_file.read_text()))
        except (OSError, ValueError, TypeError):
            return None
        process = Process.adopt(life.pid, str(self._folder))
        return (life, process) if process else None

    async def _start(self) -> tuple[Life, Process]:
        binary = shutil.which("janus")
        if binary is None:
            raise MediaError("no-janus", "janus is not installed: apt-get install janus")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        api_port, admin_port = free_tcp_ports(2)
        life = Life(
            epoch=secrets.token_hex(6),
            pid=0,
            api_port=api_port,
            admin_port=admin_port,
            api_secret=secrets.token_hex(16),
            admin_secret=secrets.token_hex(16),
        )
        self._write_configuration(life)
        argv = [binary, "--configs-folder", str(self._folder)]
        process = await Process.start(argv, self._folder / "janus.log")
        life = Life(**{**asdict(life), "pid": process.pid})
        await self._listening(life.admin_port, process)
        self._write("life.json", json.dumps(asdict(life)))
        return life, process

    def _write_configuration(self, life: Life) -> None:
        self._write(
            "janus.jcfg",
            GENERAL.format(
                folder=self._folder,
                library=LIBRARY,
                api_secret=life.api_secret,
                admin_secret=life.admin_secret,
                reclaim_s=RECLAIM_S,
                event_loops=os.cpu_count() or 2,
                rtp_ports=self._rtp_ports,
                address=self._address,
                disabled_plugins=_all_but(LIBRARY / "plugins", NEEDED["plugins"]),
                disabled_transports=_all_but(LIBRARY / "transports", NEEDED["transports"]),
            ),
        )
        self._write(
            "janus.transport.websockets.jcfg",
            WEBSOCKETS.format(api_port=life.api_port, admin_port=life.admin_port),
        )
        self._write("janus.plugin.videoroom.jcfg", "general: { string_ids = true }\n")

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        path.touch(mode=0o600)
        path.write_text(text)

    async def _listening(self, port: int, process: Process) -> None:
        """Wait until Janus answers; raises ``MediaError`` if it ends or takes over 10 s."""
        for _ in range(500):
            if process.ended.is_set():
                break
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
        await process.stop()
        raise MediaError("janus-start", f"Janus did not start; see {self._folder / 'janus.log'}")


def _all_but(folder: Path, needed: tuple[str, ...]) -> str:
    names = sorted(path.name for path in folder.glob("*.so"))
    return ",".join(name for name in names if not name.startswith(needed))
