"""What ``diemcau doctor`` asks of a machine, as plain data, so that tests can fake it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import diemcau
from diemcau.couriers import read_settings
from diemcau.documents.pdf import TypstPrinter
from diemcau.identity import HEAD_FILE, HeadFile
from diemcau.lab.errors import LabError
from diemcau.lab.ip import privilege
from diemcau.lab.net import Network
from diemcau.mcu.apart import SYSTEM_PYTHON
from diemcau.mcu.janus_process import LIBRARY, NEEDED
from diemcau.ports.documents import FontMissing


class Machine(Protocol):
    def python(self) -> tuple[int, int, int]:
        """The version of this Python."""
        ...

    def which(self, program: str) -> str:
        """Its path, "" where it is not installed."""
        ...

    def output(self, *argv: str) -> str:
        """What a command says on both its outputs; "" if it cannot be run."""
        ...

    def root(self) -> str:
        """ "" if root can be had, else what keeps it back."""
        ...

    def namespaces(self) -> str:
        """ "" if a network with a host can be made (it is removed again), else why not."""
        ...

    def janus_plugins(self) -> list[str]:
        """The Janus modules that are needed and not there."""
        ...

    def media(self, elements: list[str]) -> dict[str, Any]:
        """What ``diemcau.synthetic.probe`` says; {} if the system's Python cannot be run."""
        ...

    def port_free(self, port: int) -> bool: ...

    def disk_free(self) -> int:
        """Bytes free where data is kept."""
        ...

    def cores(self) -> int: ...

    def memory(self) -> int:
        """Bytes of memory, in all."""
        ...

    def today(self) -> datetime: ...

    def document_font(self) -> str:
        """ "" if PDFs have a font with all Vietnamese letters, else what is missing."""
        ...

    def couriers(self) -> list[str] | None:
        """The ways out that are set up; None if no file was named. Raises ``Refusal``."""
        ...

    def log_head(self) -> int | None:
        """The log book's last signed entry; None where there is none. Raises ``Refusal``."""
        ...


class ThisMachine:
    """The machine that this program runs on, with a server's data folder and couriers' file."""

    def __init__(self, folder: Path = Path("var/server"), couriers: Path | None = None) -> None:
        self._folder = folder
        self._couriers = couriers

    def python(self) -> tuple[int, int, int]:
        return sys.version_info[:3]

    def which(self, program: str) -> str:
        path = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin{os.pathsep}/sbin"
        return shutil.which(program, path=path) or ""

    def output(self, *argv: str) -> str:
        try:
            done = subprocess.run(
                argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=20
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout.decode(errors="replace")

    def root(self) -> str:
        try:
            privilege()
        except LabError as error:
            return str(error)
        return ""

    def namespaces(self) -> str:
        try:
            with Network() as network:
                network.host("doctor")
        except (LabError, OSError, subprocess.SubprocessError) as error:
            return str(error)
        return ""

    def janus_plugins(self) -> list[str]:
        return [
            f"{LIBRARY / folder / name}.so"
            for folder, names in NEEDED.items()
            for name in names
            if not (LIBRARY / folder / f"{name}.so").exists()
        ]

    def media(self, elements: list[str]) -> dict[str, Any]:
        source = Path(diemcau.__file__).parent.parent
        try:
            done = subprocess.run(
                [SYSTEM_PYTHON, "-m", "diemcau.synthetic.probe", *elements],
                env={**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                check=True,
                timeout=60,
            )
            found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        except (OSError, subprocess.SubprocessError, ValueError, IndexError):
            return {}
        return found

    def port_free(self, port: int) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
        return True

    def disk_free(self) -> int:
        return shutil.disk_usage(Path.cwd()).free

    def cores(self) -> int:
        return len(os.sched_getaffinity(0))

    def memory(self) -> int:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")

    def today(self) -> datetime:
        return datetime.fromtimestamp(time.time(), UTC)

    def document_font(self) -> str:
        try:
            TypstPrinter().require_font()
        except FontMissing as error:
            return error.detail.en
        return ""

    def couriers(self) -> list[str] | None:
        if self._couriers is None:
            return None
        found = read_settings(self._couriers)
        mail = [f"mail {found.mail.host}"] if found.mail else []
        return [*mail, *(f"webhook {webhook.name}" for webhook in found.webhook)]

    def log_head(self) -> int | None:
        head = HeadFile(self._folder / HEAD_FILE).read()
        return head.seq if head else None
