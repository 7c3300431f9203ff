"""Small files that are whole or not there, and readable by their owner alone (mode 0600)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp


def make_once(file: Path, content: bytes) -> None:
    """Make the file where there is none; of two programs that start at once, the first one's
    counts."""
    with _beside(file, content) as made, suppress(FileExistsError):
        os.link(made, file)


def overwrite(file: Path, content: bytes) -> None:
    """Put the file in the place of what was there; after a power cut it is the old or the new."""
    with _beside(file, content) as made:
        made.replace(file)


@contextmanager
def _beside(file: Path, content: bytes) -> Iterator[Path]:
    """The content, on the disk, under another name in the file's folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = mkstemp(dir=file.parent, prefix=f".{file.name}-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as output:
            output.write(content)
            output.flush()
            os.fsync(output.fileno())
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
