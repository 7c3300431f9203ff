"""A folder for one measurement: removed when it went well, kept with its logs when it did not."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def stage(name: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"diemcau-{name}-"))
    try:
        yield folder
    except BaseException:
        print(f"diemcau: nhật ký / logs: {folder}", file=sys.stderr)
        raise
    shutil.rmtree(folder, ignore_errors=True)
