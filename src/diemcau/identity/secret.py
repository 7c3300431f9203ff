"""The server's secret: made once, readable by its owner alone, never in the database."""

import os
import secrets
from pathlib import Path

from diemcau.domain.refusal import Invalid

LENGTH = 32


def load_secret(folder: Path) -> bytes:
    """The secret of a data folder; made (mode 0600) where there is none.

    Raises ``Invalid`` for a file that is none; it is left as it is.
    """
    file = folder / "secret"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(file)
    secret = secrets.token_bytes(LENGTH)
    with os.fdopen(handle, "w", encoding="ascii") as output:
        output.write(secret.hex() + "\n")
    return secret


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
