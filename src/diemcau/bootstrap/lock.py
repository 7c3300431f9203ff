"""One server for a data folder: all records are in its memory, so a second one would write over
what the first one knows, and neither would see it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from diemcau.domain.refusal import Conflict, Text

LOCK_FILE = "lock"


class InUse(Conflict):
    id = "data-folder-in-use"
    title = Text("Thư mục dữ liệu đang được dùng", "The data folder is in use")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the data folder; raises ``InUse``.

    The kernel's lock (flock(2)) ends with the process however that dies, so a file that is left
    behind holds nobody up. It is not removed: another one could be waiting on it already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _in_use(folder, os.pread(handle, 20, 0).decode("ascii", "replace")) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def _in_use(folder: Path, pid: str) -> InUse:
    who = pid.strip() or "?"
    return InUse(
        f"Máy chủ (tiến trình {who}) đang chạy trên {folder}: dừng máy chủ đó, hoặc dùng --folder"
        " khác.",
        f"A server (process {who}) runs on {folder}: stop it, or give another --folder.",
    )
