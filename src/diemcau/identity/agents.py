"""Keys with which MCU agents prove who they are."""

import hmac
import tomllib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from diemcau.domain.refusal import Invalid


class DerivedAgentKeys:
    """A key for every MCU, derived from the server's secret: nothing to store or to hand out twice.

    HMAC-SHA256 (RFC 2104) over ``agent:<mcu>``.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def key(self, mcu: str) -> str:
        digest = hmac.digest(self._secret, f"agent:{mcu}".encode(), sha256)
        return urlsafe_b64encode(digest).decode().rstrip("=")

    def accepts(self, mcu: str, key: str) -> bool:
        return hmac.compare_digest(self.key(mcu).encode(), key.encode())


class FileAgentKeys:
    """Keys that an operator chose himself."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = dict(keys)

    @classmethod
    def read(cls, file: Path) -> "FileAgentKeys":
        """From a TOML file of ``mcu = "key"`` lines; raises ``Invalid``."""
        try:
            keys = tomllib.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise Invalid(
                f'Không đọc được tệp khóa {file}: {error}. Mỗi dòng: mcu = "khóa".',
                f'Cannot read the keys in {file}: {error}. Each line: mcu = "key".',
            ) from error
        return cls({mcu: str(key) for mcu, key in keys.items()})

    def accepts(self, mcu: str, key: str) -> bool:
        known = self._keys.get(mcu, "")
        return bool(known) and hmac.compare_digest(known.encode(), key.encode())
