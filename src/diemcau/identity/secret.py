"""The server's secret: made once, readable by its owner alone, never in the database."""

import secrets
from pathlib import Path

from diemcau.domain.refusal import Invalid
from diemcau.identity.files import make_once

LENGTH = 32


def load_secret(folder: Path) -> bytes:
    """The secret of a data folder; made (mode 0600) where there is none.

    Raises ``Invalid`` for a file that is none; it is left as it is.
    """
    file = folder / "secret"
    if not file.exists():
        make_once(file, f"{secrets.token_hex(LENGTH)}\n".encode())
    return _read(file)


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
