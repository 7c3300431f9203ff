"""The server's secret: made once, readable by its owner alone, never in the database."""

import os
import secrets
from pathlib import Path

LENGTH = 32


def load_secret(folder: Path) -> bytes:
    """The secret of a data folder; made (mode 0600) where there is none.

    Raises ``ValueError`` for a file that is too short to be one.
    """
    file = folder / "secret"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = bytes.fromhex(file.read_text("ascii").strip())
        if len(secret) < LENGTH:
            raise ValueError(f"{file} is no secret of {LENGTH} bytes; delete it") from None
        return secret
    secret = secrets.token_bytes(LENGTH)
    with os.fdopen(handle, "w", encoding="ascii") as output:
        output.write(secret.hex() + "\n")
    return secret
