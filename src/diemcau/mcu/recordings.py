"""Recordings of the programme: files of this host, which the mixer writes and nobody else.

A recording is made of parts: a mixer that died, or a disk that was full, ended one, and the next
attempt of the reconciler begins another. Beside each part lies a sheet (JSON) with what its check
found, so that a later agent knows it too.
"""

import asyncio
import base64
import contextlib
import json
import os
import re
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from diemcau.domain.resources import Recording
from diemcau.mcu.apart import SYSTEM_PYTHON, environment
from diemcau.mcu.present import Held, Present
from diemcau.ports.media import MediaError

log = structlog.get_logger(__name__)

NAME = re.compile(r"([1-9]\d*)-([1-9]\d*)\.mkv")
CONFERENCE = re.compile(r"[a-z0-9-]+")
BEGIN_TIMEOUT_S = 5.0
FIRST_CHECK_S, CHECK_EVERY_S, CHECK_TIMEOUT_S = 5.0, 60.0, 60.0
LONGEST_READ = 2**18

Json = dict[str, Any]
Call = Callable[[str, str, Json], Awaitable[Json]]
Check = Callable[[Path], Awaitable[Json | None]]


class Part(NamedTuple):
    """A file of a recording."""

    number: int
    part: int
    file: Path

    @classmethod
    def of(cls, file: Path) -> "Part | None":
        found = NAME.fullmatch(file.name)
        return cls(int(found[1]), int(found[2]), file) if found else None

    @property
    def sheet(self) -> Path:
        return self.file.with_suffix(".json")

    def read_sheet(self) -> Json:
        with contextlib.suppress(OSError, ValueError):
            sheet: Json = json.loads(self.sheet.read_text())
            return sheet
        return {}

    def note(self, **known: Any) -> None:
        fresh = self.sheet.with_suffix(".new")
        fresh.write_text(json.dumps({**self.read_sheet(), **known}))
        fresh.replace(self.sheet)

    @property
    def unchecked(self) -> bool:
        """Whether it was written to since its last check."""
        if "plays" not in self.read_sheet():
            return True
        return self.file.stat().st_mtime > self.sheet.stat().st_mtime


class Recordings:
    """Makes and removes ``Recording``; ``call`` asks the mixer of a conference, ``check`` finds
    out whether a file plays, ``reserve`` bytes of the disk stay free."""

    def __init__(
        self,
        present: Present,
        folder: Path,
        reserve: int,
        call: Call,
        on_event: Callable[[str, Json], None],
        check: Check | None = None,
    ) -> None:
        self._present = present
        self._folder = folder
        self._reserve = reserve
        self._call = call
        self._on_event = on_event
        self._played = check or played
        self._begun: dict[Path, asyncio.Future[None]] = {}
        self._due: dict[Path, float] = {}
        self._checks: dict[Path, asyncio.Task[None]] = {}

    @property
    def checking(self) -> tuple[asyncio.Task[None], ...]:
        """The checks under way."""
        return tuple(self._checks.values())

    async def create(self, wanted: Recording) -> None:
        """Begin the next part; it is there once the mixer writes."""
        part = self._next(wanted)
        begun = self._begun[part.file] = asyncio.get_running_loop().create_future()
        try:
            part.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            order = {"file": str(part.file), "reserve": self._reserve}
            await self._call(wanted.conference, "record", order)
            part.note(started_at=_now())
            await asyncio.wait_for(begun, BEGIN_TIMEOUT_S)
        except MediaError as error:
            self._tell_failed(wanted.conference, part, error.code)
            raise
        except TimeoutError:
            self._tell_failed(wanted.conference, part, "stalled")
            raise MediaError("stalled", "the mixer did not begin to write") from None
        except OSError as error:
            self._tell_failed(wanted.conference, part, "disk-failed")
            raise MediaError("disk-failed", str(error)) from error
        finally:
            del self._begun[part.file]

    async def delete(self, unwanted: Recording) -> None:
        """The mixer ends the file, and says so when it is whole."""
        try:
            await self._call(unwanted.conference, "record", {"file": None})
        except MediaError as error:
            if error.code not in ("no-mixer", "mixer-gone"):
                raise
        self._present.drop(unwanted.key)

    def heard(self, conference: str, event: Json) -> None:
        """What the mixer says of a file it writes, or has written."""
        part = Part.of(Path(event["file"]))
        if part is None:
            return
        recording = Recording(conference, part.number)
        here = self._present.get(recording.key)
        is_here = here is not None and here.notes.get("file") == event["file"]
        match event["state"]:
            case "recording" if not is_here:
                self._present.put(Held(recording, notes={"file": event["file"]}))
                self._settle(part, None)
            case "failed" | "stopped":
                if is_here:
                    self._present.drop(recording.key)
                self._settle(part, MediaError(event.get("reason", "stopped")))
        self._tell(conference, part, event)
        self._check_when_due(conference, part, event)

    def lost(self, conference: str) -> None:
        """The mixer died: its part ends with what was written."""
        here = self._present.drop(("recording", conference))
        part = Part.of(Path(here.notes["file"])) if here is not None else None
        if part is not None:
            self._due.pop(part.file, None)
            self._tell_failed(conference, part, "mixer-gone")
            self._check(conference, part)

    def ended(self, conference: str) -> None:
        """Nothing is written any more: what was not checked since, is checked now."""
        for part in self._parts(conference):
            if part.unchecked:
                self._check(conference, part)

    def end(self) -> None:
        """The agent ends; what is being checked will be checked by another."""
        for task in self._checks.values():
            task.cancel()

    async def listed(self, params: Json) -> Json:
        """The parts of a conference's recordings."""
        conference = _conference(params)
        here = self._present.get(("recording", conference))
        parts = []
        for part in self._parts(conference):
            writing = here is not None and here.notes.get("file") == str(part.file)
            if part.unchecked and not writing:
                self._check(conference, part)
            parts.append(
                {
                    "number": part.number,
                    "part": part.part,
                    "file": str(part.file),
                    "bytes": part.file.stat().st_size,
                    "writing": writing,
                    **part.read_sheet(),
                }
            )
        return {"parts": parts}

    async def read(self, params: Json) -> Json:
        """A piece of a part, in base64; shorter than asked for at its end."""
        conference, number, part = _conference(params), int(params["number"]), int(params["part"])
        file = self._folder / conference / f"{number}-{part}.mkv"
        length = min(int(params["length"]), LONGEST_READ)
        try:
            data = await asyncio.to_thread(_read, file, int(params["offset"]), length)
        except OSError as error:
            raise MediaError("no-recording", f"{file.name}: {error}") from error
        return {"data": base64.b64encode(data).decode()}

    def _next(self, wanted: Recording) -> Part:
        """The part to come; those before it are looked at, if nobody did when they ended."""
        self.ended(wanted.conference)
        earlier = [part for part in self._parts(wanted.conference) if part.number == wanted.number]
        count = earlier[-1].part + 1 if earlier else 1
        folder = self._folder / wanted.conference
        return Part(wanted.number, count, folder / f"{wanted.number}-{count}.mkv")

    def _parts(self, conference: str) -> list[Part]:
        found = [Part.of(file) for file in (self._folder / conference).glob("*.mkv")]
        return sorted(part for part in found if part is not None)

    def _settle(self, part: Part, error: MediaError | None) -> None:
        """Whoever began the part need wait no longer."""
        begun = self._begun.get(part.file)
        if begun is None or begun.done():
            return
        if error is None:
            begun.set_result(None)
        else:
            begun.set_exception(error)

    def _tell_failed(self, conference: str, part: Part, reason: str) -> None:
        seconds = part.read_sheet().get("seconds", 0.0)
        size = part.file.stat().st_size if part.file.exists() else 0
        free = shutil.disk_usage(part.file.parent).free if part.file.parent.exists() else 0
        figures = {"seconds": seconds, "bytes": size, "free_bytes": free}
        self._tell(conference, part, {"state": "failed", "reason": reason, **figures})

    def _tell(self, conference: str, part: Part, event: Json) -> None:
        """Figures of the whole recording: its earlier parts, and this one as it is said to be."""
        earlier = [
            one
            for one in self._parts(conference)
            if one.number == part.number and one.part < part.part
        ]
        sheets = [one.read_sheet() for one in earlier]
        checked = {k: v for k, v in part.read_sheet().items() if k in ("plays", "checked_at")}
        self._on_event(
            "recording",
            {
                "conference": conference,
                "number": part.number,
                "part": part.part,
                **{k: v for k, v in event.items() if k in ("state", "reason", "free_bytes")},
                "seconds": event["seconds"] + sum(sheet.get("seconds", 0.0) for sheet in sheets),
                "bytes": event["bytes"] + sum(one.file.stat().st_size for one in earlier),
                **checked,
            },
        )

    def _check_when_due(self, conference: str, part: Part, event: Json) -> None:
        now = asyncio.get_running_loop().time()
        if event["state"] in ("failed", "stopped"):
            self._due.pop(part.file, None)
            self._check(conference, part, event)
        elif event["state"] == "recording" and now >= self._due.setdefault(
            part.file, now + FIRST_CHECK_S
        ):
            self._due[part.file] = now + CHECK_EVERY_S
            self._check(conference, part)

    def _check(self, conference: str, part: Part, event: Json | None = None) -> None:
        """Find out whether it plays; ``event`` is told again with what is found."""
        former = self._checks.get(part.file)
        if former is not None and event is None:
            return

        async def work() -> None:
            if former is not None:
                await asyncio.wait([former])
            found = await self._played(part.file)
            if found is not None:
                await asyncio.to_thread(part.note, **found)  # its disk may hang
                if event is not None:
                    self._tell(conference, part, event)

        task = self._checks[part.file] = asyncio.create_task(work())
        task.add_done_callback(lambda done: self._checked(part.file, done))

    def _checked(self, file: Path, task: asyncio.Task[None]) -> None:
        if self._checks.get(file) is task:
            del self._checks[file]
        if not task.cancelled() and task.exception() is not None:
            log.error("recording not checked", file=str(file), error=repr(task.exception()))


async def played(file: Path) -> Json | None:
    """What a process of its own finds in the last seconds of a file; None if it found nothing."""
    process = await asyncio.create_subprocess_exec(
        SYSTEM_PYTHON, "-m", "diemcau.mixer.check", str(file),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(),
    )  # fmt: skip
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            output, _ = await process.communicate()
        found = json.loads(output)
    except (TimeoutError, ValueError):
        log.error("the check of a recording failed", file=str(file))
        return None
    finally:
        if process.returncode is None:
            process.kill()
    return {"plays": found["plays"], "seconds": found["seconds"], "checked_at": _now()}


def _conference(params: Json) -> str:
    conference = str(params["conference"])
    if not CONFERENCE.fullmatch(conference):
        raise ValueError(conference)
    return conference


def _read(file: Path, offset: int, length: int) -> bytes:
    with file.open("rb") as opened:
        return os.pread(opened.fileno(), length, offset)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
