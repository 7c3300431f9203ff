"""Who made which network: so that what a killed run left behind can be told and removed.

Every name a network makes begins with its tag, which carries its owner's pid
(``dc<pid in base 36>-…``). The tag is also noted in a file with the owner's time of start, because
pids are used again, and because nothing may be removed that merely looks like ours.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_made = 0


def base36(number: int) -> str:
    """Write a non-negative number with digits and small letters."""
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
        if number == 0:
            return digits


def claim_tag() -> str:
    """Return a tag for a new network of this process, and note who owns it."""
    global _made
    suffix = f"_{_made}" if _made else ""
    _made += 1
    tag = f"dc{base36(os.getpid())}{suffix}"
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / tag).write_text(f"{os.getpid()} {_started(os.getpid())}")
    return tag


def release_tag(tag: str) -> None:
    """Forget a tag whose names are gone."""
    (_folder() / tag).unlink(missing_ok=True)


def dead_tags() -> list[str]:
    """Return the tags whose owner does not live any more."""
    folder = _folder()
    return [note.name for note in folder.iterdir() if _is_dead(note)] if folder.is_dir() else []


def alive(pid: int) -> bool:
    """Whether a process of this pid runs; one that only waits to be collected does not."""
    return _started(pid) is not None


def _is_dead(note: Path) -> bool:
    with contextlib.suppress(OSError, ValueError):
        pid, started = note.read_text().split()
        return _started(int(pid)) != int(started)
    return False


def _started(pid: int) -> int | None:
    """Return when a process began, in the kernel's ticks; None if it does not run."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


def _folder() -> Path:
    return Path(tempfile.gettempdir()) / f"diemcau-lab-{os.getuid()}"
