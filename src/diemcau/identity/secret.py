"""The server's secret: made once, readable by its owner alone, never in the database."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from diemcau.domain.refusal import Invalid

LENGTH = 32


def load_secret(folder: Path) -> bytes:
    """The secret of a data folder; made (mode 0600) where there is none.

    Raises ``Invalid`` for a file that is none; it is left as it is.
    """
    file = folder / "secret"
    folder.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        _make(file)
    return _read(file)


def _make(file: Path) -> None:
    """Whole or not at all, also when two programs start at once: the first one's counts."""
    handle, name = mkstemp(dir=file.parent, prefix=".secret-")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as output:
            output.write(secrets.token_hex(LENGTH) + "\n")
        with suppress(FileExistsError):
            os.link(name, file)
    finally:
        Path(name).unlink()


def _read(file: Path) -> bytes:
    try:
        secret = bytes.fromhex(file.read_text("ascii").strip())
    except ValueError:
        secret = b""
    if len(secret) < LENGTH:
        raise Invalid(
            f"{file} bị hỏng. Lấy lại từ bản sao lưu; nếu xóa nó, mọi đường dẫn và khóa đã cấp sẽ"
            " hết hiệu lực.",
            f"{file} is damaged. Restore it from a backup; if it is deleted, every link and key"
            " that was issued ends.",
        )
    return secret
